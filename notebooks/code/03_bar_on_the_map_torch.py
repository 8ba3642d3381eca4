import matplotlib.pyplot as plt
import torch

lr = 0.02
kappa = 100.0
beta = 0.4

theta = torch.ones(2, dtype=float, requires_grad=True)
optimizer = torch.optim.SGD([theta], lr=lr, momentum=beta)
path = torch.full((401, 2), torch.nan, dtype=float)
for t in range(401):
    path[t] = theta.detach()
    optimizer.zero_grad()
    J = (theta[0] ** 2 + kappa * theta[1] ** 2) / 2
    J.backward()
    optimizer.step()
    if not theta.isfinite().all():
        break

fig, (left, right) = plt.subplots(1, 2)
left.semilogx([lr, lr * kappa], [beta, beta], "o-")
left.axis([1e-3, 10, 0, 1])
right.semilogy(range(0, 401, 5), abs(path[::5]))
plt.show()
