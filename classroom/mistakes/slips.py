"""Wrong versions of right code: with an edit, or with a slip that can be made anywhere.

A slip is small: a term is forgotten, two names are exchanged, brackets stand elsewhere,
a line comes too early.  `slips` makes every one that fits, and says which it is.
"""

import ast
import inspect
import itertools
import re
from collections import defaultdict
from gettext import gettext as _

OPERATORS = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "Pow": "**"}
# What is written in place of an expression, {it}, whose parts are {a}, {b}, {c}.
SLIPS = [
    ("Add Mult MatMult", "a part is missing", "{a}", "{b}"),
    ("Sub", "a part is missing", "{a}", "-{b}"),
    ("Div", "a part is missing", "{a}", "1 / {b}"),
    ("Pow", "a power is missing", "{a}"),
    ("Sub", "the two sides are exchanged", "{b} - {a}"),
    ("Div", "the two sides are exchanged", "{b} / {a}"),
    ("Pow", "the two sides are exchanged", "{b} ** {a}"),
    ("Div", "a whole-number division", "{a} // {b}"),
    ("Name Add Sub Mult Div Pow", "a square too many", "({it}) ** 2"),
    ("Name Add Sub Mult Div Pow", "a root too many", "({it}) ** 0.5"),
    ("Name", "a factor too many", "2 * {it}", "{it} / 2"),
    ("Add", "a sign is wrong", "{a} - {b}"),
    ("Sub", "a sign is wrong", "{a} + {b}"),
    ("Mult", "the wrong operation", "{a} / {b}", "{b} / {a}"),
    ("Div Pow", "the wrong operation", "{a} * {b}"),
    ("Name", "an old value", "old_{it}"),  # where there is none, no function
    ("Name", "one too few", "{it} - 1"),
    ("Name", "one too many", "{it} + 1"),
    ("Call", "a function is missing", "{b}", "{c}"),
    ("T", "a transpose is missing", "{a}"),
    ("Part", "all in place of a part", "{a}"),
    ("Loop", "one is left out", "({it})[1:]", "({it})[:-1]"),
    ("Gt GtE", "the wrong comparison", "{a} < {b}"),
    ("Lt LtE", "the wrong comparison", "{a} > {b}"),
    ("Eq", "the wrong comparison", "{a} != {b}"),
    ("MatMult", "the two sides are exchanged", "{b} @ {a}"),
    ("MatMult", "number by number in place of matrices", "{a} * {b}"),
    ("IfExp", "the two cases are exchanged", "{c} if {a} else {b}"),
    ("IfExp", "one case stands for both", "{b}", "{c}"),
]
EXCHANGED = [
    ("mean", "sum"), ("std", "var"), ("max", "min"), ("maximum", "minimum"),
    ("argmax", "argmin"), ("nanargmin", "argmin"), ("nanargmin", "nanargmax"),
    ("sin", "cos"), ("mean", "median"), ("mean", "max"), ("mean", "min"),
    ("sqrt", "square"), ("sqrt", "log"), ("exp", "log"), ("divide", "floor_divide"),
    ("divide", "multiply"),
]  # fmt: skip


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
    source = _with_old_names(source)
    for kind, change, start, new, end in slips(source):
        wrong = source[:start] + new + source[end:]
        said = _("{kind}: your numbers are those of {change}")
        yield said.format(kind=kind, change=change), wrong


def one_slip_twice(source):
    """Yield (sentence, source) for every two slips of one kind.

    Of a name, or its factor, power or count, only the same: two that differ agree with
    too much that is no slip.
    """
    source = _with_old_names(source)
    inorder = sorted(slips(source), key=lambda slip: slip[2])
    of_names = {_(kind) for keys, kind, *_codes in SLIPS if "Name" in keys}
    of_names.add(_("the wrong name"))
    for one, two in itertools.combinations(inorder, 2):
        (kind, change, a, new, b), (other, second, c, newer, d) = one, two
        if kind == other and b <= c and (change == second or kind not in of_names):
            both = source[:a] + new + source[b:c] + newer + source[d:]
            said = _("{kind}, twice: your numbers are those of {one}, and {two}")
            if change == second:
                said = _("{kind}, twice: your numbers are those of {one}")
            yield said.format(kind=kind, one=change, two=second), both


def exchanged_arguments(source):
    """Yield (sentence, source) for every two arguments taken for each other."""
    inside = source[source.index("(") + 1 : source.index(")")]
    for a, b in itertools.combinations(inside.split(", "), 2):
        turn = {a: b, b: a}
        turned = ", ".join(turn.get(name, name) for name in inside.split(", "))
        said = _("{one} and {two} are exchanged").format(one=a, two=b)
        yield said, source.replace(inside, turned, 1)


def slips(source):
    """Yield (kind, change, start, new, end) for every slip; the last three edit it.

    For example "a power is missing", "`a` in place of `a ** b`".
    """
    tree = ast.parse(source)
    lines = [0, *itertools.accumulate(map(len, source.splitlines(keepends=True)))]

    def place(node):
        start = lines[node.lineno - 1] + node.col_offset
        return start, lines[node.end_lineno - 1] + node.end_col_offset

    names = sorted(_given(tree) | _stored(tree))
    loops = [node.iter for node in ast.walk(tree) if hasattr(node, "iter")]
    first = source.count("    old_") + 2
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and node.lineno >= first:
            start, end = place(node)
            for kind, new in _expression(node, names, "Loop" * (node in loops)):
                change = _("`{new}` in place of `{old}`").format(
                    new=_tidy(new), old=_tidy(source[start:end])
                )
                yield kind, change, start, f"({new})", end
            before, bracket = source[start - 2 : start]
            if bracket + source[end] == "()" and not before.isidentifier():  # no call
                inside = source[start:end]
                change = _("the code without those round `{code}`")
                change = change.format(code=_tidy(inside))
                yield _("brackets are missing"), change, start - 1, inside, end + 1
    yield from _lines(source, tree, place)


def _with_old_names(source):
    """Keep each argument that gets a new value, so that a slip can use the old one."""
    tree, (head, *body) = ast.parse(source), source.splitlines(keepends=True)
    changed = sorted(_given(tree) & _stored(tree))
    return "".join([head, *(f"    old_{name} = {name}\n" for name in changed), *body])


def _given(tree):
    return {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def _stored(tree):
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {name for name in stored if not name.startswith("old_")}


def _tidy(code):
    """Write code without the brackets it does not need."""
    tidy = ast.unparse(ast.parse(code, mode="eval"))
    return re.sub(r"\bold_(\w+)", lambda it: _("old {name}").format(name=it[1]), tidy)


def _expression(node, names, loop=""):
    """Yield (kind, code) for what may stand by a slip in place of an expression."""
    it, key = ast.unparse(node), _key(node, names)
    children = [c for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr)]
    parts = [f"({ast.unparse(child)})" for child in children]
    given = defaultdict(str, zip("abc", parts, strict=False), it=it)
    if key == "Name":
        yield from ((_("the wrong name"), name) for name in names if name != it)
    if key in ("int", "float"):
        for other in (node.value + 1, node.value - 1, 2 * node.value, node.value / 2):
            yield _("the wrong number"), repr(other)
    for keys, kind, *codes in SLIPS:
        if {key, loop}.intersection(keys.split()):
            made = (code.format_map(given) for code in codes)
            yield from ((_(kind), new) for new in made if new)
    if key in OPERATORS:
        yield from _brackets(node, OPERATORS[key], *parts)
    if key == "Call":
        yield from _call(node, it)


def _brackets(node, o, a, b):
    """Yield a + (b + c) in place of (a + b) + c, whatever the operations are."""
    for inner in node.left, node.right:
        if p := OPERATORS.get(_key(inner, ())):
            x, y = f"({ast.unparse(inner.left)})", f"({ast.unparse(inner.right)})"
            later, sooner = f"{x} {p} ({y} {o} {b})", f"({a} {o} {x}) {p} {y}"
            yield _("brackets stand elsewhere"), later if inner is node.left else sooner


def _call(node, it):
    """Yield the slips in a call: an option forgotten, another function."""
    for option in node.keywords:
        others = [other for other in node.keywords if other is not option]
        yield (
            _("an option is missing"),
            ast.unparse(ast.Call(node.func, node.args, others)),
        )
        if (value := ast.unparse(option.value)) in ("0", "1"):
            name = f"{option.arg}="
            yield (
                _("the wrong option"),
                it.replace(name + value, f"{name}{1 - int(value)}"),
            )
    if isinstance(node.func, ast.Attribute):
        yield _("a function is missing"), ast.unparse(node.func.value)
    if len(node.args) == 2:
        a, b = map(ast.unparse, node.args)
        swapped = it.replace(f"({a}, {b}", f"({b}, {a}", 1)
        yield _("two arguments are exchanged"), swapped
    function = ast.unparse(node.func)
    for pair in EXCHANGED:
        last = function.rpartition(".")[2]
        if last in pair:
            other = function.removesuffix(last) + pair[last == pair[0]]
            yield _("the wrong function"), other + it.removeprefix(function)


def _key(node, names):
    """Return the word for an expression, by which SLIPS knows it."""
    if isinstance(node, ast.Name):
        return "Name" * (isinstance(node.ctx, ast.Load) and node.id in names)
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return "Part" * isinstance(node.slice, ast.Slice)
    node = getattr(node, "value", node)
    return type(getattr(node, "op", None) or getattr(node, "ops", [node])[0]).__name__


def _lines(source, tree, place):
    """Yield the slips in whole lines: one missing, two exchanged, one too far out."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(node, ast.For) and isinstance(body[0], ast.Assign):
            (a, b), (c, d) = place(node), place(body[0])
            head, line, rest = source[a:c], source[c:d], source[d:b]
            early = f"{line}\n{' ' * node.col_offset}{head}pass{rest}"
            change = _("`{line}` before it").format(line=line)
            yield _("a line stands before its loop"), change, a, early, b
        for one, two in itertools.pairwise(body if isinstance(body, list) else []):
            (a, b), (c, d) = place(one), place(two)
            first, second = source[a:b], source[c:d]
            if first.startswith("old_"):
                continue
            if isinstance(one, ast.Assign):
                change = _("the code without `{line}`").format(line=first)
                yield _("a line is missing"), change, a, "pass", b
            if isinstance(one, ast.Assign) and isinstance(two, ast.Assign):
                change = _("`{one}` before `{two}`").format(one=second, two=first)
                turned = second + source[b:c] + first
                yield _("a line comes too early"), change, a, turned, d
            while isinstance(two, ast.Return) and isinstance(one, ast.For):
                one = one.body[-1]
                inside = f"{first}\n{' ' * one.col_offset}{second}"
                change = _("`{line}` in a loop").format(line=second)
                yield _("return stands too far in"), change, a, inside, b
