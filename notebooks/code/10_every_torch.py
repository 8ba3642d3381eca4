import matplotlib.pyplot as plt
import numpy as np

from utils import flights

optimizer = "SGD"
schedule = "constant"
clip = False

limit, rates = 1 if clip else np.inf, flights.rates(optimizer)
windows = Windows(test, every=32)  # noqa: F821
unseen = DataLoader(windows, batch_size=len(windows))  # noqa: F821


def end(lr, seed):  # 36 runs take minutes
    model, *rest = start(optimizer, lr, schedule, seed)  # noqa: F821
    fit(model, *rest, *loaders(), clip=limit)  # noqa: F821
    return mean_loss(model, unseen)  # noqa: F821


losses = np.array([np.mean([end(lr, seed) for seed in range(4)]) for lr in rates])
diverges = np.isnan(losses)

plt.plot(rates, losses, "o-")
plt.plot(rates[diverges], np.full(diverges.sum(), 3.3), "x")
plt.gca().set(xscale="log", xlabel="learning rate η", ylabel="test loss")
plt.show()
