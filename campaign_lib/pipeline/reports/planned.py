"""Which pages there shall be: a row for each, with what it is built from."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from campaign_lib.analysis.changes.lines import CODE, PLAN, lines_of
from campaign_lib.analysis.changes.sides import BEFORE, NOW, made_from, packed
from campaign_lib.base.editions import INTERNAL, Edition
from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.engine import find_notebook
from campaign_lib.pipeline.reports.report import (
    AUDIT,
    CHANGES,
    INDEX,
    VILLAGE,
    Report,
    commune_folder,
    report_hash,
    target_of,
    way_to,
)
from campaign_lib.store.as_of import AsOf
from campaign_lib.store.processed import HEIR_OF, Processed
from campaign_lib.store.slices import Fingerprints
from campaign_lib.store.snapshots import LAST
from campaign_lib.words import Words

COMMUNE_REPORT, EXPLAINED, WHAT_CHANGED = "commune_report", "targets_explained", "what_changed"
#: What may leave the office.
PUBLIC_PAGES = frozenset({VILLAGE, COMMUNE_REPORT, EXPLAINED})
#: The registers that an audit prints rows of, beside the answers.
_REGISTERS = (
    *("households", "poverty_status", "villages", "village_plans"),
    *("activities", "models", "allocation", "corrections"),
)
#: Read by pages that look further than a quarter and the one before it.
_BEYOND = (
    *_REGISTERS,
    *("funding", "inspections", "problems", "survey", "surveyed", "files"),
    *("plans", "targets", "tasks", "task_progress", "remarks"),
)
#: What the commune's report alone tells, as of its quarter's last day.
LEDGERS = ("agency_plans", "extra_tasks", "people", "customs", "support")
#: Read by the review of several years, which counts no files and lists no problems.
_REVIEWED = (
    *("households", "poverty_status", "villages", "village_plans", "funding", "inspections"),
    *("survey", "surveyed", "plans", "targets", "tasks", "task_progress", "revisions"),
    "remarks",  # its Word document, which follows it, has them
)
#: A review is of so many years before its own.
_YEARS_BACK = 3


@dataclass(frozen=True)
class Kind:
    """A kind of page about the whole commune.

    Attributes:
        notebook: its notebook.
        parameters: what that is run with, beside the language.
        due: whether a quarter has one, as every one has unless it says otherwise; it is told the
            first quarter of each year with results.
        tables: what it reads whole, beside its quarter and the one before.
        looks_far: whether it reads all quarters up to its own, as they were at its end.
    """

    notebook: str
    parameters: tuple[str, ...]
    due: Callable[[Quarter, Mapping[int, Quarter]], bool] = lambda quarter, first: True
    tables: tuple[str, ...] = ()
    looks_far: bool = False


#: In the order in which a quarter lists them. The plan says what is reported when (section III).
KINDS = (
    Kind(COMMUNE_REPORT, ("quarter",), tables=("inspections", *LEDGERS)),
    Kind(EXPLAINED, ("quarter",), tables=("plans", "targets")),
    Kind(
        "data_quality",
        ("quarter",),
        tables=("households", "poverty_status", "problems", "files"),
    ),
    Kind(
        "target_allocation",
        ("year",),
        due=lambda quarter, first: quarter == first[quarter.year],
        tables=("allocation",),
    ),
    Kind(
        "three_year_review",
        ("first_year", "last_year", "until"),
        due=lambda quarter, first: (
            quarter.number == 2 and any(0 < quarter.year - year <= _YEARS_BACK for year in first)
        ),
        tables=_REVIEWED,
        looks_far=True,
    ),
    # It reads its own quarter's answers; which questions others asked, `surveyed` says.
    Kind("inspection", ("quarter",), tables=tuple(sorted({*_BEYOND} - {"survey"}))),
    Kind(
        "annual_assessment",
        ("year",),
        due=lambda quarter, _: quarter.number == 4,
        tables=(*_BEYOND, "revisions"),
        looks_far=True,
    ),
)


@dataclass(frozen=True)
class Key:
    """What tells one page from all others: its notebook, its place, its quarter."""

    notebook: str
    place: str
    quarter: str

    @property
    def target(self) -> str:
        """The page, relative to the reports folder."""
        return target_of(self.notebook, self.place, self.quarter)


def listed_in(reports: Path, communes: Iterable[str]) -> set[str]:
    """Name the communes whose list of reports is there, below a folder of reports."""
    return {key for key in communes if (reports / commune_folder(key) / INDEX).is_file()}


class Planner:
    """Plans the pages of one campaign, in one language and edition."""

    def __init__(
        self,
        processed: Processed,
        words: Words,
        edition: Edition = INTERNAL,
        listed: Collection[str] = (),
    ) -> None:
        """Take what was built; `listed` are the communes whose list of reports can be led to."""
        self._processed, self._words, self._edition = processed, words, edition
        self._listed = listed
        self._prints = Fingerprints(processed)
        self._contents: dict[str, bytes] = {}

    def all(self, is_there: Callable[[Key], bool] = lambda key: True) -> dict[Key, Report]:
        """Give every page that there shall be, quarter by quarter, the commune's first.

        Args:
            is_there: whether a page can be led back to: it is there, or about to be made.
        """
        keys = [key for quarter in self._processed.own_quarters for key in self._keys(quarter)]
        if self._edition != INTERNAL:
            keys = [key for key in keys if key.notebook in PUBLIC_PAGES]
        known = frozenset(key.target for key in filter(is_there, keys))
        return {key: self._report(key, known) for key in keys}

    def _keys(self, quarter: str) -> Iterator[Key]:
        for kind in KINDS:
            if kind.due(Quarter.parse(quarter), self._first_quarters):
                yield Key(kind.notebook, COMMUNE, quarter)
        yield Key(AUDIT, COMMUNE, quarter)
        for notebook in (VILLAGE, AUDIT):
            for village in self._processed.villages:
                yield Key(notebook, village, quarter)

    @cached_property
    def _first_quarters(self) -> Mapping[int, Quarter]:
        """The first quarter of each year that has results; of a year of its own, of its own."""
        every, own = self._processed.quarters, self._processed.own_quarters
        quarters = map(Quarter.parse, (*reversed(every), *reversed(own)))
        return {quarter.year: quarter for quarter in quarters}

    def _report(self, key: Key, known: frozenset[str]) -> Report:
        parameters = self._parameters(key)
        built_from = self._built_from(key)
        figures, made_from = self._printed(key)
        crumbs = tuple(self._crumbs(key, known))
        return Report(
            notebook=find_notebook(key.notebook),
            parameters=parameters,
            target=key.target,
            title=self._title(key, parameters),
            hash=self._hash(
                key.notebook,
                {**parameters, **dict(crumbs)},
                " ".join(mark for mark, _ in built_from),
            ),
            rows=sum(rows for _, rows in built_from),
            crumbs=crumbs,
            figures=figures,
            made_from=made_from,
            processed=self._processed.folder,
        )

    def changes(self) -> Report | None:
        """Give the page of what changed since the build before; None where none is kept."""
        last = self._processed.folder / LAST
        if self._edition != INTERNAL or not last.is_file():
            return None
        parameters = {"before": BEFORE, "now": NOW, "language": self._words.language}
        results, rows = self._prints.table("results")
        return Report(
            notebook=find_notebook(WHAT_CHANGED),
            parameters=parameters,
            target=CHANGES,
            title=self._words(f"{WHAT_CHANGED}.title"),
            hash=self._hash(
                WHAT_CHANGED,
                parameters,
                f"{hashlib.sha256(last.read_bytes()).hexdigest()} {results}",
            ),
            rows=rows,
            processed=self._processed.folder,
            crumbs=((self._words("pages.crumbs.all_reports"), INDEX),),
        )

    def _printed(self, key: Key) -> tuple[dict[str, str], dict[str, str]]:
        """Give the figures that are a page's own, and what they were made from.

        In public only what is published; nothing that somebody could try out data by.
        """
        if key.notebook not in PUBLIC_PAGES - {EXPLAINED}:
            return {}, {}
        made = made_from(self._processed.manifest, Quarter.parse(key.quarter).year)
        if self._edition != INTERNAL:
            made = {kind: made[kind] for kind in (CODE, PLAN)}
        return self._figures.get((key.quarter, key.place), {}), made

    @cached_property
    def _figures(self) -> Mapping[tuple[str, str], dict[str, str]]:
        """Every figure of the edition as text, by quarter and place."""
        results = self._processed.results
        if self._edition != INTERNAL:
            public = self._processed.table("public_results")
            results = public.reindex(columns=results.columns).astype(results.dtypes)
        found: dict[tuple[str, str], dict[str, str]] = {}
        for figure, line in lines_of(results).items():
            found.setdefault((figure.quarter, figure.place), {})[str(figure)] = packed(line)
        return found

    def _parameters(self, key: Key) -> dict[str, str]:
        year = Quarter.parse(key.quarter).year
        before = [one for one in self._first_quarters if year - _YEARS_BACK <= one < year]
        values = {
            "place": key.place,
            "village": key.place,
            "quarter": key.quarter,
            "year": str(year),
            "first_year": str(min(before, default=year)),
            "last_year": str(max(before, default=year)),
            "until": key.quarter,
        }
        parameters = {name: values[name] for name in _NAMES[key.notebook]}
        parameters["language"] = self._words.language
        return parameters | ({"edition": self._edition} if key.notebook in PUBLIC_PAGES else {})

    def _title(self, key: Key, parameters: Mapping[str, str]) -> str:
        names = {COMMUNE: self._words("pages.whole_commune"), **self._processed.villages}
        values = {
            **parameters,
            "place": names[key.place],
            "quarter": self._words.quarter(key.quarter),
        }
        title = f"{key.notebook}.title"
        return self._words(
            title, **{name: values[name] for name in self._words.placeholders(title)}
        )

    def _built_from(self, key: Key) -> Sequence[tuple[str, int]]:
        """Give the fingerprints of what a page reads, and how many rows each is."""
        prints, quarters = self._prints, self._prints.quarters
        if key.notebook == VILLAGE:
            return [prints.slices[key.place, key.quarter]]
        if key.notebook == AUDIT and key.place != COMMUNE:
            own = (prints.slices[key.place, key.quarter], prints.traced[key.place, key.quarter])
            return [*own, *map(prints.table, _REGISTERS)]
        kind = _KINDS.get(key.notebook)
        if kind is not None and kind.looks_far:
            then = Fingerprints(AsOf(self._processed, key.quarter))
            tables = (then.table(name, traced=False) for name in kind.tables)
            return [*then.quarters.values(), *tables]
        before = [quarter for quarter in self._processed.quarters if quarter < key.quarter]
        read = [quarters[quarter] for quarter in (*before[-1:], key.quarter)]
        if key.notebook in (AUDIT, COMMUNE_REPORT):
            read.append(prints.notes(key.quarter, COMMUNE if key.notebook == AUDIT else ""))
        return [*read, *map(prints.table, kind.tables if kind else (*_REGISTERS, "inspections"))]

    def _crumbs(self, key: Key, known: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Lead to the list of all reports, to the commune's of the quarter, to the last quarter."""
        here = key.target
        yield self._words("pages.crumbs.all_reports"), way_to(INDEX, here)
        commune = Key(COMMUNE_REPORT, COMMUNE, key.quarter)
        if key.place != COMMUNE and key.notebook == AUDIT:
            name = self._processed.villages[key.place]
            yield name, way_to(Key(VILLAGE, key.place, key.quarter).target, here)
        if key == commune:
            for one, name in self._processed.manifest.get(HEIR_OF, {}).items():
                if one in self._listed:
                    page = f"../{commune_folder(one)}/{INDEX}"
                    yield (
                        self._words("pages.crumbs.commune_before", commune=name),
                        way_to(page, here),
                    )
        if key != commune and commune.target in known:
            yield self._words("pages.crumbs.commune"), way_to(commune.target, here)
        explained = Key(EXPLAINED, COMMUNE, key.quarter)
        if key != explained and explained.target in known:
            yield self._words("pages.crumbs.explained"), way_to(explained.target, here)
        before = Key(key.notebook, key.place, str(Quarter.parse(key.quarter).previous()))
        if before.target in known:
            quarter = self._words.quarter_short(before.quarter)
            yield self._words("pages.crumbs.before", quarter=quarter), way_to(before.target, here)

    def _hash(self, notebook: str, parameters: Mapping[str, str], slice_hash: str) -> str:
        if notebook not in self._contents:
            self._contents[notebook] = find_notebook(notebook).read_bytes()
        code, packages = (self._processed.manifest[name] for name in ("code_sha256", "packages"))
        return report_hash(self._contents[notebook], parameters, slice_hash, code, packages)


_KINDS: Mapping[str, Kind] = {kind.notebook: kind for kind in KINDS}
_NAMES: Mapping[str, tuple[str, ...]] = {
    VILLAGE: ("village", "quarter"),
    AUDIT: ("place", "quarter"),
    **{kind.notebook: kind.parameters for kind in KINDS},
}
