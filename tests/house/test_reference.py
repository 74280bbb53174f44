"""The pages of reference are what the sample and the code give, and leave out nothing."""

import re
from pathlib import Path

import pytest
import reference

import campaign_lib
from campaign_lib import INDICATORS
from campaign_lib.store.processed import Processed
from campaign_lib.stories.desk import Desk
from campaign_lib.words import Words


@pytest.fixture(scope="module")
def campaign(built_sample: Processed) -> Desk:
    return Desk(built_sample, Words("vi"))


@pytest.fixture(scope="module")
def columns(root: Path) -> dict[str, list[str]]:
    """The columns that docs/frames.md tells of, by the heading they stand under."""
    page = (root / "docs" / "frames.md").read_text(encoding="utf-8")
    _, *parts = re.split(r"^##+ ", page, flags=re.M)
    rows = re.compile(r"^\| `(\w+)` \|", re.M)
    return {part.partition("\n")[0].strip("`"): rows.findall(part) for part in parts}


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_committed_page_is_what_is_given(root: Path, campaign: Desk, name: str) -> None:
    said = (root / "docs" / name).read_text(encoding="utf-8")
    assert said == reference.PAGES[name](campaign), f"run: {reference.COMMAND}"


def under(columns: dict[str, list[str]], call: str) -> list[str]:
    (found,) = (names for heading, names in columns.items() if call in heading)
    return found


def test_every_frame_has_the_columns_that_the_page_tells(
    campaign: Desk, columns: dict[str, list[str]]
) -> None:
    steps = under(columns, "campaign.steps")
    assert list(campaign.results) == under(columns, "campaign.results")
    assert list(campaign.steps) == steps
    for frame in (campaign.panel, campaign.cohort()):
        assert list(frame) == under(columns, "campaign.panel")
    of_steps = under(columns, "The steps")
    for indicator in INDICATORS:
        assert list(campaign.count(indicator)) == under(columns, "campaign.count")
        audit = campaign.audit(indicator)
        place = "campaign.panel" if indicator.units == "households" else f"· {indicator.units}"
        rows, own = under(columns, place), list(dict.fromkeys(audit.rule().data["step"]))
        assert list(audit.rows()) == rows
        assert set(own) <= set(of_steps)
        ends = next(
            under(columns, call) for call in (f'"{indicator.id}"].trace()', "[…].trace()")
            if any(call in heading for heading in columns)
        )  # fmt: skip
        assert set(audit.trace()) == {*rows, *own, *ends}
        assert list(audit.steps()) == steps[steps.index("part") :]
        assert list(audit.rule().data) == under(columns, "rule().data")


def test_every_column_has_its_words_in_both_languages_and_no_word_is_left(campaign: Desk) -> None:
    frames = reference.frames(campaign)
    shown = {name for frame in frames.values() for name in frame}
    days = re.compile(rf"_({'|'.join(reference.SAID['days'])})$")
    stems = {days.sub("", name) for name in shown}
    for table, entries in reference.SAID.items():
        for name, said in entries.items():
            assert {"vi", "en"} <= said.keys() and said["vi"] != said["en"], (table, name)
            if table not in ("frames", "days"):
                assert name in (shown if table == "columns" else frames[table]) or name in stems
    assert reference.SAID["frames"].keys() == frames.keys()
    with pytest.raises(KeyError, match="what shoe_size of panel is"):
        reference.meaning("panel", "shoe_size")


def test_every_name_of_the_interface_is_told(root: Path, campaign: Desk) -> None:
    page = (root / "docs" / "interface.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^### `([\w.]+)`\n(.*?)(?=^##|\Z)", page, flags=re.M | re.S))
    homes = {"campaign": campaign, "chart": campaign.chart, "audit": campaign.audit("informed")}
    offered = {f"{home}.{name}" for home, one in homes.items() for name in reference.offered(one)}
    assert told.keys() == {*campaign_lib.__all__, *offered}
    for name, text in told.items():
        prose = re.sub(r"```.*?```", "", text, flags=re.S)
        assert len(prose.split()) > 5 and "None\n" not in prose, name
