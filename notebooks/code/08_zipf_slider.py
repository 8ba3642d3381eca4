import matplotlib.pyplot as plt
import numpy as np

from utils import stats

exponent = 0.6
V = 100

k, exponents = np.arange(1.0, V + 1), np.arange(8) / 5
before, after = k ** -exponents[:, None], k**-1
rows = np.random.default_rng(8).gamma(30 * np.tile(after / after.sum(), (8, V, 1)))
joint = before[..., None] * (rows + 1e-6) / (rows + 1e-6).sum(axis=-1, keepdims=True)
joint = np.float32(joint / joint.sum(axis=(1, 2), keepdims=True))
joint = joint[exponents == exponent][0]
pi = joint.sum(axis=-1)
unit = 1 / pi[0]


def descended(adam, rates, beta):
    lr = np.float32(rates)[:, None, None]
    theta = m = v = np.zeros((len(rates), V, V), np.float32)
    path = []
    for t in range(1, 102):
        p = np.exp(theta - theta.max(axis=-1, keepdims=True))
        p = p / p.sum(axis=-1, keepdims=True)
        true = joint / pi[:, None]
        path.append((true * np.log(true / p)).sum(axis=-1))
        g = pi[:, None] * p - joint
        if adam:
            m = beta * m + (1 - beta) * g
            v = 0.999 * v + (1 - 0.999) * g**2
            m_hat, v_hat = m / (1 - beta**t), v / (1 - 0.999**t)
            theta = theta - lr * m_hat / (np.sqrt(v_hat) + 1e-12)
        else:
            m = beta * m + g
            theta = theta - lr * m
    best = stats.best((pi * path[-1]).sum(axis=-1))
    return np.array(path)[:, best]


rates = 10 ** np.arange(-2, 2, 0.25)
fig, (left, right) = plt.subplots(1, 2, sharey=True)
for nats in (
    descended(False, unit * rates[10:16], 0),
    descended(False, unit * rates[10:15], 0.9),
    descended(True, rates[5:9], 0.9),
):
    left.semilogy((nats * pi).sum(axis=-1))
    right.loglog(k, nats[-1], "o")
plt.show()
