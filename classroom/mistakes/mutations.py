"""Wrong versions of right code: every slip that can be made in it, each by itself.

A slip is small: a term is forgotten, two names are exchanged, brackets stand elsewhere,
a line comes too early.  Who tests tests calls such an edit a mutation, and what comes
of it a mutant.
"""

import ast
import itertools
import re
from collections import defaultdict
from gettext import gettext as _
from typing import NamedTuple

OPERATORS = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "Pow": "**"}
# What may stand in place of an expression of these kinds; {a}, {b}, {c} are its parts.
REPLACEMENTS = [
    ("Add Mult MatMult", "a part is missing", "{a}", "{b}"),
    ("Sub", "a part is missing", "{a}", "-{b}"),
    ("Div", "a part is missing", "{a}", "1 / {b}"),
    ("Pow", "a power is missing", "{a}"),
    ("Sub", "the two sides are exchanged", "{b} - {a}"),
    ("Div", "the two sides are exchanged", "{b} / {a}"),
    ("Pow", "the two sides are exchanged", "{b} ** {a}"),
    ("Div", "a whole-number division", "{a} // {b}"),
    ("Name Add Sub Mult Div Pow", "a square too many", "({whole}) ** 2"),
    ("Name Add Sub Mult Div Pow", "a root too many", "({whole}) ** 0.5"),
    ("Name", "a factor too many", "2 * {whole}", "{whole} / 2"),
    ("Add", "a sign is wrong", "{a} - {b}"),
    ("Sub", "a sign is wrong", "{a} + {b}"),
    ("Mult", "the wrong operation", "{a} / {b}", "{b} / {a}"),
    ("Div Pow", "the wrong operation", "{a} * {b}"),
    ("Name", "an old value", "old_{whole}"),  # where there is none, no function
    ("Name", "one too few", "{whole} - 1"),
    ("Name", "one too many", "{whole} + 1"),
    ("Name", "one number in place of all", "{whole}[0]", "{whole}[-1]"),
    ("Name", "one number in place of all", "len({whole})", "np.mean({whole})"),
    ("Call", "a function is missing", "{b}", "{c}"),
    ("T", "a transpose is missing", "{a}"),
    ("Part", "all in place of a part", "{a}"),
    ("Loop", "one is left out", "({whole})[1:]", "({whole})[:-1]"),
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


class Mutation(NamedTuple):
    """An edit of a source: from `start` to `end` it is to have new code."""

    kind: str  # "a power is missing"
    change: str  # "`a` in place of `a ** b`"
    start: int
    code: str
    end: int


def mutants(source):
    """Yield (sentence, source) for every mutation of a source."""
    source = _with_old_names(source)
    for kind, change, start, code, end in mutations(source):
        sentence = _("{kind}: your numbers are those of {change}")
        yield (
            sentence.format(kind=kind, change=change),
            source[:start] + code + source[end:],
        )


def exchanged_arguments(source):
    """Yield (sentence, source) for every two arguments taken for each other."""
    inside = source[source.index("(") + 1 : source.index(")")]
    for a, b in itertools.combinations(inside.split(", "), 2):
        other = {a: b, b: a}
        turned = ", ".join(other.get(name, name) for name in inside.split(", "))
        sentence = _("{one} and {two} are exchanged").format(one=a, two=b)
        yield sentence, source.replace(inside, turned, 1)


def mutations(source):
    """Yield every mutation of a source that can be told: it quotes no name of its own.

    Of the names in an answer a learner has seen the arguments, and those of NumPy.
    """
    tree = ast.parse(source)
    own = (_assigned(tree) | _arguments(tree)) - _arguments(tree.body[0].args)
    hidden = re.compile(rf"(?<![\w.])({'|'.join(own) or '(?!)'})(?!\w)")
    return (m for m in _all_mutations(source) if not hidden.search(m.change))


def _all_mutations(source):
    """Yield every mutation of a source."""
    tree = ast.parse(source)
    place = _places(source)
    names = sorted(_arguments(tree) | _assigned(tree))
    loops = [node.iter for node in ast.walk(tree) if hasattr(node, "iter")]
    first = source.count("\n    old_") + tree.body[0].body[0].lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and node.lineno >= first:
            start, end = place(node)
            for kind, code in _instead_of(node, names, is_loop=node in loops):
                change = _("`{new}` in place of `{old}`").format(
                    new=_tidy(code), old=_tidy(source[start:end])
                )
                yield Mutation(kind, change, start, f"({code})", end)
            yield from _without_brackets(source, start, end)
    yield from _moved_lines(source, tree, place)


def _places(source):
    """Return a function that says where a node begins and ends in a source."""
    lines = [0, *itertools.accumulate(map(len, source.splitlines(keepends=True)))]

    def place(node):
        start = lines[node.lineno - 1] + node.col_offset
        return start, lines[node.end_lineno - 1] + node.end_col_offset

    return place


def _with_old_names(source):
    """Keep each argument that gets a new value, so that a mutation can use the old."""
    tree, lines = ast.parse(source), source.splitlines(keepends=True)
    body = tree.body[0].body[0].lineno - 1
    changed = sorted(_arguments(tree) & _assigned(tree))
    old = [f"    old_{name} = {name}\n" for name in changed]
    return "".join([*lines[:body], *old, *lines[body:]])


def _arguments(tree):
    return {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def _assigned(tree):
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {name for name in stored if not name.startswith("old_")}


def _tidy(code):
    """Write code without the brackets it does not need."""
    code = ast.unparse(ast.parse(code, mode="eval"))
    return re.sub(
        r"\bold_(\w+)", lambda match: _("old {name}").format(name=match[1]), code
    )


# Within an expression


def _instead_of(node, names, is_loop):
    """Yield (kind, code) for what may stand in place of an expression."""
    whole, name = ast.unparse(node), _kind_of(node, names)
    children = [c for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr)]
    parts = [f"({ast.unparse(child)})" for child in children]
    known = defaultdict(str, zip("abc", parts, strict=False), whole=whole)
    if name == "Name":
        yield from ((_("the wrong name"), other) for other in names if other != whole)
    if name in ("int", "float"):
        for other in (node.value + 1, node.value - 1, 2 * node.value, node.value / 2):
            yield _("the wrong number"), repr(other)
    for kinds, kind, *codes in REPLACEMENTS:
        if {name, "Loop" * is_loop}.intersection(kinds.split()):
            versions = (code.format_map(known) for code in codes)
            yield from ((_(kind), code) for code in versions if code)
    if name in OPERATORS:
        yield from _other_brackets(node, OPERATORS[name], *parts)
    if name == "Call":
        yield from _other_calls(node, whole)


def _kind_of(node, names):
    """Return the word for an expression, by which REPLACEMENTS knows it."""
    if isinstance(node, ast.Name):
        return "Name" * (isinstance(node.ctx, ast.Load) and node.id in names)
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return "Part" * isinstance(node.slice, ast.Slice)
    node = getattr(node, "value", node)
    return type(getattr(node, "op", None) or getattr(node, "ops", [node])[0]).__name__


def _other_brackets(node, operator, a, b):
    """Yield a + (b + c) in place of (a + b) + c, whatever the operations are."""
    for inner in node.left, node.right:
        if other := OPERATORS.get(_kind_of(inner, ())):
            x, y = f"({ast.unparse(inner.left)})", f"({ast.unparse(inner.right)})"
            code = f"({a} {operator} {x}) {other} {y}"
            if inner is node.left:
                code = f"{x} {other} ({y} {operator} {b})"
            yield _("brackets stand elsewhere"), code


def _other_calls(node, whole):
    """Yield the slips in a call: an option forgotten, another function."""
    for option in node.keywords:
        others = [other for other in node.keywords if other is not option]
        call = ast.Call(node.func, node.args, others)
        yield _("an option is missing"), ast.unparse(call)
        if (value := ast.unparse(option.value)) in ("0", "1"):
            old, new = f"{option.arg}={value}", f"{option.arg}={1 - int(value)}"
            yield _("the wrong option"), whole.replace(old, new)
    if isinstance(node.func, ast.Attribute):
        yield _("a function is missing"), ast.unparse(node.func.value)
    if len(node.args) == 2:
        a, b = map(ast.unparse, node.args)
        turned = whole.replace(f"({a}, {b}", f"({b}, {a}")
        yield _("two arguments are exchanged"), turned
    function = ast.unparse(node.func)
    start, _dot, last = function.rpartition(".")
    for pair in EXCHANGED:
        if last in pair:
            other = f"{start}{_dot}{pair[last == pair[0]]}"
            yield _("the wrong function"), other + whole.removeprefix(function)


def _without_brackets(source, start, end):
    """Yield the mutation that takes the brackets off what stands there, if it can."""
    before, bracket = source[start - 2 : start]
    if bracket + source[end] == "()" and not before.isidentifier():  # no call
        code = source[start:end]
        change = _("the code without those round `{code}`").format(code=_tidy(code))
        yield Mutation(_("brackets are missing"), change, start - 1, code, end + 1)


# Whole lines


def _moved_lines(source, tree, place):
    """Yield the mutations of whole lines: missing, exchanged, in or out of a loop."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        if isinstance(node, ast.For) and isinstance(body[0], ast.Assign):
            yield _before_its_loop(source, node, place)
        for line, following in itertools.pairwise(body):
            if source[slice(*place(line))].startswith("old_"):
                continue
            if isinstance(line, ast.Assign):
                yield from _too_early(source, line, following, place)
            while isinstance(following, ast.Return) and isinstance(line, ast.For):
                line = line.body[-1]
                yield _too_far_in(source, line, following, place)


def _before_its_loop(source, loop, place):
    """Return the mutation that takes the first line of a loop out of it."""
    (start, end), (a, b) = place(loop), place(loop.body[0])
    line = source[a:b]
    code = f"{line}\n{' ' * loop.col_offset}{source[start:a]}pass{source[b:end]}"
    change = _("`{line}` before it").format(line=line)
    return Mutation(_("a line stands before its loop"), change, start, code, end)


def _too_early(source, line, following, place):
    """Yield the mutations that leave out an assignment, or what should come first."""
    (a, b), (c, d) = place(line), place(following)
    first, second = source[a:b], source[c:d]
    change = _("the code without `{line}`").format(line=first)
    yield Mutation(_("a line is missing"), change, a, "pass", b)
    if isinstance(following, ast.Assign):
        change = _("`{one}` before `{two}`").format(one=second, two=first)
        code = second + source[b:c] + first
        yield Mutation(_("a line comes too early"), change, a, code, d)


def _too_far_in(source, line, following, place):
    """Return the mutation that puts a return at the end of the loop before it."""
    (a, b), (c, d) = place(line), place(following)
    code = f"{source[a:b]}\n{' ' * line.col_offset}{source[c:d]}"
    change = _("`{line}` in a loop").format(line="return")
    return Mutation(_("return stands too far in"), change, a, code, b)
