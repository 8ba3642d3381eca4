"""Given to JupyterLab by `make lab`: a live figure is saved as its picture or text.

A saved widget would say "model not found" when the notebook is opened again.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from execute import stored


def save_pictures(model, **_):
    """Drop from a notebook that is being saved the widgets that bring a stand-in."""
    if model["type"] == "notebook":
        for cell in model["content"]["cells"]:
            for output in cell.get("outputs", []):
                if {"image/png", "text/html"} & {*output.get("data", {})}:
                    stored(output)


c.FileContentsManager.pre_save_hook = save_pictures  # noqa: F821
