import matplotlib.pyplot as plt
import numpy as np
import torch

from utils import costs

angle = 30
kappa = 100.0

arc = np.append(np.linspace(0, 2 * np.pi, 60), np.nan)
circle = np.stack([np.cos(arc), np.sin(arc) / np.sqrt(kappa)])
rings = np.concatenate([r / 2 * circle for r in range(1, 7)], axis=1)
plt.plot(*costs.rotation(angle) @ rings)
axes = torch.tensor(costs.rotation(angle))


def walk(rule, **options):
    theta = (axes @ torch.tensor([-2, 0.6], dtype=float)).requires_grad_()
    optimizer = rule([theta], **options)
    path = [theta.tolist()]
    for _step in range(60):
        optimizer.zero_grad()
        flat, steep = theta @ axes
        J = (flat**2 + kappa * steep**2) / 2
        J.backward()
        optimizer.step()
        path.append(theta.tolist())
    return np.transpose(path)


plt.plot(*walk(torch.optim.SGD, lr=1 / kappa))
plt.plot(*walk(torch.optim.RMSprop, lr=0.05, alpha=0.9))
plt.axis("square")
plt.axis([-2.5, 2.5, -2.5, 2.5])
plt.show()
