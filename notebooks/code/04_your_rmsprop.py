import matplotlib.pyplot as plt
import numpy as np

from utils import board, stats
from utils.descent import sampled

lr = 2**-7
beta = 0.99

x, y = board.problem()
rng = np.random.default_rng(5)
theta = board.network.initial(rng, runs=(20,))
v = np.zeros_like(theta)
gradient = sampled(board.network.gradient, (x, y), 32, rng, runs=(20,))
curve = [board.network.cost(theta, x, y)]
for t in range(1, 257):
    g = gradient(theta, t)
    v = beta * v + (1 - beta) * g**2
    theta = theta - lr * g / (np.sqrt(v) + 1e-8)
    if t % 2 == 0:
        curve.append(board.network.cost(theta, x, y))

plt.semilogy(range(0, 257, 2), stats.median(curve))
plt.show()
