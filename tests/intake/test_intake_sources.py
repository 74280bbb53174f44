"""CSV files: encodings, separators, line ends, blank rows, headings, columns nobody knows."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from intake_files import (
    COLUMNS,
    IGNORED,
    MISSING,
    QUESTIONS,
    REFUSED,
    Reads,
    column,
    counts,
    csv_text,
    example,
    lines,
    questions_of,
    rows,
    utf_16,
)

from campaign_lib.codebook import codebook

ACTIVITIES = """activity,village,held_on,kind
HD1,A,2024-02-03,Họp thôn ở Đăk Tơ Lung
HD2,B,2024-02-04,Già làng kể chuyện
"""
QUOTED = re.sub(r"[^,\n]+", r'"\g<0>"', ACTIVITIES)
KINDS = ["Họp thôn ở Đăk Tơ Lung", "Già làng kể chuyện"]
SURVEY = codebook().tables["survey"].columns


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(ACTIVITIES.encode("utf-8"), id="utf_8"),
        pytest.param(ACTIVITIES.encode("utf-8-sig"), id="utf_8_with_mark"),
        pytest.param(utf_16(ACTIVITIES, "le"), id="utf_16_le"),
        pytest.param(utf_16(ACTIVITIES, "be"), id="utf_16_be"),
        pytest.param(ACTIVITIES.replace("\n", "\r\n").encode("utf-8"), id="crlf"),
        pytest.param(utf_16(ACTIVITIES.replace("\n", "\r\n"), "le"), id="utf_16_crlf"),
        pytest.param(ACTIVITIES.rstrip().encode("utf-8"), id="no_last_line_end"),
        pytest.param(QUOTED.encode("utf-8-sig"), id="all_quoted_after_a_mark"),
        pytest.param(
            unicodedata.normalize("NFD", ACTIVITIES).encode("utf-8"), id="decomposed_letters"
        ),
    ],
)
def test_encodings_and_line_ends(reads: Reads, content: bytes) -> None:
    campaign = reads({"activities": content})
    assert column(campaign, "activities", "kind") == KINDS
    assert lines(campaign) == []


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_separators_also_stand_in_quoted_cells(reads: Reads, separator: str, end: str) -> None:
    text = '''activity|village|held_on|kind|integrated_with
HD1|A|2024-02-03|"kể, hát; nói\t""vui"""|"new_rural;national_unity"
HD2|B|04/02/2024|"Họp\nthôn"|
HD3||2024-02-05|thăm hộ|
'''
    campaign = reads({"activities": text.replace("|", separator).replace("\n", end)})
    assert lines(campaign) == []
    assert column(campaign, "activities", "kind") == ['kể, hát; nói "vui"', "Họp thôn", "thăm hộ"]
    assert column(campaign, "activities", "village") == ["A", "B", None]
    both = rows(campaign, "activities")[2]["integrated_with"]
    assert set(both.split(";")) == {"new_rural", "national_unity"}
    # A line end inside quotes does not begin another row of the sheet.
    assert column(campaign, "activities", "source_row") == [2, 3, 4]


def test_a_semicolon_in_a_cell_does_not_separate_a_file_of_commas(reads: Reads) -> None:
    text = "activity,held_on,integrated_with\nHD1,2024-02-03,new_rural;national_unity\n"
    campaign = reads({"activities": text})
    assert set(column(campaign, "activities", "integrated_with")[0].split(";")) == {
        "new_rural",
        "national_unity",
    }


def test_blank_rows_do_not_count_but_keep_their_place(reads: Reads) -> None:
    heading, first, second = ACTIVITIES.splitlines()
    text = "\n".join([heading, first, "", ",,,", " ,\u00a0,,", second, "", ""])
    campaign = reads({"activities": text})
    assert column(campaign, "activities", "source_row") == [2, 6]
    assert counts(campaign, "activities.csv") == (2, 2, 0, 0)
    assert lines(campaign) == []


def test_a_row_of_unknown_marks_is_not_blank(reads: Reads) -> None:
    campaign = reads({"activities": ACTIVITIES + "?,kr,không rõ,?\n"})
    assert counts(campaign, "activities.csv") == (3, 2, 1, 0)
    assert {line.action for line in lines(campaign)} == {REFUSED}


def test_a_short_row_ends_in_empty_cells(reads: Reads) -> None:
    campaign = reads({"activities": ACTIVITIES + "HD3,A,2024-02-05\n"})
    assert column(campaign, "activities", "kind") == [*KINDS, None]
    assert lines(campaign) == []


# --- Headings ------------------------------------------------------------------------------------

LANGUAGES = {"code": 0, "vietnamese": 1, "english": 2}
WAYS: dict[str, Callable[[str], str]] = {
    "as_it_is": str,
    "upper_case": str.upper,
    "lower_case": str.lower,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "wrapped": lambda text: text.replace(" ", "\n"),
    "odd_spaces": lambda text: f"\u00a0 {text} ".replace(" ", "\u00a0 "),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", WAYS)
def test_headings(reads: Reads, language: str, way: str) -> None:
    headings = [WAYS[way](about.headings[LANGUAGES[language]]) for about in SURVEY]
    cells = example("survey", 1)
    row = {heading: cells[about.code] for heading, about in zip(headings, SURVEY, strict=True)}
    campaign = reads({"survey/2024Q1": csv_text(headings, [row])})
    assert lines(campaign) == []
    assert questions_of(campaign) == set(QUESTIONS)
    (found,) = rows(campaign, "survey").values()
    assert (found["household"], found["income"], found["dep_information"]) == ("H01", 1500, "yes")


def test_labels_with_commas_in_a_file_of_semicolons(reads: Reads) -> None:
    cells = example("survey", 1)
    text = ";".join(about.vi for about in SURVEY) + "\n"
    text += ";".join(str(cells[about.code]) for about in SURVEY) + "\n"
    assert "," in text
    campaign = reads({"survey/2024Q1": text})
    assert lines(campaign) == []
    assert column(campaign, "survey", "cooperative") == ["group"]


def test_columns_may_stand_in_any_order(reads: Reads) -> None:
    text = csv_text(reversed(COLUMNS["activities"]), [example("activities", 1)])
    plain = csv_text(COLUMNS["activities"], [example("activities", 1)])
    assert rows(reads({"activities": text}), "activities") == (
        rows(reads({"activities": plain}), "activities")
    )


@pytest.mark.parametrize("heading", ["ghi chú", "has_tv2", "họ tên", "village name"])
def test_an_unknown_column_is_ignored_and_listed(reads: Reads, heading: str) -> None:
    text = ACTIVITIES.replace("kind", f"{heading},kind").replace("03,", "03,x,")
    text = text.replace("04,", "04,,")
    campaign = reads({"activities": text})
    (line,) = lines(campaign)
    assert (line.file, line.column, line.action) == ("activities.csv", heading, IGNORED)
    assert column(campaign, "activities", "kind") == KINDS
    assert counts(campaign, "activities.csv") == (2, 2, 0, 0)
    assert heading not in campaign.tables["activities"].columns


# --- Questions and exports from KoboToolbox and ODK ----------------------------------------------


def test_a_missing_question_is_listed_and_not_surveyed(reads: Reads) -> None:
    asked = [name for name in COLUMNS["survey"] if name not in ("has_tv", "income")]
    row = {name: cell for name, cell in example("survey", 1).items() if name in asked}
    campaign = reads({"survey/2024Q1": csv_text(asked, [row])})
    assert sorted((line.file, line.column, line.action) for line in lines(campaign)) == [
        ("survey/2024Q1.csv", "has_tv", MISSING),
        ("survey/2024Q1.csv", "income", MISSING),
    ]
    assert questions_of(campaign) == set(QUESTIONS) - {"has_tv", "income"}
    assert column(campaign, "survey", "has_tv") == column(campaign, "survey", "income") == [None]
    assert list(campaign.tables["survey"]["has_tv"].cat.categories) == ["no", "yes"]


def test_each_quarter_is_surveyed_with_its_own_questions(reads: Reads) -> None:
    text = csv_text(["household", "surveyed_on", "informed"], [])
    campaign = reads({"survey/2024Q2": text})
    assert set(campaign.surveyed) == {"2024Q1", "2024Q2"}
    assert questions_of(campaign, "2024Q1") == set(QUESTIONS)
    assert questions_of(campaign, "2024Q2") == {"informed"}


def test_a_missing_optional_column_that_is_no_question_is_no_problem(reads: Reads) -> None:
    columns = [name for name in COLUMNS["survey"] if name != "enumerator"]
    row = {name: example("survey", 1)[name] for name in columns}
    campaign = reads({"survey/2024Q1": csv_text(columns, [row]), "activities": ACTIVITIES})
    assert lines(campaign) == []
    assert column(campaign, "survey", "enumerator") == [None]


@pytest.mark.parametrize("group", ["nhom/", "nhom-", "group_hx1/muc_2/", "group_hx1-muc_2-"])
def test_group_names_before_a_heading_are_read_over(reads: Reads, group: str) -> None:
    columns = ["household", "surveyed_on", *(group + name for name in QUESTIONS)]
    cells = example("survey", 1)
    row = {name: cells[name.removeprefix(group)] for name in columns}
    campaign = reads({"survey/2024Q1": csv_text(columns, [row])})
    assert lines(campaign) == []
    assert questions_of(campaign) == set(QUESTIONS)
    assert column(campaign, "survey", "loan_source") == ["other"]


def test_the_household_may_stand_in_a_group_too(reads: Reads) -> None:
    columns = [f"chung/{name}" for name in COLUMNS["survey"]]
    cells = example("survey", 7)
    row = {name: cells[name.partition("/")[2]] for name in columns}
    campaign = reads({"survey/2024Q1": csv_text(columns, [row])})
    assert column(campaign, "survey", "household") == ["H07"]
    assert lines(campaign) == []


@pytest.mark.parametrize(
    "names",
    [
        "_id _uuid _submission_time",
        "start end today deviceid __version__ _notes _status _submitted_by",
        "_tags _index _attachments formhub/uuid meta/instanceID",
        "SubmissionDate meta-instanceID KEY SubmitterName DeviceID",
    ],
)
def test_what_the_survey_program_adds_is_left_out_without_a_word(reads: Reads, names: str) -> None:
    columns = [*COLUMNS["survey"], *names.split()]
    row = {**dict.fromkeys(columns, "2024-02-01"), **example("survey", 1)}
    campaign = reads({"survey/2024Q1": csv_text(columns, [row])})
    assert lines(campaign) == []
    assert column(campaign, "survey", "household") == ["H01"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_heading_may_be_the_question_itself(reads: Reads, language: str) -> None:
    headings = [getattr(about, f"ask_{language}") or about.code for about in SURVEY]
    cells = example("survey", 1)
    row = {heading: cells[about.code] for heading, about in zip(headings, SURVEY, strict=True)}
    campaign = reads({"survey/2024Q1": csv_text(headings, [row])})
    assert lines(campaign) == []
    assert questions_of(campaign) == set(QUESTIONS)


@pytest.mark.parametrize("added", ["village head_name unanswered", "Thôn Chủ_hộ Còn_trống"])
def test_what_the_form_adds_for_its_reader_is_left_out_without_a_word(
    reads: Reads, added: str
) -> None:
    names = [name.replace("_", " ") if name[0].isupper() else name for name in added.split()]
    columns = [*COLUMNS["survey"], *names]
    row = {**dict.fromkeys(columns, "9"), **example("survey", 1)}
    campaign = reads({"survey/2024Q1": csv_text(columns, [row])})
    assert lines(campaign) == []


def test_a_column_of_an_export_that_no_one_knows_is_listed(reads: Reads) -> None:
    columns = [*COLUMNS["survey"], "nhom/mau_ao"]
    campaign = reads({"survey/2024Q1": csv_text(columns, [example("survey", 1)])})
    (line,) = lines(campaign)
    assert (line.column, line.action) == ("nhom/mau_ao", IGNORED)
