import matplotlib.pyplot as plt
import numpy as np
import torch

from utils.network import Network

s = 1.0
activation = "relu"

phi = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "identity": lambda a: a,
}[activation]
points = torch.linspace(-8, 8, 1000, dtype=float)
weights = torch.softmax(-(points**2) / 2, dim=0)
squares, factors = [1.0], [1.0]
for _layer in range(50):
    z = ((s * squares[-1]) ** 0.5 * points).requires_grad_()
    (slope,) = torch.autograd.grad(phi(z).sum(), z)
    squares.append((weights @ phi(z) ** 2).item())
    factors.append(s * (weights @ slope**2).item())

rng = np.random.default_rng(7)
network = Network((64,) * 51 + (10,))
theta = torch.tensor(s**0.5 * network.initial(rng, scale=1), requires_grad=True)
W = [W for W, _b in network.layers(theta)]
h, y = torch.tensor(rng.normal(size=(8, 64))), torch.tensor(rng.integers(10, size=8))
a = []
for layer in range(50):
    a.append(h @ W[layer])
    h = phi(a[-1])
cost = torch.nn.functional.cross_entropy(h @ W[50], y)
delta = torch.stack(torch.autograd.grad(cost, a))
signals = phi(torch.stack(a)).square().mean(dim=(1, 2))
errors = delta.square().mean(dim=(1, 2))
products = [1.0]
for layer in range(49, 0, -1):
    products.append(products[-1] * factors[layer])

fig, (left, right) = plt.subplots(1, 2, sharey=True)
left.semilogy(range(1, 51), squares[1:], label="mean over weights")
left.semilogy(range(1, 51), signals.detach(), ".", label="one network")
right.semilogy(range(1, 51), products[::-1])
right.semilogy(range(1, 51), errors / errors[-1], ".")
left.legend()
plt.show()
