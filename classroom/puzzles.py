"""Lines to be put in order: a step of a method, or a derivation.

    puzzles.Lines("quizzes/05.md")    the lines that stand at the end of a quiz's file

Each line is a button: pressed, it takes the first free place; pressed again, it leaves
it.  So a finger, a mouse, the keyboard and a screen reader do the same, without a
library that drags.  What is right, and what is told, is in rules.py, and on a page in
rules.js; lines.js shows it there.  Nothing is kept: below stands the answer.
"""

import re
from html import escape
from pathlib import Path

import ipywidgets as widgets

from classroom import rules
from classroom.questions import _STYLE, _Readable, _Reply


class Lines(_Readable, widgets.VBox):
    """Lines to be put in order; which is the first that cannot stand where it does."""

    def __init__(self, path):
        self.question, self.lines = read_lines(path)
        wrong = sum("why" in line for line in self.lines)
        self.places, self.told = [None] * (len(self.lines) - wrong), ""
        self.how = rules.say("press", wrong=wrong, all=len(self.lines))
        self.buttons = [widgets.Button() for _line in self.lines]
        for k, button in enumerate(self.buttons):
            button.on_click(lambda _button, k=k: self.press(k))
        self.order, self.reply = widgets.HTML(), _Reply(lambda: self.told, [], {})
        title = f"{_STYLE}<b>{escape(self.question)}</b><br>{escape(self.how)}"
        super().__init__([widgets.HTML(title), *self.buttons, self.order, self.reply])
        self.add_class("question")
        self.data = {"lines": self.question, "how": self.how, "given": self.lines}
        self._draw()

    @property
    def text(self):
        """The question, and the lines as they are given."""
        lines = [f"○ {line['line']}" for line in self.lines]
        return "\n".join([self.question, self.how, *lines])

    def press(self, line):
        """Put a line, counted from 0, into the first free place, or take it out."""
        self.places = rules.put(self.places, line)
        self.told = rules.ordered(self.lines, self.places, line)
        self._draw()

    def _draw(self):
        for k, (button, line) in enumerate(zip(self.buttons, self.lines, strict=True)):
            is_there = k in self.places
            number = f"{self.places.index(k) + 1}. " if is_there else ""
            button.description = number + line["line"]
            (button.add_class if is_there else button.remove_class)("placed")
        texts = ["…" if k is None else self.lines[k]["line"] for k in self.places]
        items = "".join(f"<li>{escape(text)}</li>" for text in texts)
        self.order.value = f"<ol>{items}</ol>"
        self.reply._update()


def read_lines(path):
    """Return the question and the lines at the end of a quiz's file; ValueError.

    # What to put in order, after the quiz
    - [→] a line — what it needs, and more → what it gives
    - [ ] a mistake — why it is one
    """
    *_quiz, text = Path(path).read_text("utf-8").rpartition("\n# ")
    question, *rest = text.splitlines()
    lines = []
    for given in filter(None, rest):
        choice = re.fullmatch(r"- \[([ →])\] (.+?) — (.+)", given)
        if not choice:
            remedy = "write “- [→] line — needs → gives”, or “- [ ] line — why not”"
            raise ValueError(f"{path}, {given}: {remedy}.")
        mark, line, why = choice.groups()
        needs, _arrow, gives = (part.strip() for part in why.rpartition("→"))
        needs = re.split(r",\s*", needs) if needs else []
        facts = {"why": why} if mark == " " else {"needs": needs, "gives": gives}
        lines.append({"line": line, **facts})
    names = {line["gives"] for line in lines if "gives" in line}
    for line in lines:
        for name in {*line.get("needs", ())} - names:
            remedy = f"no line gives “{name}”; name it as the line does that gives it"
            raise ValueError(f"{path}, {line['line']}: {remedy}.")
    return question, lines
