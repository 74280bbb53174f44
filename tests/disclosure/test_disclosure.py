"""What the public table shows and hides, rule by rule; attacks on it are in a file of their own."""

from datetime import date
from pathlib import Path

import examples
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_results import COHORT, COUNTS, KEYS, POVERTY, REGISTER, Counts, made_counts, results_of

from campaign_lib.disclosure import PUBLIC_COLUMNS, disclose, issued_by, may_show, shown_parts
from campaign_lib.pipeline.build import build
from campaign_lib.store.processed import Processed
from campaign_sample import write_sample

Q1, Q2 = "2024Q1", "2024Q2"
#: Villages of which nothing has to be hidden, whatever happens to the others.
LARGE = (60, 80, 70)
STYLES = ("tiny", "mixed", "large", "empty")


def share(numerator: list[int], denominator: list[int]) -> dict[str, list[int]]:
    return {"numerator": numerator, "denominator": denominator}


def line(public: pd.DataFrame, indicator: str, place: str, quarter: str = Q1) -> pd.Series:
    return public.set_index(["quarter", "indicator", "place"]).loc[(quarter, indicator, place)]


def shown(public: pd.DataFrame, indicator: str, count: str, quarter: str = Q1) -> list[int | None]:
    """Give a count of every village and of the commune, None where it is not shown."""
    lines = public[(public["quarter"] == quarter) & (public["indicator"] == indicator)]
    lines = lines.sort_values(["level", "place"], ascending=[False, True])
    return [None if pd.isna(value) else int(value) for value in lines[count]]


# --- the shape ---


@settings(max_examples=examples.of(25), deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 9), st.sampled_from(STYLES))
def test_same_lines_fewer_columns_and_what_is_shown_is_unchanged(
    seed: int, villages: int, style: str
) -> None:
    results = results_of(made_counts(seed, villages, [Q1, "2023Q4"], style))
    before = results.copy()
    public = disclose(results)
    pd.testing.assert_frame_equal(results, before)
    assert list(public) == PUBLIC_COLUMNS
    pd.testing.assert_frame_equal(public[[*KEYS, "unit"]], results[[*KEYS, "unit"]])
    pd.testing.assert_series_equal(public["target_percent"], results["target_percent"])
    for name in (*COUNTS, "percent", "target_count"):
        seen = public[name].notna()
        pd.testing.assert_series_equal(public[name][seen], results[name][seen])
    whole = public[~public["hidden"]]
    assert (whole["status"] == results.loc[whole.index, "status"]).all()
    open_ones = whole[whole["status"] != "unmeasured"].index
    for name in (*COUNTS, "percent"):
        pd.testing.assert_series_equal(public[name][open_ones], results[name][open_ones])
    assert (public.loc[public["hidden"], "status"] == "hidden").all()


@settings(max_examples=examples.of(25), deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 9), st.sampled_from(STYLES))
def test_no_small_count_and_no_small_rest_is_shown(seed: int, villages: int, style: str) -> None:
    public = disclose(results_of(made_counts(seed, villages, [Q1, Q2], style)))
    for count, base in zip(COUNTS[::2], COUNTS[1::2], strict=True):
        assert not (public[[count, base]] < 5).any(axis=None)
        rest = public[base] - public[count]
        assert not rest.between(1, 4).any()
        assert not (public[count].notna() & public[base].isna()).any()


def test_nothing_is_hidden_where_every_count_and_every_rest_is_large_or_none() -> None:
    poor = [20, 30, 25]
    results = results_of(
        {
            (Q1, REGISTER): share([60, 70, 65], list(LARGE)),
            (Q1, "informed"): share(poor, poor),
            (Q1, "in_cooperative"): share([5, 25, 20], poor),
            (Q1, POVERTY): {
                **share([15, 25, 20], list(LARGE)),
                "baseline_numerator": poor,
                "baseline_denominator": list(LARGE),
            },
        }
    )
    public = disclose(results)
    assert not public["hidden"].any()
    same = [name for name in PUBLIC_COLUMNS if name != "hidden"]
    pd.testing.assert_frame_equal(public[same], results[same])


def test_only_households_are_protected() -> None:
    areas = share([1, 0, 2], [1, 3, 2])
    results = results_of({(Q1, "area_models"): areas, (Q1, REGISTER): share([1, 2, 3], [9, 9, 9])})
    public = disclose(results)
    lines = results[results["indicator"] == "area_models"]
    same = [name for name in PUBLIC_COLUMNS if name != "hidden"]
    pd.testing.assert_frame_equal(public.loc[lines.index, same], lines[same])
    assert not public.loc[lines.index, "hidden"].any()


@settings(max_examples=examples.of(15), deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 9), st.sampled_from(STYLES))
def test_the_order_of_lines_changes_nothing(seed: int, villages: int, style: str) -> None:
    results = results_of(made_counts(seed, villages, [Q1, Q2], style))
    mixed = results.sample(frac=1, random_state=seed % 1000)
    pd.testing.assert_frame_equal(disclose(mixed).sort_index(), disclose(results))


def test_no_results_are_no_public_results() -> None:
    empty = results_of({(Q1, REGISTER): share([9], [20])}).iloc[:0]
    assert list(disclose(empty)) == PUBLIC_COLUMNS


# --- which counts are hidden ---


def register(quarter: str = Q1) -> Counts:
    return {(quarter, REGISTER): share([40, 60, 50], list(LARGE))}


def test_a_small_count_takes_the_smallest_village_with_it() -> None:
    counts = register() | {(Q1, "informed"): share([20, 15, 3], [40, 40, 40])}
    public = disclose(results_of(counts))
    # T1 has the fewest minority households; T1 + T3 are 23, of which T3 may have 0 to 4.
    assert shown(public, "informed", "numerator") == [None, 15, None, 38]
    assert shown(public, "informed", "denominator") == [40, 40, 40, 120]
    assert list(public.loc[public["indicator"] == "informed", "hidden"]) == [0, 1, 0, 1]
    assert line(public, "informed", "T3")[["percent", "target_count"]].isna().all()
    assert line(public, "informed", "T3")["target_percent"] == 100


def test_several_small_counts_need_no_other_where_their_sum_leaves_them_open() -> None:
    counts = register() | {(Q1, "informed"): share([4, 3, 30], [40, 40, 40])}
    public = disclose(results_of(counts))
    # 7 in two villages below 5 would be 3 and 4: a third has to go.
    assert shown(public, "informed", "numerator") == [None, None, None, 37]
    counts[Q1, "informed"] = share([4, 0, 30], [40, 40, 40])
    assert shown(disclose(results_of(counts)), "informed", "numerator") == [None, None, 30, 34]


def test_a_few_who_are_missing_are_hidden_as_well() -> None:
    counts = register() | {(Q1, "informed"): share([20, 15, 37], [40, 40, 40])}
    public = disclose(results_of(counts))
    assert shown(public, "informed", "numerator") == [None, 15, None, 72]


def test_a_hidden_base_is_hidden_in_every_indicator_and_quarter_and_hides_what_it_counts() -> None:
    counts: Counts = {}
    for quarter, small in ((Q1, 4), (Q2, 6)):
        counts |= register(quarter)
        for indicator in COHORT:
            counts[quarter, indicator] = share([small, 20, 20], [small, 30, 30])
        counts[quarter, POVERTY] = {
            **share([10, 25, 25], list(LARGE)),
            "baseline_numerator": [14, 30, 30],
            "baseline_denominator": list(LARGE),
        }
    public = disclose(results_of(counts))
    for quarter in (Q1, Q2):
        for indicator in COHORT:
            for count in ("numerator", "denominator"):
                seen = shown(public, indicator, count, quarter)
                assert [value is None for value in seen] == [True, False, True, False]
        for count in ("numerator", "baseline_numerator"):  # nearly the same households
            poor = shown(public, POVERTY, count, quarter)
            assert [value is None for value in poor] == [True, False, True, False]
        assert shown(public, POVERTY, "denominator", quarter) == [*LARGE, 210]
        assert pd.isna(line(public, POVERTY, "T1", quarter)["percent"])
        assert pd.notna(line(public, POVERTY, "T2", quarter)["percent"])
        assert pd.notna(line(public, POVERTY, "commune", quarter)["percent"])


def test_the_poor_at_the_end_of_a_year_are_hidden_like_the_next_baseline() -> None:
    def poverty(later: list[int], before: list[int]) -> dict[str, list[int]]:
        rates = {**share(later, list(LARGE)), "baseline_numerator": before}
        return {**rates, "baseline_denominator": list(LARGE)}

    counts: Counts = {
        **register("2023Q4"),
        **register(Q1),
        ("2023Q4", POVERTY): poverty([20, 30, 9], [30, 40, 20]),
        (Q1, POVERTY): poverty([20, 30, 9], [20, 30, 9]),
        (Q1, "informed"): share([10, 10, 3], [20, 30, 4]),
    }
    public = disclose(results_of(counts))
    assert shown(public, POVERTY, "baseline_numerator") == [None, 30, None, 59]
    assert shown(public, POVERTY, "numerator", "2023Q4") == [None, 30, None, 59]
    assert shown(public, POVERTY, "baseline_numerator", "2023Q4") == [30, 40, 20, 90]


def test_one_village_alone_is_the_commune() -> None:
    counts: Counts = {(Q1, REGISTER): share([30], [60]), (Q1, "informed"): share([3], [20])}
    public = disclose(results_of(counts))
    assert shown(public, "informed", "numerator") == [None, None]
    assert shown(public, "informed", "denominator") == [20, 20]
    assert line(public, "informed", "commune")["target_count"] == 20


def test_a_small_village_among_hundreds_hides_hardly_anything() -> None:
    villages = 400
    bases = [30] * villages
    counts: Counts = {(Q1, REGISTER): share([40] * villages, [60] * villages)}
    counts[Q1, "informed"] = share([15] * (villages - 1) + [0], bases)
    assert disclose(results_of(counts))["hidden"].sum() == 2


def test_villages_without_their_commune_hide_their_small_counts_only() -> None:
    counts = register() | {(Q1, "informed"): share([20, 15, 3], [40, 40, 40])}
    results = results_of(counts)
    public = disclose(results[results["level"] == "village"])
    assert shown(public, "informed", "numerator") == [20, 15, None]


def test_nothing_measured_in_the_whole_commune_is_said_and_is_no_secret() -> None:
    counts = register() | {(Q1, "informed"): {**share([0, 0, 0], [40, 4, 40])}}
    public = disclose(results_of(counts, unasked=[(Q1, "informed")]))
    assert shown(public, "informed", "numerator") == [None] * 4
    commune = line(public, "informed", "commune")
    assert (commune["status"], commune["hidden"], commune["denominator"]) == (
        "unmeasured", False, 84,
    )  # fmt: skip
    assert line(public, "informed", "T2")["status"] == "hidden"  # its base is too small


def test_a_year_without_a_register_does_not_empty_the_others() -> None:
    counts = {**register(), ("2023Q4", REGISTER): share([0, 0, 0], [0, 0, 0])}
    public = disclose(results_of(counts))
    assert shown(public, REGISTER, "denominator") == [*LARGE, 210]
    assert shown(public, REGISTER, "denominator", "2023Q4") == [None] * 4
    assert line(public, REGISTER, "commune", "2023Q4")["status"] == "unmeasured"


# --- targets and verdicts, which follow from bases ---


def test_target_counts_of_villages_are_shown_unless_a_base_is_hidden() -> None:
    counts = register() | {(Q1, "changed_mindset"): share([20, 15, 20], [40, 40, 40])}
    public = disclose(results_of(counts))
    assert None not in shown(public, "changed_mindset", "target_count")
    counts[Q1, "changed_mindset"] = share([20, 15, 3], [40, 40, 4])
    public = disclose(results_of(counts))
    assert shown(public, "changed_mindset", "target_count") == [None, None, None, 65]
    # With a target of 100 % a village's count is its own base, and tells of no other.
    counts[Q1, "informed"] = counts.pop((Q1, "changed_mindset"))
    assert shown(disclose(results_of(counts)), "informed", "target_count") == [None, 40, None, 84]


def test_a_verdict_that_tells_how_a_part_was_rounded_is_withheld() -> None:
    # 50.39 % of 84 are 43; of them T2 carries 40 * 43 / 84 = 20.5: 20 or 21, as others' bases are.
    counts = register() | {(Q1, "applies_science"): share([20, 20, 3], [40, 40, 4])}
    at_the_edge = line(disclose(results_of(counts)), "applies_science", "T2")
    assert (at_the_edge["status"], at_the_edge["hidden"]) == ("hidden", True)
    assert (at_the_edge["numerator"], at_the_edge["percent"]) == (20, 50.0)
    counts[Q1, "applies_science"] = share([20, 21, 3], [40, 40, 4])
    beyond_it = line(disclose(results_of(counts)), "applies_science", "T2")
    assert (beyond_it["status"], beyond_it["hidden"]) == ("met", False)


def test_a_percentage_that_counts_those_who_escaped_is_a_count() -> None:
    counts = register() | {
        (Q1, POVERTY): {
            **share([20, 30, 25], list(LARGE)),
            "baseline_numerator": [30, 40, 40],
            "baseline_denominator": list(LARGE),
            "escaped": [12, 3, 14],
        }
    }
    public = disclose(results_of(counts, formula="escaped"))
    percents = [line(public, POVERTY, place)["percent"] for place in ("T1", "T2", "T3", "commune")]
    assert [bool(pd.isna(percent)) for percent in percents] == [True, True, False, False]
    assert shown(public, POVERTY, "numerator") == [20, 30, 25, 75]
    assert not disclose(results_of(counts, formula="points"))["hidden"].any()


# --- other tables ---


@pytest.mark.parametrize(
    ("count", "shown"), [(0, False), (1, False), (4, False), (5, True), (None, False)]
)
def test_small_counts_of_other_tables(count: int | None, shown: bool) -> None:
    assert may_show(count) is shown
    assert may_show(pd.NA if count is None else pd.array([count], dtype="Int64")[0]) is shown


def test_parts_beside_their_total() -> None:
    loans = pd.Series({"bank": 12, "union": 3, "family": 20})
    parts, total = shown_parts(loans)
    assert (parts.isna().to_dict(), total) == ({"bank": True, "union": True, "family": False}, 35)
    parts, total = shown_parts(pd.Series({"bank": 2, "union": 0}))
    assert parts.isna().all() and pd.isna(total)
    parts, total = shown_parts(pd.Series({"bank": 7, "union": 9}))
    assert (list(parts), total) == ([7, 9], 16)


def test_a_build_writes_the_public_table(tmp_path: Path) -> None:
    write_sample(tmp_path, villages=3)
    built = build(tmp_path, date(2025, 2, 1))
    written = Processed(tmp_path / "processed").table("public_results")
    issued = issued_by(built.campaign.tables["village_plans"], built.computed.panel.days)
    pd.testing.assert_frame_equal(written, disclose(built.computed.results, issued))
    assert written["hidden"].any() and not written["hidden"].all()
