"""The templates beside this file, *.j2: what teachers read, and learning platforms."""

from gettext import gettext as _
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)
TEMPLATES.globals["_"] = _


def text_of(name, **fields):
    """Return a template with its fields."""
    return TEMPLATES.get_template(f"{name}.j2").render(fields)
