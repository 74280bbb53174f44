"""What the changelog and the citation say of this version is true, and says enough."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from campaign_lib import __version__
from campaign_lib.indicators import IDS
from campaign_lib.indicators.results import compute
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.intake import read_campaign

ROOT = Path(__file__).parents[2]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
QUARTER = "2024Q4"
EVERY, QUARTERS = "every quarter", re.compile(r"\d{4}Q[1-4](, \d{4}Q[1-4])*")
#: The bold beginning of an entry: the indicators, then the quarters.
HEAD = re.compile(r"\*\*(?P<indicators>[^*]+); (?P<quarters>[^*;]+)\.\*\* ")


def indicator_entries(changelog: str) -> list[str]:
    """Give every entry under a heading *Indicators*, newest first, each on one line."""
    sections = re.findall(r"^### Indicators\n(.*?)(?=^##|\Z)", changelog, flags=re.M | re.S)
    entries = [entry for section in sections for entry in re.split(r"^- ", section, flags=re.M)[1:]]
    return [" ".join(entry.split()) for entry in entries]


def lacking(entry: str) -> list[str]:
    """Say what an entry does not say of a change that moves figures."""
    head = HEAD.match(entry)
    if head is None:
        return ["a beginning such as **`informed`; 2024Q1, 2024Q2.**"]
    named = re.findall(r"`(\w+)`", head["indicators"])
    missing = [] if set(named) & set(IDS) else ["an indicator"]
    if not (head["quarters"] == EVERY or QUARTERS.fullmatch(head["quarters"])):
        missing.append("quarters")
    if not re.search(r"On the sample, \d{4}Q[1-4]: .*\d", entry):
        missing.append("the figures on the sample")
    return missing


def newest_figures(entries: list[str]) -> dict[str, str]:
    """Give the newest figure of each indicator, such as 98/126; of a fall both of its shares."""
    found: dict[str, str] = {}
    for entry in entries:
        figures = re.findall(r"`(\w+)` (\d+(?:/\d+)?(?: to \d+/\d+)?)", entry)
        found = dict(figures) | found
    return found


ENTRIES = indicator_entries(CHANGELOG)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry[:40])
def test_a_change_of_meaning_says_what_it_moves(entry: str) -> None:
    assert lacking(entry) == []


def test_the_newest_figures_are_those_of_the_sample() -> None:
    results = compute(read_campaign(ROOT / "data" / "raw", date(2025, 2, 1))).results
    lines = results[(results["quarter"] == QUARTER) & (results["place"] == COMMUNE)]
    assert newest_figures(ENTRIES) == {line.indicator: figure(line) for line in lines.itertuples()}


def figure(line: object) -> str:
    """Write a line of results as the changelog has it."""
    parts = ("baseline_numerator", "baseline_denominator", "numerator", "denominator")
    before, of, numerator, denominator = (getattr(line, part) for part in parts)
    now = str(numerator) if pd.isna(denominator) else f"{numerator}/{denominator}"
    return now if pd.isna(before) else f"{before}/{of} to {now}"


@pytest.mark.parametrize(
    ("entry", "lacks"),
    [
        ("**`informed`; 2024Q1, 2024Q2.** x. On the sample, 2024Q1: 66/127, was 60/127.", []),
        ("**`informed`; every quarter.** On the sample, 2024Q4: `informed` 1/2.", []),
        ("**`informed`; 2024Q1.** Other words.", ["the figures on the sample"]),
        ("**informed; 2024Q1.** On the sample, 2024Q1: 1/2.", ["an indicator"]),
        ("**`informed`; lately.** On the sample, 2024Q1: 1/2.", ["quarters"]),
        ("`informed` counts less.", ["a beginning such as **`informed`; 2024Q1, 2024Q2.**"]),
    ],
)
def test_the_rule_itself(entry: str, lacks: list[str]) -> None:
    assert lacking(entry) == lacks


def test_a_newer_entry_comes_first() -> None:
    newer, older = "`informed` 3/4, `area_models` 1/2", "`informed` 2/4, `front_models` 2"
    assert newest_figures([newer, older]) == {
        "informed": "3/4", "area_models": "1/2", "front_models": "2",
    }  # fmt: skip


# --- CITATION.cff -----------------------------------------------------------------------------

#: What Citation File Format 1.2.0 knows at its top level, and what it asks for.
CFF_KEYS = set(
    "abstract authors cff-version commit contact date-released doi identifiers keywords license "
    "license-url message preferred-citation references repository repository-artifact "
    "repository-code title type url version".split()
)
CFF_NEEDED = {"authors", "cff-version", "message", "title"}


def test_the_citation_is_of_its_format_and_of_this_version() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert CFF_NEEDED <= cited.keys() <= CFF_KEYS
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] in ("software", "dataset")
    assert cited["version"] == __version__
    texts = [cited[key] for key in ("abstract", "message", "title", "license", "version")]
    assert all(isinstance(text, str) and text for text in [*texts, *cited["keywords"]])
    assert len(set(cited["keywords"])) == len(cited["keywords"])


def test_citation_licence_and_package_agree() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert cited["license"] == project["license"] == licence.split()[0]
    # An author of the file is one that the package and the licence name: no other, and all.
    names = [author["name"] for author in cited["authors"]]
    assert [set(author) for author in cited["authors"]] == [{"name"}] * len(names)
    assert names == [author["name"] for author in project["authors"]]
    assert all(name in licence for name in names)
