import matplotlib.pyplot as plt
import numpy as np

from utils import board, stats
from utils.descent import sampled

lr = 2**-6.5

x, y = board.problem()
rng = np.random.default_rng(5)
theta = board.network.initial(rng, runs=(20,))
m = v = np.zeros_like(theta)
gradient = sampled(board.network.gradient, (x, y), 32, rng, runs=(20,))
curve = [board.network.cost(theta, x, y)]
for k in range(1, 257):
    g = gradient(theta, k)
    m = 0.9 * m + (1 - 0.9) * g
    v = 0.999 * v + (1 - 0.999) * g**2
    m_hat = m / (1 - 0.9**k)
    v_hat = v / (1 - 0.999**k)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + 1e-8)
    if k % 2 == 0:
        curve.append(board.network.cost(theta, x, y))

plt.semilogy(range(0, 257, 2), stats.median(curve))
plt.show()
