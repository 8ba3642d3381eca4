import matplotlib.pyplot as plt
import numpy as np

from utils import board, stats
from utils.descent import minibatches

lr = 0.0884
warmup = 1

x, y = board.problem()
rng = np.random.default_rng(5)
mean = z = board.network.initial(rng, runs=(5,))
v, total = np.zeros_like(z), 0
rows = minibatches(512, 32, rng, runs=(5,))
curve = [board.network.cost(mean, x, y)]
for t in range(1, 257):
    between = (1 - 0.9) * z + 0.9 * mean
    g = board.network.gradient(between, x[rows(t)], y[rows(t)])
    v = 0.999 * v + (1 - 0.999) * g**2
    v_hat = v / (1 - 0.999**t)
    rate = lr * min(1, t / warmup)
    z = z - rate * g / (np.sqrt(v_hat) + 1e-8)
    total = total + rate**2
    mean = mean + rate**2 / total * (z - mean)
    if t % 16 == 0:
        curve.append(board.network.cost(mean, x, y))

plt.semilogy(range(0, 257, 16), stats.median(curve))
plt.show()
