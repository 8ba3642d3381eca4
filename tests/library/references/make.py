"""Write utils/torch.npz: what PyTorch computes, for tests and for notebook 05.

    python tests/library/references/make.py    (needs torch: make .venv/peers)

The random gradients are stored too, so that no random stream has to stay the same.
"""

import sys
from dataclasses import MISSING, fields
from datetime import date
from inspect import signature
from itertools import pairwise
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from utils import optimizers  # noqa: E402

# A row for each optimizer of utils, by its name: PyTorch's with the hyper-parameters h
# of ours, and what we try, our defaults first; or, in words, why PyTorch has no twin.
TWINS = {
    "SGD": (
        lambda optim, theta, h: optim.SGD(theta, h.lr),
        [{"lr": 1e-3}, {"lr": 0.3}],
    ),
    "Momentum": (
        lambda optim, theta, h: optim.SGD(theta, h.lr, momentum=h.beta),
        [{"lr": 1e-3}, {"lr": 0.1, "beta": 0.5}],
    ),
    "Nesterov": (
        lambda optim, theta, h: optim.SGD(theta, h.lr, momentum=h.beta, nesterov=True),
        [{"lr": 1e-3}, {"lr": 0.1, "beta": 0.99}],
    ),
    "AdaGrad": (
        lambda optim, theta, h: optim.Adagrad(theta, h.lr, eps=h.eps),
        [{"lr": 1e-2}, {"lr": 0.5, "eps": 1e-3}],
    ),
    "RMSprop": (
        lambda optim, theta, h: optim.RMSprop(theta, h.lr, alpha=h.beta, eps=h.eps),
        [{"lr": 1e-2}, {"lr": 0.1, "beta": 0.9, "eps": 1e-2}],
    ),
    "Adam": (
        lambda optim, theta, h: optim.Adam(theta, h.lr, (h.beta1, h.beta2), h.eps),
        [
            {"lr": 1e-3},
            {"lr": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 1e-2},
            {"lr": 0.1, "beta1": 0.0, "beta2": 0.99, "eps": 1e-4},
        ],
    ),
    "AMSGrad": (
        lambda optim, theta, h: optim.Adam(
            theta, h.lr, (h.beta1, h.beta2), h.eps, amsgrad=True
        ),
        [{"lr": 1e-3}, {"lr": 0.1, "beta1": 0.8, "beta2": 0.9, "eps": 1e-2}],
    ),
    "AdamW": (
        lambda optim, theta, h: optim.AdamW(
            theta, h.lr, (h.beta1, h.beta2), h.eps, weight_decay=h.weight_decay
        ),
        [
            {"lr": 1e-3},
            {"lr": 0.1, "beta1": 0.8, "beta2": 0.9, "eps": 1e-2, "weight_decay": 0.3},
        ],
    ),
}
KEPT = [0, 1, 2, 3, 4, 5, *range(25, 501, 25)]  # the steps that are stored
ACTIVATIONS = "relu", "tanh", "sigmoid", "identity"
SIZES = {"three classes": (5, 7, 4, 3), "one output": (5, 7, 1)}


def trials(name):
    """Return our optimizers of a row: none where PyTorch has no twin."""
    row = TWINS[name]
    return (
        [] if isinstance(row, str) else [getattr(optimizers, name)(**h) for h in row[1]]
    )


def twin(ours, parameters):
    """Return PyTorch's optimizer with the hyper-parameters of ours."""
    from torch import optim

    return TWINS[type(ours).__name__][0](optim, parameters, ours)


def torch_defaults(ours):
    """Return PyTorch's own defaults, {name: number}, for those fields of ours."""
    import torch

    kind = type(twin(ours, [torch.zeros(1)]))
    theirs = {key: given.default for key, given in signature(kind).parameters.items()}
    theirs |= {f"beta{k}": beta for k, beta in enumerate(theirs.get("betas", ()), 1)}
    theirs["beta"] = theirs.get("alpha", theirs.get("momentum"))
    return {x.name: theirs[x.name] for x in fields(ours) if x.default is not MISSING}


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


def numbers():
    """Return what is stored, {name: array}: what goes in, and what PyTorch computes."""
    import torch

    torch.set_default_dtype(torch.float64)  # or what NAdam multiplies is float32
    rng = np.random.default_rng(0)
    start = rng.uniform(1, 2, size=6)
    gradients = [1e-4, 1e-2, 1, 1, 1e2, 1] * rng.normal(size=(500, 6))
    gradients[:, 3] += 1  # a steady one
    gradients[:, 5] *= rng.uniform(size=500) < 0.1  # a rare one, mostly 0
    arrays = {"start": start, "gradients": gradients, "kept": KEPT}
    for optimizer in (ours for name in TWINS for ours in trials(name)):
        arrays[repr(optimizer)] = torch_path(optimizer, start, gradients)[KEPT]
    for name in TWINS:
        for optimizer in trials(name)[:1]:
            for key, default in torch_defaults(optimizer).items():
                arrays[f"{name} {key}"] = default

    arrays["x"] = x = rng.normal(size=(11, 5))
    for name, sizes in SIZES.items():
        size = sum((a + 1) * b for a, b in pairwise(sizes))
        arrays[f"{name} theta"] = theta = 0.5 * rng.normal(size=size)
        arrays[f"{name} y"] = y = rng.integers(max(sizes[-1], 2), size=len(x))
        for activation in ACTIVATIONS:
            cost, gradient = torch_network(sizes, activation, theta, x, y)
            arrays[f"{name} {activation} cost"] = cost
            arrays[f"{name} {activation} gradient"] = gradient
    torch.set_default_dtype(torch.float32)
    return arrays


if __name__ == "__main__":
    import torch

    made = f"torch {torch.__version__}, numpy {np.__version__}, {date.today()}"
    np.savez_compressed(ROOT / "utils" / "torch.npz", **numbers(), made=made)
