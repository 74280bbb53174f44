"""Who helps whom: what came of it is read off the answers of the quarter, by hand."""

import pandas as pd
import pytest

from campaign_lib.analysis.support import beside_nearest, helped, nearest_pairs
from campaign_lib.codebook import codebook
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share

DAY = pd.Timestamp("2024-09-14")
QUESTIONS = ("dropped_customs", "relies_on_state", "self_reliance")


def homes(**answers: str) -> pd.DataFrame:
    """Draw households of the base by their answers to the three questions of `changed_mindset`."""
    signs = {"dropped_customs": "yes no", "relies_on_state": "no yes", "self_reliance": "yes no"}
    table = pd.DataFrame(
        {
            "household": list(answers),
            "head_name": [f"Chủ hộ {name}" for name in answers],
            "village": "A",
            "lives_here_at_baseline": True,
            "minority_at_baseline": pd.array([True] * len(answers), dtype="boolean"),
            "status_at_baseline": "poor",
            "lives_here_now": True,
            "minority_now": pd.array([True] * len(answers), dtype="boolean"),
            "village_has_plan": True,
            "district_mean_income": 1850.0,
            "essential_goods_needed": 2,
        }
    )
    for question in codebook().tables["survey"].questions:
        kind = pd.CategoricalDtype([one.code for one in question.answers])
        table[question.code] = pd.Series(
            None, index=table.index, dtype=kind if kind.categories.size else "float64"
        )
    for position, (question, words) in enumerate(signs.items()):
        meaning = dict(zip("+-", words.split(), strict=True))
        cells = [meaning.get(one[position]) for one in answers.values()]
        table[question] = pd.Categorical(cells, categories=["yes", "no"])
    return table


def support(*rows: tuple[str, str, str, str | None, str | None]) -> pd.DataFrame:
    """Lay out household, step, from, until, done_on."""
    columns = ["household", "step", "from", "until", "done_on"]
    table = pd.DataFrame(rows, columns=columns).assign(agency="Hội", note=None)
    days = ["from", "until", "done_on"]
    table[days] = table[days].apply(pd.to_datetime)
    return table


@pytest.mark.parametrize(
    ("answers", "until", "done_on", "outcome"),
    [
        ("+++", "2024-09-01", None, "reached"),  # late, and yet it has come true
        ("-++", "2024-09-01", None, "late"),
        ("-++", "2024-09-14", None, "late"),  # the day has come
        ("-++", "2024-09-15", None, "under_way"),
        ("-++", None, None, "under_way"),
        ("-++", "2024-09-01", "2024-08-30", "reported"),
        ("-++", "2024-09-01", "2024-09-20", "late"),  # was reported after the quarter's last day
        ("?++", "2024-09-01", "2024-08-30", "unknown"),
    ],
)
def test_what_came_of_it(
    answers: str, until: str | None, done_on: str | None, outcome: str
) -> None:
    rows = support(("H1", "gave_up_customs", "2024-06-10", until, done_on))
    assert helped(rows, homes(H1=answers), DAY)["outcome"].tolist() == [outcome]


def test_who_has_left_is_not_known_and_what_begins_later_is_not_told() -> None:
    rows = support(
        ("H9", "gave_up_customs", "2024-06-10", None, None),
        ("H1", "gave_up_customs", "2024-09-15", None, None),
    )
    told = helped(rows, homes(H1="-++"), DAY)
    assert told[["household", "outcome"]].values.tolist() == [["H9", "unknown"]]


def test_whom_nobody_helps_stands_beside_those_who_are_helped() -> None:
    there = homes(H1="-++", H2="+-+", H3="+++", H4="--+")
    pairs = nearest_pairs(there, ["changed_mindset", "informed"])
    assert pairs.values.tolist() == [
        ["H1", "gave_up_customs"],
        ["H2", "does_not_wait_for_support"],
    ]
    told = helped(support(("H1", "gave_up_customs", "2024-06-10", None, None)), there, DAY)
    rows = beside_nearest(told, pairs, there)
    assert rows[["household", "outcome", "head_name", "village"]].values.tolist() == [
        ["H1", "under_way", "Chủ hộ H1", "A"],
        ["H2", "nobody", "Chủ hộ H2", "A"],
    ]
    assert rows["is_nearest"].all()


def test_every_step_of_a_household_can_be_named_in_the_table() -> None:
    codes = {one.code for one in codebook().tables["support"].column("step").answers}
    steps = {q.__name__ for one in ALL if isinstance(one, Share) for q in one.counts}
    assert steps <= codes
