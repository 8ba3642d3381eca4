"""What the syllabus counts: hours and calendars, from the notebooks.

web/syllabus.md says the rest, what each notebook promises too.
"""

import re
from functools import cache
from gettext import gettext as _

import nbformat

from classroom.mistakes.wording import enumeration
from tools.counting import ALONE, contents, thread, without_tables
from tools.course import NOTEBOOKS, PATHS

# Hour by hour: what the class does, and what each reads alone before the next hour.
# "lab 01 02" stands for an hour in which the exercises of 01 and 02 are done together,
# "" for what comes before the first hour.
PLANS = {
    4: [("", "01"), ("02", ""), ("03", "04"), ("05", ""), ("06", "")],
    8: [(f"{number:02}", "") for number in range(1, 9)],
    12: [
        ("01", ""), ("02", ""), ("03", ""), ("lab 01 02 03", ""),
        ("04", ""), ("05", ""), ("06", ""), ("lab 04 05 06", ""),
        ("07", ""), ("08", ""), ("09", ""), ("10", ""),
    ],
}  # fmt: skip
LAB = 50  # minutes
DONE = "exercises", "quizzes", "puzzles", "lines"  # what a class leaves for home


@cache
def notebook(number):
    """Return a notebook as it is stored."""
    return nbformat.read(PATHS[number], as_version=4)


def text(number, name):
    """Return the text of a cell."""
    (cell,) = (cell for cell in notebook(number).cells if cell.id == name)
    return cell.source


def title(number):
    """Return the title of a notebook."""
    return re.match(r"# (.+)", text(number, "title"))[1]


def link(number):
    """Return a link to the page of a notebook."""
    return f"[{number}](../notebooks/{PATHS[number].name})"


def stated(number):
    """Return the minutes in class and alone, as a notebook's head states them."""
    in_class, alone = re.findall(r"(\d+) min", text(number, "title"))
    return int(in_class), int(alone)


def minutes_of(number, *kinds):
    """Return the minutes that some kinds of contents of a notebook take at home."""
    counts = [contents(cell) for cell in thread(notebook(number))]
    return sum(ALONE[kind] * count.get(kind, 0) for kind in kinds for count in counts)


def after(number):
    """Return the minutes at home after a class: exercises, quiz and code; to fives."""
    return 5 * round(minutes_of(number, *DONE) / 5)


def at_home(done, read, labs=()):
    """Return the minutes at home after an hour, to fives.

    labs: the notebooks whose exercises have an hour of their own, of LAB minutes
    """
    minutes = stated(read)[1] if read else 0
    if "lab" in done:
        left = sum(minutes_of(number, "exercises") for number in done.split()[1:]) - LAB
        minutes += max(0, left)
    elif done:
        kinds = [kind for kind in DONE if kind != "exercises" or done not in labs]
        minutes += minutes_of(done, *kinds)
    return 5 * round(minutes / 5)


def together(plan):
    """Return the notebooks whose exercises have an hour of their own in a plan."""
    return [number for done, _ in plan if "lab" in done for number in done.split()[1:]]


def numbers():
    """Return the numbers of the notebooks that are classes: 01 to the last."""
    return [path.name[:2] for path in NOTEBOOKS[1:]]


def hours():
    """Return the table of minutes: in class, at home after it, and all of it alone."""
    rows = [
        _("| | notebook | in class | at home after it | alone, instead |"),
        "|-|-|-|-|-|",
    ]
    total = [0, 0, 0]
    for number in numbers():
        in_class, alone = stated(number)
        minutes = in_class, after(number), alone
        total = [a + b for a, b in zip(total, minutes, strict=True)]
        cells = " | ".join(f"{n} min" for n in minutes)
        rows.append(f"| {link(number)} | {title(number)} | {cells} |")
    cells = " | ".join(f"{n / 60:.1f} h" for n in total)
    return "\n".join([*rows, _("| | all | {cells} |").format(cells=cells)])


def calendar(plan):
    """Return the table of a calendar, and its minutes in all."""
    rows = [_("| hour | in class | at home, before the next | |"), "|-|-|-|-|"]
    labs, total = together(plan), 0
    for hour, (done, read) in enumerate(plan, bool(plan[0][0])):
        minutes = at_home(done, read, labs)
        total += minutes
        work, home = "", []
        if "lab" in done:
            work = _("the exercises of {notebooks}")
            work = work.format(notebooks=enumeration(map(link, done.split()[1:])))
            home.append(_("what is left of them"))
        elif done:
            work = f"{link(done)} {title(done)}"
            home.append(_("code, quiz") if done in labs else _("code, quiz, exercises"))
        if read:
            name = f"{link(read)} {title(read)}"
            home.append(_("{notebook}, alone").format(notebook=name))
        rows.append(f"| {hour} | {work} | {'; '.join(home)} | {minutes} min |")
    rows.append(_("| | | in all | {hours:.1f} h |").format(hours=total / 60))
    return "\n".join(rows)


def calendars():
    """Return the three calendars."""
    heading = _("### {hours} hours")
    return "\n\n".join(
        f"{heading.format(hours=hours)}\n\n{calendar(plan)}"
        for hours, plan in PLANS.items()
    )


def with_tables(page):
    """Return a page with its tables as they are counted now."""
    page = without_tables(page)
    for name, table in ("hours", hours()), ("calendars", calendars()):
        place = f"<!-- {name} -->"
        page = page.replace(place, f"{place}\n\n{table}\n\n<!-- /{name} -->")
    return page
