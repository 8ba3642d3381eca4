"""Run all notebooks with the packages of a host, such as colab.txt, and nothing else.

    python -m tests.notebooks.host [03 ...]        all where none is named

Each is to run without an error, as a learner runs it, and each question is to bring a
text that answers.
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from classroom.questions import LIVE

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def run(path):
    """Run a notebook; return how many questions answer; ValueError if one does not."""
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=300, resources=folder).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = [output.get("data", {}) for cell in code for output in cell.outputs]
    htmls = [data.get("text/html", "") for data in shown]
    asked = [html for html in htmls if "data-asked" in html]
    scripts = sum("sgdAdamAsk = " in html for html in asked)
    if not all(LIVE in html for html in asked) or scripts != bool(asked):
        raise ValueError(
            f"{path.name}: of {len(asked)} questions not each answers without widgets: "
            "does classroom/questions.py give them a script, and one of them its text?"
        )
    return len(asked)


if __name__ == "__main__":
    os.environ["SGD_ADAM_RECORD"] = "none"  # not read, not written
    for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        if not sys.argv[1:] or path.stem[:2] in sys.argv[1:]:
            print(path.stem, run(path), "questions", flush=True)
