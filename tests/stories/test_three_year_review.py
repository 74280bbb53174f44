"""The review of several years: figures are those of results.csv, what is missing is said."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from page_tables import numbers, rows_by_name
from raw_files import PLAN_2024, drawn, write_plan, write_table

from campaign_lib.analysis import years
from campaign_lib.analysis.plan_changes import (
    RULES,
    changes_for,
    depends_on_standard,
    first_by_new_standard,
    plan_items,
    standard_of,
)
from campaign_lib.analysis.poverty import LATER, TABLE
from campaign_lib.analysis.years import done_by_year, empty_ledgers
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, IDS, find
from campaign_lib.pipeline.build import build
from campaign_lib.store.processed import Processed
from campaign_lib.stories.review import ThreeYearReview, three_year_review
from campaign_lib.words import Words

RAW = Path(__file__).parents[2] / "data" / "raw"
VI = Words("vi")
TODAY = date(2025, 2, 1)
YEARS = (2021, 2022, 2023, 2024)
SECTIONS = (
    "first_screen trend figures plans cohorts poverty work missing places built_from"
).split()


def built(data: Path) -> Processed:
    build(data, TODAY)
    return Processed(data / "processed")


@pytest.fixture(scope="session")
def processed(built_sample: Processed) -> Processed:
    return built_sample


@pytest.fixture(scope="module")
def page(processed: Processed) -> ThreeYearReview:
    return three_year_review(processed, "2021", "2024")


def commune_of(processed: Processed, quarter: str) -> dict[str, dict[str, str]]:
    """Read the commune's lines of results.csv as they are printed, by indicator."""
    table = pd.read_csv(processed.folder / "results.csv", dtype="str", keep_default_na=False)
    own = (table["quarter"] == quarter) & (table["place"] == "commune")
    return table[own].set_index("indicator").to_dict("index")


# --- on the sample -------------------------------------------------------------------------------


def test_figures_on_the_page_are_those_of_results(
    processed: Processed, page: ThreeYearReview
) -> None:
    html = page.figures()._repr_html_()
    rows = rows_by_name(html, VI("three_year_review.figures.caption"))
    targets = processed.table("targets").set_index(["year", "indicator"])["at_least"]
    for at, year in enumerate(YEARS):
        for indicator, line in commune_of(processed, f"{year}Q4").items():
            cell = rows[VI(f"indicators.{indicator}.label")][at]
            if line["status"] == "unmeasured":
                assert cell == f"?\u00a0{VI('codes.status.unmeasured.label')}"
                continue
            wanted = targets.get((year, indicator))
            names = ("numerator", "denominator", "percent")
            printed = [line[name] for name in names if line[name]]
            if indicator == "poverty_reduction":
                keys = {"quarter": [f"{year}Q4"], "place": ["commune"]}
                apart = processed.rows(TABLE, keys).iloc[0][[*LATER]].astype("str")
                before = [line["baseline_numerator"], line["baseline_denominator"]]
                printed = [*before, *printed[:2], *apart, *printed[2:]]
            if wanted is not None:
                count = indicator == "front_models"
                printed.append(str(wanted) if count else f"{wanted / 100:.2f}")
            if indicator == "poverty_reduction":  # as of which day
                first = date(year + 1, 1, 1) if year == 2022 else date(year, 12, 31)
                printed += numbers(VI.date(first))
            assert numbers(cell) == printed
            assert cell.startswith(VI(f"codes.status.{line['status']}.mark"))


def test_the_chart_says_what_it_draws(processed: Processed, page: ThreeYearReview) -> None:
    html = page.trend()._repr_html_()
    line = commune_of(processed, "2022Q4")["informed"]
    assert f"2022: {line['numerator']}/{line['denominator']}" in html
    label = VI("indicators.covered_by_plan.label")
    assert f"{label}: 2021: ?; 2022: ?; 2023: ?; 2024: 520/533." in html


def test_the_base_of_each_year_is_that_of_results(
    processed: Processed, page: ThreeYearReview
) -> None:
    html = page.cohorts()._repr_html_()
    rows = rows_by_name(html, VI("three_year_review.cohorts.caption"))
    for year in YEARS:
        lines = commune_of(processed, f"{year}Q4")
        poverty = lines["poverty_reduction"]
        names = ("baseline_denominator", "baseline_numerator", "baseline_unknown")
        expected = [*(poverty[name] for name in names), lines["informed"]["denominator"]]
        assert rows[str(year)][2:] == expected


def test_poverty_on_each_date_is_that_of_results(processed: Processed) -> None:
    rates = years.poverty_rates(processed, YEARS).set_index("day")
    days = processed.table("quarters").set_index("quarter")
    for year in YEARS:
        line = commune_of(processed, f"{year}Q4")["poverty_reduction"]
        on = rates.loc[days.loc[f"{year}Q4", "baseline"]]
        named = {"baseline_numerator": "both", "baseline_denominator": "households"}
        named["baseline_unknown"] = "unknown"
        assert {name: str(on[of]) for name, of in named.items()} == {
            name: line[name] for name in named
        }
    last = commune_of(processed, "2024Q4")["poverty_reduction"]
    on = rates.loc[days.loc["2024Q4", "later_date"]]
    assert [str(on["both"]), str(on["households"])] == [last["numerator"], last["denominator"]]


def test_nothing_drawn_joins_two_standards(page: ThreeYearReview) -> None:
    """Each small chart has the dates of one standard: 2 and 4, of all and of the poor."""
    rates = page.rates
    assert rates["standard"].tolist() == ["decision_59_2015"] * 2 + ["decree_07_2021"] * 4
    charts = page.poverty()._repr_html_().split("<div><p>")[1:]
    assert [chart.count("<rect") for chart in charts] == [2 * 2, 2 * 4]
    assert VI("three_year_review.poverty.break", since=VI.date(date(2022, 1, 1))) in str(
        page.poverty()
    )


def test_what_changed_is_told_standard_by_standard(page: ThreeYearReview) -> None:
    text = str(page.first_screen())
    rates = page.rates
    for standard in ("decision_59_2015", "decree_07_2021"):
        own = rates[rates["standard"] == standard]
        (said,) = [
            row
            for row in text.splitlines()
            if VI(f"plan_items.poverty_standard.{standard}") in row and row.startswith("- ")
        ]
        for at in (0, -1):
            assert f"{own['both'].iloc[at]}/{own['households'].iloc[at]}" in said
    assert VI("three_year_review.screen.not_joined") in text


def test_targets_met_are_counted_by_each_year_s_own_plan(
    processed: Processed, page: ThreeYearReview
) -> None:
    text = str(page.first_screen())
    for year in YEARS:
        lines = commune_of(processed, f"{year}Q4").values()
        met = sum(line["status"] == "met" for line in lines)
        asked = int((processed.table("targets")["year"] == year).sum())
        assert f"{year}: {met}/{asked}" in text


def test_what_is_missing_is_said(page: ThreeYearReview) -> None:
    text = str(page.first_screen())
    label = VI("indicators.covered_by_plan.label")
    said = VI("three_year_review.screen.unmeasured", label=label, years="2021, 2022 và 2023")
    assert said in text
    assert "Năm 2021: không khảo sát Thôn 6 và Thôn 7" in text
    assert "nguồn vốn (năm 2021)" in text
    rows = rows_by_name(page.missing()._repr_html_(), VI("three_year_review.missing.caption"))
    assert "Tham gia Cuộc vận động" in rows[label][0]
    assert "Tiết kiệm" in rows[VI("indicators.applies_science.label")][0]
    no_target = VI("three_year_review.table.gap.no_target")
    assert rows[VI("indicators.improved_life.label")][1] == no_target
    assert rows[VI("indicators.front_models.label")] == ["● đủ"] * 4


def test_villages_that_were_not_asked_are_marked(page: ThreeYearReview) -> None:
    rows = rows_by_name(page.places()._repr_html_(), VI("three_year_review.places.caption"))
    assert rows["Thôn 6"][0] == "▼ 0/18"
    assert not any("▼" in cell for name in ("Thôn 1", "Thôn 8") for cell in rows[name])


def test_years_of_work_are_those_of_results_and_the_ledgers(
    processed: Processed, page: ThreeYearReview
) -> None:
    rows = rows_by_name(page.work()._repr_html_(), VI("three_year_review.work.caption"))
    together = rows[VI("three_year_review.work.integrated")]
    for at, year in enumerate(YEARS):
        line = commune_of(processed, f"{year}Q4")["integrated_activities"]
        assert together[at] == f"{line['numerator']}/{line['denominator']}"
    money = rows[VI("three_year_review.work.planned")]
    assert money[0] == VI("three_year_review.work.empty")
    funding = pd.read_csv(RAW / "funding.csv")
    total = funding.loc[funding["quarter"].str.startswith("2023"), "planned"].sum()
    assert numbers(money[2]) == [f"{total:.1f}"]


def test_a_review_tells_what_was_known_when_it_was_filed(processed: Processed) -> None:
    review = three_year_review(processed, "2021", "2024", until="2024Q2")
    said = str(review.first_screen())
    assert "Số liệu đến hết ngày 14/06/2024 (quý II năm 2024)" in said
    assert review.last_quarters[2024] == "2024Q2"
    assert "2024 (đến 14/06/2024)" in str(review.figures())
    assert review.rates["day"].max() == pd.Timestamp(2024, 6, 14)
    # 127 of 531 on the baseline date, 115 of 530 on 14 June: what came later is not told.
    assert "115/530" in str(review.figures())
    assert "100/533" not in str(review.figures()) + said
    funding = pd.read_csv(RAW / "funding.csv")
    known = funding[funding["quarter"].str.startswith("2024") & (funding["quarter"] <= "2024Q2")]
    done = review.done.set_index("year").loc[2024, "planned"]
    assert done == pytest.approx(known["planned"].sum())
    three = three_year_review(processed, "2021", "2023", until="2024Q2")
    assert "2023 (đến 14/12/2023)" in str(three.figures())
    assert "2024" not in str(three.cohorts())


def test_an_unknown_quarter_is_refused(processed: Processed) -> None:
    with pytest.raises(CampaignError, match="2031Q1"):
        three_year_review(processed, "2021", "2023", until="2031Q1")


def test_plans_are_set_side_by_side(processed: Processed, page: ThreeYearReview) -> None:
    rows = rows_by_name(page.plans()._repr_html_(), VI("plan_items.caption"))
    assert len(rows) == len(IDS) + len(RULES)
    assert rows[VI("indicators.front_models.label")][-1] == VI("plan_items.alike")
    mindset = rows[VI("indicators.changed_mindset.label")]
    assert [numbers(cell) for cell in mindset[:4]] == [["45.00"], ["55.00"], ["68.00"], ["77.17"]]
    assert mindset[-1] == VI("plan_items.differs")
    standards = rows[VI("plan_items.poverty_standard.label")]
    assert [cell.split()[0] for cell in standards[:4]] == ["Quyết", "Nghị", "Nghị", "Nghị"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_section_speaks_both_languages(processed: Processed, language: str) -> None:
    review = three_year_review(processed, "2021", "2024", language)
    shown = [getattr(review, name)() for name in SECTIONS]
    assert all(part._repr_html_() and str(part) for part in shown)


def test_a_review_may_be_of_one_year(processed: Processed) -> None:
    review = three_year_review(processed, "2023", "2023")
    assert all(getattr(review, name)()._repr_html_() for name in SECTIONS)
    text = str(review.first_screen())
    assert VI("three_year_review.screen.not_joined") not in text
    assert "2022:" not in text
    # Its own two dates are compared, and no other's.
    assert len(review.rates) == 2


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("2020", "2024"), "'2020' has neither a survey nor a plan here; known years are 2021, 20"),
        (("2021", "soon"), "'soon' has neither a survey nor a plan here"),
        (("2024", "2021"), "2021 is before 2024; write the first year first"),
        (("2021", "2024", "fr"), "'fr' is not a language"),
    ],
)
def test_years_that_are_not_known_are_refused(
    processed: Processed, given: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CampaignError, match=sentence):
        three_year_review(processed, *given)


# --- small campaigns with holes ------------------------------------------------------------------

HOMES = drawn(
    """
    household | village | ethnicity | joined_on | left_on
    H1..H4    | A       | Ba Na     |           |
    """
)
POOR_SINCE_2022 = [
    {"household": home["household"], "status": "poor", "valid_from": "2022-12-31"} for home in HOMES
]


def answered(day: str) -> list[dict[str, object]]:
    return [
        {"household": home["household"], "surveyed_on": day, "informed": "yes"} for home in HOMES
    ]


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Processed]:
    """Write a campaign of four poor households in one village, changed by a function, built."""

    def make(change: Callable[[Path], None] = lambda raw: None) -> Processed:
        raw = tmp_path / "raw"
        write_table(raw, "villages", [{"village": "A", "name": "A", "residential_areas": 1}])
        write_table(raw, "households", HOMES)
        write_table(raw, "poverty_status", POOR_SINCE_2022)
        write_table(raw, "survey/2022Q4", answered("2022-12-01"))
        write_table(raw, "survey/2024Q3", answered("2024-09-01"))
        write_table(raw, "survey/2024Q4", answered("2024-12-01"), lacks=["informed"])
        write_plan(raw, PLAN_2024)
        change(raw)
        return built(tmp_path)

    return make


def reasons(processed: Processed, *of_years: int) -> dict[tuple[int, str], str]:
    gaps = years.gaps(processed, of_years)
    keys = zip(gaps["year"], gaps["indicator"], strict=True)
    return dict(zip(keys, gaps["reason"], strict=True))


def test_each_hole_has_its_reason(small: Callable[..., Processed]) -> None:
    found = reasons(small(), 2022, 2023, 2024)
    assert {found[2023, one] for one in IDS} == {"no_survey"}
    # Nobody has a status before the end of 2022, so the base of 2022 is empty.
    assert found[2022, "informed"] == "no_status"
    assert found[2022, "poverty_reduction"] == "no_status"
    assert found[2022, "integrated_activities"] == "nobody"
    assert found[2022, "area_models"] == "no_plan"
    # The column is missing in the fourth quarter: the third quarter's figure stands for the year.
    assert found[2024, "informed"] == "earlier"
    assert found[2024, "in_cooperative"] == "no_answers"
    assert found[2024, "area_models"] == "known"


def test_a_missing_question_is_named(small: Callable[..., Processed]) -> None:
    def without_the_third_quarter(raw: Path) -> None:
        (raw / "survey" / "2024Q3.csv").unlink()

    gaps = years.gaps(small(without_the_third_quarter), [2024]).set_index("indicator")
    assert gaps.loc["informed", ["reason", "lacking"]].tolist() == ["not_asked", "informed"]


def test_a_number_that_no_plan_says_is_named(small: Callable[..., Processed]) -> None:
    without = small(lambda raw: (raw / "plans" / "2024.toml").unlink())
    gaps = years.gaps(without, [2024]).set_index("indicator")
    told = gaps.loc["improved_life", ["reason", "lacking"]].tolist()
    assert told == ["no_number", "district_mean_income"]
    assert gaps.loc["area_models", "reason"] == "no_plan"
    page = str(three_year_review(without, "2022", "2024", "en").missing())
    assert "no plan of the year says: Mean income of the district's minority people" in page


def test_a_target_that_the_plan_does_not_have_is_told_from_no_plan(
    small: Callable[..., Processed],
) -> None:
    def with_one_target_less(raw: Path) -> None:
        targets = {k: v for k, v in PLAN_2024["targets"].items() if k != "area_models"}
        write_plan(raw, {**PLAN_2024, "targets": targets})

    found = reasons(small(with_one_target_less), 2022, 2024)
    assert found[2024, "area_models"] == "no_target"
    assert found[2022, "area_models"] == "no_plan"


def test_the_figure_of_a_year_is_its_last_measured_quarter_s(
    small: Callable[..., Processed],
) -> None:
    processed = small()
    lines = years.year_lines(processed, [2022, 2023, 2024]).set_index(["year", "indicator"])
    assert lines.loc[(2024, "informed"), "quarter"] == "2024Q3"
    assert lines.loc[(2024, "area_models"), "quarter"] == "2024Q4"
    assert set(lines.index.get_level_values("year")) == {2022, 2024}
    cell = rows_by_name(
        three_year_review(processed, "2022", "2024").figures()._repr_html_(),
        VI("three_year_review.figures.caption"),
    )[VI("indicators.informed.label")]
    assert cell[1] == VI("three_year_review.table.no_survey")
    assert "4/4" in cell[2]
    assert VI("three_year_review.table.until", quarter="III/2024") in cell[2]


def test_a_year_without_anything_is_told_and_not_left_out(
    small: Callable[..., Processed],
) -> None:
    review = three_year_review(small(), "2022", "2024")
    text = str(review.first_screen())
    assert VI("three_year_review.screen.no_survey", year=2023) in text
    assert VI("three_year_review.screen.year_no_survey", year=2023) in text
    assert VI("three_year_review.screen.year_no_plan", year=2022) in text
    assert all(getattr(review, name)()._repr_html_() for name in SECTIONS)


def test_without_any_plan_there_is_still_a_review(small: Callable[..., Processed]) -> None:
    def without_plans(raw: Path) -> None:
        shutil.rmtree(raw / "plans")

    review = three_year_review(small(without_plans), "2022", "2024")
    assert VI("three_year_review.plans.none") in str(review.plans())
    assert all(getattr(review, name)()._repr_html_() for name in SECTIONS)


def test_a_nought_is_told_from_a_ledger_without_a_line(small: Callable[..., Processed]) -> None:
    def with_one_model(raw: Path) -> None:
        model = {"model": "M", "owner": "commune_front", "started_on": "2022-05-05"}
        write_table(raw, "models", [{**model, "ended_on": "2023-05-05"}])
        write_table(
            raw, "village_plans", [{"village": "A", "year": 2024, "issued_on": "2024-12-20"}]
        )

    processed = small(with_one_model)
    empty = empty_ledgers(processed, (2022, 2024))
    assert empty.loc["models"].to_dict() == {2022: False, 2024: True}
    assert empty.loc["village_plans"].to_dict() == {2022: True, 2024: False}
    done = done_by_year(processed, {2022: "2022Q4", 2023: None, 2024: "2024Q4"}).set_index("year")
    assert done["front_new"].tolist() == [1, pd.NA, 0]
    # Issued after the quarter's last day.
    assert done.loc[2024, "villages_with_plan"] == 0


def test_a_campaign_without_a_single_model_is_reviewed_too(small: Callable[..., Processed]) -> None:
    """Of a table without rows, Parquet forgets which answers there could have been."""
    assert reasons(small(), 2024)[2024, "front_models"] == "known"


def test_what_changed_between_two_plans_is_found_where_it_matters(
    small: Callable[..., Processed],
) -> None:
    def with_an_older_plan(raw: Path) -> None:
        older = {
            "year": 2022,
            "poverty_standard": "decision_59_2015",
            "parameters": {"district_mean_income": "1500", "poverty_reduction_formula": "escaped"},
            "targets": {"improved_life": {"at_least": "30.71"}, "informed": {"at_least": "80"}},
        }
        write_plan(raw, older)

    processed = small(with_an_older_plan)
    items = plan_items(processed.table("plans"), processed.table("targets"), (2022, 2023, 2024))
    changed = {
        one.id: {
            change.item
            for change in changes_for(one, items, processed.units(one.units), 2022, 2024)
        }
        for one in ALL
    }
    assert changed["improved_life"] == {"district_mean_income", "poverty_standard"}
    assert changed["informed"] == {"informed", "poverty_standard"}
    assert changed["poverty_reduction"] == {
        "poverty_reduction",
        "poverty_reduction_formula",
        "poverty_standard",
    }
    assert changed["area_models"] == {"area_models"}
    assert items[2023].isna().all()


def test_the_break_is_where_the_standard_of_the_plans_changes() -> None:
    plans = pd.DataFrame(
        {
            "year": [2021, 2023],
            "poverty_standard": ["decision_59_2015", "decree_07_2021"],
            "baseline": pd.to_datetime(["2020-12-31", "2022-12-31"]),
        }
    )
    assert first_by_new_standard(plans, (2021, 2022, 2023)) == 2023
    assert first_by_new_standard(plans, (2023,)) is None
    # Without a plan the baseline date decides: 31 December is the old standard's last day.
    assert standard_of(plans, 2022) == "decision_59_2015"
    assert standard_of(plans, 2024) == "decree_07_2021"


def test_only_what_is_about_the_poor_depends_on_their_standard(processed: Processed) -> None:
    depends = {
        one for one in IDS if depends_on_standard(find(one), processed.units(find(one).units))
    }
    free = {"covered_by_plan", "integrated_activities", "front_models", "area_models"}
    assert depends == set(IDS) - free
