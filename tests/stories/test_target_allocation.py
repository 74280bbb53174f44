"""The page of the year's first quarter: who carries how many households, and why."""

import re
from fractions import Fraction
from pathlib import Path

import pytest
from inspected_campaign import built

from campaign_lib.analysis.village_targets import (
    in_whole_households,
    path_counts,
    shared_targets,
    working,
)
from campaign_lib.errors import CampaignError
from campaign_lib.show.display import Table
from campaign_lib.store.processed import Processed
from campaign_lib.stories.sharing import TargetAllocation, target_allocation
from campaign_lib.words import LANGUAGES

SECTIONS = (
    "first_screen matrix all_of_them chart working small_villages fixed path next_steps"
).split()
FIXED = [
    {"year": 2024, "indicator": "changed_mindset", "village": village, "count": count}
    for village, count in (("A", 9), ("B", 3))
]
TOO_LITTLE = [{**FIXED[0], "count": 6}, FIXED[1]]


@pytest.fixture(scope="session")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    """Nine poor households in A, four in B: 77.17 % of 13 is 11."""
    return built(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def story(processed: Processed) -> TargetAllocation:
    return target_allocation(processed, "2024")


def rows(text: str) -> list[list[str]]:
    """Read the rows of a table that was drawn with spaces."""
    return [re.split(r"\s{2,}", line.strip()) for line in plain(text).splitlines()]


def plain(text: object) -> str:
    """Print with ordinary spaces."""
    return str(text).replace("\u00a0", " ")


def test_largest_remainders_worked_step_by_step(processed: Processed) -> None:
    """A: 11·9/13 = 7 and 8/13; B: 11·4/13 = 3 and 5/13. One is left, and goes to A."""
    (one,) = shared_targets(processed, "2024Q3", "changed_mindset")
    lines = working(one).set_index("village")
    assert lines["whole"].to_dict() == {"A": 7, "B": 3}
    assert lines["remainder"].to_dict() == {"A": 8 / 13, "B": 5 / 13}
    assert lines["extra"].to_dict() == {"A": 1, "B": 0}
    assert lines["computed"].to_dict() == one.villages.set_index("village")["computed"].to_dict()
    assert lines["computed"].sum() == one.count == 11


def test_a_village_of_nine_households_reaches_whole_ones(processed: Processed) -> None:
    (one,) = shared_targets(processed, "2024Q3", "changed_mindset")
    small, large = in_whole_households(one).itertuples(index=False)
    assert (small.village, small.denominator, small.count) == ("B", 4, 3)
    assert (large.village, large.denominator, large.count) == ("A", 9, 8)
    assert round(large.exact, 4) == 6.9453  # 77.17 % of 9
    assert (large.percent, large.fewer) == (88.89, 77.78)


def test_the_path_is_rounded_up_and_does_not_add_up(processed: Processed) -> None:
    (one,) = shared_targets(processed, "2024Q3", "in_cooperative")
    # 25.20 % of 13 is 4: A 36/13 = 2 and 10/13, B 16/13 = 1 and 3/13, so that A has 3 and B 1
    due = path_counts(one, [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1)])
    assert due.loc["A"].tolist() == [1, 2, 3, 3]
    assert due.loc["B"].tolist() == [1, 1, 1, 1]
    assert due.loc["commune"].tolist() == [1, 2, 3, 4]


def test_the_page_says_who_carries_how_many(story: TargetAllocation) -> None:
    table = rows(str(story.matrix()))
    mindset = {row[0]: row[1] for row in table if len(row) == 5}
    assert mindset["Thôn A"] == "8/9 (88,89 %)"
    assert mindset["Thôn B"] == "3/4 (75,00 %)"
    assert mindset["Cộng các thôn"] == mindset["Xã phải đạt"] == "11/13 (84,62 %)"


def test_targets_of_all_are_each_village_s_own(story: TargetAllocation) -> None:
    table = {row[0]: row[1:] for row in rows(str(story.all_of_them()))}
    assert table["Thôn A"] == ["9", "9", "0", "1"]
    assert table["Xã phải đạt"] == ["13", "13", "0", "2"]


def test_the_first_screen_says_what_and_whether_it_is_fixed(story: TargetAllocation) -> None:
    said = str(story.first_screen())
    assert "11/13" in said
    assert "Cộng các thôn lại đúng bằng số của xã" in said
    assert "Xã chưa chốt số giao" in said
    assert "Chưa chốt gì" in str(story.fixed())
    assert "campaign allocate --quarter 2024Q3 --write" in str(story.next_steps())


def test_what_is_fixed_stands_beside_what_is_computed(tmp_path: Path) -> None:
    story = target_allocation(built(tmp_path, allocation=FIXED), "2024", "en")
    table = {row[0]: row[1:] for row in rows(str(story.fixed()))}
    assert table["Thôn A"] == ["9 (+1)"]
    assert table["Thôn B"] == ["3 (±0)"]
    assert table["Sum of the villages"] == ["12 (+1)"]
    said = str(story.first_screen())
    assert "adds up to another number than the commune's for: Changed mindset" in said
    assert "The commune has fixed the counts of 1 of 4 targets" in said
    assert "9/9 (100.00 %)" in plain(story.matrix())


def test_what_cannot_stand_is_set_aside_and_said(tmp_path: Path) -> None:
    story = target_allocation(built(tmp_path, allocation=TOO_LITTLE), "2024")
    said = str(story.fixed())
    assert "Thay đổi nếp nghĩ: không dùng số đã chốt" in said
    assert "9" in said
    assert "11" in said
    assert "8/9" in str(story.matrix())


def test_many_targets_stand_in_tables_that_fit_on_paper(processed: Processed) -> None:
    """A plan may ask a percentage below 100 of every indicator: never five columns of figures."""
    story = target_allocation(processed, "2024", "en")
    story.split = [*story.split, *story.whole]
    tables = [block for block in story.matrix().blocks if isinstance(block, Table)]
    assert [len(table.columns) for table in tables] == [5, 5]
    assert [table.caption[-14:] for table in tables] == [": table 1 of 2", ": table 2 of 2"]
    headings = [column.label for table in tables for column in table.columns]
    assert "Integrated activities, activities (100.00\u00a0%)" in headings


def test_a_year_without_a_plan(tmp_path: Path) -> None:
    story = target_allocation(built(tmp_path, plan=None), "2024")
    said = str(story.first_screen())
    assert "Năm 2024 không có chỉ tiêu nào để phân bổ" in said
    assert "2024.toml" in said
    for section in SECTIONS[1:]:
        assert str(getattr(story, section)()) == ""


def test_a_year_without_a_survey(processed: Processed) -> None:
    with pytest.raises(CampaignError, match="'2031' is not a year with a survey here; known are"):
        target_allocation(processed, "2031")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_speaks_both_languages(processed: Processed, language: str) -> None:
    story = target_allocation(processed, "2024", language)
    pages = [getattr(story, section)() for section in SECTIONS]
    assert all(page._repr_html_() for page in pages)
    picture = story.chart()._repr_html_()
    assert "<svg" in picture
    assert "8/9" in picture
