"""What a class has learnt, by the inventory's two forms: what `make report` says of it.

A student's record holds {"inventory": {"before": {"form": "A", "answers": [2, ...]},
"after": ..., "later": ...}}: for each item the option that was chosen, from 0, or None.
From paper it is a table: student,when,form,answers with a row like 17,before,A,BCAD-A….
How to use it honestly stands in web/teacher/inventory.md.
"""

import csv
import tomllib
from collections import Counter
from functools import cache
from gettext import gettext as _
from statistics import NormalDist

import numpy as np

from classroom.questions import read_form
from tools.course import ROOT

FORMS = "A", "B"
WHEN = "before", "after", "later"
FEW, SOME = 8, 20  # fewer students have no interval; fewer sheets no discrimination
ITEMS = 14


@cache
def key():
    """Return the items: {"idea", "A", "B"}: what each option believes, "" if right."""
    text = (ROOT / "web/teacher/inventory.toml").read_text("utf-8")
    return [
        {"idea": _(item["idea"])}
        | {form: [belief and _(belief) for belief in item[form]] for form in FORMS}
        for item in tomllib.loads(text)["item"]
    ]


@cache
def words(form):
    """Return what stands first in a form, and [(question, options), ...]."""
    text = (ROOT / f"notebooks/inventory/{form}.md").read_text("utf-8")
    first, items = read_form(text)
    return first, [(question, options) for question, *options in items]


def questions(form):
    """Return [(question, options), ...] of a form."""
    return words(form)[1]


def sittings(records, when):
    """Return {student: (form, [option or -1, ...])} of what can be read."""
    sittings = {}
    for name, record in records.items():
        try:
            sitting = record["inventory"][when]
            form, options = sitting["form"], sitting["answers"]
            answers = [-1 if k is None else int(k) for k in options]
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
        if form in FORMS and len(answers) == ITEMS and {*answers} <= {-1, 0, 1, 2, 3}:
            sittings[name] = form, answers
    return sittings


def records_of(students):
    """Return {student: record} of hand-ins: the last of each student counts."""
    records = {}
    for student in students:
        record = records.setdefault(
            student.get("identifier") or student.get("file"), {}
        )
        if isinstance(sitting := student.get("record", {}).get("inventory"), dict):
            record["inventory"] = record.get("inventory", {}) | sitting
    return records


def records_in(path):
    """Return {student: record} of a table that was typed from paper."""
    records = {}
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            answers = ["ABCD".find(letter) for letter in row["answers"].strip().upper()]
            record = records.setdefault(row["student"], {"inventory": {}})["inventory"]
            record[row["when"].strip()] = {
                "form": row["form"].strip(),
                "answers": answers,
            }
    return records


def right(sitting):
    """Return the array (students, items) of 0 and 1."""
    keys = {form: [item[form].index("") for item in key()] for form in FORMS}
    rows = [np.equal(answers, keys[form]) for form, answers in sitting.values()]
    return np.array(rows, float).reshape(-1, ITEMS)


def quantile(n, share=0.975):
    """Return a quantile of Student's t for the mean of n numbers, to 0.5 % from n = 8.

    Source: Abramowitz and Stegun, 26.7.5.
    """
    z, free = NormalDist().inv_cdf(share), n - 1
    terms = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + terms[0] / free + terms[1] / free**2


def gain(before, after):
    """Return the paired gain in items, half its 95 % interval, the normalised gain.

    before, after: arrays (students, items) of the same students.
    """
    gains = after.sum(axis=1) - before.sum(axis=1)
    half = quantile(len(gains)) * gains.std(ddof=1) / np.sqrt(len(gains))
    room = before.shape[1] - before.sum(axis=1).mean()
    return gains.mean(), half, gains.mean() / room if room else 0.0


def discrimination(marks):
    """Return the correlation of each item with the sum of all others, 0 if constant.

    marks: array (students, items) of 0 and 1.
    """
    rest = marks.sum(axis=1, keepdims=True) - marks
    a, b = marks - marks.mean(axis=0), rest - rest.mean(axis=0)
    size = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    return np.divide((a * b).sum(axis=0), size, out=np.zeros_like(size), where=size > 0)


def suspicious(answers, keys):
    """Return the items of which the better half, by the others, chose another option.

    answers: array (students, items) of options; keys: (items,).
    """
    marks, items = answers == keys, []
    for item in range(len(keys)):
        rest = marks.sum(axis=1) - marks[:, item]
        better = answers[rest >= np.median(rest), item]
        most = np.bincount(better[better >= 0], minlength=4)
        if most[keys[item]] <= np.delete(most, keys[item]).max():
            items.append(item)
    return items


def quality(sittings):
    """Return {form: (discrimination, suspicious items)} of forms with enough sheets."""
    measures = {}
    for form in FORMS:
        sheets = [
            pair for sitting in sittings for pair in sitting.values() if pair[0] == form
        ]
        if len(sheets) >= SOME:
            answers = np.array([answers for _form, answers in sheets])
            keys = np.array([item[form].index("") for item in key()])
            measures[form] = discrimination(answers == keys), suspicious(answers, keys)
    return measures


def moves(before, after, item):
    """Return Counter of (belief before, after): "" if right, None if nothing."""

    def believed(sat):
        form, answers = sat
        return key()[item][form][answers[item]] if answers[item] >= 0 else None

    students = before.keys() & after.keys()
    return Counter((believed(before[n]), believed(after[n])) for n in students)
