"""What opens the course elsewhere: a lock, an image for Binder, hubs and containers."""

import json
import re

import pytest
import yaml
from packaging.requirements import Requirement

from tests.rules import demand, demand_none
from tools.course import ROOT

BINDER = ROOT / ".binder"
CONTAINER = ROOT / ".devcontainer"
# Of the reference of development containers; another word is passed over in silence.
KNOWN = {
    "name",
    "build",
    "forwardPorts",
    "portsAttributes",
    "onCreateCommand",
    "postCreateCommand",
    "postAttachCommand",
    "customizations",
}
SYSTEMS = {"linux": "posix", "darwin": "posix", "win32": "nt"}


def lines(path):
    """Return the requirements of a file."""
    text = re.sub(r"(?m)(^|\s)#.*", "", path.read_text("utf-8"))
    return [Requirement(line) for line in text.splitlines() if line.strip()]


def dockerfile():
    return (BINDER / "Dockerfile").read_text("utf-8")


def unlocked(required, locked, python, system):
    """Yield what of some requirements a lock does not fulfil on a machine."""
    machine = {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "sys_platform": system,
        "os_name": SYSTEMS[system],
    }
    versions = {}
    for line in locked:
        if not line.marker or line.marker.evaluate(machine):
            versions.setdefault(line.name, []).append(str(line.specifier))
    for requirement in required:
        pins = versions.get(requirement.name, [])
        exact = len(pins) == 1 and pins[0].startswith("==")
        if not exact or not requirement.specifier.contains(pins[0][2:]):
            yield (
                f"tools/lock.txt has {pins} for {requirement}, on Python {python} and "
                f"{system}: run make lock"
            )


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_lock_fulfils_the_requirements(python, system):
    required = [*lines(ROOT / "requirements.txt"), *lines(BINDER / "requirements.txt")]
    locked = lines(ROOT / "tools" / "lock.txt")
    demand_none(unlocked(required, locked, python, system))
    old = [Requirement("numpy==1.0"), *(x for x in locked if x.name != "numpy")]
    assert len([*unlocked(required, old, python, system)]) == 1


def test_the_image_has_the_python_of_conda():
    conda = (ROOT / "environment.yml").read_text("utf-8")
    python = re.search(r"python=([\d.]+)", conda)[1]
    demand(
        f"FROM python:{python}-slim\n" in dockerfile(),
        f"environment.yml has Python {python}, .binder/Dockerfile another: let "
        "them agree",
    )


def test_the_hub_has_what_the_teachers_are_told():
    student = yaml.safe_load((BINDER / "hub.yaml").read_text("utf-8"))["singleuser"]
    told = (ROOT / "web" / "teachers.md").read_text("utf-8")
    memory = student["memory"]["guarantee"].replace("M", " MB")
    demand(
        f"**{memory} for each student" in told
        and f"limits.memory {student['memory']['limit']}\n" in told,
        f".binder/hub.yaml gives a student {memory}, web/teachers.md another memory: "
        "let them agree",
    )
    link = re.search(r"https://YOUR_HUB/hub/user-redirect(\S+)", told)[1]
    repository = re.search(r"repo=([^&]+)", link)[1]
    demand(
        f"repo={repository}&" in student["defaultUrl"]
        and student["defaultUrl"].endswith(first()),
        f".binder/hub.yaml pulls another course than {link}, in web/teachers.md",
    )


def first():
    """Return the notebook that is opened, and is there."""
    name = "notebooks/00_start_here.ipynb"
    assert (ROOT / name).exists()
    return name


def test_what_the_image_copies_is_there_and_is_what_a_notebook_needs():
    copied = re.findall(r"(?m)^COPY (?:--\S+ )?(.*) \S+$", dockerfile())
    names = [name for line in copied for name in line.split()]
    demand_none(
        f".binder/Dockerfile copies {name}, which is not there: take it out"
        for name in names
        if not (ROOT / name).exists()
    )
    assert {"notebooks", "utils", "classroom", "CITATION.cff"} <= {*names}


def test_the_container_opens_the_first_notebook_in_an_image_that_can_be_built():
    made = json.loads((CONTAINER / "devcontainer.json").read_text("utf-8"))
    demand(
        {*made} <= KNOWN,
        f"devcontainer.json says {sorted({*made} - KNOWN)}: correct the word, or add "
        "it to KNOWN here, if the reference of development containers has it",
    )
    image = (CONTAINER / made["build"]["dockerfile"]).resolve()
    demand(
        image == BINDER / "Dockerfile"
        and (CONTAINER / made["build"]["context"]).resolve() == ROOT,
        f"devcontainer.json builds {image}: it is to be .binder/Dockerfile, "
        "from the top",
    )
    targets = re.findall(
        r"(?m)^([\w./-]+):(?!=)", (ROOT / "Makefile").read_text("utf-8")
    )
    command = made["postCreateCommand"].split()
    demand(
        command[0] == "make" and {*command[1:]} <= {*targets},
        f"devcontainer.json runs {' '.join(command)}: the Makefile has no such target",
    )
    environment = re.search(r"-m venv (\S+)", dockerfile())[1]
    settings = made["customizations"]["vscode"]["settings"]
    assert environment in made["onCreateCommand"]
    assert settings["python.defaultInterpreterPath"] == f"{environment}/bin/python"
    assert made["postAttachCommand"] == f"code {first()}"
    assert made["forwardPorts"] == [8888] and [*made["portsAttributes"]] == ["8888"]
