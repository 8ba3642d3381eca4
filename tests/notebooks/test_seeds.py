"""The notebooks with other seeds: no assertion in a cell may fail.

The cells stay plain: here every `default_rng(seed)` is given one number more.
"""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from tools.course import NOTEBOOKS

SEED = re.compile(r"default_rng\(((?:[^()]|\([^()]*\))+)\)")


def reseeded(source, more):
    """Return a cell whose generators start from other seeds."""
    return SEED.sub(rf"default_rng([*np.ravel(\1), {more}])", source)


def test_a_seed_is_replaced_wherever_it_stands():
    assert reseeded("default_rng(3)", 7) == "default_rng([*np.ravel(3), 7])"
    two = reseeded("rng = np.random.default_rng([2, batch_size])", 7)
    assert two == "rng = np.random.default_rng([*np.ravel([2, batch_size]), 7])"
    assert reseeded("rng.normal(size=3)", 7) == "rng.normal(size=3)"


@pytest.mark.parametrize("more", range(1, 6))
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_with_other_seeds(path, more):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = reseeded(cell.source, more)
    here = {"metadata": {"path": str(path.parent)}}
    quiet = ["--log-level=CRITICAL"]
    NotebookClient(notebook, resources=here, extra_arguments=quiet).execute()
