"""docs/plan.md: all that is said to carry a sentence of the plan is there and shows something."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from campaign_lib.cli import main
from campaign_lib.indicators import IDS
from campaign_lib.pipeline.reports.planned import Planner
from campaign_lib.show.display import NOTHING
from campaign_lib.store.processed import Processed
from campaign_lib.stories.assessment import annual_assessment
from campaign_lib.stories.commune import commune_report
from campaign_lib.stories.data_quality import data_quality
from campaign_lib.stories.documents import DOCUMENTS
from campaign_lib.stories.inspection import inspection
from campaign_lib.stories.review import three_year_review
from campaign_lib.stories.sharing import target_allocation
from campaign_lib.stories.telling import Story
from campaign_lib.stories.village import village_report
from campaign_lib.words import Words

ROOT = Path(__file__).parents[2]
PAGES = {"vi": "plan.vi.md", "en": "plan.md"}
SECTION = re.compile(r"–|I{1,3}b?\.\d(–\d)?")
#: Keys of a plan's file that the page names.
KEYS = {"basis", "recipients"}
OPEN: dict[str, Callable[[Processed], Story]] = {
    "commune_report": lambda sample: commune_report(sample, "2024Q4"),
    "village_report": lambda sample: village_report(sample, "T4", "2024Q4"),
    "data_quality": lambda sample: data_quality(sample, "2024Q4"),
    "target_allocation": lambda sample: target_allocation(sample, "2024"),
    "three_year_review": lambda sample: three_year_review(sample, "2021", "2023"),
    "inspection": lambda sample: inspection(sample, "2024Q3", "1", "30"),
    "annual_assessment": lambda sample: annual_assessment(sample, "2024"),
}


def rows(language: str) -> list[tuple[str, str, list[str]]]:
    """Give section, sentence and carriers of each row."""
    text = (ROOT / "docs" / PAGES[language]).read_text(encoding="utf-8")
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [(one, said, re.findall(r"`([^`]+)`", by)) for one, said, by in cells[1:]]


def test_both_languages_say_the_same() -> None:
    first, second = rows("vi"), rows("en")
    assert [(one, by) for one, _, by in first] == [(one, by) for one, _, by in second]
    assert all(SECTION.fullmatch(one) for one, _, _ in first)
    assert not [said for said, other in zip(first, second, strict=True) if said[1] == other[1]]


def test_every_sentence_is_carried_and_every_target_named() -> None:
    assert all(by for _, _, by in rows("vi"))
    assert set(IDS) <= {name for _, _, by in rows("vi") for name in by}


@pytest.mark.parametrize("name", sorted({name for _, _, by in rows("vi") for name in by}))
def test_what_carries_it_is_there_and_shows_something(
    name: str, built_sample: Processed, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook, _, section = name.partition(".")
    if name.startswith("campaign "):
        assert main([name.removeprefix("campaign "), "--help"]) == 0
        assert capsys.readouterr().out
    elif name.startswith("raw/"):
        table = pd.read_csv(ROOT / "data" / f"{name}.csv")
        assert len(table)
        assert len(built_sample.table(name.removeprefix("raw/")))
    elif name in IDS:
        own = built_sample.results[built_sample.results["indicator"] == name]
        assert (own.loc[own["level"] == "commune", "status"] != "unmeasured").any()
    elif name in KEYS:
        plans = built_sample.table("plans").set_index("year")
        assert plans.loc[2024, name]
    elif section == "docx":
        pages = Planner(built_sample, Words("vi")).all()
        assert any(
            key.notebook in DOCUMENTS and Path(key.target).with_suffix(".docx").name == name
            for key in pages
        )
    else:
        shown = getattr(OPEN[notebook](built_sample), section)()
        assert shown != NOTHING and len(str(shown).strip()) > 50
