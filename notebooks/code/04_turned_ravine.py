import matplotlib.pyplot as plt
import numpy as np

from utils import costs

angle = 30
kappa = 100.0

J = costs.quadratic(kappa, angle)
theta, descent = J.start, [J.start]
for _step in range(60):
    theta = theta - 1 / kappa * J.gradient(theta)
    descent.append(theta)

theta, v, rmsprop = J.start, np.zeros(2), [J.start]
for _step in range(60):
    gradient = J.gradient(theta)
    v = 0.9 * v + (1 - 0.9) * gradient**2
    theta = theta - 0.05 * gradient / (np.sqrt(v) + 1e-8)
    rmsprop.append(theta)

arc = np.append(np.linspace(0, 2 * np.pi, 60), np.nan)
circle = np.stack([np.cos(arc), np.sin(arc) / np.sqrt(kappa)], axis=-1)
rings = np.concatenate([r / 2 * circle for r in range(1, 7)])
plt.plot(*costs.rotation(angle) @ rings.T)
plt.plot(*np.transpose(descent))
plt.plot(*np.transpose(rmsprop))
plt.axis("square")
plt.axis([-2.5, 2.5, -2.5, 2.5])
plt.show()
