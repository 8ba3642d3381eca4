"""Write a page for each module of utils: its source, with a heading for each name.

    python -m tools.site.library folder
"""

import ast
import sys
from pathlib import Path

from tools.course import ROOT

MODULES = sorted(ROOT.glob("utils/[!_]*.py"))
KINDS = ast.FunctionDef, ast.ClassDef


def first_line(node):
    """Return the first line of a docstring."""
    return (ast.get_docstring(node) or "").partition("\n")[0]


def begin(node):
    """Return the number of the line, from 0, at which a definition begins."""
    return min([node.lineno, *(line.lineno for line in node.decorator_list)]) - 1


def page(path):
    """Return the page of a module, as Markdown; all of its lines stand on it, in order.

    A public function or class begins a section; what is private follows where it stands.
    """
    source = path.read_text(encoding="utf-8")
    module, lines = ast.parse(source), source.splitlines()
    public = [
        node
        for node in module.body
        if isinstance(node, KINDS) and not node.name.startswith("_")
    ]
    edges = [0, *map(begin, public), len(lines)]
    parts = [f"# {path.stem}\n\n{first_line(module)}", *(f"## {n.name}" for n in public)]
    for k, (start, end) in enumerate(zip(edges, edges[1:], strict=False)):
        code = "\n".join(lines[start:end]).strip("\n")
        parts[k] += f"\n\n```python\n{code}\n```"
    return "\n\n".join(parts) + "\n"


def index():
    """Return the page that lists the modules."""
    rows = [
        f"| [{path.stem}]({path.stem}.md) | {first_line(ast.parse(path.read_text('utf-8')))} |"
        for path in MODULES
    ]
    listed = "\n".join(path.stem for path in MODULES)
    return f"""# The library

What the notebooks share: small, and meant to be read.

| module | |
| --- | --- |
{chr(10).join(rows)}

```{{toctree}}
:hidden:

{listed}
```
"""


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.md").write_text(index(), encoding="utf-8")
    for path in MODULES:
        (folder / f"{path.stem}.md").write_text(page(path), encoding="utf-8")
