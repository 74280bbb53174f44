"""Answers that contradict each other, or last time: each check on rows made by hand."""

from collections.abc import Callable, Mapping

import examples
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_lib.analysis.quality.checks import (
    ACROSS,
    WITHIN,
    asked_both_times,
    look,
    with_last_time,
)
from campaign_lib.codebook import codebook
from campaign_lib.indicators.steps import columns_read
from campaign_lib.words import texts

Check = Callable[[pd.DataFrame], "pd.Series[bool]"]
CHECKS = {check.__name__: check for check in (*WITHIN, *ACROSS)}
QUESTIONS = {column.code: column for column in codebook().tables["survey"].questions}
YES, NO, OPEN = True, False, None


def frame(rows: list[Mapping[str, object]]) -> pd.DataFrame:
    """Give rows with every column that a check may read; what a row leaves out is unknown."""
    columns = {}
    for code, column in QUESTIONS.items():
        for name in (code, f"before_{code}"):
            cells = [row.get(name) for row in rows]
            if column.type == "number":
                columns[name] = pd.Series(cells, dtype="float64")
            elif column.answers:
                codes = [answer.code for answer in column.answers]
                columns[name] = pd.Series(pd.Categorical(cells, categories=codes))
            else:
                columns[name] = pd.Series(cells, dtype="str")
    columns["members"] = pd.Series([row.get("members") for row in rows], dtype="float64")
    same_year = [row.get("same_year") for row in rows]
    columns["same_year"] = pd.Series(same_year, dtype="boolean")
    return pd.DataFrame(columns)


def answer(check: str, rows: pd.DataFrame) -> list[bool | None]:
    return [None if pd.isna(said) else bool(said) for said in CHECKS[check](rows)]


HANDMADE: list[tuple[str, dict[str, object], bool | None]] = [
    ("loan_without_borrowing", {"borrowed": "no", "loan_amount": 20}, YES),
    ("loan_without_borrowing", {"borrowed": "no", "loan_source": "relatives"}, YES),
    ("loan_without_borrowing", {"borrowed": "no", "loan_amount": 0}, NO),
    ("loan_without_borrowing", {"borrowed": "no"}, NO),
    ("loan_without_borrowing", {"borrowed": "yes", "loan_amount": 20}, NO),
    ("loan_without_borrowing", {"loan_amount": 20}, OPEN),
    ("borrowed_nothing", {"borrowed": "yes", "loan_amount": 0}, YES),
    ("borrowed_nothing", {"borrowed": "yes", "loan_amount": 0.5}, NO),
    ("borrowed_nothing", {"borrowed": "yes"}, OPEN),
    ("borrowed_nothing", {"borrowed": "no", "loan_amount": 0}, NO),
    ("poor_housing_in_lasting_house", {"dep_house_quality": "yes", "house": "solid"}, YES),
    ("poor_housing_in_lasting_house", {"dep_house_quality": "yes", "house": "semi_solid"}, YES),
    ("poor_housing_in_lasting_house", {"dep_house_quality": "yes", "house": "frail"}, NO),
    ("poor_housing_in_lasting_house", {"dep_house_quality": "no", "house": "solid"}, NO),
    ("poor_housing_in_lasting_house", {"dep_house_quality": "yes"}, OPEN),
    ("poor_housing_in_lasting_house", {"house": "solid"}, OPEN),
    ("poor_housing_in_lasting_house", {"house": "simple"}, NO),
    ("good_housing_in_frail_house", {"dep_house_quality": "no", "house": "frail"}, YES),
    ("good_housing_in_frail_house", {"dep_house_quality": "no", "house": "simple"}, YES),
    ("good_housing_in_frail_house", {"dep_house_quality": "no", "house": "semi_solid"}, NO),
    ("good_housing_in_frail_house", {"dep_house_quality": "yes", "house": "simple"}, NO),
    ("good_housing_in_frail_house", {"house": "simple"}, OPEN),
    ("no_information_but_tv_or_phone", {"dep_information": "yes", "has_tv": "yes"}, YES),
    ("no_information_but_tv_or_phone", {"dep_information": "yes", "has_phone": "yes"}, YES),
    (
        "no_information_but_tv_or_phone",
        {"dep_information": "yes", "has_tv": "no", "has_phone": "no"},
        NO,
    ),
    ("no_information_but_tv_or_phone", {"dep_information": "yes", "has_tv": "no"}, OPEN),
    (
        "no_information_but_tv_or_phone",
        {"dep_information": "no", "has_tv": "no", "has_phone": "no"},
        NO,  # there may be a radio
    ),
    ("child_where_one_lives_alone", {"members": 1, "dep_child_school": "yes"}, YES),
    ("child_where_one_lives_alone", {"members": 1, "dep_nutrition": "yes"}, YES),
    ("child_where_one_lives_alone", {"members": 2, "dep_nutrition": "yes"}, NO),
    ("child_where_one_lives_alone", {"dep_nutrition": "yes"}, OPEN),
    (
        "child_where_one_lives_alone",
        {"members": 1, "dep_child_school": "no", "dep_nutrition": "no"},
        NO,
    ),
    ("income_jumped", {"before_income": 1000, "income": 3000}, NO),  # exactly three times
    ("income_jumped", {"before_income": 1000, "income": 3001}, YES),
    ("income_jumped", {"before_income": 3001, "income": 1000}, YES),
    ("income_jumped", {"before_income": 0, "income": 900}, YES),
    ("income_jumped", {"before_income": 0, "income": 0}, NO),
    ("income_jumped", {"income": 900}, OPEN),
    ("income_jumped", {"before_income": 1.5, "income": 1500}, NO),  # but another unit
    ("income_in_another_unit", {"before_income": 1.5, "income": 1500}, YES),
    ("income_in_another_unit", {"before_income": 1500, "income": 1.5}, YES),
    ("income_in_another_unit", {"before_income": 3, "income": 1000}, YES),  # a third of a thousand
    ("income_in_another_unit", {"before_income": 3, "income": 999}, NO),
    ("income_in_another_unit", {"before_income": 0, "income": 1500}, NO),
    ("income_in_another_unit", {"before_income": 1500}, OPEN),
    ("house_fell_apart", {"before_house": "solid", "house": "simple"}, YES),
    ("house_fell_apart", {"before_house": "solid", "house": "frail"}, YES),
    ("house_fell_apart", {"before_house": "semi_solid", "house": "simple"}, YES),
    ("house_fell_apart", {"before_house": "solid", "house": "semi_solid"}, NO),
    ("house_fell_apart", {"before_house": "simple", "house": "solid"}, NO),  # a new house
    ("house_fell_apart", {"house": "simple"}, OPEN),
    ("customs_taken_up_again", {"before_dropped_customs": "yes", "dropped_customs": "no"}, YES),
    ("customs_taken_up_again", {"before_dropped_customs": "no", "dropped_customs": "yes"}, NO),
    ("customs_taken_up_again", {"before_dropped_customs": "yes"}, OPEN),
    ("told_and_then_not", {"before_informed": "yes", "informed": "no", "same_year": True}, YES),
    ("told_and_then_not", {"before_informed": "yes", "informed": "no", "same_year": False}, NO),
    ("told_and_then_not", {"before_informed": "yes", "same_year": True}, OPEN),
    ("told_and_then_not", {"before_informed": "no", "informed": "no", "same_year": True}, NO),
]


@pytest.mark.parametrize(("check", "row", "wanted"), HANDMADE)
def test_a_check_by_hand(check: str, row: dict[str, object], wanted: bool | None) -> None:
    assert answer(check, frame([row])) == [wanted]


GOODS = ("has_tv", "has_motorbike", "has_phone", "has_fridge", "has_rice_cooker")


@pytest.mark.parametrize(
    ("before", "now", "wanted"),
    [
        ("yyyyn", "nnnnn", YES),  # four of five, now none
        ("yyynn", "nnnnn", YES),  # exactly three are gone
        ("yyynn", "nnyyy", NO),  # two are gone
        ("yyy??", "nnn??", YES),
        ("yyyyy", "nn???", OPEN),
        ("yynn?", "nnnn?", OPEN),
        ("yynnn", "nn???", NO),  # what was not there cannot have gone
    ],
)
def test_goods_that_vanish(before: str, now: str, wanted: bool | None) -> None:
    codes = {"y": "yes", "n": "no", "?": None}
    row = {good: codes[sign] for good, sign in zip(GOODS, now, strict=True)}
    row |= {f"before_{good}": codes[sign] for good, sign in zip(GOODS, before, strict=True)}
    assert answer("goods_vanished", frame([row])) == [wanted]


def test_every_check_has_been_tried_and_has_its_words() -> None:
    tried = {check for check, _, _ in HANDMADE} | {"goods_vanished"}
    assert tried == CHECKS.keys()
    keys = {key for key in texts() if key.startswith("data_quality.checks.")}
    whats = ("label", "why", "do")
    assert keys == {f"data_quality.checks.{name}.{what}" for name in CHECKS for what in whats}


def cells(code: str) -> st.SearchStrategy[object]:
    column = QUESTIONS[code.removeprefix("before_")]
    if column.type == "number":
        return st.none() | st.sampled_from([0.0, 1.5, 500.0, 1500.0, 4501.0])
    return st.none() | st.sampled_from([one.code for one in column.answers] or ["Ngân hàng"])


READ = sorted({name for check in CHECKS.values() for name in columns_read(check, frame([]))})
REGISTER = {"members": st.sampled_from([None, 1.0, 4.0]), "same_year": st.booleans()}
ROWS = st.fixed_dictionaries(
    REGISTER | {name: cells(name) for name in READ if name not in REGISTER}
)


@given(row=ROWS)
@settings(deadline=None, max_examples=examples.of(40))
def test_unknown_never_contradicts(row: dict[str, object]) -> None:
    """Nothing fires on answers that are all unknown, now or before, whatever the others are."""
    silent_now = {name: value for name, value in row.items() if name not in QUESTIONS}
    silent_then = {name: value for name, value in row.items() if not name.startswith("before_")}
    rows = frame([silent_now, silent_then])
    for check in CHECKS:
        now, _ = answer(check, rows)
        assert now is not True
    for question in ACROSS:
        assert True not in answer(question.__name__, rows)


@given(row=ROWS, forgotten=st.sampled_from([name for name in READ if name != "same_year"]))
@settings(deadline=None, max_examples=examples.of(40))
def test_to_forget_an_answer_never_makes_a_contradiction(
    row: dict[str, object], forgotten: str
) -> None:
    rows = frame([row, {**row, forgotten: None}])
    for check in CHECKS:
        known, less_known = answer(check, rows)
        assert less_known is not True or known is True


def test_look_counts_and_says_what_was_not_asked() -> None:
    rows = frame(
        [
            {"borrowed": "no", "loan_amount": 5.0},
            {"borrowed": "yes", "loan_amount": 5.0},
            {"loan_amount": 5.0},
        ]
    ).assign(household=["A", "B", "C"])
    asked = {"borrowed", "loan_amount", "loan_source"}
    loan, nothing, *others = look(WITHIN, rows, asked)
    assert (loan.looked_at, loan.unknown, list(loan.found["household"])) == (2, 1, ["A"])
    assert (loan.missing, loan.questions) == ((), ("loan_amount", "borrowed", "loan_source"))
    assert (nothing.looked_at, nothing.unknown, len(nothing.found)) == (3, 0, 0)
    for outcome in others:
        assert outcome.missing
        assert (outcome.looked_at, outcome.unknown, len(outcome.found)) == (0, 0, 0)
    child = next(one for one in others if one.name == "child_where_one_lives_alone")
    assert "members" in child.reads  # of the register, which is always there
    assert set(child.missing) == {"dep_nutrition", "dep_child_school"}


def panel(*rows: tuple[str, str, bool, str | None]) -> pd.DataFrame:
    told = frame([{"informed": informed} for *_, informed in rows])
    told = told[list(QUESTIONS)]
    names = ("household", "quarter", "surveyed")
    return told.assign(**{name: [row[at] for row in rows] for at, name in enumerate(names)})


def test_last_time_is_the_last_quarter_in_which_the_household_was_surveyed() -> None:
    pairs = with_last_time(
        panel(
            ("A", "2024Q1", True, "yes"),
            ("A", "2024Q2", False, None),
            ("A", "2024Q3", True, "no"),
            ("A", "2024Q4", True, "yes"),  # not before the quarter
            ("B", "2023Q4", True, "no"),
            ("B", "2024Q3", True, "yes"),
            ("C", "2024Q3", True, "yes"),  # never before
            ("D", "2024Q2", True, "yes"),
            ("D", "2024Q3", False, None),  # not now
        ),
        "2024Q3",
    ).set_index("household")
    assert list(pairs.index) == ["A", "B"]
    assert list(pairs["before_quarter"]) == ["2024Q1", "2023Q4"]
    assert list(pairs["before_informed"]) == ["yes", "no"]
    assert list(pairs["informed"]) == ["no", "yes"]
    assert list(pairs["same_year"]) == [True, False]


def test_without_an_earlier_survey_there_is_nothing_to_compare() -> None:
    pairs = with_last_time(panel(("A", "2024Q1", True, "yes")), "2024Q1")
    assert pairs.empty
    surveyed = pd.DataFrame({"quarter": ["2024Q1"], "column": ["informed"]})
    assert asked_both_times(surveyed, "2024Q1", pairs) == {"informed"}
    assert all(outcome.missing for outcome in look(ACROSS, pairs, {"informed"}))


def test_asked_before_is_asked_in_a_quarter_that_is_compared_with() -> None:
    rows = panel(("A", "2024Q1", True, "yes"), ("A", "2024Q2", True, "no"))
    surveyed = pd.DataFrame(
        {
            "quarter": ["2023Q4", "2024Q1", "2024Q2", "2024Q2"],
            "column": ["house", "informed", "informed", "income"],
        }
    )
    asked = asked_both_times(surveyed, "2024Q2", with_last_time(rows, "2024Q2"))
    assert asked == {"informed", "income", "before_informed"}
