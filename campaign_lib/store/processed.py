"""What has been built, opened for reading: results, steps, panel, tables."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow import parquet

from campaign_lib.base.files import safe_name
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import folded
from campaign_lib.errors import CampaignError
from campaign_lib.indicators.indicator import Indicator, units_table
from campaign_lib.indicators.results import known_of, needed
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan.communes import ONLY, key_of
from campaign_lib.words.spelling import few_of, hint

MANIFEST = "manifest.json"
#: In the manifest of a part that was taken out: which file each table of the whole was read from.
READ_FROM = "read_from"
#: Where each commune of a folder of several has its own tables, and their names in the manifest.
COMMUNES = "communes"
#: In the manifest of a commune into which others came: which, since when, and which quarters it
#: speaks for; in those before, it is what they were together.
HEIR_OF, SINCE, OWN_QUARTERS = "heir_of", "since", "own_quarters"
#: In that of one that is none any more: in which one it goes on, and since when.
HEIR, HEIR_SINCE = "heir", "heir_since"
#: The files beside the folder of tables.
_OWN_TABLES = ("results", "steps", "panel")


def folder_of(processed: Path, commune: str) -> Path:
    """Say where a commune's own tables are."""
    return processed / COMMUNES / safe_name(commune) if commune else processed


class Processed:
    """A folder `data/processed`; each table is read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        """Open a folder.

        Raises:
            CampaignError: nothing has been built there.
        """
        self.folder = folder
        if not (folder / MANIFEST).is_file():
            raise CampaignError("folder.not_built", folder=folder)
        self._tables: dict[str, pd.DataFrame] = {}

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """What the build was made from."""
        content: dict[str, Any] = json.loads((self.folder / MANIFEST).read_bytes())
        return content

    @property
    def communes(self) -> Mapping[str, str]:
        """The names of the campaign's communes by key; of the only one both are empty."""
        return {key_of(span): name for span, name in self._spans.items()}

    @property
    def _spans(self) -> Mapping[str, str]:
        names: dict[str, str] = self.manifest.get(COMMUNES, {ONLY: ""})
        return names

    @property
    def has_all(self) -> bool:
        """Whether there are several communes, and lines of all of them together."""
        return ONLY not in self.communes

    @property
    def commune(self) -> str:
        """The key of the commune that these are the tables of; "" in a folder of one."""
        return str(self.manifest.get("commune", ""))

    @cached_property
    def parts(self) -> Mapping[str, "Processed"]:
        """The tables of each commune by key; the only one's are these.

        Those of a commune into which another one has come are there once more, with the day.
        """
        return {
            span: Processed(folder_of(self.folder, span)) if span else self for span in self._spans
        }

    @property
    def results(self) -> pd.DataFrame:
        """Every line of results, percentages as numbers."""
        return self.table("results")

    @property
    def steps(self) -> pd.DataFrame:
        """Every line of steps.csv."""
        return self.table("steps")

    @property
    def panel(self) -> pd.DataFrame:
        """Households by quarter: what the steps of households are computed from."""
        return self.table("panel")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The tables that there are, results, steps and panel first."""
        return (*_OWN_TABLES, *sorted(file.stem for file in (self.folder / "tables").glob("*")))

    def known_table(self, name: str) -> str:
        """Give a table's name; raises CampaignError with the nearest where there is none."""
        if name not in self.names:
            raise CampaignError("asked.table", name=repr(name), hint=hint(name, self.names))
        return name

    def has(self, name: str) -> bool:
        """Say whether a table is there; another version may have known no such table."""
        return self.file(name).is_file()

    def table(self, name: str) -> pd.DataFrame:
        """Give results, steps, panel, or one under `tables/` such as funding.

        The frame is the caller's own: what is done to it changes no later figure or audit.
        """
        if name not in self._tables:
            self._tables[name] = pd.read_parquet(self.file(name))
        return self._tables[name].copy(deep=False)

    def own(self, name: str) -> pd.DataFrame:
        """Give a table by quarters without those that are not its own."""
        table = self.table(name)
        if OWN_QUARTERS not in self.manifest:
            return table
        return table[table["quarter"].isin(self.own_quarters)].reset_index(drop=True)

    def rows(self, name: str, wanted: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
        """Give the rows of a table in which each column of `wanted` is one of its values.

        A table that is not open yet is not read whole for it.
        """
        table = self._tables.get(name)
        if table is None:
            table = _part_of(self.file(name), wanted)
        for column, values in wanted.items():
            table = table[table[column].isin(list(values))]
        return table.reset_index(drop=True)

    def file(self, name: str, folder: Path | None = None) -> Path:
        """Say where a table is, here or in another folder of the kind."""
        top = folder or self.folder
        return (top if name in _OWN_TABLES else top / "tables") / f"{name}.parquet"

    @cached_property
    def quarters(self) -> tuple[str, ...]:
        """The quarters that have results, in order; those before it was what it is, too."""
        return tuple(self.table("quarters")["quarter"])

    @property
    def own_quarters(self) -> tuple[str, ...]:
        """The quarters that it speaks for, in order: without those of whom it goes on from."""
        return tuple(self.manifest.get(OWN_QUARTERS, self.quarters))

    @cached_property
    def villages(self) -> Mapping[str, str]:
        """The villages' names by code, in the order of the codes."""
        table = self.table("villages").sort_values("village")
        return dict(zip(table["village"], table["name"], strict=True))

    def is_made_up(self, quarter: str) -> bool:
        """Say whether the plan of a quarter's year calls the data made up; no plan says nothing."""
        plans = self.table("plans").set_index("year")["illustrative"]
        return bool(plans.get(Quarter.parse(quarter).year, False))

    def known_quarter(self, code: str) -> str:
        """Give a quarter's code as it is written here.

        Raises:
            CampaignError: no such quarter; the sentence offers the nearest.
        """
        quarter = str(Quarter.parse(str(code)))
        if quarter not in self.own_quarters:
            raise CampaignError(
                "asked.no_survey", quarter=quarter, hint=hint(quarter, self.own_quarters)
            )
        return quarter

    def known_place(self, name: str) -> str:
        """Give a village's code, or `commune`, from a code or name as loosely as in a raw cell.

        Raises:
            CampaignError: no such village; the sentence offers the nearest.
        """
        spellings = {folded(text): code for code, text in self.villages.items()}
        spellings |= {folded(code): code for code in self.villages} | {COMMUNE: COMMUNE}
        code = spellings.get(folded(str(name)))
        if code is None:
            near = hint(str(name), self.villages, self._spellings())
            raise CampaignError("asked.place", name=repr(name), hint=near, commune=COMMUNE)
        return code

    def _spellings(self) -> Mapping[str, str]:
        """Say how a village that somebody may have meant is shown, by its code and by its name."""
        shown = {
            code: code if code == name else f"{code} ({name})"
            for code, name in self.villages.items()
        }
        by_name = {name: shown[code] for code, name in self.villages.items()}
        return {**by_name, **shown, COMMUNE: COMMUNE}

    def of_commune(self, name: str, quarter: str = "") -> "Processed":
        """Open the tables of one of a folder's communes, by key or name; "" in a folder of one.

        Where it has been more than one thing, it is what it was in the quarter, or else is now.

        Raises:
            CampaignError: no such commune, or there are several and none is named.
        """
        known = {folded(text): key for key, text in self.communes.items()}
        known |= {folded(key): key for key in self.communes}
        key = known.get(folded(name))
        if key is None and not self.has_all:
            raise CampaignError("asked.one_commune", name=repr(name))
        if key is None:
            offered = few_of(list(self.communes))
            if name:
                raise CampaignError("asked.commune", name=repr(name), known=offered)
            raise CampaignError("asked.which_commune", known=offered)
        spans = self.spans_of(key)
        return next((part for part in spans if quarter in part.own_quarters), spans[-1])

    def spans_of(self, key: str) -> "list[Processed]":
        """Give what a commune has been, one after the other, by its key; most are one thing."""
        return [part for span, part in self.parts.items() if key_of(span) == key]

    def home_of(self, place: str, quarter: str, commune: str = "") -> tuple["Processed", str]:
        """Find the tables in which a place has its figures, and what it is called there.

        Args:
            place: a village, `commune`, or in a folder of several a commune's key or name.
            quarter: which one is meant, for a village that came to another commune.
            commune: where to look, in a folder of several.

        Raises:
            CampaignError: there is no such village or commune, or several are meant.
        """
        named = {folded(text) for pair in self.communes.items() for text in pair if text}
        asked = folded(str(place))  # a code of digits is a number, where papermill passes it on
        if asked in named and not commune:
            return self.of_commune(place, quarter), COMMUNE
        if commune or asked == COMMUNE:
            own = self.of_commune(commune, quarter)
            return own, own.known_place(place)
        code = self.known_place(place)
        homes = [own for own in self.parts.values() if code in own.villages]
        return ([own for own in homes if quarter in own.own_quarters] or homes)[0], code

    def asked(self, quarter: str) -> set[str]:
        """Name the columns of the survey that a quarter's files have."""
        surveyed = self.table("surveyed")
        return set(surveyed.loc[surveyed["quarter"] == quarter, "column"])

    def known(self, quarter: str) -> set[str]:
        """Name the columns that a quarter's survey has, and the numbers that its year has."""
        return known_of(self.table("quarters"), quarter, self.asked(quarter))

    def lacking(self, indicator: Indicator, quarter: str) -> tuple[str, ...]:
        """Name what an indicator needs and a quarter lacks: questions, a plan's numbers."""
        needs = needed(indicator, self.units(indicator.units), self.table("survey"))
        return tuple(sorted(needs - self.known(quarter)))

    def read_from(self, table: str, quarter: str) -> str:
        """Name the raw file of a table, of the survey a quarter's; the table itself where none is.

        A part that was taken out answers as the whole does, whatever rows it has.
        """
        if READ_FROM in self.manifest:
            return str(self.manifest[READ_FROM][table])
        of_quarter = {"quarter": [quarter]} if table == "survey" else {}
        files = self.rows(table, of_quarter)["source_file"]
        stem = f"{table}/{quarter}" if of_quarter else table
        return stem if files.empty else str(files.iloc[0])

    def units(self, name: str) -> pd.DataFrame:
        """Give the frame that an indicator's steps walk, by the name of its units."""
        return self.table(units_table(name))


def _part_of(path: Path, wanted: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Read the groups of rows of a Parquet file that may hold what is wanted.

    pandas' own filters read a whole file where the column is a category.
    """
    file = parquet.ParquetFile(path)
    at = {file.schema_arrow.get_field_index(name): values for name, values in wanted.items()}
    groups = [
        number
        for number in range(file.num_row_groups)
        if all(
            _may_hold(file.metadata.row_group(number).column(position).statistics, values)
            for position, values in at.items()
        )
    ]
    table: pd.DataFrame = file.read_row_groups(groups).to_pandas()
    return table


def _may_hold(statistics: Any, values: Sequence[Any]) -> bool:
    if statistics is None or not statistics.has_min_max:
        return True
    return any(statistics.min <= value <= statistics.max for value in values)
