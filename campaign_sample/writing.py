"""Writes a made-up campaign into a folder, and never over anything else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from campaign_lib.base.files import write_text
from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.plan.files import read_plan_files
from campaign_sample.households import (
    household_table,
    make_register,
    make_villages,
    village_table,
    with_bygones,
)
from campaign_sample.poverty import make_past_years, make_years, poverty_table
from campaign_sample.records import (
    activity_table,
    funding_table,
    inspection_rows,
    model_table,
    progress_table,
    village_plan_table,
)
from campaign_sample.scope import Injury, Scope, Table
from campaign_sample.survey import survey_file, survey_tables
from campaign_sample.texts import notice_text, plan_text

# Several made-up communes in one folder: each made as if it were alone, under codes of its own.

#: The columns that hold ids, which several communes would share.
_IDS = ("village", "household", "activity", "model")
#: The tables in which rows without a village have to name their commune.
_WITH_COMMUNE = ("villages.csv", "activities.csv", "models.csv", "task_progress.csv")


def put_together(tables: Sequence[Table]) -> Table:
    """Put one file of all communes together, the first commune's rows first."""
    cells, injuries, above = [], [], 0
    for at, table in enumerate(tables, 1):
        cells.append(_own(table, f"X{at}"))
        for one in table.injuries:
            value = f"X{at}{one.value}" if one.column in _IDS else one.value
            rows = tuple(row + above for row in one.rows)
            injuries.append(replace(one, rows=rows, value=value))
        above += len(table.cells)
    return Table(tables[0].file, pd.concat(cells), injuries)


def _own(table: Table, key: str) -> pd.DataFrame:
    cells = table.cells.copy()
    for name in set(_IDS) & set(cells):
        cells[name] = [f"{key}{cell}" if cell else cell for cell in cells[name]]
    if table.file == "villages.csv":
        cells = cells.assign(name=[f"{name} ({key})" for name in cells["name"]], aliases="")
    return cells.assign(commune=key) if table.file in _WITH_COMMUNE else cells


#: The quarters of the sample that comes with the project: the year of the plan.
DEFAULT_QUARTERS = tuple(Quarter(2024, number) for number in (1, 2, 3, 4))
TABLES = (
    "villages",
    "village_plans",
    "households",
    "poverty_status",
    "activities",
    "models",
    "funding",
    "task_progress",
    "inspections",
)


def write_sample(
    folder: Path,
    villages: int = 8,
    households: int | None = None,
    quarters: tuple[Quarter, ...] = DEFAULT_QUARTERS,
    seed: int = 1,
    years_before: int = 0,
    communes: int = 1,
) -> None:
    """Write a made-up campaign as `folder`/raw, in the contract's format (sections 2 and 3).

    The same arguments give the same bytes on every machine. `households` is the total, 75 for
    each village if not given. `years_before` is how many years before the first quarter's are
    told of, too: fewer rows, older plans. Of several communes, each is as large as one is alone,
    and all have one plan. An older sample is overwritten, file by file, plans
    first.

    Raises:
        CampaignError: the size makes no sense (see `Scope.of`); raw/ holds a campaign that is not
            marked as made up, or data files that this sample would leave standing beside its own;
            a file cannot be written.
    """
    make_sample(
        folder, Scope.of(villages, households, tuple(quarters), seed, years_before, communes)
    )


def make_sample(folder: Path, scope: Scope) -> tuple[Injury, ...]:
    """Do what `write_sample` says, and list what is odd in the sample, as its notice does."""
    raw = folder / "raw"
    _refuse_what_is_not_ours(raw, scope)
    for year in (*scope.past, *scope.years):
        text = plan_text(year, max(0, scope.years[0] - year))
        if scope.communes > 1:  # a plan for all of them names none
            text = re.sub(r"^commune = .*\n", "", text, flags=re.MULTILINE)
        write_text(raw / f"plans/{year}.toml", text)
    injuries: list[Injury] = []
    for table in _tables(scope) if scope.communes == 1 else _tables_of_several(scope):
        write_text(raw / table.file, table.cells.to_csv(index=False, lineterminator="\n"))
        injuries += table.injuries
    write_text(raw / "README.md", notice_text(scope, injuries))
    return tuple(injuries)


def _tables(scope: Scope) -> Iterator[Table]:
    """Make one table after the other, so that a large campaign never is in memory as a whole."""
    villages = make_villages(scope)
    register = make_register(scope, villages)
    everyone = with_bygones(register)
    years = make_years(register)
    past = make_past_years(everyone, years)
    yield village_table(villages)
    yield village_plan_table(scope, villages)
    yield household_table(everyone)
    yield poverty_table(register, everyone, years, past)
    inspections = []
    for quarter, answers, table in survey_tables(register, everyone, {**past, **years}):
        inspections.append(inspection_rows(scope, quarter, answers))
        yield table
    yield activity_table(scope, villages)
    yield model_table(scope, villages)
    yield funding_table(scope, villages)
    yield progress_table(scope)
    yield Table("inspections.csv", pd.concat(inspections))


def _tables_of_several(scope: Scope) -> Iterator[Table]:
    """Make each table of all communes at a time; each commune is drawn from a seed of its own."""
    numbers = range(1, scope.communes + 1)
    names = {"commune": [f"X{at}" for at in numbers], "name": [f"Mẫu {at}" for at in numbers]}
    yield Table("communes.csv", pd.DataFrame(names))
    each = [_tables(replace(scope, seed=scope.seed + at)) for at in range(scope.communes)]
    yield from map(put_together, zip(*each, strict=True))


def _refuse_what_is_not_ours(raw: Path, scope: Scope) -> None:
    """Let nothing real be overwritten, and no leftover of another campaign mix with this one."""
    found = sorted(
        path.relative_to(raw).as_posix()
        for path in raw.rglob("*")
        # Anything else in a raw folder is none of our business.
        if path.suffix.lower() in {".csv", ".xlsx", ".toml"} and path.is_file()
    )
    if not found:
        return
    plans = read_plan_files(raw / "plans")
    real = [f"plans/{plan.file}" for plan in plans if not plan.illustrative]
    if real:
        raise CampaignError("sample.may_be_real", folder=raw, plan=real[0])
    if not plans:
        raise CampaignError("sample.without_plan", folder=raw)
    ours = {f"{name}.csv" for name in (*TABLES, *(["communes"] if scope.communes > 1 else []))}
    quarters = (*scope.past_quarters("survey"), *scope.quarters)
    ours |= {survey_file(quarter) for quarter in quarters}
    ours |= {f"plans/{year}.toml" for year in (*scope.past, *scope.years)}
    for other in found:
        if other not in ours:
            raise CampaignError("sample.mixed", file=raw / other)
