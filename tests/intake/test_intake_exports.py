"""Exports of KoboToolbox and ODK: versions of a form, answers in pieces, sheets of repeats."""

import pytest
from intake_files import (
    ALL_THE_SAME,
    IGNORED,
    QUESTIONS,
    REFUSED,
    UNKNOWN,
    Reads,
    column,
    csv_text,
    example,
    lines,
    questions_of,
)

from campaign_lib.codebook import codebook

KOBO = {"_id": "1", "_uuid": "x", "_submission_time": "2024-02-01T08:00:00", "__version__": "v1"}
ODK = {"SubmissionDate": "2024-02-01T08:00:00.000Z", "meta-instanceID": "uuid:1", "KEY": "uuid:1"}
SURVEY = codebook().tables["survey"]


def export(rows: list[dict[str, object]]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return csv_text(columns, rows)


def answers(number: int, group: str = "", **changed: object) -> dict[str, object]:
    cells = {**example("survey", number), **changed}
    return {f"{group if name in QUESTIONS else ''}{name}": cell for name, cell in cells.items()}


@pytest.mark.parametrize(
    ("added", "group"), [(KOBO, "nhom_a/muc_2/"), (ODK, "nhom_a-muc_2-")], ids=["kobo", "odk"]
)
def test_an_export_with_groups_and_what_its_program_adds(
    reads: Reads, added: dict[str, str], group: str
) -> None:
    campaign = reads({"survey/2024Q1": export([{**added, **answers(1, group)}])})
    assert lines(campaign) == []
    assert questions_of(campaign) == set(QUESTIONS)
    assert column(campaign, "survey", "house") == ["solid"]


def test_an_export_with_labels_as_headings_and_as_answers(reads: Reads) -> None:
    cells = example("survey", 1)
    row: dict[str, object] = dict(KOBO)
    for one in SURVEY.columns:
        said = {answer.code: answer.vi for answer in one.answers}
        cell = str(cells[one.code])
        row[f"Nhóm A/{one.ask_vi or one.vi}"] = said.get(cell, cell)
    campaign = reads({"survey/2024Q1": export([row])})
    assert lines(campaign) == []
    assert column(campaign, "survey", "cooperative") == ["group"]


def test_a_question_that_moved_or_was_renamed_is_one_question(reads: Reads) -> None:
    old = {**KOBO, **answers(1, "cu/")}
    new = {**KOBO, **answers(2, "moi/", has_tv="no"), "moi/has_phone": "n/a"}
    named = {**KOBO, **answers(3)}
    named["Có ti vi"] = named.pop("has_tv")
    campaign = reads({"survey/2024Q1": export([old, new, named])})
    assert lines(campaign) == []
    assert column(campaign, "survey", "has_tv") == ["yes", "no", "yes"]
    assert column(campaign, "survey", "has_phone") == ["yes", None, "yes"]


def test_versions_that_differ_in_one_row_are_no_answer(reads: Reads) -> None:
    row = {**KOBO, **answers(1, "cu/"), "moi/has_tv": "no", "moi/house": "SOLID"}
    campaign = reads({"survey/2024Q1": export([row])})
    (line,) = lines(campaign)
    assert (line.column, line.value, line.action) == ("has_tv", "yes | no", UNKNOWN)
    assert column(campaign, "survey", "house") == ["solid"]


def test_versions_that_differ_in_the_household_refuse_the_row(reads: Reads) -> None:
    row = {**KOBO, **answers(1), "moi/household": "H02"}
    campaign = reads({"survey/2024Q1": export([row])})
    assert [(line.value, line.action) for line in lines(campaign)] == [("H01 | H02", REFUSED)]


def test_not_asked_is_unknown_in_an_export_only(reads: Reads) -> None:
    row = answers(1, has_tv="n/a")
    plain = reads({"survey/2024Q1": export([row])})
    assert [(line.column, line.action) for line in lines(plain)] == [("has_tv", UNKNOWN)]
    exported = reads({"survey/2024Q1": export([{**KOBO, **row}])})
    assert lines(exported) == []
    assert column(exported, "survey", "has_tv") == [None]


def test_an_empty_column_of_an_export_is_a_note_of_its_form(reads: Reads) -> None:
    row = {**KOBO, **answers(1), "nhom/loi_chao": "", "nhom/mau_ao": "đỏ"}
    campaign = reads({"survey/2024Q1": export([row])})
    assert [(line.column, line.action) for line in lines(campaign)] == [("nhom/mau_ao", IGNORED)]


def test_sheets_of_repeats_are_passed_over_and_listed(reads: Reads) -> None:
    row = {**KOBO, **answers(1)}
    sheets = {
        "Phiếu khảo sát": [list(row), list(row.values())],
        "thanh_vien": [["ho_ten", "_index", "_parent_index"], ["Y Thu", 1, 1]],
    }
    campaign = reads({"survey/2024Q1": None, "survey/2024Q1/xuất ra.xlsx": sheets})
    assert column(campaign, "survey", "household") == ["H01"]
    assert [line.action for line in lines(campaign)] == ["sheet passed over"]
    assert campaign.problems["sheet"].tolist() == ["thanh_vien"]


# --- Several answers -----------------------------------------------------------------------------

CHOICES = codebook().tables["activities"].column("integrated_with")
BOTH = {answer.code for answer in CHOICES.answers}


def activity(**cells: object) -> dict[str, object]:
    return {"activity": "HD1", "held_on": "2024-02-03", **cells}


@pytest.mark.parametrize("name", [CHOICES.code, CHOICES.vi])
@pytest.mark.parametrize("sign", ["/", "-", "."])
@pytest.mark.parametrize("group", ["", "nhom/"])
@pytest.mark.parametrize(
    ("cells", "chosen"),
    [("11", BOTH), ("10", {"national_unity"}), ("00", set()), (["TRUE", ""], {"national_unity"})],
)
def test_answers_in_columns_of_1_and_0(
    reads: Reads, name: str, sign: str, group: str, cells: list[str], chosen: set[str]
) -> None:
    headings = [f"{group}{name}{sign}{code}" for code in ("national_unity", "new_rural")]
    campaign = reads({"activities": export([activity(**dict(zip(headings, cells, strict=True)))])})
    assert lines(campaign) == []
    (found,) = column(campaign, "activities", "integrated_with")
    assert set(filter(None, found.split(";"))) == chosen


def test_the_whole_answer_goes_before_its_pieces(reads: Reads) -> None:
    row = activity(integrated_with="new_rural national_unity")
    row |= {"integrated_with/new_rural": "1", "integrated_with/national_unity": "1"}
    campaign = reads({"activities": export([row])})
    assert lines(campaign) == []
    assert set(column(campaign, "activities", "integrated_with")[0].split(";")) == BOTH


def test_a_piece_that_is_neither_1_nor_0_is_unknown(reads: Reads) -> None:
    campaign = reads({"activities": export([activity(**{"integrated_with/new_rural": "2"})])})
    (line,) = lines(campaign)
    assert (line.column, line.value, line.action) == ("integrated_with", "2", UNKNOWN)
    assert column(campaign, "activities", "integrated_with") == [None]


@pytest.mark.parametrize(
    ("heading", "rejected", "waiting", "approved"),
    [
        ("_validation_status", "Not Approved", "On Hold", "Approved"),
        (
            "_validation_status",
            "validation_status_not_approved",
            "validation_status_on_hold",
            "validation_status_approved",
        ),
        ("ReviewState", "rejected", "hasIssues", "approved"),
        ("review_status", "REJECTED", "", "APPROVED"),
    ],
)
def test_a_form_that_its_reviewers_rejected_does_not_speak(
    reads: Reads, heading: str, rejected: str, waiting: str, approved: str
) -> None:
    """Whatever its day: it refuses no earlier one, and an older approved one stands."""
    forms = [
        {**KOBO, **answers(1, informed="yes"), heading: approved},
        {**KOBO, **answers(1, informed="no", surveyed_on="2024-02-20"), heading: rejected},
        {**KOBO, **answers(2), heading: rejected},
        {**KOBO, **answers(3), heading: waiting},
    ]
    campaign = reads({"survey/2024Q1": export(forms)})
    assert column(campaign, "survey", "household") == ["H01", "H03"]
    assert column(campaign, "survey", "informed")[0] == "yes"
    told = [(line.row, line.value, line.action) for line in lines(campaign)]
    assert told == [(1, "", ALL_THE_SAME), (3, rejected, REFUSED), (4, rejected, REFUSED)]
    assert "1 forms are not approved" in campaign.problems["problem"].iloc[0]


def test_reviews_that_nobody_has_begun_are_not_told(reads: Reads) -> None:
    forms = [{**KOBO, **answers(n), "_validation_status": ""} for n in (1, 2)]
    campaign = reads({"survey/2024Q1": export(forms)})
    assert lines(campaign) == []


def test_two_groups_with_one_question_s_name(reads: Reads) -> None:
    """Somewhere both are filled, so that they are no versions: only what is alike is an answer."""
    cells = [("", "2500"), ("1900", "1200"), ("1900", "1900"), ("", "")]
    forms = [
        {**KOBO, **answers(n, "now/", income=now), "last_year/income": last}
        for n, (now, last) in enumerate(cells, 1)
    ]
    campaign = reads({"survey/2024Q1": export(forms)})
    assert column(campaign, "survey", "income") == [None, None, 1900, None]
    assert [(line.row, line.value, line.action) for line in lines(campaign)] == [
        (2, "| 2500", UNKNOWN),
        (3, "1900 | 1200", UNKNOWN),
    ]


@pytest.mark.parametrize("between", ["/", "-"])
def test_an_option_that_is_named_like_a_question_is_no_question(reads: Reads, between: str) -> None:
    options = {f"needs{between}{name}": "1" for name in ("income", "house", "something")}
    form = {**KOBO, **answers(1), "needs": "income house something", **options}
    campaign = reads({"survey/2024Q1": export([form])})
    assert column(campaign, "survey", "income") == [float(str(example("survey", 1)["income"]))]
    assert column(campaign, "survey", "house") == ["solid"]
    assert [(line.column, line.action) for line in lines(campaign)] == [("needs", IGNORED)]


@pytest.mark.parametrize("separator", ["_", "."])
def test_another_separator_of_groups_is_named(reads: Reads, separator: str) -> None:
    form = {**KOBO, **answers(1, f"group{separator}")}
    campaign = reads({"survey/2024Q1": export([form])})
    assert questions_of(campaign) == set()
    problems = campaign.problems
    assert set(problems["action"]) == {"column missing"}
    assert len(problems) == len(QUESTIONS)
    assert problems["problem"].str.contains(r"export again with /", regex=True).all()
