"""What only the peers themselves can say: are the numbers stored here still theirs?

All other tests compare with what is stored, utils/torch.npz and utils/digits.npz.
"""

import numpy as np
import pytest
from references.make import numbers

from tools.course import ROOT
from utils import data

WHY = "the stored numbers stand in for PyTorch and scikit-learn; make .venv/peers"
torch = pytest.importorskip("torch", reason=WHY)
datasets = pytest.importorskip("sklearn.datasets", reason=WHY)
pytestmark = pytest.mark.monthly


def test_the_stored_numbers_are_those_of_torch_today():
    today, stored = numbers(), np.load(ROOT / "utils" / "torch.npz")
    assert [*today, "made"] == stored.files
    for name, array in today.items():
        near_0 = 1e-10 * np.abs(array).max()
        np.testing.assert_allclose(array, stored[name], 1e-10, near_0, err_msg=name)


def test_the_digits_are_those_of_scikit_learn():
    theirs = datasets.load_digits()
    x, y = (np.concatenate(part) for part in zip(*data.digits(), strict=True))
    expected = np.column_stack([theirs.data / 16, theirs.target])
    ours = np.column_stack([x, y])
    assert sorted(map(tuple, ours)) == sorted(map(tuple, expected))
