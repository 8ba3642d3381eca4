import matplotlib.pyplot as plt
import numpy as np

memory = 1000.0
period = 101

beta1, beta2 = 0.9, 1 - 1 / memory
theta = m = v = 0.0
path = []
for t in range(1, 200 * period + 1):
    g = period if t % period == 1 else -1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - m_hat / np.sqrt(v_hat)
    if t % period == 0:
        path.append(theta)

fig, (left, right) = plt.subplots(1, 2)
left.loglog(period, memory, "P")
right.plot(range(1, 201), path)
plt.show()
