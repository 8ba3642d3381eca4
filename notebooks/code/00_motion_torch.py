import matplotlib.pyplot as plt
import torch

theta1 = -1.2
theta2 = 1.0
t = 30

lr = 0.0031
rules = {
    "SGD": lambda theta: torch.optim.SGD([theta], lr=lr),
    "Momentum": lambda theta: torch.optim.SGD([theta], lr=lr, momentum=0.9),
    "RMSprop": lambda theta: torch.optim.RMSprop([theta], lr=lr),
    "Adam": lambda theta: torch.optim.Adam([theta], lr=lr),
}
for name, rule in rules.items():
    theta = torch.tensor([theta1, theta2], dtype=float, requires_grad=True)
    optimizer = rule(theta)
    path = torch.full((t + 1, 2), torch.nan, dtype=float)
    for k in range(t + 1):
        path[k] = theta.detach()
        optimizer.zero_grad()
        x, y = theta
        J = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        J.backward()
        optimizer.step()
        if not theta.isfinite().all():
            break
    plt.plot(*path.T, "-o", markevery=[-1], label=name)
plt.axis([-2, 2, -1, 3])
plt.legend()
plt.show()
