import matplotlib.pyplot as plt
import numpy as np
import torch

from utils.data import digits
from utils.descent import minibatches
from utils.network import Network

peak = 0.125
warmup = 0

T = 190
training, validation, _ = digits()
network = Network((64, 16, 10))
x, y = map(torch.tensor, training)
rng = np.random.default_rng(2)
theta = torch.tensor(network.initial(rng, runs=(10,)), requires_grad=True)
rows = minibatches(len(y), 32, rng, runs=(10,))
steps = np.arange(1, T + 1)
lr = peak * (1 + np.cos(np.pi * (steps - 1) / T)) / 2
lr = lr * np.minimum(steps / max(warmup * T, 1), 1)
optimizer = torch.optim.Adam([theta], lr=1.0)
plan = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: lr[min(k, T - 1)])


def costs_of(x, y):
    (W1, b1), (W2, b2) = network.layers(theta)
    log_p = (torch.relu(x @ W1 + b1) @ W2 + b2).log_softmax(-1)
    return -(log_p * torch.eye(10)[y]).sum(-1).mean(-1)


for k in range(1, T + 1):
    optimizer.zero_grad()
    costs_of(x[rows(k)], y[rows(k)]).sum().backward()
    optimizer.step()
    plan.step()

fig, (left, right) = plt.subplots(1, 2)
left.plot(steps, lr)
right.loglog(peak, costs_of(x, y).mean().item(), "o")
plt.show()
