"""A mistake is an edit of the right answer: `old -> new`, wherever old stands in it.

    2 * height -> height
        the 2 is missing: the height is gt²/2

Several edits in a row belong together; under them stands the sentence on the mistake.
"""

import ast
import inspect
import re
import textwrap


def mistakes_in(text):
    """Return `{edits: sentence}` of a list of mistakes.

    >>> mistakes_in("a -> b\\n    b is there: write a")
    {'a -> b\\n': 'b is there: write a'}
    """
    pairs = re.findall(r"((?:^\S.* ->.*\n)+)((?:^ +.*\n?)+)", text, re.M)
    return {edits: " ".join(lines.split()) for edits, lines in pairs}


def code_of(function, name):
    """Return the code of a function, under a name, without decorators and docstring."""
    source = textwrap.dedent(inspect.getsource(function))
    node = ast.parse(source).body[0]
    lines, first = source.splitlines(keepends=True), node.body[0]
    if ast.get_docstring(node) is not None:
        del lines[first.lineno - 1 : first.end_lineno]
    code = "".join(lines[node.lineno - 1 :])
    return code.replace(f"def {function.__name__}(", f"def {name}(", 1)


def apply(source, edits):
    """Return a source with each `old -> new` made at every place; None if at none.

    >>> apply("v = beta * v + g", "beta * -> 0.9 *")
    'v = 0.9 * v + g'
    """
    for edit in edits.splitlines():
        old, _, new = edit.partition(" ->")
        if old not in source:
            return None
        source = source.replace(old, new.strip())
    return source


def function_of(source, like):
    """Return the function that a source defines, with what another one knows.

    None if the source cannot be read.
    """
    scope = dict(like.__globals__)
    try:
        exec(source, scope)
    except SyntaxError:
        return None
    return scope[like.__name__]
