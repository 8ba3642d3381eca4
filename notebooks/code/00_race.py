import matplotlib.pyplot as plt
import numpy as np

from utils import costs

lr = 0.002

J = costs.rosenbrock()
theta = np.tile(J.start, (4, 1))
velocity, s, m, v = np.zeros((4, 2))
path = [theta]
with np.errstate(all="ignore"):
    for t in range(1, 101):
        gradient = J.gradient(theta)
        velocity = 0.9 * velocity + gradient[1]
        s = 0.99 * s + 0.01 * gradient[2] ** 2
        m = 0.9 * m + 0.1 * gradient[3]
        v = 0.999 * v + 0.001 * gradient[3] ** 2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        rmsprop = gradient[2] / (np.sqrt(s) + 1e-8)
        adam = m_hat / (np.sqrt(v_hat) + 1e-8)
        theta = theta - lr * np.array([gradient[0], velocity, rmsprop, adam])
        theta[~np.isfinite(theta).all(axis=1)] = np.nan
        path.append(theta)
path = np.array(path)

fig, (left, right) = plt.subplots(1, 2)
left.plot(path[..., 0], path[..., 1])
left.axis([-2, 2, -1, 3])
right.semilogy(J(path), label=["SGD", "Momentum", "RMSprop", "Adam"])
right.legend()
plt.show()
