"""Any number of injuries to any tables: what is listed, what is left, and what hangs on the rest.

What must come of each row is judged a second time, without the reader, in `expected_reading`.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from expected_reading import KEPT, expected
from fuzz.cases import Case, lay
from fuzz.reading import READ, REFUSED, outcome
from fuzz.seeds import tables
from hypothesis import given, settings
from injured_campaign import (
    NAMES,
    STRANGE,
    Written,
    content_of,
    files_of,
    good,
    good_row,
    injured_campaigns,
)
from intake_files import REFUSED as ROW_REFUSED
from intake_files import (
    REQUIRED,
    SUPERSEDED,
    assert_nothing_is_lost,
    counts,
    read,
)

from campaign_lib.errors import CampaignError
from campaign_lib.intake import Campaign

UNKNOWN_NAME = {
    "village": re.compile(
        "no village in the list of villages has|more than one village has|Excel has made a day"
        "|has signs that cannot be seen"
    ),
    "household": re.compile(
        "no household in the register has|Excel has made a day|has signs that cannot be seen"
    ),
}


@pytest.fixture(scope="module")
def meant(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str, str], Any]:
    """Give what a good text in a column means, by table, column and text."""
    clean = {name: good(name) for name in NAMES}
    campaign = read(tmp_path_factory.mktemp("clean"), files_of(clean))
    assert campaign.problems.empty
    found = {}
    for name in NAMES:
        for number, record in enumerate(campaign.tables[name].to_dict("records"), 1):
            for column, text in good_row(name, number).items():
                found[name, column, text] = record[column]
    return found


def plain(value: Any) -> Any:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value


def fates_in(campaign: Campaign, table: Written) -> dict[int, str]:
    """Give what became of each row of a file."""
    listed = campaign.problems[campaign.problems["file"] == table.file]
    found = dict.fromkeys(map(int, campaign.tables[table.name]["source_row"]), KEPT)
    for action in (SUPERSEDED, ROW_REFUSED):
        found |= dict.fromkeys(map(int, listed.loc[listed["action"] == action, "row"]), action)
    return found


def assert_read_as_expected(
    campaign: Campaign,
    written: Mapping[str, Written],
    meant: Mapping[tuple[str, str, str], Any],
) -> None:
    wanted = expected(written)
    assert_nothing_is_lost(campaign)
    for name, table in written.items():
        fates = {row: fate for (of, row), fate in wanted.fates.items() if of == name}
        assert fates_in(campaign, table) == fates, name
        assert counts(campaign, table.file)[0] == len(fates), name
        for record in campaign.tables[name].to_dict("records"):
            for column, text in wanted.values[name, record["source_row"]].items():
                value = record[column]
                if text is None or (column == "ethnicity" and text in STRANGE):
                    assert pd.isna(value), (name, column, value)
                else:
                    good_value = meant.get((name, column, text), text)
                    assert plain(value) == plain(good_value), (name, column)
    files = {table.file: name for name, table in written.items()}
    problems = campaign.problems[campaign.problems["file"].isin(list(files))]
    listed: dict[tuple[str, int, str, str], list[tuple[str, str]]] = {}
    for line in problems[problems["row"].notna()].to_dict("records"):
        place = (files[line["file"]], int(line["row"]), line["column"], line["value"])
        listed.setdefault(place, []).append((line["action"], line["problem"]))
    assert wanted.listed <= listed.keys()
    for place in wanted.hanging:
        why = UNKNOWN_NAME[place[2]]
        assert any(
            action == ROW_REFUSED and why.match(problem) for action, problem in listed[place]
        ), place


def check(
    tmp_path_factory: pytest.TempPathFactory,
    meant: Mapping[tuple[str, str, str], Any],
    written: Mapping[str, Written],
) -> None:
    raw = tmp_path_factory.mktemp("injured")
    assert_read_as_expected(read(raw, files_of(written)), written, meant)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(written=injured_campaigns())
def test_every_injury_is_listed_and_untouched_rows_come_out_unchanged(
    tmp_path_factory: pytest.TempPathFactory,
    meant: Mapping[tuple[str, str, str], Any],
    written: Mapping[str, Written],
) -> None:
    check(tmp_path_factory, meant, written)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(written=injured_campaigns())
def test_many_more_injuries_are_listed(
    tmp_path_factory: pytest.TempPathFactory,
    meant: Mapping[tuple[str, str, str], Any],
    written: Mapping[str, Written],
) -> None:
    check(tmp_path_factory, meant, written)


# --- injuries that end the run -------------------------------------------------------------------


def refusal(raw: Path, *tables: Written) -> str:
    """Read a good campaign with some other tables, and give the sentence that ends the run."""
    others = {name: good(name) for name in NAMES} | {table.name: table for table in tables}
    with pytest.raises(CampaignError) as told:
        read(raw, files_of(others))
    return str(told.value)


@pytest.mark.parametrize("name", NAMES)
def test_a_column_taken_out_or_repeated_is_named(tmp_path: Path, name: str) -> None:
    whole = good(name)
    needed = next(column for table, column in REQUIRED if table == name)
    without = whole._replace(columns=[one for one in whole.columns if one != needed])
    lacking = f"{whole.file}: row 1 is most like the headings, and lacks {needed} ("
    assert refusal(tmp_path / "out", without).startswith(lacking)
    twice = whole._replace(columns=[*whole.columns, needed])
    assert refusal(tmp_path / "twice", twice) == (
        f"{whole.file}: the column {needed} stands twice; keep the right one."
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_file_in_the_place_of_another_is_named(tmp_path: Path, name: str) -> None:
    """It is read as the table whose name it has, and lacks what that one needs."""
    other = NAMES[NAMES.index(name) - 1]
    files = files_of({each: good(each) for each in NAMES})
    files[good(name).file] = content_of(good(other))
    lacking = f"{good(name).file}: row 1 is most like the headings, and lacks "
    with pytest.raises(CampaignError, match=re.escape(lacking)):
        read(tmp_path, files)


# --- injuries to whole files ---------------------------------------------------------------------

SPOILT = {
    "empty": lambda content, _: b"",
    "one byte": lambda content, _: b"a",
    "NUL bytes": lambda content, _: content.replace(b"a", b"\0"),
    "swapped": lambda _, other: other,
    "half": lambda content, _: content[: len(content) // 2],
    "without its first line": lambda content, _: content.partition(b"\n")[2],
    "without line ends": lambda content, _: content.replace(b"\n", b""),
    "doubled": lambda content, _: content * 2,
    "a quotation mark": lambda content, _: content[:-9] + b'"' + content[-9:],
    "other bytes": lambda content, _: content.replace(b"a", b"\xff\xfe"),
    "backwards": lambda content, _: content[::-1],
}
FILES = sorted(tables())


@pytest.mark.parametrize(("number", "kind"), list(enumerate(SPOILT)))
def test_a_spoilt_file_is_read_or_refused(tmp_path: Path, number: int, kind: str) -> None:
    for at, file in enumerate(FILES[number % 4 :: 4]):
        other = tables()[FILES[(number + at + 5) % len(FILES)]]
        raw = tmp_path / str(at)
        lay(raw, Case(file, SPOILT[kind](tables()[file], other)))
        found = outcome(raw)
        assert found.what in (READ, REFUSED), (file, found)
