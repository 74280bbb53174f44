"""Reads a folder of raw files into checked tables, and lists what was wrong with them.

The rules are section 2 of the data contract; what the tables hold is the codebook.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from campaign_lib.codebook import Table, codebook
from campaign_lib.errors import CampaignError
from campaign_lib.intake import references
from campaign_lib.intake.drafts import Draft, empty_table
from campaign_lib.intake.findings import read_findings
from campaign_lib.intake.keys import judge_duplicates, judge_stays
from campaign_lib.intake.sources import other_tables_in, read_sheet, tables_in
from campaign_lib.intake.surveys import judge_days
from campaign_lib.intake.values import Known
from campaign_lib.plan import Plan, plan_of, read_plans
from campaign_lib.problems import file_problem, in_order, no_problems
from campaign_lib.progress import READING, Listener, Step, nobody
from campaign_lib.quarters import Quarter

SURVEY = "survey"
PLANS = "plans"
IGNORED = "file ignored"
#: Tables that others refer to; they are read first, in this order.
_FIRST = ("villages", "households")


@dataclass(frozen=True)
class Campaign:
    """The checked tables of a campaign.

    `tables` holds every table of the codebook, with all its columns and `source_file`,
    `source_sheet`, `source_row` of each row; `surveyed` says which questions each quarter's survey
    has; `problems` and `files` are the lines of problems.csv and files.csv.
    """

    tables: Mapping[str, pd.DataFrame]
    plans: Mapping[int, Plan]
    surveyed: Mapping[str, frozenset[str]]
    problems: pd.DataFrame
    files: pd.DataFrame


def read_campaign(raw: Path, today: date, tell: Listener = nobody) -> Campaign:
    """Read and check every raw file.

    Args:
        raw: the folder `data/raw`.
        today: the day up to which survey dates are believed.
        tell: hears of each file before it is read.

    Raises:
        CampaignError: it cannot go on: a folder, a required file or column is missing, a file
            cannot be read as what it says it is, or a plan is broken.
    """
    _need_folder(raw)
    return _Reading(raw, today, tell).campaign()


@dataclass(frozen=True)
class Homes:
    """Who lives where, as far as a form needs it: read without any survey.

    `villages` and `stays` (the table `households`) are checked tables, `spellings` say which
    village a name stands for (None where more than one has it), `refused` is how many of their rows
    cannot be read, and `surveyed` the quarters that have a survey, in their order.
    """

    villages: pd.DataFrame
    stays: pd.DataFrame
    spellings: Known
    plans: Mapping[int, Plan]
    surveyed: tuple[Quarter, ...]
    refused: int


def read_homes(raw: Path, today: date) -> Homes:
    """Read the villages and their households alone.

    Args:
        raw: the folder `data/raw`.
        today: as in `read_campaign`.

    Raises:
        CampaignError: as `read_campaign` does, but no survey need be there.
    """
    _need_folder(raw)
    return _Reading(raw, today, nobody).homes()


def _need_folder(raw: Path) -> None:
    if not raw.is_dir():
        raise CampaignError(f"{raw}: there is no such folder; --data names the folder above raw/.")


class _Reading:
    """One reading of a folder: what has been read so far."""

    def __init__(self, raw: Path, today: date, tell: Listener) -> None:
        self.raw, self.today, self.tell = raw, today, tell
        self.of = sum(len([*folder.glob("*.*")]) for folder in (raw, raw / SURVEY))
        self.plans = read_plans(raw / PLANS)
        self.known: dict[str, Known] = {
            "task": references.itself(
                task.id for plan in self.plans.values() for task in plan.tasks
            ),
            "question": references.questions(),
        }
        self.tables: dict[str, pd.DataFrame] = {}
        self.problems: list[pd.DataFrame] = [no_problems()]
        self.files: list[dict[str, object]] = []

    def campaign(self) -> Campaign:
        """Read villages and households, then whatever refers to them."""
        files = tables_in(self.raw)
        book = codebook().tables
        others = [name for name in book if name not in (*_FIRST, SURVEY)]
        for name in (*_FIRST, *others):
            self.read_table(book[name], files.pop(name, None))
        kinds = "only CSV and XLSX are; save it as one of them"
        self.ignore(other_tables_in(self.raw), "", kinds)
        self.ignore(other_tables_in(self.raw / SURVEY), f"{SURVEY}/", kinds)
        self.ignore(
            files.values(), "", f"known tables are {', '.join(sorted(set(book) - {SURVEY}))}"
        )
        surveyed = self.read_surveys()
        for path in sorted((self.raw / PLANS).glob("*.toml")):
            self.files.append(_uncounted(path, f"{PLANS}/{path.name}"))
        files_read = pd.DataFrame(self.files).sort_values("file", ignore_index=True)
        return Campaign(self.tables, self.plans, surveyed, in_order(*self.problems), files_read)

    def homes(self) -> Homes:
        """Read villages and households."""
        files = tables_in(self.raw)
        for name in _FIRST:
            self.read_table(codebook().tables[name], files.get(name))
        folder = self.raw / SURVEY
        names = [path.stem for path in folder.iterdir()] if folder.is_dir() else []
        surveyed = {quarter for quarter in map(_quarter, names) if quarter is not None}
        return Homes(
            villages=self.tables["villages"],
            stays=self.tables["households"],
            spellings=self.known["village"],
            plans=self.plans,
            surveyed=tuple(sorted(surveyed)),
            refused=sum(int(str(file["rows_refused"])) for file in self.files),
        )

    def read_table(self, table: Table, path: Path | None) -> None:
        """Read the file of a table, or take an empty one where an optional file is missing."""
        if path is None:
            if table.required:
                raise CampaignError(
                    f"{table.name}.csv ({table.vi}) is missing in {self.raw}; "
                    "every campaign needs it."
                )
            self.tables[table.name] = empty_table(table)
            return
        draft = self.draft(table, path, path.name)
        if table.name == "inspections":
            read_findings(draft)
        if table.name == "villages":
            references.refuse_commune(draft)
        judge_duplicates(draft)
        if table.name == "households":
            judge_stays(draft)
        if table.name == "villages":
            self.known["village"] = references.villages(draft)
        self.tables[table.name] = self.finish(draft)
        if table.name == "households":
            self.known["household"] = references.itself(self.tables["households"]["household"])

    def read_surveys(self) -> dict[str, frozenset[str]]:
        """Read the survey of every quarter that has one; says which questions each has."""
        files = tables_in(self.raw / SURVEY)
        named = {name: _quarter(name) for name in files}
        strange = [path for name, path in files.items() if named[name] is None]
        self.ignore(strange, f"{SURVEY}/", "a survey is named after its quarter, such as 2024Q3")
        quarters = {quarter: files[name] for name, quarter in named.items() if quarter is not None}
        if not quarters:
            raise CampaignError(
                f"{self.raw / SURVEY}: no survey is there; put one there, such as 2024Q3.csv."
            )
        surveyed, tables = {}, []
        for quarter, path in sorted(quarters.items()):
            draft = self.draft(codebook().tables[SURVEY], path, f"{SURVEY}/{path.name}")
            calendar = plan_of(self.plans, quarter.year).calendar
            judge_days(draft, self.tables["households"], quarter, calendar, self.today)
            judge_duplicates(draft)
            kept = self.finish(draft)
            kept.insert(0, "quarter", pd.Series(str(quarter), index=kept.index, dtype="str"))
            asked = {column.code for column in draft.table.questions}
            surveyed[str(quarter)] = draft.present & asked
            tables.append(kept)
        self.tables[SURVEY] = pd.concat(tables, ignore_index=True)
        return surveyed

    def draft(self, table: Table, path: Path, file: str) -> Draft:
        self.tell(Step(READING, len(self.files), self.of, file))
        return Draft(table, read_sheet(path, file), self.known)

    def finish(self, draft: Draft) -> pd.DataFrame:
        """Note a file's problems and tally; gives the rows that are kept."""
        self.problems.append(draft.problems())
        self.files.append(draft.tally())
        return draft.kept()

    def ignore(self, files: Iterable[Path], folder: str, why: str) -> None:
        """List files that nothing reads, so that a misspelt name is seen."""
        for path in files:
            self.problems.append(file_problem(f"{folder}{path.name}", f"not read: {why}", IGNORED))


def _quarter(name: str) -> Quarter | None:
    try:
        return Quarter.parse(name)
    except CampaignError:
        return None


def _uncounted(path: Path, file: str) -> dict[str, object]:
    """Give the line of files.csv of a file without rows."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    counts = dict.fromkeys(("rows_read", "rows_kept", "rows_refused", "rows_superseded"), 0)
    return {"file": file, "sha256": digest, **counts}
