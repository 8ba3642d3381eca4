"""Wrong versions of right code: with an edit, or with a slip that can be made anywhere.

A slip is small: a term is forgotten, two names are exchanged, brackets stand elsewhere,
a line comes too early.  `slips` makes every one that fits, and says which it is.
"""

import ast
import inspect
import itertools

OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
OTHERS = {"+": "-", "-": "+", "*": "/", "/": "*", "**": "*"}
EXCHANGED = [
    ("mean", "sum"), ("std", "var"), ("max", "min"), ("maximum", "minimum"),
    ("argmax", "argmin"), ("nanargmin", "argmin"), ("nanargmin", "nanargmax"),
    ("sin", "cos"), ("mean", "median"), ("mean", "max"), ("mean", "min"),
    ("sqrt", "square"), ("sqrt", "log"), ("exp", "log"),
]  # fmt: skip
COMPARED = {ast.Gt: "<", ast.Lt: ">", ast.Eq: "!=", ast.LtE: ">", ast.GtE: "<"}


def code_of(function, name):
    """Return the code of a function under another name, without its docstring."""
    head, _, rest = inspect.getsource(function).partition('"""')
    head, body = head[head.index("def ") :], rest.partition('"""')[2]
    return head.replace(function.__name__, name, 1) + body


def edited(source, edits):
    """Return the source with each `old -> new` made at every place it fits.

    None if an old is not in it.
    """
    for edit in edits.splitlines():
        old, _, new = edit.partition(" ->")
        if old not in source:
            return None
        source = source.replace(old, new.strip())
    return source


def function_of(source, like):
    """Return the function that a source defines, with what another one knows."""
    scope = dict(like.__globals__)
    try:
        exec(source, scope)
    except SyntaxError:
        return None
    return scope[like.__name__]


def one_slip(source):
    """Yield (sentence, source) for every slip."""
    source = with_old_names(source)
    for kind, change, start, new, end in slips(source):
        wrong = source[:start] + new + source[end:]
        yield f"{kind}: your numbers are those of {change}", wrong


def one_slip_twice(source):
    """Yield (sentence, source) for every two slips of one kind.

    Of the wrong names only the same, or there would be too many.
    """
    source = with_old_names(source)
    for one, two in itertools.combinations(slips(source), 2):
        (kind, change, a, new, b), (other, second, c, newer, d) = sorted(
            (one, two), key=lambda slip: slip[2]
        )
        if kind == other and b <= c and (change == second or "name" not in kind):
            both = source[:a] + new + source[b:c] + newer + source[d:]
            changes = change if change == second else f"{change}, and {second}"
            yield f"{kind}, twice: your numbers are those of {changes}", both


def exchanged_arguments(source):
    """Yield (sentence, source) for every two arguments taken for each other."""
    inside = source[source.index("(") + 1 : source.index(")")]
    for a, b in itertools.combinations(inside.split(", "), 2):
        turn = {a: b, b: a}
        turned = ", ".join(turn.get(name, name) for name in inside.split(", "))
        yield f"{a} and {b} are exchanged", source.replace(inside, turned, 1)


def slips(source):
    """Yield (kind, change, start, new, end) for every slip; the last three edit it.

    For example "a power is missing", "`a` in place of `a ** b`".
    """
    first = 2 + source.count("    old_")
    tree, starts = ast.parse(source), [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def place(node):
        start = starts[node.lineno - 1] + node.col_offset
        return start, starts[node.end_lineno - 1] + node.end_col_offset

    names = sorted({n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)} | {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _stored(n)
    })  # fmt: skip
    for node in ast.walk(tree):
        kinds = KINDS.get(type(node))
        for kind, new in kinds(node, names) if kinds and node.lineno >= first else ():
            start, end = place(node)
            change = f"`{_tidy(new)}` in place of `{_tidy(source[start:end])}`"
            yield kind, change, start, f"({new})", end
    yield from _lines(source, tree, place)


def _stored(name):
    return isinstance(name.ctx, ast.Store) and not name.id.startswith("old_")


def _tidy(code):
    """Write code without the brackets it does not need."""
    return ast.unparse(ast.parse(code, mode="eval")).replace("old_", "old ")


def with_old_names(source):
    """Keep each argument that gets a new value, so that a slip can use the old one."""
    tree = ast.parse(source).body[0]
    given = {argument.arg for argument in tree.args.args}
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _stored(n)}
    lines = source.splitlines(keepends=True)
    keep = [f"    old_{name} = {name}\n" for name in sorted(given & stored)]
    return "".join(lines[:1] + keep + lines[1:])


def _operation(node, names):
    """Yield the slips in a + b, a - b, a * b, a / b, a ** b."""
    a, o, b = (
        ast.unparse(node.left),
        OPERATORS.get(type(node.op)),
        ast.unparse(node.right),
    )
    if not o:
        return
    rest = {"-": f"-({b})", "/": f"1 / ({b})"}.get(o, b)
    yield ("a power is missing" if o == "**" else "a part is missing"), a
    if o != "**":
        yield "a part is missing", rest
    if o in ("-", "/", "**"):
        yield "the two sides are exchanged", f"({b}) {o} ({a})"
    if o == "/":
        yield "a whole-number division", f"({a}) // ({b})"
    yield "a square too many", f"({ast.unparse(node)}) ** 2"
    sign = "a sign is wrong" if o in "+-" else "the wrong operation"
    yield sign, f"({a}) {OTHERS[o]} ({b})"
    for inner in node.left, node.right:
        if isinstance(inner, ast.BinOp) and (p := OPERATORS.get(type(inner.op))):
            x, y = ast.unparse(inner.left), ast.unparse(inner.right)
            if inner is node.left:
                yield "brackets stand elsewhere", f"({x}) {p} (({y}) {o} ({b}))"
            else:
                yield "brackets stand elsewhere", f"(({a}) {o} ({x})) {p} ({y})"


def _name(node, names):
    """Yield the slips in a name that is read: another one, or one more or less."""
    if isinstance(node.ctx, ast.Load) and node.id in names:
        for other in names:
            if other != node.id:
                yield "the wrong name", other
        yield "a square too many", f"{node.id}**2"
        yield "an old value", "old_" + node.id  # where there is none, no function
        yield "one too few", f"{node.id} - 1"
        yield "one too many", f"{node.id} + 1"


def _constant(node, names):
    """Yield the slips in a number."""
    if type(node.value) in (int, float):
        for other in (node.value + 1, node.value - 1, 2 * node.value):
            yield "the wrong number", repr(other)


def _call(node, names):
    """Yield the slips in a call: not made, another function, an option forgotten."""
    function = ast.unparse(node.func)
    arguments = [ast.unparse(argument) for argument in node.args]
    options = [ast.unparse(option) for option in node.keywords]
    for option in options:
        others = [o for o in options if o != option]
        yield "an option is missing", f"{function}({', '.join(arguments + others)})"
        name, _, value = option.partition("=")
        if value in ("0", "1"):
            others = [o if o != option else f"{name}={1 - int(value)}" for o in options]
            yield "the wrong option", f"{function}({', '.join(arguments + others)})"
    for inner in arguments[:2]:
        yield "a function is missing", inner
    if len(arguments) == 2:
        swapped = ", ".join(arguments[::-1] + options)
        yield "two arguments are exchanged", f"{function}({swapped})"
    head, _, last = function.rpartition(".")
    for one, two in EXCHANGED:
        if last in (one, two):
            other = one if last == two else two
            inside = ", ".join(arguments + options)
            yield "the wrong function", f"{head}{'.' * bool(head)}{other}({inside})"


def _attribute(node, names):
    """Yield the slip in a transposed array."""
    if node.attr == "T":
        yield "a transpose is missing", ast.unparse(node.value)


def _comparison(node, names):
    """Yield the slip in a comparison."""
    if other := COMPARED.get(type(node.ops[0])):
        a, b = ast.unparse(node.left), ast.unparse(node.comparators[0])
        yield "the wrong comparison", f"({a}) {other} ({b})"


def _either(node, names):
    """Yield the slips in `a if condition else b`."""
    a, condition, b = map(ast.unparse, (node.body, node.test, node.orelse))
    yield "the two cases are exchanged", f"({b}) if ({condition}) else ({a})"
    yield "one case stands for both", a
    yield "one case stands for both", b


def _slice(node, names):
    """Yield the slip in a part of an array."""
    if isinstance(node.slice, ast.Slice):
        yield "all in place of a part", ast.unparse(node.value)


KINDS = {
    ast.BinOp: _operation, ast.Name: _name, ast.Constant: _constant, ast.Call: _call,
    ast.Attribute: _attribute, ast.Compare: _comparison, ast.IfExp: _either,
    ast.Subscript: _slice,
}  # fmt: skip


def _lines(source, tree, place):
    """Yield the slips in whole lines: one missing, two exchanged, return too early.

    As (kind, change, start, new text, end).
    """
    bodies = [getattr(node, "body", None) for node in ast.walk(tree)]
    for body in filter(lambda body: isinstance(body, list), bodies):
        for one, two in itertools.pairwise(body):
            (a, b), (c, d) = place(one), place(two)
            first, second = source[a:b], source[c:d]
            if first.startswith("old_"):
                continue
            if isinstance(one, ast.Assign):
                yield "a line is missing", f"the code without `{first}`", a, "pass", b
            if isinstance(one, ast.Assign) and isinstance(two, ast.Assign):
                turned = second + source[b:c] + first
                yield (
                    "a line comes too early",
                    f"`{second}` before `{first}`",
                    a,
                    turned,
                    d,
                )
            while isinstance(two, ast.Return) and isinstance(one, ast.For):
                one = one.body[-1]
                inside = f"{first}\n{' ' * one.col_offset}{second}"
                yield "return stands too far in", f"`{second}` in a loop", a, inside, b
