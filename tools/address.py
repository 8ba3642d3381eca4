"""Write the address of the course, on GitHub, into every file that names it.

    make address NAME=jane/sgd-adam

It stands in CITATION.cff; the others follow.  Can be run again, with another name.
"""

import re
import sys
from gettext import translation
from pathlib import Path

from classroom.course import cited
from classroom.language import CATALOGUES
from tools.course import ROOT

PLACEHOLDER = "YOUR_NAME/sgd-adam"
FILES = [
    "CITATION.cff",
    "README*.md",
    "web/*.md",
    "notebooks/**/*.ipynb",
    ".binder/*.yaml",
]
# The line of a README below this one is ours.
MARK = "<!-- make address writes the next line -->\n"


def address():
    """Return the course's owner and name, as in `jane/sgd-adam`."""
    return cited("repository-code").removeprefix("https://github.com/")


def links(name, language=""):
    """Return the line of a README, README.es.md say, on where to try the course."""
    _ = translation("course", CATALOGUES, [language], fallback=True).gettext
    if name == PLACEHOLDER:
        return _(
            "*This copy has no address yet: `make address NAME=jane/sgd-adam` writes "
            "here the links to its site, JupyterLite, Colab and Binder.*"
        )
    owner, repository = name.split("/")
    site = f"https://{owner.lower()}.github.io/{repository}/"
    folder = language and f"{language}/"
    first = f"notebooks/{folder}00_start_here.ipynb"
    places = {
        _("Read it"): site + folder,
        _("Run it in your browser"): f"{site}lite/notebooks/index.html?path={first}",
        "Colab": f"https://colab.research.google.com/github/{name}/blob/main/{first}",
        "Binder": f"https://mybinder.org/v2/gh/{name}/main?urlpath=lab/tree/{first}",
    }
    return " · ".join(f"[{place}]({url})" for place, url in places.items())


def with_links(readme, name, language=""):
    """Return a README with our line as it is for an address."""
    return re.sub(rf"(?<={MARK}).*", lambda _: links(name, language), readme)


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
        text = with_links(text, name, path.stem.partition(".")[2])
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
