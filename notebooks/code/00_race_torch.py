import matplotlib.pyplot as plt
import torch

lr = 0.002

rules = {
    "SGD": lambda theta: torch.optim.SGD([theta], lr=lr),
    "Momentum": lambda theta: torch.optim.SGD([theta], lr=lr, momentum=0.9),
    "RMSprop": lambda theta: torch.optim.RMSprop([theta], lr=lr),
    "Adam": lambda theta: torch.optim.Adam([theta], lr=lr),
}


def J(theta):
    x, y = theta[..., 0], theta[..., 1]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


fig, (left, right) = plt.subplots(1, 2)
for name, rule in rules.items():
    theta = torch.tensor([-1.2, 1], dtype=float, requires_grad=True)
    optimizer = rule(theta)
    path = torch.full((101, 2), torch.nan, dtype=float)
    for t in range(101):
        path[t] = theta.detach()
        optimizer.zero_grad()
        J(theta).backward()
        optimizer.step()
        if not theta.isfinite().all():
            break
    left.plot(*path.T)
    right.semilogy(J(path), label=name)
left.axis([-2, 2, -1, 3])
right.legend()
plt.show()
