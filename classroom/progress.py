"""A learner's way through the course, as the record has it.

    way.so_far()        in 00: what is done and open, how sure and how right, what to
                        look at again, and a button that forgets all
    way.course()        what there is to do, notebook by notebook

The site's front page says the same, of what its browser keeps (web/questions.js).
"""

import json
import re
from contextlib import suppress
from gettext import gettext as _
from html import escape, unescape

import ipywidgets as widgets
from IPython.display import display

from classroom import record
from classroom.course import notebooks
from classroom.questions import calibration, came_true, key_of

EMPTY = (
    "Nothing is kept yet. Begin with the prediction above, then with 01. What you "
    "answer and what the checks say is counted here when you run this cell again."
)
STATES = {"done": "done", "open": "open", "new": "not begun"}
COUNTED = {
    "predictions": "{made} of {there} predictions",
    "quiz": "{made} of {there} quiz questions",
    "exercises": "{made} of {there} exercises",
}
SURE = "Over the whole course: {sure}% sure, {right}% right."
AGAIN = "Look again at:"
WHY = {
    "predictions": "you said {answer}; it was {outcome}",
    "quiz": "you said {answer}",
    "changed": "changed since you answered",
}
GONE = "Kept, though the course no longer asks it: {names}."
FORGET, REALLY = "Forget all", "Really? Press again"
FORGOTTEN = "All is forgotten: run the cell again"


# What there is


def course():
    """Return what each notebook asks, as it is stored.

    A list of {"file", "title", "predictions", "quiz", "exercises"}; each of the last
    three is {name: {"mark", "cell", "said"}}, in which `said` is how a reader knows it.
    """
    found = []
    for path in sorted(notebooks().glob("[0-9]*.ipynb")):
        if re.fullmatch(r"\d\d_(?!homework)[a-z_]+", path.stem):  # not a copy of one
            with suppress(ValueError, KeyError):  # the reader may have damaged it
                cells = json.loads(path.read_text("utf-8"))["cells"]
                found.append({"file": path.stem, **_asked(cells)})
    return found


def _asked(cells):
    """Return the title of a notebook and what its cells ask."""
    parts, headings = {part: {} for part in record.PARTS}, [""]
    for cell in cells:
        source = "".join(cell["source"])

        def add(part, name, mark, said, cell=cell):
            parts[part][name] = {"mark": mark, "cell": cell.get("id"), "said": said}

        headings += re.findall(r"(?m)^#+ ([^·\n]*\w)", source)
        if check := re.match(r"checks\.(\w+)\(", source):
            mark = record.marks_of_exercises().get(check[1], "")
            add("exercises", check[1], mark, headings[-1])
        for data in _data(cell):
            if name := data.get("predict"):
                mark = record.mark_of(name, data["options"], data["within"])
                add("predictions", name, mark, name)
            for question, options, right in data.get("quiz", []):
                name = key_of(question)
                add("quiz", name, record.mark_of(name, list(options), right), name)
    return {"title": [*headings, ""][1], **parts}


def _data(cell):
    """Yield what the questions of a cell tell a page without a kernel."""
    for output in cell.get("outputs", []):
        html = "".join(output.get("data", {}).get("text/html", ""))
        for found in re.findall(r'data-asked="([^"]*)"', html):
            yield json.loads(unescape(found))


# How far one is


def _look(one, kept):
    """Return how far a notebook is, and [(cell, what, why to look again), ...]."""
    counts, again, there, made = [], [], 0, 0
    for part in record.PARTS:
        done = 0
        for name, asked in one[part].items():
            if (entry := kept[part].get(name)) is None:
                continue
            right = _is_right(part, entry)
            changed = entry.get("mark") != asked["mark"]
            done += not changed and (right or part != "exercises")
            if changed or not right:
                why = _(WHY["changed"]) if changed else _why(part, entry)
                again.append((asked["cell"], asked["said"], why))
        there, made = there + len(one[part]), made + done
        if one[part]:
            counts.append(_(COUNTED[part]).format(made=done, there=len(one[part])))
    state = "done" if made == there else "open" if made or again else "new"
    return f"{_(STATES[state])}: {', '.join(counts)}", again


def _is_right(part, entry):
    """Say whether an exercise is passed, or an answer not known to be wrong."""
    if part == "exercises":
        return entry.get("passed", False)
    if part == "quiz":
        return entry.get("answer") == entry.get("right")
    answer, within = entry.get("answer"), entry.get("within", 2)
    return "outcome" not in entry or came_true(answer, entry["outcome"], within)


def _why(part, entry):
    """Return why to look at something again."""
    if part == "exercises":
        return next(reversed(entry.get("mistakes", {})), "")
    outcome = entry.get("outcome")
    if isinstance(outcome, int | float):
        outcome = f"{outcome:.4g}"
    return _(WHY[part]).format(answer=entry.get("answer"), outcome=outcome)


def _sure(kept):
    """Return how sure the reader was over the whole course, and how right."""
    judged = [
        (_is_right("predictions", entry), entry["sure"])
        for entry in kept["predictions"].values()
        if {"outcome", "sure"} <= {*entry}
    ]
    if not judged:
        return ""
    right, sure = (sum(column) / len(judged) for column in zip(*judged, strict=True))
    said = _(SURE).format(sure=f"{100 * sure:.0f}", right=f"{100 * right:.0f}")
    return said + calibration(judged)


# What is shown


def _shown(kept):
    """Return the way as HTML."""
    if not any(kept.values()):
        return f"<p>{_(EMPTY)}</p>"
    there, rows, names = course(), [], []
    for one in there:
        said, again = _look(one, kept)
        link = f'<a href="{one["file"]}.ipynb">{escape(one["title"])}</a>'
        items = "".join(
            f'<li><a href="{one["file"]}.ipynb#cell-id={cell}">{escape(what)}</a>: '
            f"{escape(why)}</li>\n"
            for cell, what, why in again
        )
        below = f"<br>\n{_(AGAIN)}<ul>\n{items}</ul>" if items else ""
        rows.append(f"<li>{one['file'][:2]} {link} – {said}{below}</li>\n")
    for part, entries in kept.items():
        asked = {name for one in there for name in one[part]}
        names += [name for name in entries if name not in asked]
    gone = _(GONE).format(names="; ".join(names)) if names else ""
    ends = "".join(f"<p>{escape(said)}</p>\n" for said in (_sure(kept), gone) if said)
    return f"<ul>\n{''.join(rows)}</ul>\n{ends}"


class _Way:
    """The way as it is shown, and as text."""

    def _repr_mimebundle_(self, **_options):
        html = _shown(record.read())
        return {"text/plain": unescape(re.sub(r"<[^>]*>", "", html)), "text/html": html}

    def __repr__(self):
        return self._repr_mimebundle_()["text/plain"]


class _Forget(widgets.Button):
    """A button that forgets the record when it is pressed a second time."""

    def __init__(self):
        size = {"height": "44px", "width": "20em"}
        super().__init__(description=_(FORGET), layout=size)
        self.on_click(self._press)

    def _press(self, _button):
        if self.description == _(FORGET):
            self.description = _(REALLY)
        else:
            record.forget()
            self.description, self.disabled = _(FORGOTTEN), True

    def _repr_mimebundle_(self, **kwargs):
        nothing = {"text/plain": "", "text/html": ""}  # in a notebook that is saved
        return super()._repr_mimebundle_(**kwargs) | nothing


def so_far():
    """Show how far the reader is; a button forgets it all, and asks once."""
    display(_Way())
    if any(record.read().values()):
        display(_Forget())
