"""Villages by code, name and alias; ids without case; and who or what is not known."""

import unicodedata
from collections.abc import Mapping

import pytest
from intake_files import (
    REFUSED,
    SUPERSEDED,
    Injury,
    Line,
    Reads,
    column,
    counts,
    example,
    file_of,
    injured,
    lines,
    lines_at,
    rows,
)

from campaign_lib.errors import CampaignError
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.intake import Campaign
from campaign_lib.intake.keys import ALL_VILLAGES

VILLAGES = """village,name,aliases,residential_areas
K1,Đăk Tơ Re,"Kon  Xơ Mluh; Làng Một;;",1
k2,Thôn 2,,1
03,Thôn Ba,Tờ,1
"""
HOMES = "household,village,ethnicity\nHa-01,K1,Ba Na\nHB-02,k2,Kinh\n"

NAMED = {
    "K1": "K1",
    "k1": "K1",
    "K2": "k2",
    " k2\u00a0": "k2",
    "03": "03",
    "Đăk Tơ Re": "K1",
    "đăk tơ re": "K1",
    "ĐĂK  TƠ\u00a0RE": "K1",
    unicodedata.normalize("NFD", "Đăk Tơ Re"): "K1",
    "kon xơ mluh": "K1",
    "Làng Một": "K1",
    "THÔN 2": "k2",
    "tờ": "03",
}
NOT_NAMED = [
    "Đăk Tờ Re",
    "Đăk Tơ Rê",
    "Dak To Re",
    "Ɖăk Tơ Re",  # an African letter; eth is taken for the Vietnamese one
    "Đăk Tơ",
    "Đăk Tơ Re.",
    "3",
    "Kon Xơ Mluh; Làng Một",
    "Thôn",
]


def placed(reads: Reads, texts: list[str]) -> Campaign:
    """Read villages of the file above, and an activity in each village of `texts`."""
    added = [{**example("activities", n), "village": text} for n, text in enumerate(texts, 1)]
    return reads({"villages": VILLAGES, "households": HOMES, "activities": added})


def test_a_village_goes_by_code_name_or_alias(reads: Reads) -> None:
    campaign = placed(reads, list(NAMED))
    assert lines(campaign) == []
    assert column(campaign, "activities", "village") == list(NAMED.values())


def test_names_of_villages_are_never_guessed(reads: Reads) -> None:
    campaign = placed(reads, NOT_NAMED)
    assert lines(campaign) == [
        Line("activities.csv", row, "village", text, REFUSED)
        for row, text in enumerate(NOT_NAMED, 2)
    ]


@pytest.mark.parametrize("code", ["commune", "Commune", " COMMUNE "])
def test_no_village_has_the_code_of_the_whole_commune(reads: Reads, code: str) -> None:
    bad = {**example("villages", 1), "village": code}
    campaign = reads({"villages": [bad]})
    file = lines(campaign)[0].file
    row = len(rows(campaign, "villages")) + 2
    assert lines(campaign) == [Line(file, row, "village", code.strip(), REFUSED)]
    problem = f"{COMMUNE} means all villages; give the village another code"
    assert list(campaign.problems["problem"]) == [problem]
    assert "commune" not in {name.casefold() for name in column(campaign, "villages", "village")}
    assert ALL_VILLAGES == COMMUNE


def test_no_village_is_the_whole_commune(reads: Reads) -> None:
    campaign = placed(reads, ["", "K1"])
    assert column(campaign, "activities", "village") == [None, "K1"]
    assert lines(campaign) == []


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (table, "village")
        for table in "village_plans households activities models funding allocation".split()
    ],
)
def test_every_table_names_villages_as_the_register_does(
    reads: Reads, table: str, name: str
) -> None:
    campaign = reads({table: [{**example(table, 1), name: "thôn 2"}]})
    assert column(campaign, table, name)[-1] == "B"
    assert lines(campaign) == []


@pytest.mark.parametrize("table", ["poverty_status", "survey", "inspections"])
def test_households_are_named_as_the_register_does(reads: Reads, table: str) -> None:
    texts = ["ha-01", "HA-01", "Ha-01", " hb-02\u00a0"]
    added = [{**example(table, 1), "household": text} for text in texts]
    campaign = reads({"villages": VILLAGES, "households": HOMES, file_of(table): added})
    assert column(campaign, table, "household") == ["Ha-01", "HB-02"]
    # Three spellings of one household are one key, and say the same.
    assert [line.action for line in lines(campaign)] == [SUPERSEDED, SUPERSEDED]


def test_all_stays_of_a_household_are_spelt_alike(reads: Reads) -> None:
    first = {"household": "X-1", "village": "A", "ethnicity": "Ba Na", "left_on": "2024-02-01"}
    second = {"household": "x-1", "village": "b", "ethnicity": "Ba Na", "joined_on": "2024-02-01"}
    campaign = reads({"households": [first, second]})
    assert lines(campaign) == []
    names = column(campaign, "households", "household")[-2:]
    assert names[0] == names[1]
    assert column(campaign, "households", "village")[-2:] == ["A", "B"]


@pytest.mark.parametrize("text", ["2024-Q1-2", "2024-q1-2"])
def test_tasks_are_those_of_the_plan(reads: Reads, text: str) -> None:
    campaign = reads({"task_progress": [{**example("task_progress", 1), "task": text}]})
    assert column(campaign, "task_progress", "task") == ["2024-Q1-2"]
    assert lines(campaign) == []


def test_progress_is_told_of_extra_tasks_too_whose_ids_no_plan_has(reads: Reads) -> None:
    tasks = [{**example("extra_tasks", 1), "task": task} for task in ("2024-q1-2", "PS-1")]
    progress = [{**example("task_progress", 1), "task": task} for task in ("ps-1", "2024-Q1-2")]
    campaign = reads({"extra_tasks": tasks, "task_progress": progress})
    assert column(campaign, "extra_tasks", "task") == ["PS-1"]
    assert column(campaign, "task_progress", "task") == ["PS-1", "2024-Q1-2"]
    assert lines(campaign) == [Line("extra_tasks.csv", 2, "task", "2024-q1-2", REFUSED)]


@pytest.mark.parametrize("table", ["funding", "inspections"])
def test_quarters_go_without_case(reads: Reads, table: str) -> None:
    campaign = reads({table: [{**example(table, 1), "quarter": "2024q1"}]})
    assert column(campaign, table, "quarter") == ["2024Q1"]
    assert lines(campaign) == []


# --- Unknown references --------------------------------------------------------------------------

STRANGERS = [
    Injury("village_plans", "village", "Làng Lạ"),
    Injury("households", "village", "Làng Lạ"),
    Injury("poverty_status", "household", "Z-99"),
    Injury("survey", "household", "Z-99"),
    Injury("activities", "village", "Làng Lạ"),
    Injury("models", "village", "Làng Lạ"),
    Injury("funding", "village", "Làng Lạ"),
    Injury("task_progress", "task", "2024-Q9-9"),
    Injury("inspections", "household", "Z-99"),
    Injury("allocation", "village", "Làng Lạ"),
    Injury("allocation", "indicator", "hạnh phúc"),
]


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> tuple[Campaign, dict[Injury, int]]:
    return injured(tmp_path_factory.mktemp("strange"), STRANGERS)


@pytest.mark.parametrize("injury", STRANGERS, ids=lambda injury: f"{injury[0]}-{injury[1]}")
def test_an_unknown_reference_refuses_its_row(
    strange: tuple[Campaign, dict[Injury, int]], injury: Injury
) -> None:
    campaign, places = strange
    row = places[injury]
    assert row not in rows(campaign, injury.table)
    assert lines_at(campaign, injury.table, row) == [
        Line(f"{file_of(injury.table)}.csv", row, injury.column, injury.text, REFUSED)
    ]


def test_without_a_plan_no_task_is_known(reads: Reads) -> None:
    """A task of a year that has no plan file can't be told from a slip."""
    campaign = reads({"task_progress": [{**example("task_progress", 1), "task": "2023-Q1-1"}]})
    assert lines(campaign) == [Line("task_progress.csv", 2, "task", "2023-Q1-1", REFUSED)]


def test_who_is_refused_in_the_register_is_not_known_elsewhere(reads: Reads) -> None:
    home = {**example("households", 1), "village": "Làng Lạ"}
    answer = {**example("survey", 1), "household": home["household"]}
    campaign = reads({"households": [home], "survey/2024Q1": [answer]})
    assert [(line.file, line.column, line.action) for line in lines(campaign)] == [
        ("households.csv", "village", REFUSED),
        ("survey/2024Q1.csv", "household", REFUSED),
    ]
    assert counts(campaign, "survey/2024Q1.csv") == (1, 0, 1, 0)


# --- One name, two villages ----------------------------------------------------------------------

TWICE = {
    "alias_and_alias": [("C", "Thôn 3", "Kon Chung"), ("D", "Thôn 4", "kon  chung")],
    "alias_and_name": [("C", "Thôn 3", ""), ("D", "Thôn 4", "Làng Tư;THÔN 3")],
    "name_and_name": [("C", "Thôn 3", ""), ("D", "thôn 3", "")],
}


@pytest.mark.parametrize("villages", TWICE.values(), ids=TWICE)
def test_a_name_shared_by_two_villages_is_not_passed_over(
    reads: Reads, villages: list[tuple[str, str, str]]
) -> None:
    added: list[Mapping[str, object]] = [
        {"village": code, "name": name, "aliases": aliases, "residential_areas": 1}
        for code, name, aliases in villages
    ]
    shared = villages[0][2] or villages[0][1]
    named = {**example("activities", 1), "village": shared}
    by_code = {**example("activities", 2), "village": "D"}
    try:
        campaign = reads({"villages": added, "activities": [named, by_code]})
    except CampaignError as error:
        assert "villages" in str(error)
    else:
        assert lines(campaign) != []
        assert column(campaign, "activities", "village")[-1] == "D"
