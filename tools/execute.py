"""Store what the cells of the notebooks put out; a second run changes no byte.

    python -m tools.execute [notebook ...]        all of them where none is named

Fails at the first cell that raises or writes to stderr.
"""

import base64
import io
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
import numpy as np
from PIL import Image

from classroom import questions
from tools.course import PATHS
from tools.runs import run_of

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
VIEW = questions.VIEW
PNG = "image/png"
# The execution count of every cell: counted through, a new cell would change all that
# follow; with none at all nbval takes a cell for one that was never run.
COUNT = 1


def texts_alone(outputs):
    """Return outputs without widgets beside which a text stands, alone from now on."""
    kept = [output for output in outputs if {*output.get("data", {})} != {VIEW}]
    for output in kept:
        data = output.get("data", {})
        if html := data.get("text/html"):
            data["text/html"] = "".join(html).partition(questions.LIVE)[0]
    return kept


def stored(outputs):
    """Return outputs as they are stored: what moves as its picture or text."""
    outputs = texts_alone(outputs)
    for output in outputs:
        data = output.get("data", {})
        if {PNG, "text/html"} & {*data}:
            data.pop(VIEW, None)
            output.get("metadata", {}).pop(VIEW, None)
        if PNG in data:
            data.pop("text/html", None)
    return outputs


def pixels(output):
    """Return the colours of a picture, (rows, columns, 4); None of another output."""
    if png := output.get("data", {}).get(PNG):
        picture = Image.open(io.BytesIO(base64.b64decode(png)))
        return np.asarray(picture.convert("RGBA"))


def keep_pictures(outputs, before):
    """Give a picture that looks as before its bytes of before, whatever wrote it."""
    for output, old in zip(outputs, before, strict=False):
        picture = pixels(output)
        if picture is not None and np.array_equal(picture, pixels(old)):
            output.data[PNG] = old.data[PNG]


def execute(path):
    """Store the run of one notebook in place, what moves as its picture or text."""
    notebook, executed = nbformat.read(path, as_version=4), run_of(path)
    notebook.metadata = METADATA
    for cell, done in zip(notebook.cells, executed.cells, strict=True):
        if cell.cell_type == "code":
            before, cell.outputs = cell.outputs, stored(done.outputs)
            keep_pictures(cell.outputs, before)
            cell.execution_count = COUNT
        for output in cell.get("outputs", []):
            if "execution_count" in output:
                output["execution_count"] = COUNT
            if output.get("name") == "stderr":
                raise RuntimeError(f"{path}, {cell.id}: stderr says {output.text!r}")
    nbformat.write(notebook, path)
    return path


if __name__ == "__main__":
    paths = [Path(name).resolve() for name in sys.argv[1:]]
    with ProcessPoolExecutor(2) as pool:  # the longest are among the last
        for path in pool.map(execute, paths or reversed(PATHS.values())):
            print(path)
