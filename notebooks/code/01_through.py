import matplotlib.pyplot as plt
import numpy as np

from utils.network import ACTIVATIONS, Network

s = 1.0
activation = "relu"

phi, slope = ACTIVATIONS[activation]
grid = np.linspace(-8, 8, 1000)
normal = np.exp(-(grid**2) / 2) / np.exp(-(grid**2) / 2).sum()
squares, factors = [1.0], []
for _layer in range(50):
    h = phi(np.sqrt(s * squares[-1]) * grid)
    squares.append(normal @ h**2)
    factors.append(s * (normal @ slope(h) ** 2.0))

rng = np.random.default_rng(7)
network = Network((64,) * 51 + (10,))
*hidden, (U, _) = network.layers(np.sqrt(s) * network.initial(rng, scale=1))
h, y = [rng.normal(size=(8, 64))], rng.integers(10, size=8)
for W, _ in hidden:
    h.append(phi(h[-1] @ W))
z = h[-1] @ U
p = np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))
delta = [(p - np.eye(10)[y]) @ U.T * slope(h[-1])]
for (W, _), value in zip(hidden[:0:-1], h[-2:0:-1], strict=True):
    delta.insert(0, delta[0] @ W.T * slope(value))
errors = np.mean(np.square(delta), axis=(1, 2))

fig, (left, right) = plt.subplots(1, 2, sharey=True)
left.semilogy(range(1, 51), squares[1:])
left.semilogy(range(1, 51), np.mean(np.square(h[1:]), axis=(1, 2)), ".")
right.semilogy(range(1, 51), np.cumprod([1, *factors[-2::-1]])[::-1])
right.semilogy(range(1, 51), errors / errors[-1], ".")
plt.show()
