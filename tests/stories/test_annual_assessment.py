"""The year's assessment: its numbers are those of results.csv, and it answers its question."""

import re
import shutil
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from page_tables import numbers, rows_by_name, tables_of
from raw_files import write_table

from campaign_lib.analysis.audit import audit
from campaign_lib.analysis.leeway import MAY_FALL
from campaign_lib.analysis.poverty import LATER, TABLE
from campaign_lib.analysis.years import by_how_much, by_village, gaps
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import IDS
from campaign_lib.pipeline.build import build
from campaign_lib.show.tables.results import verdict_text
from campaign_lib.store.processed import Processed
from campaign_lib.stories.assessment import AnnualAssessment, annual_assessment
from campaign_lib.stories.audit.reasons import left_open
from campaign_lib.words import Words

RAW = Path(__file__).parents[2] / "data" / "raw"
VI = Words("vi")
TODAY = date(2025, 2, 1)


def built(data: Path) -> Processed:
    build(data, TODAY)
    return Processed(data / "processed")


@pytest.fixture(scope="session")
def processed(built_sample: Processed) -> Processed:
    return built_sample


def results_of(processed: Processed, quarter: str) -> pd.DataFrame:
    """Read results.csv as it is printed."""
    table = pd.read_csv(processed.folder / "results.csv", dtype="str", keep_default_na=False)
    return table[table["quarter"] == quarter]


def commune_of(processed: Processed, quarter: str) -> dict[str, dict[str, str]]:
    lines = results_of(processed, quarter)
    return lines[lines["place"] == "commune"].set_index("indicator").to_dict("index")


def every_section(page: AnnualAssessment) -> dict[str, str]:
    names = (
        "first_screen", "targets", "drawn", "villages", "compared", "flows", "formulas",
        "relapsed", "still_poor", "tasks", "next_steps", "next_year", "built_from",
    )  # fmt: skip
    return {name: getattr(page, name)()._repr_html_() for name in names}


def test_the_sentence_on_poverty_adds_up(processed: Processed) -> None:
    said = str(annual_assessment(processed, "2024", "en").bottom_line())
    start, end = map(int, re.findall(r"(\d+) on \d+ December \d+ \(", said))
    flows = re.search(
        r"Left poverty: (\d+); relapsed: (\d+); new: (\d+); "
        r"other decreases: (\d+); other increases: (\d+)",
        said,
    )
    assert flows is not None
    left, relapsed, new, less, more = map(int, flows.groups())
    assert start - left + relapsed + new - less + more == end
    assert (start, left, less, end) == (127, 37, 1, 100)


@pytest.mark.parametrize("year", ["2021", "2022", "2023", "2024"])
def test_targets_on_the_page_are_those_of_results(processed: Processed, year: str) -> None:
    html = annual_assessment(processed, year).targets()._repr_html_()
    caption = VI("annual_assessment.targets.caption", quarter=VI.quarter(f"{year}Q4"))
    rows = rows_by_name(html, caption)
    lines = commune_of(processed, f"{year}Q4")
    assert len(rows) == len(lines) == len(IDS)
    for indicator, line in lines.items():
        verdict, figure, asked, surplus, _ = rows[VI(f"indicators.{indicator}.label")]
        if line["status"] == "unmeasured":
            assert (figure, surplus) == ("–", "–")
            continue
        printed = [line[name] for name in ("numerator", "denominator", "percent") if line[name]]
        if indicator == "poverty_reduction":
            wanted = {"quarter": [f"{year}Q4"], "place": ["commune"]}
            apart = processed.rows(TABLE, wanted).iloc[0][[*LATER]].astype("str")
            before = [line["baseline_numerator"], line["baseline_denominator"]]
            printed = [*before, *printed[:2], *apart, *printed[2:]]
        assert numbers(figure) == printed
        assert ("✔" in verdict) == (line["status"] == "met")
        if line["target_count"]:
            assert numbers(asked)[-1] == line["target_count"]
        if line["shortfall"] not in ("", "0"):
            assert numbers(surplus) == [line["shortfall"]]
            assert surplus.startswith("thiếu")


def test_how_far_above_or_below_a_target_is_worked_out_by_hand() -> None:
    """98 are asked for: 99 is one above; of poverty at most 100 may be left, and 103 are."""
    line = {"indicator": "changed_mindset", "numerator": 99, "target_count": 98, "status": "met"}
    line |= {"percent": 77.95, "target_percent": 77.17}
    poor = {**line, "indicator": "poverty_reduction", "numerator": 103, "target_count": 100}
    poor["status"] = "behind"
    by_rate = {**poor, "target_count": None, "percent": 11.5, "target_percent": 12.0}
    silent = {**line, "status": "unmeasured", "percent": None}
    lines = pd.DataFrame([line, poor, by_rate, silent]).astype(
        {"numerator": "Int64", "target_count": "Int64", "percent": "Float64"}
    )
    judged = by_how_much(lines)
    assert judged["surplus"].tolist() == [1, -3, pd.NA, pd.NA]
    assert judged["surplus_percent"].tolist() == [pd.NA, pd.NA, -0.5, pd.NA]


def test_the_first_screen_answers_and_names_what_is_missing(processed: Processed) -> None:
    lines = commune_of(processed, "2024Q4")
    met = [line for line in lines.values() if line["status"] == "met"]
    text = str(annual_assessment(processed, "2024").first_screen())
    assert VI("annual_assessment.some_met", met=len(met), count=len(lines)) in text
    assert VI("masthead.internal") in text
    assert "Tạm tính" not in text
    for indicator, line in lines.items():
        label = VI(f"indicators.{indicator}.label")
        named = [row for row in text.splitlines() if row.startswith(f"- {label}:")]
        assert bool(named) == (line["status"] != "met")
        if named:
            assert f"thiếu {line['shortfall']} " in named[0]
            assert ("Chưa đủ cơ sở kết luận" in named[0]) == (line["certain"] == "no")


def test_villages_that_missed_a_target_are_named(processed: Processed) -> None:
    lines = results_of(processed, "2024Q4")
    html = annual_assessment(processed, "2024").villages()._repr_html_()
    caption = VI("annual_assessment.villages.caption", quarter=VI.quarter("2024Q4"))
    rows = rows_by_name(html, caption)
    judged = lines[(lines["level"] == "village") & (lines["status"] != "no_target")]
    for indicator, own in judged.groupby("indicator"):
        count, named = rows[VI(f"indicators.{indicator}.label")]
        met = own["status"] == "met"
        assert count == f"{met.sum()}/{len(own)}"
        for place, missed in zip(own["place"], ~met, strict=True):
            assert (f"{processed.villages[place]} (" in named) == missed
    assert VI("indicators.poverty_reduction.label") not in rows


def test_the_village_furthest_from_its_target_comes_first() -> None:
    line = {"indicator": "informed", "status": "behind"}
    lines = pd.DataFrame(
        [
            {**line, "place": "commune", "shortfall": 9},
            {**line, "place": "A", "shortfall": 2},
            {**line, "place": "B", "shortfall": 0, "status": "met"},
            {**line, "place": "C", "shortfall": 7},
        ]
    )
    (found,) = by_village(lines, ("informed", "front_models"))
    assert (found.met, found.judged, found.short["place"].tolist()) == (1, 3, ["C", "A"])


def test_figures_stand_beside_the_first_quarter_s_and_last_year_s(processed: Processed) -> None:
    html = annual_assessment(processed, "2024").compared()._repr_html_()
    caption = VI("annual_assessment.compared.caption")
    headings = tables_of(html)[caption][0]
    assert headings[1:4] == ["IV/2024", "I/2024", "IV/2023"]
    rows = rows_by_name(html, caption)
    for at, quarter in enumerate(("2024Q4", "2024Q1", "2023Q4")):
        line = commune_of(processed, quarter)["changed_mindset"]
        expected = [line[name] for name in ("numerator", "denominator", "percent")]
        assert numbers(rows[VI("indicators.changed_mindset.label")][at]) == expected
    # The plan of 2023 asked for less, and its mean income was lower.
    differs = rows[VI("indicators.improved_life.label")][3]
    assert "20,00\u00a0% → 30,71\u00a0%" in differs.replace(" %", "\u00a0%")
    assert "1.750" in differs
    assert "1.850" in differs


def test_a_new_standard_or_formula_is_said(processed: Processed) -> None:
    html = annual_assessment(processed, "2022").compared()._repr_html_()
    rows = rows_by_name(html, VI("annual_assessment.compared.caption"))
    differs = rows[VI("indicators.poverty_reduction.label")][-1]
    for key in ("poverty_standard.decision_59_2015", "poverty_standard.decree_07_2021"):
        assert VI(f"plan_items.{key}") in differs
    assert VI("codes.formula.relative.label") in differs
    assert VI("plan_items.poverty_standard.label") in rows[VI("indicators.informed.label")][-1]
    assert (
        VI("plan_items.poverty_standard.label") not in rows[VI("indicators.area_models.label")][-1]
    )


@pytest.mark.parametrize("year", ["2021", "2022", "2023", "2024"])
def test_the_flows_balance_on_the_page_and_are_those_of_results(
    processed: Processed, year: str
) -> None:
    page = annual_assessment(processed, year)
    days = page.days
    dates = {"first": days["baseline"].date(), "last": days["later_date"].date()}
    html = page.flows()._repr_html_()
    rows = rows_by_name(html, VI("annual_assessment.flows.caption", **dates))
    lines = results_of(processed, f"{year}Q4")
    lines = lines[lines["indicator"] == "poverty_reduction"].set_index("place")
    names = {**processed.villages, "commune": VI("flows.commune")}
    assert rows.keys() == set(names.values())
    for place, name in names.items():
        start, left, less, relapsed, new, more, end = map(int, rows[name])
        assert start - left - less + relapsed + new + more == end
        assert str(start) == lines.loc[place, "baseline_numerator"]
        assert str(end) == lines.loc[place, "numerator"]


def test_the_commune_does_not_count_who_moved_within_it(processed: Processed) -> None:
    html = annual_assessment(processed, "2024").flows()._repr_html_()
    rows = rows_by_name(html, VI("flows.reasons.caption"))
    assert rows[f"− {VI('flows.moved_away.label')}"] == ["1", "0"]
    assert rows[f"+ {VI('flows.moved_here.label')}"] == ["1", "0"]


def test_who_relapsed_is_listed_with_the_last_time_it_was_poor(processed: Processed) -> None:
    page = annual_assessment(processed, "2022")
    html = page.relapsed()._repr_html_()
    rows = tables_of(html)[VI("flows.relapses.caption")][1:]
    assert len(rows) == page.tally.loc["commune", "relapsed"] > 0
    statuses = processed.table("poverty_status")
    for household, *_, last_poor in rows:
        own = statuses[statuses["household"] == household].sort_values("valid_from")
        before = own[own["valid_from"] <= page.days["baseline"]]
        assert before["status"].iloc[-1] == "not_poor"
        assert (
            VI.date(before.loc[before["status"] != "not_poor", "valid_from"].iloc[-1]) == last_poor
        )
    # All of them were found poor by the older standard, which the page says.
    assert "chuẩn nghèo cũ" in html
    assert "chuẩn nghèo cũ" not in annual_assessment(processed, "2024").relapsed().html


def test_who_is_still_poor_is_counted_by_village(processed: Processed) -> None:
    html = annual_assessment(processed, "2024").still_poor()._repr_html_()
    rows = rows_by_name(html, VI("flows.left_over.caption", day=VI.date(date(2024, 12, 31))))
    lines = results_of(processed, "2024Q4")
    lines = lines[lines["indicator"] == "poverty_reduction"].set_index("place")
    for place, name in {**processed.villages, "commune": VI("flows.commune")}.items():
        poor, near_poor, both, _ = rows[name]
        assert both == f"{lines.loc[place, 'numerator']}/{lines.loc[place, 'denominator']}"
        assert int(poor) + int(near_poor) == int(lines.loc[place, "numerator"])


def test_the_next_year_s_plan_is_there_or_missed(processed: Processed) -> None:
    known = annual_assessment(processed, "2023").next_year()._repr_html_()
    rows = rows_by_name(known, VI("plan_items.caption"))
    now, ahead, differs = rows[VI("indicators.changed_mindset.label")]
    assert (numbers(now), numbers(ahead)) == (["68.00"], ["77.17"])
    assert differs == VI("plan_items.differs")
    assert "Soạn kế hoạch Cuộc vận động năm 2024" in known
    unknown = str(annual_assessment(processed, "2024").next_year())
    assert VI("annual_assessment.next_year.none", year=2025) in unknown


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("year", ["2021", "2022", "2023", "2024"])
def test_every_section_speaks_both_languages(
    processed: Processed, year: str, language: str
) -> None:
    assert all(every_section(annual_assessment(processed, year, language)).values())


@pytest.mark.parametrize(
    ("year", "language", "sentence"),
    [
        (
            "2031",
            "vi",
            "'2031' is not a year with a survey here; known are 2021, 2022, 2023, 2024.",
        ),
        ("next", "vi", "'next' is not a year with a survey here; known are 2021"),
        ("2024", "fr", "'fr' is not a language"),
    ],
)
def test_a_year_or_language_that_is_not_known_is_refused(
    processed: Processed, year: str, language: str, sentence: str
) -> None:
    with pytest.raises(CampaignError, match=sentence):
        annual_assessment(processed, year, language)


@pytest.fixture(scope="module")
def half_a_year(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    """The year 2024 alone, up to its second quarter, and without a plan."""
    data = tmp_path_factory.mktemp("half")
    shutil.copytree(RAW, data / "raw")
    for survey in (data / "raw" / "survey").glob("*"):
        if survey.stem not in ("2024Q1", "2024Q2"):
            survey.unlink()
    for plan in (data / "raw" / "plans").glob("*.toml"):
        plan.unlink()
    return built(data)


def test_before_the_fourth_quarter_it_says_that_it_is_provisional(half_a_year: Processed) -> None:
    page = annual_assessment(half_a_year, "2024")
    text = str(page.first_screen())
    assert VI("annual_assessment.provisional", quarter=VI.quarter("2024Q2")) in text
    compared = str(page.compared())
    assert VI("annual_assessment.compared.no_last", year=2023) in compared
    assert "II/2024" in compared


def test_without_a_plan_nothing_is_judged(half_a_year: Processed) -> None:
    page = annual_assessment(half_a_year, "2024")
    text = str(page.first_screen())
    assert VI("annual_assessment.no_plan", year=2024) in text
    assert VI("annual_assessment.tile.met") not in text
    assert "hộ thoát nghèo" in text
    assert all(every_section(page).values())


def test_a_year_in_which_nobody_s_status_is_known_is_told_too(tmp_path: Path) -> None:
    """The first review is of the end of 2022, and nothing but a register and a survey is there."""
    raw = tmp_path / "raw"
    homes = [{"household": "H1", "village": "A", "ethnicity": "Ba Na"}]
    write_table(raw, "villages", [{"village": "A", "name": "A", "residential_areas": 1}])
    write_table(raw, "households", homes)
    poor = {"household": "H1", "status": "poor", "valid_from": "2022-12-31"}
    write_table(raw, "poverty_status", [poor])
    write_table(raw, "survey/2022Q4", [{"household": "H1", "surveyed_on": "2022-12-01"}])
    page = annual_assessment(built(tmp_path), "2022")
    assert all(every_section(page).values())
    assert page.tally.loc["commune", ["start", "status_found", "end"]].tolist() == [0, 1, 1]


def test_a_household_without_a_status_at_the_baseline_is_told_alike_on_every_page(
    processed: Processed,
) -> None:
    """With one unknown the fall lies from one side of the plan's 5.12 points to the other."""
    line = commune_of(processed, "2024Q4")["poverty_reduction"]
    assert (line["status"], line["unknown"], line["baseline_unknown"]) == ("met", "0", "1")
    left = left_open(audit(processed, "poverty_reduction", "2024Q4", "commune"))
    assert left is not None
    assert left.verdict == MAY_FALL
    page = annual_assessment(processed, "2024")
    rows = rows_by_name(
        str(page.targets()._repr_html_()),
        VI("annual_assessment.targets.caption", quarter=VI.quarter("2024Q4")),
    )
    found = rows[VI("indicators.poverty_reduction.label")][-1]
    assert found == verdict_text(SimpleNamespace(**line), left, VI)
    known = gaps(processed, [2024]).set_index("indicator").loc["poverty_reduction"]
    assert (known["reason"], known["unknown"]) == ("partly", 1)
