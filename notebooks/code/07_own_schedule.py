import matplotlib.pyplot as plt
import numpy as np

from utils.data import digits
from utils.descent import sampled
from utils.network import Network

peak = 0.125
warmup = 0

T = 190
training, validation, _ = digits()
network = Network((64, 16, 10))
steps = np.arange(1, T + 1)
lr = peak * (1 + np.cos(np.pi * (steps - 1) / T)) / 2
lr = lr * np.minimum(steps / max(warmup * T, 1), 1)
rng = np.random.default_rng(2)
theta = network.initial(rng, runs=(10,))
m = v = np.zeros_like(theta)
gradient = sampled(network.gradient, training, 32, rng, runs=(10,))
for k in range(1, T + 1):
    g = gradient(theta, k)
    m = 0.9 * m + (1 - 0.9) * g
    v = 0.999 * v + (1 - 0.999) * g**2
    m_hat = m / (1 - 0.9**k)
    v_hat = v / (1 - 0.999**k)
    theta = theta - lr[k - 1] * m_hat / (np.sqrt(v_hat) + 1e-8)

fig, (left, right) = plt.subplots(1, 2)
left.plot(steps, lr)
right.loglog(peak, network.cost(theta, *training).mean(), "o")
plt.show()
