import matplotlib.pyplot as plt
import torch

lr = 0.002


def cost(theta):
    x, y = theta[..., 0], theta[..., 1]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def walk(method, **options):
    theta = torch.tensor([-1.2, 1], dtype=float, requires_grad=True)
    optimizer = method([theta], **options)
    path = torch.full((101, 2), torch.nan, dtype=float)
    for t in range(101):
        path[t] = theta.detach()
        optimizer.zero_grad()
        cost(theta).backward()
        optimizer.step()
        if not theta.isfinite().all():
            break
    return path


fig, (left, right) = plt.subplots(1, 2)
for name, path in (
    ("SGD", walk(torch.optim.SGD, lr=lr)),
    ("Momentum", walk(torch.optim.SGD, lr=lr, momentum=0.9)),
    ("RMSprop", walk(torch.optim.RMSprop, lr=lr, alpha=0.99)),
    ("Adam", walk(torch.optim.Adam, lr=lr, betas=(0.9, 0.999))),
):
    left.plot(*path.T, label=name)
    right.semilogy(cost(path), label=name)
left.axis([-2, 2, -1, 3])
left.legend()
right.legend()
plt.show()
