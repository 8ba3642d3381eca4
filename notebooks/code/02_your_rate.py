import matplotlib.pyplot as plt
import numpy as np

from utils import board, stats
from utils.descent import sampled

lr = 2**-6

x, y = board.problem()
rng = np.random.default_rng(5)
theta = board.network.initial(rng, runs=(5,))
gradient = sampled(board.network.gradient, (x, y), 32, rng, runs=(5,))
curve = [board.network.cost(theta, x, y)]
for t in range(1, 257):
    theta = theta - lr * gradient(theta, t)
    if t % 2 == 0:
        curve.append(board.network.cost(theta, x, y))

plt.semilogy(range(0, 257, 2), stats.median(curve))
plt.show()
