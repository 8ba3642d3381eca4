"""What the class got wrong, on one page: python -m tools.teach.report FOLDER.

Reads FOLDER/grades.json, and the votes that were saved on slides, if they are named;
writes report.html there: what to repeat, exercise by exercise the mistakes by number,
the class's predictions beside the truth, how sure it was; what the inventory measured,
from hand-ins or a table (--inventory; tools/teach/inventory.py).  No names.
"""

import argparse
import io
import json
import os
import re
from collections import Counter, defaultdict
from gettext import gettext as _
from html import escape
from pathlib import Path
from statistics import median

import matplotlib
import matplotlib.pyplot as plt
import nbformat

from classroom.rules import is_right, positive
from tools.course import NOTEBOOKS, SITE, anchor
from tools.teach import formulas, inventory
from tools.teach.homework import demand_language

REPEAT = 5
SHOWN = 4  # mistakes of one exercise
ASKED = 60  # predictions: a forged record may hold thousands
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
            kept = tallies.setdefault((student["homework"], name), counts)
            if result["right"]:
                kept["right"] += 1
            elif not result["mistakes"]:
                kept["none"] += 1
            else:
                kept["wrong"] += 1
                kept["mistakes"].update(set(result["mistakes"]))
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
        for question, made in _entries(student.get("record", {}).get("predictions")):
            if made.get("answer") in (None, "") or made.get("outcome") in (None, ""):
                continue
            kept = questions.setdefault(question, {"answers": [], "outcomes": []})
            kept["answers"].append((made["answer"], _share(made.get("sure"))))
            kept["outcomes"].append(made["outcome"])
            kept["within"] = positive(made.get("within")) or 2
    asked = sorted(questions, key=lambda name: -len(questions[name]["answers"]))[:ASKED]
    questions = {question: questions[question] for question in asked}
    for kept in questions.values():  # one forged record does not change the truth
        outcomes = kept.pop("outcomes")
        numbers = [n for n in map(positive, outcomes) if n is not None]
        most = Counter(map(str, outcomes)).most_common(1)[0][0]
        kept["truth"] = median(numbers) if len(numbers) == len(outcomes) else most
    return questions


def _entries(made):
    """Yield (question, entry) of a record's predictions, whatever it is."""
    for question, entry in made.items() if isinstance(made, dict) else ():
        if isinstance(entry, dict):
            yield question[:200], entry


def _share(value):
    number = positive(value)
    return number if number is not None and number <= 1 else None


def calibration(asked):
    """Return [(how sure, share that was right, how many), ...] over all predictions."""
    groups = defaultdict(list)
    for prediction in asked.values():
        for answer, sure in prediction["answers"]:
            if sure:
                groups[sure].append(_is_right(answer, prediction))
    return [(s, sum(g) / len(g), len(g)) for s, g in sorted(groups.items())]


def _is_right(answer, prediction):
    truth, within = prediction["truth"], prediction["within"]
    return is_right({"answer": answer, "outcome": truth, "within": within})


def votes(path):
    """Return {question: {option: how many}} from a record of the class."""
    return json.loads(path.read_text("utf-8"))["votes"]


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
        taught = [(task, task["name"], 0) for task in key["exercises"]]
        for variant in key["variants"]:
            taught += [(task, PROBLEM.format(task["name"]), -1) for task in variant]
        for task, name, which in taught:
            heading = at.get(task["cell"], [""])[which]
            page = f"notebooks/{path.stem}.html#{anchor(heading)}"
            shown = re.split(r" · \d+ min", heading)[0]
            sections[key["number"], name] = task["title"], shown, page
    return sections


# Pictures


def _picture(fig, words):
    """Return a figure as HTML, with its words for who does not see it."""
    file = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "report", "svg.fonttype": "path"}):
        fig.savefig(file, format="svg", metadata={"Date": None})
    plt.close(fig)
    return formulas.picture(file, words)


def _spread(question, prediction):
    """Return a row: a question, the class's answers, the truth."""
    truth = prediction["truth"]
    answers = [answer for answer, _sure in prediction["answers"]]
    right = sum(_is_right(answer, prediction) for answer in answers)
    if isinstance(truth, str):
        given = Counter(map(str, answers)).most_common()
        summary = ", ".join(f"{option}: {n}" for option, n in given)
        shown, picture = truth, ""
    else:
        numbers = sorted(n for n in map(positive, answers) if n) or [truth]
        fig, ax = plt.subplots(figsize=(2.4, 0.5), layout="constrained")
        ax.plot(numbers, [0] * len(numbers), "|", color="black", markersize=9)
        ax.plot([truth], [0], "D", color="#D55E00", markersize=6)
        ax.set(xscale="log", yticks=[])
        ax.tick_params(labelsize=6, which="both")
        summary = _("median {median:.3g}, {low:.3g} to {high:.3g}")
        ends = {"low": numbers[0], "high": numbers[-1]}
        summary, shown = summary.format(median=median(numbers), **ends), f"{truth:.3g}"
        words = _("Answers of the class, {answers}; the truth, {truth}")
        picture = _picture(fig, words.format(answers=summary, truth=shown))
    cells = [escape(question), escape(summary), picture, escape(shown)]
    cells.append(_("{right} of {all}").format(right=right, all=len(answers)))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


# The page


def page(grades, cast=(), site="", typed=()):
    """Return the report as HTML."""
    counts, asked = tally(grades), predictions(grades)
    where, rows = places(grades["homework"]), to_repeat(counts)
    titles = {key: where.get(key, [key[1].replace("_", " ")])[0] for key in counts}

    def link(key):
        if key not in where:
            return escape(key[0])
        _title, heading, address = where[key]
        label = escape(f"{key[0]}, {heading}")
        return f'<a href="{escape(site + address)}">{label}</a>'

    files = sum(bool(student["results"]) for student in grades["students"])
    other = len(grades["students"]) - files
    right = sum(result["right"] for result in counts.values())
    of = sum(
        result["right"] + result["wrong"] + result["none"] for result in counts.values()
    )
    sentence = _("Sheets: {sheets}. Answers right: {right} of {all}.")
    if other:
        sentence = _(
            "Sheets: {sheets}. Answers right: {right} of {all}. Unreadable: {other}."
        )
    sentence = sentence.format(sheets=files, right=right, all=of, other=other)
    parts = [f"<h1>{_('What the class got wrong')}</h1>", f"<p>{sentence}</p>"]
    if rows:
        parts.append(f"<h2>{_('To repeat next time')}</h2><ol>")
        parts += [
            f"<li>{_repeat(number, titles[key], mistake, link(key))}</li>"
            for number, mistake, key in rows
        ]
        parts.append("</ol>")
    if counts:
        parts.append(f"<h2>{_('Exercises and problems')}</h2>")
        parts.append('<div class="columns">')
    for key, result in counts.items():
        most = result["mistakes"].most_common()
        items = [
            f"<li>{n} × {formulas.drawn(mistake)}</li>" for mistake, n in most[:SHOWN]
        ]
        rest = sum(n for _, n in most[SHOWN:])
        if rest:
            other = _("{count} × other mistakes").format(count=rest)
            items.append(f"<li>{other}</li>")
        total = result["right"] + result["wrong"] + result["none"]
        sentence = _("{name}: {right} of {all} right")
        sentence = sentence.format(
            name=escape(titles[key]), right=result["right"], all=total
        )
        bar = f'<meter value="{result["right"]}" max="{total}" aria-hidden="true">'
        parts.append(
            f"<section><h3>{sentence} {bar}</meter></h3>"
            f"<p>{link(key)}</p><ul>{''.join(items)}</ul></section>"
        )
    parts += ["</div>"] * bool(counts)
    parts += _predicted(asked, cast)
    parts += _measured(inventory.handed(grades["students"]) | dict(typed))
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{_("en")}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_('What the class got wrong')}</title><style>{STYLE}</style>\n"
        f"<main>{body}</main></html>"
    )


def _repeat(number, name, mistake, link):
    """Return what is to be repeated, as HTML: how many did what, in what, and where."""
    sentence = _("<b>{number} student</b>, {name}: {mistake} Show again: {link}")
    if number > 1:
        sentence = _("<b>{number} students</b>, {name}: {mistake} Show again: {link}")
    mistake = formulas.drawn(mistake if mistake.endswith("?") else f"{mistake}.")
    return sentence.format(number=number, name=escape(name), mistake=mistake, link=link)


def _predicted(asked, cast):
    """Return the part of the page on predictions and votes."""
    parts = []
    if asked:
        heads = _("question"), _("the class"), "", _("the truth"), _("right")
        head = "".join(f'<th scope="col">{name}</th>' for name in heads)
        rows = "".join(
            _spread(question, prediction) for question, prediction in asked.items()
        )
        parts.append(f"<h2>{_('Predictions')}</h2>")
        parts.append(f"<table><tr>{head}</tr>{rows}</table>")
    if sure := calibration(asked):
        sentence = _("{sure:.0f}% sure, {right:.0f}% right ({count} answers)")
        told = "; ".join(
            sentence.format(sure=100 * s, right=100 * r, count=n) for s, r, n in sure
        )
        parts += [f"<h2>{_('How sure, how right')}</h2>", f"<p>{told}.</p>"]
    if cast:
        parts.append(f"<h2>{_('Votes in class')}</h2><ul>")
        for question, counts in cast.items():
            shares = ", ".join(f"{option}: {n:g}" for option, n in counts.items())
            parts.append(f"<li>{escape(str(question))} {escape(shares)}</li>")
        parts.append("</ul>")
    return parts


def _measured(records):
    """Return the part of the page on the inventory."""
    sat = {when: inventory.chosen(records, when) for when in inventory.WHEN}
    if not any(sat.values()):
        return []
    parts = [f"<h2>{_('The inventory')}</h2>"]
    names = {"before": _("before"), "after": _("after"), "later": _("later")}
    for first, last in ("before", "after"), ("after", "later"), ("before", "later"):
        if both := sorted(sat[first].keys() & sat[last].keys()):
            pair = [{n: sat[when][n] for n in both} for when in (first, last)]
            parts.append(f"<p>{_gained(names[first], names[last], *pair)}</p>")
    heads = _("idea"), *(names[when] for when in sat), "r", "", _("what was believed")
    parts.append("<table><tr>" + "".join(f'<th scope="col">{h}</th>' for h in heads))
    shares = [
        inventory.right(sitting).mean(axis=0) if sitting else None
        for sitting in sat.values()
    ]
    tried = inventory.tried(sat.values())
    for k, item in enumerate(inventory.key()):
        cells = [f"{k + 1}. {item['idea']}"]
        cells += [
            "" if s is None else _("{share:.0f}%").format(share=100 * s[k])
            for s in shares
        ]
        cells.append(
            ", ".join(f"{form}: {r[k]:.2f}" for form, (r, _s) in tried.items())
        )
        odd = [form for form, (_r, items) in tried.items() if k in items]
        cells.append(_("key? {forms}").format(forms=", ".join(odd)) if odd else "")
        moved = inventory.moves(sat["before"], sat["after"], k).most_common(SHOWN)
        words = {"": _("right"), None: _("nothing")}
        went = [
            [words.get(belief, belief) for belief in pair] + [n] for pair, n in moved
        ]
        cells.append("; ".join(f"{a} → {b}: {n}" for a, b, n in went))
        parts.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells))
    return [*parts, "</table>"]


def _gained(first, last, before, after):
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


STYLE = """
body { font: 15px/1.4 sans-serif; max-width: 60em; margin: 1em auto; padding: 0 1em;
  color: #111; background: #fff }
h1 { font-size: 1.5em } h2 { font-size: 1.2em } h3 { font-size: 1em; margin: 0 }
section { break-inside: avoid; margin-bottom: .6em }
section p, section ul { margin: 0 } ul { padding-left: 1.4em }
.columns { columns: 2 24em } img { max-width: 100% }
table { border-collapse: collapse } th { text-align: left }
td, th { border: 1px solid #999; padding: 2px 6px; vertical-align: top }
@page { size: A4; margin: 12mm }
@media print { body { font-size: 9px; margin: 0; padding: 0; max-width: none }
  .columns { columns: 2 } img { max-height: 7cm } }
"""


def write(folder, site=None, cast=None, typed=None):
    """Write FOLDER/report.html; return its path."""
    folder = Path(folder).resolve()
    grades = {"students": [], "homework": ""}
    if not typed or (folder / "grades.json").is_file():
        grades = json.loads((folder / "grades.json").read_text("utf-8"))
        demand_language(Path(grades["homework"]))
    if site is None:
        site = os.path.relpath(SITE, folder) + "/"
    path = folder / "report.html"
    cast = votes(cast) if cast else {}
    typed = inventory.typed(typed) if typed else {}
    path.write_text(page(grades, cast, site, typed), "utf-8", "backslashreplace")
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--site", help="where the course's pages are, for the links")
    parser.add_argument("--votes", type=Path, help="what was saved on slides")
    parser.add_argument("--inventory", type=Path, help="a table typed from paper")
    wanted = parser.parse_args()
    matplotlib.use("Agg")
    print(write(wanted.folder, wanted.site, wanted.votes, wanted.inventory))
