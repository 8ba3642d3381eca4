import matplotlib.pyplot as plt
import numpy as np
import torch

from utils import board, stats
from utils.descent import minibatches

lr = 2**-6.5

x, y = map(torch.tensor, board.problem())
rng = np.random.default_rng(5)
theta = torch.tensor(board.network.initial(rng, runs=(20,)), requires_grad=True)
rows = minibatches(512, 32, rng, runs=(20,))
rule = torch.optim.Adam([theta], lr=lr, betas=(0.9, 0.999))


def costs_of(x, y):
    (W1, b1), (W2, b2) = board.network.layers(theta)
    logits = torch.relu(x @ W1 + b1) @ W2 + b2
    return torch.nn.functional.cross_entropy(logits.mT, y, reduction="none").mean(-1)


everything, labels = x.expand(20, -1, -1), y.expand(20, -1)
costs = [costs_of(everything, labels).tolist()]
for t in range(1, 257):
    rule.zero_grad()
    costs_of(x[rows(t)], y[rows(t)]).sum().backward()
    rule.step()
    if t % 2 == 0:
        costs.append(costs_of(everything, labels).tolist())

plt.semilogy(range(0, 257, 2), stats.median(costs))
plt.show()
