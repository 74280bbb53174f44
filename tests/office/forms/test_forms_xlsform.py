"""The form for telephones: pyxform takes it without a word, and the XForm asks what it should."""

import csv
import shutil
import unicodedata
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from form_campaign import NAMES, QUESTION, with_columns
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from campaign_lib.codebook import codebook
from campaign_lib.office.forms import Made, Questionnaire
from campaign_lib.office.forms.questionnaire import HOUSEHOLDS, Home, Village
from campaign_lib.office.forms.xlsform import LANGUAGES, write_xlsform

SURVEY = codebook().tables["survey"]
XF = "{http://www.w3.org/2002/xforms}"
#: Kinds of questions and columns that both KoboToolbox and ODK know.
KINDS = {
    *("start", "end", "date", "integer", "text"),
    *("select_one", "select_multiple", "select_one_from_file", "begin_group", "end_group"),
}


class XForm:
    """What a converted form asks."""

    def __init__(self, path: Path) -> None:
        converted = convert(path)
        self.warnings = converted.warnings
        self.root = ElementTree.fromstring(converted.xform)
        self.binds = {
            bind.get("nodeset", "").rpartition("/")[2]: dict(bind.attrib)
            for bind in self.root.iter(f"{XF}bind")
        }

    def texts(self, language: str) -> dict[str, str]:
        """Give what is said, by the name of the question or page and the kind of text."""
        (translation,) = (
            one for one in self.root.iter(f"{XF}translation") if one.get("lang") == language
        )
        return {
            text.get("id", "").rpartition("/")[2]: "".join(text.find(f"{XF}value").itertext())
            for text in translation.iter(f"{XF}text")
        }

    @property
    def pages(self) -> dict[str, list[str]]:
        """Each group that is one screen, with the questions on it."""
        return {
            group.get("ref", "").rpartition("/")[2]: [
                str(one.get("ref")).rpartition("/")[2]
                for one in group
                if one.get("ref") and one.tag != f"{XF}label"
            ]
            for group in self.root.iter(f"{XF}group")
            if group.get("appearance") == "field-list"
        }

    def choices(self, name: str) -> list[str]:
        items = self.root.findall(f".//{XF}instance[@id='{name}']//{XF}item/{XF}name")
        return [str(item.text) for item in items]


@pytest.fixture(scope="module")
def form(made: Made) -> XForm:
    return XForm(made.xlsform)


def sheet(path: Path, name: str) -> list[dict[str, str]]:
    headings, *rows = load_workbook(path)[name].iter_rows(values_only=True)
    return [
        {str(heading): str(cell) for heading, cell in zip(headings, row, strict=True) if cell}
        for row in rows
    ]


def test_it_is_converted_without_a_warning(form: XForm) -> None:
    assert form.warnings == []


def test_it_uses_nothing_that_one_of_the_programs_lacks(made: Made) -> None:
    assert load_workbook(made.xlsform).sheetnames == ["survey", "choices", "settings"]
    assert {row["type"].partition(" ")[0] for row in sheet(made.xlsform, "survey")} <= KINDS


def test_questions_have_the_codebook_s_codes_in_its_order(
    form: XForm, asked: Questionnaire
) -> None:
    codes = [column.code for column in asked.table.columns]
    assert list(form.binds) == ["start", "end", "village", *codes, "instanceID", "instanceName"]


def test_each_group_of_questions_is_a_page(form: XForm, asked: Questionnaire) -> None:
    groups: dict[str, list[str]] = {}
    for column in asked.asked:
        groups.setdefault(f"page_{column.group or 'visit'}", []).append(column.code)
    groups["page_visit"] = ["village", asked.key.code, *groups["page_visit"]]
    assert form.pages == groups
    assert len(form.pages) > 5
    body = form.root.find("{http://www.w3.org/1999/xhtml}body")
    assert "pages" in str(body.get("class")).split(), "a browser shows them as pages, too"
    codes = {text.casefold() for column in SURVEY.columns for text in column.headings}
    assert codes.isdisjoint(form.pages), "an export would have options of a question"


def test_what_is_done_with_the_unknown_stands_above_each_page(form: XForm) -> None:
    vietnamese, english = (form.texts(LANGUAGES[code]) for code in ("vi", "en"))
    for page, (first, *_) in form.pages.items():
        if page == "page_visit":
            continue
        assert vietnamese[f"{page}:label"].endswith("– không rõ thì bỏ trống")
        assert english[f"{page}:label"].endswith("– leave empty what is not known")
        assert "bỏ trống" in vietnamese[f"{first}:hint"].lower()


def test_the_day_of_the_visit_is_today_unless_it_is_changed(form: XForm) -> None:
    (default,) = form.root.iter(f"{XF}setvalue")
    assert default.get("ref") == "/data/page_visit/surveyed_on"
    assert default.get("value") == "today()"
    assert default.get("event") == "odk-instance-first-load"


def test_every_question_is_asked_in_both_languages(form: XForm, asked: Questionnaire) -> None:
    for column in asked.table.columns:
        for code, language in LANGUAGES.items():
            labels = (getattr(column, f"ask_{code}"), getattr(column, code))
            assert form.texts(language)[f"{column.code}:label"] == next(filter(None, labels))
    assert form.texts(LANGUAGES["vi"]).keys() == form.texts(LANGUAGES["en"]).keys()
    assert all(text.strip() for name in LANGUAGES.values() for text in form.texts(name).values())


def test_choices_are_the_codebook_s_answers(made: Made, form: XForm, asked: Questionnaire) -> None:
    for column in asked.asked:
        if column.answers:
            name = "yes_no" if column.type == "yes_no" else column.code
            assert form.choices(name) == [answer.code for answer in column.answers]
    written = {(row["list_name"], row["name"]): row for row in sheet(made.xlsform, "choices")}
    assert written["house", "frail"]["label::Tiếng Việt (vi)"] == "Thiếu kiên cố"
    assert written["house", "frail"]["label::English (en)"] == "Frail"


def test_numbers_and_days_have_bounds_with_a_sentence(form: XForm) -> None:
    assert form.binds["income"]["type"] == form.binds["loan_amount"]["type"] == "int"
    bounds = ". >= 0 and . <= 100000 and (. = 0 or . >= 50)"
    assert form.binds["income"]["constraint"] == bounds
    assert form.binds["surveyed_on"]["constraint"] == (
        ". >= date('2024-05-01') and . <= date('2024-10-29') and . <= today()"
    )
    limited = [name for name, bind in form.binds.items() if "constraint" in bind]
    bounded = (one.code for one in SURVEY.questions if one.min is not None or one.max is not None)
    assert limited == ["surveyed_on", *bounded]
    for name in limited:
        for language in LANGUAGES.values():
            assert form.texts(language)[f"{name}:jr:constraintMsg"]
    said = form.texts(LANGUAGES["vi"])["surveyed_on:jr:constraintMsg"]
    assert said == "Chỉ nhận: từ ngày 01/05/2024 đến ngày 29/10/2024."
    # Who types 1.850 on a telephone has written less than 2.
    hint = form.texts(LANGUAGES["vi"])["income:hint"]
    assert hint.startswith("nghìn đồng/người/tháng. Gõ số liền, không có dấu chấm: 1850.")


def test_what_depends_on_another_answer_is_asked_after_a_yes(form: XForm) -> None:
    asked_if = {name: bind["relevant"] for name, bind in form.binds.items() if "relevant" in bind}
    assert asked_if == {
        one.code: f" /data/page_{SURVEY.column(one.only_if).group}/{one.only_if}  = 'yes'"
        for one in SURVEY.questions
        if one.only_if
    }
    assert "loan_source" in asked_if


def test_only_who_and_when_cannot_be_left_out(form: XForm) -> None:
    needed = [name for name, bind in form.binds.items() if bind.get("required") == "true()"]
    assert needed == ["village", "household", "surveyed_on"]


def test_households_are_chosen_from_a_file_by_village(
    made: Made, form: XForm, asked: Questionnaire
) -> None:
    (instance,) = form.root.findall(f".//{XF}instance[@id='households']")
    assert instance.get("src") == f"jr://file-csv/{HOUSEHOLDS}"
    (select,) = form.root.findall(f".//{XF}select1[@ref='/data/page_visit/household']")
    items = select.find(f"{XF}itemset")
    assert "[village =  /data/page_visit/village ]" in items.get("nodeset")
    with (made.xlsform.parent / HOUSEHOLDS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["name", "label", "village"]
    listed = [(row["name"].removeprefix("'"), row["village"]) for row in rows]
    assert listed == [
        (home.household, village.code) for village in asked.villages for home in village.homes
    ]
    labels = [row["label"] for row in rows]
    assert f"H03 – {unicodedata.normalize('NFC', NAMES['H03'])}" in labels
    assert not any(label.startswith(("=", "+", "-", "@")) for label in labels)


def test_the_form_is_named_after_its_quarter(made: Made) -> None:
    (settings,) = sheet(made.xlsform, "settings")
    assert settings["form_id"] == "campaign_survey_2024q3"
    assert settings["version"].startswith("2024Q3-")
    assert settings["default_language"] == "Tiếng Việt (vi)"
    assert "DỮ LIỆU HƯ CẤU" in settings["form_title"]


def test_the_version_changes_with_what_is_asked_alone(
    made: Made, tmp_path: Path, asked: Questionnaire
) -> None:
    other = replace(asked, villages=tuple(replace(one, homes=()) for one in asked.villages))
    forms = {"same": asked, "other": other, "more": with_columns(asked, QUESTION)}
    versions = {}
    for name, questions in forms.items():
        write_xlsform(tmp_path / name / "form.xlsx", questions)
        versions[name] = sheet(tmp_path / name / "form.xlsx", "settings")[0]["version"]
    (before,) = sheet(made.xlsform, "settings")
    assert versions["same"] == versions["other"] == before["version"] != versions["more"]


def test_a_question_that_is_new_in_the_codebook_is_asked(
    tmp_path: Path, asked: Questionnaire
) -> None:
    write_xlsform(tmp_path / "form.xlsx", with_columns(asked, QUESTION))
    form = XForm(tmp_path / "form.xlsx")
    assert form.warnings == []
    assert form.texts(LANGUAGES["en"])["new_question:label"] == QUESTION.ask_en
    assert form.choices("new_question") == [answer.code for answer in QUESTION.answers]
    assert form.binds["new_question"]["relevant"] == " /data/page_campaign/informed  = 'yes'"
    assert len(form.pages) == len({*form.pages}), "two pages of one name"


def test_odd_villages_are_no_part_of_the_form_s_language(
    tmp_path: Path, asked: Questionnaire
) -> None:
    names = {"A 1": "Thôn ${informed}", "'x'": "<b>&</b>", "=1": "=1+1"}
    villages = tuple(Village(code, name, (Home("H1", ""),)) for code, name in names.items())
    write_xlsform(tmp_path / "form.xlsx", replace(asked, villages=villages))
    form = XForm(tmp_path / "form.xlsx")
    assert form.warnings == []
    assert form.choices("village") == [*names]
    said = [text for id, text in form.texts(LANGUAGES["vi"]).items() if id.startswith("village-")]
    assert said == ["Thôn $ {informed} (A 1)", "<b>&</b> ('x')", "=1+1 (=1)"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs Java")
def test_odk_validate_has_nothing_to_say(made: Made) -> None:
    assert convert(made.xlsform, validate=True).warnings == []
