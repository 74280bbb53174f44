"""Every figure on every kind of page carries a reference, and `campaign explain` knows it."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from every_page import ALONE, EACH_PAGE, Which

from campaign_lib.base.figures import Figure
from campaign_lib.indicators import find
from campaign_lib.pipeline.reports.report import INDEX, address_of
from campaign_lib.store.processed import Processed

#: Pages without printed references. The index would need ten times its size for them: a place's
#: code stands beside its name, its script leads from each cell to the figure's page, and that has
#: the reference. The audit of one figure, made to stand alone, is about that one.
#: What the targets mean is told without a figure.
WITHOUT = frozenset({"index", ALONE, "targets_explained"})
_PRINTED = re.compile(
    r'<span class="reference">(?:<a class="traced" href="([^"]*)">)?(\d[^<]+)(?:</a>)?</span>'
)
_SHOWN = re.compile(r'<a class="traced" title="([^"]+)" href="([^"]*)">')
_JUDGED = re.compile(r'<t[dh][^>]*class="[^"]*status-(?:met|on_track|behind|no_target|unmeasured)')
#: A count of a base, such as 98/127; a day has a third part.
_COUNTED = re.compile(r">\D{0,3}\d+/\d+(?![\d/])")


def references(html: str) -> list[tuple[str, str]]:
    """Give every reference on a page with the address that it leads to ("" if nowhere)."""
    printed = [(name, href) for href, name in _PRINTED.findall(html)] + _SHOWN.findall(html)
    return [(unescape(name), unescape(href)) for name, href in printed]


@pytest.mark.parametrize("which", EACH_PAGE)
def test_every_reference_is_one_that_explain_takes(
    campaign: Processed, page_of: Callable[[Which], Path], which: Which
) -> None:
    _, edition, kind = which
    path = page_of(which)
    found = references(path.read_text(encoding="utf-8"))
    assert found or kind in WITHOUT
    reports = next((above for above in path.parents if (above / INDEX).is_file()), path.parent)
    for reference, href in found:
        figure = Figure.parse(reference)
        find(figure.indicator)
        lines = campaign.results[campaign.results["quarter"] == figure.quarter]
        own = lines[lines["place"] == figure.place]
        assert figure.indicator in set(own["indicator"]), f"{reference} is no line of results"
        here = path.relative_to(reports).as_posix()
        assert href == (address_of("figure", reference, here, edition) or "")


def test_a_link_says_source_and_paper_has_the_reference(
    page_of: Callable[[Which], Path],
) -> None:
    """A reference would break in the middle of a word on a phone; audits are asked by theirs."""
    html = page_of(("vi", "internal", "commune_report")).read_text(encoding="utf-8")
    names = re.findall(r'<span class="reference"><a [^>]*title="([^"]+)"[^>]*>nguồn</a>', html)
    assert names and not [name for name in names if f">{name}<" in html]
    audit = page_of(("vi", "internal", "audit_place")).read_text(encoding="utf-8")
    assert _PRINTED.search(audit)


@pytest.mark.parametrize("which", EACH_PAGE)
def test_no_judged_figure_is_without_its_reference(
    page_of: Callable[[Which], Path], which: Which
) -> None:
    """A row of a table that shows a verdict and a count of a base is about a figure."""
    _, edition, kind = which
    if kind in WITHOUT:
        return
    html = page_of(which).read_text(encoding="utf-8")
    for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL):
        if _JUDGED.search(row) and _COUNTED.search(row):
            assert "reference" in row or 'class="traced"' in row or edition == "public", row
