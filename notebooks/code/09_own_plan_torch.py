import matplotlib.pyplot as plt
import numpy as np
import torch

from utils import board, stats
from utils.descent import minibatches

T = 64

x, y = map(torch.tensor, board.problem())
rng = np.random.default_rng(5)
theta = torch.tensor(board.network.initial(rng, runs=(20,)), requires_grad=True)
rows = minibatches(512, 32, rng, runs=(20,))
rule = torch.optim.Adam([theta], lr=2**-2.5, betas=(0.9, 0.999))
plan = torch.optim.lr_scheduler.LambdaLR(
    rule, lambda k: min(1, (k + 1) / (0.1 * T)) * max(0, 1 - k / T)
)


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
    plan.step()
    if t % 8 == 0:
        costs.append(costs_of(everything, labels).tolist())

plt.semilogy(range(0, 257, 8), stats.median(costs))
plt.show()
