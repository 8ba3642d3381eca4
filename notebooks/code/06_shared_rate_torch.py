import matplotlib.pyplot as plt
import numpy as np
import torch

from utils import stats
from utils.data import digits
from utils.descent import minibatches
from utils.network import Network

lr = 10**0.25

training, validation, _test = digits()
x, y = map(torch.tensor, training)
network = Network((64, 32, 10))
rng = np.random.default_rng(0)
start = torch.tensor(network.initial(rng, runs=(5,)))
rows = minibatches(1197, 64, rng, runs=(5,))
thetas = [start.clone().requires_grad_() for _method in range(5)]
rules = [
    torch.optim.SGD(thetas[:1], lr=lr),
    torch.optim.SGD(thetas[1:2], lr=lr, momentum=0.9),
    torch.optim.RMSprop(thetas[2:3], lr=lr, alpha=0.99),
    torch.optim.Adam(thetas[3:4], lr=lr, betas=(0.0, 0.999)),
    torch.optim.Adam(thetas[4:], lr=lr, betas=(0.9, 0.999)),
]
for t in range(1, 191):
    (W1, b1), (W2, b2) = network.layers(torch.stack(thetas))
    logits = torch.relu(x[rows(t)] @ W1 + b1) @ W2 + b2
    labels = y[rows(t)].expand(5, -1, -1)
    costs = torch.nn.functional.cross_entropy(
        logits.movedim(-1, 1), labels, reduction="none"
    )
    costs.mean(dim=-1).sum().backward()
    for rule in rules:
        rule.step()
        rule.zero_grad()

names = ["SGD", "Momentum", "RMSprop", "Adam β₁ = 0", "Adam"]
theta = torch.stack(thetas).detach().numpy()
plt.bar(names, stats.median(1 - network.accuracy(theta, *validation)))
plt.show()
