"""Where a campaign stands, and what to do next: at every stage, from the empty folder on.

In come a data folder, a folder of reports and the day; out goes a `Standing`, which the command and
the desk's page show. Nothing is built for it: what is built already is asked where it is of today,
else the raw files are read. What cannot be read is no end of it, but what is to be mended next.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

import pandas as pd

from campaign_lib.analysis.quality.checks import before_survey
from campaign_lib.base.editions import INTERNAL
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import Table, codebook
from campaign_lib.codebook.problems import DONE, ERROR, WARNING, no_problems, severities
from campaign_lib.errors import CampaignError, reason
from campaign_lib.indicators.register import Register
from campaign_lib.intake import PLANS, Campaign, read_campaign
from campaign_lib.intake.keys import GRACE
from campaign_lib.intake.plans import read_plan_file
from campaign_lib.intake.problem_list import counted, kinds_of
from campaign_lib.intake.sources import grids_in, look_over, raw_hashes, read_table, tables_in
from campaign_lib.intake.sources.folder import SURVEY, survey_files
from campaign_lib.intake.sources.layout import first_row, most_like_headings, places
from campaign_lib.office.forms.questionnaire import quarter_now
from campaign_lib.pipeline.build import made_from
from campaign_lib.pipeline.reports.index import State, state_of
from campaign_lib.pipeline.reports.planned import Planner, listed_in
from campaign_lib.pipeline.reports.report import CHANGES, Manifest, folder_of, state_folder
from campaign_lib.plan import PARAMETERS, Plan, PlanError, plan_of
from campaign_lib.plan.files import agreeing, plan_paths
from campaign_lib.store.processed import HEIR_OF, MANIFEST, Processed
from campaign_lib.store.snapshots import Locks
from campaign_lib.words import LANGUAGES, Words
from campaign_lib.words.console import to_copy

#: Without its rows nobody is in the base of most targets, though a reader can do without it.
STATUS = "poverty_status"
#: What a campaign begins with, in order.
FIRST = ("villages", "households", STATUS)
#: A file looks like a table when it names so many of its columns.
_LIKE = 2
#: So many kinds of problems, and so many villages, are told of.
_KINDS, _VILLAGES = 3, 12
#: What a command leaves out, since it is so by itself.
_DATA, _REPORTS = Path("data"), Path("reports")

_Read = TypeVar("_Read")


@dataclass(frozen=True)
class Held:
    """A table of the codebook with its file in `raw`, "" where there is none, and its rows."""

    table: Table
    file: str = ""
    rows: int = 0


@dataclass(frozen=True)
class VillageForms:
    """The forms of a village: how many households are to have one, how many do, how many late."""

    village: str
    name: str
    due: int
    there: int
    late: int


@dataclass(frozen=True)
class Next:
    """What to do next: a text below `standing.next` with its values, and a command to copy."""

    key: str
    command: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """What is known of a campaign; nothing of it is in any language yet.

    Attributes:
        data: the folder, as it was given.
        commune: what the newest plan calls it, one that cannot be read too; "" where none does.
        tables: every table but the survey, in the codebook's order.
        alike: files that are no table's, each with the table that it looks like.
        quarter: the one that is worked on.
        plan: that of its year; None where there is none.
        forms: by village, of that quarter.
        is_past: whether that quarter is over.
        is_checked: whether what is built was made from the files that are there.
        problems: what is open, with the columns of a campaign's problems.
        pages: of each quarter, how many reports there are in each state.
        locked: the quarters that were sent.
        troubles: what cannot be read at all.
        plan_troubles: those of them that are of plans.
        next: what to do.
    """

    data: Path
    commune: str
    tables: tuple[Held, ...]
    alike: tuple[tuple[Path, str], ...]
    quarter: Quarter
    plan: Plan | None
    forms: tuple[VillageForms, ...]
    is_past: bool
    is_checked: bool
    problems: pd.DataFrame = field(compare=False)
    pages: Mapping[str, Mapping[State, int]]
    locked: tuple[str, ...]
    troubles: tuple[CampaignError, ...]
    plan_troubles: tuple[CampaignError, ...]
    next: Next

    @property
    def lacking(self) -> tuple[str, ...]:
        """The parameters that the plan leaves open."""
        return self.plan.lacking if self.plan else ()


def standing_of(data: Path, reports: Path, today: date) -> Standing:
    """Look at a campaign.

    Args:
        data: the folder that holds `raw`, or shall.
        reports: the folder of reports.
        today: the day.

    Returns:
        What is known; what cannot be read is in `troubles`.
    """
    look = _Look(data, reports, today)
    plans, quarter = look.plans, look.quarter
    todo = _Todo(look).next  # it asks for everything, so that all troubles are known
    return Standing(
        data=data,
        commune=look.commune or (plans[max(plans)].commune if plans else ""),
        tables=look.tables,
        alike=look.alike,
        quarter=quarter,
        plan=plans.get(quarter.year),
        forms=look.forms,
        is_past=today > quarter.last_day(look.calendar(quarter)),
        is_checked=look.is_checked,
        problems=look.problems,
        pages=look.pages,
        locked=look.locked,
        troubles=(*look.troubles,),
        plan_troubles=look.plan_troubles,
        next=todo,
    )


class _Look:
    """One look at the folders; what is wrong in one place does not keep it from the others."""

    def __init__(self, data: Path, reports: Path, today: date) -> None:
        self.data, self.reports, self.today = data, reports, today
        self.raw, self.processed = data / "raw", data / "processed"
        self.troubles: list[CampaignError] = []
        self.plan_troubles: tuple[CampaignError, ...] = ()
        self.commune = ""

    def tried(self, read: Callable[[], _Read]) -> _Read | None:
        """Read something; what keeps it from being read is told once, and nothing is given."""
        found: Sequence[CampaignError] = ()
        try:
            return read()
        except PlanError as error:
            found, self.commune = error.each, error.commune
        except CampaignError as error:
            found = (error,)
        except OSError as error:
            found = (CampaignError("file.system", file=error.filename, detail=reason(error)),)
        told = {*map(str, self.troubles)}
        self.troubles += [trouble for trouble in found if str(trouble) not in told]
        return None

    @cached_property
    def is_begun(self) -> bool:
        """Whether anything lies in `raw`."""
        return self.raw.is_dir() and any(
            path.is_file() and not path.name.startswith(".") for path in self.raw.rglob("*")
        )

    @cached_property
    def files(self) -> Mapping[str, Path]:
        """The tables in `raw` by name; others among them, which nothing reads."""

        def listed() -> dict[str, Path]:
            look_over(self.raw)
            return tables_in(self.raw)

        return (self.tried(listed) if self.is_begun else None) or {}

    @cached_property
    def plans(self) -> Mapping[int, Plan]:
        """A plan of each year that has one which can be read; what is wrong with the others."""
        before = len(self.troubles)
        paths = self.tried(lambda: plan_paths(self.raw / PLANS)) or []
        read = (self.tried(partial(read_plan_file, path)) for path in paths)
        found = [plan for plan in read if plan]
        self.tried(lambda: agreeing(found))
        self.plan_troubles = (*self.troubles[before:],)
        return {plan.year: plan for plan in reversed(found)}

    @cached_property
    def built(self) -> Processed | None:
        """What is built, if it was made from the files, code and locks that are there."""
        last = self._last
        if not last or any(last.get(name) != made for name, made in self._now.items()):
            return None
        return Processed(self.processed)

    @cached_property
    def _last(self) -> Mapping[str, object]:
        try:
            content = json.loads((self.processed / MANIFEST).read_bytes())
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    @cached_property
    def _now(self) -> Mapping[str, object]:
        """What a build would be made from, but for the day."""
        made = self.tried(lambda: made_from(self.data, raw_hashes(self.raw), self.today)) or {}
        return {name: what for name, what in made.items() if name != "today"}

    @property
    def is_checked(self) -> bool:
        """Whether the problems of what is there have been found."""
        return self.built is not None

    @cached_property
    def read(self) -> Campaign | Processed | None:
        """The checked tables: built today, or read now; None where they cannot be."""
        if self.built and self._last.get("today") == self.today.isoformat():
            return self.built
        needed = {name for name, table in codebook().tables.items() if table.required} - {SURVEY}
        if not needed <= self.files.keys():
            return None
        return self.tried(lambda: read_campaign(self.raw, self.today, without_survey=True))

    def table(self, name: str) -> pd.DataFrame:
        """Give a checked table."""
        assert self.read is not None
        return self.read.tables[name] if isinstance(self.read, Campaign) else self.read.table(name)

    @cached_property
    def tables(self) -> tuple[Held, ...]:
        """Every table but the survey, with its rows as they were read."""
        read = self.read
        listed = read.files if isinstance(read, Campaign) else read.table("files") if read else None
        rows = {} if listed is None else dict(zip(listed["file"], listed["rows_read"], strict=True))

        def held(table: Table) -> Held:
            path = self.files.get(table.name)
            if path is None:
                return Held(table)
            if path.name in rows:
                return Held(table, path.name, int(rows[path.name]))
            sheets = self.tried(lambda: read_table(path, path.name, table)) or []
            return Held(table, path.name, sum(len(sheet.rows) for sheet in sheets))

        return tuple(map(held, (one for one in codebook().tables.values() if one.name != SURVEY)))

    @cached_property
    def alike(self) -> tuple[tuple[Path, str], ...]:
        """Files beside the tables that look like one of them."""
        strange = [path for name, path in self.files.items() if name not in codebook().tables]
        return tuple((path, name) for path in strange if (name := looks_like(path)))

    @cached_property
    def surveyed(self) -> Sequence[Quarter]:
        """The quarters that have a survey."""
        return self.tried(lambda: (*survey_files(self.raw).by_quarter,)) or ()

    @cached_property
    def locked(self) -> tuple[str, ...]:
        """The quarters that were sent."""
        return self.tried(lambda: (*Locks(self.data).hashes(),)) or ()

    @cached_property
    def quarter(self) -> Quarter:
        """The newest quarter with a survey; the one after it when that was sent and this began.

        Without any, the one of today; or the one before as long as its forms are still taken.
        """
        if not self.surveyed:
            now = quarter_now(self.plans, self.today)
            before = now.previous()
            is_open = self.today <= before.last_day(self.calendar(before)) + GRACE
            return before if is_open and before.year in self.plans else now
        last = self.surveyed[-1]
        is_next = str(last) in self.locked and self.today >= last.next().first_day(
            self.calendar(last.next())
        )
        return last.next() if is_next else last

    def calendar(self, quarter: Quarter) -> str:
        """Say by which calendar a quarter has its days."""
        return plan_of(self.plans, quarter.year).calendar

    @cached_property
    def forms(self) -> tuple[VillageForms, ...]:
        """Count the forms of the quarter by village, as `check` counts them."""
        if self.read is None:
            return ()
        villages, survey = self.table("villages"), self.table(SURVEY)
        stays, statuses = self.table("households"), self.table(STATUS)
        last = pd.Timestamp(self.quarter.last_day(self.calendar(self.quarter)))
        register = Register(stays, statuses, tuple(villages["village"]))
        here = register.stays_on(last)
        here = here[here["lives_here"] & here["minority"].fillna(True).astype(bool)]
        own = survey[survey["quarter"].astype("str") == str(self.quarter)]
        said = own.set_index("household")["surveyed_on"].astype("datetime64[s]")
        on = said.reindex(here["household"]).set_axis(here.index)
        told = pd.DataFrame({"due": True, "there": on.notna(), "late": on > last})
        counts = told.groupby(here["village"].astype("str")).sum()
        counts = counts.reindex(villages["village"], fill_value=0).astype(int)
        rows = zip(villages["village"], villages["name"], counts.itertuples(), strict=True)
        return tuple(VillageForms(code, name, *own[1:]) for code, name, own in rows)

    @cached_property
    def problems(self) -> pd.DataFrame:
        """What is open in the files; those of a survey that was sent are past mending."""
        read = self.read
        if read is None:
            return no_problems()
        if isinstance(read, Campaign):
            found = read.problems if read.surveyed else before_survey(read)
        else:
            found = read.table("problems")
        sent = tuple(f"{SURVEY}/{quarter}{end}" for quarter in self.locked for end in "./")
        is_past = found["file"].map(lambda file: file.startswith(sent)).astype(bool)
        return found[~is_past & (severities(found) != DONE)]

    @cached_property
    def pages(self) -> Mapping[str, Mapping[State, int]]:
        """Count each quarter's reports by their state."""
        found: dict[str, Counter[State]] = {str(quarter): Counter() for quarter in self.surveyed}
        for own in self.built.parts.values() if self.built else ():
            for quarter, state in states_in(own, self.reports):
                found[quarter][state] += 1
        if self.built is None:  # whatever is there was made from something else
            for target in Manifest.read(self.reports).made.keys() - {CHANGES}:
                found.setdefault(target.partition("/")[0], Counter())["stale"] += 1
        return found


def states_in(own: Processed, reports: Path) -> Iterator[tuple[str, State]]:
    """Give quarter and state of every page that a commune shall have, in the language it has."""
    folder = folder_of(reports, INTERNAL, own.commune)
    manifest = Manifest.read(folder, state_folder(reports, INTERNAL, own.commune))
    spoken = Counter(one.parameters.get("language") for one in manifest.made.values())
    words = Words(next((one for one, _ in spoken.most_common() if one), LANGUAGES[0]))
    listed = listed_in(reports, own.manifest.get(HEIR_OF, ()))
    planner = Planner(own, words, listed=listed)
    planned = planner.all(lambda page: (folder / page.target).is_file())
    for page, report in planned.items():
        yield page.quarter, state_of(report, manifest)


def looks_like(path: Path) -> str:
    """Name the table that a file looks like by its headings; "" where it is like none."""
    try:
        grids = [grid for grid in grids_in(path) if grid.filled.any()]
    except CampaignError:
        return ""
    tables = codebook().tables.values()
    firsts = [first_row(grid).names for grid in grids]
    scores = {one.name: max((len(places(one, own)) for own in firsts), default=0) for one in tables}
    if max(scores.values()) < _LIKE:  # headings below a title: far more rows to look at
        for one in tables:
            names = [most_like_headings(grid, one).names for grid in grids]
            scores[one.name] = max((len(places(one, own)) for own in names), default=0)
    best = max(scores, key=lambda name: (scores[name], name in FIRST))
    return best if scores[best] >= _LIKE else ""


class _Todo:
    """Decides what comes next, in the order of a campaign's work."""

    def __init__(self, look: _Look) -> None:
        self._look = look

    @property
    def next(self) -> Next:
        """The first thing that is not done."""
        look = self._look
        if not look.is_begun:
            return self._do("init", ("init", str(look.data)))
        _ = look.tables, look.surveyed, look.locked, look.forms, look.pages
        if look.troubles:
            return self._do("mend", ("status",), sentence=look.troubles[0].message)
        return self._table() or self._plan() or self._survey() or self._sent()

    def _do(self, key: str, command: Sequence[str], **values: object) -> Next:
        return Next(key, self._command(command), values)

    def _command(self, words: Sequence[str]) -> str:
        """Write a command as it can be copied into this machine's shell."""
        look = self._look
        before = [] if look.data == _DATA else ["--data", str(look.data)]
        before += [] if look.reports == _REPORTS else ["--reports", str(look.reports)]
        return to_copy("campaign", *([] if words[0] == "init" else before), *words)

    def _table(self) -> Next | None:
        """What a campaign begins with, as far as it has no rows yet."""
        held = {one.table.name: one for one in self._look.tables}
        for name in FIRST:
            if held[name].rows:
                continue
            files = [path for path, table in self._look.alike if table == name]
            path = str(files[0]) if files else "FILE"
            command = ("import", path, "--as", name)
            key = "import_found" if files else "import"
            return self._do(key, command, table=name, **({"file": files[0].name} if files else {}))
        return None

    def _plan(self) -> Next | None:
        year = self._look.quarter.year
        plan = self._look.plans.get(year)
        if plan is None:
            return self._do("plan_missing", ("status",), year=year)
        if not plan.targets:
            return self._do("plan_empty", ("status",), year=year, file=plan.file)
        if plan.lacking and not self._look.surveyed:
            first = plan.lacking[0]  # a workbook has the labels alone
            name = PARAMETERS[first].vi if plan.file.endswith(".xlsx") else first
            return self._do("plan_lacks", ("status",), file=plan.file, name=name)
        return None

    def _survey(self) -> Next | None:
        """From the forms to reports that are as they should be."""
        look, quarter = self._look, str(self._look.quarter)
        if look.quarter not in look.surveyed:
            forms = look.data / "forms"
            if any(forms.rglob(f"{quarter}_*")):
                return self._do("collect", ("check",), quarter=quarter, folder=str(look.raw))
            return self._do("form", ("form", str(forms), "--quarter", quarter), quarter=quarter)
        if not look.is_checked:
            return self._do("check", ("check",), quarter=quarter)
        pages = look.pages.get(quarter, {})
        if pages and set(pages) == {"fresh"}:
            return None
        make = ("reports", "--quarter", quarter)
        errors = int((severities(look.problems) == ERROR).sum())
        if errors and not pages.get("fresh"):
            return self._do("mend_rows", ("check",), count=errors, otherwise=self._command(make))
        return self._do("reports", make, quarter=quarter)

    def _sent(self) -> Next:
        quarter = self._look.quarter
        if str(quarter) not in self._look.locked:
            return self._do("lock", ("lock", str(quarter)), quarter=str(quarter))
        first = quarter.next().first_day(self._look.calendar(quarter.next()))
        return self._do("wait", ("status",), quarter=str(quarter.next()), day=first)


# The same in words, for the terminal and the page.

#: How a part stands: nothing to do, something to do, something wrong, not begun.
Mark = str
DONE_MARK, TODO, WRONG, NOT_BEGUN = "done", "todo", "wrong", "none"


@dataclass(frozen=True)
class Part:
    """A part of the work: its name below `standing`, how it stands, and what there is to say."""

    name: str
    mark: Mark
    lines: tuple[str, ...]


def parts_of(standing: Standing, words: Words) -> tuple[Part, ...]:
    """Say how each part of the work stands, in the order of the work."""
    parts = (_tables, _plan, _forms, _problems, _reports)
    return tuple(one(standing, _Said(words)) for one in parts)


def next_in_words(standing: Standing, words: Words) -> str:
    """Say what to do next, in a sentence or two."""
    values = dict(standing.next.values)
    if "quarter" in values:
        values["in_words"] = words.quarter(values["quarter"])
    if "table" in values:
        values["table"] = getattr(codebook().tables[str(values["table"])], words.language)
    key = f"standing.next.{standing.next.key}"
    return words(key, **{name: values[name] for name in words.placeholders(key)})


def in_words(standing: Standing, words: Words) -> Iterator[str]:
    """Say all of it for a terminal, what to do next last."""
    yield words("standing.title", commune=standing.commune or "–", folder=str(standing.data))
    for part in parts_of(standing, words):
        title = words(f"standing.{part.name}.title")
        yield f"{words(f'standing.mark.{part.mark}')} {title}"
        yield from (f"    {line}" for line in part.lines)
    yield ""
    yield words("standing.next.title", what=next_in_words(standing, words))
    yield f"    {standing.next.command}"


class _Said:
    """Says texts of `standing`."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def __call__(self, key: str, **values: object) -> str:
        return self.words(f"standing.{key}", **values)

    def tables(self, held: Sequence[Held]) -> str:
        """List tables, those that have rows with how many."""
        language, number = self.words.language, self.words.number
        names = ((getattr(one.table, language), one.rows) for one in held)
        return ", ".join(f"{name} ({number(rows)})" if rows else name for name, rows in names)

    def quarter(self, code: str) -> str:
        """Name a quarter where a line begins."""
        name = self.words.quarter(code)
        return name[0].upper() + name[1:]


def _tables(standing: Standing, said: _Said) -> Part:
    """Say which tables are there, which lack, and what lies there under another name."""
    first = [one for one in standing.tables if one.table.name in FIRST]
    filled, needed = ([one for one in first if bool(one.rows) == has] for has in (True, False))
    others = [one for one in standing.tables if one not in first]
    more = sum(one.rows > 0 for one in others)
    lines = [said("tables.there", tables=said.tables(filled))] if filled else []
    lines += [said("tables.needed", tables=said.tables(needed))] if needed else []
    lines += [said("tables.others", count=more, empty=len(others) - more)] if filled else []
    for path, name in standing.alike:
        table = getattr(codebook().tables[name], said.words.language)
        lines.append(said("tables.alike", file=path.name, table=table))
    troubles = [one for one in standing.troubles if one not in standing.plan_troubles]
    lines += [trouble.said(said.words.language) for trouble in troubles]
    mark = TODO if filled else NOT_BEGUN
    mark = WRONG if troubles else DONE_MARK if not needed else mark
    return Part("tables", mark, tuple(lines))


def _plan(standing: Standing, said: _Said) -> Part:
    """Say what there is of the year's plan."""
    plan, year = standing.plan, standing.quarter.year
    if wrong := [one.said(said.words.language) for one in standing.plan_troubles]:
        return Part("plan", WRONG, (said("plan.unreadable"), *wrong))
    if plan is None:
        return Part("plan", NOT_BEGUN, (said("plan.missing", year=year),))
    lines = [said("plan.there", year=year, targets=len(plan.targets), tasks=len(plan.tasks))]
    names = [getattr(PARAMETERS[name], said.words.language) for name in standing.lacking]
    lines += [said("plan.lacks", names=said.words.listed(names))] if names else []
    return Part("plan", DONE_MARK if plan.targets and not names else TODO, tuple(lines))


def _forms(standing: Standing, said: _Said) -> Part:
    """Say how many households have a form, and which villages lack some or were late."""
    forms = [one for one in standing.forms if one.due]
    there, due = sum(one.there for one in forms), sum(one.due for one in forms)
    quarter = said.quarter(str(standing.quarter))
    if not due:
        return Part("forms", NOT_BEGUN, (said("forms.nobody"),))
    lines = [said("forms.all", quarter=quarter, there=there, due=due)]

    def named(key: str, villages: Sequence[str]) -> None:
        if villages:
            more = [f"+ {len(villages) - _VILLAGES}"] if len(villages) > _VILLAGES else []
            lines.append(said(f"forms.{key}", villages=", ".join([*villages[:_VILLAGES], *more])))

    if there:
        named("none", [one.name for one in forms if not one.there])
        some = [one for one in forms if 0 < one.there < one.due]
        named("some", [f"{one.name} {one.there}/{one.due}" for one in some])
    if standing.is_past and not there:
        lines.append(said("forms.past", days=GRACE.days))
    named("late", [f"{one.name} ({one.late})" for one in forms if one.late])
    mark = DONE_MARK if there == due else TODO if there else NOT_BEGUN
    return Part("forms", mark, tuple(lines))


def _problems(standing: Standing, said: _Said) -> Part:
    """Say what is open, the most frequent kinds first."""
    found = standing.problems
    if found.empty:
        is_read, is_there = standing.is_checked, any(one.rows for one in standing.tables)
        before = is_there and not standing.pages and not standing.troubles  # no survey yet
        key = "before" if before else "none" if is_read else "not_checked"
        mark = DONE_MARK if is_read or before else NOT_BEGUN
        return Part("problems", mark, (said(f"problems.{key}"),))
    kinds = kinds_of(found, [said.words.language])
    counts = severities(found).value_counts().reindex([ERROR, WARNING], fill_value=0)
    lines = [said("problems.all", counts=counted(counts, said.words))]
    ranked = kinds.sort_values(["rank", "lines"], ascending=[True, False], kind="stable")
    for one in ranked.head(_KINDS).to_dict("records"):
        lines.append(f"{one['file']}: {said.words.number(one['lines'])} × {one['kind']}")
    if len(ranked) > _KINDS:
        lines.append(said.words("check.more_kinds", count=len(ranked) - _KINDS))
    lines += [said("problems.old")] if standing.pages and not standing.is_checked else []
    return Part("problems", WRONG if counts[ERROR] else TODO, tuple(lines))


def _reports(standing: Standing, said: _Said) -> Part:
    """Say of each quarter how its reports stand, newest first, and whether it was sent."""
    lines, own = [], standing.pages.get(str(standing.quarter), {})
    for quarter in sorted({*standing.pages, *standing.locked}, reverse=True)[:4]:
        pages = standing.pages.get(quarter, {})
        states = [said(f"reports.{state}", count=pages[state]) for state in pages if pages[state]]
        states += [said("reports.locked")] if quarter in standing.locked else []
        what = ", ".join(states) or said("reports.none")
        lines.append(f"{said.quarter(quarter)}: {what}.")
    is_done = bool(own) and set(own) == {"fresh"}
    mark = DONE_MARK if is_done else TODO if own else NOT_BEGUN
    return Part("reports", mark, tuple(lines or [said("reports.none_at_all")]))
