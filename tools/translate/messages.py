"""What a reader meets in a cell or a page, as messages; and how they are put back.

A message of text is a cell of Markdown, or a block of a page, between blank lines.  A
message of code is a string that is shown: it is found in the syntax tree, and replaced
where it stands, so that the program around it cannot change.  Of an f-string the
message has the fields, as in "step {t}": a translation may put them in another order.
Comments of a cell and docstrings of its functions are messages, too.
"""

import ast
import io
import re
import tokenize
from dataclasses import dataclass
from itertools import accumulate
from string import Formatter

CODE = r"```[\s\S]*?```|`[^`\n]+`"
FORMULA = r"\$\$[\s\S]+?\$\$|\$[^$\n]+\$"
# Between a number and %, and between thousands, where English has a comma.
NARROW = "\u202f"
# Behind English that waits for a translation; a letter that Matplotlib's font has.
WAITING = " ✎"
# A line of words, up to what closes it; no list of cells, no comment.
LINE = r"(?m)^(?!\s*<!--|\d\d: ).*?[^\W\d_]{2}.*?(?=(?: · \d+|</\w+>| \|)*\s*$)"
# Names of methods, of optimizers in code and of what they are given stay as they are.
NAMES = {
    "adam", "sgd", "momentum", "nesterov", "rmsprop", "adagrad", "amsgrad", "adamw",
    "lion", "muon", "relu", "tanh", "sigmoid", "identity", "exp", "log",
}  # fmt: skip
# Names of arguments and of colours, which only the program reads.
NOT_SHOWN = {
    "activation", "alpha", "arrowprops", "arrowstyle", "batch_size", "beta", "beta1",
    "beta2", "black", "cmap", "color", "depth", "every", "exponent", "google.colab",
    "ha", "jupyterlab", "kappa", "label", "language", "left", "levels", "linestyle",
    "lr", "marker", "markersize", "mec", "mfc", "nbval", "offset points", "record",
    "replace", "right", "seeds", "theta", "theta1", "theta2", "viridis_r", "white",
    "xytext",
}  # fmt: skip
# Of what is given by name only this is read: not `color="black"`, `weight="bold"`.
READ = {"label", "title", "why", "xlabel", "ylabel"}
# `plot(x, y, "k--")`: colour, marker, line.
FORMAT = r"(C\d|[bcgkmrwy])?([*+.DPXo^svx|]?(--?|-\.|:)?|(--?|-\.|:)[*+.DPXo^svx|])"
FILE = r"[\w./#-]*\.(?:md|txt|npz|svg|py)"
CALL = r"\w+\(\w+=[^)]*\)"
# A comment that tools read.
PRAGMA = r"(noqa|fmt|type|pragma):"
# A letter of an f-string; one of its fields, {x + y:{width}}, is a letter too.
FIELD = r"\{\{|\}\}|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|."


@dataclass
class String:
    """A string of a cell's code: where it stands, what it says, how it is written."""

    start: int  # bytes of the source
    end: int
    message: str
    formatted: bool  # an f-string
    raw: bool
    bracketed: bool  # may go on in the next line


def without_magic(source):
    """Return a cell's code in which a line of magic does nothing."""
    return re.sub(r"(?m)^(\s*)[!%].*", r"\1pass", source)


def tree_of(source):
    """Return the syntax tree of a cell."""
    return ast.parse(without_magic(source))


def strings(source):
    """Return each String of a cell that may be shown, in order.

    >>> [s.message for s in strings('ax.plot(x, "k--", label=f"step {t:.2g}")')]
    ['step {t:.2g}']
    """
    starts = _starts(source)
    result = []
    for node, parent, bracketed in _strings(tree_of(source)):
        message = _template(node)
        if _unread(node, parent) or not is_shown(message):
            continue
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        raw = bool(re.match(b"f?r|rf", source.encode()[start:end]))
        formatted = isinstance(node, ast.JoinedStr)
        result.append(String(start, end, message, formatted, raw, bracketed))
    return sorted(result, key=lambda string: string.start)


def _starts(source):
    """Return at which byte each line starts."""
    lines = source.encode().splitlines(keepends=True)
    return [0, *accumulate(map(len, lines))]


def remarks(source):
    """Return (start, end, message) of each comment of a cell, and each docstring.

    In bytes; what is code, or for tools, is none.

    >>> [message for *_, message in remarks("x = 1  # (a, b)\\ny = 2  # of both")]
    ['of both']
    """
    starts, lines = _starts(source), source.splitlines()
    result = []
    for token in tokenize.generate_tokens(io.StringIO(without_magic(source)).readline):
        message = token.string.lstrip("# ")
        if token.type == tokenize.COMMENT and not re.match(PRAGMA, message):
            row, column = token.end
            end = starts[row - 1] + len(lines[row - 1][:column].encode())
            result.append((end - len(message.encode()), end, message))
    for node in ast.walk(tree_of(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            string = node.body[0].value
            start = starts[string.lineno - 1] + string.col_offset
            end = starts[string.end_lineno - 1] + string.end_col_offset
            literal = source.encode()[start:end]
            head, quotes = re.match(rb"(\w*)(\"{3}|'{3}|\"|')", literal).groups()
            start, end = start + len(head + quotes), end - len(quotes)
            result.append((start, end, source.encode()[start:end].decode()))
    return sorted(remark for remark in result if is_said(remark[2]))


def is_said(remark):
    """Say whether a comment has a word that is no name: not in # (steps, w1), V @ x.

    >>> [is_said(m) for m in ("(201, 20, 2)", "w1, b1", "Qᵀ", "a walk in each row")]
    [False, False, False, True]
    """
    return bool(re.search(r"[^\W\d_]{3,}", remark))


def is_shown(message):
    r"""Say whether a string has a word that a reader is to see.

    >>> [is_shown(m) for m in ("ko", "#0072B2", "$\\theta_1$", "Adam {x:.2f}", "cost")]
    [False, False, False, False, True]
    """
    if re.fullmatch(rf"{FILE}|{CALL}|#\w+.*|/\S+|{FORMAT}", message):
        return False
    fields = re.sub(r"\{[^{}]*\}|\$[^$]*\$|\\\w+", " ", message)
    words = re.findall(r"[^\W\d_]{2,}|\b(?:a|of|in|to)\b", fields)
    if message.strip().lower() in NOT_SHOWN:
        return False
    return any(word.lower() not in NAMES for word in words)


def marked(message):
    """Return a message that waits for a translation with a mark behind its first line.

    Not if it is a word: a program may know it by that name.

    >>> marked("# Momentum\\n\\nWhat is gained?"), marked("warm")
    ('# Momentum ✎\\n\\nWhat is gained?', 'warm')
    """
    blank = re.sub(
        f"{CODE}|{FORMULA}", lambda part: re.sub(r"\S", " ", part[0]), message
    )
    line = re.search(LINE, blank)
    if not line or " " not in message.strip():
        return message
    return message[: line.end()] + WAITING + message[line.end() :]


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
        return parent.arg not in READ
    return isinstance(parent, ast.Call) and ast.unparse(parent.func) == "namedtuple"


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


def translated_code(source, translate, remark=str):
    """Return a cell's code, each message replaced by what `translate` gives.

    And each comment and docstring by what `remark` gives.
    """
    pieces = [(start, end, remark(text)) for start, end, text in remarks(source)]
    for string in strings(source):
        translation = translate(string.message)
        if translation != string.message:
            pieces.append((string.start, string.end, literal_of(translation, string)))
    code = source.encode()
    for start, end, piece in sorted(pieces, reverse=True):
        code = code[:start] + piece.encode() + code[end:]
    return in_lines(with_spaces(code.decode()))


def with_spaces(code):
    """Return code that prints 26 % and 69 078, with narrow spaces, for 26% and 69,078.

    >>> print(with_spaces('f"{a - b:3.0%} of {n:,}"').replace(NARROW, "_"))
    f"{100 * (a - b):3.0f}_% of {f'{n:,}'.replace(',', '_')}"
    """

    def percent(field):
        simple = ast.Name | ast.Call | ast.Attribute | ast.Subscript
        is_simple = isinstance(ast.parse(field[1], mode="eval").body, simple)
        times = f"100 * {field[1]}" if is_simple else f"100 * ({field[1]})"
        return f"{{{times}:{field[2]}f}}{NARROW}%"

    code = re.sub(r"(?<!\{)\{([^{}:]+):(\d*\.\d)%\}", percent, code)
    grouped = rf"{{f'{{\1:,}}'.replace(',', '{NARROW}')}}"
    return re.sub(r"(?<!\{)\{([^{}:]+):,\}", grouped, code)


def literal_of(text, string):
    """Return Python for a text in the place of a string, in one line."""
    if not string.raw:
        text = text.replace("\\", "\\\\").replace("\n", "\\n")
    mark = "'" if '"' in text and "'" not in text else '"'
    if mark in text:
        text = text.replace('"', '\\"')
    return "f" * string.formatted + "r" * string.raw + mark + text + mark


def in_lines(source):
    """Break what is wider than 88 columns: before a string, or if need be in it."""
    code = source.encode()
    for string in reversed(strings(source)):
        before, after = code[: string.start].decode(), code[string.end :].decode()
        head, tail = before.rpartition("\n")[2], after.partition("\n")[0]
        literal = code[string.start : string.end].decode()
        if not string.bracketed or _width(head + literal + tail) <= 88:
            continue
        name = re.search(r"(?<=,) (\w+=)?$", head)  # of the argument, if it has one
        indented = name and " " * _opened(head) + name[0][1:]
        if name and len(indented + literal + tail) <= 88:
            before = f"{before[: -len(name[0])]}\n{indented}"
        else:
            literal = _parted(literal, len(head), len(tail))
        code = f"{before}{literal}{after}".encode()
    return code.decode()


def _width(text):
    return max(map(len, text.splitlines()))


def _opened(head):
    """Return the column behind the bracket that is open, else of the first letter."""
    depth = 0
    for column in range(len(head), 0, -1):
        depth += (head[column - 1] in ")]}") - (head[column - 1] in "([{")
        if depth < 0:
            return column
    return len(head) - len(head.lstrip())


def _parted(literal, column, tail):
    """Return a string in parts, one a line, that end with a word, best with a comma."""
    prefix, mark = re.match(r"([fr]*)(.)", literal).groups()
    parts, rest = [], literal[len(prefix) + 1 : -1]
    room = 86 - len(prefix) - column
    while len(rest) > room - tail:
        letters = re.finditer(FIELD, rest)
        ends = [m.end() for m in letters if m[0] == " " and m.end() <= room]
        commas = [end for end in ends if rest[end - 2] in ",;:." and 2 * end > room]
        if not ends:
            break
        end = (commas or ends)[-1]
        parts, rest = [*parts, rest[:end]], rest[end:]
    lines = [f"{prefix}{mark}{part}{mark}" for part in [*parts, rest]]
    return f"\n{' ' * column}".join(lines)


def fields(message):
    """Return the fields of a message, as in ["{t:.2g}"].

    >>> fields("from {low:.2f} to {high:.2f}")
    ['{low:.2f}', '{high:.2f}']
    """
    result = []
    for _, name, spec, conversion in Formatter().parse(message):
        if name is not None:
            conversion = f"!{conversion}" if conversion else ""
            result.append(f"{{{name}{conversion}{':' + spec if spec else ''}}}")
    return result


def blocks(page):
    """Split a page of Markdown into blocks and what stands between them, in turn.

    A block of code stands between blocks; a menu's is a block, for it has a caption.
    """
    code = r"(?:\A|\n{2,})```(?!\{toctree)[\s\S]*?^```$\n*"
    return re.split(rf"({code}|\n{{2,}})", page, flags=re.M)
