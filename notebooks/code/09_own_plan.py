import matplotlib.pyplot as plt
import numpy as np

from utils import board, stats
from utils.descent import minibatches

T = 64

x, y = board.problem()
rng = np.random.default_rng(5)
theta = board.network.initial(rng, runs=(20,))
m = v = np.zeros_like(theta)
rows = minibatches(512, 32, rng, runs=(20,))
curve = [board.network.cost(theta, x, y)]
for t in range(1, 257):
    lr = 2**-2.5 * min(1, t / (0.1 * T)) * max(0, 1 - (t - 1) / T)
    g = board.network.gradient(theta, x[rows(t)], y[rows(t)])
    m = 0.9 * m + (1 - 0.9) * g
    v = 0.999 * v + (1 - 0.999) * g**2
    m_hat = m / (1 - 0.9**t)
    v_hat = v / (1 - 0.999**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + 1e-8)
    if t % 8 == 0:
        curve.append(board.network.cost(theta, x, y))

plt.semilogy(range(0, 257, 8), stats.median(curve))
plt.show()
