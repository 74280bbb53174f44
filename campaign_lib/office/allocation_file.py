"""Fixing who carries how much of each target, in raw/allocation.csv, the commune's own file."""

from collections.abc import Iterable, Sequence, Set
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from campaign_lib.analysis.village_targets import ALLOCATION, SharedTarget
from campaign_lib.base.files import write_whole
from campaign_lib.base.percent import hundredths, printed
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook, folded
from campaign_lib.codebook.problems import of_allocation
from campaign_lib.errors import CampaignError, Message
from campaign_lib.intake.cells import Sheet, UnreadableError
from campaign_lib.intake.plans import read_plan_files
from campaign_lib.intake.sources import look_over, read_sheet, tables_in
from campaign_lib.intake.sources.folder import survey_files
from campaign_lib.intake.values import reader_of
from campaign_lib.show.display import RIGHT, Column, Table
from campaign_lib.store.processed import Processed
from campaign_lib.words import LANGUAGES, MISSING, Words, aloud

_ROW_KEY = ("year", "indicator")


class ToShare(NamedTuple):
    """A quarter by whose bases targets are shared out.

    `is_ahead` says that it has a plan and no survey yet, `unplanned` is the year that it is now,
    where that has no plan and another year's is taken unasked.
    """

    quarter: str
    is_ahead: bool
    unplanned: int | None


def to_share(raw: Path, today: date, asked: str | None) -> ToShare:
    """Choose the quarter that is shared out by: the one asked for, or the newest plan's first.

    The first is that with a survey, or Q1 before any is in.

    Args:
        raw: the folder `data/raw`.
        today: the day.
        asked: a quarter's code.

    Raises:
        CampaignError: there is no such folder, no plan at all, or a plan is broken.
    """
    look_over(raw)
    calendars = {plan.year: plan.calendar for plan in read_plan_files(raw / "plans")}
    surveyed = [str(quarter) for quarter in sorted(survey_files(raw).by_quarter)]
    code = str(Quarter.parse(asked)) if asked else ""
    if not calendars and code not in surveyed:
        raise CampaignError("allocation.no_plan")
    if code:
        return ToShare(code, code not in surveyed and int(code[:4]) in calendars, None)
    year = max(calendars)
    of_year = [code for code in surveyed if Quarter.parse(code).year == year]
    now = today.year + (today > Quarter(today.year, 4).last_day(calendars[year]))
    newest = max([now, *(Quarter.parse(code).year for code in surveyed)])
    first = of_year[0] if of_year else str(Quarter(year, 1))
    return ToShare(first, not of_year, newest if newest > year else None)


def spared(whole: Processed, own: Processed) -> frozenset[str]:
    """Give the codes, without case, of the villages that are in other communes of a folder."""
    return frozenset(map(folded, whole.villages.keys() - own.villages.keys()))


def fix(
    raw: Path,
    shared: Iterable[SharedTarget],
    *,
    force: bool = False,
    others: Set[str] = frozenset(),
) -> Path | None:
    """Fix computed counts in `raw/allocation.csv`; rows of other years and indicators stay.

    Those of 100 % are left out, and those without a count: there is nothing to fix.

    Args:
        raw: the folder `data/raw`.
        shared: as `shared_targets` gives them.
        force: replace other counts that are fixed there; a village may have been promised them.
        others: villages of other communes (`spared`), whose rows stay.

    Returns:
        The file, or None where nothing was to be written.

    Raises:
        CampaignError: the table is there as XLSX, cannot be read, or cannot be replaced; or other
            counts are fixed there, and `force` was not asked for.
    """
    fixed = [one for one in shared if one.can_be_fixed]
    if not fixed:
        return None
    path = tables_in(raw).get(ALLOCATION, raw / f"{ALLOCATION}.csv")
    if path.suffix.casefold() != ".csv":
        raise CampaignError("allocation.fixed", file=path, table=ALLOCATION)
    _write(path, fixed, others, force=force)
    return path


def _write(path: Path, fixed: Sequence[SharedTarget], others: Set[str], *, force: bool) -> None:
    """Put the computed counts in the place of what is fixed; other rows stay as they are."""
    headings, there = _rows_of(path)
    own = [row for row in there if folded(row["village"]) not in others]
    if not force:
        _refuse_other_counts(path, fixed, set(map(_keys, own)))
    replaced = {(one.year, one.indicator) for one in fixed}
    kept = [row for row in there if row not in own or _keys(row) not in replaced]
    lines = [
        {"year": str(one.year), "indicator": one.indicator, "village": code, "count": str(count)}
        for one in fixed
        for code, count in zip(one.villages["village"], one.villages["computed"], strict=True)
    ]
    table = pd.DataFrame([*kept, *lines], columns=list(headings), dtype="str").fillna("")
    named = table.rename(columns=headings)
    # No apostrophes before what looks like a formula, as processed tables have: this file is read
    # again, and a village's code would be another with one.
    write_whole(path, lambda part: named.to_csv(part, index=False, lineterminator="\n"))


def _refuse_other_counts(
    path: Path, fixed: Sequence[SharedTarget], there: Set[tuple[object, ...]]
) -> None:
    """Refuse to replace counts that are fixed and differ; `there` is what the file has rows of."""
    differing = [
        one.indicator
        for one in fixed
        if (one.year, one.indicator) in there and not one.is_fixed_as_computed
    ]
    if differing:
        raise CampaignError(
            "allocation.other_counts",
            file=path,
            year=fixed[0].year,
            indicators=", ".join(differing),
        )


def _rows_of(path: Path) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Read a file as it is written: its headings by column, and its rows; none if it is new."""
    columns = codebook().tables[ALLOCATION].columns
    if not path.exists():
        return {column.code: column.code for column in columns}, []
    sheet = read_sheet(path, path.name)
    headings = _headings(sheet)
    if missing := [one.code for one in columns if one.code not in headings.values()]:
        raise CampaignError("file.required", file=path, column=missing[0])
    rows = [
        {code: sheet.columns[position].text(row) for position, code in headings.items()}
        for row in range(len(sheet.rows))
    ]
    return {code: sheet.headings[position] for position, code in headings.items()}, rows


def _headings(sheet: Sheet) -> dict[int, str]:
    """Name each column by its position: as the codebook does, or by its own heading.

    Columns without a heading hold nothing that anything reads, and are left out.
    """
    codes = {
        folded(text): column.code
        for column in codebook().tables[ALLOCATION].columns
        for text in column.headings
    }
    named = {
        position: codes.get(folded(heading), heading)
        for position, heading in enumerate(sheet.headings)
        if heading
    }
    for name in named.values():
        if list(named.values()).count(name) > 1:
            raise CampaignError("file.column_twice", file=sheet.file, column=name)
    return named


def _keys(row: dict[str, str]) -> tuple[object, ...]:
    """Give the year and indicator of a row, nothing where one cannot be read: such a row stays."""
    columns = map(codebook().tables[ALLOCATION].column, _ROW_KEY)
    with suppress(UnreadableError):
        return tuple(reader_of(one, [row[one.code]])(row[one.code]) for one in columns)
    return ()


def as_table(shared: Sequence[SharedTarget]) -> Table:
    """Lay shared targets out: a line per indicator and village, and a sum line per indicator."""
    quarters = " ".join(dict.fromkeys(one.quarter for one in shared))
    return Table(
        aloud("command.allocate.title", quarters=quarters),
        (
            Column(aloud("command.allocate.indicator")),
            Column(aloud("command.allocate.code")),
            Column(aloud("command.allocate.name")),
            Column(aloud("command.allocate.denominator"), RIGHT),
            Column(aloud("command.allocate.share"), RIGHT),
            Column(aloud("command.allocate.computed"), RIGHT),
            Column(aloud("command.allocate.allocated"), RIGHT),
        ),
        tuple(row for one in shared for row in _rows(one)),
        note="\n".join(note for one in shared for note in _notes(one)),
        empty=aloud("command.allocate.empty"),
    )


def _rows(one: SharedTarget) -> list[tuple[str, ...]]:
    rows = [
        (one.indicator, code, name, *_figures(one, *figures))
        for code, name, *figures in one.villages.itertuples(index=False)
    ]
    total = one.villages[["denominator", "computed", "count"]].sum()
    return [*rows, (one.indicator, "", aloud("command.allocate.sum"), *_figures(one, *total))]


def _figures(one: SharedTarget, base: int, computed: int, count: int) -> tuple[str, ...]:
    share = _written(hundredths(int(base), one.denominator)) if one.denominator else MISSING
    return (str(base), share, str(computed), str(count))


def _written(percent: int) -> str:
    return Words(LANGUAGES[0]).percent(Decimal(printed(percent)))


def _notes(one: SharedTarget) -> list[str]:
    label = aloud(f"indicators.{one.indicator}.label")
    notes = [f"{one.indicator}: {label}: {_written(one.target)}"]
    if outside := one.outside_villages:
        notes.append("  " + aloud("command.allocate.outside", count=one.count, outside=outside))
    if one.fixed is not None:
        notes.append("  " + aloud("command.allocate.fixed"))
    if one.why_not:
        why = Message.of(of_allocation(f"{one.quarter} {one.indicator}", one.why_not))
        notes.append("  " + aloud("command.allocate.not_used", why=why))
    return notes
