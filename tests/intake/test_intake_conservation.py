"""No row is lost: what was read is kept, refused or superseded, and each of these is listed."""

from collections.abc import Mapping
from pathlib import Path

import examples
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_files import (
    COLUMNS,
    IGNORED,
    MISSING,
    QUESTIONS,
    REFUSED,
    SUPERSEDED,
    TODAY,
    UNKNOWN,
    assert_nothing_is_lost,
    example,
    file_of,
    lines,
    questions_of,
    read,
)

from campaign_lib.codebook import codebook
from campaign_lib.intake import Campaign, read_campaign
from campaign_lib.intake.cells import READ_ALL_THE_SAME
from campaign_sample.scope import Injury, Scope
from campaign_sample.writing import DEFAULT_QUARTERS, make_sample

Sample = tuple[Campaign, tuple[Injury, ...], Path]
#: Cells as hurried people and other programs write them.
CELLS = (
    "|?|kr|không|x|có lẽ|-1|1.850|1.850,5|12.5|1e9|2024|2024-02-30|31/12/2023|2024-02-10|2026-01-01"
    "|A|thôn 2|H01|h02|Z-9|E1|new_rural;|poor|solid|informed|2024Q1|=1+1|a\nb|,;\t|NA|\u00a0|Đ"
).split("|")
#: Two villages of one name are a question of their own: names stay as they are here.
LEFT_ALONE = {("villages", "village"), ("villages", "name"), ("villages", "aliases")}
PLACES = [
    (table, number, name)
    for table, columns in COLUMNS.items()
    for number in (1, 2, 3)
    for name in columns
    if (table, name) not in LEFT_ALONE
]


def campaign_with(raw: Path, injuries: Mapping[tuple[str, int, str], str]) -> Campaign:
    """Read three good rows of every table, but for the injured cells."""
    tables = {table: {number: example(table, number) for number in (1, 2, 3)} for table in COLUMNS}
    for (table, number, name), text in injuries.items():
        tables[table][number][name] = text
    return read(raw, {file_of(table): list(added.values()) for table, added in tables.items()})


@settings(max_examples=examples.of(25), deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from(PLACES), st.sampled_from(CELLS), max_size=12))
def test_injured_cells_lose_no_row(
    tmp_path_factory: pytest.TempPathFactory, injuries: Mapping[tuple[str, int, str], str]
) -> None:
    campaign = campaign_with(tmp_path_factory.mktemp("injured"), injuries)
    assert_nothing_is_lost(campaign)
    decided = {REFUSED, UNKNOWN, SUPERSEDED, READ_ALL_THE_SAME}  # the last: another lender
    assert {line.action for line in lines(campaign)} <= decided
    assert_what_is_set_to_unknown_is_missing(campaign)
    assert_references_hold(campaign)


def assert_what_is_set_to_unknown_is_missing(campaign: Campaign) -> None:
    cells = {
        (str(row["source_file"]), row["source_row"]): row
        for table in campaign.tables.values()
        for row in table.to_dict("records")
    }
    for line in lines(campaign):
        if line.action == UNKNOWN and (line.file, line.row) in cells:
            assert pd.isna(cells[line.file, line.row][line.column]), line


def assert_references_hold(campaign: Campaign) -> None:
    """Every village and household that is named is one of the register, spelt alike."""
    for name, register in (("village", "villages"), ("household", "households")):
        known = set(campaign.tables[register][name])
        for table, columns in COLUMNS.items():
            if name in columns:
                assert set(campaign.tables[table][name].dropna()) <= known, table


def test_required_cells_are_never_missing(tmp_path: Path) -> None:
    """With every seventh cell of the campaign spoilt."""
    spoilt = PLACES[::7]
    injuries = {place: ("", "?", "có lẽ")[n % 3] for n, place in enumerate(spoilt)}
    campaign = campaign_with(tmp_path, injuries)
    assert_nothing_is_lost(campaign)
    for name, table in codebook().tables.items():
        for column in table.columns:
            # An ethnic group that is not on the list, and a status nobody can read, leave the row.
            if column.required and column.code not in ("ethnicity", "status"):
                assert campaign.tables[name][column.code].notna().all(), (name, column.code)


def test_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    """What is kept and what is refused does not hang on which row comes first."""
    added = {
        table: [example(table, n) for n in (1, 2, 3, 2)] + [{**example(table, 3), change: text}]
        for table, change, text in (
            ("households", "village", "B"),
            ("models", "started_on", "2024-02-01"),
            ("poverty_status", "status", "not_poor"),
        )
    }
    forth = read(tmp_path / "forth", added)
    back = read(tmp_path / "back", {table: rows[::-1] for table, rows in added.items()})
    for table in added:
        columns = list(COLUMNS[table])
        one, other = (
            campaign.tables[table][columns].astype("str").sort_values(columns, ignore_index=True)
            for campaign in (forth, back)
        )
        pd.testing.assert_frame_equal(one, other)


# --- The made-up campaign ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    injuries = make_sample(folder, Scope.of(8, None, DEFAULT_QUARTERS, 1))
    return read_campaign(folder / "raw", TODAY), injuries, folder / "raw"


def test_no_row_of_the_sample_is_lost(sample: Sample) -> None:
    campaign, _, _ = sample
    assert_nothing_is_lost(campaign)
    assert not {IGNORED, MISSING} & {line.action for line in lines(campaign)}
    assert set(campaign.surveyed) == set(map(str, DEFAULT_QUARTERS))
    assert all(questions_of(campaign, quarter) == set(QUESTIONS) for quarter in campaign.surveyed)


def test_what_is_odd_in_the_sample_is_listed_and_nothing_else(
    sample: Sample,
) -> None:
    campaign, injuries, _ = sample
    decided_here = (REFUSED, UNKNOWN, SUPERSEDED)
    wanted = {(one.file, one.action) for one in injuries if one.action in decided_here}
    found = lines(campaign)
    assert {(line.file, line.action) for line in found} == wanted
    assert len(found) == len([one for one in injuries if one.action in decided_here])
    for one in injuries:
        if one.action in decided_here:
            (line,) = (x for x in found if (x.file, x.action) == (one.file, one.action))
            assert line.row in one.rows
            assert line.action == SUPERSEDED or line[2:4] == (one.column, one.value)


def test_numbers_of_the_sample_are_read(sample: Sample) -> None:
    """Another reader finds the same numbers: none is ten or a thousand times as large."""
    campaign, _, raw = sample
    for table, name in (("funding", "planned"), ("funding", "disbursed"), ("models", "households")):
        plain = pd.read_csv(raw / f"{table}.csv")[name]
        found = campaign.tables[table].sort_values("source_row")[name]
        assert found.astype("float64").tolist() == plain.tolist(), (table, name)
