import matplotlib.pyplot as plt
import numpy as np

from utils import figures, flights

lr = 1.0
schedule = "constant"
clip = False

limit = 1 if clip else np.inf
log = fit(*start("SGD", lr, schedule, seed=0), *loaders(), clip=limit)  # noqa: F821
run = dict(zip(flights.SERIES, log.T, strict=True))

fig, axes = figures.subplots(3, height=2.9)
flights.draw(run, axes, clip)
plt.show()
