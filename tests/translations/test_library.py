"""What the library says is looked up, in whole sentences, and stands in a catalogue."""

import ast
import gettext
import re

import nbformat
import numpy as np
import polib
import pytest

from classroom.mistakes import exercises, mutations
from classroom.mistakes.exercises import OnPaper, Plot
from classroom.mistakes.wording import enumeration
from notebooks.exercises import adam
from tests.exercises.all_exercises import EXERCISES, handed
from tools.course import PATHS
from tools.plain import FENCE, tagged
from tools.site import live
from tools.teach.homework import without_answers_in
from tools.translate.catalogue import LOOKUPS, looked_up, speaking_modules
from tools.translate.make import run_time_catalogue, translated_notebook

PLANTED = """
SAID = {"done": "it is done"}
TEXT, OTHER = "one text", "another"
raise Trouble("kind", "a sentence with {field}", field=_("in its place"))
_(SAID["done"]).format(_(TEXT), value)
"""


def test_a_sentence_is_found_in_its_place_and_in_a_table():
    expected = {"a sentence with {field}", "in its place", "one text"}
    assert {*looked_up(PLANTED)} == expected | {"it is done"}


@pytest.mark.parametrize(
    "path",
    speaking_modules(),
    ids=lambda path: path.stem,
)
def test_no_sentence_is_put_together_before_it_is_looked_up(path):
    """A catalogue knows no f-string, and no sum of parts."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in LOOKUPS:
            sentence = node.args[LOOKUPS[ast.unparse(node.func)]]
            assert not isinstance(sentence, ast.JoinedStr | ast.BinOp | ast.IfExp), (
                f"line {node.lineno}: {ast.unparse(sentence)}"
            )


@pytest.fixture
def in_spanish(tmp_path, monkeypatch):
    """Put a catalogue of some sentences in the place of the course's."""

    def put(**sentences):
        catalogue = polib.POFile()
        catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
        catalogue += [polib.POEntry(msgid=k, msgstr=v) for k, v in sentences.items()]
        path = tmp_path / "es" / "LC_MESSAGES" / "course.mo"
        path.parent.mkdir(parents=True)
        catalogue.save_as_mofile(str(path))
        monkeypatch.setitem(gettext._localedirs, "course", tmp_path)

    return put


class Wordless(gettext.NullTranslations):
    """A language without a word: of each sentence its fields are left."""

    def gettext(self, message):
        return " ".join(["", *re.findall(r"\{[^{}]*\}", message), ""])


WRONG = [
    ..., 3, "x", lambda: 1, lambda *_: None, lambda *_: "x", lambda *_: 1j, np.nan,
    lambda *_: 17.3, lambda *_: (1, 2), lambda *_: np.nan, lambda *_: np.ones((2, 3)),
]  # fmt: skip
KINDS = "ellipsis", "int", "str", "float", "function", "tuple", "array", "nan"


@pytest.mark.parametrize("name", EXERCISES)
def test_a_check_says_no_word_that_was_not_looked_up(name, monkeypatch):
    """But for names of what is given and returned, and of types."""
    monkeypatch.setattr(
        gettext, "dgettext", lambda _, sentence: Wordless().gettext(sentence)
    )
    monkeypatch.setattr(exercises, "SEARCH", 0.1)
    exercise = EXERCISES[name]
    names = {*exercise.parameters, *exercise.names, *KINDS}
    near = 0
    if not isinstance(exercise, Plot):
        right = exercise.answer(*exercise.cases[0])
        near = right if isinstance(exercise, OnPaper) else lambda *_: right
    for answer in [*WRONG, near, handed(exercise, exercise.answer)]:
        verdict = re.sub(r"`[^`]*`", "", exercise.verdict(answer))
        assert set(re.findall(r"[a-z_]{2,}\d?", verdict)) <= names, verdict


def test_the_language_is_that_of_the_moment(in_spanish, monkeypatch):
    in_spanish(
        **{
            "Not yet:": "Todavía no:",
            "in place of the ... put your number": "en lugar de ... pon tu número",
        }
    )
    english = "Not yet: in place of the ... put your number."
    spanish = "Todavía no: en lugar de ... pon tu número."
    for languages, verdict in {"en": english, "es": spanish}.items():
        monkeypatch.setenv("LANGUAGE", languages)
        assert EXERCISES["floor_on_paper"].verdict(...) == verdict


def test_a_list_and_an_old_value_are_in_the_readers_language(in_spanish, monkeypatch):
    in_spanish(**{" and ": " y ", "old {name}": "{name} anterior"})
    code = "def step(theta):\n    theta = theta - 1\n    return 2 * theta\n"
    for language, old in (("en", "old theta"), ("es", "theta anterior")):
        monkeypatch.setenv("LANGUAGE", language)
        assert any(
            f"`{old}`" in sentence for sentence, _wrong in mutations.mutants(code)
        )
    for names, sentence in ([], ""), (["t"], "t"), ("mv", "m y v"), ("tmv", "t, m y v"):
        assert enumeration(names) == sentence


@pytest.mark.parametrize("number", ["05"])
def test_a_choice_is_answered_in_the_language_of_the_notebook_or_in_english(
    number, tmp_path, monkeypatch, capsys
):
    path = tmp_path / "es" / "LC_MESSAGES" / "course.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(run_time_catalogue("es").to_binary())
    monkeypatch.setitem(gettext._localedirs, "course", tmp_path)
    monkeypatch.setenv("LANGUAGE", "es")
    english = nbformat.read(PATHS[number], as_version=4)
    check, variable = adam.name_the_bug, "my_answers"
    answers = []
    for notebook in english, translated_notebook("es", PATHS[number]):
        cells = [cell.source for cell in tagged(notebook, "solution")]
        (code,) = (c for c in cells if f"{variable} = " in c)
        exec(FENCE.search(code)[1], names := {})
        answers.append(names[variable])
        check(names[variable])
        assert capsys.readouterr().out.startswith("Correcto.")
    assert not {*answers[0].values()} & {*answers[1].values()}
    check({**answers[1], "A": answers[0]["B"]})
    assert "elige una de" not in capsys.readouterr().out  # a wrong one, in English
    check({**answers[1], "A": "?"})
    assert answers[1]["A"] in capsys.readouterr().out


def test_a_page_answers_in_its_language(in_spanish, offline, monkeypatch):
    english, spanish = (
        "You made no prediction. Make one: this line follows.",
        "Predice.",
    )
    in_spanish(**{english: spanish})
    for language, sentence in {"en": english, "es": spanish}.items():
        monkeypatch.setenv("LANGUAGE", language)
        offline.set_content(
            '<div data-asked=\'{"score": ["Which is lowest?"]}\'></div>'
            f"<script>{live.questions_script()}</script>"
        )
        assert offline.locator(".reply").inner_text() == sentence


def test_a_students_folder_has_no_sentence_of_a_right_answer(tmp_path):
    """Nor of a mistake: behind locks they are, in whatever language."""
    secret = EXERCISES["adam_step"].praise, *EXERCISES["adam_step"].mistakes.values()
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    for sentence in ("Not yet:", *secret):
        catalogue.append(polib.POEntry(msgid=sentence, msgstr=sentence))
    catalogue.save_as_mofile(str(path := tmp_path / "course.mo"))
    without_answers_in(path)
    assert [entry.msgid for entry in polib.mofile(str(path))] == ["Not yet:"]
