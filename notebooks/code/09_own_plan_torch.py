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
optimizer = torch.optim.Adam([theta], lr=2**-2.5, betas=(0.9, 0.999))
plan = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lambda done: min(1, (done + 1) / (0.1 * T)) * max(0, 1 - done / T)
)


def costs_of(x, y):
    (W1, b1), (W2, b2) = board.network.layers(theta)
    log_p = (torch.relu(x @ W1 + b1) @ W2 + b2).log_softmax(-1)
    return -(log_p * torch.eye(10)[y]).sum(-1).mean(-1)


curve = [costs_of(x, y).tolist()]
for t in range(1, 257):
    optimizer.zero_grad()
    costs_of(x[rows(t)], y[rows(t)]).sum().backward()
    optimizer.step()
    plan.step()
    if t % 8 == 0:
        curve.append(costs_of(x, y).tolist())

plt.semilogy(range(0, 257, 8), stats.median(curve))
plt.show()
