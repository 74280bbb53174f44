"""What was known at the end of a quarter: later quarters, rows and ends are not there."""

from datetime import date

import pandas as pd
import pytest

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.store.as_of import AsOf, dated, newer_than, newest
from campaign_lib.store.processed import Processed

QUARTER, DAY = "2024Q2", pd.Timestamp(2024, 6, 14)


@pytest.fixture(scope="module")
def then(built_sample: Processed) -> AsOf:
    return AsOf(built_sample, QUARTER)


def test_later_quarters_are_not_there(built_sample: Processed, then: AsOf) -> None:
    assert then.quarters == tuple(code for code in built_sample.quarters if code <= QUARTER)
    for name in ("results", "panel", "funding", "models_by_quarter", "survey"):
        whole, known = built_sample.table(name), then.table(name)
        assert set(known["quarter"].astype("str")) <= {*then.quarters, "2022Q1", *_of(2022, 2023)}
        assert len(known) == int((whole["quarter"].astype("str") <= QUARTER).sum())
    assert then.rows("results", {"quarter": ["2024Q4"]}).empty


def _of(*years: int) -> set[str]:
    return {f"{year}Q{number}" for year in years for number in range(1, 5)}


def test_rows_of_registers_are_there_from_their_day_on(built_sample: Processed, then: AsOf) -> None:
    assert then.day == DAY
    for name, since in {
        "poverty_status": "valid_from",
        "activities": "held_on",
        "task_progress": "reported_on",
        "households": "joined_on",
    }.items():
        whole, known = built_sample.table(name), then.table(name)
        later = whole[since] > DAY
        assert later.any()
        assert len(known) == len(whole) - int(later.sum())


def test_a_model_is_known_from_the_day_on_which_it_was_registered(
    built_sample: Processed, then: AsOf
) -> None:
    whole, known = built_sample.table("models"), then.table("models")
    waiting = whole[(whole["registered_on"] <= DAY) & (whole["started_on"] > DAY)]
    assert len(waiting)
    assert known.set_index("model").loc[waiting["model"], "started_on"].isna().all()


def test_an_end_that_has_not_come_is_no_end(built_sample: Processed, then: AsOf) -> None:
    for name, end in {"households": "left_on", "models": "ended_on"}.items():
        whole, known = built_sample.table(name), then.table(name)
        ended = whole[end] <= DAY
        assert known[end].notna().sum() == int(ended.sum()) < whole[end].notna().sum()


def test_what_has_no_day_is_there(built_sample: Processed, then: AsOf) -> None:
    for name in ("villages", "plans", "targets", "tasks"):
        assert len(then.table(name)) == len(built_sample.table(name))


def test_in_the_fourth_quarter_the_year_s_end_is_known(built_sample: Processed) -> None:
    assert AsOf(built_sample, "2024Q4").day == pd.Timestamp(2024, 12, 31)


def test_the_first_date_of_a_table_is_that_from_which_a_row_is_known() -> None:
    assert dated("households") == ["joined_on", "left_on"]
    assert dated("results") == []
    assert all(dated(name) for name in codebook().tables if name.endswith("_status"))


def test_the_newest_day_of_each_register_is_in_the_manifest(built_sample: Processed) -> None:
    found = built_sample.manifest["newest"]
    assert found["poverty_status"] == "2024-12-31"
    assert "survey" not in found
    days = built_sample.table("quarters").set_index("quarter").loc[QUARTER]
    later = newer_than(built_sample.manifest, days)
    assert set(later) >= {"poverty_status", "activities", "models", "task_progress"}
    last = built_sample.table("quarters").set_index("quarter").loc["2024Q4"]
    assert newer_than(built_sample.manifest, last) == {}
    support = built_sample.table("support")
    assert (support["until"] > "2024-12-31").any()  # a deadline is no news


def test_days_that_have_not_come_are_no_news() -> None:
    table = pd.DataFrame({"valid_from": pd.to_datetime(["2024-05-01", "2031-01-01", None])})
    today = pd.Timestamp(date(2024, 6, 1))
    assert newest({"poverty_status": table}, today) == {"poverty_status": "2024-05-01"}
    assert newest({"poverty_status": table.iloc[2:]}, today) == {}


def test_quarters_are_written_so_that_they_sort(then: AsOf) -> None:
    assert max(then.quarters) == str(Quarter(2024, 2))
