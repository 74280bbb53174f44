"""Poverty as it is told: apart, shared out, by other readings, and not before it was reviewed."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from campaign_lib.analysis import poverty
from campaign_lib.analysis.years import gaps, poverty_rates, readings, targets_met
from campaign_lib.pipeline.build import build
from campaign_lib.store.processed import Processed
from campaign_lib.stories.assessment import annual_assessment
from campaign_lib.stories.audit import audit_story
from campaign_lib.stories.commune import commune_report
from campaign_lib.stories.sharing import target_allocation
from campaign_lib.stories.village import village_report

QUARTER, FALL = "2024Q4", "poverty_reduction"


def line_of(processed: Processed, place: str = "commune") -> "pd.Series[object]":
    keys = {"quarter": [QUARTER], "place": [place], "indicator": [FALL]}
    return processed.rows("results", keys).iloc[0]


def told_of(processed: Processed, place: str = "commune") -> "pd.Series[object]":
    lines = poverty.told_results(processed)
    keys = (lines["quarter"] == QUARTER) & (lines["place"] == place)
    return lines[keys & (lines["indicator"] == FALL)].iloc[0]


def test_poor_and_near_poor_add_up_to_the_line(built_sample: Processed) -> None:
    counts = built_sample.table(poverty.TABLE).set_index(["quarter", "place"])
    lines = built_sample.results.query("indicator == @FALL").set_index(["quarter", "place"])
    assert set(counts.index) == set(lines.index)
    lines = lines.loc[counts.index]
    for names, sums in ((poverty.BEFORE, "baseline_numerator"), (poverty.LATER, "numerator")):
        assert (counts[[*names]].sum(axis=1) == lines[sums]).all()


def test_the_near_poor_rose_while_the_sum_fell(built_sample: Processed) -> None:
    counts = built_sample.table(poverty.TABLE).set_index(["quarter", "place"])
    of_commune = counts.loc[(QUARTER, "commune")]
    assert of_commune.to_list() == [74, 53, 46, 54, 27]
    said = str(commune_report(built_sample, QUARTER).indicators())
    assert "(74 hộ nghèo, 53 hộ cận nghèo)" in said
    assert "100/533 nghèo, cận nghèo (46 hộ nghèo, 54 hộ cận nghèo)" in said
    assert "−12 hộ nghèo, cận nghèo (nghèo −11, cận nghèo −1)" in said
    public = str(commune_report(built_sample, QUARTER, edition="public").indicators())
    assert "cận nghèo)" not in public


def test_the_share_of_those_who_leave_is_worked_out_by_hand(built_sample: Processed) -> None:
    """127 less the 100 that there may be are 27; T6 has 26 of the 127: 27·26/127 = 5 and 67/127."""
    counts = built_sample.rows(poverty.TABLE, {"quarter": [QUARTER]}).set_index("place")
    leave = counts["to_leave"].drop("commune")
    # Whole parts 1 0 3 3 4 5 4 2 make 22; the five largest remainders get one more each:
    # T2 108, T8 124, T4 105, T5 86, T6 67 of 127.
    assert leave.to_dict() == {
        "T1": 1,
        "T2": 1,
        "T3": 3,
        "T4": 4,
        "T5": 5,
        "T6": 6,
        "T7": 4,
        "T8": 3,
    }
    assert leave.sum() == counts.loc["commune", "to_leave"] == 27
    assert line_of(built_sample, "T6")["status"] == "no_target"
    said = str(village_report(built_sample, "T6", QUARTER).indicators())
    assert "phải giảm trong năm là 6 hộ" in said
    assert "có 26 hộ (13 hộ nghèo, 13 hộ cận nghèo), nay có 21 hộ (6 hộ nghèo" in said
    assert "phải giảm" not in str(
        village_report(built_sample, "T6", QUARTER, edition="public").indicators()
    )


def test_without_a_target_count_there_is_nothing_to_share(built_sample: Processed) -> None:
    counts = built_sample.table(poverty.TABLE).set_index(["quarter", "place"])
    assert counts.loc["2022Q4", "to_leave"].isna().all()  # that plan had another formula
    assert "Phải bớt" not in str(target_allocation(built_sample, "2022").poverty())
    assert "Cộng các thôn" in str(target_allocation(built_sample, "2024").poverty())


def test_other_readings_turn_the_verdict_round(built_sample: Processed) -> None:
    found = readings(built_sample, QUARTER).set_index("reading")
    assert found["points"].to_dict() == {
        "own_year": 516,
        "poor_only": 531,
        "near_poor_only": -15,
        "all_households": 478,
        "yearly_mean": 500,
    }
    assert found.loc["yearly_mean", ["before", "before_all", "years"]].to_list() == [182, 539, 3]
    said = str(audit_story(built_sample, FALL, QUARTER, "commune", "vi").arithmetic())
    assert "Mọi hộ trong xã" in said
    assert said.count("▼ chưa đạt") == 3
    assert "▼ chưa đạt" not in str(
        audit_story(built_sample, FALL, QUARTER, "T6", "vi").arithmetic()
    )


def test_the_first_year_of_a_standard_has_no_mean(built_sample: Processed) -> None:
    assert "yearly_mean" not in set(readings(built_sample, "2022Q4")["reading"])


@pytest.fixture(scope="module")
def raw(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample without what was recorded of poverty after the baseline date."""
    folder = tmp_path_factory.mktemp("unreviewed")
    shutil.copytree(sample_data / "raw", folder / "raw")
    statuses = folder / "raw" / "poverty_status.csv"
    lines = statuses.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if ",2024-" not in line]
    statuses.write_text("".join(kept), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def unreviewed(raw: Path) -> Processed:
    build(raw, date(2025, 2, 1))
    return Processed(raw / "processed")


def test_without_a_review_no_page_tells_a_fall(unreviewed: Processed) -> None:
    # results.csv keeps its line; a page has none, and says why.
    assert line_of(unreviewed)["status"] == "behind"
    told = told_of(unreviewed)
    assert (told["status"], told["untold"]) == ("unmeasured", poverty.NO_REVIEW)
    assert pd.isna(told["percent"])
    assert pd.isna(told["shortfall"])
    assert told_of(unreviewed, "T6")["status"] == "no_target"
    why = "sau ngày mốc 31/12/2023 chưa có kết quả rà soát nào được ghi"
    report = commune_report(unreviewed, QUARTER)
    pages = (
        report.indicators(),
        village_report(unreviewed, "T6", QUARTER).indicators(),
        annual_assessment(unreviewed, "2024").first_screen(),
        audit_story(unreviewed, FALL, QUARTER, "commune", "vi").title(),
    )
    for page in pages:
        assert why in str(page)
    assert "ghi kết quả rà soát hộ nghèo" in str(report.first_screen())
    assert "giảm 0,2" not in str(pages[-1])
    public = str(commune_report(unreviewed, QUARTER, edition="public").indicators())
    assert "0,23" not in public


def test_where_nothing_is_asked_there_is_no_target(built_sample: Processed) -> None:
    """A village's part of the commune's count may be 0; nobody has met what nobody was given."""
    lines = built_sample.results.query("quarter == @QUARTER and indicator in ['informed', @FALL]")
    asked = lines["target_count"].where(lines["place"] != "T3", 0)
    asked = asked.mask(lines["indicator"] == FALL, 0)
    lines = lines.assign(target_count=asked, status="met")
    told = poverty.as_told(lines, built_sample.table("quarters"))
    none = told[told["status"] == "no_target"]
    assert none[["place", "indicator"]].to_numpy().tolist() == [["T3", "informed"]]
    waiting = poverty.as_told(lines.assign(status="unmeasured"), built_sample.table("quarters"))
    assert set(waiting["status"]) == {"unmeasured"}


def test_years_count_such_a_fall_as_missing(unreviewed: Processed) -> None:
    known = gaps(unreviewed, (2024,)).set_index("indicator")["reason"]
    assert known[FALL] == "no_review"
    assert targets_met(unreviewed, (2024,))["met"].to_list() == [3]
    days = poverty_rates(unreviewed, (2023, 2024))["day"]
    assert days.max() == pd.Timestamp(2023, 12, 31)


def test_a_day_that_has_not_come_is_no_day_to_compare(sample_data: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_data / "raw", tmp_path / "raw")
    build(tmp_path, date(2024, 12, 20))
    processed = Processed(tmp_path / "processed")
    assert told_of(processed)["untold"] == poverty.NOT_COME
    said = str(commune_report(processed, QUARTER).indicators())
    assert "ngày so sánh 31/12/2024 chưa đến" in said
    assert "5,16" not in said
    assert said.count("results.csv vẫn ghi dòng giảm nghèo") == 1
    # The quarter before has its own last day, and that has come.
    before = str(commune_report(processed, "2024Q3").indicators())
    assert "2,82" in before and "results.csv" not in before


def test_reviews_are_dated_by_the_register() -> None:
    days = pd.DataFrame(
        {
            "quarter": ["2024Q1", "2024Q2"],
            "baseline": pd.to_datetime(["2023-12-31"] * 2),
            "later_date": pd.to_datetime(["2024-03-14", "2024-06-14"]),
        }
    )
    statuses = pd.DataFrame({"valid_from": pd.to_datetime(["2023-12-31", "2024-05-01", None])})
    found = poverty.with_reviews(days, statuses, pd.Timestamp(2024, 6, 14))
    assert found["reviewed_on"].dt.date.to_list() == [date(2023, 12, 31), date(2024, 5, 1)]
    assert list(map(poverty.untold, found.itertuples())) == [poverty.NO_REVIEW, ""]
    early = poverty.with_reviews(days, statuses.iloc[:0], pd.Timestamp(2024, 3, 13))
    assert list(map(poverty.untold, early.itertuples())) == [poverty.NOT_COME] * 2
    nobody = poverty.with_reviews(days, statuses.iloc[:0], pd.Timestamp(2025, 1, 1))
    assert list(map(poverty.untold, nobody.itertuples())) == [poverty.NO_REVIEW] * 2
