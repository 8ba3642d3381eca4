"""The Spanish edition is held in step: every message is there, and holds what it must.

A change of an English sentence fails here, and says what to do.
"""

import re

import polib
import pytest

from tools.translate.catalogue import PAGES, TRANSLATIONS, drafts, path_of, wanted
from tools.translate.held import faults, is_formatted
from tools.translate.messages import strings, translated_code

WANTED = wanted()
MEND = (
    "Run `make catalogues`, then translate translations/es/{}.po, in Poedit for "
    "example, and `make spanish`; if you speak no Spanish: `make draft`."
)
every_catalogue = pytest.mark.parametrize("name", WANTED)


def catalogue(name):
    return polib.pofile(str(path_of("es", name)))


@every_catalogue
def test_no_message_is_missing_old_or_fuzzy(name):
    found = {(entry.msgctxt, entry.msgid): entry for entry in catalogue(name)}
    missing = [key for key in WANTED[name] if key not in found]
    old = [key for key in found if key not in WANTED[name]]
    open_ones = [k for k, entry in found.items() if entry.fuzzy or not entry.msgstr]
    told = [
        f"{why}: [{context}] {message[:60]!r}"
        for why, keys in (("missing", missing), ("old", old), ("not done", open_ones))
        for context, message in keys
    ]
    assert not told, "\n".join([*told[:20], MEND.format(name)])


@every_catalogue
def test_every_message_holds_what_it_must(name):
    found = [
        f"[{entry.msgctxt}] {entry.msgid[:60]!r}: {fault}"
        for entry in catalogue(name)
        if entry.msgstr and "draft" not in entry.flags
        for fault in faults(entry.msgid, entry.msgstr, is_formatted(entry))
    ]
    assert not found, "\n".join(found)


@every_catalogue
def test_fields_keep_their_order_or_a_comment_says_why_not(name):
    """Two numbers that are exchanged say the contrary of what is so."""
    found = [
        entry.msgstr
        for entry in catalogue(name)
        if is_formatted(entry) and not entry.tcomment
        if re.findall(r"\{\w*", entry.msgid) != re.findall(r"\{\w*", entry.msgstr)
    ]
    assert not found


def test_no_message_waits_for_a_translation_that_the_readme_does_not_count():
    readme = (TRANSLATIONS.parent / "README.md").read_text("utf-8")
    assert f"({drafts('es')} messages wait for a translation)" in readme


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
    "a lost paragraph": ("One.\n\nTwo.", "Uno. Dos.", "paragraphs"),
    "a lost bold": ("**one** cost", "un costo", "bold"),
    "an accent in a formula": ("$\\text{rest}$", "$\\text{demás}$", "font"),
    "a term from nowhere": ("the cost", "el punto de silla", "not in the English"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_in_a_message_is_found(fault):
    message, said, told = PLANTED[fault]
    assert any(told in found for found in faults(message, said, "{" in message))


def test_a_right_translation_has_no_fault():
    message = (
        "The learning rate is $\\eta = 0.1$ in [05](05_adam.ipynb): **{n}** steps."
    )
    said = (
        "La tasa de aprendizaje es $\\eta = 0.1$ en [05](05_adam.ipynb): **{n}** pasos."
    )
    assert not [*faults(message, said, True)]


def test_strings_that_are_shown_are_found_and_put_back():
    code = 'ax.plot(x, "k--", label=f"step {t:.2g}")\nprint("two "\n    "parts", lr)'
    assert [s.message for s in strings(code)] == ["step {t:.2g}", "two parts"]
    assert translated_code(code, lambda message: message) == code
    said = {"step {t:.2g}": "paso {t:.2g}", "two parts": "dos “partes”"}
    spanish = translated_code(code, said.__getitem__)
    assert 'f"paso {t:.2g}"' in spanish and '"dos “partes”", lr' in spanish


def test_every_page_is_in_a_catalogue():
    web = TRANSLATIONS.parent / "web"
    found = {path.relative_to(web).as_posix() for path in web.rglob("*.md")}
    assert found == {page[4:] for page in PAGES if page.startswith("web/")}
