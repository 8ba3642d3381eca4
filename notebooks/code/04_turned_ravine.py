import matplotlib.pyplot as plt
import numpy as np

from utils import costs

angle = 30
kappa = 100.0

ravine = costs.quadratic(kappa, angle)
theta, descent = ravine.start, [ravine.start]
for _step in range(60):
    theta = theta - 2 / (1 + kappa) * ravine.gradient(theta)
    descent.append(theta)

lr, beta = 0.05, 0.9
theta, v, rmsprop = ravine.start, np.zeros(2), [ravine.start]
for _step in range(60):
    gradient = ravine.gradient(theta)
    v = beta * v + (1 - beta) * gradient**2
    theta = theta - lr * gradient / (np.sqrt(v) + 1e-8)
    rmsprop.append(theta)

arc = np.append(np.linspace(0, 2 * np.pi, 60), np.nan)
circle = np.stack([np.cos(arc), np.sin(arc) / np.sqrt(kappa)])
ellipses = np.concatenate([r / 2 * circle for r in range(1, 7)], axis=1)
plt.plot(*(costs.rotation(angle) @ ellipses))
plt.plot(*np.transpose(descent), label="gradient descent")
plt.plot(*np.transpose(rmsprop), label="RMSprop")
plt.axis("square")
plt.axis([-2.5, 2.5, -2.5, 2.5])
plt.legend()
plt.show()
