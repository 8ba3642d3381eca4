import matplotlib.pyplot as plt

from utils import figures, flights

lr = 1.0
schedule = "constant"
clip = False

limit = 1 if clip else None
runs = flights.series("SGD", lr, schedule, limit)  # as they were recorded
run = {name: runs[name][0] for name in runs}

fig, axes = figures.subplots(3, height=2.9)
flights.draw(run, axes, limit)
plt.show()
