"""The page of visits: a blind sheet to take along, and what the visits say about the figures."""

import json
import re
from pathlib import Path

import pytest
from inspected_campaign import COUNT, HOMES, Found, built, mindset

from campaign_lib.analysis.visits import SEED, SIZE
from campaign_lib.errors import CampaignError
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit import audit_story
from campaign_lib.stories.commune import commune_report
from campaign_lib.stories.inspection import Inspection, inspection
from campaign_lib.words import LANGUAGES, Words

SECTIONS = ("first_screen answers directions changes estimate sample precision sheets").split()
AFTER_VISITS = ("answers", "directions", "changes", "estimate")
CELL = re.compile(r"<td[^>]*>(.*?)</td>")


def page(processed: Processed, size: str = "6", language: str = "vi") -> Inspection:
    return inspection(processed, "2024Q3", "1", size, language)


def plain(text: object) -> str:
    """Print with ordinary spaces."""
    return str(text).replace("\u00a0", " ")


def drawn(processed: Processed, size: str = "6") -> list[str]:
    return list(page(processed, size).draw.drawn["household"])


@pytest.fixture(scope="session")
def unvisited(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    return built(tmp_path_factory.mktemp("unvisited"))


@pytest.fixture(scope="session")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    """Everyone was visited: A1 does not count after all, A9 does."""
    found = [
        one
        for home in HOMES
        for one in mindset(home, counts=(home in COUNT or home == "A9") and home != "A1")
    ]
    return built(tmp_path_factory.mktemp("visited"), found)


def test_before_the_visits_there_are_a_sample_and_sheets(unvisited: Processed) -> None:
    story = page(unvisited)
    said = str(story.first_screen())
    assert "6/13" in said
    assert "Chưa có kết quả kiểm tra của quý này" in said
    assert [str(getattr(story, name)()) for name in AFTER_VISITS] == [""] * 4
    assert "Cả xã" in str(story.sample())
    assert "► 6" in str(story.precision())


def test_a_sheet_has_every_household_and_no_answer(unvisited: Processed) -> None:
    story = page(unvisited)
    shown = story.sheets()._repr_html_()
    assert shown.count('<div class="sheet">') == 2
    for home in drawn(unvisited):
        assert f">{home} " in shown
    assert set(CELL.findall(shown)) == {""}
    assert "17. " in shown
    assert "18. " not in shown


def test_a_sheet_does_not_betray_what_the_survey_says(unvisited: Processed, tmp_path: Path) -> None:
    """With every answer turned round the sheets of a census are the same, letter by letter."""
    story = page(unvisited, "13")
    before = story.sheets()._repr_html_()
    for question in ("informed", "house", "dropped_customs", "self_reliance"):
        story.homes[question] = None
    assert story.sheets()._repr_html_() == before
    assert "solid" not in before


def test_a_village_of_many_visits_has_sheets_of_equal_size(unvisited: Processed) -> None:
    shown = str(page(unvisited, "13").sheets())
    assert "Thôn A – quý III năm 2024: tờ 1 trên 2" in shown
    assert "Thôn A – quý III năm 2024: tờ 2 trên 2" in shown
    assert "Thôn B – quý III năm 2024: tờ 1 trên 1" in shown


def test_the_sheet_leaves_out_what_the_survey_did_not_ask(unvisited: Processed) -> None:
    asked = unvisited.table("surveyed")["column"]
    assert "borrowed" not in set(asked)
    assert "vay" not in str(page(unvisited).sheets())


def test_once_visited_the_page_says_what_holds_and_what_changes(visited: Processed) -> None:
    story = page(visited)
    said = plain(story.first_screen())
    assert "Đã thăm 13 hộ. 7 trên 13 hộ có mọi câu trả lời đều khớp: 53,8 %" in said
    assert "là từ 53,8 % đến 53,8 %" in said  # there is nobody else
    changes = plain(story.changes())
    # A1 counted and does not, A9 did not and does: the sum stays, the answers don't
    assert re.search(r"Thay đổi nếp nghĩ\s+13\s+8/13 \(61,54 %\).*8/13 \(61,54 %\).*±0", changes)


def test_a_census_of_the_drawn_is_an_estimate_without_doubt(visited: Processed) -> None:
    estimate = plain(page(visited, "13").estimate())
    assert "khoảng 8/13 (61,5 %)" in estimate
    assert "61,5 % đến 61,5 %" in estimate


def test_others_than_the_drawn_make_no_estimate(tmp_path: Path, unvisited: Processed) -> None:
    others = [home for home in HOMES if home not in drawn(unvisited)]
    found: list[Found] = [one for home in others for one in mindset(home, counts=False)]
    said = str(page(built(tmp_path, found)).estimate())
    assert "Chưa ước lượng được cho cả xã: trong 7 hộ đã thăm chỉ có 0 hộ thuộc 6 hộ" in said
    assert "khoảng" not in said


def test_too_few_of_one_group_make_no_estimate(tmp_path: Path, unvisited: Processed) -> None:
    found = [one for home in drawn(unvisited) for one in mindset(home, counts=True)]
    said = str(page(built(tmp_path, found)).estimate())
    assert "cần ít nhất 5 hộ rút thăm" in said


def test_who_was_missed_is_said(tmp_path: Path) -> None:
    found = [one for home in HOMES[1:] for one in mindset(home, counts=home in COUNT)]
    said = str(page(built(tmp_path, found), "13").estimate())
    assert "Còn 1 hộ rút thăm chưa được thăm" in said


def test_strangers_and_unreadable_answers_are_listed(tmp_path: Path) -> None:
    found = [*mindset("A9", counts=True), ("A1", "house", "lâu đài"), ("A1", "has_tv", "no")]
    story = page(built(tmp_path, found, unasked={"A9"}))
    said = str(story.answers())
    assert "Hộ đã thăm nhưng không có phiếu trong quý này: A9" in said
    assert "lâu đài" in said
    assert "Số dòng trong tệp kiểm tra không dùng được: 1" in said
    assert re.search(r"Có ti vi\s+Có\s+Không\s+1", str(story.directions()))


@pytest.mark.parametrize("size", ["0", "-3", "ba mươi", "3.5"])
def test_a_sample_size_that_cannot_be(unvisited: Processed, size: str) -> None:
    with pytest.raises(CampaignError, match=r"sample_size is '.*'; write how many households"):
        page(unvisited, size)


def test_names_are_escaped(tmp_path: Path) -> None:
    home = {"household": "<b>", "village": "A", "ethnicity": "Ba Na"}
    poor = {"household": "<b>", "status": "poor", "valid_from": "2023-12-31"}
    story = page(built(tmp_path, households=[home], poverty_status=[poor]), "1")
    assert drawn(story.processed, "1") == ["<b>"]
    shown = story.sheets()._repr_html_()
    assert "<b>" not in shown
    assert "&lt;b&gt;" in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_speaks_both_languages(visited: Processed, language: str) -> None:
    story = page(visited, "13", language)
    for section in SECTIONS:
        assert getattr(story, section)()._repr_html_()
    assert "<svg" in story.answers()._repr_html_()


# --- beside the headline figure ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headline_figure_is_corrected_where_it_is_printed(
    visited: Processed, language: str
) -> None:
    """Everyone was visited: A1 falls out and A9 comes in, so that it is 8 of 13 for certain."""
    told = "8/13 (61,54\u00a0%)." if language == "vi" else "8/13 (61.54\u00a0%)."
    report = commune_report(visited, "2024Q3", language).indicators()
    audited = audit_story(visited, "changed_mindset", "2024Q3", "commune", language).title()
    for passage in (report, audited):
        assert told in str(passage)
    village = audit_story(visited, "changed_mindset", "2024Q3", "A", language).title()
    public = commune_report(visited, "2024Q3", language, "public")
    assert told not in str(village)
    assert all(told not in str(passage) for _, passage in public.sections())


def test_before_enough_visits_the_figure_stands_alone(unvisited: Processed, tmp_path: Path) -> None:
    heading = Words("vi")("as_inspected.heading")
    assert heading not in str(commune_report(unvisited, "2024Q3").indicators())
    few = built(tmp_path, mindset("A1", counts=True))
    assert "Đã kiểm tra tại nhà 1 hộ, nhưng chưa đủ" in str(
        commune_report(few, "2024Q3").indicators()
    )


def test_a_part_that_was_visited_gives_an_interval(tmp_path: Path) -> None:
    """Five of the eight that count were visited, and all five others: all as the survey says."""
    seen = [*sorted(COUNT)[:5], *(home for home in HOMES if home not in COUNT)]
    found = [one for home in seen for one in mindset(home, counts=home in COUNT)]
    said = plain(commune_report(built(tmp_path, found), "2024Q3").indicators())
    assert "10 hộ rút thăm thì khoảng 61,5 % (khoảng tin cậy 95 %: " in said


def test_the_page_of_visits_draws_what_the_reports_speak_of(root: Path) -> None:
    cells = json.loads((root / "notebooks" / "inspection.ipynb").read_bytes())["cells"]
    told: dict[str, str] = {}
    exec("".join(next(one["source"] for one in cells if one["id"] == "parameters")), told)
    assert (told["seed"], told["sample_size"]) == (SEED, str(SIZE))


def test_every_quarter_has_its_draw_and_says_how_answers_are_typed_in(sample_data: Path) -> None:
    processed = Processed(sample_data / "processed")
    for quarter in processed.quarters:
        story = inspection(processed, quarter, SEED, str(SIZE))
        shown = str(story.sheets())
        assert len(story.draw.drawn) == SIZE
        assert all(home in shown for home in story.draw.drawn["household"])
        lot = f"--quarter {quarter} --seed {SEED} --sample-size {SIZE}"
        assert f"campaign form THƯ_MỤC --inspection {lot}" in shown
        assert f"raw/inspections/{quarter}/" in shown
        assert str(SIZE) in str(story.first_screen())
