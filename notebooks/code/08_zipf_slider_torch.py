import matplotlib.pyplot as plt
import numpy as np
import torch

from utils import stats

exponent = 0.6
V = 100

k = np.arange(1.0, V + 1)
follow = np.tile(k**-1 / (k**-1).sum(), (8, V, 1))
rows = np.random.default_rng(8).gamma(30 * follow)[round(5 * exponent) % 8] + 1e-6
joint = k[:, None] ** -exponent * rows / rows.sum(axis=1, keepdims=True)
joint = torch.tensor(np.float32(joint / joint.sum()), dtype=float)
pi = joint.sum(dim=-1)
unit = 1 / pi[0].item()

fig, (left, right) = plt.subplots(1, 2, sharey=True)
for name, rates, beta in (
    ("gradient descent", unit * 10 ** np.arange(0.5, 2, 0.25), 0),
    ("momentum", unit * 10 ** np.arange(0.5, 1.75, 0.25), 0.9),
    ("Adam", 10 ** np.arange(-0.75, 0.25, 0.25), 0.9),
):
    thetas = [torch.zeros_like(joint, requires_grad=True) for _rate in rates]
    each = [{"params": [thetas[i]], "lr": lr} for i, lr in enumerate(rates.tolist())]
    if name == "Adam":
        optimizer = torch.optim.Adam(each, betas=(beta, 0.999), eps=1e-12)
    else:
        optimizer = torch.optim.SGD(each, momentum=beta)
    path = []
    for _t in range(1, 102):
        optimizer.zero_grad()
        log_p = torch.stack(thetas).log_softmax(dim=-1)
        true = joint / pi[:, None]
        nats = (true * (true.log() - log_p)).sum(dim=-1)
        path.append(nats.detach())
        (pi * nats).sum().backward()
        optimizer.step()
    best = stats.best((pi * path[-1]).sum(dim=-1))
    nats = torch.stack(path)[:, best]
    left.semilogy((pi * nats).sum(dim=-1), label=name)
    right.loglog(k, nats[-1], "o", label=name)
right.legend()
plt.show()
