"""What the tests of the exercises share: all exercises, by their names."""

from importlib import import_module
from types import SimpleNamespace

import pytest

from classroom.mistakes.checks import Exercise
from tests.exercises.sample import noise_floor
from tools.course import NOTEBOOKS

MODULES = [
    import_module(f"notebooks.exercises.{path.stem[3:]}")
    for path in NOTEBOOKS
    if (path.parent / "exercises" / f"{path.stem[3:]}.py").exists()
]
EXERCISES = {
    name: value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Exercise)
}
checks = SimpleNamespace(**EXERCISES, noise_floor=noise_floor)
STEPS = "heavy_ball", "rmsprop_step", "adam_step", "amsgrad_step"
every_exercise = pytest.mark.parametrize("name", EXERCISES)


def handed(exercise, function):
    """Return what is handed in: a function, or on paper what it gives."""
    return function(*exercise.cases[0]) if exercise.paper else function
