import matplotlib.pyplot as plt
import numpy as np
import torch

from utils import costs

angle = 30
kappa = 100.0

turn = torch.tensor(costs.rotation(angle))


def walk(method, **options):
    theta = (turn @ torch.tensor([-2, 0.6], dtype=float)).requires_grad_()
    optimizer = method([theta], **options)
    path = [theta.tolist()]
    for _step in range(60):
        optimizer.zero_grad()
        flat, steep = theta @ turn
        cost = (flat**2 + kappa * steep**2) / 2
        cost.backward()
        optimizer.step()
        path.append(theta.tolist())
    return np.transpose(path)


descent = walk(torch.optim.SGD, lr=2 / (1 + kappa))
rmsprop = walk(torch.optim.RMSprop, lr=0.05, alpha=0.9)

arc = np.append(np.linspace(0, 2 * np.pi, 60), np.nan)
circle = np.stack([np.cos(arc), np.sin(arc) / np.sqrt(kappa)])
ellipses = np.concatenate([r / 2 * circle for r in range(1, 7)], axis=1)
plt.plot(*(costs.rotation(angle) @ ellipses))
plt.plot(*descent, label="gradient descent")
plt.plot(*rmsprop, label="RMSprop")
plt.axis("square")
plt.axis([-2.5, 2.5, -2.5, 2.5])
plt.legend()
plt.show()
