"""Questions: answer first, then look.

    winner = questions.Prediction("Which is lowest at η = 0.3?", ["SGD", "Adam"])
    winner                                before the experiment: the reader answers
    winner.reveal(lowest)                 after it: the answer beside the outcome
    wait = questions.Prediction("How long?", {"under 1 epoch": 1, "longer": np.inf})
    wait.reveal(epochs)                   a number finds the option: 0.3, the first
    questions.score(winner, steps)        at the end: how many were right
    questions.Quiz("quizzes/02.md")       questions with a word on every answer
    questions.Quiz("quizzes/02.md", 1)    the first alone, where it is to be thought of
    questions.Returning("03")             three of those, when 03 begins
    questions.Inventory("inventory/A.md", "before")     kept, and not judged

Nobody has to answer; what is revealed and scored follows an answer that comes later.
What is right, and what a reader is told, is in rules.py.  Answers are kept in the
learner's record (record.py), from which they come back.  Where no widget can be, on a
page or in a front end that has none, there are the texts, and asked.js asks the same.

In JupyterLab, Tab goes from option to option and Space chooses: the arrows are its own.
"""

import json
import re
from contextlib import suppress
from gettext import gettext as _
from html import escape
from itertools import pairwise
from math import inf
from numbers import Real
from pathlib import Path

import ipywidgets as widgets
from IPython.display import display
from traitlets import TraitError

from classroom import record, rules
from classroom.course import notebooks
from utils.refusals import refusal

VIEW = "application/vnd.jupyter.widget-view+json"
LIVE = '<style class="beside-'  # begins what a text has only in a notebook that runs
_FOLDER = Path(__file__).parent
_STYLE = f"<style>{(_FOLDER / 'questions.css').read_text('utf-8')}</style>"
_SCRIPTS = [_FOLDER / f"{name}.js" for name in ("progress", "lines", "asked")]
# Widget and text are two outputs, of which one is seen.  For a second the text is
# hidden, as the widget may be on its way.  Once the widget is there, the text goes, in
# JupyterLab with its row; where none came, the row goes in which the front end says
# "model not found": that is a widget that has lost its kernel.
_ONE_OF_BOTH = """
@keyframes asked { from { visibility: hidden; position: absolute } }
.asked:has(+ .beside-MARK) { animation: asked 1s step-end }
:root:has(.widget-MARK) :is(.asked:has(+ .beside-MARK),
  .jp-OutputArea-child:has(> * > .beside-MARK)),
:is(.jp-OutputArea-child, .output_area):not(:has(.widget-MARK)):has(
  > .jp-OutputArea-output:not([data-mime-type]), > .jupyter-widgets-view):has(
  + * .beside-MARK) { display: none }
"""

# The edge of a reply has a colour too, for those who see it; the mark says the same.
_EDGES = {"✓": "#009E73", "✗": "#D55E00"}


def script(quizzes=None):
    """Return what makes texts answerable, in the reader's language.

    quizzes    all of them, for a page, where no kernel has chosen those that return
    """
    table = f"const QUIZZES = {json.dumps(quizzes, ensure_ascii=False)};"
    return rules.script(table, *(path.read_text("utf-8") for path in _SCRIPTS))


class _Readable:
    """A widget that is shown as its `text` where widgets cannot run: saved, on a page.

    data    the question, for asked.js, which makes the text answerable again
    """

    data = None
    _ipython_display_ = None  # of ipywidgets 7, which would show the widget alone
    script_mark = None  # of the first text of a notebook: it has the script for all

    @property
    def html(self):
        """What is shown where no widget runs."""
        data = escape(json.dumps(self.data, ensure_ascii=False), quote=True)
        return f'<div class="asked" data-asked="{data}">{self._readable()}</div>'

    def _readable(self):
        return f'<p style="white-space: pre-line">{escape(self.text)}</p>'

    def _beside(self, mark):
        """What lets the text answer in a notebook, if its widget is not there."""
        style, ask = _ONE_OF_BOTH.replace("MARK", mark), "globalThis.sgdAdamAsk?.()"
        _Readable.script_mark = _Readable.script_mark or mark
        if _Readable.script_mark == mark:
            style += (_FOLDER / "asked.css").read_text("utf-8")
            ask = f"globalThis.sgdAdamAsk ? sgdAdamAsk() : {script()}"
        ask = f"setTimeout(() => {{ {ask} }}, 1100)"
        return f'{LIVE}{mark}">{style}</style><script>{ask}</script>'

    def _repr_mimebundle_(self, **kwargs):
        """Show the widget, as an output of its own, and return what is beside it."""
        mark = record.mark_of(self.data)  # the same when the cell is run again
        self.add_class(f"widget-{mark}")
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        display({VIEW: view}, raw=True)
        return {"text/plain": self.text, "text/html": self.html + self._beside(mark)}


class _Reply(_Readable, widgets.HTML):
    """A sentence, made anew by `sentence()` whenever one of the controls changes."""

    text = property(lambda self: self.sentence())

    def __init__(self, sentence, controls, data):
        super().__init__()
        self.sentence, self.data = sentence, data
        for control in controls:
            control.observe(self._update, "value")
        self._update()

    def _update(self, _change=None):
        edge = _EDGES.get(self.text[:1], "gray")
        style = f"border-left: 4px solid {edge}; padding-left: 8px; line-height: 1.4"
        status = f'<div role="status" style="{style}">{escape(self.text)}</div>'
        self.value = status if self.text else ""


class _Question(_Readable, widgets.VBox):
    """A question, the control that answers it, and a reply that follows the answer."""

    def __init__(self, question, control, *more):
        self.question, self.control = question, control
        title = widgets.HTML(f"{_STYLE}<b>{escape(question)}</b>")
        super().__init__([title, control, _Reply(self._reply, [control], {}), *more])
        self.add_class("question")

    @property
    def text(self):
        """The question, its options with the chosen one marked, and the reply."""
        answer = self.control.value
        options = getattr(self.control, "options", [answer] if answer else [])
        lines = [f"{'●' if option == answer else '○'} {option}" for option in options]
        return "\n".join([self.question, *lines, self._reply()]).strip()


class Prediction(_Question):
    """A question before an experiment, which then gives the outcome.

    options   what can be chosen; in {option: bound} each is for numbers from the bound
              before it to below its own; without them the answer is a positive number
    within    it is right if it is off by at most this factor

    ValueError for bounds that do not rise.
    """

    def __init__(self, question, options=(), within=2):
        self.options, self.within = [str(option) for option in options], within
        self.bounds = _rising(options) if isinstance(options, dict) else []
        self.outcome = None
        if not self.options:
            question = _(
                "{question} (A number; off by a factor of {within:g} is still right.)"
            ).format(question=question, within=within)
        question = _("Predict: {question}").format(question=question)
        control = _radio(self.options) if self.options else _number()
        self.sure = _how_sure(1 / (len(self.options) or 2))
        super().__init__(question, control, self.sure)
        self.data = {
            "predict": self.question,
            "options": self.options,
            "within": within,
            "sure": self.sure.options,
        }
        self.mark = record.mark_of(self.question, self.options, within)
        entry = record.entry("predictions", self.question, self.mark)
        for widget, field in (control, "answer"), (self.sure, "sure"):
            _restore(widget, entry.get(field))
            widget.observe(self._keep, "value")

    def _keep(self, _change=None):
        if self.answer is not None:
            record.keep("predictions", self.question, self.mark, **self.entry)

    @property
    def answer(self):
        """The option or the number that was given; None as long as there is none."""
        value = self.control.value
        return value if self.options else rules.positive(value)

    @property
    def entry(self):
        """What is answered and what came out, as the record has it."""
        answers = {"answer": self.control.value, "sure": self.sure.value}
        return answers | {"outcome": self.outcome, "within": self.within}

    def reveal(self, outcome):
        """Return what was predicted beside what came out, an option or a number.

        Where options have bounds it is a number, which finds its option.  ValueError
        for an outcome that cannot be answered.
        """
        if self.bounds:
            outcome = self._option(outcome)
        value = str(outcome) if self.options else rules.positive(outcome)
        if value is None or (self.options and value not in self.options):
            allowed = ", ".join(self.options) or _("positive numbers")
            sentence = _("the outcome cannot be {outcome}; allowed: {allowed}.")
            raise ValueError(sentence.format(outcome=outcome, allowed=allowed))
        self.outcome = value
        self._keep()
        text = value if self.options else rules.short(value, 4)
        data = {"reveal": self.question, "outcome": value, "came": text}
        return _Reply(lambda: rules.verdict(self.entry, text), [self.control], data)

    def _option(self, number):
        """Return the first option whose bound is above a number."""
        for option, bound in zip(self.options, self.bounds, strict=True):
            if isinstance(number, Real) and number < bound:
                return option
        raise refusal(
            "the outcome cannot be {outcome}: it is a number below {last}, the last "
            "bound; print what it is computed from, or raise that bound.",
            {"outcome": number, "last": self.bounds[-1]},
        )

    def _reply(self):
        text = self.control.value
        is_wrong = text and self.answer is None
        return rules.say("not_number", given=text) if is_wrong else ""


def _rising(options):
    """Return the bounds of {option: bound}, which rise."""
    bounds = [*options.values()]
    numbers = all(isinstance(bound, Real) for bound in bounds)
    if not numbers or not all(low < high for low, high in pairwise([-inf, *bounds])):
        raise refusal(
            "the bounds are {bounds}: each is a number above the one before; try "
            "{remedy}.",
            {"bounds": bounds, "remedy": '{"below 1": 1, "1 or more": np.inf}'},
        )
    return bounds


def _radio(options):
    return widgets.RadioButtons(options=options, value=None)


def _number():
    """Return a field for a number, read once it is left: a digit gets no reply."""
    field = widgets.Text(description=_("I predict"), continuous_update=False)
    field.style.description_width = "initial"
    return field


def _how_sure(chance):
    """Return radio buttons for how sure a reader is, from chance to 95 %."""
    levels = (
        (_("a guess, {share:.0f}%"), chance),
        (_("fairly sure, {share:.0f}%"), 0.75),
        (_("certain, {share:.0f}%"), 0.95),
    )
    buttons = _radio([(level.format(share=100 * p), p) for level, p in levels])
    buttons.description, buttons.orientation = rules.say("how_sure"), "horizontal"
    return buttons


def _restore(control, value):
    """Put a control where the reader left it; what it does not have is left out."""
    with suppress(TraitError):
        control.value = value


def score(*predictions):
    """Return how many predictions were right, and whether the reader was too sure."""

    def sentence():
        for prediction in predictions:
            if prediction.outcome is None:
                missing = _("“{question}”: first run the cell that reveals it.")
                return missing.format(question=prediction.question)
        return rules.score([prediction.entry for prediction in predictions])

    controls = [c for p in predictions for c in (p.control, p.sure)]
    return _Reply(sentence, controls, {"score": [p.question for p in predictions]})


class Quiz(_Readable, widgets.VBox):
    """Questions read from a text file, with an explanation for each option.

    numbers   which of its questions, from 1; without them all
    """

    def __init__(self, path, *numbers):
        items = read_quiz(path)
        items = [items[number - 1] for number in numbers] or items
        self.questions = [
            _Explained(f"{k}. " * (len(items) > 1) + question, options, right)
            for k, (question, options, right) in enumerate(items, 1)
        ]
        controls = [question.control for question in self.questions]
        tally = [_Reply(self._tally, controls, {})] * (len(items) > 1)
        super().__init__([*self.questions, *tally])
        self.data = {"quiz": [[q.question, q.options, q.right] for q in self.questions]}

    @property
    def text(self):
        """The questions and options; what was chosen is marked and explained."""
        return "\n\n".join(question.text for question in self.questions)

    def _readable(self):
        """The questions, each option with its explanation folded under it."""
        return "".join(question.unfolding() for question in self.questions)

    def _tally(self):
        return rules.tally([question.entry for question in self.questions])


class _Explained(_Question):
    """A question of a quiz: `{option: explanation}`, and which of them is right.

    One that returns is blank: what was answered before is kept, and not shown.
    """

    def __init__(self, question, options, right, returns=False):
        self.options, self.right = options, right
        self.key, self.mark, entry = _kept(question, options, right)
        control = _radio(list(options))
        self.first = entry.get("first")
        if not returns:
            _restore(control, entry.get("answer"))
        super().__init__(question, control)
        control.observe(self._keep, "value")

    @property
    def entry(self):
        """What was answered first and last, and what is right, as the record has it."""
        return {"first": self.first, "answer": self.control.value, "right": self.right}

    def _keep(self, change):
        self.first = self.first or change.new
        record.keep("quiz", self.key, self.mark, **self.entry)

    def unfolding(self):
        """The question, and its options to unfold, as HTML."""
        answers = "".join(
            f"<details><summary>{escape(option)}</summary>\n"
            f"<p>{escape(self._explain(option))}</p></details>"
            for option in self.options
        )
        return f"<p><b>{escape(self.question)}</b></p>{answers}\n"

    def _reply(self):
        option = self.control.value
        return "" if option is None else self._explain(option)

    def _explain(self, option):
        return rules.reply(option == self.right, self.options[option])


class Returning(_Readable, widgets.VBox):
    """Three questions of earlier quizzes, the reader's own wrong answers first.

    before    the number of the notebook that begins with them, "05"

    They are chosen once, from what is kept now; without a record always the same.
    """

    def __init__(self, before):
        earlier = quizzes()[: int(before) - 1]
        entries = [[_kept(*asked)[-1] for asked in quiz] for quiz in earlier]
        self.questions = [
            _Explained(f"{k}. {question}", options, right, returns=True)
            for k, (quiz, place) in enumerate(rules.returning(entries), 1)
            for question, options, right in [earlier[quiz][place]]
        ]
        title = widgets.HTML(_STYLE + escape(rules.say("returning")))
        title.add_class("question")
        super().__init__([title, *self.questions])
        self.data = {"returning": int(before)}

    @property
    def text(self):
        """The questions and options; what was chosen now is marked and explained."""
        parts = [rules.say("returning"), *(asked.text for asked in self.questions)]
        return "\n\n".join(parts)

    def _readable(self):
        """The questions, each option with its explanation folded under it."""
        title = f"<p>{escape(rules.say('returning'))}</p>"
        return title + "".join(asked.unfolding() for asked in self.questions)


def _kept(question, options, right):
    """Return the key of a question of a quiz, its mark, and what is kept of it."""
    key = key_of(question)
    mark = record.mark_of(key, list(options), right)
    return key, mark, record.entry("quiz", key, mark)


class Inventory(_Readable, widgets.VBox):
    """A form of the inventory of concepts: what is answered is kept, and not judged.

    when    "before" the course, "after" it, or "later"
    """

    def __init__(self, path, when):
        self.form, self.when = Path(path).stem, when
        self.text = Path(path).read_text("utf-8").strip().replace("**", "")
        self.mark = record.mark_of(self.text)
        self.first, self.items = read_form(self.text)
        self.title = rules.say("unfold", count=len(self.items))
        self.sitting = rules.say("sitting")
        self.data = {"inventory": self.form, "when": when, "mark": self.mark}
        self.data |= {"first": self.first, "items": self.items}
        answers = record.entry("inventory", when, self.mark).get("answers", ())
        self.controls = []
        shown = [widgets.HTML(escape(line)) for line in (self.sitting, self.first)]
        for k, (question, *options) in enumerate(self.items, 1):
            control = _radio([(option, k) for k, option in enumerate(options)])
            shown += [widgets.HTML(f"<b>{k}. {escape(question)}</b>"), control]
            self.controls.append(control)
        for control, answer in zip(self.controls, answers, strict=False):
            _restore(control, answer)
        for control in self.controls:
            control.observe(self._keep, "value")
        wide = {"width": "max-content"}
        self.unfold = widgets.ToggleButton(description=self.title, layout=wide)
        shown = widgets.VBox([*shown, _Reply(self._sheet, self.controls, {})])
        widgets.dlink((self.unfold, "value"), (shown.layout, "display"), _shown)
        super().__init__([widgets.HTML(_STYLE), self.unfold, shown])
        self.add_class("question")

    def _readable(self):
        parts = [f"<summary>{escape(self.title)}</summary>"]
        parts += [f"<p>{escape(line)}</p>" for line in (self.sitting, self.first)]
        for question, *options in self.items:
            listed = "".join(f"<li>{escape(option)}</li>" for option in options)
            parts.append(f"<p><b>{escape(question)}</b></p><ul>{listed}</ul>")
        return f"<details>{''.join(parts)}</details>"

    @property
    def answers(self):
        """The options that were chosen, from 0; None where there is none."""
        return [control.value for control in self.controls]

    def _keep(self, _change):
        fields = {"form": self.form, "answers": self.answers}
        record.keep("inventory", self.when, self.mark, **fields)

    def _sheet(self):
        return rules.sheet(self.form, self.answers)


def _shown(unfolded):
    return "" if unfolded else "none"


def key_of(question):
    """Return a question of a quiz without its number, which may change."""
    return re.sub(r"^\d+\. ", "", question)


def read_form(text):
    """Return what stands first in a form, and items, [[question, *options], ...]."""
    first, *items = text.split("\n## ")
    return first.strip(), [re.split(r"\n+- ", item.strip()) for item in items]


def quizzes():
    """Return the quizzes of the course in the reader's language, as they are read."""
    paths = sorted((notebooks() / "quizzes").glob("[0-9][0-9].md"))
    return [read_quiz(path) for path in paths]


def read_quiz(path):
    """Return `[(question, {option: explanation}, right option), ...]` from a text file.

    ## A question, and under it two options or more, of which one is right
    - [ ] an option — why one would think so, and why it is not so
    - [x] the right option — why it is
    """
    quiz = []  # [(line, question, {option: explanation}, [right option]), ...]

    def refuse(number, remedy):
        raise ValueError(f"{path}, line {number}: {remedy}.")

    text, *_lines = Path(path).read_text("utf-8").split("\n# ")  # those: puzzles.py
    for number, line in enumerate(text.splitlines(), 1):
        choice = re.fullmatch(r"- \[([ x])\] (.+?) — (.+)", line)
        if "$" in line:
            refuse(number, "formulas are not typeset here; write η, β₁, √v")
        elif line.startswith("## "):
            quiz.append((number, line[3:], {}, []))
        elif choice and quiz:
            (mark, option, why), (*_asked, options, right) = choice.groups(), quiz[-1]
            if option in options:
                refuse(number, f"“{option}” is there already; write another option")
            options[option] = why
            right += [option] if mark == "x" else []
        elif line:
            refuse(number, "write “## question”, then “- [ ] option — explanation”")
    if not quiz:
        refuse(1, "there is no question; write “## question”")
    for number, question, options, right in quiz:
        if len(options) < 2 or len(right) != 1:
            refuse(number, f"“{question}” needs two options or more, one of them [x]")
    return [(question, options, *right) for _line, question, options, right in quiz]
