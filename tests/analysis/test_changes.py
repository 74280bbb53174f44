"""What changed from one build to another: which figures, and because of what."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest
from changed_campaigns import EDITS, SURVEY, answered, edited, first_state, mirrored, state_of

from campaign_lib.analysis.changes import Change, compare, lines_of
from campaign_lib.analysis.changes.attribution import Inputs
from campaign_lib.analysis.changes.lines import (
    ALLOCATION,
    CODE,
    DATA,
    KINDS,
    PLAN,
    SHARING,
    UNKNOWN,
    Cause,
)
from campaign_lib.base.figures import Figure
from campaign_lib.indicators.results import as_printed
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import TABLES, InMemory, Snapshot, write_snapshot
from campaign_lib.stories.what_changed import cause_text
from campaign_lib.words import Words

States = Mapping[str, Processed]
FIRST = "first"
STATES = (FIRST, *EDITS)
OLD_CODE = "0" * 64
#: Pairs in which more than one thing is otherwise.
OTHERS = [("left", "target"), ("answer", "allocation"), ("plan gone", "moved")]
PAIRS = [
    *((FIRST, name) for name in EDITS),
    *(pytest.param(*pair, marks=pytest.mark.slow) for pair in OTHERS),
]


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> States:
    top = tmp_path_factory.mktemp("states")
    first = first_state(top / FIRST)
    changed = {
        name: state_of(top / name.replace(" ", ""), top / FIRST, edit)
        for name, edit in EDITS.items()
    }
    return {FIRST: first, **changed}


def by_figure(changes: tuple[Change, ...]) -> dict[str, tuple[Cause, ...]]:
    return {str(change.figure): change.causes for change in changes}


def kinds(changes: tuple[Change, ...]) -> set[str]:
    return {cause.kind for change in changes for cause in change.causes}


def older(build: Processed, code: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> InMemory:
    """Make a build as another version of the code would have made it."""
    tables = {name: build.table(name) for name in TABLES}
    tables["results"] = change(tables["results"])
    return InMemory({**build.manifest, "code_sha256": code}, tables)


def one_less(results: pd.DataFrame) -> pd.DataFrame:
    """Count one household less in one figure."""
    at = (results["place"] == "A") & (results["indicator"] == "changed_mindset")
    return results.assign(numerator=results["numerator"].mask(at, results["numerator"] - 1))


# --- properties of any two builds ---------------------------------------------------------------


@pytest.mark.parametrize("name", STATES)
def test_a_build_does_not_differ_from_itself(states: States, name: str) -> None:
    assert compare(states[name], states[name]) == ()


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_comparison_is_whole_and_has_its_mirror_image(
    states: States, one: str, other: str
) -> None:
    changes = compare(states[one], states[other])
    assert compare(states[other], states[one]) == mirrored(changes)
    rows = [
        as_printed(states[name].results).astype("str").fillna("").to_dict("records")
        for name in (one, other)
    ]
    first, second = ({Figure(r["quarter"], r["place"], r["indicator"]): r for r in each}
                     for each in rows)  # fmt: skip
    unlike = {key for key in {*first, *second} if first.get(key) != second.get(key)}
    assert {change.figure for change in changes} == unlike
    for change in changes:
        assert change.causes
        assert UNKNOWN not in kinds((change,))


def test_what_is_kept_compares_as_what_was_built(states: States, tmp_path: Path) -> None:
    write_snapshot(states[FIRST], tmp_path / "kept.zip")
    kept = Snapshot(tmp_path / "kept.zip")
    assert lines_of(kept.table("results")) == lines_of(states[FIRST].results)
    for name in ("answer", "left", "target"):
        assert compare(kept, states[name]) == compare(states[FIRST], states[name])
        assert compare(kept, states[FIRST]) == ()


# --- because of what ----------------------------------------------------------------------------


def test_an_answer_is_named_with_its_household_file_and_row(states: States) -> None:
    row = f"{SURVEY}:4"
    cause = Cause(DATA, "A3", "self_reliance", "yes", "no", row, row)
    changes = by_figure(compare(states[FIRST], states["answer"]))
    assert changes == {
        "2024Q3/commune/changed_mindset": (cause,),
        "2024Q3/A/changed_mindset": (cause,),
    }


def test_an_answer_that_is_corrected_is_named_as_one_that_is_changed(states: States) -> None:
    """The file that it stands in is the same: corrections.csv has changed."""
    changed, corrected = (
        by_figure(compare(states[FIRST], states[name])) for name in ("answer", "corrected")
    )
    assert corrected == changed
    assert corrected
    inputs = Inputs(states[FIRST], states["corrected"])
    assert inputs.changed_files == {"corrections.csv"}


def test_a_status_is_named_with_the_row_of_the_register(states: States) -> None:
    changes = by_figure(compare(states[FIRST], states["status"]))
    cause = Cause(DATA, "B4", "status", "poor", "", "poverty_status.csv:14", "")
    assert cause in changes["2024Q3/B/informed"]
    assert all({c.kind for c in causes} <= {DATA, SHARING} for causes in changes.values())


def test_who_leaves_is_named_and_no_figure_of_another_village_is_blamed_on_it(
    states: States,
) -> None:
    changes = by_figure(compare(states[FIRST], states["left"]))
    at = "households.csv:10"
    assert changes["2024Q3/A/informed"] == (Cause(DATA, "A9", "left_on", "", "2024-07-01", at, at),)
    assert {c.kind for f, cs in changes.items() for c in cs if "/B/" in f} <= {SHARING}


def test_who_moves_changes_two_villages_and_not_the_commune(states: States) -> None:
    changes = by_figure(compare(states[FIRST], states["moved"]))
    at = "households.csv:10"
    cause = Cause(DATA, "A9", "village", "A", "B", at, at)
    assert cause in changes["2024Q3/A/informed"]
    assert cause in changes["2024Q3/B/informed"]
    assert not [figure for figure in changes if "/commune/informed" in figure]


def test_who_moves_during_the_year_is_told_by_the_cells_that_say_so(
    states: States, tmp_path: Path
) -> None:
    """A stay that ended is the same row with a last day; the one after it is a row of its own."""

    def two_stays(homes: pd.DataFrame) -> pd.DataFrame:
        homes = homes.assign(joined_on="", left_on="")
        at = homes["household"] == "A9"
        second = homes[at].assign(village="B", joined_on="2024-07-01")
        homes["left_on"] = homes["left_on"].mask(at, "2024-07-01")
        return pd.concat([homes[: at.idxmax() + 1], second, homes[at.idxmax() + 1 :]])

    first = states[FIRST].folder.parent
    other = state_of(tmp_path / "other", first, edited("households.csv", two_stays))
    causes = by_figure(compare(states[FIRST], other))["2024Q3/A/informed"]
    at, after = "households.csv:10", "households.csv:11"
    assert set(causes) == {
        Cause(DATA, "A9", "left_on", "", "2024-07-01", at, at),
        Cause(DATA, "A9", "joined_on", "", "2024-07-01", "", after),
        Cause(DATA, "A9", "village", "", "B", "", after),
    }


def test_a_form_that_is_gone_is_told_with_the_row_where_it_stood(
    states: States, tmp_path: Path
) -> None:
    first = states[FIRST].folder.parent
    lost = edited(SURVEY, lambda t: t[t["household"] != "A3"])
    causes = by_figure(compare(states[FIRST], state_of(tmp_path / "other", first, lost)))
    (cause,) = causes["2024Q3/A/informed"]
    assert cause == Cause(DATA, "A3", "informed", "yes", "", f"{SURVEY}:4", "")
    assert cause_text(cause, Words("vi")) == (
        f"A3: informed Có → (trống) ({SURVEY}, dòng 4 cũ, nay không còn)"
    )


def test_a_target_is_the_plan_s(states: States) -> None:
    changes = by_figure(compare(states[FIRST], states["target"]))
    at = "plans/2024.toml"
    cause = Cause(PLAN, "", "targets.changed_mindset", "7717", "6000", at, at)
    assert changes["2024Q3/commune/changed_mindset"] == (cause,)
    assert {figure.rpartition("/")[2] for figure in changes} == {"changed_mindset"}


def test_a_threshold_is_the_plan_s_and_no_household_s(states: States) -> None:
    changes = compare(states[FIRST], states["threshold"])
    assert kinds(changes) == {PLAN}
    items = {cause.item for change in changes for cause in change.causes}
    assert items == {"district_mean_income"}


def test_a_fixed_count_is_named_with_its_row(states: States) -> None:
    changes = by_figure(compare(states[FIRST], states["allocation"]))
    causes = changes["2024Q3/A/changed_mindset"]
    assert Cause(ALLOCATION, "A", "count", "", "9", "", "allocation.csv:2") in causes
    assert {cause.kind for cause in causes} == {ALLOCATION}


def test_a_column_that_is_gone_is_named_with_its_file(states: States) -> None:
    changes = by_figure(compare(states[FIRST], states["column"]))
    assert Cause(DATA, "", "informed", "+", "", SURVEY, SURVEY) in changes["2024Q3/A/informed"]


def test_another_code_is_the_cause_where_no_row_is_otherwise(states: States) -> None:
    before = older(states[FIRST], OLD_CODE, one_less)
    changes = by_figure(compare(before, states[FIRST]))
    assert changes.keys() == {"2024Q3/A/changed_mindset"}
    assert {cause.kind for cause in changes["2024Q3/A/changed_mindset"]} == {CODE}


def test_data_and_code_are_both_named_where_both_count_otherwise(states: States) -> None:
    before = older(states[FIRST], OLD_CODE, one_less)
    changes = by_figure(compare(before, states["left"]))
    # A9 left the base of it, and the older code had counted one household less.
    assert {c.kind for c in changes["2024Q3/A/changed_mindset"]} == {DATA, CODE}
    assert {c.kind for c in changes["2024Q3/A/informed"]} == {DATA}


def test_another_code_that_counts_alike_is_not_blamed_for_a_changed_answer(states: States) -> None:
    before = older(states[FIRST], OLD_CODE, lambda results: results)
    assert kinds(compare(before, states["answer"])) == {DATA}


def test_a_file_that_is_the_same_is_not_blamed(states: States) -> None:
    """Rows that are read otherwise from the same file are read by another code."""
    same_files = {"files": states["answer"].manifest["files"]}
    tables = {name: states[FIRST].table(name) for name in TABLES}
    manifest = {**states[FIRST].manifest, **same_files, "code_sha256": OLD_CODE}
    assert kinds(compare(InMemory(manifest, tables), states["answer"])) == {CODE}


def test_another_answer_that_counts_alike_changes_nothing(states: States, tmp_path: Path) -> None:
    first = states[FIRST].folder.parent
    other = state_of(tmp_path / "other", first, answered("A8", "dropped_customs", "no"))
    assert not other.results.empty
    assert compare(states[FIRST], other) == ()  # A8 had not counted before, either


def test_every_kind_of_cause_has_its_words() -> None:
    for language in ("vi", "en"):
        assert all(Words(language).has(f"what_changed.kind.{kind}") for kind in KINDS)
