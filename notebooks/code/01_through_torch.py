import matplotlib.pyplot as plt
import numpy as np
import torch

from utils.network import Network

s = 1.0
activation = "relu"

phi = torch.clone if activation == "identity" else getattr(torch, activation)
grid = torch.linspace(-8, 8, 1000, dtype=float)
normal = torch.softmax(-(grid**2) / 2, dim=0)
squares, factors = [1.0], []
for _layer in range(50):
    a = ((s * squares[-1]) ** 0.5 * grid).requires_grad_()
    (slope,) = torch.autograd.grad(phi(a).sum(), a)
    squares.append((normal @ phi(a) ** 2).item())
    factors.append(s * (normal @ slope**2).item())

rng = np.random.default_rng(7)
network = Network((64,) * 51 + (10,))
theta = torch.tensor(s**0.5 * network.initial(rng, scale=1), requires_grad=True)
*hidden, (U, _) = network.layers(theta)
h, y = torch.tensor(rng.normal(size=(8, 64))), torch.tensor(rng.integers(10, size=8))
sums = []
for W, _ in hidden:
    sums.append(h @ W)
    h = phi(sums[-1])
cost = torch.nn.functional.cross_entropy(h @ U, y)
delta = torch.stack(torch.autograd.grad(cost, sums))
signals = phi(torch.stack(sums)).square().mean(dim=(1, 2))
errors = delta.square().mean(dim=(1, 2))

fig, (left, right) = plt.subplots(1, 2, sharey=True)
left.semilogy(range(1, 51), squares[1:])
left.semilogy(range(1, 51), signals.detach(), ".")
right.semilogy(range(1, 51), np.cumprod([1, *factors[-2::-1]])[::-1])
right.semilogy(range(1, 51), errors / errors[-1], ".")
plt.show()
