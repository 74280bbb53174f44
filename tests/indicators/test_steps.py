"""Walking rows through questions: what is asked, settled and unknown at each step, and where."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import examples
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_lib.base.answers import either, more_than, said
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Count, Share
from campaign_lib.indicators.steps import COMMUNE, COUNTS, Part, columns_read, count, walk

QUARTERS = ("2024Q1", "2024Q2")
PLACES = ("A", "B")
ANSWERS = ("yes", "no", None)


def present(home: pd.DataFrame) -> "pd.Series[bool]":
    return said(home["present"], "yes")


def poor(home: pd.DataFrame) -> "pd.Series[bool]":
    return said(home["poor"], "yes")


def informed(home: pd.DataFrame) -> "pd.Series[bool]":
    return said(home["informed"], "yes")


def takes_part(home: pd.DataFrame) -> "pd.Series[bool]":
    return said(home["takes_part"], "yes")


AMONG = Part("among", (present, poor))
COUNTING = Part("counts", (informed, takes_part), of_those=AMONG)
COLUMNS = ["quarter", "village", "present", "poor", "informed", "takes_part"]
EVERYTHING = Part("among", (present, poor, informed, takes_part))
Row = tuple[str | None, ...]


def homes(rows: Sequence[Row]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=COLUMNS, dtype="str")
    answers = pd.CategoricalDtype(["yes", "no"])
    return table.astype(dict.fromkeys(COLUMNS[2:], answers))


def counted(rows: pd.DataFrame, part: Part) -> pd.DataFrame:
    return count(walk(rows, part), QUARTERS, PLACES)


def at(table: pd.DataFrame, quarter: str, place: str) -> list[list[int]]:
    """Give asked, yes, no, unknown of each step."""
    here = table[(table["quarter"] == quarter) & (table["place"] == place)]
    return here.sort_values("position")[list(COUNTS)].values.tolist()


#: One story: five in A, two in B, one without a village; and one in the next quarter.
STORY = homes(
    [
        ("2024Q1", "A", "yes", "yes", "yes", "yes"),
        ("2024Q1", "A", "yes", "yes", None, "no"),  # the no settles it, whatever the unknown is
        ("2024Q1", "A", "yes", None, "yes", "yes"),  # unknown whether in the base: left out of it
        ("2024Q1", "A", "no", "yes", "yes", "yes"),
        ("2024Q1", "A", "yes", "no", "yes", "yes"),
        ("2024Q1", "B", None, "no", "yes", "yes"),
        ("2024Q1", "B", "yes", "yes", None, "yes"),
        ("2024Q1", None, "yes", "yes", "yes", None),
        ("2024Q2", "B", "yes", "yes", "no", "yes"),
    ]
)


@pytest.mark.parametrize(
    ("quarter", "place", "among", "counts"),
    [
        ("2024Q1", "A", [[5, 4, 1, 0], [4, 2, 1, 1]], [[2, 1, 0, 1], [2, 1, 1, 0]]),
        ("2024Q1", "B", [[2, 1, 0, 1], [2, 1, 1, 0]], [[1, 0, 0, 1], [1, 0, 0, 1]]),
        ("2024Q1", COMMUNE, [[8, 6, 1, 1], [7, 4, 2, 1]], [[4, 2, 0, 2], [4, 1, 1, 2]]),
        ("2024Q2", "A", [[0, 0, 0, 0], [0, 0, 0, 0]], [[0, 0, 0, 0], [0, 0, 0, 0]]),
        ("2024Q2", "B", [[1, 1, 0, 0], [1, 1, 0, 0]], [[1, 0, 1, 0], [0, 0, 0, 0]]),
    ],
)
def test_a_story(quarter: str, place: str, among: list[list[int]], counts: list[list[int]]) -> None:
    assert at(counted(STORY, AMONG), quarter, place) == among
    assert at(counted(STORY, COUNTING), quarter, place) == counts


def test_lines_say_where_they_belong() -> None:
    table = counted(STORY, COUNTING)
    assert list(table) == ["quarter", "level", "place", "part", "position", "step", *COUNTS]
    assert len(table) == len(QUARTERS) * (len(PLACES) + 1) * 2
    assert set(table["part"]) == {"counts"}
    named = table[["position", "step"]].drop_duplicates().values.tolist()
    assert named == [[1, "informed"], [2, "takes_part"]]
    levels = table[["place", "level"]].drop_duplicates().values.tolist()
    assert levels == [["A", "village"], ["B", "village"], [COMMUNE, "commune"]]


def test_stopped_at_is_the_first_no() -> None:
    names = walk(STORY, AMONG).stopped_at()
    assert [None if pd.isna(name) else name for name in names] == [
        *(None, None, None, "present", "poor"),
        *("poor", None, None, None),  # an unknown does not stop anybody
    ]
    only_asked = walk(STORY, COUNTING).stopped_at()
    assert only_asked.dropna().to_dict() == {1: "takes_part", 8: "informed"}
    assert list(only_asked.index) == [0, 1, 6, 7, 8]


def test_a_part_may_count_elsewhere_than_where_a_home_is_now() -> None:
    moved = STORY.assign(village_later="A")
    there = count(walk(moved, Part("later", (present,), place="village_later")), QUARTERS, PLACES)
    assert at(there, "2024Q1", "A") == at(there, "2024Q1", COMMUNE) == [[8, 6, 1, 1]]
    assert at(there, "2024Q1", "B") == [[0, 0, 0, 0]]


def test_rows_of_other_quarters_are_not_counted() -> None:
    table = count(walk(STORY, AMONG), ["2024Q1"], PLACES)
    assert at(table, "2024Q1", COMMUNE) == [[8, 6, 1, 1], [7, 4, 2, 1]]
    assert set(table["quarter"]) == {"2024Q1"}


def test_nobody_at_all_is_counted_as_nobody() -> None:
    table = counted(STORY.iloc[:0], COUNTING)
    assert (table[list(COUNTS)] == 0).all(axis=None)
    assert len(table) == 12


# --- any rows ---

rows_of_homes = st.lists(
    st.tuples(
        st.sampled_from(QUARTERS),
        st.sampled_from((*PLACES, None, "C")),
        *[st.sampled_from(ANSWERS)] * 4,
    ),
    max_size=25,
).map(homes)


@settings(max_examples=examples.of(50))
@given(rows_of_homes)
def test_asked_is_yes_and_no_and_unknown(rows: pd.DataFrame) -> None:
    for part in (AMONG, COUNTING, EVERYTHING):
        table = counted(rows, part)
        assert (table["asked"] == table["yes"] + table["no"] + table["unknown"]).all()
        for _, steps in table.groupby(["quarter", "place"]):
            asked, no = steps["asked"].tolist(), steps["no"].tolist()
            assert asked[1:] == [before - gone for before, gone in zip(asked, no, strict=True)][:-1]


@settings(max_examples=examples.of(50))
@given(rows_of_homes)
def test_the_commune_is_its_places_and_the_rows_without_one(rows: pd.DataFrame) -> None:
    table = counted(rows, AMONG)
    lost = count(walk(rows[~rows["village"].isin(PLACES)], AMONG), QUARTERS, [])
    keys = ["quarter", "position"]
    villages = table[table["level"] == "village"].groupby(keys)[list(COUNTS)].sum()
    commune = table[table["level"] == "commune"].set_index(keys)[list(COUNTS)]
    nowhere = lost.set_index(keys)[list(COUNTS)]
    pd.testing.assert_frame_equal(
        commune.sort_index(), (villages + nowhere).sort_index(), check_dtype=False
    )


@settings(max_examples=examples.of(50))
@given(rows_of_homes, st.data())
def test_the_order_of_rows_does_not_matter(rows: pd.DataFrame, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(rows))))
    pd.testing.assert_frame_equal(counted(rows.iloc[order], COUNTING), counted(rows, COUNTING))


@settings(max_examples=examples.of(50))
@given(rows_of_homes, st.permutations((present, poor, informed, takes_part)))
def test_the_order_of_questions_does_not_matter_in_the_end(
    rows: pd.DataFrame, questions: list
) -> None:
    asked = counted(rows, EVERYTHING)
    shuffled = counted(rows, Part("among", tuple(questions)))
    last = [
        table.loc[table["position"] == 4, ["quarter", "place", "yes", "unknown"]]
        for table in (asked, shuffled)
    ]
    pd.testing.assert_frame_equal(*last)


# --- what a question looks at ---


def richer(home: pd.DataFrame) -> "pd.Series[bool]":
    return either(more_than(home["income"], home["mean"]), more_than(home["income"], 5000))


def test_columns_read_in_the_order_of_reading() -> None:
    rows = pd.DataFrame({"mean": [1.0], "income": [2.0], "house": ["solid"]})
    assert columns_read(richer, rows) == ("income", "mean")


def test_a_question_about_a_column_that_is_not_there_is_answered_with_the_nearest() -> None:
    with pytest.raises(CampaignError, match="no column 'income'; did you mean incomes"):
        columns_read(richer, pd.DataFrame({"mean": [1.0], "incomes": [2.0]}))


def test_columns_are_noted_however_a_question_takes_them() -> None:
    def poor_and_told(home: pd.DataFrame) -> "pd.Series[bool]":
        both = home[["poor", "told"]]
        return said(both["poor"], "yes") & said(home.asked, "yes") & (len(home) >= 0)

    rows = pd.DataFrame({"poor": ["yes"], "told": ["no"], "asked": ["yes"], "other": [1]})
    assert columns_read(poor_and_told, rows) == ("poor", "told", "asked")


@pytest.mark.parametrize(
    "answer", [lambda rows: rows["poor"], lambda rows: True, lambda rows: rows["poor"].iloc[:1]]
)
def test_a_step_gives_a_column_of_answers(answer: Callable[[pd.DataFrame], Any]) -> None:
    with pytest.raises(CampaignError, match="must give a column of yes, no or unknown"):
        walk(pd.DataFrame({"poor": ["yes", "no"]}), Part("among", (answer,)))


def test_a_step_has_a_name() -> None:
    with pytest.raises(CampaignError, match="has no name"):
        Share("own", (poor,), (partial(poor),), "here")


def test_no_two_questions_of_a_part_have_one_name() -> None:
    """Steps are told apart by their names: in steps.csv, in the words, in stopped_at."""
    for indicator in ALL:
        for part in indicator.parts():
            names = [question.__name__ for question in part.questions]
            assert len(set(names)) == len(names), f"{indicator.id}, {part.name}"


def plain(home: pd.DataFrame) -> pd.Series:
    return home["informed"] == "yes"  # of nothing said it makes a no


def meant(home: pd.DataFrame) -> pd.Series:
    return (home["informed"] == "yes").astype("boolean")


def test_a_question_that_makes_no_of_what_is_unknown_is_refused() -> None:
    unknown = homes([("2024Q1", "A", "yes", "yes", None, "yes")])
    with pytest.raises(CampaignError) as caught:
        walk(unknown, Part("counts", (plain,)))
    assert caught.value.key == "asked.unknown_is_no"
    assert "plain" in str(caught.value)
    assert "informed" in str(caught.value)
    assert walk(unknown, Part("counts", (meant,))).answers[0].tolist() == [False]
    known = homes([("2024Q1", "A", "yes", "yes", "yes", None)])
    assert walk(known, Part("counts", (plain,))).answers[0].tolist() == [True]


def test_two_steps_of_one_name_are_refused() -> None:
    lambdas = (lambda home: said(home["poor"], "yes"), lambda home: said(home["poor"], "no"))
    for made in (
        lambda: Share("mine", (present,), lambdas, "here"),
        lambda: Share("mine", lambdas[:1], lambdas[1:], "here"),
        lambda: Count("mine", (present,), lambdas, "here", "models", "model"),
    ):
        with pytest.raises(CampaignError, match="<lambda>") as caught:
            made()
        assert caught.value.key == "asked.same_step"
