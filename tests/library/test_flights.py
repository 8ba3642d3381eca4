"""The recorded runs of notebook 10: what is stored, and how it was made."""

import hashlib

import numpy as np
import pytest

from tests.rules import demand
from tools import flights as recorder
from utils import data, flights, stats

KINDS = [(schedule, clip) for schedule in flights.SCHEDULES for clip in flights.CLIPS]
NAMES = list(recorder.RATES)


def test_180_settings_and_their_controls_fit_into_a_file_of_1_5_megabytes():
    flown = [row for row in flights.settings()[:180] if row[3] in flights.CLIPS]
    assert len(set(flown)) == 180 == len(recorder.FLOWN)
    assert len(flights.settings()) == len(recorder.SETTINGS)
    assert recorder.STORED.stat().st_size < 1.5e6


def test_a_run_begins_near_the_logarithm_of_the_number_of_letters():
    slow = [flights.series(name, flights.rates(name)[0])["training"] for name in NAMES]
    assert abs(np.array(slow)[:, :, 0] - np.log(67)).max() < 0.3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("schedule", "clip"), KINDS)
def test_the_best_rate_of_each_is_inside_its_range(name, schedule, clip):
    ends = [
        flights.ends(name, lr, schedule, clip)["validation"].mean()
        for lr in flights.rates(name)
    ]
    stats.best(ends)  # which refuses the edge


def test_what_was_recorded_is_what_the_notebook_trains():
    source = recorder.source().encode()
    demand(
        flights.recipe()["cells"] == hashlib.sha256(source).hexdigest()[:20],
        "the cells of notebook 10 are other ones than those that were recorded: take "
        "the change back, or record all runs anew, python -m tools.flights record, "
        "then pack; that takes an hour, and wants torch",
    )


def test_what_was_recorded_was_trained_on_this_text():
    text, _ = data.text("novel", vocabulary=67)
    stored = hashlib.sha256(recorder.data_of().tobytes()).hexdigest()[:20]
    assert flights.recipe()["text"] == stored and len(text) == 142_219


def test_a_run_that_diverges_stays_so():
    for row in flights.settings():
        gone = np.isnan(flights.series(*row)["validation"])
        assert (np.diff(gone.astype(int), axis=-1) >= 0).all()
