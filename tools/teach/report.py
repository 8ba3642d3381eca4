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
    found = {}
    for one in grades["students"]:
        for name, result in one["results"].items():
            if "problem" in result:  # an exercise may have the same name
                name = PROBLEM.format(result["problem"])
            counts = {"right": 0, "wrong": 0, "none": 0, "mistakes": Counter()}
            kept = found.setdefault((one["homework"], name), counts)
            if result["right"]:
                kept["right"] += 1
            elif not result["mistakes"]:
                kept["none"] += 1
            else:
                kept["wrong"] += 1
                kept["mistakes"].update(set(result["mistakes"]))
    return dict(sorted(found.items(), key=lambda item: item[0][0]))


def to_repeat(counts):
    """Return [(number of students, mistake, key), ...]: what most got wrong."""
    nameless = tuple(map(_, NAMELESS))
    rows = [
        (number, mistake, key)
        for key, one in counts.items()
        for mistake, number in one["mistakes"].items()
        if not mistake.startswith(nameless)
    ]
    return sorted(rows, key=lambda row: -row[0])[:REPEAT]


def predictions(grades):
    """Return {question: {"answers": [(answer, how sure)], "truth", "within"}}."""
    found = {}
    for one in grades["students"]:
        for question, made in _entries(one.get("record", {}).get("predictions")):
            if made.get("answer") in (None, "") or made.get("outcome") in (None, ""):
                continue
            kept = found.setdefault(question, {"answers": [], "outcomes": []})
            kept["answers"].append((made["answer"], _share(made.get("sure"))))
            kept["outcomes"].append(made["outcome"])
            kept["within"] = positive(made.get("within")) or 2
    asked = sorted(found, key=lambda one: -len(found[one]["answers"]))[:ASKED]
    found = {question: found[question] for question in asked}
    for kept in found.values():  # one forged record does not change the truth
        outcomes = kept.pop("outcomes")
        numbers = [n for n in map(positive, outcomes) if n is not None]
        most = Counter(map(str, outcomes)).most_common(1)[0][0]
        kept["truth"] = median(numbers) if len(numbers) == len(outcomes) else most
    return found


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
    for one in asked.values():
        for answer, sure in one["answers"]:
            if sure:
                groups[sure].append(_is_right(answer, one))
    return [(s, sum(g) / len(g), len(g)) for s, g in sorted(groups.items())]


def _is_right(answer, one):
    entry = {"answer": answer, "outcome": one["truth"], "within": one["within"]}
    return is_right(entry)


def votes(path):
    """Return {question: {option: how many}} from a record of the class."""
    return json.loads(path.read_text("utf-8"))["votes"]


# Where it is taught


def places(homework):
    """Return {(notebook, name): (title, where it is taught, address on the site)}.

    A problem is taught below the last heading of its cell; an exercise stands in the
    section that its cell begins.
    """
    found = {}
    for path in NOTEBOOKS:
        file = Path(homework) / "teacher" / f"{path.stem[:2]}.json"
        if not file.is_file():
            continue
        key, heads, at = json.loads(file.read_text("utf-8")), [""], {}
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                heads = re.findall(r"(?m)^#{1,3} (.+)$", cell.source) or heads[-1:]
            at[cell.id] = heads
        taught = [(one, one["name"], 0) for one in key["exercises"]]
        for variant in key["variants"]:
            taught += [(one, PROBLEM.format(one["name"]), -1) for one in variant]
        for one, name, which in taught:
            heading = at.get(one["cell"], [""])[which]
            page = f"notebooks/{path.stem}.html#{anchor(heading)}"
            shown = re.split(r" · \d+ min", heading)[0]
            found[key["number"], name] = one["title"], shown, page
    return found


# Pictures


def _picture(fig, words):
    """Return a figure as HTML, with its words for who does not see it."""
    file = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "report", "svg.fonttype": "path"}):
        fig.savefig(file, format="svg", metadata={"Date": None})
    plt.close(fig)
    return formulas.picture(file, words)


def _bars(counts, titles):
    """Draw how many were right, wrong, and handed in nothing."""
    names = [f"{key[0]} {titles[key]}" for key in counts]
    fig, ax = plt.subplots(figsize=(7, 0.6 + 0.2 * len(names)), layout="constrained")
    left = [0] * len(names)
    looks = {"right": ("#009E73", ""), "wrong": ("#D55E00", "//"), "none": ("#ddd", "")}
    for part, (color, hatch) in looks.items():
        width = [one[part] for one in counts.values()]
        label = {"right": _("right"), "wrong": _("wrong")}.get(part)
        label = label or _("nothing handed in")
        ax.barh(names, width, left=left, color=color, hatch=hatch, label=label)
        left = [a + b for a, b in zip(left, width, strict=True)]
    ax.invert_yaxis()
    ax.tick_params(labelsize=8)
    ax.set_xlabel(_("students"))
    fig.legend(loc="outside upper center", ncols=3, fontsize=8)
    said = _("{name}: {right} right, {wrong} wrong, {none} nothing")
    rows = zip(names, counts.values(), strict=True)
    told = "; ".join(said.format(name=name, **one) for name, one in rows)
    return _picture(fig, _("How many were right. {counts}").format(counts=told))


def _spread(question, one):
    """Return a row: a question, the class's answers, the truth."""
    truth, answers = one["truth"], [answer for answer, _sure in one["answers"]]
    right = sum(_is_right(answer, one) for answer in answers)
    if isinstance(truth, str):
        given = Counter(map(str, answers)).most_common()
        said = ", ".join(f"{option}: {n}" for option, n in given)
        shown, picture = truth, ""
    else:
        numbers = sorted(n for n in map(positive, answers) if n) or [truth]
        fig, ax = plt.subplots(figsize=(2.4, 0.5), layout="constrained")
        ax.plot(numbers, [0] * len(numbers), "|", color="black", markersize=9)
        ax.plot([truth], [0], "D", color="#D55E00", markersize=6)
        ax.set(xscale="log", yticks=[])
        ax.tick_params(labelsize=6, which="both")
        said = _("median {median:.3g}, {low:.3g} to {high:.3g}")
        ends = {"low": numbers[0], "high": numbers[-1]}
        said, shown = said.format(median=median(numbers), **ends), f"{truth:.3g}"
        words = _("Answers of the class, {answers}; the truth, {truth}")
        picture = _picture(fig, words.format(answers=said, truth=shown))
    cells = [escape(question), escape(said), picture, escape(shown)]
    cells.append(_("{right} of {all}").format(right=right, all=len(answers)))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _sure(rows):
    """Draw how many predictions came true against how sure the class was."""
    fig, ax = plt.subplots(figsize=(2.6, 2.4), layout="constrained")
    ax.plot([0, 1], [0, 1], "--", color="gray")
    ax.plot([row[0] for row in rows], [row[1] for row in rows], "o", color="#0072B2")
    ax.set(xlabel=_("how sure"), ylabel=_("share that came true"))
    ax.set(xlim=(0, 1), ylim=(0, 1))
    said = _("{sure:.0f}% sure, {right:.0f}% right, {count} answers")
    told = "; ".join(
        said.format(sure=100 * s, right=100 * r, count=n) for s, r, n in rows
    )
    words = _("How sure the class was: {shares}; on the dashed line, both agree")
    return _picture(fig, words.format(shares=told))


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
        said = escape(f"{key[0]}, {heading}")
        return f'<a href="{escape(site + address)}">{said}</a>'

    files = sum(bool(one["results"]) for one in grades["students"])
    other = len(grades["students"]) - files
    right = sum(one["right"] for one in counts.values())
    of = sum(one["right"] + one["wrong"] + one["none"] for one in counts.values())
    said = _("Sheets: {sheets}. Answers right: {right} of {all}.")
    if other:
        said = _(
            "Sheets: {sheets}. Answers right: {right} of {all}. Unreadable: {other}."
        )
    said = said.format(sheets=files, right=right, all=of, other=other)
    parts = [f"<h1>{_('What the class got wrong')}</h1>", f"<p>{said}</p>"]
    if rows:
        parts.append(f"<h2>{_('To repeat next time')}</h2><ol>")
        parts += [
            f"<li>{_repeat(number, titles[key], mistake, link(key))}</li>"
            for number, mistake, key in rows
        ]
        parts.append("</ol>")
    if counts:
        parts += [f"<h2>{_('Exercises and problems')}</h2>", _bars(counts, titles)]
        parts.append('<div class="columns">')
    for key, one in counts.items():
        most = one["mistakes"].most_common()
        items = [f"<li>{n} × {formulas.drawn(said)}</li>" for said, n in most[:SHOWN]]
        rest = sum(n for _, n in most[SHOWN:])
        if rest:
            other = _("{count} × other mistakes").format(count=rest)
            items.append(f"<li>{other}</li>")
        total = one["right"] + one["wrong"] + one["none"]
        said = _("{name}: {right} of {all} right")
        said = said.format(name=escape(titles[key]), right=one["right"], all=total)
        parts.append(
            f"<section><h3>{said}</h3>"
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
    said = _("<b>{number} student</b>, {name}: {mistake} Show again: {link}")
    if number > 1:
        said = _("<b>{number} students</b>, {name}: {mistake} Show again: {link}")
    mistake = formulas.drawn(mistake if mistake.endswith("?") else f"{mistake}.")
    return said.format(number=number, name=escape(name), mistake=mistake, link=link)


def _predicted(asked, cast):
    """Return the part of the page on predictions and votes."""
    parts = []
    if asked:
        heads = _("question"), _("the class"), "", _("the truth"), _("right")
        head = "".join(f'<th scope="col">{name}</th>' for name in heads)
        rows = "".join(_spread(question, one) for question, one in asked.items())
        parts.append(f"<h2>{_('Predictions')}</h2>")
        parts.append(f"<table><tr>{head}</tr>{rows}</table>")
    if sure := calibration(asked):
        said = _("{sure:.0f}% sure, {right:.0f}% right ({count} answers)")
        told = "; ".join(
            said.format(sure=100 * s, right=100 * r, count=n) for s, r, n in sure
        )
        parts += [
            f"<h2>{_('How sure, how right')}</h2>",
            f"<p>{told}.</p>",
            _sure(sure),
        ]
    if cast:
        parts.append(f"<h2>{_('Votes in class')}</h2><ul>")
        for question, counts in cast.items():
            said = ", ".join(f"{option}: {n:g}" for option, n in counts.items())
            parts.append(f"<li>{escape(str(question))} {escape(said)}</li>")
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
        inventory.right(one).mean(axis=0) if one else None for one in sat.values()
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
        odd = [form for form, (_r, found) in tried.items() if k in found]
        cells.append(_("key? {forms}").format(forms=", ".join(odd)) if odd else "")
        moved = inventory.moves(sat["before"], sat["after"], k).most_common(SHOWN)
        said = {"": _("right"), None: _("nothing")}
        went = [[said.get(one, one) for one in pair] + [n] for pair, n in moved]
        cells.append("; ".join(f"{a} → {b}: {n}" for a, b, n in went))
        parts.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells))
    return [*parts, "</table>"]


def _gained(first, last, before, after):
    """Return what the same students gained between two sittings, in a sentence."""
    a, b = inventory.right(before), inventory.right(after)
    said = _("{n} students, {first} and {last}: {a:.1f} and {b:.1f} of {all} right.")
    means = {"a": a.sum(axis=1).mean(), "b": b.sum(axis=1).mean(), "all": a.shape[1]}
    said = [said.format(n=len(a), first=first, last=last, **means)]
    if len(a) < inventory.FEW:
        return said[0] + " " + _("They are too few for an interval.")
    mean, half, share = inventory.gain(a, b)
    more = _("Gain: {mean:.1f} ± {half:.1f} (95 %), {share:.0f}% of what was missing.")
    said.append(more.format(mean=mean, half=half, share=100 * share))
    if {form for form, _answers in before.values()} != {f for f, _a in after.values()}:
        said.append(_("The forms differ: one may be the harder."))
    return " ".join(said)


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
