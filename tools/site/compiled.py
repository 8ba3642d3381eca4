"""Compile the modules in /folder, so that Python starts sooner in the browser.

This runs in Pyodide itself, under Node: what is compiled is for one Python alone.  What
nobody asks for on a web page is left out, sources among it.
"""

import importlib.util
import marshal
import re
import zipfile
from pathlib import Path

LEFT_OUT = re.compile(
    r"(^|/)(tests?|sample_data|sphinxext|include|django-stubs|f2py)/|/$"
    r"|typeshed/(third_party|stdlib/2)/|\.(a|c|h|pxd|js|map)$"
    # Connections are the browser's own; languages and fonts that the course has not.
    r"|_ssl\.so$|_builtins\.py|DejaVuSerif|fonts/(afm|pdfcorefonts)/"
)
# Matplotlib looks through all fonts again where it does not know the list's version.
FONTS, KNOWN = "matplotlib/fontlist.json", (b'"_version": 390', b'"_version": 330')


def compiled(source, name):
    """Return the bytes of a .pyc file that is never compared with its source."""
    code = compile(source, name, "exec", dont_inherit=True)
    unchecked = (1).to_bytes(4, "little") + bytes(8)
    return importlib.util.MAGIC_NUMBER + unchecked + marshal.dumps(code)


def rewrite(path):
    """Write a zip anew, each .py as .pyc."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            if name.endswith(".py"):
                name, data = f"{name}c", compiled(data, name)
            elif name == FONTS:
                data = data.replace(*KNOWN)
            if not LEFT_OUT.search(name):
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    for wheel in sorted(Path("/folder").glob("*.whl")):
        rewrite(wheel)
    rewrite(Path("/folder/python_stdlib.zip"))
