"""Leave out of a site's styles what no page uses: each page waits for all of it."""

import re

import tinycss2
from tinycss2 import serialize

LATER = "bs-", "MJX", "mjx"  # classes that scripts put together


def names(site):
    """Return all words of a site's pages and scripts: every class is one of them."""
    others = {"slides", "lite"}  # which have styles of their own
    pages = [
        page
        for page in site.rglob("*.html")
        if not others & {*page.relative_to(site).parts}
    ]
    # Not fontawesome.js, which has the names of all icons, and is on no page.
    scripts = [*site.glob("_static/[!f]*.js"), *site.glob("_static/scripts/[!f]*.js")]
    texts = (file.read_text("utf-8") for file in pages + scripts if file.is_file())
    return {word for text in texts for word in re.findall(r"[\w-]+", text)}


def is_used(selector, words):
    """Say whether a selector's classes are all there, or a tooltip's or MathJax's."""
    there = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", selector)
    classes = re.findall(r"\.((?:[\w-]|\\.)+)", there)
    return all(name in words or name.startswith(LATER) for name in classes)


def pruned(rules, words):
    """Yield the rules that are used, of a list as tinycss2 reads it."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = re.split(r",(?![^(]*\))", serialize(rule.prelude))
            if used := ",".join(s for s in selectors if is_used(s, words)):
                yield f"{used}{{{serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = "".join(pruned(tinycss2.parse_rule_list(rule.content), words))
            yield f"@{rule.at_keyword}{serialize(rule.prelude)}{{{inner}}}"
        elif rule.type == "at-rule":
            yield rule.serialize()


def prune(site):
    """Rewrite the styles of a site that has just been built."""
    words = names(site)
    for path in [*site.glob("_static/*.css"), *site.glob("_static/styles/*.css")]:
        rules = tinycss2.parse_stylesheet(path.read_text("utf-8"))
        path.write_text("".join(pruned(rules, words)), "utf-8")
