"""Writes a made-up campaign into a folder, and never over anything else."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from campaign_lib.base.files import write_text
from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.intake.plans import read_plan_files
from campaign_lib.plan import NEW_STANDARD_SINCE, standard_on
from campaign_lib.plan.usual import SECTIONS
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
    agency_plan_table,
    custom_table,
    extra_task_table,
    funding_table,
    inspection_rows,
    model_table,
    people_table,
    progress_table,
    remark_table,
    support_rows,
    task_id,
    village_plan_table,
)
from campaign_sample.scope import (
    LAST_OF_THE_OLDER,
    WORDS,
    YEARS,
    Injury,
    Scope,
    Table,
    filled_in,
    past_baseline,
)
from campaign_sample.survey import BY_HAND, DEPRIVATIONS, survey_file, survey_tables

# What goes with a sample in words: the plan of each year, and the page that says what is odd.
#
# The sample's own years have the targets and the tasks of the plan of 2024, fitted to the year,
# since the sample has to have some; the years before have others, lower ones. The page says that
# all is made up, and of the years before what is missing and what breaks. The words stand in
# words.toml.


def plan_text(year: int, back: int = 0) -> str:
    """Write a plan as TOML (contract, section 3); of a year that lies `back` years before.

    A year of the sample itself (`back` is 0) has a plan after that of 2024.
    """
    told, words = YEARS[str(back)], WORDS["plan"]["before" if back else "own"]
    baseline = past_baseline(year) if back else date(year - 1, 12, 31)
    measured_by = f"poverty_standard = {_quoted(standard_on(date(year, 1, 1)))}"
    head = WORDS["plan"]["head"].format(
        year=year,
        baseline=baseline.isoformat(),
        about=words["about"],
        standard=f"{measured_by:<42}# {WORDS['plan']['standard']}\n",
        mean=told["mean"],
        goods=told["goods"],
        formula=f"{_quoted(told['formula']):<13}",
        letter=words["letter"].format(basis=words["basis"].get(str(year), "")),
    )
    parts = [head]
    for indicator, target in told["targets"].items():
        note = words["note"] if back else words["notes"][indicator]
        bounds = target if isinstance(target, dict) else {"at_least": target}
        lines = _lines({**bounds, "section": SECTIONS[indicator]})
        parts.append(f"\n[targets.{indicator}]  # {note}\n{lines}")
    parts.append(words["tasks"])
    filled = filled_in(year)
    for quarter, tasks in told["tasks"].items():
        for number, task in enumerate(tasks, 1):
            said = {name: task[name].format(**filled) for name in ("owner", "section", "vi", "en")}
            named = {"id": task_id(year, quarter, number), "quarter": quarter, **said}
            parts.append(f"\n[[tasks]]\n{_lines(named)}")
    return "".join(parts)


def _lines(values: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_quoted(value)}\n" for key, value in values.items())


def _quoted(value: str | int) -> str:
    """Write a TOML string or whole number (JSON's escapes are TOML's)."""
    return json.dumps(value, ensure_ascii=False)


SAID, SAID_BEFORE = WORDS["notice"], WORDS["notice"]["before"]


def notice_text(scope: Scope, injuries: Sequence[Injury]) -> str:
    """Write the page for a sample."""
    by_hand = {"by_hand_vi": "", "by_hand_en": ""}
    if len(scope.quarters) > BY_HAND:  # one survey is written as on paper
        file = survey_file(scope.quarters[BY_HAND])
        by_hand = {name: SAID[name].format(file=file) for name in by_hand}
    size = SAID["communes" if scope.communes > 1 else "size"].format(scope=scope)
    past = SAID["past"].format(first=scope.past[0], last=scope.past[-1]) if scope.past else ""
    head: str = SAID["head"].format(
        size=size,
        quarters=f"{scope.quarters[0]}–{scope.quarters[-1]}",
        seed=scope.seed,
        past=past,
        past_notes=_past_notes(scope) if scope.past else "",
        **by_hand,
    )
    return head + "".join(map(_line, injuries))


def _line(injury: Injury) -> str:
    """Write one row of the table."""
    rows = ", ".join(map(str, injury.rows)) or "–"
    value = f"`{injury.value}`" if injury.value else ""
    return (
        f"| {injury.file} | {rows} | `{injury.column}` | {value} "
        f"| {injury.vi} {injury.en} | {injury.action} |\n"
    )


def _past_notes(scope: Scope) -> str:
    """Write the part of the page on the years before."""
    text: str = SAID_BEFORE["head"]
    if scope.past[0] < NEW_STANDARD_SINCE.year <= scope.past[-1]:
        text += SAID_BEFORE["standard"].format(last=LAST_OF_THE_OLDER, first=NEW_STANDARD_SINCE)
    return text + "".join(_lacking(scope, quarter) for quarter in scope.past_quarters("survey"))


def _lacking(scope: Scope, quarter: Quarter) -> str:
    """Say what a year's survey did not ask, where nobody asked, and which quarters have no rows."""
    survey = scope.told(quarter.year, "survey")
    names = [f"`{name}`" for name in survey["not_asked"]]
    if survey.get("no_deprivations"):
        names.append(f"{len(DEPRIVATIONS)} × `dep_…`")
    text: str = SAID_BEFORE["lacking"].format(file=survey_file(quarter), names=", ".join(names))
    if count := survey["no_enumerator"]:
        text += SAID_BEFORE["no_enumerator"].format(count=count)
    for table, told in (("funding", "funding"), ("task_progress", "progress")):
        quarters = scope.told(quarter.year, told)["quarters"]
        only = ", ".join(f"Q{number}" for number in quarters)
        said = SAID_BEFORE["only" if quarters else "no_row"] if len(quarters) < 4 else ""
        text += said.format(table=table, quarters=only)
    return text


# Several made-up communes in one folder: each made as if it were alone, under codes of its own.

#: The columns that hold ids, which several communes would share.
_IDS = ("village", "household", "activity", "model", "copied_from")
#: The tables in which rows without a village have to name their commune.
_WITH_COMMUNE = (
    *("villages.csv", "activities.csv", "models.csv"),
    *("funding.csv", "extra_tasks.csv", "task_progress.csv", "agency_plans.csv", "remarks.csv"),
)


def put_together(tables: Sequence[Table]) -> Table:
    """Put one file of all communes together, the first commune's rows first."""
    cells, injuries, above = [], [], 0
    for at, table in enumerate(tables, 1):
        cells.append(_own(table, f"X{at}"))
        injuries += [
            replace(
                one,
                rows=tuple(row + above for row in one.rows),
                value=f"X{at}{one.value}" if one.column in _IDS else one.value,
            )
            for one in table.injuries
        ]
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
    "extra_tasks",
    "task_progress",
    "agency_plans",
    "people",
    "customs",
    "support",
    "remarks",
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
    told of, too: fewer rows, older plans. Several communes have so many villages each, share the
    households, and have one plan. An older sample is overwritten, file by file, plans
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
    inspections, support = [], []
    for quarter, answers, table in survey_tables(register, everyone, {**past, **years}):
        inspections.append(inspection_rows(scope, quarter, answers))
        support.append(support_rows(scope, quarter, answers))
        yield table
    yield activity_table(scope, villages)
    yield model_table(scope, villages)
    yield funding_table(scope, villages)
    yield extra_task_table(scope)
    yield progress_table(scope)
    yield agency_plan_table(scope)
    yield people_table(scope, villages)
    yield custom_table(scope, villages)
    yield Table("support.csv", pd.concat(support))
    yield remark_table(scope)
    yield Table("inspections.csv", pd.concat(inspections))


def _tables_of_several(scope: Scope) -> Iterator[Table]:
    """Make each table of all communes at a time; each commune is drawn from a seed of its own."""
    numbers = range(1, scope.communes + 1)
    names = {"commune": [f"X{at}" for at in numbers], "name": [f"Mẫu {at}" for at in numbers]}
    yield Table("communes.csv", pd.DataFrame(names))
    # As even as can be, and all of them together.
    sizes = [(scope.households + at) // scope.communes for at in range(scope.communes)]
    each = [
        _tables(replace(scope, seed=scope.seed + at, households=size))
        for at, size in enumerate(sizes)
    ]
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
    ours |= {survey_file(one) for one in (*scope.past_quarters("survey"), *scope.quarters)}
    ours |= {f"plans/{year}.toml" for year in (*scope.past, *scope.years)}
    for other in found:
        if other not in ours:
            raise CampaignError("sample.mixed", file=raw / other)
