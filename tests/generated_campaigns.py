"""Generated campaigns, for what must hold of every campaign."""

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from raw_files import ASKED, PLAN_2024, QUESTIONS

from campaign_lib.base.quarters import CALENDARS, Quarter
from campaign_lib.plan import COUNTED, PARAMETERS, Parameter
from campaign_lib.recount import RECOUNTED

_NEAR = timedelta(days=1)

_TURNS = {date(2023, 12, 31), date(2024, 12, 31)} | {
    Quarter(year, number).last_day(calendar)
    for calendar in CALENDARS
    for year, number in ((2023, 4), (2024, 1), (2024, 2), (2024, 3), (2024, 4), (2025, 1))
}

#: The days on which something turns, with the days before and after.
DAYS = sorted({day + shift for day in _TURNS for shift in (-_NEAR, timedelta(0), _NEAR)})

QUARTERS = ("2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1", "2023Q4")

VILLAGES = ("A", "T10", "T2", "Đ1")

ANSWERS = {
    **{
        question.code: tuple(one.code for one in reversed(question.answers)) or ("1", "2")
        for question in ASKED
    },
    **{question.code: ("yes", "no", "", "?") for question in ASKED if question.type == "yes_no"},
    "income": ("1851", "1850", "1850,5", "", "0"),
    "house": ("solid", "semi_solid", "", "simple"),
    "cooperative": ("group", "cooperative", "none", ""),
}

#: The answers of a household of which every question is answered well, badly, or not at all.
GOOD = {name: "no" if name == "relies_on_state" else said[0] for name, said in ANSWERS.items()}

BAD = dict.fromkeys(ANSWERS, "no") | {
    "relies_on_state": "yes",
    "income": "900",
    "house": "frail",
    "cooperative": "none",
}

TARGETS = ("0", "0.01", "25.20", "50", "77.17", "99.99", "100")

days = st.sampled_from(DAYS)


def parameter(name: str, about: Parameter) -> st.SearchStrategy[Any]:
    """Draw what a plan may set; a mean income is drawn among those that households are near to."""
    if about.type == "choice":
        return st.sampled_from(about.choices)
    if name == "district_mean_income":
        return st.sampled_from(("1850", "1850.5"))
    numbers = st.integers(about.min, about.max)
    return numbers.map(str) if about.type == "decimal" else numbers


@st.composite
def plans(draw: st.DrawFn, year: int) -> dict[str, Any]:
    targets: dict[str, Any] = {
        name: {"at_least": draw(st.sampled_from(TARGETS))}
        for name in draw(st.sets(st.sampled_from(RECOUNTED)))
    } or PLAN_2024["targets"]
    for name in sorted(COUNTED & targets.keys()):
        targets = {**targets, name: {"at_least": draw(st.integers(0, 2))}}
    shares = sorted(
        draw(
            st.lists(
                st.sampled_from(("0", "0.07", "0.25", "0.333333", "1")), min_size=4, max_size=4
            )
        )
    )
    return {
        "year": year,
        "calendar": draw(st.sampled_from(CALENDARS)),
        "baseline": date(year - 1, 12, draw(st.sampled_from((31, 14, 15)))),
        "path": shares,
        "illustrative": True,
        "parameters": {
            name: value
            for name, one in PARAMETERS.items()
            if (value := draw(st.none() | parameter(name, one))) is not None
        },
        "targets": targets,
    }


@st.composite
def stays(draw: st.DrawFn, household: str, villages: list[str]) -> list[dict[str, Any]]:
    """One to three stays that do not overlap; the first may have begun, the last may go on."""
    number = draw(st.sampled_from((1, 1, 1, 2, 3)))
    cuts = sorted(draw(st.lists(days, min_size=2 * number, max_size=2 * number, unique=True)))
    if draw(st.integers(0, 4)):
        cuts[0] = None
    if draw(st.integers(0, 4)):
        cuts[-1] = None
    for place in range(1, len(cuts) - 1, 2):  # moved from one village to the next on one day
        if draw(st.booleans()):
            cuts[place + 1] = cuts[place]
    ethnicity = st.sampled_from(("Ba Na", "Gia Rai", "Ba Na", "Kinh", "Sao Hỏa"))
    return [
        {
            "household": household,
            "village": draw(st.sampled_from(villages)),
            "ethnicity": draw(ethnicity),
            "joined_on": joined,
            "left_on": left,
        }
        for joined, left in zip(cuts[::2], cuts[1::2], strict=True)
    ]


@st.composite
def statuses(draw: st.DrawFn, household: str) -> list[dict[str, Any]]:
    since = draw(st.lists(st.sampled_from((date(2021, 12, 31), *DAYS)), max_size=3, unique=True))
    said = st.sampled_from(("poor", "near_poor", "poor", "not_poor", "mờ"))
    rows = [{"household": household, "status": draw(said), "valid_from": day} for day in since]
    first = {"household": household, "status": "poor", "valid_from": date(2020, 12, 31)}
    return [first, *rows] if draw(st.integers(0, 3)) else rows


@st.composite
def survey(draw: st.DrawFn, households: list[str], last_day: date) -> list[dict[str, Any]]:
    rows = []
    for household in households:
        if not draw(st.integers(0, 4)):
            continue  # not mentioned
        answers = dict(draw(st.sampled_from((GOOD, GOOD, GOOD, BAD, {}))))
        for name in draw(st.sets(st.sampled_from(sorted(ANSWERS)), max_size=3)):
            answers[name] = draw(st.sampled_from(ANSWERS[name]))
        rows.append({"household": household, "surveyed_on": last_day, **answers})
    return rows


@st.composite
def events(draw: st.DrawFn, villages: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Draw the tables of things that are not households."""
    somewhere = st.sampled_from(["", *villages])
    integrated = st.sampled_from(("", "?", "new_rural", "national_unity;new_rural", "new_rural"))
    return {
        "village_plans": [
            {"village": village, "year": year, "issued_on": draw(days)}
            for village in villages
            for year in (2024, 2025)
            if draw(st.integers(0, 3))
        ],
        "activities": [
            {
                "activity": f"X{n}",
                "village": draw(somewhere),
                "held_on": draw(days),
                "integrated_with": draw(integrated),
            }
            for n in range(draw(st.integers(0, 8)))
        ],
        "models": [
            {
                "model": f"M{n}",
                "owner": draw(
                    st.sampled_from(("residential_area", "residential_area", "commune_front"))
                ),
                "village": draw(somewhere),
                "residential_area": draw(st.sampled_from(("", 1, 2, 3, 4))),
                "registered_on": (started := draw(days)),
                "started_on": draw(st.sampled_from((started, started, None))),
                "ended_on": draw(st.sampled_from([None, *[day for day in DAYS if day > started]])),
            }
            for n in range(draw(st.integers(0, 8)))
        ],
        "allocation": [
            {
                "year": 2024,
                "indicator": indicator,
                "village": village,
                "count": draw(st.integers(0, 4)),
            }
            for indicator in draw(st.sets(st.sampled_from(RECOUNTED), max_size=4))
            for village in villages
            if draw(st.integers(0, 9))
        ],
    }


@st.composite
def campaigns(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a small whole campaign: its plans, its tables, and the columns that a survey lacks."""
    villages = list(VILLAGES[: draw(st.integers(1, len(VILLAGES)))])
    households = [f"H{n}" for n in range(draw(st.integers(0, 14)))]
    own = {year: draw(plans(year)) for year in (2024, 2025) if draw(st.integers(0, 4))}
    tables = draw(events(villages))
    tables["villages"] = [
        {"village": village, "name": village, "residential_areas": draw(st.integers(1, 3))}
        for village in villages
    ]
    tables["households"] = [row for home in households for row in draw(stays(home, villages))]
    tables["poverty_status"] = [row for home in households for row in draw(statuses(home))]
    lacks = {}
    for code in draw(st.sets(st.sampled_from(QUARTERS), min_size=1, max_size=4)):
        quarter = Quarter.parse(code)
        calendar = own.get(quarter.year, {}).get("calendar", CALENDARS[0])
        name = f"survey/{code}"
        tables[name] = draw(survey(households, quarter.last_day(calendar)))
        asked_less = draw(st.integers(0, 3)) == 0
        lacks[name] = draw(st.sets(st.sampled_from(QUESTIONS), max_size=2)) if asked_less else set()
    return {"plans": list(own.values()), "tables": tables, "lacks": lacks}


unhurried = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
