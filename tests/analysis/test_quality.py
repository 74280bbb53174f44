"""How far answers can be relied on: coverage of a base, and what nobody knows."""

import pandas as pd

from campaign_lib.analysis.quality.coverage import coverage, unknown_answers
from campaign_lib.codebook import Column

HOMES = pd.DataFrame(
    {
        "surveyed": [True, True, True, True, False, True],
        "has_tv": ["yes", None, None, None, None, None],
        "house": ["solid", "frail", None, None, None, "solid"],
        "borrowed": ["yes", "no", None, "yes", None, "yes"],
        "loan_amount": [30.0, None, None, None, None, None],
        "informed": ["yes", "no", "yes", "no", None, None],
    }
)
#: The fifth has not been surveyed; of the sixth nobody knows whether it is in the base.
BASE = pd.Series([True, True, True, True, True, None], dtype="boolean")
TV, HOUSE, BORROWED, INFORMED = (
    Column(code, "yes_no", "", "") for code in ("has_tv", "house", "borrowed", "informed")
)
LOAN = Column("loan_amount", "number", "", "", only_if="borrowed")


def unknown(*questions: Column, base: pd.Series = BASE) -> list[list[object]]:
    table = unknown_answers(HOMES, base, questions)
    assert list(table) == ["question", "asked", "unknown"]
    return table.values.tolist()


def test_coverage_counts_the_base_and_its_surveyed() -> None:
    assert coverage(HOMES, BASE) == (5, 4)
    assert coverage(HOMES, BASE & False) == (0, 0)
    assert coverage(HOMES.iloc[:0], BASE.iloc[:0]) == (0, 0)


def test_unknown_answers_of_the_surveyed_the_worst_first() -> None:
    assert unknown(INFORMED, BORROWED, HOUSE, TV) == [
        ["has_tv", 4, 3],
        ["house", 4, 2],
        ["borrowed", 4, 1],  # and `informed`, which all have answered, is left out
    ]


def test_equally_unknown_stay_in_the_order_of_the_form() -> None:
    twin = Column("house", "yes_no", "", "")
    assert [line[0] for line in unknown(BORROWED, LOAN, twin)] == [
        "house",
        "borrowed",
        "loan_amount",
    ]


def test_what_is_asked_only_after_a_yes_is_counted_only_there() -> None:
    assert unknown(LOAN) == [["loan_amount", 2, 1]]  # two have borrowed, one does not say how much


def test_nothing_is_unknown_where_nobody_is() -> None:
    assert unknown(TV, LOAN, base=BASE & False) == []
    assert unknown() == []
