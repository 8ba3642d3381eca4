"""What a reader meets in a cell or a page, as messages; and how they are put back.

A message of text is a cell of Markdown, or a block of a page, between blank lines.  A
message of code is a string that is shown: it is found in the syntax tree, and replaced
where it stands, so that the program around it cannot change.  Of an f-string the
message has the fields, as in "step {t}": a translation may put them in another order.
"""

import ast
import re
from dataclasses import dataclass
from string import Formatter

# Names of methods, of optimizers in code and of what they are given stay as they are.
NAMES = {
    "adam", "sgd", "momentum", "nesterov", "rmsprop", "adagrad", "amsgrad", "adamw",
    "lion", "muon", "nadam", "relu", "tanh", "sigmoid", "identity", "exp", "log",
    "adamax", "polyak", "signum",
}  # fmt: skip
# Words of Matplotlib, and keys that only the program reads.
NOT_SHOWN = {
    "color", "label", "linestyle", "marker", "alpha", "depth", "activation",
    "replace", "theta", "theta1", "theta2", "lr", "ms", "mfc", "mec", "lw", "black",
    "white", "left", "right", "center", "top", "bottom", "upper", "lower",
    "viridis_r", "cividis", "gray_r", "blues", "auto", "equal", "none",
    "row", "col", "ij", "nearest", "bold", "major", "minor",
    "box", "google.colab", "jupyterlab", "nbval", "numpy", "matplotlib",
    "ipywidgets", "xytext", "seeds", "language", "kappa", "levels", "cmap",
    "batch_size", "exponent",
    "eps", "beta", "beta1", "beta2", "record", "every", "axes", "data", "linewidth",
    "zorder", "markersize", "markevery", "clip_on", "fontsize", "weight",
    "rotation", "ha", "va", "where", "mid", "post", "pre",
}  # fmt: skip
# What these are given is not read by anyone: `color="black"`, `plot(x, y, "k--")`.
UNREAD_KEYWORDS = {
    "color", "linestyle", "marker", "cmap", "xscale", "yscale", "scale", "ha", "va",
    "fmt", "indexing", "aspect", "sep", "mec", "mfc", "sharey", "sharex", "axis",
    "shading", "colors", "weight", "textcoords", "loc", "which", "where", "end",
    "edgecolor", "hatch", "cell",
}  # fmt: skip
UNREAD_CALLS = {
    "plot", "loglog", "semilogx", "semilogy", "Network", "LanguageModel", "Path",
    "load", "Squared", "getattr", "Quiz", "look", "namedtuple", "get", "say_version",
}  # fmt: skip


@dataclass
class String:
    """A string of a cell's code: where it stands, what it says, how it is written."""

    start: int  # bytes of the source
    end: int
    message: str
    formatted: bool  # an f-string
    raw: bool
    bracketed: bool  # may go on in the next line


def tree_of(source):
    """Return the syntax tree of a cell; a line of magic does nothing."""
    return ast.parse(re.sub(r"(?m)^(\s*)[!%].*", r"\1pass", source))


def strings(source):
    """Return each String of a cell that may be shown, in order.

    >>> [s.message for s in strings('ax.plot(x, "k--", label=f"step {t:.2g}")')]
    ['step {t:.2g}']
    """
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for node, parent, bracketed in _strings(tree_of(source)):
        message = _template(node)
        if _unread(node, parent) or not is_said(message):
            continue
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        raw = bool(re.match(b"f?r|rf", source.encode()[start:end]))
        formatted = isinstance(node, ast.JoinedStr)
        found.append(String(start, end, message, formatted, raw, bracketed))
    return sorted(found, key=lambda string: string.start)


def is_said(message):
    r"""Say whether a string has a word for a reader.

    >>> [is_said(m) for m in ("k--", "#0072B2", "$\\theta_1$", "Adam {x:.2f}", "cost")]
    [False, False, False, False, True]
    """
    if re.fullmatch(r"[\w./#-]*\.(md|txt|npz|svg|py)|#\w+.*|C\d\S*|/\S+", message):
        return False
    fields = re.sub(r"\{[^{}]*\}|\$[^$]*\$", " ", message)
    words = re.findall(r"[^\W\d_]{2,}|\b(?:a|of|in|to)\b", fields)
    if message.strip().lower() in NOT_SHOWN:
        return False
    return any(word.lower() not in NAMES for word in words)


def _strings(node, parent=None, bracketed=False):
    """Yield (string, what it stands in, whether in brackets) of a tree; none twice."""
    if isinstance(node, ast.JoinedStr):
        yield node, parent, bracketed
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node, parent, bracketed
    else:
        opens = isinstance(node, ast.Call | ast.List | ast.Dict | ast.Set)
        for child in ast.iter_child_nodes(node):
            called = isinstance(node, ast.Call) and child is node.func
            yield from _strings(child, node, bracketed or (opens and not called))


def _unread(node, parent):
    """Say whether a string stands where nobody reads it."""
    if isinstance(parent, ast.Expr):  # a docstring
        return True
    if isinstance(parent, ast.keyword):
        return parent.arg in UNREAD_KEYWORDS
    if isinstance(parent, ast.Call):
        return ast.unparse(parent.func).split(".")[-1] in UNREAD_CALLS
    return False


def _template(node):
    """Return the text of a string, with fields and braces as an f-string has them."""
    if isinstance(node, ast.Constant):
        return node.value
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(part.value.replace("{", "{{").replace("}", "}}"))
        else:
            conversion = f"!{chr(part.conversion)}" if part.conversion > 0 else ""
            spec = f":{_template(part.format_spec)}" if part.format_spec else ""
            parts.append(f"{{{ast.unparse(part.value)}{conversion}{spec}}}")
    return "".join(parts)


def translated_code(source, translate):
    """Return a cell's code, each message replaced by what `translate` gives."""
    code = source.encode()
    for string in reversed(strings(source)):
        said = translate(string.message)
        if said != string.message:
            before, after = code[: string.start], code[string.end :]
            column = len(before.decode().rpartition("\n")[2])
            code = before + literal(said, string, column).encode() + after
    return code.decode()


def literal(said, string, column=0):
    """Return Python that says a message; in brackets, in lines of 88 columns."""
    prefix = "f" * string.formatted + "r" * string.raw
    if not string.raw:
        said = said.replace("\\", "\\\\").replace("\n", "\\n")
    mark = "'" if '"' in said and "'" not in said else '"'
    if mark in said:
        said = said.replace('"', '\\"')
    lines = [said]
    while string.bracketed and (room := _room(lines[-1], 83 - column)):
        lines[-1:] = lines[-1][:room], lines[-1][room:]
    return f"\n{' ' * column}".join(f"{prefix}{mark}{line}{mark}" for line in lines)


def _room(line, width):
    """Return where to part a line that is too long, in no field; 0 for nowhere."""
    places = [m.end() for m in re.finditer(r" (?![^{}]*\}(?!\}))", line)]
    fitting = [place for place in places if place <= width]
    return fitting[-1] if len(line) > width and fitting else 0


def fields(message):
    """Return the fields of a message, as in ["{t:.2g}"].

    >>> fields("from {low:.2f} to {high:.2f}")
    ['{low:.2f}', '{high:.2f}']
    """
    found = []
    for _, name, spec, conversion in Formatter().parse(message):
        if name is not None:
            conversion = f"!{conversion}" if conversion else ""
            found.append(f"{{{name}{conversion}{':' + spec if spec else ''}}}")
    return found


def blocks(page):
    """Split a page of Markdown into blocks and what stands between them, in turn.

    A block of code stands between blocks; a menu's is a block, for it has a caption.
    """
    code = r"(?:\A|\n{2,})```(?!\{toctree)[\s\S]*?^```$\n*"
    return re.split(rf"({code}|\n{{2,}})", page, flags=re.M)
