"""Links inside the reports folder: what a notebook names, a page turns into addresses."""

import re
from collections.abc import Callable
from html import escape, unescape

#: Gives the address of a figure's explanation or a place's report (`figure` or `page`, and its
#: name), or None where there is none to lead to.
Resolve = Callable[[str, str], str | None]

_LINK = re.compile(
    r'<a class="traced"( title="[^"]*")? href="(figure|page):([^"]*)">(.*?)</a>', re.DOTALL
)


def nowhere(kind: str, name: str) -> None:
    """Lead nowhere: a page that stands alone."""


def with_addresses(page: str, resolve: Resolve) -> str:
    """Fill addresses in; where there is none, the text stays and the link goes."""

    def filled(link: re.Match[str]) -> str:
        title, kind, name, text = link.groups(default="")
        address = resolve(kind, unescape(name))
        if address is None:
            return text
        return f'<a class="traced"{title} href="{escape(address)}">{text}</a>'

    return _LINK.sub(filled, page)
