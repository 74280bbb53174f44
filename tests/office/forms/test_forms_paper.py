"""The paper form: a list of households, and half a sheet for each with every question."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from form_campaign import NAMES, QUESTION, with_columns

from campaign_lib.office.forms import Made, Questionnaire, questions_of, write_paper
from campaign_lib.office.forms.questionnaire import Village
from campaign_lib.words import Words


class Reader(HTMLParser):
    """Collects a page's half sheets: their text, and how many boxes each has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.sheets, self.boxes = "", [], []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs).get("class") or ""
        if tag == "section":
            self.sheets.append("")
            self.boxes.append(0)
        if "tick" in named.split():
            self.boxes[-1] += 1

    def handle_data(self, text: str) -> None:
        self.text += text
        if self.sheets:
            self.sheets[-1] += text


@pytest.fixture(scope="module")
def source(made: Made) -> str:
    (path, _) = sorted(made.paper.iterdir())
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(source: str) -> Reader:
    return Reader(source)


def test_every_village_with_households_has_its_form(made: Made) -> None:
    names = [path.name for path in sorted(made.paper.iterdir())]
    assert names == ["2024Q3_A_Thon-1-Dak-s_noi-bo.html", "2024Q3_B_Thon-2_noi-bo.html"]


def test_a_half_sheet_for_each_household_and_a_blank_one(page: Reader, village: Village) -> None:
    *homes, blank = page.sheets
    assert len(homes) == len(village.homes)
    for sheet, home in zip(homes, village.homes, strict=True):
        assert home.household in sheet
        assert home.head_name in sheet
    assert "hộ chưa có trong danh sách" in blank


def test_the_list_has_every_household(page: Reader, village: Village) -> None:
    before = page.text[: page.text.index(page.sheets[0][:20])]
    assert all(home.household in before for home in village.homes)


def test_every_half_sheet_has_every_question_and_a_box_for_each_answer(
    page: Reader, asked: Questionnaire
) -> None:
    boxes = sum(len(column.answers) for column in asked.table.questions)
    assert set(page.boxes) == {boxes}
    for column in asked.table.questions:
        for sheet in (page.sheets[0], page.sheets[-1]):
            assert column.ask_vi in sheet
            assert column.unit_vi in sheet
            assert all(answer.vi in sheet for answer in column.answers)


def test_what_is_asked_after_a_yes_says_so(asked: Questionnaire) -> None:
    questions = questions_of(asked, Words("vi"))
    (number,) = (one.number for one in questions if one.ask.startswith("Hộ có đang vay vốn"))
    after = [one.ask for one in questions if f"(nếu câu {number} là Có)" in one.ask]
    assert len(after) == 2


def test_names_are_text(source: str) -> None:
    assert NAMES["H07"] not in source
    assert "&lt;b&gt;&amp;amp;" in source


def test_it_stands_alone_and_is_marked(source: str, page: Reader) -> None:
    assert not re.search(r"https?://|<script", source)
    for mark in ("NỘI BỘ", "INTERNAL", "DỮ LIỆU HƯ CẤU"):
        assert mark in page.text
    assert all("NỘI BỘ" in sheet for sheet in page.sheets)
    assert "trong quý, từ ngày 15/06/2024 đến ngày 14/09/2024" in page.text


def test_a_question_that_is_new_in_the_codebook_is_asked_in_either_language(
    tmp_path: Path, asked: Questionnaire, village: Village
) -> None:
    more = with_columns(asked, QUESTION)
    for language in ("vi", "en"):
        write_paper(tmp_path / "new.html", more, village, Words(language))
        page = Reader((tmp_path / "new.html").read_text(encoding="utf-8"))
        assert getattr(QUESTION, f"ask_{language}") in page.sheets[0]
        for answer in QUESTION.answers:
            assert getattr(answer, language) in page.sheets[0]
