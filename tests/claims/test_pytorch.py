"""The boxes "The same in PyTorch": each ends at the numbers of its notebook.

A box is the Markdown cell `pytorch`.  Its block runs after all cells of the notebook;
its last line is what PyTorch has, less what the notebook has.  What a box states of
Keras, optax and their defaults is tried too.
"""

import ast
import inspect
import re

import numpy as np
import pytest

from tests.claims.taught import PATHS, notebook
from tests.claims.taught import names as left
from utils import optimizers as opt

WHY = "the boxes are run where PyTorch, optax and JAX are: make .venv/peers"
torch = pytest.importorskip("torch", reason=WHY)
optax = pytest.importorskip("optax", reason=WHY)
jax = pytest.importorskip("jax", reason=WHY)
pytestmark = pytest.mark.monthly


def box(number):
    """Return the text of a notebook's box; "" where there is none."""
    return next((c.source for c in notebook(number).cells if c.id == "pytorch"), "")


def block(number):
    (code,) = re.findall(r"(?s)```python\n(.*?)```", box(number))
    return code


BOXES = [number for number in PATHS if box(number)]
every_box = pytest.mark.parametrize("number", BOXES)


def difference(source, names):
    """Run a block; return the value of its last line."""
    *before, last = ast.parse(source).body
    names = dict(names)
    exec(compile(ast.Module(before, []), "<box>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<box>", "eval"), names)


def twin(source):
    """Return PyTorch's optimizer of a block for one tensor, and the tensor."""
    inside = r"(?:[^()]|\([^()]*\))*"
    (call,) = re.findall(rf"torch\.optim\.\w+\(\[[^\]]*\]{inside}\)", source)
    w = torch.ones(4, dtype=torch.float64, requires_grad=True)
    of_one_tensor = re.sub(r"\[[^\]]*\]", "[w]", call, count=1)
    return eval(of_one_tensor, {"torch": torch, "w": w}), w


def test_there_is_a_box():
    assert {"02", "03", "04", "05", "09"} <= {*BOXES}


@every_box
def test_a_box_is_folded_and_short(number):
    lines = block(number).splitlines()
    assert box(number).startswith("<details>") and len(lines) <= 8
    assert max(map(len, lines)) <= 88
    assert box(number).count("`keras.optimizers.") == 1


@every_box
def test_pytorch_ends_at_the_numbers_of_the_notebook(number):
    assert np.abs(difference(block(number), left(number))).max() <= 1e-12


@every_box
def test_another_rate_ends_elsewhere(number):
    faster, times = re.subn(r"\blr=([^,)]+)", r"lr=1.01 * (\1)", block(number))
    assert times == 1, "one lr="
    assert np.abs(difference(faster, left(number))).max() > 1e-6


@every_box
def test_the_line_for_optax_is_the_same_optimizer(number):
    (line,) = re.findall(r"`(optax\.[^`]+)`", box(number))
    optimizer, w = twin(block(number))
    gradients = np.random.default_rng(1).normal([0, 0.1, 1, -3], size=(50, 4))
    with jax.enable_x64(True):
        rule, theta = eval(line, {"optax": optax}), jax.numpy.ones(4)
        state = rule.init(theta)
        for gradient in gradients:
            w.grad = torch.tensor(gradient)
            optimizer.step()
            step, state = rule.update(jax.numpy.array(gradient), state, theta)
            theta = optax.apply_updates(theta, step)
        theta = np.array(theta)
    np.testing.assert_allclose(theta, w.detach().numpy(), rtol=1e-10)


def defaults(line, column):
    """Return the name and the default in a column of a table: `betas[1]=0.9`."""
    cell = line.split("|")[column]
    name, place, value = re.search(r"`(\w+)(?:\[(\d)\])?=([^`]+)`", cell).groups()
    return name, place, ast.literal_eval(value)


def test_the_table_of_00_has_their_names_and_defaults():
    adam = opt.Adam, torch.optim.Adam, optax.adam
    peers = {
        "momentum": (opt.Momentum, torch.optim.SGD, optax.sgd),
        "RMSprop's": (opt.RMSprop, torch.optim.RMSprop, optax.rmsprop),
        r"Adam's $\beta_1": adam,
        r"Adam's $\beta_2": adam,
        "small": adam,
        "AdamW's": (opt.AdamW, torch.optim.AdamW, optax.adamw),
    }
    (text,) = (c.source for c in notebook("00").cells if c.id == "names")
    for row, functions in peers.items():
        (line,) = (x for x in text.splitlines() if x.startswith(f"| {row}"))
        for column, function in zip((2, 3, 5), functions, strict=True):
            name, place, value = defaults(line, column)
            default = inspect.signature(function).parameters[name].default
            assert (default[int(place)] if place else default) == value
    assert inspect.signature(optax.rmsprop).parameters["eps_in_sqrt"].default
