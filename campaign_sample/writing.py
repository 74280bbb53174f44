"""Writes a made-up campaign into a folder, and never over anything else."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.base.whole_files import write_text, write_whole
from campaign_lib.errors import CampaignError
from campaign_lib.plan.files import read_plan_files
from campaign_sample.activities import activity_table, model_table
from campaign_sample.communes import commune_table, plan_for_all, put_together
from campaign_sample.followup import funding_table, inspection_rows, progress_table
from campaign_sample.history import History, past_plan_text, past_quarters, settled
from campaign_sample.households import household_table, make_register
from campaign_sample.notice import FILE as NOTICE
from campaign_sample.notice import notice_text
from campaign_sample.plans import plan_file, plan_text
from campaign_sample.poverty import make_years, poverty_table
from campaign_sample.scope import Injury, Scope, Table
from campaign_sample.survey import BY_HAND, survey_file, survey_tables
from campaign_sample.villages import make_villages, village_plan_table, village_table

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
#: What a raw folder's data look like; anything else in it is none of our business.
_DATA = frozenset({".csv", ".xlsx", ".toml"})


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
    asked = Scope.of(villages, households, tuple(quarters), seed, years_before, communes)
    make_sample(folder, asked)


def make_sample(folder: Path, scope: Scope) -> tuple[Injury, ...]:
    """Do what `write_sample` says, and list what is odd in the sample, as its notice does."""
    raw = folder / "raw"
    _refuse_what_is_not_ours(raw, scope)
    plans = {year: past_plan_text(scope, year) for year in scope.past}
    for year, text in {**plans, **{year: plan_text(year) for year in scope.years}}.items():
        write_text(raw / plan_file(year), plan_for_all(text) if scope.communes > 1 else text)
    injuries: list[Injury] = []
    for table in _tables(scope) if scope.communes == 1 else _tables_of_several(scope):
        _write_table(raw, table)
        injuries += table.injuries
    by_hand = survey_file(scope.quarters[BY_HAND]) if len(scope.quarters) > BY_HAND else ""
    write_text(raw / NOTICE, notice_text(scope, injuries, by_hand))
    return tuple(injuries)


def _tables(scope: Scope) -> Iterator[Table]:
    """Make one table after the other, so that a large campaign never is in memory as a whole."""
    villages = make_villages(scope)
    register = make_register(scope, villages)
    if scope.past:
        register = settled(scope, register)
    years = make_years(scope, villages, register)
    history = History(scope, villages, register, years)
    yield village_table(villages)
    yield history.added_to(village_plan_table(scope, villages))
    yield history.added_to(household_table(scope, villages, register))
    yield history.added_to(poverty_table(scope, register, years))
    yield from history.surveys()
    inspections = []
    for quarter, answers, table in survey_tables(scope, register, years):
        inspections.append(inspection_rows(scope, quarter, answers))
        yield table
    yield history.added_to(activity_table(scope, villages))
    yield history.added_to(model_table(scope, villages))
    yield history.added_to(funding_table(scope, villages))
    yield history.added_to(progress_table(scope))
    yield Table("inspections.csv", pd.concat(inspections, ignore_index=True))


def _tables_of_several(scope: Scope) -> Iterator[Table]:
    """Make each table of all communes at a time; each commune is drawn from a seed of its own."""
    yield commune_table(scope)
    apart = [_tables(replace(scope, seed=scope.seed + at)) for at in range(scope.communes)]
    yield from map(put_together, zip(*apart, strict=True))


def _write_table(raw: Path, table: Table) -> None:
    def write(part: Path) -> None:
        table.cells.to_csv(part, index=False, lineterminator="\n", encoding="utf-8")

    write_whole(raw / table.file, write)


def _refuse_what_is_not_ours(raw: Path, scope: Scope) -> None:
    """Let nothing real be overwritten, and no leftover of another campaign mix with this one."""
    found = sorted(
        path.relative_to(raw).as_posix()
        for path in raw.rglob("*")
        if path.suffix.lower() in _DATA and path.is_file()
    )
    if not found:
        return
    plans = read_plan_files(raw / "plans")
    real = [f"plans/{plan.file}" for plan in plans if not plan.illustrative]
    if real or not plans:
        which = f"{real[0]} does not say" if real else "it has no plan that says"
        raise CampaignError(
            f"{raw} holds a campaign that may be real ({which} illustrative = true): "
            "choose another folder for the sample."
        )
    ours = {f"{name}.csv" for name in (*TABLES, *(["communes"] if scope.communes > 1 else []))}
    quarters = (*past_quarters(scope).values(), *scope.quarters)
    ours |= {survey_file(quarter) for quarter in quarters}
    ours |= {plan_file(year) for year in (*scope.past, *scope.years)}
    for other in found:
        if other not in ours:
            raise CampaignError(
                f"{raw / other} is not part of this sample and would mix with it: "
                "remove it, or choose another folder."
            )
