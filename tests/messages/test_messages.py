"""The Spanish edition is held in step: every message is there, and holds what it must.

A message that waits for a translation fails nothing here: tests/conftest.py names it at
the end of every run, and no release is made as long as there is one.
"""

import re
from unittest.mock import Mock

import polib
import pytest

from tests import conftest
from tests.rules import demand
from tools.course import ROOT
from tools.translate.catalogue import NAMES, PAGES, changed, path_of, wanted
from tools.translate.faults import (
    entry_faults,
    excused,
    faults,
    parts,
    refused,
    sentences,
    terms,
)
from tools.translate.messages import (
    WAITING,
    in_lines,
    marked,
    remarks,
    strings,
    translated_code,
)
from tools.translate.waiting import demand_none, named, waiting

EXCUSE = (
    "If the Spanish is right all the same, a translator's comment on the message says "
    "why, and names the word in “ ”, or the kind, as in “order of numbers” "
    "(tools/translate/faults.py)."
)
every_catalogue = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def english():
    """The messages of the course, `{catalogue: {(context, message): places}}`."""
    return wanted()


def catalogue(name):
    return polib.pofile(str(path_of("es", name)))


@every_catalogue
def test_no_message_is_missing_or_old(name, english):
    there = {(entry.msgctxt, entry.msgid) for entry in catalogue(name)}
    missing, old = {*english[name]} - there, there - {*english[name]}
    demand(
        not missing | old,
        f"translations/es/{name}.po has other messages than the course, such as "
        f"{[message[:60] for _, message in missing | old][:3]}: run make spanish",
    )


@every_catalogue
def test_every_translation_holds_what_it_must(name):
    faulty = refused(path_of("es", name))
    assert not faulty, "\n".join([*faulty, EXCUSE])


def spanish():
    """Return the Spanish sentences of all catalogues, those that wait included."""
    texts = [entry.msgstr for name in NAMES for entry in catalogue(name)]
    return [sentence.lower() for text in texts for sentence in sentences(text)]


def of_both_genders(texts):
    """Return the words that stand after “el” and after “la”."""
    text = "\n".join(texts)
    after_el = re.findall(r"\b(?:el|un|los|unos|del|al) ([^\W\d_]{3,})\b", text)
    after_la = re.findall(r"\b(?:la|una|las|unas) ([^\W\d_]{3,})\b", text)
    return {*after_el} & {*after_la}


def with_and_without_accent(texts):
    """Return the words with an accent that stand without it, too."""
    words = {*re.findall(r"[^\W\d_]{2,}", "\n".join(texts))}
    bare = str.maketrans("áéíóú", "aeiou")
    return {word for word in words if word.translate(bare) in words - {word}}


@pytest.mark.parametrize("kind", [of_both_genders, with_and_without_accent])
def test_a_word_has_one_gender_and_its_accent(kind):
    """Who writes “el tasa” or “numero” contradicts all the other sentences."""
    exempt = {*terms()["either"][kind.__name__].split()}
    words = kind(spanish())
    assert words == exempt, (
        f"{words - exempt}: mend the Spanish, or, if both are words, name them in "
        f"[either] of translations/es/terms.toml; named for nothing: {exempt - words}"
    )


def test_another_gender_and_a_lost_accent_are_found():
    assert of_both_genders(["la tasa", "un paso", "del tasa"]) == {"tasa"}
    assert with_and_without_accent(["el número", "un numero"]) == {"número"}


# One fault a line: what is right, and a translation that has lost or added something.
PLANTED = {
    "a lost minus": ("where $-2x$ is", "donde $2x$ está", "formulas"),
    "a changed number": ("It takes 127 steps.", "Tarda 128 pasos.", "numbers"),
    "a lost tag": ("<details>a</details>", "<details>a", "tags"),
    "a translated variable": ("see `lr`", "mira `tasa`", "code"),
    "a missing option": ("- [ ] a — b\n- [x] c — d", "- [x] c — d", "items"),
    "a lost link": ("[05](05_adam.ipynb)", "05", "links"),
    "a lost field": ("step {t:.2g}", "paso", "fields"),
    "a wrong term": ("the learning rate", "la tasa de paso", "tasas? de aprendizaje"),
    "a forbidden word": ("the cost", "la pérdida", "costo"),
    "an English word": ("Who wins?", "¿Quién wins the race?", "English"),
    "nothing translated": ("Adam's steps", "Adam's steps", "is English"),
    "a lost paragraph": ("One.\n\nTwo.", "Uno. Dos.", "paragraphs"),
    "a lost bold": ("**one** cost", "un costo", "bold"),
    "an accent in a formula": ("$\\text{rest}$", "$\\text{demás}$", "font"),
    "a term from nowhere": ("the cost", "el punto de silla", "not in the English"),
    "a term in the next sentence only": (
        "The learning rate is high. The learning rate falls.",
        "El paso es alto. La tasa de aprendizaje baja.",
        "tasas? de aprendizaje",
    ),
    "another name of a term": ("the rate", "el ritmo de aprendizaje", "ritmo"),
    "the schedule of a class": ("a schedule", "un programa", "planificaci"),
    "an average as a mean": ("an average", "una media móvil", "promedio"),
    "the rms for its square": ("mean square", "media cuadrática", "los cuadrados"),
    "another floor": ("the floor", "el suelo", "piso"),
    "strokes for dashes": ("a dashed line", "una línea de trazos", "discontinua"),
    "strange words": ("words that are rare", "palabras raras", "poco frecuente"),
    "rare words lost": ("rare words", "palabras escasas", "frecuentes"),
    "a tale": ("a legend", "folclor", "leyenda"),
    "decay": ("forgets", "la tasa de decaimiento", "factor de olvido"),
    "an input of a vector": ("one of g", "una entrada del gradiente", "componente"),
    "a number in words": ("three steps", "cuatro pasos", "three"),
    "a lost sentence": ("It falls. It stops.", "Baja.", "1 in place of 2"),
    "a lost negation": ("It never falls. No!", "Siempre baja. ¡No!", "never"),
    "a word twice": ("from here", "de de aquí", "de de"),
    "a wrong gender": ("a small $\\eta$", "una $\\eta$ pequeño", "feminine"),
    "usted": ("Move the slider.", "Mueva el control.", "tú"),
    "su for tu": ("Your step is long.", "Su paso es largo.", "opposite of “Your”"),
    "puede for puedes": ("You can see it.", "Puede verlo.", "pued"),
    "an accent of old": ("It is only noise.", "Sólo es ruido.", "today"),
    "an accent lost in a question": ("What next?", "¿Que sigue?", "qué"),
    "a sign lost in a text": ("1 - ηλ, at −0.5", "1 - ηλ, en 0.5", "signs"),
    "another word for a term": ("each step", "cada salto", "pasos"),
    "quotes of another kind": ('Say "no".', 'Di "no".', "quotation marks"),
    "a word left in English": ("Small, but true.", "Pequeño but cierto.", "but"),
    "an opposite": ("It falls faster.", "Baja más lento.", "opposite of “faster”"),
    "less for more": ("It is wider.", "Es menos ancho.", "“menos” is the opposite"),
    "opposites exchanged": ("left, then right", "derecha, izquierda", "“derecha”"),
    "formulas exchanged": ("$a$ above $b$", "$b$ encima de $a$", "order of formulas"),
    "code exchanged": ("`m` for `v`", "`v` por `m`", "order of code spans"),
    "fields exchanged": ("{a} of {b}", "{b} de {a}", "order of fields"),
    "number words exchanged": ("ten of 300", "300 de diez", "order of number words"),
    "methods exchanged": ("Adam, then SGD", "SGD, luego Adam", "order of methods"),
    "options exchanged": (
        "- [ ] 2η\n- [ ] η²",
        "- [ ] η²\n- [ ] 2η",
        "order of symbols",
    ),
    "a comma of English": ("69,078 steps", "69,078 pasos", "“69,078”: write"),
    "four digits apart": ("2,267 steps", "2\u202f267 pasos", "no space in four"),
    "no space before %": ("26% of them", "el 26% de ellos", "before %"),
    "other thousands": ("69,078 steps", "69\u202f087 pasos", "numbers: lost"),
    "a lost root": ("It takes √κ.", "Tarda κ.", "symbols: lost '√κ'"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_in_a_message_is_found(fault):
    message, translation, expected = PLANTED[fault]
    assert any(
        expected in fault for fault in faults(message, translation, "{" in message)
    )


def test_a_right_translation_has_no_fault():
    message = (
        "The learning rate is $\\eta = 0.1$ in [05](05_adam.ipynb): **{n}** steps."
    )
    translation = (
        "La tasa de aprendizaje es $\\eta = 0.1$ en [05](05_adam.ipynb): **{n}** pasos."
    )
    assert not [*faults(message, translation, True)]


def test_numbers_are_the_same_with_the_spaces_of_spanish():
    message = "26% of 69,078 in 2,267, $10{,}000$, {share:.0%}"
    translation = "26\u202f% de 69\u202f078 en 2267, $10\\,000$, {share:.0%}"
    assert not [*faults(message, translation, True)]


def test_a_comment_that_names_the_word_excuses_a_fault():
    (fault,) = faults("A batch. The end.", "Un lote. El lote.")
    assert excused(fault, "“lote”: which end")
    assert not excused(fault, "“el fin” is meant") and not excused(fault, "")
    assert not any(excused(lost, lost) for lost in faults("$-x$", "$x$"))


@pytest.mark.parametrize("english", ["SGD wins, not Adam.", "Adam loses, not SGD."])
def test_english_that_is_turned_round_contradicts_its_old_spanish(english):
    entry = polib.POEntry(msgid="Adam wins, not SGD.", msgstr="Gana Adam, no SGD.")
    assert not [*entry_faults(entry)]
    entry.msgid, entry.flags = "So Adam wins, not SGD.", ["fuzzy"]
    assert not [*entry_faults(entry)]
    entry.msgid = english
    assert [*entry_faults(entry)]


PLANTED_CATALOGUE = """
msgctxt "title"
msgid "What is gained?"
msgstr "¿Qué se gana?"

#, fuzzy
#| msgid "What is lost?"
msgctxt "lost"
msgid "What is lost here?"
msgstr "¿Qué se pierde?"

msgctxt "new"
msgid "What is new?"
msgstr ""
"""


@pytest.fixture
def translations(tmp_path):
    """A folder of one catalogue: a message is translated, one fuzzy, one empty."""
    (tmp_path / "es").mkdir()
    (tmp_path / "es" / "03.po").write_text(PLANTED_CATALOGUE, "utf-8")
    return tmp_path


def test_what_waits_is_a_warning_of_the_tests_and_an_error_of_a_release(
    translations, monkeypatch
):
    lines = named(waiting(translations))
    assert lines[0].startswith("Waiting for a translation: 2")
    assert lines[1] == "translations/es/03.po [lost] 'What is lost here?'"
    monkeypatch.setattr(waiting, "__defaults__", (translations,))
    passed = [Mock(nodeid="tests/messages/test_messages.py::test")]
    conftest.pytest_terminal_summary(reporter := Mock(stats={"passed": passed}))
    reporter.line.assert_called_once_with("\n".join(lines[1:]))
    with pytest.raises(SystemExit, match=re.escape(lines[2])):
        demand_none(translations)
    workflow = (ROOT / ".github/workflows/release.yml").read_text("utf-8")
    assert "-m tools.translate.waiting" in workflow


def test_a_translation_is_kept_until_its_english_is_what_it_was(translations):
    old = polib.pofile(str(translations / "es" / "03.po"))
    first = changed("title", "What is lost?", old)
    assert (first.fuzzy, first.msgstr) == (True, "¿Qué se gana?")
    second = changed("title", "What else is lost?", [first])
    assert (second.msgstr, second.previous_msgid) == (
        "¿Qué se gana?",
        "What is gained?",
    )
    again = changed("title", "What is gained?", [second])
    assert again.translated() and again.msgstr == "¿Qué se gana?"


def test_english_that_waits_is_marked_and_keeps_its_form(english):
    messages = [message for entries in english.values() for _, message in entries]
    assert sum(WAITING in marked(message) for message in messages) > 2500
    for message in messages:
        assert parts(marked(message)) == parts(message), message


def test_strings_that_are_shown_are_found_and_put_back():
    code = 'ax.plot(x, "k--", label=f"step {t:.2g}")\nprint("two "\n    "parts", lr)'
    assert [s.message for s in strings(code)] == ["step {t:.2g}", "two parts"]
    assert translated_code(code, lambda message: message) == code
    translations = {"step {t:.2g}": "paso {t:.2g}", "two parts": "dos “partes”"}
    spanish = translated_code(code, translations.__getitem__)
    assert 'f"paso {t:.2g}"' in spanish and '"dos “partes”", lr' in spanish


def test_comments_and_docstrings_are_found_and_put_back():
    code = '''%matplotlib inline
def f(x):  # of the board: √x
    """Return half of x."""
    return x / 2  # noqa: E501
title = "a # of words"  # (x, 2), w1
'''
    pairs = {"of the board: √x": "del tablero: √x", "Return half of x.": "Da x/2."}
    assert [message for *_, message in remarks(code)] == [*pairs]
    assert translated_code(code, str) == code
    spanish = translated_code(code, str, pairs.__getitem__)
    expected = code
    for english, translation in pairs.items():
        expected = expected.replace(english, translation)
    assert spanish == expected


def test_what_has_become_too_wide_is_broken_where_one_would_break_it():
    title = 'ax.set(xlabel="step t", ylim=(0, 1), title="The best rate")'
    translations = {
        "step t": "número del paso t",
        "The best rate": "La mejor " + "tasa " * 8,
    }
    wide = 'ax.set(xlabel="número del paso t", ylim=(0, 1),\n       title="La mejor'
    assert translated_code(title, translations.__getitem__).startswith(wide)
    printed = 'print(f"ends at {last:.2f}, after {steps} steps")'
    translation = "termina en {last:.2f} tras {steps} pasos" + ", y no más allá" * 4
    spanish = translated_code(printed, lambda _message: translation)
    assert max(map(len, spanish.splitlines())) <= 88
    assert spanish.splitlines()[0].endswith('allá, "')
    assert [s.message for s in strings(spanish)] == [translation]


def test_a_string_is_broken_in_no_field():
    """After braces that are braces, too: $10^{{{k + 1}}}$."""
    code = 'f(f"x $10^{{{k + 1}}}$ y {a:{b}} z")'
    for length in range(30, 80):
        translation = "s" * length + " $10^{{{k + 1}}}$ y {a:{b}} z " + "t " * 20
        spanish = in_lines(
            translated_code(code, lambda message, translation=translation: translation)
        )
        (string,) = strings(spanish)
        assert string.message == translation and "\n" in spanish


def test_every_page_is_in_a_catalogue():
    web = ROOT / "web"
    pages = {path.relative_to(web).as_posix() for path in web.rglob("*.md")}
    assert pages == {page[4:] for page in PAGES if page.startswith("web/")}
