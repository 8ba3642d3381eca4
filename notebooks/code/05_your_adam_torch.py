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
optimizer = torch.optim.Adam([theta], lr=lr, betas=(0.9, 0.999))


def costs_of(x, y):
    (W1, b1), (W2, b2) = board.network.layers(theta)
    log_p = (torch.relu(x @ W1 + b1) @ W2 + b2).log_softmax(-1)
    return -(log_p * torch.eye(10)[y]).sum(-1).mean(-1)


curve = [costs_of(x, y).tolist()]
for k in range(1, 257):
    optimizer.zero_grad()
    costs_of(x[rows(k)], y[rows(k)]).sum().backward()
    optimizer.step()
    if k % 2 == 0:
        curve.append(costs_of(x, y).tolist())

plt.semilogy(range(0, 257, 2), stats.median(curve))
plt.show()
