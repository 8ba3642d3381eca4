import matplotlib.pyplot as plt
import numpy as np
import torch

from utils import board, stats
from utils.descent import minibatches

lr = 2**-6

x, y = map(torch.tensor, board.problem())
rng = np.random.default_rng(5)
theta = torch.tensor(board.network.initial(rng, runs=(5,)), requires_grad=True)
rows = minibatches(512, 32, rng, runs=(5,))
rule = torch.optim.SGD([theta], lr=lr)


def costs_of(x, y):
    (W1, b1), (W2, b2) = board.network.layers(theta)
    logits = torch.relu(x @ W1 + b1) @ W2 + b2
    return torch.nn.functional.cross_entropy(logits.mT, y, reduction="none").mean(-1)


everything, labels = x.expand(5, -1, -1), y.expand(5, -1)
costs = [costs_of(everything, labels).tolist()]
for t in range(1, 257):
    rule.zero_grad()
    costs_of(x[rows(t)], y[rows(t)]).sum().backward()
    rule.step()
    costs.append(costs_of(everything, labels).tolist())

plt.semilogy(range(0, 257, 2), stats.median(costs[::2]))
plt.show()
