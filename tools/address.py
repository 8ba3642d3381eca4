"""Write the address of the course, on GitHub, into every file that names it.

    make address NAME=jane/sgd-adam

It stands in CITATION.cff; the others follow.  Can be run again, with another name.
"""

import re
import sys
from pathlib import Path

from tools.course import ROOT
from utils.start import cited

PLACEHOLDER = "YOUR_NAME/sgd-adam"
FILES = ["CITATION.cff", "README*.md", "web/*.md", "notebooks/**/*.ipynb"]
FIRST = "00_start_here.ipynb"
# The line of the README below this one is ours, in each language; at first it says so.
MARK = "<!-- make address writes the next line -->\n"
NOWHERE = (
    "*This copy has no address yet: `make address NAME=jane/sgd-adam` writes here the "
    "links to its site, JupyterLite, Colab and Binder.*"
)


def address():
    """Return the course's owner and name, as in `jane/sgd-adam`."""
    return cited("repository-code").removeprefix("https://github.com/")


def links(name, language=""):
    """Return the README's line of places where the course can be tried: names alone."""
    owner, repository = name.split("/")
    site = f"{owner.lower()}.github.io/{repository}"
    first = Path("notebooks", language, FIRST).as_posix()
    places = {
        site: f"https://{site}/",
        "JupyterLite": f"https://{site}/lite/notebooks/index.html?path={first}",
        "Colab": f"https://colab.research.google.com/github/{name}/blob/main/{first}",
        "Binder": f"https://mybinder.org/v2/gh/{name}/main?urlpath=lab/tree/{first}",
    }
    return " · ".join(f"[{place}]({url})" for place, url in places.items())


def write(name="", root=ROOT):
    """Replace the present address by `name` in the files below a folder.

    Raises ValueError where the name is not an owner and a repository.
    """
    if not re.fullmatch(r"[\w-]+/[\w.-]+", name) or name == PLACEHOLDER:
        raise ValueError(
            f"NAME={name} is not the address of a repository: "
            "give its owner and its name, as in make address NAME=jane/sgd-adam"
        )
    old, folder = address(), "tree%2F{}%2Fnotebooks"  # of a clone, in the hub's link
    for path in [path for pattern in FILES for path in Path(root).glob(pattern)]:
        before = path.read_text(encoding="utf-8")
        text = before.replace(f"https://github.com/{old}", f"https://github.com/{name}")
        parts = folder.format(old.split("/")[1]), folder.format(name.split("/")[1])
        text = text.replace(*parts)
        language = "".join(path.name.split(".")[1:-1])  # of README.es.md
        text = re.sub(rf"(?<={MARK}).*", links(name, language), text)
        if text != before:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(path.relative_to(root))


def published(repository=""):
    """Return the address for the site's buttons, or "" where there is none yet.

    `repository` is the address of the copy that is being published, if it is.
    Raises ValueError where a copy is published that does not know its address.
    """
    if address() != PLACEHOLDER:
        return repository or address()
    if repository:
        raise ValueError(
            f"The course is published from {repository} and names {PLACEHOLDER}: "
            f"run make address NAME={repository} and commit what it writes."
        )
    return ""


if __name__ == "__main__":
    try:
        if sys.argv[1:2] == ["published"]:
            published(*sys.argv[2:])
        else:
            write(*sys.argv[1:])
    except ValueError as error:
        sys.exit(str(error))
