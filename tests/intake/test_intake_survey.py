"""Surveys: who answered when, who answered twice, and who had left by then."""

from datetime import date
from pathlib import Path

import pytest
from intake_files import (
    COLUMNS,
    REFUSED,
    SUPERSEDED,
    Line,
    Reads,
    column,
    counts,
    csv_text,
    example,
    lines,
    rows,
)
from raw_files import PLAN_2024, write_plan

from campaign_lib.intake import Campaign, read_campaign

FILE = "survey/2024Q1"


def answer(number: int, day: str, **answers: object) -> dict[str, object]:
    return {**example("survey", number), "surveyed_on": day, **answers}


def fates(campaign: Campaign) -> dict[int, str]:
    """Give what became of each row of the survey file of 2024Q1."""
    kept = dict.fromkeys(rows(campaign, "survey"), "kept")
    return kept | {line.row: line.action for line in lines(campaign) if line.row is not None}


# --- Days ----------------------------------------------------------------------------------------

DAYS = {
    "decree_09_2019": {
        "2023-10-30": REFUSED,  # 46 days before 15 December
        "2023-10-31": "kept",
        "2023-12-14": "kept",
        "2024-03-14": "kept",
        "2024-04-28": "kept",
        "2024-04-29": REFUSED,  # 46 days after 14 March
        "2023-01-15": REFUSED,
        "2025-01-15": REFUSED,
    },
    "calendar": {
        "2023-11-16": REFUSED,  # 46 days before 1 January
        "2023-11-17": "kept",
        "2024-05-15": "kept",
        "2024-05-16": REFUSED,  # 46 days after 31 March
    },
}


@pytest.mark.parametrize("calendar", DAYS)
def test_days_far_outside_the_quarter_are_refused(
    reads: Reads, tmp_path: Path, calendar: str
) -> None:
    days = DAYS[calendar]
    reads({FILE: [answer(number, day) for number, day in enumerate(days, 1)]})
    write_plan(tmp_path / "raw", {**PLAN_2024, "calendar": calendar})
    campaign = read_campaign(tmp_path / "raw", date(2025, 2, 1))
    assert [fates(campaign)[row] for row in range(2, len(days) + 2)] == list(days.values())
    assert [(line.column, line.value) for line in lines(campaign)] == [
        ("surveyed_on", day) for day, fate in days.items() if fate == REFUSED
    ]


def test_days_after_today_are_refused(reads: Reads) -> None:
    days = ["2024-01-31", "2024-02-01", "2024-02-02"]
    campaign = reads(
        {FILE: [answer(number, day) for number, day in enumerate(days, 1)]}, date(2024, 2, 1)
    )
    assert lines(campaign) == [Line(f"{FILE}.csv", 4, "surveyed_on", "2024-02-02", REFUSED)]
    assert counts(campaign, f"{FILE}.csv") == (3, 2, 1, 0)


def test_a_quarter_is_a_year_apart_from_its_namesake(reads: Reads) -> None:
    campaign = reads({"survey/2025Q1": [answer(1, "2024-01-15"), answer(2, "2025-01-15")]})
    assert [(line.file, line.row, line.action) for line in lines(campaign)] == [
        ("survey/2025Q1.csv", 2, REFUSED)
    ]


STAYS = {
    "1": [("", "2024-02-01")],
    "2": [("", "2024-02-01")],
    "3": [("", "2024-02-01")],
    "4": [("", "2024-02-01"), ("2024-02-01", "")],
    "5": [("", "2024-01-01"), ("2024-03-01", "")],
    "6": [("", "2024-01-01"), ("2024-03-01", "")],
    "7": [("2024-02-10", "")],
}


@pytest.mark.parametrize(
    ("home", "day", "fate"),
    [
        pytest.param("1", "2024-01-31", "kept", id="the_day_before"),
        pytest.param("2", "2024-02-01", REFUSED, id="the_day_of_leaving"),
        pytest.param("3", "2024-02-02", REFUSED, id="after_leaving"),
        pytest.param("4", "2024-02-01", "kept", id="moved_within_the_commune_that_day"),
        pytest.param("5", "2024-02-01", REFUSED, id="away_between_two_stays"),
        pytest.param("6", "2024-03-01", "kept", id="came_back_that_day"),
        pytest.param("7", "2024-02-01", "kept", id="before_coming_which_no_rule_forbids"),
    ],
)
def test_who_has_left_is_not_surveyed(reads: Reads, home: str, day: str, fate: str) -> None:
    stays = [
        {"household": f"L{home}", "village": "A", "ethnicity": "Ba Na"}
        | {"joined_on": joined, "left_on": left}
        for joined, left in STAYS[home]
    ]
    campaign = reads({"households": stays, FILE: [answer(1, day, household=f"L{home}")]})
    assert fates(campaign) == {2: fate}


# --- Listed by the form, and not asked yet -------------------------------------------------------


def test_a_row_that_nobody_filled_in_is_told_from_one_without_a_day(reads: Reads) -> None:
    """The form says to leave the row of a household that was not met empty."""
    nothing = dict.fromkeys(answer(1, "2024-01-10"), "")
    rows = [
        {**nothing, "household": "H01"},
        {**nothing, "household": "H02", "enumerator": "Y Thu"},
        {**nothing, "household": "H03", "has_tv": "kr"},
        answer(4, ""),
    ]
    campaign = reads({FILE: rows})
    assert fates(campaign) == dict.fromkeys((2, 3, 4, 5), REFUSED)
    asked = ["not surveyed yet: neither a day nor an answer", "required, and empty"]
    said = campaign.problems.set_index("row")["problem"].tolist()
    assert said == [asked[0], asked[0], asked[1], asked[1]]
    assert counts(campaign, f"{FILE}.csv") == (4, 0, 4, 0)


# --- Twice in one quarter ------------------------------------------------------------------------

EARLY, LATE = "2024-01-10", "2024-02-10"
TWICE: dict[str, tuple[list[dict[str, object]], list[str]]] = {
    "later_form_stands": (
        [answer(1, EARLY), answer(1, LATE, has_tv="no")],
        [SUPERSEDED, "kept"],
    ),
    "later_form_stands_in_any_order": (
        [answer(1, LATE, has_tv="no"), answer(1, EARLY)],
        ["kept", SUPERSEDED],
    ),
    "an_unanswered_question_is_another_answer": (
        [answer(1, LATE, has_tv="kr"), answer(1, EARLY)],
        ["kept", SUPERSEDED],
    ),
    "same_answers_on_another_day": (
        [answer(1, EARLY), answer(1, LATE)],
        [SUPERSEDED, "kept"],
    ),
    "differ_on_one_day": (
        [answer(1, LATE), answer(1, LATE, has_tv="no")],
        [REFUSED, REFUSED],
    ),
    "differ_on_the_last_day_and_an_older_one": (
        [answer(1, EARLY), answer(1, LATE), answer(1, LATE, has_tv="no")],
        [SUPERSEDED, REFUSED, REFUSED],
    ),
    "differ_on_the_first_day_only": (
        [answer(1, EARLY), answer(1, EARLY, has_tv="no"), answer(1, LATE)],
        [SUPERSEDED, SUPERSEDED, "kept"],
    ),
    "a_refused_form_supersedes_nothing": (
        [answer(1, EARLY), answer(1, "2024-12-01", has_tv="no")],
        ["kept", REFUSED],
    ),
    "an_unreadable_day_supersedes_nothing": (
        [answer(1, "", has_tv="no"), answer(1, EARLY)],
        [REFUSED, "kept"],
    ),
    "two_households": (
        [answer(1, EARLY), answer(2, EARLY)],
        ["kept", "kept"],
    ),
    "household_without_case": (
        [answer(1, EARLY, household="h01"), answer(1, LATE, household="H01", has_tv="no")],
        [SUPERSEDED, "kept"],
    ),
}


@pytest.mark.parametrize("name", TWICE)
def test_a_household_that_answered_twice(reads: Reads, name: str) -> None:
    answers, wanted = TWICE[name]
    campaign = reads({FILE: answers})
    assert fates(campaign) == dict(enumerate(wanted, 2))
    tally = [wanted.count(fate) for fate in ("kept", REFUSED, SUPERSEDED)]
    assert counts(campaign, f"{FILE}.csv") == (len(answers), *tally)


SAME: list[dict[str, object]] = [
    {},
    {"household": "h01", "surveyed_on": "10/01/2024", "has_tv": "có", "house": "Kiên cố"},
    {"income": "1.500", "enumerator": " Y  Thu "},
]


@pytest.mark.parametrize("other", SAME, ids=["to_the_letter", "in_other_words", "in_other_signs"])
def test_one_form_handed_in_twice_is_kept_once(reads: Reads, other: dict[str, object]) -> None:
    first = answer(1, EARLY)
    campaign = reads({FILE: [first, {**first, **other}]})
    assert sorted(fates(campaign).values()) == ["kept", SUPERSEDED]
    assert column(campaign, "survey", "household") == ["H01"]


def test_two_alike_and_one_different_on_one_day(reads: Reads) -> None:
    """No form of that day can be believed, however the two alike are counted."""
    campaign = reads({FILE: [answer(1, LATE), answer(1, LATE), answer(1, LATE, has_tv="no")]})
    assert counts(campaign, f"{FILE}.csv")[1] == 0
    assert set(fates(campaign).values()) <= {REFUSED, SUPERSEDED}
    assert len(fates(campaign)) == 3


def test_the_same_household_answers_in_every_quarter(reads: Reads) -> None:
    campaign = reads({FILE: [answer(1, EARLY)], "survey/2024Q2": [answer(1, "2024-04-10")]})
    assert lines(campaign) == []
    assert sorted(campaign.tables["survey"]["quarter"]) == ["2024Q1", "2024Q2"]


def test_a_survey_without_a_plan_is_read_by_the_decree(reads: Reads, tmp_path: Path) -> None:
    reads({FILE: [answer(1, "2023-10-31"), answer(2, "2023-10-30")]})
    (tmp_path / "raw" / "plans" / "2024.toml").unlink()
    campaign = read_campaign(tmp_path / "raw", date(2025, 2, 1))
    assert fates(campaign) == {2: "kept", 3: REFUSED}


# --- Whose a file is -----------------------------------------------------------------------------


def test_what_is_wrong_with_a_whole_file_is_its_village_s(reads: Reads) -> None:
    """H01 has always lived in A, H02 came to B from A, H03 lives in B."""
    moved = [
        {"household": "H02", "village": "A", "ethnicity": "Ba Na", "left_on": "2023-06-01"},
        {"household": "H02", "village": "B", "ethnicity": "Ba Na", "joined_on": "2023-06-01"},
    ]
    homes = [
        {"household": "H01", "village": "A", "ethnicity": "Ba Na"},
        *moved,
        {"household": "H03", "village": "B", "ethnicity": "Ba Na"},
    ]
    files = {
        "a": [1], "b": [2, 3], "either": [2], "both": [1, 3], "nobody": [99], "slip": [1, 99],
    }  # fmt: skip
    sent = {f"survey/2024Q1/{name}.csv": short_form(numbers) for name, numbers in files.items()}
    stays = csv_text(COLUMNS["households"], homes)
    campaign = reads({"survey/2024Q1": None, "households.csv": stays, **sent})
    missing = campaign.problems[campaign.problems["action"] == "column missing"]
    whose = {
        Path(file).stem: village
        for file, village in zip(missing["file"], missing["village"], strict=True)
    }
    assert whose == {"a": "A", "b": "B", "either": "", "both": "", "nobody": "", "slip": "A"}
    # A household that nobody knows stands in the file of those who have to look it up.
    slips = campaign.problems[campaign.problems["value"] == "H99"].set_index("file")["village"]
    assert slips.to_dict() == {"survey/2024Q1/nobody.csv": "", "survey/2024Q1/slip.csv": "A"}


def short_form(numbers: list[int]) -> str:
    """Write a survey that lacks a question."""
    forms = [answer(number, "2024-02-01") for number in numbers]
    for form in forms:
        del form["income"]
    return csv_text(forms[0], forms)
