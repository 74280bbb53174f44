"""The list of all reports: every page with its state, every verdict with its figure."""

import json
import re

import pandas as pd
import pytest

from campaign_lib.disclosure import HIDDEN
from campaign_lib.indicators import IDS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.reports.index import Entry, State, index_page
from campaign_lib.plan.targets import RANKS
from campaign_lib.show.display import paragraph
from campaign_lib.show.tables.results import HeatCell, heat_map
from campaign_lib.words import LANGUAGES, Words

#: What a browser still opens without a moment's thought, with every village of a province.
LARGEST_PAGE = 1_500_000


def entry(quarter: str, place: str, state: State) -> Entry:
    return Entry(quarter, place, f"Thôn <{place}>", f"{quarter}/{place}.html", state)


def body(page: str) -> str:
    return page[page.index("<main>") :]


def line(quarter: str, place: str, **figures: object) -> dict[str, object]:
    figure = {"indicator": IDS[0], "status": "behind", "certain": "yes", "numerator": 3}
    return {"quarter": quarter, "place": place, **figure, "denominator": 18, **figures}


def heat_of(*lines: dict[str, object], language: str = "vi"):
    table = pd.DataFrame(lines).astype({"numerator": "Int64", "denominator": "Int64"})
    return heat_map(table, Words(language))


def test_every_report_is_listed_with_its_state() -> None:
    page = index_page(
        [
            entry("2024Q1", "T1", "fresh"),
            entry("2024Q2", "T1", "stale"),
            entry("2024Q1", COMMUNE, "failed"),
            entry("2024Q2", COMMUNE, "missing"),
        ],
        made_up=True,
    )
    assert '<html lang="vi">' in page
    assert 'class="made-up"' in page
    assert '<th scope="col">Quý II/2024</th>' in page
    rows = page.index('<table class="figures reports"')
    assert page.index("Thôn &lt;commune&gt;", rows) < page.index("Thôn &lt;T1&gt;", rows)
    assert '<a href="2024Q1/T1.html">I/2024</a></td>' in page
    assert '<a class="state-stale" href="2024Q2/T1.html">II/2024</a> (bản cũ)' in page
    assert '<a class="state-failed" href="2024Q1/commune.html">I/2024</a> (bị lỗi)' in page
    assert "2024Q2/commune.html" not in page
    assert "Chưa lập" in page


def test_nothing_to_list_is_said() -> None:
    page = index_page([], "en")
    assert "There are no reports yet." in page
    assert "<script" not in page
    assert "script-src" not in page


def test_the_title_names_the_commune_and_the_newest_quarter() -> None:
    pages = [entry("2024Q1", "T1", "fresh"), entry("2024Q3", "T1", "fresh")]
    assert "<h1>Kon Tu &amp; Co commune, " in index_page(pages, "en", commune="Kon Tu & Co")
    assert "quý III năm 2024" in index_page(pages, commune="Kon Tu").split("</title>")[0]
    assert "<h1>Targets and reports by village</h1>" in index_page(pages, "en")


def test_pages_of_no_place_are_listed_by_quarter_the_newest_first() -> None:
    pages = [
        Entry("2024Q3", "", "Kiểm tra <hộ>", "2024Q3/inspection.html", "fresh"),
        entry("2024Q3", COMMUNE, "fresh"),
        Entry("2024Q4", "", "Cả năm", "2024Q4/annual_assessment.html", "stale"),
        Entry("2024Q4", "", "Chưa có", "2024Q4/data_quality.html", "missing"),
    ]
    listed = re.findall(r"<li>(.*?)</li>", body(index_page(pages)), re.S)
    newest, before = (" ".join(one.split()) for one in listed if "Quý I" in one)
    assert newest.startswith('Quý IV/2024: <a class="state-stale"')
    assert '>Cả năm</a> (bản cũ) · Chưa có: <span class="soft">Chưa lập</span>' in newest
    assert before.endswith(
        '<a href="2024Q3/commune.html">Báo cáo quý của xã</a> · '
        '<a href="2024Q3/inspection.html">Kiểm tra &lt;hộ&gt;</a>'
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_verdict_has_its_mark_its_word_and_its_figure(language: str) -> None:
    words = Words(language)
    pages = [entry("2024Q2", "T1", "fresh"), entry("2024Q1", "T1", "fresh")]
    for status in (*RANKS, "no_target"):
        page = index_page(pages, language, heat=heat_of(line("2024Q2", "T1", status=status)))
        mark, label = (words(f"codes.status.{status}.{name}") for name in ("mark", "label"))
        assert f'<td class="status-{status}">{mark} <i>{label} </i>3/18</td>' in page
        legend = page[page.index('class="legend"') : page.index('<table class="matrix"')]
        assert f"{mark} {label}" in " ".join(legend.split())


def test_a_verdict_that_hangs_on_unknown_answers_is_marked() -> None:
    page = index_page(
        [entry("2024Q2", "T1", "fresh")], heat=heat_of(line("2024Q2", "T1", certain="no"))
    )
    assert "</i>3/18*</td>" in page
    assert '"B3/18;' in page


def test_figures_are_written_in_the_reader_s_way_and_withheld_ones_not_at_all() -> None:
    lines = (
        line("2024Q1", "T1", numerator=1234, denominator=5678),
        line("2024Q1", "T1", indicator="front_models", numerator=2, denominator=pd.NA),
        line("2024Q1", "T2", status=HIDDEN, numerator=pd.NA),
    )
    assert heat_of(*lines) == {
        ("2024Q1", "T1"): {
            IDS[0]: HeatCell("behind", "1.234/5.678"),
            "front_models": HeatCell("behind", "2"),
        },
        ("2024Q1", "T2"): {IDS[0]: HeatCell(HIDDEN, "")},
    }
    assert heat_of(*lines, language="en")["2024Q1", "T1"][IDS[0]].count == "1,234/5,678"
    page = index_page([entry("2024Q1", "T2", "fresh")], heat=heat_of(*lines))
    assert re.search(rf'<td class="status-{HIDDEN}">\S+ <i>[^<]+</i></td>', page)
    assert "18" not in re.findall('<table class="matrix".*?</table>', page, re.S)[0]


def test_all_quarters_are_in_the_page_in_few_signs() -> None:
    heat = heat_of(line("2024Q1", "T1"), line("2024Q2", COMMUNE, status="met"))
    pages = [entry("2024Q1", "T1", "fresh"), entry("2024Q2", "T1", "fresh")]
    page = index_page(pages, heat=heat)
    (packed,) = re.findall(r'<script type="application/json" id="packed">(.*?)</script>', page)
    empty = ";" * (len(IDS) - 1)
    assert json.loads(packed)["quarters"] == {
        "2024Q2": [f"m3/18{empty}", empty],
        "2024Q1": [empty, f"b3/18{empty}"],
    }


def test_nothing_ends_the_data_before_their_end() -> None:
    heat = {("2024Q1", "T1"): {IDS[0]: HeatCell("met", "</script><b>")}}
    page = index_page([entry("2024Q1", "T1", "fresh")], heat=heat)
    assert "</script><b>" not in page
    assert "&lt;/script&gt;&lt;b&gt;" in page


def test_the_first_lines_say_where_the_commune_stands() -> None:
    pages = [entry("2024Q2", place, "fresh") for place in ("T1", "T2", "T3")]
    heat = heat_of(
        line("2024Q2", COMMUNE),
        line("2024Q2", COMMUNE, indicator=IDS[1], status="met"),
        line("2024Q2", COMMUNE, indicator=IDS[2], status="met"),
        line("2024Q2", "T1"),
        line("2024Q2", "T2", status="met"),
        line("2024Q1", "T3"),  # another quarter's
    )
    page = body(index_page(pages, "en", heat=heat))
    assert "✔\u00a02 met, ▼\u00a01 behind." in page
    assert "1 of 3 villages have at least one target behind." in page
    assert "All 3 reports are there and up to date." in page
    withheld = heat | heat_of(line("2024Q2", "T3", status=HIDDEN))
    assert "villages have" not in index_page(pages, "en", heat=withheld)


@pytest.mark.parametrize("edition", ["internal", "public"])
def test_the_edition_is_said(edition: str) -> None:
    page = index_page([entry("2024Q2", "T1", "fresh")], edition=edition)
    assert re.findall('<p class="(internal|public)">', page) == [edition]


def test_what_leads_to_figures_leads_there_from_the_list() -> None:
    class Summary:
        def _repr_html_(self) -> str:
            return '<a class="traced" href="figure:2024Q2/T1/informed">7/9</a>'

    pages = [entry("2024Q2", "T1", "fresh")]
    link = '<a class="traced" href="2024Q2/audit/T1.html#informed">7/9</a>'
    assert link in index_page(pages, summary=Summary())
    assert "figure:" not in index_page(pages, summary=Summary(), edition="public")
    assert "<p>cuối trang</p>" in index_page(pages, summary=paragraph("cuối trang"))


def test_a_province_s_villages_stay_within_a_page_that_opens_at_once() -> None:
    quarters = [f"{year}Q{number}" for year in (2023, 2024) for number in (1, 2, 3, 4)][1:]
    villages = [f"T{number:03}" for number in range(756)]
    pages = [
        Entry(quarter, code, f"Thôn Đăk Tờ {code}", f"{quarter}/{code}.html", "fresh")
        for quarter in quarters
        for code in villages
    ]
    row = {id: HeatCell("behind", "123/456") for id in IDS}
    heat = {(quarter, code): row for quarter in quarters for code in villages}
    assert len(index_page(pages, heat=heat).encode()) < LARGEST_PAGE
