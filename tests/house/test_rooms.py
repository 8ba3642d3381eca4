"""The arrows of the house go one way: which room imports which, and how one knows."""

import ast
import json
import re

import pytest

from tests.rules import demand_none
from tools.course import ROOT

# The rooms, and which others each may know; a room below knows none above it.
ARROWS = {
    "utils": set(),
    "classroom/mistakes": set(),
    "classroom": {"classroom/mistakes", "utils"},
    "notebooks": {"classroom", "classroom/mistakes", "utils"},
    "tools": {"notebooks", "classroom", "classroom/mistakes", "utils"},
    "web": {"tools", "notebooks", "classroom", "classroom/mistakes", "utils"},
}
# Within a room: which modules know which others; where none is named, none.
WITHIN = {
    "utils": {
        "board": {"data", "descent", "figures", "network", "optimizers"},
        "costs": {"refusals"},
        "data": {"refusals"},
        "descent": {"refusals"},
        "figures": {"stats"},
        "network": {"refusals"},
        "optimizers": {"refusals"},
        "schedules": {"refusals"},
        "stats": {"refusals"},
        "symptoms": {"refusals"},
    },
    "classroom": {
        "start": {"course", "language", "pictures", "record"},
        "sliders": {"course", "pictures"},
        "questions": {"course", "record", "rules"},
        "puzzles": {"questions", "rules"},
        "record": {"course"},
        "progress": {"course", "questions", "record", "rules"},
    },
    "classroom/mistakes": {
        "values": {"limits"},
        "plots": {"limits"},
        "errors": {"limits"},
        "differences": {"values", "wording"},
        "diagnosis": {"differences", "edits", "mutations", "values", "wording"},
        "exercises": {
            "diagnosis",
            "differences",
            "edits",
            "errors",
            "limits",
            "plots",
            "values",
            "wording",
        },
        "choices": {"exercises", "wording"},
        "__init__": {"choices", "exercises", "limits", "wording"},
    },
}


def room_of(name):
    """Return the room of a module, the innermost: of classroom.mistakes.edits too."""
    path = name.replace(".", "/") + "/"
    rooms = [room for room in ARROWS if path.startswith(f"{room}/")]
    return max(rooms, key=len, default="")


def imports(source):
    """Yield the full name of each module that a source imports, wherever it does."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def arrows_back(path, source):
    """Yield a sentence for each import by which a file knows what it should not."""
    here = room_of(path)
    for name in sorted(set(imports(source))):
        room = room_of(name)
        if room and room != here and room not in ARROWS[here]:
            yield (
                f"{path} imports {name}, of the room {room}/: arrows go one way, and "
                f"{here}/ may import only {sorted(ARROWS[here]) or 'none of ours'}. "
                f"Move what it needs down into one of these, or hand it over."
            )
        if room == here and here in WITHIN:
            module = path.rpartition("/")[2].removesuffix(".py")
            other = name.removeprefix(room.replace("/", ".")).split(".")[1]
            known = {other} & {p.stem for p in (ROOT / room).glob("*.py")}
            if known - WITHIN[here].get(module, set()):
                yield (
                    f"{path} imports {other}: within {here}/ {module} may know only "
                    f"{sorted(WITHIN[here].get(module, [])) or 'none'}; if the new "
                    "arrow is right, write it into WITHIN."
                )


def code_of(path):
    if path.suffix == ".py":
        return path.read_text("utf-8")
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = ("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    return re.sub(r"(?m)^(\s*)[!%].*", r"\1pass", "\n".join(code))


FILES = sorted(
    path.relative_to(ROOT)
    for room in ("utils", "classroom", "notebooks", "tools", "web")
    for kind in ("*.py", "*.ipynb")
    for path in (ROOT / room).rglob(kind)
    if not {"es", ".ipynb_checkpoints"}.intersection(path.parts)
)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_the_arrows_of_the_house_go_one_way(path):
    demand_none(arrows_back(path.as_posix(), code_of(ROOT / path)))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("utils/stats.py", "from classroom import questions"),
        ("utils/stats.py", "import utils.figures"),
        ("classroom/mistakes/edits.py", "from utils import stats"),
        ("classroom/mistakes/edits.py", "from classroom.record import keep"),
        ("notebooks/exercises/adam.py", "def f():\n    from tools.course import ROOT"),
    ],
)
def test_an_arrow_back_is_found_and_told_what_to_do(path, source):
    (sentence,) = arrows_back(path, source)
    assert path in sentence and "may" in sentence
