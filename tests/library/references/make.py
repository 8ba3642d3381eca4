"""Write utils/torch.npz: what PyTorch computes, for tests and for notebook 05.

    python tests/library/references/make.py    (needs torch; no test does)

The random gradients are stored too, so that no random stream has to stay the same.
"""

import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from utils.optimizers import (  # noqa: E402
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    Momentum,
    Nesterov,
    RMSprop,
)

# PyTorch's defaults first (it has none for momentum), then another set.
OPTIMIZERS = [
    SGD(1e-3),
    SGD(0.3),
    Momentum(1e-3),
    Momentum(0.1, beta=0.5),
    Nesterov(1e-3),
    Nesterov(0.1, beta=0.99),
    AdaGrad(1e-2),
    AdaGrad(0.5, eps=1e-3),
    RMSprop(1e-2),
    RMSprop(0.1, beta=0.9, eps=1e-2),
    Adam(1e-3),
    Adam(0.1, beta1=0.5, beta2=0.9, eps=1e-2),
    Adam(0.1, beta1=0.0, beta2=0.99, eps=1e-4),
    AMSGrad(1e-3),
    AMSGrad(0.1, beta1=0.8, beta2=0.9, eps=1e-2),
    AdamW(1e-3),
    AdamW(0.1, beta1=0.8, beta2=0.9, eps=1e-2, weight_decay=0.3),
]
KEPT = [0, 1, 2, 3, 4, 5, *range(25, 501, 25)]  # the steps that are stored
ACTIVATIONS = "relu", "tanh", "sigmoid", "identity"
SIZES = {"three classes": (5, 7, 4, 3), "one output": (5, 7, 1)}


def twin(ours, parameters):
    """Return PyTorch's optimizer with the hyper-parameters of ours."""
    from torch import optim

    h = dict(vars(ours))
    if "beta1" in h:
        h["betas"] = h.pop("beta1"), h.pop("beta2")
    match type(ours).__name__:
        case "SGD":
            return optim.SGD(parameters, **h)
        case "Momentum":
            return optim.SGD(parameters, lr=h["lr"], momentum=h["beta"])
        case "Nesterov":
            return optim.SGD(parameters, lr=h["lr"], momentum=h["beta"], nesterov=True)
        case "AdaGrad":
            return optim.Adagrad(parameters, **h)
        case "RMSprop":
            return optim.RMSprop(parameters, lr=h["lr"], alpha=h["beta"], eps=h["eps"])
        case "AMSGrad":
            return optim.Adam(parameters, amsgrad=True, **h)
        case name:
            return getattr(optim, name)(parameters, **h)


def torch_path(ours, start, gradients):
    """Return the path of PyTorch's twin of `ours` along given gradients."""
    import torch

    theta = torch.tensor(start, requires_grad=True)
    optimizer = twin(ours, [theta])
    path = [start]
    for gradient in gradients:
        theta.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    return np.array(path)


def torch_network(sizes, activation, theta, x, y):
    """Return cost and gradient of a multilayer perceptron by PyTorch's autograd."""
    import torch
    from torch.nn import functional

    functions = {
        "relu": torch.relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "identity": lambda a: a,
    }
    theta = torch.tensor(theta, requires_grad=True)
    h, end = torch.tensor(x), 0
    for k, (inputs, outputs) in enumerate(pairwise(sizes)):
        if k > 0:
            h = functions[activation](h)
        start, middle = end, end + inputs * outputs
        end = middle + outputs
        h = h @ theta[start:middle].reshape(inputs, outputs) + theta[middle:end]
    if sizes[-1] == 1:
        labels = torch.tensor(y, dtype=h.dtype)
        cost = functional.binary_cross_entropy_with_logits(h[:, 0], labels)
    else:
        cost = functional.cross_entropy(h, torch.tensor(y))
    cost.backward()
    return cost.item(), theta.grad.numpy()


def main():
    import torch

    rng = np.random.default_rng(0)
    start = rng.uniform(1, 2, size=6)
    gradients = [1e-4, 1e-2, 1, 1, 1e2, 1] * rng.normal(size=(500, 6))
    gradients[:, 3] += 1  # a steady one
    gradients[:, 5] *= rng.uniform(size=500) < 0.1  # a rare one, mostly 0
    kept = {"start": start, "gradients": gradients, "kept": KEPT}
    for optimizer in OPTIMIZERS:
        kept[repr(optimizer)] = torch_path(optimizer, start, gradients)[KEPT]

    kept["x"] = x = rng.normal(size=(11, 5))
    for name, sizes in SIZES.items():
        size = sum((a + 1) * b for a, b in pairwise(sizes))
        kept[f"{name} theta"] = theta = 0.5 * rng.normal(size=size)
        kept[f"{name} y"] = y = rng.integers(max(sizes[-1], 2), size=len(x))
        for activation in ACTIVATIONS:
            cost, gradient = torch_network(sizes, activation, theta, x, y)
            kept[f"{name} {activation} cost"] = cost
            kept[f"{name} {activation} gradient"] = gradient

    kept["made"] = f"torch {torch.__version__}, numpy {np.__version__}, {date.today()}"
    np.savez_compressed(ROOT / "utils" / "torch.npz", **kept)


if __name__ == "__main__":
    main()
