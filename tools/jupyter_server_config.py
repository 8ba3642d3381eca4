"""Given to JupyterLab by `make lab`.

A live figure is saved as its picture, a question as its text: a saved widget would say
"model not found" when the notebook is opened again.  JupyterLab asks nothing of the
network, and answers this machine alone: so it may run as root, in a container or a
classroom.
"""

import os
import sys
from pathlib import Path

import zmq
from ipykernel.ipkernel import IPythonKernel
from jupyter_client.kernelspec import get_kernel_spec
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.execute import METADATA, stored

# What tools run is strict (tools/course.py).  A learner's kernel keeps a record, shows
# how far it has come, and a warning is a warning.
for name in "SGD_ADAM_RECORD", "TQDM_DISABLE", "PYTHONWARNINGS":
    del os.environ[name]

OURS = METADATA["kernelspec"]
# What JupyterLab would write into a notebook that it opens, and call it changed.
WRITTEN = {
    "kernelspec": OURS | {"display_name": get_kernel_spec(OURS["name"]).display_name},
    "language_info": IPythonKernel.language_info,
}


class Contents(AsyncLargeFileManager):
    """The files as JupyterLab is shown them, and as it saves them."""

    async def get(self, path, content=True, *args, **options):
        """Return a file, or a folder without its folders if it has the notebooks.

        JupyterLab lists folders first; links lead into them all the same.
        """
        model = await super().get(path, content, *args, **options)
        inside = model["content"]
        if inside and model["type"] == "notebook":
            if inside["metadata"].get("kernelspec", {}).get("name") == OURS["name"]:
                inside["metadata"] |= WRITTEN
        elif inside and path.strip("/") in ("notebooks", "notebooks/es"):
            model["content"] = [each for each in inside if each["type"] != "directory"]
        return model

    async def save(self, model, path=""):
        """Save a file; a notebook without the widgets that bring a stand-in."""
        if model["type"] == "notebook":
            for cell in model["content"]["cells"]:
                if "outputs" in cell:
                    cell["outputs"] = stored(cell["outputs"])
        return await super().save(model, path)


def page_config(_, config):
    """Leave out what asks a question more, and what has no server here."""
    off = config.setdefault("disabledExtensions", [])
    off.append("@jupyterlab/apputils-extension:announcements")  # whether to fetch news
    # After `make site` it is there, and is JupyterLite's alone.
    config["federated_extensions"] = [
        extension
        for extension in config["federated_extensions"]
        if not extension["name"].startswith("@jupyterlite/")
    ]
    return config


c = get_config()  # noqa: F821
c.ServerApp.contents_manager_class = Contents
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.allow_root = True
c.ServerApp.tornado_settings = {
    "page_config_hook": page_config,
    "ws_ping_timeout": 30_000,  # its own it calls too long
}
if zmq.has("curve"):  # or a kernel warns that who listens can read its messages
    c.KernelManager.transport_encryption = "auto"
