import matplotlib.pyplot as plt
import numpy as np

lr = 0.02
kappa = 100.0
beta = 0.4

curvature = np.array([1, kappa])
theta, v = np.ones(2), np.zeros(2)
path = np.full((401, 2), np.nan)
with np.errstate(all="ignore"):
    for t in range(401):
        path[t] = theta
        gradient = curvature * theta
        v = beta * v + gradient
        theta = theta - lr * v
        if not np.isfinite(theta).all():
            break

fig, (left, right) = plt.subplots(1, 2)
left.semilogx([lr, lr * kappa], [beta, beta], "o-")
left.axis([1e-3, 10, 0, 1])
right.semilogy(range(0, 401, 5), abs(path[::5]))
plt.show()
