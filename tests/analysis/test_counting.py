"""Counts of any indicator: the ten as they are printed, one's own by the same steps."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import several_communes

from campaign_lib import INDICATORS, CampaignError, Count, Drop, Share, more_than, said
from campaign_lib.analysis.counting import COUNTED, cohort, counts_of, lines_of, steps_of
from campaign_lib.indicators import Indicator
from campaign_lib.indicators.ten import CHANGED_MINDSET, FRONT_MODELS, INFORMED, POVERTY_REDUCTION
from campaign_lib.pipeline.build import build
from campaign_lib.store.processed import Processed


def borrowed_money(home: pd.DataFrame) -> "pd.Series[bool]":
    """Borrowed money. (Of the survey.)"""
    return said(home["borrowed"], "yes")


def large_loan(home: pd.DataFrame) -> "pd.Series[bool]":
    return more_than(home["loan_amount"], 20)


def headed_by_a_woman(home: pd.DataFrame) -> "pd.Series[bool]":
    return said(home["head_sex"], "female")


IN_DEBT = Share("in_debt", INFORMED.among, (borrowed_money, large_loan), "own")


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.id)
def test_each_of_the_ten_is_counted_as_it_is_printed(
    built_sample: Processed, indicator: Indicator
) -> None:
    printed = built_sample.results
    printed = printed.loc[printed["indicator"] == indicator.id, COUNTED].reset_index(drop=True)
    pd.testing.assert_frame_equal(counts_of(built_sample, indicator), printed)


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.id)
def test_one_s_own_with_the_steps_of_one_of_the_ten_gives_the_same_figures(
    built_sample: Processed, indicator: Indicator
) -> None:
    own = replace(indicator, id="own")
    pd.testing.assert_frame_equal(counts_of(built_sample, own), counts_of(built_sample, indicator))
    mine, printed = (
        steps_of(built_sample, one).drop(columns="indicator").reset_index(drop=True)
        for one in (own, indicator)
    )
    pd.testing.assert_frame_equal(mine, printed[list(mine)])


def test_a_new_share_is_what_a_group_by_gives(built_sample: Processed) -> None:
    lines = counts_of(built_sample, IN_DEBT).set_index(["quarter", "place"])
    homes = cohort(built_sample, "2024Q4")
    in_debt = (homes["borrowed"] == "yes") & (homes["loan_amount"] > 20)
    by_village = in_debt.groupby(homes["village"].astype("str")).agg(["sum", "size"])
    for village, (count, base) in by_village.iterrows():
        line = lines.loc["2024Q4", village]
        assert (line["numerator"], line["denominator"]) == (count, base)
    commune = lines.loc["2024Q4", "commune"]
    assert commune["numerator"] == in_debt.sum() > 0
    assert commune["percent"] == round(100 * in_debt.sum() / len(homes) + 1e-9, 2)


def test_a_quarter_that_did_not_ask_is_not_measured(built_sample: Processed) -> None:
    lines = lines_of(built_sample, IN_DEBT).set_index(["quarter", "place"])
    assert "borrowed" not in built_sample.asked("2021Q4")
    assert lines.loc[("2021Q4", "commune"), "status"] == "unmeasured"
    assert pd.isna(lines.loc[("2021Q4", "commune"), "percent"])
    assert lines.loc[("2024Q4", "commune"), "status"] == "no_target"


def test_a_number_and_a_drop_of_one_s_own(built_sample: Processed) -> None:
    women = Count("women", INFORMED.among, (headed_by_a_woman,), "own", "households", "household")
    line = counts_of(built_sample, women).set_index("quarter").loc["2024Q4"]
    homes = cohort(built_sample, "2024Q4")
    assert line["numerator"] == (homes["head_sex"] == "female").sum() > 0
    assert pd.isna(line["denominator"]) and line["level"] == "commune"
    parts = {
        name: (*getattr(POVERTY_REDUCTION, name)[:-2], headed_by_a_woman,
               *getattr(POVERTY_REDUCTION, name)[-2:])
        for name in ("baseline", "later", "escaped")
    }  # fmt: skip
    own = counts_of(built_sample, Drop("women_s_fall", **parts, source="own"))
    whole = counts_of(built_sample, POVERTY_REDUCTION)
    assert list(own["place"]) == list(whole["place"])
    assert (own["denominator"] <= whole["denominator"]).all()
    assert own["denominator"].sum() < whole["denominator"].sum()


def without_unknown(home: pd.DataFrame) -> "pd.Series[bool]":
    return home["loan_amount"] > 20


def of_a_column_that_is_not_there(home: pd.DataFrame) -> "pd.Series[bool]":
    return said(home["borowed"], "yes")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: Share("own", INFORMED.among, (without_unknown,), "own"),
         "“without_unknown” takes what is unknown in loan_amount for a no"),
        (lambda: Share("own", INFORMED.among, (of_a_column_that_is_not_there,), "own"),
         "There is no column 'borowed'; did you mean borrowed?"),
        (lambda: Share("own", (lambda _: True,), (lambda _: True,), "own"), "Two steps are called"),
        (lambda: replace(CHANGED_MINDSET, id="informed"), "informed is the id of one of the plan"),
    ],
)  # fmt: skip
def test_a_slip_is_answered_with_a_sentence(
    built_sample: Processed, ask: Callable[[], Indicator], said: str
) -> None:
    with pytest.raises(CampaignError, match=said):
        counts_of(built_sample, ask())


def test_communes_are_compared_and_added_up(tmp_path: Path) -> None:
    raw = several_communes.folder(tmp_path)
    build(raw.parent if raw.name == "raw" else raw, date(2025, 12, 31))
    whole = Processed(tmp_path / "processed")
    own = counts_of(whole, replace(INFORMED, id="own"))
    pd.testing.assert_frame_equal(own, counts_of(whole, INFORMED))
    assert {"X", "Y", "all"} <= set(own["place"])
    models = counts_of(whole, replace(FRONT_MODELS, id="own"))
    pd.testing.assert_frame_equal(models, counts_of(whole, FRONT_MODELS))
