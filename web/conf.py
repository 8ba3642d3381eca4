"""The web edition: the notebooks as pages, executed before (tools/site/live.py).

    sphinx-build -c web build/source build/site

Scripts, styles and fonts come from build/site/_static (tools/site/assets.py): no page
asks anything of another site.
"""

import json
import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from gettext import gettext as _

from classroom.course import cited
from tools.address import PLACEHOLDER, published
from tools.course import LITE, LIVE, SOURCE, STATIC
from tools.site.styles import prune

project = _("SGD and Adam, taken apart")
author = _("the authors of the course")
language = os.environ["LANGUAGE"]
version = release = cited("version")
copyright = _("the authors; text CC BY 4.0, code BSD 3-Clause")
extensions = ["myst_nb", "sphinx.ext.githubpages"]
exclude_patterns = ["notebooks/quizzes", "**/.ipynb_checkpoints", "deck.md"]
html_use_index = False

nb_execution_mode = "off"  # done before
nb_ipywidgets_js = {}
nb_merge_streams = True
nb_code_prompt_show = _("Show the code")
nb_code_prompt_hide = _("Hide the code")
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3

# The same MathJax 2 as on the slides: nbconvert speaks to no other.
myst_update_mathjax = False
mathjax_path = f"../{STATIC}/mathjax/MathJax.js"
mathjax2_config = {
    "config": ["TeX-AMS_CHTML-full.js", "Safe.js"],
    "messageStyle": "none",
    "menuSettings": {"inTabOrder": False},
}

# Where the course lives; a fork's pages say their own address.  Without one there is no
# button that would lead nowhere.
repository = published(os.environ.get("GITHUB_REPOSITORY", ""))
binder = {"binderhub_url": "https://mybinder.org"} if repository else {}
colab = {"colab_url": "https://colab.research.google.com"} if repository else {}
html_theme = "sphinx_book_theme"
html_title = project
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
templates_path = ["_templates"]
html_static_path = [
    "custom.css",
    "../classroom/asked.css",
    "panels.js",
    str(LIVE / "questions.js"),
]
html_css_files = ["custom.css", "asked.css"]
# On a phone each equation of a row gets a line of its own, and what is still too wide
# is broken before a relation, never at a thin space.
lines = r"""if (innerWidth <= 560) {
  const line = '\\mmlToken{mspace}[linebreak="newline"]{}';
  MathJax.Hub.Config({
    CommonHTML: {linebreaks: {automatic: true}},
    TeX: {Macros: {qquad: line, quad: line, ",": "\\mmlToken{mtext}{\u2009}"}},
  });
}"""
# A folded cell's summary has words of its own, and needs no other name.  What is to be
# read is folded on a phone alone (tools/site/source.py).
summaries = """addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("summary[aria-label]").forEach(
    summary => summary.removeAttribute("aria-label"));
  if (innerWidth > 560) document.querySelectorAll(".tag_read details").forEach(
    folded => { folded.open = true; });
})"""
# What the theme and the search say in English alone, or in faulty Spanish.
NAMES = {
    "Toggle primary sidebar": _("Show or hide the menu"),
    "Toggle secondary sidebar": _("Show or hide what is on this page"),
    "Toggle hidden content": _("Show or hide"),
    "Main": _("All pages"),
    "Page": _("This page"),
    "Link to this heading": _("Link to this heading"),
    "Launch interactive content": _("Run this notebook"),
    "Launch via JupyterLite": _("Run in JupyterLite"),
    "JupyterLite logo": _("Logo of JupyterLite"),
    "Colab logo": _("Logo of Colab"),
    "Binder logo": _("Logo of Binder"),
    "Descarga esta pagina": _("Download this page"),
}
NOT_FOUND = (
    "Your search did not match any documents. Please make sure that all words are "
    "spelled correctly and that you've selected enough categories."
)
words = {NOT_FOUND: _("No page has all these words. Is each spelt right?")}
search = f"Object.assign(Documentation.TRANSLATIONS, {json.dumps(words)})"
html_js_files = [
    (None, {"type": "text/x-mathjax-config", "body": lines}),
    (None, {"body": summaries}),
    (None, {"body": search}),
    ("panels.js", {"defer": "defer"}),
    ("questions.js", {"defer": "defer"}),
]
lite = "../" * (not SOURCE) + "../lite/notebooks/index.html"
html_theme_options = {
    "article_header_end": ["language.html", "article-header-buttons.html"],
    "navbar_persistent": [],
    "search_bar_text": _("Search the course"),
    "repository_url": f"https://github.com/{repository or PLACEHOLDER}",
    "repository_branch": "main",
    "use_repository_button": bool(repository),
    "use_issues_button": bool(repository),
    "use_download_button": True,
    "launch_buttons": {
        "notebook_interface": "jupyterlab",
        **({"jupyterlite_url": lite} if LITE.exists() else {}),
        **binder,
        **colab,
    },
    "extra_footer": _("Version {}, {}").format(version, cited("date-released")),
}


def in_the_other_language(app, page, template, context, doctree):
    """Give a page the link to its twin, which search engines read as well.

    What the library has is read in English alone.
    """
    if page.startswith("library/") and page != "library/index":
        return
    context["twin_language"], context["twin_name"] = (
        ("es", "Español") if SOURCE else ("en", "English")
    )
    top = "../" * (page.count("/") + (not SOURCE))
    context["twin"] = f"{top}{'es/' * SOURCE}{page}.html"
    context["metatags"] = context.get("metatags", "") + (
        f'<link rel="alternate" hreflang="{context["twin_language"]}" '
        f'href="{context["twin"]}">'
    )


def mend(app, error):
    """Put our NAMES in the place of the theme's, on every page that was made.

    Its icons are letters of a font; the script that would draw them once more weighs
    half a megabyte on each page.  A page that searches loads what a search needs.  The
    stop after a formula does not begin a line.
    """
    later = "fontawesome|searchtools|language_data|searchindex"
    for page in [] if error else [*app.env.found_docs, "search"]:
        path = Path(app.builder.get_outfilename(page))
        html = re.sub(
            r'((?:title|aria-label|alt)=")([^"]+)',
            lambda found: found[1] + NAMES.get(found[2], found[2]),
            path.read_text("utf-8"),
        )
        if "/deeper/" in page:  # one folder deeper than the theme's one address
            html = re.sub(r'href="((?:\.\./)+lite/)', r'href="../\1', html)
        if page == "search":
            later = "fontawesome"
        html = re.sub(rf"<script [^>]*\b({later})\.js[^>]*></script>", "", html)
        html = re.sub(
            r'(<span class="math [^>]*>[^<]*</span>[.,;:?!)]+)',
            r'<span class="unbroken">\1</span>',
            html,
        )
        path.write_text(html, "utf-8")
    if not error:
        prune(Path(app.outdir))


def setup(app):
    """Connect what Sphinx calls for each page, and at the end."""
    app.connect("html-page-context", in_the_other_language)
    app.connect("build-finished", mend)
