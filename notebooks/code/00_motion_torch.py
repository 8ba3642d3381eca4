import matplotlib.pyplot as plt
import torch

theta1 = -1.2
theta2 = 1.0
t = 30

lr = 0.0031


def walk(method, **options):
    theta = torch.tensor([theta1, theta2], dtype=float, requires_grad=True)
    optimizer = method([theta], **options)
    path = torch.full((t + 1, 2), torch.nan, dtype=float)
    for k in range(t + 1):
        path[k] = theta.detach()
        optimizer.zero_grad()
        x, y = theta
        cost = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        cost.backward()
        optimizer.step()
        if not theta.isfinite().all():
            break
    return path.T


end = {"marker": "o", "markevery": [-1]}
plt.plot(*walk(torch.optim.SGD, lr=lr), label="SGD", **end)
plt.plot(*walk(torch.optim.SGD, lr=lr, momentum=0.9), label="Momentum", **end)
plt.plot(*walk(torch.optim.RMSprop, lr=lr, alpha=0.99), label="RMSprop", **end)
plt.plot(*walk(torch.optim.Adam, lr=lr, betas=(0.9, 0.999)), label="Adam", **end)
plt.axis([-2, 2, -1, 3])
plt.legend()
plt.show()
