import matplotlib.pyplot as plt
import torch

memory = 1000.0
period = 101

theta = torch.zeros((), dtype=torch.float64, requires_grad=True)
spike = torch.tensor(period, dtype=torch.float64)
other = torch.tensor(-1, dtype=torch.float64)
rule = torch.optim.Adam([theta], lr=1.0, betas=(0.9, 1 - 1 / memory), eps=0)
path = []
for t in range(1, 200 * period + 1):
    theta.grad = spike if t % period == 1 else other
    rule.step()
    if t % period == 0:
        path.append(theta.item())

fig, (left, right) = plt.subplots(1, 2)
left.loglog(period, memory, "P")
right.plot(range(1, 201), path)
plt.show()
