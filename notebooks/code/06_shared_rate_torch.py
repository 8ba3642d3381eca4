import matplotlib.pyplot as plt
import numpy as np
import torch

from utils import stats
from utils.data import digits
from utils.descent import minibatches
from utils.network import Network

lr = 10**0.25

training, validation, test = digits()
network = Network((64, 32, 10))
x, y = map(torch.tensor, training)
rng, seeds = np.random.default_rng(0), 5
start = torch.tensor(network.initial(rng, runs=(seeds,)))
rows = minibatches(len(x), 64, rng, runs=(seeds,))
names = ["SGD", "Momentum", "RMSprop", "Adam β₁ = 0", "Adam"]
thetas = [start.clone().requires_grad_() for _name in names]
optimizers = [
    torch.optim.SGD([thetas[0]], lr=lr),
    torch.optim.SGD([thetas[1]], lr=lr, momentum=0.9),
    torch.optim.RMSprop([thetas[2]], lr=lr, alpha=0.99),
    torch.optim.Adam([thetas[3]], lr=lr, betas=(0.0, 0.999)),
    torch.optim.Adam([thetas[4]], lr=lr, betas=(0.9, 0.999)),
]
for t in range(1, 10 * 19 + 1):
    (W1, b1), (W2, b2) = network.layers(torch.stack(thetas))
    log_p = (torch.relu(x[rows(t)] @ W1 + b1) @ W2 + b2).log_softmax(-1)
    cost = -(log_p * torch.eye(10)[y[rows(t)]]).sum(-1).mean(-1)
    cost.sum().backward()
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad()

theta = torch.stack(thetas).detach().numpy()
plt.bar(names, stats.median(1 - network.accuracy(theta, *validation)))
plt.show()
