import matplotlib.pyplot as plt
import numpy as np

from utils import flights

optimizer = "SGD"
schedule = "constant"
clip = False

limit, rates = 1 if clip else None, flights.rates(optimizer)
runs = [flights.ends(optimizer, lr, schedule, limit) for lr in rates]
losses = np.mean([run["test"] for run in runs], axis=1)  # of four seeds, as recorded
diverges = np.isnan(losses)

plt.plot(rates, losses, "o-")
plt.plot(rates[diverges], np.full(diverges.sum(), 3.3), "x")
plt.gca().set(xscale="log", xlabel="learning rate η", ylabel="test loss")
plt.show()
