"""How things look in a notebook that no batch runs: in JupyterLab, VS Code, plain papermill.

There our tables and charts get the style of our pages, each its own: Jupyter takes outputs that
are out of sight off the page, and a style in one of them with it. Links into the folder of reports
lead nowhere from a notebook, so that their words stay and the links go. Our exporter takes the
style off again (`show.pages.exporter`), because its page has it once.
"""

import re
import sys
from functools import cache
from typing import Any, get_args

from campaign_lib.show.display import Block, Passage
from campaign_lib.show.pages import FOLDER, SHEET, nowhere, with_addresses
from campaign_lib.stories.telling import Story

#: What a page says of itself, and the style says of the sheet.
_PAGE, _ITSELF = re.compile(r"^(\s*)(?::root|body)\s*\{", re.MULTILINE), r"\1& {"
#: Letters as large as Jupyter's, and little margin, so that tables find room beside its panels.
_SIZE = "& { padding: .25rem .75rem .75rem; font-size: .875rem; }"
#: A sheet is paper in a dark theme too: no colours of Jupyter's own, not those of its tables' rows.
_PLAIN = "& * { color: inherit; background: none; } & tbody tr:nth-child(n) { background: none; }"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def furnish(*also: type) -> None:
    """Dress what is shown from here on, if this is a notebook.

    Args:
        also: classes that show themselves as HTML, beside blocks, passages and stories.
    """
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    shell: Any = get_ipython()
    if shell is not None:
        formatter = shell.display_formatter.formatters["text/html"]
        for kind in (*get_args(Block), Passage, Story, *also):
            formatter.for_type(kind, sheet)


def sheet(shown: Any) -> str | None:
    """Give what is shown as HTML with its style; None for what has no HTML."""
    as_html = getattr(shown, "_repr_html_", None)
    if as_html is None:
        return None
    body = with_addresses(as_html(), nowhere)
    return f'<div class="{SHEET}"><style>{_style()}</style>{body}</div>'


@cache
def _style() -> str:
    """Give the style of our pages, for what is inside a sheet.

    The class stands there twice so that it outweighs Jupyter's own style of tables and headings.
    """
    css = _COMMENT.sub("", (FOLDER / "page.css").read_text(encoding="utf-8"))
    return f".{SHEET}.{SHEET} {{ {_PLAIN} {_PAGE.sub(_ITSELF, css)} {_SIZE} }}"
