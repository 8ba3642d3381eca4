import matplotlib.pyplot as plt
import numpy as np
import torch

from utils import board, stats
from utils.descent import minibatches

lr = 0.0884
warmup = 1

x, y = map(torch.tensor, board.problem())
rng = np.random.default_rng(5)
z = torch.tensor(board.network.initial(rng, runs=(5,)))
mean, v, total = z.clone(), torch.zeros_like(z), 0
rows = minibatches(512, 32, rng, runs=(5,))


def costs_of(theta, x, y):
    (W1, b1), (W2, b2) = board.network.layers(theta)
    log_p = (torch.relu(x @ W1 + b1) @ W2 + b2).log_softmax(-1)
    return -(log_p * torch.eye(10)[y]).sum(-1).mean(-1)


curve = [costs_of(mean, x, y).tolist()]
for t in range(1, 257):
    between = ((1 - 0.9) * z + 0.9 * mean).requires_grad_()
    costs_of(between, x[rows(t)], y[rows(t)]).sum().backward()
    v = 0.999 * v + (1 - 0.999) * between.grad**2
    v_hat = v / (1 - 0.999**t)
    rate = lr * min(1, t / warmup)
    z = z - rate * between.grad / (v_hat.sqrt() + 1e-8)
    total = total + rate**2
    mean = mean + rate**2 / total * (z - mean)
    if t % 16 == 0:
        curve.append(costs_of(mean, x, y).tolist())

plt.semilogy(range(0, 257, 16), stats.median(curve))
plt.show()
