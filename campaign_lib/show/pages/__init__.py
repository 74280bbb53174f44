"""HTML pages that stand alone: one file, no outside address, readable on a phone and on paper.

`export` makes one from an executed notebook, `fill` one from a template and plain values. Both
put their content into `base.html.j2` and its style, `page.css`.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from campaign_lib.words import Words

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from campaign_lib.show.pages.exporter import ReportExporter


# Links inside the reports folder: what a notebook names, a page turns into addresses.

#: Gives the address of a figure's explanation or a place's report (`figure` or `page`, and its
#: name), or None where there is none to lead to.
Resolve = Callable[[str, str], str | None]

_LINK = re.compile(
    r'(<span class="reference">)?<a class="traced"( title="[^"]*")? href="(figure|page):([^"]*)">'
    r"(.*?)</a>",
    re.DOTALL,
)


def nowhere(kind: str, name: str) -> None:
    """Lead nowhere: a page that stands alone."""


def with_addresses(page: str, resolve: Resolve) -> str:
    """Fill addresses in; where there is none, the link goes, and its reference or text stays."""

    def filled(link: re.Match[str]) -> str:
        beside, title, kind, name, text = link.groups(default="")
        address = resolve(kind, unescape(name))
        if address is None:
            return f"{beside}{name}" if beside else text
        return f'{beside}<a class="traced"{title} href="{escape(address)}">{text}</a>'

    return _LINK.sub(filled, page)


FOLDER = Path(__file__).parent
#: The class of what brings the pages' style along where there is no page.
SHEET = "campaign-sheet"

#: Where a page stands among the others: words and the relative address behind them.
Crumbs = Sequence[tuple[str, str]]


def export(
    notebook: "NotebookNode",
    title: str,
    language: str,
    *,
    crumbs: Crumbs = (),
    resolve: Resolve = nowhere,
) -> str:
    """Make the page of an executed notebook: its words, tables and charts, none of its code.

    Args:
        notebook: executed; it stays as it is.
        title: the page's title, also at the foot of each printed page.
        language: ``vi`` or ``en``, what the notebook speaks.
        crumbs: links back, such as to the list of all reports.
        resolve: gives the addresses of figures and of other pages.

    Returns:
        The page, to be written as UTF-8.
    """
    page, _ = _exporter().from_notebook_node(notebook, {"page": frame(title, language, crumbs)})
    return with_addresses(page, resolve)


def fill(
    template: Path,
    title: str,
    language: str,
    *,
    crumbs: Crumbs = (),
    script: str = "",
    **values: Any,
) -> str:
    """Make a page from a template that extends ``base.html.j2``.

    Args:
        template: the Jinja file; values are escaped in it, unless they are Markup.
        title: the page's title.
        language: ``vi`` or ``en``.
        crumbs: links back.
        script: of ours, the only one that this page lets run.
        values: what the template names, beside ``words`` in `language`.

    Returns:
        The page, to be written as UTF-8.
    """
    environment = Environment(
        loader=FileSystemLoader([template.parent, FOLDER]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    add_style(environment)
    return environment.get_template(template.name).render(
        page=frame(title, language, crumbs, script), words=Words(language), **values
    )


def _css_text(text: str) -> Markup:
    """Write text as a string of CSS; in a style element `<` must not stand as itself either."""
    plain = (sign if sign.isalnum() or sign == " " else f"\\{ord(sign):x} " for sign in text)
    return Markup('"' + "".join(plain) + '"')


def add_style(environment: Environment) -> None:
    """Give an environment what ``base.html.j2`` needs."""
    environment.globals["style"] = Markup((FOLDER / "page.css").read_text(encoding="utf-8"))
    environment.filters["css_text"] = _css_text


def frame(title: str, language: str, crumbs: Crumbs = (), script: str = "") -> dict[str, Any]:
    """Give what ``base.html.j2`` asks of a page."""
    return {"title": title, "language": language, "crumbs": crumbs, **running(script)}


def running(script: str) -> dict[str, Any]:
    """Give that part of a frame that lets a script of ours run, and no other."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return {"script": Markup(script), "script_digest": f"sha256-{digest}"}


@cache
def _exporter() -> "ReportExporter":
    """Make the one exporter: loading nbconvert takes longer than making a page."""
    from campaign_lib.show.pages.exporter import ReportExporter

    return ReportExporter(runs=False)
