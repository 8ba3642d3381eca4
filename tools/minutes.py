"""How long a notebook takes in class, and alone: counted, so that it stays true.

    python -m tools.minutes     print both times of every notebook, and what they are of

In class the slides are talked through, at half the speed of reading; the exercises and
the code are for home.  Alone everything is read but the folded, and the exercises are
done, in the minutes that stand beside each.  "Going deeper" is in neither.
"""

import re

import nbformat

from tools.course import NOTEBOOKS

ON_SLIDES = "slide", "subslide", "fragment", "-"
FORMULA = re.compile(r"(?s)\$\$.*?\$\$")
FOLDED = re.compile(r"(?s)<details>.*?</details>")
# Minutes for each; words a minute.  A prediction is a vote, a slider a challenge.
CLASS = {"words": 1 / 65, "formulas": 1.5, "figures": 2, "predictions": 2, "sliders": 4}
ALONE = {
    "words": 1 / 150, "formulas": 0.75, "figures": 1, "predictions": 2, "sliders": 4,
    "lines": 1 / 20, "quizzes": 4, "exercises": 1,
}  # fmt: skip


def words(markdown):
    """Count the words of a text, without what is folded, formulas and addresses."""
    shown = FORMULA.sub("", FOLDED.sub("", markdown))
    return len(re.findall(r"\w[^\s]*", re.sub(r"\]\([^)]*\)", "]", shown)))


def contents(cell):
    """Count what takes time in a cell, `{what: how many}`; exercises in minutes."""
    source = cell.source
    if cell.cell_type == "markdown":
        minutes = re.search(r"(?m)^### Exercise.* · (\d+) min", source)
        return {
            "words": words(source),
            "formulas": len(FORMULA.findall(FOLDED.sub("", source))),
            "exercises": int(minutes[1]) if minutes else 0,
        }
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden")
    sliders = source.count("@sliders.live(")
    pictures = sum("image/png" in output.get("data", {}) for output in cell.outputs)
    return {
        "figures": 0 if sliders else pictures,
        "predictions": source.count("questions.Prediction("),
        "sliders": sliders,
        "quizzes": source.count("questions.Quiz("),
        "lines": 0 if hidden else sum(map(bool, source.splitlines())),
    }


def thread(notebook):
    """Return the cells up to "Going deeper", without the references."""
    for cell in notebook.cells:
        if cell.source.startswith("## Going deeper"):
            return
        if cell.id != "references":
            yield cell


def minutes(notebook):
    """Return the minutes in class and alone, rounded up to five."""
    in_class = alone = 0.0
    for cell in thread(notebook):
        counted = contents(cell)
        alone += sum(ALONE[what] * counted.get(what, 0) for what in ALONE)
        if cell.metadata.get("slideshow", {}).get("slide_type") in ON_SLIDES:
            in_class += sum(CLASS[what] * counted.get(what, 0) for what in CLASS)
    return tuple(5 * -int(-time // 5) for time in (in_class, alone))


if __name__ == "__main__":
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        of = [contents(cell) for cell in thread(notebook)]
        sums = (f"{what} {sum(c.get(what, 0) for c in of)}" for what in ALONE)
        said = " min in class, ".join(map(str, minutes(notebook)))
        print(f"{path.stem[:2]}: {said} alone; {', '.join(sums)}")
