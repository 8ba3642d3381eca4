import matplotlib.pyplot as plt
import numpy as np

from utils import stats
from utils.data import digits
from utils.descent import sampled
from utils.network import Network

lr = 10**0.25

training, validation, test = digits()
network = Network((64, 32, 10))
rng, seeds = np.random.default_rng(0), 5
start = network.initial(rng, runs=(seeds,))
gradient = sampled(network.gradient, training, 64, rng, runs=(seeds,))
names = ["SGD", "Momentum", "RMSprop", "Adam β₁ = 0", "Adam"]
theta = np.stack([start] * len(names))
velocity = mean_square = v0 = m = v = np.zeros_like(start)
with np.errstate(all="ignore"):
    for t in range(1, 10 * 19 + 1):
        g_sgd, g_momentum, g_rmsprop, g_adam0, g_adam = gradient(theta, t)
        velocity = 0.9 * velocity + g_momentum
        mean_square = 0.99 * mean_square + (1 - 0.99) * g_rmsprop**2
        v0 = 0.999 * v0 + (1 - 0.999) * g_adam0**2
        m = 0.9 * m + (1 - 0.9) * g_adam
        v = 0.999 * v + (1 - 0.999) * g_adam**2
        m_hat = m / (1 - 0.9**t)
        v_hat, v0_hat = v / (1 - 0.999**t), v0 / (1 - 0.999**t)
        rmsprop = lr * g_rmsprop / (np.sqrt(mean_square) + 1e-8)
        adam0 = lr * g_adam0 / (np.sqrt(v0_hat) + 1e-8)
        adam = lr * m_hat / (np.sqrt(v_hat) + 1e-8)
        theta = theta - np.array([lr * g_sgd, lr * velocity, rmsprop, adam0, adam])

plt.bar(names, stats.median(1 - network.accuracy(theta, *validation)))
plt.show()
