"""What is right, how far off it is, and what a reader is told of it.

A page without a kernel has the same rules, function by function, in rules.js; one table
of cases tries both (tests/classroom/test_rules.py).  Both say SENTENCES.

An entry is what record.py keeps of a prediction: {"answer": a text, "sure": a share,
"outcome": a text or a number, "within": the factor by which a number may be off}.
"""

import json
import re
from decimal import ROUND_HALF_UP, Context
from gettext import gettext as _
from math import inf, sqrt
from pathlib import Path

_SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
NUMBER = re.compile(r"(?i)\s*\+?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?\s*")
SENTENCES = {
    "right": "✓ Right:",
    "wrong": "✗ Not quite:",
    "not_number": "'{given}' is no positive number: write 0.02 or 2e-2.",
    "how_sure": "How sure?",
    "outcome": "The answer is {came}.",
    "verdict": "you said {answer}; it was {came}.",
    "verdict_number": "you said {answer}; it was {came}, off by a factor of {off}.",
    "no_prediction": "You made no prediction. Make one: this line follows.",
    "score": "Predictions right: {right} of {made}.",
    "calibration": (
        " As sure as you were, {expected} ± {spread} of {all} should come true; "
        "{right} did: {advice}."
    ),
    "too_sure": "you are too sure",
    "surer": "you can be surer",
    "well_judged": "well judged",
    "tally": "{done} of {all} answered, {right} right at once.",
    "sheet": (
        "{done} of {all} answered. They are kept, and nobody is told more; if your "
        "teacher asks for them: {form}, {letters}"
    ),
    # Lines to be put in order: puzzles.py.
    "press": (
        "Press the lines in their order; press one again to take it out. {wrong} of "
        "the {all} are mistakes, and belong nowhere."
    ),
    "placed": "Line {number}: {line} ({done} of {all})",
    "out": "Taken out: {line} ({done} of {all})",
    "full": "All {all} places are taken: first take a line out.",
    "line": "line {number}, “{line}”: {why}",
    "asks": "it asks for {what}, which is not there yet.",
    "in_order": "each line finds what it asks for.",
    "returning": "Before you begin: three questions on earlier notebooks, two minutes.",
    # How far one is: progress.js.
    "done": "done",
    "open": "open",
    "new": "not begun",
    "predictions": "{made} of {there} predictions",
    "quiz": "{made} of {there} quiz questions",
    "exercises": "{made} of {there} exercises",
    "exercises_elsewhere": "{there} exercises, for a notebook that runs",
    "course": "Over the whole course: {sure}% sure, {right}% right.",
    "again": "Look again at:",
    "changed": "changed since you answered",
    "prediction_again": "you said {answer}; it was {outcome}",
    "quiz_again": "you said {answer}",
    "gone": "Kept, though the course no longer asks it: {names}.",
    # Where no widget can be: asked.js.
    "empty": (
        "Nothing is kept yet. Begin with 00: predict, move the sliders, look; answer "
        "the quiz at the end of each notebook. What you answer is counted here."
    ),
    "forget": "Forget all",
    "really_forget": "Forget all that you answered in this browser?",
    "forgotten": "All is forgotten.",
    "closed": "This browser keeps nothing of what you answer.",
    "hands_for": "Hands for {option}",
    "hands": "Hands: {hands}. ",
    "save": "Save the votes",
    "save_record": "Save it as a file",
    "unfold": "If your teacher asks you to: {count} questions",
    "sitting": "A quarter of an hour, no grade, and a blank is better than a guess. "
    "What is right is not told: your teacher asks again after the course.",
    "clear": "Clear the votes",
    "really_clear": "Clear the votes on all slides? Save them first.",
}


def say(name, **fields):
    """Return one of SENTENCES, in the reader's language, with its fields."""
    return _(SENTENCES[name]).format(**fields)


def script(*sources):
    """Return rules.js and other scripts as one, with SENTENCES in the language."""
    sentences = {name: _(sentence) for name, sentence in SENTENCES.items()}
    table = f"const SENTENCES = {json.dumps(sentences, ensure_ascii=False)};"
    return "\n".join(["(() => {", table, _SCRIPT, *sources, "})()"])


def positive(value):
    """Return the positive, finite number that a text or a number is, or None."""
    number = float(value) if NUMBER.fullmatch(str(value)) else 0
    return number if 0 < number < inf else None


def short(value, digits):
    """Return a number in a few digits: 2.25 in two is 2.3; no exponent if large."""
    rounded = Context(digits, ROUND_HALF_UP).create_decimal(value)
    return f"{float(rounded):.15g}"


def is_made(entry):
    """Say whether there is an answer; to a number only a positive number is one."""
    if isinstance(entry["outcome"], int | float):
        return positive(entry["answer"]) is not None
    return entry["answer"] is not None


def is_right(entry):
    """Say whether the answer is the outcome, or a number near enough to it."""
    if not isinstance(entry["outcome"], int | float):
        return entry["answer"] == entry["outcome"]
    return is_made(entry) and _off(entry) <= entry["within"]


def _off(entry):
    """Return the factor by which a number is off."""
    number, outcome = positive(entry["answer"]), entry["outcome"]
    return max(number / outcome, outcome / number)


def reply(right, words):
    """Return what is told of an answer, its mark first."""
    return f"{say('right' if right else 'wrong')} {words}"


def verdict(entry, came):
    """Return what was predicted beside what came out, which is written `came`."""
    if not is_made(entry):
        return say("outcome", came=came)
    words = say("verdict", answer=entry["answer"], came=came)
    if not isinstance(entry["outcome"], str):
        off = short(_off(entry), 3)
        words = say("verdict_number", answer=entry["answer"], came=came, off=off)
    return reply(is_right(entry), words)


def score(entries):
    """Return how many predictions were right, and whether the reader was too sure."""
    answers = [entry for entry in entries if is_made(entry)]
    if not answers:
        return say("no_prediction")
    right = sum(map(is_right, answers))
    return say("score", right=right, made=len(answers)) + calibration(answers)


def calibration(entries):
    """Hold how many are right against how many should be: within one σ is fine."""
    answers = [entry for entry in entries if entry["sure"]]
    if not answers:
        return ""
    right, chances = sum(map(is_right, answers)), [entry["sure"] for entry in answers]
    expected, spread = sum(chances), sqrt(sum(p * (1 - p) for p in chances))
    advice = "too_sure" if right < expected else "surer"
    if abs(right - expected) <= spread:
        advice = "well_judged"
    numbers = {"expected": short(expected, 2), "spread": short(spread, 2)}
    numbers |= {"right": right, "all": len(answers)}
    return say("calibration", **numbers, advice=say(advice))


def tally(entries):
    """Return how many questions of a quiz are answered, and how many right at once.

    entries: a {"first": the first answer or None, "right"} for each question
    """
    firsts = [entry for entry in entries if entry["first"] is not None]
    right = sum(entry["first"] == entry["right"] for entry in firsts)
    return say("tally", done=len(firsts), all=len(entries), right=right)


def sheet(form, answers):
    """Return how many items of an inventory are answered, and which letters were.

    answers: for each item the option, from 0, or None
    """
    letters = "".join("-" if k is None else "ABCD"[k] for k in answers)
    done = len(answers) - answers.count(None)
    return say("sheet", done=done, all=len(answers), form=form, letters=letters)


def put(places, line):
    """Return places with a line in the first free one, or taken out of its own."""
    if line not in places and None in places:
        free = places.index(None)
        return [*places[:free], line, *places[free + 1 :]]
    return [None if place == line else place for place in places]


def ordered(lines, places, pressed):
    """Return what is told of lines put in order: once all are there, the first fault.

    Any order is right in which each line finds above it what it needs.

    lines     a {"line", "needs", "gives"} for each, or {"line", "why"} of a mistake
    places    which line stands in each place, from 0, or None
    pressed   the line that was pressed last
    """
    done = {"done": len(places) - places.count(None), "all": len(places)}
    text = lines[pressed]["line"]
    if pressed not in places:
        return say("out" if None in places else "full", line=text, **done)
    if None in places:
        return say("placed", number=places.index(pressed) + 1, line=text, **done)
    there = set()
    for number, line in enumerate((lines[place] for place in places), 1):
        why = line.get("why", "")
        for name in line.get("needs", ()):
            if name not in there:
                why = why or say("asks", what=name)
        if why:
            words = say("line", number=number, line=line["line"], why=why)
            return reply(False, words)
        there.add(line["gives"])
    return reply(True, say("in_order"))


def returning(quizzes):
    """Return which three questions of earlier quizzes come back, `[[quiz, question]]`.

    First those whose last answer was wrong, then those whose first was, then a fixed
    set, of one, two and four notebooks ago; each in turns over quizzes, the last first.

    quizzes: for each a list of its questions' entries, {} for one without an answer
    """
    last, chosen, fixed = len(quizzes), [], []
    for k, back in enumerate((1, 2, 4)):
        quiz = last - min(back, last)
        fixed.append([quiz, (2 * k + last) % len(quizzes[quiz])])  # another each time

    def order(place):
        quiz, question = place
        entry = quizzes[quiz][question]
        allowed = None, entry.get("right")
        fails = [entry.get(which) not in allowed for which in ("answer", "first")]
        rank = [*fails, place in fixed, True].index(True)
        return rank, [number for number, _ in chosen].count(quiz), -quiz, question

    left = [[q, k] for q, quiz in enumerate(quizzes) for k in range(len(quiz))]
    while left and len(chosen) < 3:
        chosen.append(min(left, key=order))
        left.remove(chosen[-1])
    return chosen
