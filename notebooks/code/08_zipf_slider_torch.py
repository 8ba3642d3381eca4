import matplotlib.pyplot as plt
import numpy as np
import torch

from utils import stats

exponent = 0.6
V = 100

k, exponents = np.arange(1.0, V + 1), np.arange(8) / 5
before, after = k ** -exponents[:, None], k**-1
rows = np.random.default_rng(8).gamma(30 * np.tile(after / after.sum(), (8, V, 1)))
joint = before[..., None] * (rows + 1e-6) / (rows + 1e-6).sum(axis=-1, keepdims=True)
joint = np.float32(joint / joint.sum(axis=(1, 2), keepdims=True))
joint = torch.tensor(joint[exponents == exponent][0], dtype=torch.float64)
pi = joint.sum(dim=-1)


def descended(optimizer, rates, **options):
    thetas = [torch.zeros_like(joint, requires_grad=True) for _rate in rates]
    groups = [
        {"params": [theta], "lr": lr} for theta, lr in zip(thetas, rates, strict=True)
    ]
    rule = optimizer(groups, **options)
    path = []
    for _t in range(1, 102):
        rule.zero_grad()
        log_p = torch.stack(thetas).log_softmax(dim=-1)
        true = joint / pi[:, None]
        nats = (true * (true.log() - log_p)).sum(dim=-1)
        path.append(nats.tolist())
        (pi * nats).sum().backward()
        rule.step()
    path = np.array(path)
    return path[:, stats.best((path[-1] * pi.numpy()).sum(axis=-1))]


rates = 10 ** np.arange(-2, 2, 0.25)
fig, (left, right) = plt.subplots(1, 2, sharey=True)
for nats in (
    descended(torch.optim.SGD, (rates[10:16] / pi[0].item()).tolist()),
    descended(torch.optim.SGD, (rates[10:15] / pi[0].item()).tolist(), momentum=0.9),
    descended(torch.optim.Adam, rates[5:9].tolist(), eps=1e-12),
):
    left.semilogy((nats * pi.numpy()).sum(axis=-1))
    right.loglog(k, nats[-1], "o")
plt.show()
