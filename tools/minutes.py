"""Count how long each notebook takes, and write it wherever it stands.

python -m tools.minutes          print of every notebook both times, and its size
python -m tools.minutes 03       print the minutes of each slide of a route
python -m tools.minutes --set    write the counted minutes: into the teacher's
                                 notes, titles, README, the syllabus
                                 (make spanish writes the Spanish)
"""

import sys

import nbformat

from tools.counting import (
    README,
    minutes,
    notes_of,
    own_clock,
    size,
    stated,
    with_clock,
    with_counted,
    with_times,
    without_times,
)
from tools.course import NOTEBOOKS, ROOT
from tools.teach import syllabus

SYLLABUS = ROOT / "web" / "syllabus.md"


def set_minutes():
    """Write the counted minutes wherever they stand."""
    for path in NOTEBOOKS:
        notes_of(path.stem[:2]).write_text(with_clock(path), "utf-8")
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[0].source = with_counted(notebook.cells[0].source, path)
        nbformat.write(notebook, path)
    readme = README.read_text("utf-8")
    README.write_text(with_times(without_times(readme), stated()), "utf-8")
    SYLLABUS.write_text(syllabus.with_tables(SYLLABUS.read_text("utf-8")), "utf-8")


def main(numbers):
    """Print the times of every notebook; with a number, each slide's too."""
    for path in NOTEBOOKS:
        notebook, slides, end = own_clock(path)
        in_class, alone = minutes(notebook, end)
        if path.stem[:2] in numbers:
            for minute, slide in slides:
                print(f"  {minute:4.1f}  {' '.join(cell.id for cell in slide)}")
        route = f"{len(slides)} slides, {end:.1f} min: {in_class} min in class"
        counts = ", ".join(f"{n} {what}" for what, n in size(notebook).items())
        print(f"{path.stem[:2]}: {route}, {alone} min alone; {counts}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--set"]:
        set_minutes()
    main(sys.argv[1:])
