"""The recorded curves of notebook 10's exercises: each shows its fault alone."""

import ast
import hashlib

import numpy as np
import pytest

from tests.rules import demand
from tools import flights as recorder
from tools.course import ROOT
from utils import faults

WELL = {"small_batches", "bump", "resumed_with_its_state"}
AGAIN = {"resumed": "stateless"}  # the same fault, earlier


def jump(values, before):
    """Return how many times each value is the median of those before it."""
    medians = [np.median(values[t - before : t]) for t in range(before, len(values))]
    return values[before:] / medians


def signs(run):
    """Return the names of the faults that a run shows."""
    training, validation, norm, ratio = (
        run[series] for series in ("training", "validation", "norm", "ratio")
    )
    if np.isnan(training[-1]):
        return {"overflow"} if np.nanmax(training) < 4.7 else {"divergence"}
    middle, late = ratio[50:250], training[-50:].mean()
    above = [training[t] - max(training[[t - 1, t + 1]]) for t in range(20, 290)]
    spike = 20 + int(np.argmax(above))
    stairs = [
        np.median(ratio[t : t + 10]) / np.median(ratio[t - 10 : t])
        for t in range(20, 260)
    ]
    restless = np.diff(np.log(norm[50:])).std() > 0.3
    turned = validation[-1] > validation.min() + 0.05
    seen = {
        "dead": np.isnan(ratio).all(),
        "leaked": validation[-1] < 1.2,
        "lowered": min(stairs) < 0.25,
        "stateless": max(jump(middle, 10)) > 3,
        "corrupted": max(above) > 2 and norm[spike] > 2.5 * np.median(norm),
        "no_warmup": max(training[:12]) > training[0] + 0.3,
        "unshuffled": validation[-1] - late > 0.25,
        "decayed": turned and not restless,
        "too_large": turned and restless,
    }
    return {name for name, there in seen.items() if there}


@pytest.mark.parametrize("name", faults.names())
def test_a_curve_shows_its_fault_and_no_other_with_each_seed(name):
    right = set() if name in WELL else {AGAIN.get(name, name)}
    for seed in range(faults.SEEDS):
        seen = signs(faults.curve(name, seed))
        demand(
            seen == right,
            f"{name}, seed {seed}: its curve shows {seen}, and is to show {right}: "
            "change the run in tools/faults.py, and record again",
        )


def test_a_run_resumed_without_its_state_jumps_and_one_with_it_does_not():
    for seed in range(faults.SEEDS):
        lost, kept = (
            faults.curve(name, seed) for name in ("resumed", "resumed_with_its_state")
        )
        assert np.array_equal(lost["training"][:101], kept["training"][:101])
        assert 2.7 < lost["training"][100:110].max() < 4.2
        assert kept["training"][100:110].max() < 2.7
        assert lost["ratio"][100] > 5 * lost["ratio"][99]
        assert kept["ratio"][100] < 1.5 * kept["ratio"][99]


def test_the_curves_are_those_of_the_program_and_of_the_notebooks_cells():
    program = (ROOT / "tools" / "faults.py").read_text("utf-8")
    sources = {"program": ast.unparse(ast.parse(program)), "cells": recorder.source()}
    for part, source in sources.items():
        demand(
            faults.recipe()[part] == hashlib.sha256(source.encode()).hexdigest()[:20],
            f"the {part} of the curves have changed since they were recorded: take the "
            "change back, or run python -m tools.faults, which wants torch",
        )
