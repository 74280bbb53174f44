"""Households nearest to success: exactly one thing is missing, and it is a no or not known."""

import pandas as pd
import pytest

from campaign_lib.analysis.nearest import Nearest, nearest
from campaign_lib.indicators import find

QUESTIONS = ("dropped_customs", "relies_on_state", "self_reliance")


def cohort(*answers: str, poor: bool = True) -> pd.DataFrame:
    """Draw households H1, H2, ... of the base by their answers to the three questions.

    `+` is what counts, `-` is what does not, `?` is unknown.
    """
    signs = {"dropped_customs": "yes no", "relies_on_state": "no yes", "self_reliance": "yes no"}
    table = pd.DataFrame(
        {
            "household": [f"H{n}" for n in range(1, len(answers) + 1)],
            "head_name": [f"Chủ hộ {n}" for n in range(1, len(answers) + 1)],
            "lives_here_at_baseline": True,
            "minority_at_baseline": pd.array([True] * len(answers), dtype="boolean"),
            "status_at_baseline": "poor" if poor else "not_poor",
            "lives_here_now": True,
        }
    )
    for position, (question, words) in enumerate(signs.items()):
        meaning = dict(zip("+-", words.split(), strict=True))
        cells = [meaning.get(signs[position]) for signs in answers]
        table[question] = pd.Categorical(cells, categories=["yes", "no"])
    return table


def found(households: pd.DataFrame) -> tuple[list[list[str]], list[list[str]]]:
    """Give household and step: of one no, of one unknown."""
    told = nearest(households, find("changed_mindset"))  # type: ignore[arg-type]
    assert isinstance(told, Nearest)
    no, unknown = (table[["household", "step"]] for table in (told.one_no, told.one_unknown))
    return no.values.tolist(), unknown.values.tolist()


@pytest.mark.parametrize(
    ("answers", "one_no", "one_unknown"),
    [
        ("+++", None, None),  # has reached it
        ("-++", "gave_up_customs", None),
        ("+-+", "does_not_wait_for_support", None),
        ("++-", "works_own_way_out", None),
        ("?++", None, "gave_up_customs"),
        ("++?", None, "works_own_way_out"),
        ("-?+", None, None),  # two are missing, and one of them is a no
        ("??+", None, None),
        ("--+", None, None),
        ("---", None, None),
        ("???", None, None),
    ],
)
def test_exactly_one_is_missing(answers: str, one_no: str | None, one_unknown: str | None) -> None:
    assert found(cohort(answers)) == (
        [["H1", one_no]] if one_no else [],
        [["H1", one_unknown]] if one_unknown else [],
    )


def test_sorted_by_step_then_household() -> None:
    no, unknown = found(cohort("++-", "-++", "?++", "-++", "++?", "+-+", "?++"))
    assert no == [
        ["H2", "gave_up_customs"],
        ["H4", "gave_up_customs"],
        ["H6", "does_not_wait_for_support"],
        ["H1", "works_own_way_out"],
    ]
    assert unknown == [
        ["H3", "gave_up_customs"],
        ["H7", "gave_up_customs"],
        ["H5", "works_own_way_out"],
    ]


def test_only_the_base_is_looked_at() -> None:
    assert found(cohort("-++", poor=False)) == ([], [])
    gone = cohort("-++", "-++").assign(lives_here_now=[False, True])
    assert found(gone) == ([["H2", "gave_up_customs"]], [])
    unsure = cohort("-++").assign(minority_at_baseline=pd.array([None], dtype="boolean"))
    assert found(unsure) == ([], [])


def test_nobody_is_near_where_nobody_is() -> None:
    assert found(cohort()) == ([], [])


def test_names_stand_beside_the_households() -> None:
    told = nearest(cohort("+++", "++-"), find("changed_mindset"))  # type: ignore[arg-type]
    assert told.one_no.values.tolist() == [["H2", "Chủ hộ 2", "works_own_way_out"]]
    assert list(told.one_no) == list(told.one_unknown) == ["household", "head_name", "step"]
