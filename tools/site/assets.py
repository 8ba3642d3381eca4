"""Fetch from npm what the slides and the web edition load in a browser.

    python tools/site/assets.py folder

So they need no network: every script, style and font lies beside the pages.
"""

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

# Each package with its version, why it is there, and the parts of it that are needed.
PACKAGES = {
    "reveal.js@5.2.1": ("dist/", "plugin/notes/"),  # slides; not 6: nbconvert's is < 6
    "jquery@3.7.1": ("dist/jquery.min.js",),  # nbconvert's slides ask for it ...
    "requirejs@2.3.7": ("require.js",),  # ... and for this
    "mathjax@2.7.9": (  # formulas; not 3: nbconvert speaks to 2
        "MathJax.js",
        "config/TeX-AMS_CHTML-full.js",
        "config/Safe.js",
        "extensions/",
        "jax/element/",
        "jax/input/TeX/",
        "jax/output/CommonHTML/",
        "fonts/HTML-CSS/TeX/woff/",
    ),
    "axe-core@4.14.1": ("axe.min.js",),  # finds what keeps people out; for the tests
}


def fetch(package, parts, folder):
    """Unpack these parts of a package into folder/name; return that folder."""
    name = package.rpartition("@")[0].rpartition("/")[2]
    target = Path(folder) / name
    if target.exists():
        return target
    npm = Path(sys.executable).with_name("npm")
    command = [npm if npm.exists() else "npm", "pack", "--silent", package]
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(place).glob("*.tgz"))) as archive:
            for member in archive.getmembers():
                member.name = member.name.partition("/")[2]
                needed = member.name.startswith((*parts, "LICENSE"))
                if needed and not member.name.endswith(".map"):
                    archive.extract(member, target, filter="data")
    return target


if __name__ == "__main__":
    for package, parts in PACKAGES.items():
        print(fetch(package, parts, sys.argv[1]))
