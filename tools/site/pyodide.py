"""Gather Python for the browser, so that JupyterLite asks no server but the site's own.

    python -m tools.site.pyodide build/static/pyodide build/wheels

Pyodide comes from npm.  What is compiled for it (NumPy, Matplotlib, and what they and
IPython need) is on no registry: it comes from the folder that the variable PYODIDE
names, or shared/pyodide beside the checkout, or else from Pyodide's public server, and
must have the checksum that npm's Pyodide expects.  These packages, the kernel's and the
wheels of the second folder are compiled (compiled.py) and listed in pyodide-lock.json.
"""

import hashlib
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from tools.course import ROOT
from tools.site.assets import fetch

VERSION = "0.27.7"
PARTS = ("pyodide.js", "pyodide.asm.", "pyodide-lock.json", "python_stdlib.zip")
PUBLIC = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
HERE = Path(os.environ.get("PYODIDE", ROOT.parent / "shared" / "pyodide"))
SETTINGS = ROOT / "web" / "jupyter-lite.json"
KERNEL = "@jupyterlite/pyodide-kernel-extension"

# What Pyodide lists as needed by Matplotlib, and is not: windows of its own, what was
# needed once, and what PDF files are made with; and, by ssl, what the browser does.
NOT_NEEDED = {"matplotlib-pyodide", "pytz", "fonttools", "openssl"}

COMPILE = """
const [folder, code] = process.argv.slice(1);
require(folder + '/pyodide.js').loadPyodide().then(pyodide => {
  pyodide.mountNodeFS('/folder', folder);
  pyodide.runPython(require('fs').readFileSync(code, 'utf8'));
});
"""


def started_with():
    """Return the names of the packages with which JupyterLite starts."""
    settings = json.loads(SETTINGS.read_text("utf-8"))["jupyter-config-data"]
    kernel = settings["litePluginSettings"][f"{KERNEL}:kernel"]
    return [normal(name) for name in kernel["loadPyodideOptions"]["packages"]]


def normal(name):
    """Return a package's name as it stands in Pyodide's list."""
    return name.lower().replace("_", "-")


def entry(wheel):
    """Return how a wheel, `name-version-….whl`, stands in Pyodide's list."""
    name, version = wheel.name.split("-")[:2]
    kind = {"package_type": "package", "install_dir": "site", "depends": []}
    names = {"name": name, "imports": [name], "file_name": wheel.name}
    return kind | names | {"version": version}


def needed(packages, names):
    """Return the packages of these names, and all that they depend on."""
    closure, left = {}, [*names]
    while left:
        name = left.pop()
        if name not in closure:
            closure[name] = package = packages[name]
            package["depends"] = [*{*map(normal, package["depends"])} - NOT_NEEDED]
            left += package["depends"]
    return closure


def original(package):
    """Return a file of Pyodide; stop where it is out of reach.

    Raise ValueError if it is not as it was published.
    """
    name = package["file_name"]
    try:
        if (HERE / name).exists():
            data = (HERE / name).read_bytes()
        else:
            with urllib.request.urlopen(PUBLIC + name, timeout=10) as answer:
                data = answer.read()
    except OSError:
        sys.exit(
            f"JupyterLite would have no {name}: it is not in {HERE}, and {PUBLIC} is "
            "out of reach. Try it with a network, or PYODIDE=folder make site, with a "
            "folder that has the packages of Pyodide."
        )
    if hashlib.sha256(data).hexdigest() != package["sha256"]:
        raise ValueError(f"{name} is not the file of Pyodide {VERSION}")
    return data


def gather(folder, wheels):
    """Write Pyodide, its packages and the wheels to a folder, and the list of them."""
    fetch(f"pyodide@{VERSION}", PARTS, folder.parent)
    listed = folder / "pyodide-lock.json"
    lock = json.loads(listed.read_text("utf-8"))
    own = {normal(wheel.name.split("-")[0]): wheel for wheel in wheels}
    packages = lock["packages"] | {name: entry(wheel) for name, wheel in own.items()}
    ours = needed(packages, started_with())
    files = {name: own[name].read_bytes() for name in ours.keys() & own.keys()}
    files |= {name: original(ours[name]) for name in ours.keys() - own.keys()}
    for name, data in files.items():
        (folder / ours[name]["file_name"]).write_bytes(data)
    node, code = Path(sys.executable).with_name("node"), Path(__file__).parent
    command = [node if node.exists() else "node", "-e", COMPILE, folder.resolve()]
    subprocess.run([*command, code / "compiled.py"], check=True)
    for package in packages.values():
        if (path := folder / package["file_name"]).exists():
            package["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:  # who imports another package, fetches it
            package["file_name"] = PUBLIC + package["file_name"]
    listed.write_text(json.dumps(lock | {"packages": packages}), "utf-8")


if __name__ == "__main__":
    extension = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / KERNEL
    wheels = [*Path(sys.argv[2]).glob("*.whl"), *extension.glob("static/pypi/*.whl")]
    gather(Path(sys.argv[1]), wheels)
