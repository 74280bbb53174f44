"""nbconvert with a template of our own, and nothing else of it: no reparsing, no addresses.

nbconvert knows it by name: `jupyter nbconvert --to campaign`.
"""

import re
from html import unescape
from itertools import count
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from campaign_lib.show import pages
from campaign_lib.words import Words

#: What may be shown of an output, the best first.
MARKDOWN = "text/markdown"
KINDS = ("text/html", "image/svg+xml", MARKDOWN, "text/plain")

#: Cells that papermill reads and writes; a reader has the title.
PARAMETERS = frozenset({"parameters", "injected-parameters"})

#: What is put round an output where no batch runs the notebook (`campaign_lib.stories.lab`).
_DRESSED = re.compile(rf'<div class="{pages.SHEET}"><style>.*?</style>(.*)</div>', re.DOTALL)
_TITLE = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
_LANGUAGE = re.compile(r"""^language\s*=\s*["'](vi|en)["']""", re.MULTILINE)

#: A heading of the second level, and where a box begins and ends.
_PARTS = re.compile(r'<(?P<end>/)?div\b|<h2 id="(?P<name>[^"]*)">(?P<text>.*?)</h2>', re.DOTALL)
#: A page of fewer sections is looked through without a list of them.
_FEW = 4
#: Folds sections on a phone; without it all of them are open.
_FOLDING = pages.FOLDER / "sections.js"

#: A drawing, and in it: descriptions that a page has no use for, one of them with the time it was
#: made; the names of its parts; and where one part asks for another.
_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_NAMED = re.compile(r'\sid="([^"]*)"')
_ASKED = re.compile(r'(?<=["(]#)[^")]+(?=[")])')


class ReportExporter(TemplateExporter):
    """Turns executed notebooks into pages; one object serves for any number of them.

    HTMLExporter would parse each finished page again with BeautifulSoup, which takes longer than
    making it, and fill in alternative texts that say nothing.
    """

    #: What JupyterLab calls it where a notebook is saved as something else.
    export_from_notebook = "Campaign"
    output_mimetype = "text/html"

    def __init__(self, config: Any = None, *, runs: bool = True, **given: Any) -> None:
        """Take what nbconvert and JupyterLab give an exporter, and whether `--execute` is heeded.

        Preprocessors check the whole notebook: a batch, which has run it, has none.
        """
        runner = "nbconvert.preprocessors.ExecutePreprocessor"
        super().__init__(  # type: ignore[no-untyped-call]
            config=config,
            extra_loaders=[FileSystemLoader(pages.FOLDER)],
            template_paths=[],
            template_file="report.html.j2",
            template_extension=".html.j2",
            file_extension=".html",
            default_preprocessors=[runner] if runs else [],
            **given,
        )

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Make the page; in it no two parts of drawings have one name."""
        page, resources = super().from_notebook_node(nb, resources, **kw)
        return with_own_names(page), resources

    def _create_environment(self) -> Environment:
        """Escape by default, as opposed to nbconvert."""
        environment: Environment = super()._create_environment()  # type: ignore[no-untyped-call]
        environment.autoescape = True
        environment.trim_blocks = True
        pages.add_style(environment)
        environment.filters |= {"markdown": render_markdown, "plain": plain, "drawing": drawing}
        environment.filters |= {"bare": bare, "sectioned": sectioned}
        environment.globals |= {"shown": shown, "best": best, "speak": Words, "alone": alone}
        environment.globals["folding"] = pages.running(_FOLDING.read_text(encoding="utf-8"))
        return environment


def shown(cell: NotebookNode) -> list[NotebookNode]:
    """Give the outputs of a code cell that belong on a page: no warnings, no parameters."""
    if cell.cell_type != "code" or PARAMETERS.intersection(cell.metadata.get("tags", [])):
        return []
    return [output for output in cell.outputs if output.get("name") != "stderr"]


def alone(notebook: NotebookNode, name: str) -> dict[str, Any]:
    """Frame a page that is no report's, under its first heading, or else its file's name."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    told = (output.get("data", {}).get("text/html", "") for cell in cells for output in shown(cell))
    titles = _TITLE.findall("".join(told))
    parameters = (c.source for c in cells if PARAMETERS.intersection(c.metadata.get("tags", [])))
    language = ["vi", *_LANGUAGE.findall("\n".join(parameters))][-1]
    return pages.frame(unescape(titles[0]) if titles else name, language)


def bare(html: str) -> Markup:
    """Take the style off that an output brings along: a page has it once."""
    dressed = _DRESSED.fullmatch(html)
    return Markup(dressed[1] if dressed else html)


def sectioned(html: str, contents: str) -> Markup:
    """Fold what follows each heading of the second level, and list these headings above.

    Args:
        html: of a page; headings inside of boxes are none of its own.
        contents: what the list is called.
    """
    depth, starts = 0, []
    for found in _PARTS.finditer(html):
        if found["name"] is None:
            depth += -1 if found["end"] else 1
        elif depth == 0:
            starts.append(found)
    if len(starts) < _FEW:
        return Markup(html)
    # In an address a percent sign begins a code.
    places = [one["name"].replace("%", "%25") for one in starts]
    names = zip(places, (one["text"] for one in starts), strict=True)
    links = "".join(f'<li><a href="#{place}">{text}</a></li>' for place, text in names)
    ends = (*(one.start() for one in starts[1:]), len(html))
    sections = (
        f"<summary>{one[0]}</summary>{html[one.end() : end]}"
        for one, end in zip(starts, ends, strict=True)
    )
    return Markup(
        f'<nav class="contents" aria-label="{contents}"><details open>'
        f"<summary>{contents}</summary><ul>{links}</ul></details></nav>{html[: starts[0].start()]}"
    ) + Markup("").join(
        Markup(f'<details class="section" open>{section}</details>') for section in sections
    )


def best(output: NotebookNode) -> str:
    """Name the best kind of an output that a page can show ('' is none)."""
    return next((kind for kind in KINDS if kind in output.data), "")


def plain(text: str) -> str:
    """Take colours and the last line's end off a text; the template escapes it."""
    return str(strip_ansi(text)).rstrip("\n")  # type: ignore[no-untyped-call]


def drawing(svg: str) -> Markup:
    """Make a drawing part of the page, from its element on: a page has one heading only."""
    return Markup(svg[max(svg.find("<svg"), 0) :].strip())


def with_own_names(page: str) -> str:
    """Name the parts of each drawing after it, where they are asked for, and no others."""
    numbers = count(1)

    def own(drawn: re.Match[str]) -> str:
        svg, start = _METADATA.sub("", drawn[0]), f"d{next(numbers)}-"
        asked = {*_ASKED.findall(svg)} & {*_NAMED.findall(svg)}  # not colours
        svg = _NAMED.sub(lambda id: f' id="{start}{id[1]}"' if id[1] in asked else "", svg)
        return _ASKED.sub(lambda id: start * (id[0] in asked) + id[0], svg)

    return _DRAWING.sub(own, page)


def render_markdown(source: str) -> Markup:
    """Render markdown of ours as HTML; HTML in it is left as it is."""
    return Markup(MarkdownWithMath(renderer=_Renderer()).render(source))


class _Renderer(IPythonRenderer):
    """Headings without a sign to click on, tables that scroll by themselves."""

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)

    def table(self, text: str) -> str:
        return f'<div class="scroll" tabindex="0">\n<table>\n{text}</table>\n</div>\n'
