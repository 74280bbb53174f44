"""The build and the recount in SQL must agree on every line: the sample's, and any campaign's."""

import shutil
import tempfile
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from generated_campaigns import (
    ANSWERS,
    DAYS,
    VILLAGES,
    campaigns,
    days,
    unhurried,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_dirt import ODD, WRONG, write_dirty
from raw_files import PLAN_2024, write_plan

from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.pipeline.build import build
from campaign_lib.recount import RECOUNTED, count_villages, recount, recount_sql
from campaign_lib.recount.verify import verify
from campaign_lib.store.processed import Processed
from campaign_sample import write_sample

RAW = Path(__file__).parents[2] / "data" / "raw"
TODAY = date(2025, 4, 1)


def built_results(processed: Path) -> pd.DataFrame:
    return pd.read_csv(processed / "results.csv", dtype="str", keep_default_na=False)


# --- the sample campaign ---


@pytest.fixture(scope="session")
def sample(built_sample: Processed) -> Path:
    """Give the committed sample's processed folder."""
    return built_sample.folder


def test_the_sample_is_recounted_line_by_line(sample: Path) -> None:
    results = built_results(sample)
    assert len(results) > 0
    pd.testing.assert_frame_equal(recount(sample), results)


@pytest.mark.parametrize(
    "size",
    [
        {"villages": 2, "households": 5, "seed": 3},
        pytest.param({"villages": 1, "households": 1, "seed": 4}, marks=pytest.mark.slow),
        pytest.param({"villages": 40, "households": 2000, "seed": 5}, marks=pytest.mark.slow),
        pytest.param({"years_before": 3, "seed": 6}, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_samples_of_other_sizes_agree_from_their_raw_files(
    tmp_path: Path, size: dict[str, Any]
) -> None:
    write_sample(tmp_path, **size)
    build(tmp_path, TODAY)
    found = verify(tmp_path)
    assert (found.differences, found.readings, found.miscounts) == ([], [], [])
    assert dict(found.left) == {}
    assert found.lines > 0


@pytest.mark.parametrize("indicator", RECOUNTED)
def test_what_the_audit_shows_adds_up_to_the_line(sample: Path, indicator: str) -> None:
    """The statement that an inspector reads and runs gives the commune's printed counts."""
    lines = recount(sample, indicator)
    assert set(lines["indicator"]) == {indicator}
    commune = lines[lines["level"] == "commune"].set_index("quarter")
    shown = count_villages(sample, indicator).groupby("quarter")[["numerator", "unknown"]].sum()
    printed = commune.loc[shown.index, ["numerator", "unknown"]].astype(int)
    assert shown.astype(int).values.tolist() == printed.values.tolist()
    assert len(shown) > 0


# --- what it refuses, what it shows ---


def test_an_unknown_indicator_is_named(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="'happiness' is not an indicator; known are applies_"):
        recount(tmp_path, "happiness")


def test_tables_that_were_not_built_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="run `campaign build` first"):
        recount(tmp_path)


def test_a_folder_name_is_not_a_pattern(sample: Path, tmp_path: Path) -> None:
    odd = tmp_path / "[2024] *thôn*"
    shutil.copytree(sample / "tables", odd / "tables")
    pd.testing.assert_frame_equal(recount(odd, "informed"), recount(sample, "informed"))


@pytest.mark.parametrize("indicator", RECOUNTED)
def test_a_statement_says_what_it_counts_and_fits_a_page(indicator: str) -> None:
    lines = recount_sql(indicator).splitlines()
    assert lines[0].startswith(f"-- {indicator} (plan, II.")
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 100


# --- any campaign ---


maybe_a_day = st.one_of(st.none(), days)


def both_counts_agree(
    campaign: dict[str, Any], seed: int = 0, dirt: frozenset[str] = frozenset()
) -> None:
    """Build a campaign; SQL from its raw files and SQL from the checked tables both agree."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        for plan in campaign["plans"]:
            write_plan(data / "raw", plan)
        write_dirty(data / "raw", campaign["tables"], campaign["lacks"], seed, dirt)
        build(data, TODAY)
        found = verify(data)
        assert found.left == {}
        assert (found.readings, found.miscounts, found.differences) == ([], [], [])
        assert found.read == len(campaign["tables"])
        pd.testing.assert_frame_equal(
            recount(data / "processed"), built_results(data / "processed")
        )


kinds = st.frozensets(st.sampled_from((*WRONG, *ODD)))
seeds = st.integers(0, 2**32 - 1)


@settings(unhurried, max_examples=4)
@given(campaigns(), seeds, kinds)
def test_any_campaign_is_recounted_line_by_line(
    campaign: dict[str, Any], seed: int, dirt: frozenset[str]
) -> None:
    both_counts_agree(campaign, seed, dirt)


@pytest.mark.slow
@settings(unhurried, max_examples=150)
@given(campaigns(), seeds, kinds)
def test_many_more_campaigns_are_recounted(
    campaign: dict[str, Any], seed: int, dirt: frozenset[str]
) -> None:
    both_counts_agree(campaign, seed, dirt)


def a_big_one(seed: int) -> dict[str, Any]:
    """Draw 2,000 households without Hypothesis, which refuses to draw that much."""
    chance = Random(seed)
    households = [f"H{n:04}" for n in range(2000)]
    statuses = ("poor", "near_poor", "poor", "not_poor", "mờ")
    tables: dict[str, Any] = {
        "villages": [
            {"village": village, "name": f"Thôn {village}", "residential_areas": 2}
            for village in VILLAGES
        ],
        "households": [
            {
                "household": home,
                "village": chance.choice(VILLAGES[:3]),  # the last one is empty
                "ethnicity": chance.choice(("Ba Na", "Gia Rai", "Xê Đăng", "Kinh", "Sao Hỏa")),
                "left_on": chance.choice((None, None, None, *DAYS)),
            }
            for home in households
        ],
        "poverty_status": [
            {"household": home, "status": chance.choice(statuses), "valid_from": day}
            for home in households
            for day in (date(2020, 12, 31), chance.choice(DAYS))
        ],
    }
    for code in ("2024Q1", "2024Q4"):
        tables[f"survey/{code}"] = [
            {
                "household": home,
                "surveyed_on": Quarter.parse(code).last_day(),
                **{name: chance.choice(said) for name, said in ANSWERS.items()},
            }
            for home in households
            if chance.random() < 0.9
        ]
    return {"plans": [PLAN_2024], "tables": tables, "lacks": {}}


@pytest.mark.slow
@pytest.mark.parametrize(
    "dirt", [(), ODD, WRONG, (*ODD, *WRONG)], ids="clean odd wrong all".split()
)
def test_2000_households_are_recounted(dirt: tuple[str, ...]) -> None:
    both_counts_agree(a_big_one(len(dirt)), len(dirt), frozenset(dirt))
