import matplotlib.pyplot as plt
import numpy as np

from utils import costs

theta1 = -1.2
theta2 = 1.0
t = 30

lr = 0.0031
names = ["SGD", "Momentum", "RMSprop", "Adam"]
valley = costs.rosenbrock()
theta = np.tile([theta1, theta2], (4, 1))
velocity, mean_square, m, v = np.zeros((4, 2))
path = [theta]
with np.errstate(all="ignore"):
    for k in range(1, t + 1):
        g_sgd, g_momentum, g_rmsprop, g_adam = valley.gradient(theta)
        velocity = 0.9 * velocity + g_momentum
        mean_square = 0.99 * mean_square + (1 - 0.99) * g_rmsprop**2
        m = 0.9 * m + (1 - 0.9) * g_adam
        v = 0.999 * v + (1 - 0.999) * g_adam**2
        m_hat, v_hat = m / (1 - 0.9**k), v / (1 - 0.999**k)
        rmsprop = lr * g_rmsprop / (np.sqrt(mean_square) + 1e-8)
        adam = lr * m_hat / (np.sqrt(v_hat) + 1e-8)
        theta = theta - np.array([lr * g_sgd, lr * velocity, rmsprop, adam])
        diverged = ~np.isfinite(theta).all(axis=1)
        theta[diverged] = np.nan
        path.append(theta)

plt.plot(*np.transpose(path, (2, 0, 1)), "-o", markevery=[-1], label=names)
plt.axis([-2, 2, -1, 3])
plt.legend()
plt.show()
