"""The page of readings of the plan: every number on it is what the sample gives."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from other_readings import QUARTER, Readings

from campaign_lib.indicators.results import Computed, compute
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.intake import read_campaign

TODAY = date(2025, 2, 1)
ROOT = Path(__file__).parents[2]
RAW = ROOT / "data" / "raw"
(PAGE,) = (ROOT / "docs" / "decisions").glob("*-readings-of-the-plan.md")
#: A row of a reading: its key, bold where it is the chosen one, words, and the sample's figure.
ROW = re.compile(
    r"^\| (?P<chosen>\*\*)?`(?P<key>\w+)`(?:\*\*)? \| .+ \| (?P<figure>[^|]+) \|$", re.M
)


def read_and_compute(raw: Path) -> Readings:
    campaign = read_campaign(raw, TODAY)
    return Readings(campaign, compute(campaign))


@pytest.fixture(scope="module")
def sample() -> Readings:
    return read_and_compute(RAW)


@pytest.fixture(scope="module")
def found(sample: Readings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    raw = tmp_path_factory.mktemp("calendar") / "raw"
    shutil.copytree(RAW, raw)
    plan = raw / "plans" / "2024.toml"
    text, changed = re.subn(r'"decree_09_2019"', '"calendar"', plan.read_text(encoding="utf-8"))
    assert changed == 1
    plan.write_text(text, encoding="utf-8")
    return sample.all(read_and_compute(raw))


def test_every_number_of_the_page_is_the_sample_s(found: dict[str, str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    printed = {row["key"]: row["figure"].strip() for row in ROW.finditer(page)}
    assert printed == found


def test_every_section_chooses_one_reading() -> None:
    sections = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    assert len(sections) >= 10
    for section in sections:
        tables = re.split(r"\n\n", section)
        chosen = [[bool(row["chosen"]) for row in ROW.finditer(table)] for table in tables]
        chosen = [table for table in chosen if table]
        assert chosen, section.splitlines()[0]
        assert all(sum(table) == 1 and len(table) > 1 for table in chosen), section.splitlines()[0]


@pytest.mark.parametrize(
    ("key", "indicator"),
    [
        ("frozen", "changed_mindset"),
        ("plan_and_takes_part", "covered_by_plan"),
        ("activities", "integrated_activities"),
        ("life_all", "improved_life"),
        ("each_area_new", "area_models"),
        ("unknown_not_achieved", "applies_science"),
    ],
)
def test_the_chosen_reading_is_the_one_of_the_results(
    sample: Readings, found: dict[str, str], key: str, indicator: str
) -> None:
    line = commune_line(sample.computed, indicator)
    share = f"{line['numerator']}/{line['denominator']} = {line['percent']:.2f}".replace(".", ",")
    assert found[key] == f"{share} % {'✓' if line['status'] == 'met' else '✗'}"


def commune_line(computed: Computed, indicator: str) -> dict[str, object]:
    results = computed.results
    keys = (results["quarter"] == QUARTER) & (results["place"] == COMMUNE)
    return results[keys & (results["indicator"] == indicator)].iloc[0].to_dict()
