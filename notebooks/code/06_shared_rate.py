import matplotlib.pyplot as plt
import numpy as np

from utils import stats
from utils.data import digits
from utils.descent import sampled
from utils.network import Network

lr = 10**0.25

training, validation, _test = digits()
network = Network((64, 32, 10))
rng = np.random.default_rng(0)
start = network.initial(rng, runs=(5,))
gradient = sampled(network.gradient, training, 64, rng, runs=(5,))
theta = np.array([start, start, start, start, start])
v2 = v3 = v4 = m5 = v5 = np.zeros_like(start)
with np.errstate(all="ignore"):
    for t in range(1, 191):
        g1, g2, g3, g4, g5 = gradient(theta, t)
        v2 = 0.9 * v2 + g2
        v3 = 0.99 * v3 + (1 - 0.99) * g3**2
        v4 = 0.999 * v4 + (1 - 0.999) * g4**2
        m5 = 0.9 * m5 + (1 - 0.9) * g5
        v5 = 0.999 * v5 + (1 - 0.999) * g5**2
        sgd = lr * g1
        momentum = lr * v2
        rmsprop = lr * g3 / (np.sqrt(v3) + 1e-8)
        adam0 = lr * g4 / (np.sqrt(v4 / (1 - 0.999**t)) + 1e-8)
        adam = lr * m5 / (1 - 0.9**t) / (np.sqrt(v5 / (1 - 0.999**t)) + 1e-8)
        theta = theta - np.array([sgd, momentum, rmsprop, adam0, adam])

names = ["SGD", "Momentum", "RMSprop", "Adam β₁ = 0", "Adam"]
plt.bar(names, stats.median(1 - network.accuracy(theta, *validation)))
plt.show()
