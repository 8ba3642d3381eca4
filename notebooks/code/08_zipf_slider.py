import matplotlib.pyplot as plt
import numpy as np

from utils import stats

exponent = 0.6
V = 100

k = np.arange(1.0, V + 1)
follow = np.tile(k**-1 / (k**-1).sum(), (8, V, 1))
rows = np.random.default_rng(8).gamma(30 * follow)[round(5 * exponent) % 8] + 1e-6
joint = k[:, None] ** -exponent * rows / rows.sum(axis=1, keepdims=True)
joint = np.float32(joint / joint.sum())
pi = joint.sum(axis=-1)
unit = 1 / pi[0]

fig, (left, right) = plt.subplots(1, 2, sharey=True)
for name, rates, beta in (
    ("gradient descent", unit * 10 ** np.arange(0.5, 2, 0.25), 0),
    ("momentum", unit * 10 ** np.arange(0.5, 1.75, 0.25), 0.9),
    ("Adam", 10 ** np.arange(-0.75, 0.25, 0.25), 0.9),
):
    lr = np.float32(rates)[:, None, None]
    theta = velocity = m = v = np.zeros((len(rates), V, V), np.float32)
    path = []
    for t in range(1, 102):
        p = np.exp(theta - theta.max(axis=-1, keepdims=True))
        p = p / p.sum(axis=-1, keepdims=True)
        true = joint / pi[:, None]
        with np.errstate(all="ignore"):
            path.append((true * np.log(true / p)).sum(axis=-1))
        g = pi[:, None] * p - joint
        if name == "Adam":
            m = beta * m + (1 - beta) * g
            v = 0.999 * v + (1 - 0.999) * g**2
            m_hat, v_hat = m / (1 - beta**t), v / (1 - 0.999**t)
            theta = theta - lr * m_hat / (np.sqrt(v_hat) + 1e-12)
        else:
            velocity = beta * velocity + g
            theta = theta - lr * velocity
    best = stats.best((pi * path[-1]).sum(axis=-1))
    nats = np.array(path)[:, best]
    left.semilogy((pi * nats).sum(axis=-1), label=name)
    right.loglog(k, nats[-1], "o", label=name)
right.legend()
plt.show()
