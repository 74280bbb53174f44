"""In a real browser: no two texts of a drawing overlap, and none is too small for a phone."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from every_page import EACH_PAGE, Which
from markupsafe import Markup
from playwright.sync_api import Browser
from watched_pages import PHONE, opened

from campaign_lib.show import pages
from campaign_lib.show.charts import answers_chart, progress_chart, trend_chart
from campaign_lib.words import LANGUAGES, Words

pytestmark = pytest.mark.browser

#: A phone, a tablet and an office's screen.
WIDTHS = (PHONE, 800, 1366)
#: Texts of drawings that overlap another of the same one, or the page's edge, or are too small.
WRONG = """[...document.querySelectorAll("figure.chart svg")].flatMap(svg => {
    const texts = [...svg.querySelectorAll("text")].filter(one => one.textContent.trim());
    const boxes = texts.map(one => one.getBoundingClientRect());
    const scale = svg.viewBox.baseVal.width
        ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    return texts.flatMap((one, i) => {
        const a = boxes[i], wrong = [];
        if (parseFloat(getComputedStyle(one).fontSize) * scale < 12) wrong.push("small");
        if (a.right > innerWidth + 1 || a.left < -1) wrong.push("outside");
        boxes.forEach((b, j) => {
            if (i < j && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4) {
                wrong.push("on " + texts[j].textContent);
            }
        });
        return wrong.map(what => `${one.textContent}: ${what}`);
    });
})"""


def wrong(browser: Browser, path: Path) -> list[str]:
    found = []
    for width in WIDTHS:
        with opened(browser, path, width) as watched:
            found += [f"{width}: {one}" for one in watched.page.evaluate(WRONG)]
    return found


@pytest.mark.parametrize("which", EACH_PAGE)
def test_texts_of_drawings_can_be_read(
    browser: Browser, page_of: Callable[[Which], Path], which: Which
) -> None:
    assert wrong(browser, page_of(which)) == []


#: Reached, due and targeted by quarter: all at one place, far apart, one missing, thousands.
SHAPES = {
    "alike": [(5, 5, 5)] * 4,
    "nothing": [(0, 0, 0)] * 4,
    "reached": [(100, 130, 520), (240, 260, 520), (400, 390, 520), (520, 520, 520)],
    "close": [(60, 61, 123), (61, 92, 123), (122, 122, 123), (122, 123, 123)],
    "missing": [(None, 61, 123), (61, None, 123), (None, 122, None), (None, None, None)],
    "thousands": [(9_999, 10_000, 12_345), (0, 11_000, 12_345), (1, 1, 12_345), (1, 2, 12_345)],
}


COLUMNS = (
    *("quarter", "indicator", "numerator", "path_count", "target_count"),
    *("denominator", "unknown", "status"),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_figures_makes_texts_overlap(
    browser: Browser, tmp_path: Path, shape: str, language: str
) -> None:
    words = Words(language)
    ids = ["covered_by_plan", "informed", "applies_science"]
    lines = pd.DataFrame(
        [
            (f"2024Q{n}", id, *counts, 12_345, 3, "behind")
            for id in ids
            for n, counts in enumerate(SHAPES[shape], 1)
        ],
        columns=COLUMNS,
    ).convert_dtypes()
    newest = lines[lines["quarter"] == "2024Q2"].dropna(subset="numerator")
    answers = pd.DataFrame({"label": ["Hộ " * 40, "Xe"], "yes": 5, "no": 12_345, "unknown": 7})
    drawn = [
        trend_chart(lines, ids, words, ""),
        progress_chart(newest, words, ""),
        answers_chart(answers, "?", words, ""),
    ]
    template = tmp_path / "page.html.j2"
    template.write_text(
        '{% extends "base.html.j2" %}{% block content %}{{ drawn }}{% endblock %}', encoding="utf-8"
    )
    page = tmp_path / "page.html"
    html = Markup("".join(one._repr_html_() for one in drawn))
    page.write_text(pages.fill(template, shape, language, drawn=html), encoding="utf-8")
    assert wrong(browser, page) == []


def test_texts_that_overlap_are_noticed(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<meta charset="utf-8"><figure class="chart"><svg><text y="20">520</text>'
        '<text y="22" x="9" font-size="9">◆</text></svg></figure>',
        encoding="utf-8",
    )
    assert wrong(browser, page)[:2] == ["360: 520: on ◆", "360: ◆: small"]
