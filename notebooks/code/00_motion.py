import matplotlib.pyplot as plt
import numpy as np

from utils import costs

theta1 = -1.2
theta2 = 1.0
t = 30

lr = 0.0031
J = costs.rosenbrock()
theta = np.tile([theta1, theta2], (4, 1))
velocity, s, m, v = np.zeros((4, 2))
path = [theta]
with np.errstate(all="ignore"):
    for k in range(1, t + 1):
        gradient = J.gradient(theta)
        velocity = 0.9 * velocity + gradient[1]
        s = 0.99 * s + 0.01 * gradient[2] ** 2
        m = 0.9 * m + 0.1 * gradient[3]
        v = 0.999 * v + 0.001 * gradient[3] ** 2
        m_hat, v_hat = m / (1 - 0.9**k), v / (1 - 0.999**k)
        rmsprop = gradient[2] / (np.sqrt(s) + 1e-8)
        adam = m_hat / (np.sqrt(v_hat) + 1e-8)
        theta = theta - lr * np.array([gradient[0], velocity, rmsprop, adam])
        theta[~np.isfinite(theta).all(axis=1)] = np.nan
        path.append(theta)

names = ["SGD", "Momentum", "RMSprop", "Adam"]
plt.plot(*np.transpose(path, (2, 0, 1)), "-o", markevery=[-1], label=names)
plt.axis([-2, 2, -1, 3])
plt.legend()
plt.show()
