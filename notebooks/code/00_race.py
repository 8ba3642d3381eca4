import matplotlib.pyplot as plt
import numpy as np

from utils import costs

lr = 0.002

names = ["SGD", "Momentum", "RMSprop", "Adam"]
valley = costs.rosenbrock()
theta = np.tile(valley.start, (4, 1))
velocity, mean_square, m, v = np.zeros((4, 2))
path = [theta]
with np.errstate(all="ignore"):
    for t in range(1, 101):
        g_sgd, g_momentum, g_rmsprop, g_adam = valley.gradient(theta)
        velocity = 0.9 * velocity + g_momentum
        mean_square = 0.99 * mean_square + (1 - 0.99) * g_rmsprop**2
        m = 0.9 * m + (1 - 0.9) * g_adam
        v = 0.999 * v + (1 - 0.999) * g_adam**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        rmsprop = lr * g_rmsprop / (np.sqrt(mean_square) + 1e-8)
        adam = lr * m_hat / (np.sqrt(v_hat) + 1e-8)
        theta = theta - np.array([lr * g_sgd, lr * velocity, rmsprop, adam])
        diverged = ~np.isfinite(theta).all(axis=1)
        theta[diverged] = np.nan
        path.append(theta)
path = np.array(path)

fig, (left, right) = plt.subplots(1, 2)
left.plot(path[..., 0], path[..., 1], label=names)
left.axis([-2, 2, -1, 3])
left.legend()
right.semilogy(valley(path), label=names)
right.legend()
plt.show()
