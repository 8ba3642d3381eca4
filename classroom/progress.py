"""How far a reader is in the course, as the record has it.

    progress.so_far()    in 00: what is done and open, how sure and how right, what to
                         look at again, and a button that forgets all
    progress.course()    what there is to do, notebook by notebook

The list itself is made by progress.js, from both: here of what the kernel has kept, on
the site's front page of what the browser has.
"""

import json
import re
from contextlib import suppress
from gettext import gettext as _
from html import escape, unescape
from pathlib import Path

import ipywidgets as widgets
from IPython.display import display

from classroom import record, rules
from classroom.course import notebooks
from classroom.questions import _Readable, key_of

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
EMPTY = (
    "Nothing is kept yet. Begin with the prediction above, then with 01. What you "
    "answer and what the checks say is counted here when you run this cell again."
)
REALLY = "Really? Press again"
FORGOTTEN = "All is forgotten: run the cell again"


def course():
    """Return what each notebook asks, as it is stored.

    A list of {"file", "title", "predictions", "quiz", "exercises"}; each of the last
    three is {name: {"mark", "cell"}}, of an exercise with its "title".
    """
    contents = []
    for path in sorted(notebooks().glob("[0-9]*.ipynb")):
        if re.fullmatch(r"\d\d_(?!homework)[a-z_]+", path.stem):  # not a copy of one
            with suppress(ValueError, KeyError):  # the reader may have damaged it
                cells = json.loads(path.read_text("utf-8"))["cells"]
                contents.append({"file": path.stem, **_questions(cells)})
    return contents


def _questions(cells):
    """Return the title of a notebook and what its cells ask, part by part."""
    parts, headings = {part: {} for part in record.PARTS}, [""]
    for cell in cells:
        source, place = "".join(cell["source"]), {"cell": cell.get("id")}
        headings += re.findall(r"(?m)^#+ ([^·\n]*\w)", source)
        if check := re.match(r"checks\.(\w+)\(", source):
            mark = record.marks_of_exercises().get(check[1], "")
            exercise = {"mark": mark, **place, "title": headings[-1]}
            parts["exercises"][check[1]] = exercise
        for data in _data(cell):
            if name := data.get("predict"):
                mark = record.mark_of(name, data["options"], data["within"])
                parts["predictions"][name] = {"mark": mark, **place}
            for question, options, right in data.get("quiz", []):
                name = key_of(question)
                mark = record.mark_of(name, list(options), right)
                parts["quiz"][name] = {"mark": mark, **place}
    return {"title": [*headings, ""][1], **parts}


def _data(cell):
    """Yield what the questions of a cell tell a page without a kernel."""
    for output in cell.get("outputs", []):
        html = "".join(output.get("data", {}).get("text/html", ""))
        for data in re.findall(r'data-asked="([^"]*)"', html):
            yield json.loads(unescape(data))


class _Forget(_Readable, widgets.Button):
    """A button that forgets the record when it is pressed a second time."""

    text, data = "", {}  # nothing, in a notebook that is opened again

    def __init__(self):
        size = {"height": "44px", "width": "20em"}
        super().__init__(description=rules.say("forget"), layout=size)
        self.on_click(self._press)

    def _press(self, _button):
        if self.description == _(REALLY):
            record.forget()
            self.description, self.disabled = _(FORGOTTEN), True
        else:
            self.description = _(REALLY)


def so_far():
    """Show how far the reader is; a button forgets it all, and asks once."""
    answers = record.read()
    is_empty = not any(answers.values())
    text = _(EMPTY) if is_empty else _("Run this cell: it says how far you are.")
    html = f"<p>{text}</p>" if is_empty else _list(answers, text)
    display({"text/plain": text, "text/html": html}, raw=True)
    if not is_empty:
        display(_Forget())


def _list(answers, fallback):
    """Return HTML in which a script puts the list in the place of another text.

    The script moves links into it that stand there before: JupyterLab opens no other
    link as a notebook.
    """
    contents, link = course(), "{file}.ipynb#cell-id={cell}"
    links = "".join(
        f'<a href="{address}" data-address="{address}">{escape(title)}</a> '
        for address, title in _links(contents, answers, link)
    )
    data = json.dumps([contents, answers, link])
    data = data.replace("</", "<\\/")  # or a word of it could end the script
    place = "document.currentScript.parentElement"
    script = rules.script(SCRIPT, f"showProgress({place}, ...{data});")
    return f"<div><p>{fallback}</p><p hidden>{links}</p><script>{script}</script></div>"


def _links(contents, answers, link):
    """Yield (address, title) of each notebook, and of each question with an answer."""
    for notebook in contents:
        yield f"{notebook['file']}.ipynb", notebook["title"]
        for part in record.PARTS:
            for name, question in notebook[part].items():
                if name in answers[part]:
                    address = link.format(file=notebook["file"], cell=question["cell"])
                    yield address, question.get("title", name)
