"""What is asked of a sample, checked: villages, households, quarters, seed; what it is drawn from.

The data that it is drawn by stand beside this module: what the commune is like (commune.toml), what
is told of each year (years.toml), and the words of its plans, its notice and its oddities.
"""

import tomllib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.plan import NEW_STANDARD_SINCE
from campaign_lib.plan.usual import USUAL

# Chance that is the same everywhere: named streams of numbers, and what is drawn from them.
#
# Only `Generator.random` is used, and only sums and products follow it: the sample must come out
# byte for byte alike on every machine, and numpy's other distributions may change between versions.
# Each table draws from streams of its own, so that a change in one leaves the others as they were.

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Texts = NDArray[np.object_]
#: The day of what has not happened.
NEVER = np.datetime64("NaT", "D")


def choose(draws: Floats, weights: Sequence[float]) -> Whole:
    """Turn uniform `draws` into positions 0, 1, ... that occur as often as their `weights` say."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.asarray(np.searchsorted(edges[:-1], draws * edges[-1], side="right"), np.int64)


def whole(draws: Floats, least: int, most: int) -> Whole:
    """Turn uniform `draws` into whole numbers from `least` to `most`, both included."""
    return least + np.floor(draws * (most - least + 1)).astype(np.int64)


def standing(score: Floats, group: Flags) -> Floats:
    """Give each unit's place in its own group (members of `group`, and the rest): 0 worst, 1 best.

    With places instead of scores, a share of 0.8 picks 80 % of a group at any size and seed.
    """
    places = np.empty(len(score))
    for chosen in (group, ~group):
        places[chosen] = evenly(score[chosen])
    return places


def evenly(score: Floats) -> Floats:
    """Spread units evenly over (0, 1), in the order of their score."""
    order = np.argsort(score, kind="stable")
    return (np.argsort(order, kind="stable") + 0.5) / max(len(order), 1)


def pick(words: Sequence[str], positions: Whole) -> Texts:
    """Give the word at each position."""
    return np.array(words, dtype=object)[positions]


def yes_no(flags: Flags) -> Texts:
    """Write flags as the codes of a yes/no question."""
    return pick(("no", "yes"), flags.astype(np.int64))


def written(days: Days) -> Texts:
    """Write days as ISO dates, and NaT as an empty cell."""
    texts = np.datetime_as_string(days, unit="D").astype(object)
    texts[np.isnat(days)] = ""
    return texts


def shared_out(total: int, weights: Whole) -> Whole:
    """Share `total` units out in proportion to whole `weights`, at least one each."""
    spare = total - len(weights)
    parts, remainders = np.divmod(weights * spare, weights.sum())
    parts[np.argsort(-remainders, kind="stable")[: spare - int(parts.sum())]] += 1
    return parts + 1


def days_from(start: date, offsets: Whole) -> Days:
    """Give `start` plus each number of days."""
    return np.datetime64(start, "D") + offsets.astype("timedelta64[D]")


def days_in_quarters(year: int, numbers: Whole, offsets: Whole) -> Days:
    """Give the first day of each quarter of `year` (1 to 4) plus each number of days."""
    starts = np.array([Quarter(year, n).first_day() for n in (1, 2, 3, 4)], "datetime64[D]")
    return np.asarray(starts[numbers - 1] + offsets.astype("timedelta64[D]"))


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


COMMUNE, YEARS, WORDS = _data("commune"), _data("years"), _data("words")
#: The campaign began with provincial Conclusion 08-KL/TU of 24 February 2021.
CAMPAIGN_BEGAN = 2021
_REVIEW = YEARS.pop("review")
#: The sample's own years have the tasks that every plan begins with; not all went as usual.
_PROGRESS, _WORDS = (YEARS["0"].pop(name) for name in ("task_progress", "task_words"))
YEARS["0"]["tasks"] = {
    quarter: [
        {**task, **_WORDS.get(name := f"{quarter}-{number}", {})}
        | ({"progress": _PROGRESS[name]} if name in _PROGRESS else {})
        for number, task in enumerate(tasks, 1)
    ]
    for quarter, tasks in USUAL["tasks"].items()
}
SIZE = COMMUNE["size"]
#: So many years before the first quarter's can be told of: each has a plan of its own.
MOST_YEARS_BEFORE = len(YEARS) - 1
#: The last day of Decision 59/2015/QĐ-TTg, which Decree 07/2021/NĐ-CP let run on for one more year.
LAST_OF_THE_OLDER = NEW_STANDARD_SINCE - timedelta(days=1)


def past_baseline(year: int) -> date:
    """Give the baseline date of a year: 31 December, but never the older standard's last day.

    The year in which the standard changed starts from the households found poor by the new one,
    or its reduction would compare two measures.
    """
    last = date(year - 1, 12, 31)
    return NEW_STANDARD_SINCE if last == LAST_OF_THE_OLDER else last


def filled_in(year: int) -> dict[str, object]:
    """Give what the texts of a year's tasks have to be filled in with."""
    years = max(0, year - CAMPAIGN_BEGAN)
    words = _REVIEW[min(years, len(_REVIEW) - 1)].items()
    said = {name: text.format(years=years) for name, text in words}
    return {"year": year, "next_year": year + 1, **said}


@dataclass(frozen=True)
class Injury:
    """Something that real files contain and that the sample therefore contains too.

    `rows` are rows as a spreadsheet shows them. `action` is the contract's (section 2), or empty
    for what is no problem but a fact of life.
    """

    file: str
    rows: tuple[int, ...]
    column: str
    value: str
    vi: str
    en: str
    action: str = ""


def injury(story: str, rows: Iterable[Any], value: object, file: str = "") -> Injury:
    """Tell a story of words.toml of some rows (by position) of its file, or of `file`."""
    words = {"file": file, **WORDS["oddities"][story]}
    return Injury(rows=tuple(int(row) + 2 for row in rows), value=str(value), **words)


@dataclass(frozen=True)
class Table:
    """One file of the sample: its path below raw/, its cells as text, and what is odd in it."""

    file: str
    cells: pd.DataFrame
    injuries: Sequence[Injury] = ()


@dataclass(frozen=True)
class Scope:
    """The size of a sample. Quarters are in order; reporting quarters of Decree 09/2019.

    `years_before` is how many years before the first quarter's the sample looks back on. Of
    several communes, each has so many villages; `households` are those of all together.
    """

    villages: int
    households: int
    quarters: tuple[Quarter, ...]
    seed: int
    years_before: int = 0
    communes: int = 1

    @classmethod
    def of(
        cls,
        villages: int,
        households: int | None,
        quarters: tuple[Quarter, ...],
        seed: int,
        years_before: int = 0,
        communes: int = 1,
    ) -> "Scope":
        """Check what is asked for.

        Raises:
            CampaignError: no village, no commune, fewer households than villages, no quarter,
                negative seed, more years before than there are plans for.
        """
        places, most = villages * max(communes, 1), MOST_YEARS_BEFORE
        total = places * SIZE["households_per_village"] if households is None else households
        rules: tuple[tuple[bool, str, dict[str, int]], ...] = (
            (villages >= 1, "villages", {"villages": villages}),
            (communes >= 1, "communes", {"communes": communes}),
            (total >= places, "households", {"households": total, "villages": places}),
            (bool(quarters), "quarters", {}),
            (seed >= 0, "seed", {"seed": seed}),
            (0 <= years_before <= most, "years_before", {"most": most, "years": years_before}),
        )
        for kept, rule, values in rules:
            if not kept:
                raise CampaignError(f"sample.{rule}", **values)
        return cls(villages, total, tuple(sorted(set(quarters))), seed, years_before, communes)

    @property
    def years(self) -> tuple[int, ...]:
        """The years that the quarters belong to, in order."""
        return tuple(sorted({quarter.year for quarter in self.quarters}))

    @property
    def past(self) -> tuple[int, ...]:
        """The years before these that the sample looks back on, in order."""
        return tuple(range(self.years[0] - self.years_before, self.years[0]))

    @property
    def baseline(self) -> date:
        """The baseline date of the first year."""
        return date(self.years[0] - 1, 12, 31)

    @property
    def first_day(self) -> date:
        """The first day of the first quarter."""
        return self.quarters[0].first_day()

    @property
    def last_day(self) -> date:
        """The last day that anybody knows of; a year's last review is held after its Q4."""
        last = self.quarters[-1]
        return date(last.year, 12, 31) if last.number == 4 else last.last_day()

    @property
    def cohort(self) -> int:
        """How many households the first year's cohort has, rounded half up."""
        cohort, among = SIZE["cohort"]
        return int((2 * self.households * cohort + among) // (2 * among))

    @property
    def has_oddities(self) -> bool:
        """Whether the campaign is large enough for the injuries."""
        return bool(self.households >= SIZE["room_for_oddities"])

    def draws(self, name: str, count: int | None = None) -> Floats:
        """Draw from [0, 1) out of the stream `name`: for each household, or `count` times."""
        stream = np.random.PCG64(np.random.SeedSequence([self.seed, zlib.crc32(name.encode())]))
        return np.random.Generator(stream).random(self.households if count is None else count)

    def told(self, year: int, what: str) -> dict[str, Any]:
        """Give what years.toml says of a year's `what`: survey, activities, funding, ..."""
        data: dict[str, Any] = YEARS[str(max(0, self.years[0] - year))][what]
        return data

    def past_quarters(self, what: str) -> list[Quarter]:
        """Give the quarters of the years before that there is anything known of `what`."""
        return [Quarter(y, number) for y in self.past for number in self.told(y, what)["quarters"]]

    def quarter_of_oddity(self, position: int) -> Quarter:
        """Give the quarter whose survey gets oddity number `position` (the last if too few)."""
        return self.quarters[min(position, len(self.quarters) - 1)]
