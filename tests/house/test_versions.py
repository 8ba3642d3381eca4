"""The course has one version and one address, and says truly where it is tried."""

import re
import runpy
import shutil
import subprocess
import sys

import pytest

from classroom.course import cited, say_version
from tests.house.test_newcomer import LEAVE, readme
from tests.rules import demand
from tools.address import PLACEHOLDER, address, links, published, write
from tools.course import NOTEBOOKS, ROOT
from tools.translate.catalogue import messages_of_page

WORKFLOWS = ROOT / ".github" / "workflows"


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_changelog_begins_with_the_version_and_its_date():
    newest = re.search(r"(?m)^## (.+), (.+)$", read("CHANGELOG.md")).groups()
    right = cited("version"), cited("date-released")
    demand(
        newest == right,
        f"CHANGELOG.md begins with {newest}, CITATION.cff has {right}: version and "
        "date are set in both",
    )


def test_the_first_notebook_is_of_the_version_and_says_it():
    text, version = NOTEBOOKS[0].read_text(encoding="utf-8"), cited("version")
    code, output = f'say_version(\\"{version}\\")', f"This is version {version} of"
    demand(
        code in text and output in text,
        f"00 does not say that it is of version {version}, as CITATION.cff does: write "
        "it into its cell of 'Is everything there?', and store the notebook",
    )


def test_an_old_copy_is_told_how_to_start_afresh(capsys):
    say_version(cited("version"))
    assert "old copy" not in capsys.readouterr().out
    say_version("0.9")
    output = capsys.readouterr().out
    assert "old copy, of version 0.9" in output and "Clear Browser Data" in output


def test_what_is_not_cited_is_a_value_error():
    with pytest.raises(ValueError, match="has no colour: try"):
        cited("colour")


def cells(row):
    """Return the cells of a row of the teachers' table of versions."""
    line = re.search(rf"(?m)^\| {re.escape(row)}.*$", read("web/teachers.md"))[0]
    return [cell.strip() for cell in line.split("|")[2:-1]]


def test_the_oldest_promised_are_the_oldest_required():
    python, *packages = cells("the oldest promised")
    oldest = workflow().partition("  oldest:")[2]
    tried = re.search(r'python-version: "([\d.]+)"', oldest)[1]
    needs = dict(re.findall(r"(?m)^(\w+)>=([\d.]+)", read("requirements.txt")))
    needed = [needs[name] for name in ("numpy", "matplotlib", "jupyterlab")]
    demand(
        [python, *packages] == [tried, *needed],
        f"web/teachers.md promises as the oldest {[python, *packages]}, the workflow "
        f"tries Python {tried}, requirements.txt asks for {needed}: let them agree",
    )
    demand(
        f"You need Python {python} or newer" in readme(),
        f"README.md is to say 'You need Python {python} or newer', as web/teachers.md",
    )


def workflow():
    return (WORKFLOWS / "test.yml").read_text(encoding="utf-8")


def test_the_pythons_promised_are_those_of_the_workflow():
    tried = re.findall(r'"(3\.\d+)"', re.search(r"python: \[.*\]", workflow())[0])
    promised = cells("the newest there are")[0]
    demand(
        promised == ", ".join(tried),
        f"web/teachers.md promises Python {promised}, the workflow tries "
        f"{', '.join(tried)}: these are to agree",
    )


def test_the_teachers_are_told_which_jupyterlite_it_is():
    lite = re.search(r"jupyterlite-core==([\d.]+)", read("web/requirements.txt"))[1]
    demand(
        f"JupyterLite {lite}" in read("web/teachers.md"),
        f"web/requirements.txt has JupyterLite {lite}, web/teachers.md another: "
        "write it there",
    )


def test_pages_are_published_after_the_tests_alone():
    pages = (WORKFLOWS / "pages.yml").read_text(encoding="utf-8")
    triggers = pages[: pages.index("permissions:")]
    demand(
        "workflows: [test]" in triggers
        and "push:" not in triggers
        and "workflow_run.conclusion == 'success'" in pages,
        "pages.yml publishes what was not tested: let it start after the workflow test "
        "alone, and only where that was a success",
    )
    demand(
        "needs: test" in (WORKFLOWS / "release.yml").read_text(encoding="utf-8"),
        "release.yml makes a release that was not tested: it is to have `needs: test`",
    )


def homes(folder):
    """Return each address of a repository of the course that stands in a folder."""
    addresses = set()
    for pattern in ("CITATION.cff", "web/*", "notebooks/**/*.ipynb", "utils/*.py"):
        for path in folder.glob(pattern):
            if path.suffix not in {".gif", ".npz"} and path.is_file():
                text = path.read_text(encoding="utf-8")
                addresses |= {*re.findall(r"github\.com/([\w-]+/sgd-adam)", text)}
    return addresses


def test_the_course_has_one_address():
    demand(
        homes(ROOT) == {address()},
        f"the course names the addresses {sorted(homes(ROOT))}, CITATION.cff has "
        f"{address()}: write that one, or choose with make address NAME=jane/sgd-adam",
    )


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")
def test_make_address_writes_it_everywhere_and_can_be_run_again(tmp_path):
    copy = tmp_path / "course"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEAVE))
    for name in ("jane/sgd-adam", "jane/descent", "John-2/sgd-adam"):
        command = ["make", "address", f"NAME={name}", f"PYTHON={sys.executable}"]
        subprocess.run(command, cwd=copy, check=True, stdout=subprocess.DEVNULL)
        assert f"https://github.com/{name}\n" in (copy / "CITATION.cff").read_text()
        assert links(name) in (copy / "README.md").read_text("utf-8")
        spanish = links(name, "es")
        assert spanish in (copy / "README.es.md").read_text("utf-8")
        assert len(re.findall(r"(?:io/\S+|notebooks)/es/", spanish)) == 4
        assert messages_of_page(
            (copy / "README.md").read_text("utf-8")
        ) == messages_of_page(readme())
        hub = (copy / "web" / "teachers.md").read_text("utf-8")
        assert f"tree%2F{name.split('/')[1]}%2Fnotebooks" in hub
        for path in copy.glob("notebooks/*.ipynb"):
            assert f"clone -q https://github.com/{name} /" in path.read_text("utf-8")
    assert homes(copy) == {"John-2/sgd-adam"}
    lines = subprocess.run(
        ["diff", "-r", ROOT, copy, *(f"--exclude={name}" for name in LEAVE)],
        capture_output=True,
        text=True,
    ).stdout
    left = [line for line in lines.splitlines() if line.startswith("<")]
    ours = "no address yet", "no tiene dirección", PLACEHOLDER
    assert all(any(word in line for word in ours) for line in left)


@pytest.mark.parametrize("name", ["", "jane", "a/b/c", "https://x/y", PLACEHOLDER])
def test_what_is_no_address_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="make address NAME=jane/sgd-adam"):
        write(name, tmp_path)


def test_a_site_is_not_published_without_its_address(monkeypatch):
    monkeypatch.setattr("tools.address.address", lambda: PLACEHOLDER)
    with pytest.raises(ValueError, match="make address NAME=jane/descent"):
        published("jane/descent")
    assert published("") == ""
    monkeypatch.setattr("tools.address.address", lambda: "jane/descent")
    assert published("") == "jane/descent"
    assert published("john/descent") == "john/descent"


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")
def test_make_site_stops_at_once_where_a_published_copy_has_no_address(tmp_path):
    copy = tmp_path / "course"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEAVE))
    cited_in = copy / "CITATION.cff"
    cited_in.write_text(cited_in.read_text("utf-8").replace(address(), PLACEHOLDER))
    command = ["make", "site", f"PYTHON={sys.executable}", "GITHUB_REPOSITORY=jane/own"]
    process = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    assert process.returncode and "run make address NAME=jane/own" in process.stderr
    assert not (copy / "build").exists() and not (copy / ".venv").exists()


@pytest.mark.parametrize("home", ["", "jane/descent"])
def test_buttons_that_need_an_address_are_there_with_one(home, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    monkeypatch.setattr("tools.address.address", lambda: home or PLACEHOLDER)
    options = runpy.run_path(ROOT / "web" / "conf.py")["html_theme_options"]
    assert options["use_repository_button"] == bool(home)
    assert options["use_issues_button"] == bool(home)
    asked = {"binderhub_url", "colab_url"}
    assert asked & {*options["launch_buttons"]} == (asked if home else set())
    assert cited("version") in options["extra_footer"]
    if home:
        assert options["repository_url"] == f"https://github.com/{home}"
