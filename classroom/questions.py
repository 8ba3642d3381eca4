"""Questions: answer first, then look.

    winner = questions.Prediction("Which is lowest at η = 0.3?", ["SGD", "Adam"])
    winner                                before the experiment: the reader answers
    winner.reveal(lowest)                 after it: the answer beside the outcome
    questions.score(winner, steps)        at the end: how many were right
    questions.Quiz("quizzes/02.md")       questions with a word on every answer

Nobody has to answer; what is revealed and scored follows an answer that comes later.
Answers are kept in these objects, whose `text` says them, and in the learner's record
(classroom/record.py), from which they come back.
A page without a kernel has the texts, and web/questions.js, which says the same.

In JupyterLab, Tab goes from option to option and Space chooses: the arrows are its own.
"""

import json
import re
from contextlib import suppress
from gettext import gettext as _
from html import escape
from math import inf, sqrt
from pathlib import Path

import ipywidgets as widgets
from traitlets import TraitError

from classroom import record

_STYLE = """<style>
.question { padding-left: 4px; margin-bottom: 1em }
.question .widget-radio, .question .widget-html { width: auto; max-width: 50em }
.question .widget-html-content { line-height: 1.4 }
.question .widget-radio-box label { height: auto; line-height: 1.4; padding: 3px 0;
  display: flex; flex-direction: row-reverse; justify-content: flex-end }
.question .widget-radio-box input { flex: none; height: 1.4em }
.question .widget-radio-box-horizontal label { margin-right: 2em }
.question :focus-visible { outline: 3px solid #D55E00 }
</style>"""

# The edge of a reply has a colour too, for those who see it; the mark says the same.
_EDGES = {"✓": "#009E73", "✗": "#D55E00"}


def _mark(right):
    """Return how a reply to an answer begins."""
    return _("✓ Right:") if right else _("✗ Not quite:")


class _Readable:
    """A widget that is its `text` where no widget runs.

    data    what a page's script needs to bring the text to life
    """

    data = None

    @property
    def html(self):
        """What is shown where no widget runs."""
        data = escape(json.dumps(self.data, ensure_ascii=False), quote=True)
        return f'<div class="asked" data-asked="{data}">{self._readable()}</div>'

    def _readable(self):
        return f'<p style="white-space: pre-line">{escape(self.text)}</p>'

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs)
        return data | {"text/plain": self.text, "text/html": self.html}


class _Reply(_Readable, widgets.HTML):
    """What `say()` returns, said anew whenever one of the controls changes."""

    text = property(lambda self: self.say())

    def __init__(self, say, controls, data):
        super().__init__()
        self.say, self.data = say, data
        for control in controls:
            control.observe(self._update, "value")
        self._update()

    def _update(self, _change=None):
        edge = _EDGES.get(self.text[:1], "gray")
        style = f"border-left: 4px solid {edge}; padding-left: 8px; line-height: 1.4"
        said = f'<div role="status" style="{style}">{escape(self.text)}</div>'
        self.value = said if self.text else ""


class _Question(_Readable, widgets.VBox):
    """A question, the control that answers it, and a reply that follows the answer."""

    def __init__(self, question, control, *more):
        self.question, self.control = question, control
        asked = widgets.HTML(f"{_STYLE}<b>{escape(question)}</b>")
        super().__init__([asked, control, _Reply(self._reply, [control], {}), *more])
        self.add_class("question")

    @property
    def text(self):
        """The question, its options with the chosen one marked, and the reply."""
        given = self.control.value
        options = getattr(self.control, "options", [given] if given else [])
        lines = [f"{'●' if option == given else '○'} {option}" for option in options]
        return "\n".join([self.question, *lines, self._reply()]).strip()


class Prediction(_Question):
    """A question before an experiment, which then gives the outcome.

    options   what can be chosen; without them the answer is a positive number ...
    within    ... which is right if it is off by at most this factor
    """

    def __init__(self, question, options=(), within=2):
        self.options, self.within = [str(option) for option in options], within
        self.outcome = None
        if self.options:
            control, chance = _radio(self.options), 1 / len(self.options)
        else:
            question = _(
                "{question} (A number; off by a factor of {within:g} is still right.)"
            ).format(question=question, within=within)
            control, chance = widgets.Text(description=_("I predict")), 1 / 2
            control.style.description_width = "initial"
            control.continuous_update = False  # or every digit would get a reply
        levels = (
            (_("a guess, {share:.0%}"), chance),
            (_("fairly sure, {share:.0%}"), 0.75),
            (_("certain, {share:.0%}"), 0.95),
        )
        self.sure = _radio([(level.format(share=p), p) for level, p in levels])
        self.sure.description, self.sure.orientation = _("How sure?"), "horizontal"
        question = _("Predict: {question}").format(question=question)
        super().__init__(question, control, self.sure)
        self.data = {
            "predict": self.question,
            "options": self.options,
            "within": within,
            "sure": self.sure.options,
        }
        self.mark = record.mark_of(self.question, self.options, within)
        kept = record.entry("predictions", self.question, self.mark)
        for chosen, what in (control, "answer"), (self.sure, "sure"):
            _restore(chosen, kept.get(what))
            chosen.observe(self._keep, "value")

    def _keep(self, _change=None):
        if self.answer is not None:
            given = {"answer": self.control.value, "sure": self.sure.value}
            given |= {"outcome": self.outcome, "within": self.within}
            record.keep("predictions", self.question, self.mark, **given)

    @property
    def answer(self):
        """The option or the number that was given; None as long as there is none."""
        return self.control.value if self.options else positive(self.control.value)

    @property
    def right(self):
        """Whether the answer is the outcome, or a number near enough."""
        return came_true(self.control.value, self.outcome, self.within)

    def reveal(self, outcome):
        """Return what was predicted beside what came out, an option or a number."""
        given = str(outcome) if self.options else positive(outcome)
        if given is None or (self.options and given not in self.options):
            allowed = ", ".join(self.options) or _("positive numbers")
            said = _("the outcome cannot be {outcome}; allowed: {allowed}.")
            raise ValueError(said.format(outcome=outcome, allowed=allowed))
        self.outcome = given
        self._keep()
        data = {"reveal": self.question, "outcome": given, "came": self._came()}
        return _Reply(self._verdict, [self.control], data)

    def _came(self):
        return self.outcome if self.options else f"{self.outcome:.4g}"

    def _verdict(self):
        if self.answer is None:
            return _("The answer is {came}.").format(came=self._came())
        fields = {"mark": _mark(self.right), "answer": self.control.value}
        fields["came"] = self._came()
        if self.options:
            said = _("{mark} you said {answer}; it was {came}.")
        else:
            said = _(
                "{mark} you said {answer}; it was {came}, off by a factor of {off}."
            )
            fields["off"] = f"{_factor(self.answer, self.outcome):.3g}"
        return said.format(**fields)

    def _reply(self):
        if self.answer is not None or not self.control.value:
            return ""
        said = _("'{given}' is no positive number: write 0.02 or 2e-2.")
        return said.format(given=self.control.value)


def came_true(answer, outcome, within=2):
    """Say whether an answer is the outcome, or a number near enough to it."""
    if not isinstance(outcome, int | float):
        return answer == outcome
    number = positive(answer)
    return number is not None and _factor(number, outcome) <= within


def _radio(options):
    return widgets.RadioButtons(options=options, value=None)


def _restore(control, value):
    """Put a control where the reader left it; what it does not have is left out."""
    with suppress(TraitError):
        control.value = value


def positive(text):
    """Return the positive, finite number that a text is, or None."""
    try:
        return float(text) if 0 < float(text) < inf else None
    except (TypeError, ValueError):
        return None


def _factor(a, b):
    return max(a / b, b / a)


def score(*predictions):
    """Return how many predictions were right, and whether the reader was too sure."""

    def count():
        for prediction in predictions:
            if prediction.outcome is None:
                said = _("“{question}”: first run the cell that reveals it.")
                return said.format(question=prediction.question)
        made = [p for p in predictions if p.answer is not None]
        if not made:
            return _("You made no prediction. Make one: this line follows.")
        said = _("Predictions right: {right} of {made}.")
        said = said.format(right=sum(p.right for p in made), made=len(made))
        return said + calibration([(p.right, p.sure.value) for p in made])

    controls = [c for p in predictions for c in (p.control, p.sure)]
    return _Reply(count, controls, {"score": [p.question for p in predictions]})


def calibration(predictions):
    """Hold how many are right against how many should be: within one σ is fine.

    predictions: [(whether it came true, how sure the reader was, or None), ...]
    """
    predictions = [(right, sure) for right, sure in predictions if sure]
    if not predictions:
        return ""
    right = sum(right for right, _sure in predictions)
    chances = [sure for _right, sure in predictions]
    expected, spread = sum(chances), sqrt(sum(c * (1 - c) for c in chances))
    advice = _("you are too sure") if right < expected else _("you can be surer")
    if abs(right - expected) <= spread:
        advice = _("well judged")
    said = _(
        " As sure as you were, {expected} ± {spread} of {all} should come true; "
        "{right} did: {advice}."
    )
    numbers = {"expected": f"{expected:.2g}", "spread": f"{spread:.2g}"}
    return said.format(**numbers, all=len(chances), right=right, advice=advice)


class Quiz(_Readable, widgets.VBox):
    """Questions read from a text file, with an explanation for each option."""

    def __init__(self, path):
        self.questions = [
            _Explained(f"{k}. {question}", options, right)
            for k, (question, options, right) in enumerate(read_quiz(path), 1)
        ]
        controls = [question.control for question in self.questions]
        super().__init__([*self.questions, _Reply(self._tally, controls, {})])
        self.data = {"quiz": [[q.question, q.options, q.right] for q in self.questions]}

    @property
    def text(self):
        """The questions and options; what was chosen is marked and explained."""
        return "\n\n".join(question.text for question in self.questions)

    def _readable(self):
        """The questions, each option with its explanation folded under it."""
        return "".join(question.unfolding() for question in self.questions)

    def _tally(self):
        firsts = [q.chosen[0] == q.right for q in self.questions if q.chosen]
        said = _("{done} of {all} answered, {right} right at once.")
        asked = len(self.questions)
        return said.format(done=len(firsts), all=asked, right=sum(firsts))


class _Explained(_Question):
    """A question of a quiz: `{option: explanation}`, and which of them is right."""

    def __init__(self, question, options, right):
        self.options, self.right = options, right
        self.key = key_of(question)
        self.mark = record.mark_of(self.key, list(options), right)
        control, kept = _radio(list(options)), record.entry("quiz", self.key, self.mark)
        _restore(control, kept.get("answer"))
        self.chosen = [kept["first"]] if "first" in kept else []
        super().__init__(question, control)
        control.observe(self._keep, "value")

    def _keep(self, change):
        self.chosen.append(change.new)
        given = {"first": self.chosen[0], "answer": change.new, "right": self.right}
        record.keep("quiz", self.key, self.mark, **given)

    def unfolding(self):
        """The question, and its options to unfold, as HTML."""
        answers = "".join(
            f"<details><summary>{escape(option)}</summary>\n"
            f"<p>{escape(self._explain(option))}</p></details>"
            for option in self.options
        )
        return f"<p><b>{escape(self.question)}</b></p>{answers}\n"

    def _reply(self):
        chosen = self.control.value
        return "" if chosen is None else self._explain(chosen)

    def _explain(self, option):
        return f"{_mark(option == self.right)} {self.options[option]}"


def key_of(question):
    """Return a question of a quiz without its number, which may change."""
    return re.sub(r"^\d+\. ", "", question)


def read_quiz(path):
    """Return `[(question, {option: explanation}, right option), ...]` from a text file.

    ## A question, and under it two options or more, of which one is right
    - [ ] an option — why one would think so, and why it is not so
    - [x] the right option — why it is
    """
    quiz = []

    def refuse(number, remedy):
        raise ValueError(f"{path}, line {number}: {remedy}.")

    for number, line in enumerate(Path(path).read_text("utf-8").splitlines(), 1):
        option = re.fullmatch(r"- \[([ x])\] (.+?) — (.+)", line)
        if "$" in line:
            refuse(number, "formulas are not typeset here; write η, β₁, √v")
        elif line.startswith("## "):
            quiz.append((number, line[3:], {}, []))
        elif option and quiz:
            (mark, said, why), (*_asked, options, right) = option.groups(), quiz[-1]
            if said in options:
                refuse(number, f"“{said}” is there already; write another option")
            options[said] = why
            right += [said] if mark == "x" else []
        elif line:
            refuse(number, "write “## question”, then “- [ ] option — explanation”")
    if not quiz:
        refuse(1, "there is no question; write “## question”")
    for number, question, options, right in quiz:
        if len(options) < 2 or len(right) != 1:
            refuse(number, f"“{question}” needs two options or more, one of them [x]")
    return [(question, options, *right) for _at, question, options, right in quiz]
