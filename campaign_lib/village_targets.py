"""Who carries how much of each target: the allocation table, and fixing it in raw/allocation.csv.

The counts are those that verdicts use (data contract, section 1): the commune's target count,
shared out over the villages by the quarter's denominators. A commune that fixes them once, early in
the year, is judged by the same counts until its end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from campaign_lib.allocation import allocate
from campaign_lib.codebook import codebook, folded
from campaign_lib.display import RIGHT, Column, Table
from campaign_lib.errors import CampaignError
from campaign_lib.indicator import Share
from campaign_lib.indicators import ALL, find
from campaign_lib.intake.sources import Sheet, read_sheet, tables_in
from campaign_lib.intake.values import UnreadableError, is_unknown, reader_of, shown
from campaign_lib.percent import ALL_OF_THEM, hundredths, least_count, printed
from campaign_lib.processed import Processed
from campaign_lib.quarters import Quarter
from campaign_lib.steps import COMMUNE
from campaign_lib.whole_files import write_csv
from campaign_lib.words import LANGUAGES, MISSING, Words

#: The table's name in the codebook, and the stem of its file.
ALLOCATION = "allocation"
#: Indicators that villages can carry a part of, in the order of the plan.
SHAREABLE = tuple(indicator.id for indicator in ALL if isinstance(indicator, Share))
_ROW_KEY = ("year", "indicator")


@dataclass(frozen=True)
class SharedTarget:
    """One indicator's target over the villages in one quarter.

    `target` is in hundredths of a percent; `villages` has the columns village, name, denominator,
    count; `denominator` and `count` are the commune's.
    """

    quarter: str
    indicator: str
    target: int
    villages: pd.DataFrame
    denominator: int
    count: int

    @property
    def can_be_fixed(self) -> bool:
        """Whether there is anything to fix: with 100 % each village's count is its own base."""
        return self.target != ALL_OF_THEM and self.count > 0

    @property
    def outside_villages(self) -> int:
        """How many of the commune's count no village carries: units that belong to no village."""
        return self.count - int(self.villages["count"].sum())


def first_quarter(processed: Processed) -> str:
    """Give the first quarter of the latest year that has both a plan and results.

    Raises:
        CampaignError: no quarter that was built has a plan.
    """
    planned = set(processed.table("plans")["year"])
    years = [Quarter.parse(code).year for code in processed.quarters]
    latest = max((year for year in years if year in planned), default=None)
    if latest is None:
        raise CampaignError(
            f"No plan for any of {', '.join(processed.quarters)}: put one in raw/plans, "
            "such as 2024.toml."
        )
    return processed.quarters[years.index(latest)]


def shared_targets(
    processed: Processed, quarter: str, indicator: str | None = None
) -> tuple[SharedTarget, ...]:
    """Share the plan's targets out over the villages, by the denominators of a quarter.

    Args:
        processed: what was built.
        quarter: one that it has.
        indicator: one only; or all that have a target.

    Raises:
        CampaignError: the indicator is not known, is not shared out, or has no target that year.
    """
    plan = processed.table("targets")
    targets = plan[plan["year"] == Quarter.parse(quarter).year].set_index("indicator")["at_least"]
    wanted = [name for name in SHAREABLE if name in targets.index]
    if indicator is not None:
        find(indicator)
        if indicator not in wanted:
            raise CampaignError(
                f"{indicator} has no target that villages share in {quarter}; "
                f"those that have are {', '.join(wanted) or 'none'}."
            )
        wanted = [indicator]
    lines = processed.results[processed.results["quarter"] == quarter]
    return tuple(
        _shared(processed, quarter, name, int(targets[name]), lines[lines["indicator"] == name])
        for name in wanted
    )


def _shared(
    processed: Processed, quarter: str, indicator: str, target: int, lines: pd.DataFrame
) -> SharedTarget:
    bases = lines.set_index("place")["denominator"].astype("int64")
    commune = int(bases[COMMUNE])
    counts = allocate(target, bases.drop(COMMUNE), commune=commune)
    villages = pd.DataFrame(
        {
            "village": counts.index,
            "name": [processed.villages[code] for code in counts.index],
            "denominator": bases[counts.index].to_numpy(),
            "count": counts.to_numpy(),
        }
    )
    count = int(least_count(target, commune))
    return SharedTarget(quarter, indicator, target, villages, commune, count)


def fixed_already(processed: Processed, shared: Sequence[SharedTarget]) -> list[str]:
    """Name the indicators whose counts the commune has fixed: verdicts go by those."""
    fixed = processed.table(ALLOCATION)
    pairs = set(zip(fixed["year"], fixed["indicator"], strict=True))
    return [
        one.indicator
        for one in shared
        if one.can_be_fixed and (Quarter.parse(one.quarter).year, one.indicator) in pairs
    ]


def as_table(shared: Sequence[SharedTarget]) -> Table:
    """Lay shared targets out: a line per indicator and village, and a sum line per indicator."""
    quarters = " ".join(dict.fromkeys(one.quarter for one in shared))
    return Table(
        f"Phân bổ chỉ tiêu về các thôn · Targets shared out over the villages, {quarters}",
        (
            Column("Chỉ tiêu · Indicator"),
            Column("Mã · Code"),
            Column("Thôn · Village"),
            Column("Mẫu số · Denominator", RIGHT),
            Column("Phần của xã · Share", RIGHT),
            Column("Giao · Count", RIGHT),
        ),
        tuple(row for one in shared for row in _rows(one)),
        note="\n".join(note for one in shared for note in _notes(one)),
        empty="Không có chỉ tiêu nào để phân bổ · No target to share out",
    )


def _rows(one: SharedTarget) -> list[tuple[str, ...]]:
    rows = [
        (one.indicator, code, name, str(base), _percent_of(base, one.denominator), str(count))
        for code, name, base, count in one.villages.itertuples(index=False)
    ]
    carried = one.villages[["denominator", "count"]].sum()
    share = _percent_of(int(carried["denominator"]), one.denominator)
    total = (str(carried["denominator"]), share, str(carried["count"]))
    return [*rows, (one.indicator, "", "Cộng · Sum", *total)]


def _percent_of(part: int, whole: int) -> str:
    return _written(hundredths(part, whole)) if whole else MISSING


def _written(percent: int) -> str:
    return Words(LANGUAGES[0]).percent(Decimal(printed(percent)))


def _notes(one: SharedTarget) -> list[str]:
    answers = codebook().tables[ALLOCATION].column("indicator").answers
    label = next(answer for answer in answers if answer.code == one.indicator)
    notes = [f"{one.indicator}: {label.vi} · {label.en}: {_written(one.target)}"]
    if one.outside_villages:
        notes.append(
            f"  Xã phải đạt · The commune needs {one.count}: "
            f"{one.outside_villages} không thuộc thôn nào · belong to no village"
        )
    return notes


def fix(raw: Path, shared: Iterable[SharedTarget]) -> Path | None:
    """Fix shared targets in `raw/allocation.csv`; rows of other years and indicators stay.

    Those of 100 % are left out, and those without a count: there is nothing to fix.

    Returns:
        The file, or None where nothing was to be written.

    Raises:
        CampaignError: the table is there as XLSX, cannot be read, or cannot be replaced.
    """
    fixed = [one for one in shared if one.can_be_fixed]
    if not fixed:
        return None
    path = tables_in(raw).get(ALLOCATION, raw / f"{ALLOCATION}.csv")
    if path.suffix.casefold() != ".csv":
        raise CampaignError(
            f"{path} fixes the allocation already: change it in Excel, or take it away "
            f"and run this again to have {ALLOCATION}.csv."
        )
    rows = [
        {"year": str(Quarter.parse(one.quarter).year), "indicator": one.indicator,
         "village": code, "count": str(count)}
        for one in fixed
        for code, count in zip(one.villages["village"], one.villages["count"], strict=True)
    ]  # fmt: skip
    replaced = {(int(row["year"]), row["indicator"]) for row in rows}
    headings, kept = _other_rows(path, replaced)
    table = pd.DataFrame([*kept, *rows], columns=list(headings), dtype="str").fillna("")
    write_csv(path, table.rename(columns=headings))
    return path


def _other_rows(
    path: Path, replaced: set[tuple[int, str]]
) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Read what stays of a file: its headings by column, and its rows as they are written."""
    columns = codebook().tables[ALLOCATION].columns
    if not path.exists():
        return {column.code: column.code for column in columns}, []
    sheet = read_sheet(path, path.name)
    headings = _headings(sheet)
    missing = [column.code for column in columns if column.code not in headings.values()]
    if missing:
        raise CampaignError(f"{path}: the column {missing[0]} is missing; it is required.")
    texts = {
        code: [
            shown(sheet.columns[position].distinct[cell]) for cell in sheet.columns[position].codes
        ]
        for position, code in headings.items()
    }
    rows = [dict(zip(texts, cells, strict=True)) for cells in zip(*texts.values(), strict=True)]
    written = {code: sheet.headings[position] for position, code in headings.items()}
    return written, [row for row in rows if _keys(row) not in replaced]


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
            raise CampaignError(
                f"{sheet.file}: the column {name} stands twice; keep the right one."
            )
    return named


def _keys(row: dict[str, str]) -> tuple[object, ...]:
    """Give the year and indicator of a row, missing where it cannot be read: such a row stays."""
    keys: list[object] = []
    for name in _ROW_KEY:
        column = codebook().tables[ALLOCATION].column(name)
        try:
            cell = row[name]
            keys.append(None if is_unknown(cell) else reader_of(column, [cell])(cell))
        except UnreadableError:
            keys.append(None)
    return tuple(keys)
