"""How far answers hold: what is compared, what is not, and what agreement is worth."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_lib.analysis.inspected_figures import (
    AGREES,
    DIFFERS,
    NO_ANSWER,
    NOT_SURVEYED,
    by_question,
    compare,
    disagreements,
    holding,
    kappa,
)

YES_NO = ["no", "yes"]
LENDERS = ["policy_bank", "other"]


def homes() -> pd.DataFrame:
    """Five households: one unknown on everything, one that the survey does not mention."""
    return pd.DataFrame(
        {
            "household": ["H1", "H2", "H3", "H4", "H5"],
            "surveyed": [True, True, True, True, False],
            "has_tv": pd.Categorical(["yes", "yes", "no", None, None], YES_NO),
            "house": pd.Categorical(["solid", "frail", "solid", None, None], ["solid", "frail"]),
            "income": [1850.0, 2000.5, 900.0, None, None],
            "loan_source": pd.Categorical(["policy_bank", "other", None, None, None], LENDERS),
        }
    )


def found(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["household", "question", "found"])


VISITED = found(
    ("H1", "has_tv", "yes"),
    ("H2", "has_tv", "no"),
    ("H3", "has_tv", "no"),
    ("H4", "has_tv", "yes"),
    ("H5", "has_tv", "yes"),
    ("H9", "has_tv", "yes"),
    ("H1", "income", "1850"),
    ("H2", "income", "2100"),
    ("H3", "income", "800"),
    ("H2", "house", "solid"),
    ("H1", "loan_source", "policy_bank"),
)


def outcomes(compared: pd.DataFrame, question: str) -> dict[str, str]:
    own = compared[compared["question"] == question]
    return dict(zip(own["household"], own["outcome"], strict=True))


def test_what_is_compared_and_what_is_not() -> None:
    compared = compare(homes(), VISITED)
    assert outcomes(compared, "has_tv") == {
        "H1": AGREES,
        "H2": DIFFERS,
        "H3": AGREES,
        "H4": NO_ANSWER,
        "H5": NOT_SURVEYED,
        "H9": NOT_SURVEYED,  # not even in the quarter's panel
    }
    assert outcomes(compared, "income") == {"H1": AGREES, "H2": DIFFERS, "H3": DIFFERS}
    assert outcomes(compared, "house") == {"H2": DIFFERS}
    assert outcomes(compared, "loan_source") == {"H1": AGREES}


def test_by_question_in_the_order_of_the_form() -> None:
    people = homes()
    lines = by_question(compare(people, VISITED), people[people["surveyed"]])
    assert lines["question"].tolist() == ["has_tv", "income", "house", "loan_source"]
    tv = lines.iloc[0]
    assert (tv["agreed"], tv["compared"], tv["no_answer"], tv["population"]) == (2, 3, 1, 3)
    assert (tv["share"], tv["low"], tv["high"]) == (2 / 3, 2 / 3, 2 / 3)  # everyone was visited
    # they agree on 2 of 3; by chance on (2/3)(1/3) + (1/3)(2/3) = 4/9: (2/3 - 4/9)/(5/9) = 2/5
    assert tv["kappa"] == pytest.approx(0.4)
    assert pd.isna(lines.iloc[1]["kappa"])  # of amounts chance says nothing


def test_which_way_answers_differ() -> None:
    rows = disagreements(compare(homes(), VISITED)).values.tolist()
    told = [[None if pd.isna(cell) else cell for cell in row] for row in rows]
    assert sorted(told, key=str) == sorted(
        [
            ["has_tv", "yes", "no", 1],
            ["income", None, "higher", 1],
            ["income", None, "lower", 1],
            ["house", "frail", "solid", 1],
        ],
        key=str,
    )


def test_households_that_hold() -> None:
    held, of, interval = holding(compare(homes(), VISITED), 4)
    assert (held, of) == (1, 3)  # H1; H2 and H3 differ, the others cannot be compared
    assert interval.low == 0.25  # the one that was seen, of four


def test_nothing_was_found() -> None:
    compared = compare(homes(), found())
    assert compared.empty
    assert by_question(compared, homes()).empty
    assert disagreements(compared).empty
    assert holding(compared, 5)[:2] == (0, 0)


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: 0.7 agree, by chance 0.5·0.6 + 0.5·0.4 = 0.5
        ("y" * 25 + "n" * 25, "y" * 20 + "n" * 5 + "y" * 10 + "n" * 15, 0.4),
        ("ynyn", "ynyn", 1.0),
        ("yn", "ny", -1.0),
        ("yyyy", "yyyn", 0.0),
        ("abc", "abc", 1.0),
        ("yy", "yy", None),  # neither ever says anything else
        ("", "", None),
    ],
)
def test_kappa_by_hand(one: str, other: str, value: float | None) -> None:
    found = kappa(pd.Series(list(one)), pd.Series(list(other)))
    assert found == (value if value is None else pytest.approx(value))


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from("abc")] * 2), min_size=1, max_size=40))
def test_kappa_does_not_care_who_is_who(pairs: list[tuple[str, str]]) -> None:
    one, other = (pd.Series(column) for column in zip(*pairs, strict=True))
    there, back = kappa(one, other), kappa(other, one)
    assert (there is None) == (back is None)
    if there is not None:
        assert there == pytest.approx(back)
        assert -1 <= there <= 1
        assert (there == 1) == (one == other).all()
