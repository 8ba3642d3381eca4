"""What web/questions.js says, for a page in another language."""

import json
import re

from tools.course import ROOT

SCRIPT = ROOT / "web" / "questions.js"


def said():
    """Return the sentences of the script's table, in English."""
    table = re.search(
        r"(?s)const TEXT = \w+\(\{(.*?)\n  \}\);", SCRIPT.read_text("utf-8")
    )
    joined = re.sub(r'"\s*\+\s*"', "", table[1])
    return re.findall(r'"([^"]+)"', joined)


def sentences(translate):
    """Return a line to go before the script: what it says, in the page's language."""
    table = {one: translate(one) for one in said()}
    table = {english: one for english, one in table.items() if one != english}
    return f"globalThis.SENTENCES = {json.dumps(table, ensure_ascii=False)};"
