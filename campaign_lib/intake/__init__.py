"""Reads a folder of raw files into checked tables, and lists what was wrong with them.

The rules are section 2 of the data contract; what the tables hold is the codebook. In come files as
offices have them; out go a `Campaign` (checked tables, plans, communes) and its problems.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import Table, codebook
from campaign_lib.codebook.problems import (
    ABOUT,
    file_problem,
    in_order,
    no_problems,
    sentence,
)
from campaign_lib.errors import CampaignError
from campaign_lib.intake import keys
from campaign_lib.intake.cells import Sheet
from campaign_lib.intake.communes import (
    DAYS,
    Belonging,
    communes_of,
    judge_communes,
    listed_communes,
    plans_to_ask,
    rows_of,
)
from campaign_lib.intake.corrections import CORRECTIONS, Amendments
from campaign_lib.intake.drafts import Draft, empty_table
from campaign_lib.intake.inspections import answers_of, doubt_days, read_findings
from campaign_lib.intake.keys import (
    judge_days,
    judge_duplicates,
    judge_stays,
    judge_surveys,
    pieces,
    villages_of_files,
)
from campaign_lib.intake.plans import read_plan_files
from campaign_lib.intake.sources import (
    Together,
    is_repeat,
    look_over,
    other_tables_in,
    read_table,
    tables_in,
)
from campaign_lib.intake.sources.folder import (
    INSPECTIONS,
    SURVEY,
    digest_of,
    no_files_in,
    no_plans_in,
    raw_files,
    second_choices_in,
    survey_files,
)
from campaign_lib.intake.values import Known
from campaign_lib.plan import Plan, plan_of
from campaign_lib.plan.communes import ONLY, Commune, spans_of
from campaign_lib.plan.files import ByYear, share_plans
from campaign_lib.words.progress import READING, Listener, Step, nobody
from campaign_lib.words.spelling import in_alphabet

PLANS = "plans"
IGNORED = "file ignored"
_KINDS = sentence("file.strange_kind")
_NO_FILE = sentence("file.no_file")
PASSED_OVER = "file passed over"
_REPEAT = sentence("file.repeat")
#: Tables that others refer to; they are read first, in this order.
_FIRST = ("communes", "villages", "households")
#: Where files are, and what they are called.
Files = Sequence[tuple[Path, str]]


@dataclass(frozen=True)
class Campaign:
    """The checked tables of a campaign.

    `tables` holds every table of the codebook, with all its columns and `source_file`,
    `source_sheet`, `source_row` of each row; `surveyed` says which questions each quarter's survey
    has; `problems` and `files` are the lines of problems.csv and files.csv. `hashes` has the
    SHA-256 of every table and plan of the folder by its path there: of a file that was read, that
    of the bytes that were read, so that no later edit passes for them.

    `plans` are what is asked of all `communes` together, and `own_plans` what is asked of each, by
    its key.
    """

    tables: Mapping[str, pd.DataFrame]
    plans: Mapping[int, Plan]
    surveyed: Mapping[str, frozenset[str]]
    problems: pd.DataFrame
    files: pd.DataFrame
    communes: tuple[Commune, ...]
    own_plans: Mapping[str, ByYear]
    hashes: Mapping[str, str]

    def of_each(self) -> "dict[str, Campaign]":
        """Give the campaign of each commune that has a quarter, by its key, as if read alone.

        A commune into which another one has come is from then on another campaign (`spans_of`).
        """
        spans = {
            name: span
            for one in self.communes
            for name, span in spans_of(one, self.communes).items()
        }
        parts = {name: self._of(span) for name, span in spans.items()}
        return {name: part for name, part in parts.items() if part.own_quarters}

    @property
    def own_quarters(self) -> tuple[str, ...]:
        """The quarters that are spoken for, in order.

        A commune into which others came also has those before, as it would have been then.
        """
        parsed = map(Quarter.parse, sorted(self.surveyed))
        return tuple(
            str(quarter)
            for quarter in parsed
            if any(one.has_quarter(quarter, self.calendar(quarter)) for one in self.communes)
        )

    def _of(self, commune: Commune) -> "Campaign":
        if commune.key == ONLY:
            return self
        known = replace(commune, valid_from=None) if commune.heir_of else commune
        surveyed = {
            code: columns
            for code, columns in self.surveyed.items()
            if known.has_quarter(quarter := Quarter.parse(code), self.calendar(quarter))
        }
        tables = rows_of(self.tables, commune, self.communes)
        survey = tables[SURVEY]
        tables[SURVEY] = survey[survey["quarter"].isin(surveyed)].reset_index(drop=True)
        # What is wrong with another commune's village or household is nothing to this one.
        village, household = (self.problems[name] for name in ABOUT)
        here = village.isin(tables["villages"]["village"]) | ((village == "") & (household == ""))
        here |= household.isin(tables["households"]["household"])
        plans = self.own_plans[commune.key]
        return replace(
            self,
            tables=tables,
            plans=plans,
            surveyed=surveyed,
            problems=self.problems[here].reset_index(drop=True),
            communes=(replace(commune, key=ONLY),),
            own_plans={ONLY: plans},
        )

    def calendar(self, quarter: Quarter) -> str:
        """Say by which calendar a quarter has its days: all plans of a year agree on it."""
        return plan_of(self.plans, quarter.year).calendar


def read_campaign(
    raw: Path, today: date, tell: Listener = nobody, *, without_survey: bool = False
) -> Campaign:
    """Read and check every raw file.

    Args:
        raw: the folder `data/raw`.
        today: the day up to which survey dates are believed.
        tell: hears of each file before it is read.
        without_survey: whether register and plan are read alone where there is no survey yet.

    Raises:
        CampaignError: it cannot go on: a folder, a required file or column is missing, a file
            cannot be read as what it says it is, or a plan is broken.
    """
    return _Reading(raw, today, tell).campaign(without_survey=without_survey)


@dataclass(frozen=True)
class Homes:
    """Who lives where, as far as a form needs it: read without any survey.

    `villages` and `stays` (the table `households`) are checked tables, `spellings` say which
    village a name stands for (None where more than one has it), `refused` is how many of their rows
    cannot be read, `surveyed` the quarters that have a survey, and `communes` those of `Campaign`.
    """

    villages: pd.DataFrame
    stays: pd.DataFrame
    spellings: Known
    plans: Mapping[int, Plan]
    surveyed: tuple[Quarter, ...]
    refused: int
    communes: tuple[Commune, ...]


def read_homes(raw: Path, today: date) -> Homes:
    """Read the villages and their households alone.

    Args:
        raw: the folder `data/raw`.
        today: as in `read_campaign`.

    Raises:
        CampaignError: as `read_campaign` does, but no survey need be there.
    """
    return _Reading(raw, today, nobody).homes()


class _Reading:
    """One reading of a folder: what has been read so far."""

    def __init__(self, raw: Path, today: date, tell: Listener) -> None:
        self.raw, self.today, self.tell = raw, today, tell
        look_over(raw)
        self.found = raw_files(raw)  # before any is read: a file that comes later is for the next
        self.together = Together()
        by_quarter = (survey_files(raw, name).by_quarter for name in (SURVEY, INSPECTIONS))
        many = sum(len(files) for found in by_quarter for files in found.values())
        self.of = len([*raw.glob("*.*")]) + many
        self.plan_files = read_plan_files(raw / PLANS)
        self.communes: tuple[Commune, ...] = ()
        self.plans: ByYear = {}
        self.own_plans: Mapping[str, ByYear] = {}
        self.known: dict[str, Known] = {
            "task": keys.itself(task.id for plan in self.plan_files for task in plan.tasks),
            "question": keys.questions(),
        }
        self.tables: dict[str, pd.DataFrame] = {}
        self.problems: list[pd.DataFrame] = [no_problems()]
        self.files: list[dict[str, object]] = []
        self.amendments = Amendments(Draft(codebook().tables[CORRECTIONS], [], {}))

    def campaign(self, *, without_survey: bool) -> Campaign:
        """Read villages and households, then whatever refers to them."""
        files = tables_in(self.raw)
        book = codebook().tables
        self.read_corrections(files.pop(CORRECTIONS, None))
        others = [name for name in book if name not in (*_FIRST, SURVEY, CORRECTIONS)]
        for name in (*_FIRST, *others):
            self.read_table(book[name], files.pop(name, None))
        for start in ("", f"{SURVEY}/", f"{INSPECTIONS}/"):
            folder = self.raw / start
            self.ignore(other_tables_in(folder), _KINDS, start)
            self.ignore(second_choices_in(folder), sentence("file.second_choice"), start)
        self.ignore(no_files_in(self.raw), _NO_FILE)
        self.ignore(no_plans_in(self.raw / PLANS), sentence("file.strange_plan"), f"{PLANS}/")
        known = ", ".join(sorted(set(book) - {SURVEY}))
        self.ignore(files.values(), sentence("file.strange_file", known=known))
        surveyed = self.read_surveys(without_survey=without_survey)
        years = {Quarter.parse(quarter).year for quarter in surveyed}
        self.problems.append(plans_to_ask(self.plan_files, self.communes, years))
        self.finish_corrections()
        for plan in self.plan_files:
            self.files.append({"file": f"{PLANS}/{plan.file}", "sha256": plan.sha256})
        self.files.sort(key=lambda about: in_alphabet(str(about["file"])))
        lines = pd.DataFrame(self.files)
        counts = lines.columns.drop(["file", "sha256"])
        lines[counts] = lines[counts].fillna(0).astype("int64")  # a plan has no rows
        return Campaign(
            tables=self.tables,
            plans=self.plans,
            surveyed=surveyed,
            problems=in_order(*self.problems),
            files=lines,
            communes=self.communes,
            own_plans=self.own_plans,
            hashes=self.hashes(),
        )

    def hashes(self) -> dict[str, str]:
        """Give the hash of what was read of each file; of what nothing reads, as it lies there."""
        read = {str(about["file"]): str(about["sha256"]) for about in self.files}
        unread = {name: path for name, path in self.found.items() if name not in read}
        return read | {name: digest_of(path) for name, path in unread.items() if path.is_file()}

    def homes(self) -> Homes:
        """Read villages and households."""
        files = tables_in(self.raw)
        self.read_corrections(files.get(CORRECTIONS))
        for name in _FIRST:
            self.read_table(codebook().tables[name], files.get(name))
        return Homes(
            villages=self.tables["villages"],
            stays=self.tables["households"],
            spellings=self.known["village"],
            plans=self.plans,
            surveyed=tuple(survey_files(self.raw).by_quarter),
            refused=sum(int(str(file["rows_refused"])) for file in self.files),
            communes=self.communes,
        )

    def read_table(self, table: Table, path: Path | None) -> None:
        """Read the file of a table, or take an empty one where an optional file is missing."""
        files = [] if path is None else [(path, path.name)]
        more = self.read_visits() if table.name == INSPECTIONS else []
        if not files and not more:
            if table.required:
                raise CampaignError(
                    "folder.no_table", table=table.name, name=table.vi, folder=self.raw
                )
            self.tables[table.name] = empty_table(table)
            return
        draft = self.draft(table, files, more=more)
        if table.name == INSPECTIONS:
            read_findings(draft)
            doubt_days(draft, self.plans, self.today)
        if table.name == "villages":
            keys.refuse_commune(draft)
            self.communes = communes_of(draft, listed_communes(self.tables["communes"]))
        if table.name == "extra_tasks":
            keys.refuse_planned(draft, self.known["task"])
        several = len(self.communes) > 1 and table.name in DAYS
        if several:
            self.belonging().settle(draft)
        judge_duplicates(draft, whose=["commune"] if several else [])
        if table.name == "communes":
            judge_communes(draft)
        if table.name == "households":
            judge_stays(draft)
        if table.name == "villages":
            self.known["village"] = keys.villages(draft)
            shared = share_plans(self.plan_files, self.communes)
            self.plans, self.own_plans = shared.whole, shared.own
        self.tables[table.name] = self.finish(draft)
        if table.name == "extra_tasks":
            extra = keys.itself(self.tables[table.name]["task"])
            self.known["task"] = {**self.known["task"], **extra}
        if table.name == "households":
            homes = self.tables["households"]["household"].unique()
            self.known["household"] = keys.as_listed(homes.tolist())

    def belonging(self) -> Belonging:
        """Say what is known of the communes when rows are read that may be a commune's own."""
        villages = self.tables["villages"]
        keys = map(pieces, villages["commune"])
        tasks: dict[str, list[str]] = {}
        for key, plans in self.own_plans.items():
            for task in {task.id for plan in plans.values() for task in plan.tasks}:
                tasks.setdefault(task, []).append(key)
        if (extra := self.tables.get("extra_tasks")) is not None:
            for task, key in zip(extra["task"], extra["commune"], strict=True):
                tasks.setdefault(task, []).append(key)
        of_each = dict(zip(villages["village"], keys, strict=True))
        return Belonging(self.communes, of_each, tasks, self.plans)

    def read_corrections(self, path: Path | None) -> None:
        """Read what is to be changed in the other files, before any of them."""
        if path is not None:
            draft = self.draft(codebook().tables[CORRECTIONS], [(path, path.name)])
            self.amendments = Amendments(draft)

    def finish_corrections(self) -> None:
        """Note which corrections were of no use, once every file has been read."""
        self.amendments.refuse_others()
        self.tables[CORRECTIONS] = self.finish(self.amendments.draft)

    def read_surveys(self, *, without_survey: bool) -> dict[str, frozenset[str]]:
        """Read the survey of every quarter that has one; says which questions each has."""
        by_quarter = self.files_of(SURVEY)
        if not by_quarter and without_survey:
            self.tables[SURVEY] = empty_table(codebook().tables[SURVEY]).assign(quarter="")
            return {}
        if not by_quarter:
            raise CampaignError("folder.no_survey", folder=self.raw / SURVEY)
        surveyed, tables, stays = {}, [], self.tables["households"]
        for quarter, files in by_quarter.items():
            draft = self.draft(codebook().tables[SURVEY], files, str(quarter))
            draft.village_of = villages_of_files(draft.frame, stays)
            calendar = plan_of(self.plans, quarter.year).calendar
            judge_days(draft, stays, quarter, calendar, self.today)
            judge_surveys(draft, stays)
            tables.append(self.finish(draft))
            of_quarter = pd.Series(str(quarter), index=tables[-1].index, dtype="str")
            tables[-1].insert(0, "quarter", of_quarter)
            surveyed[str(quarter)] = draft.present & {one.code for one in draft.table.questions}
        self.tables[SURVEY] = pd.concat(tables, ignore_index=True)
        return surveyed

    def files_of(self, folder: str) -> Mapping[Quarter, Files]:
        """Give the files of a folder that has them by quarter; the others are listed."""
        there = survey_files(self.raw, folder)
        self.ignore(there.unread, _KINDS)
        self.ignore(there.no_files, _NO_FILE)
        self.ignore(there.strange, sentence("file.strange_survey"))
        return there.by_quarter

    def read_visits(self) -> list[Sheet]:
        """Read the filled workbooks of visits, laid out as the table of these."""
        form, found = codebook().inspection_form, self.files_of(INSPECTIONS)
        return [
            answers_of(sheet, str(quarter))
            for quarter, files in found.items()
            for sheet in self.sheets(form, files, str(quarter))
        ]

    def draft(
        self, table: Table, files: Files, quarter: str = "", more: Iterable[Sheet] = ()
    ) -> Draft:
        """Make the draft of a table from its files, and from `more` that was read before."""
        sheets = [*self.sheets(table, files, quarter), *more]
        draft = Draft(table, self.amendments.amended(table, sheets), self.known, quarter)
        self.amendments.tell(draft)
        return draft

    def sheets(self, table: Table, files: Files, quarter: str = "") -> list[Sheet]:
        """Read all files of a table; a survey's sheet may be called after its quarter."""
        sheets = []
        self.together.begin_table()
        for done, (path, file) in enumerate(files, len(self.files)):
            self.tell(Step(READING, done, self.of, file))
            own = self.of_file(path, file, table, quarter)
            repeats = [one for one in own if is_repeat(one, table)]
            self.problems += [
                file_problem(file, _REPEAT, PASSED_OVER, sheet=one.name) for one in repeats
            ]
            sheets += own[len(repeats) :]
        return sheets

    def of_file(self, path: Path, file: str, table: Table, quarter: str) -> list[Sheet]:
        """Read one file; of one that is no form among forms it is said that it may go."""
        try:
            return read_table(path, file, table, [quarter], self.together)
        except CampaignError as error:
            folder = file.rpartition("/")[0]
            if "/" not in folder:
                raise
            raise CampaignError("file.stray", sentence=error, folder=folder) from error

    def finish(self, draft: Draft) -> pd.DataFrame:
        """Note the problems and tallies of a table's files; gives the rows that are kept."""
        # What is wrong with a day or a household is so for each answer of its row.
        self.problems.append(draft.problems().drop_duplicates())
        self.files += draft.tallies()
        return draft.kept()

    def ignore(self, files: Iterable[str | Path], why: str, start: str = "") -> None:
        """List files that nothing reads, so that a misspelt name is seen."""
        names = (file.name if isinstance(file, Path) else file for file in files)
        self.problems += [file_problem(f"{start}{name}", why, IGNORED) for name in names]
