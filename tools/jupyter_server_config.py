"""Given to JupyterLab by `make lab`.

A live figure is saved as its picture, a question as its text: a saved widget would say
"model not found" when the notebook is opened again.  JupyterLab asks nothing of the
network, and answers this machine alone: so it may run as root, in a container or a
classroom.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.execute import stored

# What tools run is strict (tools/course.py).  A learner's kernel keeps a record, shows
# how far it has come, and a warning is a warning.
for name in "SGD_ADAM_RECORD", "TQDM_DISABLE", "PYTHONWARNINGS":
    del os.environ[name]


def save_pictures(model, **_):
    """Drop from a notebook that is being saved the widgets that bring a stand-in."""
    if model["type"] == "notebook":
        for cell in model["content"]["cells"]:
            if "outputs" in cell:
                cell["outputs"] = stored(cell["outputs"])


def without_news(_, page_config):
    """Leave out the plugin that asks whether it may fetch news: a question less."""
    off = page_config.setdefault("disabledExtensions", [])
    off.append("@jupyterlab/apputils-extension:announcements")
    return page_config


c = get_config()  # noqa: F821
c.FileContentsManager.pre_save_hook = save_pictures
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.allow_root = True
c.ServerApp.tornado_settings = {"page_config_hook": without_news}
