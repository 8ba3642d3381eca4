import matplotlib.pyplot as plt
import numpy as np

from utils.network import ACTIVATIONS, Network

s = 1.0
activation = "relu"

phi, slope_of_value = ACTIVATIONS[activation]
grid = np.linspace(-8, 8, 1000)
normal = np.exp(-(grid**2) / 2) / np.exp(-(grid**2) / 2).sum()
squares, factors = [1.0], [1.0]
for _layer in range(50):
    h = phi(np.sqrt(s * squares[-1]) * grid)
    squares.append(normal @ h**2)
    factors.append(s * (normal @ slope_of_value(h) ** 2))

rng = np.random.default_rng(7)
network = Network((64,) * 51 + (10,))
W = [W for W, _b in network.layers(np.sqrt(s) * network.initial(rng, scale=1))]
h, y = [rng.normal(size=(8, 64))], rng.integers(10, size=8)
for layer in range(50):
    h.append(phi(h[-1] @ W[layer]))
scores = h[50] @ W[50]
p = np.exp(scores - scores.max(axis=1, keepdims=True))
p = p / p.sum(axis=1, keepdims=True)
delta = (p - np.eye(10)[y]) @ W[50].T * slope_of_value(h[50])
products, errors = [1.0], [np.mean(delta**2)]
for layer in range(49, 0, -1):
    delta = delta @ W[layer].T * slope_of_value(h[layer])
    errors.append(np.mean(delta**2))
    products.append(products[-1] * factors[layer])
signals = np.mean(np.square(h[1:]), axis=(1, 2))

fig, (left, right) = plt.subplots(1, 2, sharey=True)
left.semilogy(range(1, 51), squares[1:], label="mean over weights")
left.semilogy(range(1, 51), signals, ".", label="one network")
right.semilogy(range(1, 51), products[::-1])
right.semilogy(range(1, 51), errors[::-1] / errors[0], ".")
left.legend()
plt.show()
