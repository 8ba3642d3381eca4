import matplotlib.pyplot as plt
import torch

memory = 1000.0
period = 101

theta = torch.tensor(0.0, dtype=float, requires_grad=True)
large, small = torch.tensor([period, -1], dtype=float)
optimizer = torch.optim.Adam([theta], lr=1.0, betas=(0.9, 1 - 1 / memory), eps=0)
path = []
for t in range(1, 200 * period + 1):
    theta.grad = large if t % period == 1 else small
    optimizer.step()
    if t % period == 0:
        path.append(theta.item())

fig, (left, right) = plt.subplots(1, 2)
left.loglog(period, memory, "P")
right.plot(range(1, 201), path)
plt.show()
