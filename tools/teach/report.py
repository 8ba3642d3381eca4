"""What the class got wrong, on one page: python -m tools.teach.report FOLDER.

Reads FOLDER/grades.json, or where nothing was graded the records that lie there, and
the votes that were saved on slides, if they are named; writes report.html there: what
to repeat, exercise by exercise the mistakes by number, what the class bet beside what
came, how sure it was; what the inventory measured, from hand-ins or a table
(--inventory; tools/teach/inventory.py).  No names.
"""

import argparse
import ast
import io
import json
import os
import re
from collections import Counter, defaultdict
from contextlib import suppress
from functools import cache
from gettext import gettext as _
from pathlib import Path
from statistics import median

import matplotlib
import matplotlib.pyplot as plt
import nbformat
from markupsafe import Markup

from classroom.questions import Prediction
from classroom.rules import is_right, positive
from tools.course import NOTEBOOKS, SITE, anchor
from tools.teach import formulas, inventory
from tools.teach.homework import demand_language
from tools.teach.judge import text as line_of
from tools.teach.reading import parsed
from tools.teach.students.cells import tree
from tools.teach.templates import text_of

REPEAT = 5
FAR = 1e12  # a number that no axis holds is forged
SHOWN = 4  # mistakes of one exercise
PROBLEM = "problem {}"
NAMELESS = "an error", "a mistake without a name", "an endless loop"


# Counting


def tally(grades):
    """Return {(notebook, name): {"right", "wrong", "none", "mistakes": Counter}}."""
    tallies = {}
    for student in grades["students"]:
        for name, result in student["results"].items():
            if "problem" in result:  # an exercise may have the same name
                name = PROBLEM.format(result["problem"])
            counts = {"right": 0, "wrong": 0, "none": 0, "mistakes": Counter()}
            numbers = tallies.setdefault((student["homework"], name), counts)
            if result["right"]:
                numbers["right"] += 1
            elif not result["mistakes"]:
                numbers["none"] += 1
            else:
                numbers["wrong"] += 1
                numbers["mistakes"].update(set(result["mistakes"]))
    return dict(sorted(tallies.items(), key=lambda item: item[0][0]))


def to_repeat(counts):
    """Return [(number of students, mistake, key), ...]: what most got wrong."""
    nameless = tuple(map(_, NAMELESS))
    rows = [
        (number, mistake, key)
        for key, result in counts.items()
        for mistake, number in result["mistakes"].items()
        if not mistake.startswith(nameless)
    ]
    return sorted(rows, key=lambda row: -row[0])[:REPEAT]


def predictions(grades):
    """Return {question: {"answers": [(answer, how sure)], "truth", "within"}}."""
    questions = {}
    for student in grades["students"]:
        for question, entry in _entries(student.get("record", {}).get("predictions")):
            answer, outcome = (
                value if isinstance(value, int | float) else line_of(value or "", 200)
                for value in (entry.get("answer"), entry.get("outcome"))
            )
            sizes = [positive(value) or 1 for value in (answer, outcome)]
            if "" in (answer, outcome) or max(sizes) > FAR or min(sizes) < 1 / FAR:
                continue
            empty = {"answers": [], "outcomes": [], "within": asked()[question]}
            prediction = questions.setdefault(question, empty)
            prediction["answers"].append((answer, _share(entry.get("sure"))))
            prediction["outcomes"].append(outcome)
    for prediction in questions.values():  # one forged record does not change the truth
        outcomes = prediction.pop("outcomes")
        numbers = [n for n in map(positive, outcomes) if n is not None]
        most = Counter(map(str, outcomes)).most_common(1)[0][0]
        is_number = 2 * len(numbers) > len(outcomes)
        prediction["truth"] = median(numbers) if is_number else most
    questions = sorted(questions.items(), key=lambda item: -len(item[1]["answers"]))
    return dict(questions)


@cache
def asked():
    """Return {question of the course, as a record has it: within which factor}."""
    found = []
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            code = cell.source if cell.cell_type == "code" else ""
            for node in ast.walk(tree(code)):
                if getattr(getattr(node, "func", None), "attr", "") == "Prediction":
                    more = {k.arg: ast.literal_eval(k.value) for k in node.keywords}
                    options = ["a", "b"] if node.args[1:] else []
                    found.append(Prediction(node.args[0].value, options, **more))
    return {prediction.question: prediction.within for prediction in found}


def _entries(record):
    """Yield (question, entry) of a record's predictions that the course asks for."""
    for question, entry in record.items() if isinstance(record, dict) else ():
        if isinstance(entry, dict) and question in asked():
            yield question, entry


def _share(value):
    number = positive(value)
    return number if number is not None and number <= 1 else None


def calibration(questions):
    """Return [(how sure, share that was right, how many), ...] over all predictions."""
    groups = defaultdict(list)
    for prediction in questions.values():
        for answer, sure in prediction["answers"]:
            if sure:
                groups[sure].append(_is_right(answer, prediction))
    return [(s, sum(g) / len(g), len(g)) for s, g in sorted(groups.items())]


def _is_right(answer, prediction):
    truth, within = prediction["truth"], prediction["within"]
    return is_right({"answer": answer, "outcome": truth, "within": within})


def votes(path):
    """Return [(question, {option: how many}, what came), ...] as saved on slides."""
    saved = json.loads(path.read_text("utf-8"))
    came = saved.get("came", {})
    return [
        (question, hands, came.get(question, {}).get("outcome", ""))
        for question, hands in saved["votes"].items()
    ]


def bare_records(folder):
    """Return students of whom there is my-record.json alone, here or in a subfolder."""
    students = []
    for path in sorted(folder.rglob("*record*.json")):
        with suppress(OSError, ValueError):
            record = parsed(path.read_bytes())
            if isinstance(record, dict):
                students.append({"file": str(path), "record": record, "results": {}})
    return students


# Where it is taught


def places(homework):
    """Return {(notebook, name): (title, where it is taught, address on the site)}.

    A problem is taught below the last heading of its cell; an exercise stands in the
    section that its cell begins.
    """
    sections = {}
    for path in NOTEBOOKS:
        file = Path(homework) / "teacher" / f"{path.stem[:2]}.json"
        if not file.is_file():
            continue
        key, heads, at = json.loads(file.read_text("utf-8")), [""], {}
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                heads = re.findall(r"(?m)^#{1,3} (.+)$", cell.source) or heads[-1:]
            at[cell.id] = heads
        tasks = [(task, task["name"], 0) for task in key["exercises"]]
        for variant in key["variants"]:
            tasks += [(task, PROBLEM.format(task["name"]), -1) for task in variant]
        for task, name, place in tasks:
            heading = at.get(task["cell"], [""])[place]
            page = f"notebooks/{path.stem}.html#{anchor(heading)}"
            title = re.split(r" · \d+ min", heading)[0]
            sections[key["number"], name] = task["title"], title, page
    return sections


# Pictures


def _picture(fig, words):
    """Return a figure as HTML, with its words for who does not see it."""
    file = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "report", "svg.fonttype": "path"}):
        fig.savefig(file, format="svg", metadata={"Date": None})
    plt.close(fig)
    return formulas.picture(file, words)


def _row(question, prediction):
    """Return a row: a question, the class's answers, the truth, how many are right."""
    truth = prediction["truth"]
    answers = [answer for answer, _sure in prediction["answers"]]
    right = sum(_is_right(answer, prediction) for answer in answers)
    share = _("{right} of {all}").format(right=right, all=len(answers))
    if isinstance(truth, str):
        counts = Counter(map(str, answers)).most_common()
        summary = ", ".join(f"{option}: {n}" for option, n in counts)
        return question, summary, "", truth, share
    numbers = sorted(n for n in map(positive, answers) if n) or [truth]
    fig, ax = plt.subplots(figsize=(2.4, 0.5), layout="constrained")
    ax.plot(numbers, [0] * len(numbers), "|", color="black", markersize=9)
    ax.plot([truth], [0], "D", color="#D55E00", markersize=6)
    ax.set(xscale="log", yticks=[])
    ax.tick_params(labelsize=6, which="both")
    sentence = _("median {median:.3g}, {low:.3g} to {high:.3g}")
    ends = {"low": numbers[0], "high": numbers[-1]}
    summary, truth = sentence.format(median=median(numbers), **ends), f"{truth:.3g}"
    words = _("Answers of the class, {answers}; the truth, {truth}")
    picture = _picture(fig, words.format(answers=summary, truth=truth))
    return question, summary, picture, truth, share


def _vote(question, hands, truth):
    """Return a row: a question, the hands for each option, what came, who had it."""
    summary = ", ".join(f"{option}: {n:g}" for option, n in hands.items())
    share = _("{right} of {all}").format(
        right=hands.get(truth, 0), all=sum(hands.values())
    )
    return question, summary, truth, share if truth else ""


# The page


def page(grades, cast=(), site="", records=()):
    """Return the report as HTML; a hand-in counts once it is decided whose it is."""
    decided = [s for s in grades["students"] if not s.get("doubt")]
    grades = grades | {"students": decided}
    counts, questions = tally(grades), predictions(grades)
    where = places(grades["homework"])
    about = {key: _about(key, where.get(key), site) for key in counts}
    sentence = _("{sure:.0f}% sure, {right:.0f}% right ({count} answers)")
    sure = "; ".join(
        sentence.format(sure=100 * s, right=100 * r, count=n)
        for s, r, n in calibration(questions)
    )
    again = [_again(n, why, **about[key]) for n, why, key in to_repeat(counts)]
    return text_of(
        "report.html", summary=_summary(grades, counts), sure=sure,
        votes=[_vote(*vote) for vote in cast],
        again=again, tasks=[about[key] | result for key, result in counts.items()],
        predictions=[_row(*question) for question in questions.items()],
        inventory=_inventory(inventory.records_of(grades["students"]) | dict(records)),
        shown=SHOWN, drawn=formulas.with_pictures,
    )  # fmt: skip


def _about(key, place, site):
    """Return the title of an exercise or problem, and a link to where it is taught."""
    number, name = key
    if not place:
        return {"title": name.replace("_", " "), "link": number}
    title, heading, address = place
    link = Markup('<a href="{}">{}, {}</a>').format(site + address, number, heading)
    return {"title": title, "link": link}


def _summary(grades, counts):
    """Return how many sheets there are, and how many of their answers are right."""
    if not grades["homework"]:
        return _("Records: {count}.").format(count=len(grades["students"]))
    sheets = sum(bool(student["results"]) for student in grades["students"])
    other = len(grades["students"]) - sheets
    right, wrong, none = (
        sum(result[kind] for result in counts.values())
        for kind in ("right", "wrong", "none")
    )
    sentence = _("Sheets: {sheets}. Answers right: {right} of {all}.")
    if other:
        sentence = _(
            "Sheets: {sheets}. Answers right: {right} of {all}. Unreadable: {other}."
        )
    count = right + wrong + none
    return sentence.format(sheets=sheets, right=right, all=count, other=other)


def _again(number, mistake, title, link):
    """Return what is to be repeated, as HTML: how many did what, in what, and where."""
    sentence = _("<b>{number} student</b>, {name}: {mistake} Show again: {link}")
    if number > 1:
        sentence = _("<b>{number} students</b>, {name}: {mistake} Show again: {link}")
    mistake += "" if mistake.endswith("?") else "."
    fields = {"mistake": formulas.with_pictures(mistake), "link": link}
    return Markup(sentence).format(number=number, name=title, **fields)


def _inventory(records):
    """Return what the page says of the inventory: gains, the table; {} if nothing."""
    sittings = {when: inventory.sittings(records, when) for when in inventory.WHEN}
    if not any(sittings.values()):
        return {}
    names = {"before": _("before"), "after": _("after"), "later": _("later")}
    gains = []
    for pair in ("before", "after"), ("after", "later"), ("before", "later"):
        first, last = (sittings[when] for when in pair)
        if students := sorted(first.keys() & last.keys()):
            both = ({n: sitting[n] for n in students} for sitting in (first, last))
            gains.append(_gain(*(names[when] for when in pair), *both))
    heads = [_("idea"), *names.values(), "r", "", _("what was believed")]
    marks = [inventory.right(sitting) for sitting in sittings.values()]
    shares = [m.mean(axis=0) if len(m) else None for m in marks]
    quality = inventory.quality(sittings.values())
    rows = []
    for k, item in enumerate(inventory.key()):
        row = [f"{k + 1}. {item['idea']}"]
        for share in shares:
            sentence = _("{share:.0f}%")
            row.append("" if share is None else sentence.format(share=100 * share[k]))
        row.append(
            ", ".join(f"{form}: {r[k]:.2f}" for form, (r, _s) in quality.items())
        )
        odd = [form for form, (_r, items) in quality.items() if k in items]
        row.append(_("key? {forms}").format(forms=", ".join(odd)) if odd else "")
        words = {"": _("right"), None: _("nothing")}
        moves = inventory.moves(sittings["before"], sittings["after"], k)
        row.append(
            "; ".join(
                f"{words.get(a, a)} → {words.get(b, b)}: {n}"
                for (a, b), n in moves.most_common(SHOWN)
            )
        )
        rows.append(row)
    return {"gains": gains, "heads": heads, "rows": rows}


def _gain(first, last, before, after):
    """Return what the same students gained between two sittings, in a sentence."""
    a, b = inventory.right(before), inventory.right(after)
    sentence = _(
        "{n} students, {first} and {last}: {a:.1f} and {b:.1f} of {all} right."
    )
    means = {"a": a.sum(axis=1).mean(), "b": b.sum(axis=1).mean(), "all": a.shape[1]}
    sentences = [sentence.format(n=len(a), first=first, last=last, **means)]
    if len(a) < inventory.FEW:
        return sentences[0] + " " + _("They are too few for an interval.")
    mean, half, share = inventory.gain(a, b)
    more = _("Gain: {mean:.1f} ± {half:.1f} (95 %), {share:.0f}% of what was missing.")
    sentences.append(more.format(mean=mean, half=half, share=100 * share))
    if {form for form, _answers in before.values()} != {f for f, _a in after.values()}:
        sentences.append(_("The forms differ: one may be the harder."))
    return " ".join(sentences)


def write(folder, site=None, cast=None, table=None):
    """Write FOLDER/report.html; return its path."""
    folder = Path(folder).resolve()
    if (folder / "grades.json").is_file():
        grades = json.loads((folder / "grades.json").read_text("utf-8"))
        demand_language(Path(grades["homework"]))
    else:
        grades = {"students": bare_records(folder), "homework": ""}
    if not (grades["students"] or cast or table):
        sentence = _(
            "{folder} has neither grades.json nor a record: make grade FOLDER=… first, "
            "or put there each student's my-record.json, in any subfolder."
        )
        raise SystemExit(sentence.format(folder=folder))
    if site is None:
        site = os.path.relpath(SITE, folder) + "/"
    path = folder / "report.html"
    cast = votes(cast) if cast else ()
    table = inventory.records_in(table) if table else {}
    path.write_text(page(grades, cast, site, table), "utf-8", "backslashreplace")
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--site", help="where the course's pages are, for the links")
    parser.add_argument("--votes", type=Path, help="what was saved on slides")
    parser.add_argument("--inventory", type=Path, help="a table typed from paper")
    options = parser.parse_args()
    matplotlib.use("Agg")
    print(write(options.folder, options.site, options.votes, options.inventory))
