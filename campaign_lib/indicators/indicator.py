"""What an indicator is: a share of a base, a count, or a drop between two days.

An indicator is data plus named question functions; it knows its parts (the rows of questions that
are walked) and how its figures are read off the counted steps, and nothing about places or
quarters.
"""

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from campaign_lib.errors import CampaignError
from campaign_lib.indicators.steps import Part, Question, columns_read
from campaign_lib.plan.targets import no_numbers

FIGURES = (
    "numerator",
    "denominator",
    "unknown",
    "baseline_numerator",
    "baseline_denominator",
    "baseline_unknown",
    "escaped",
    "escaped_at_best",
)


class _OfSteps:
    """Refuses an indicator of which two steps would be told by one name."""

    def parts(self) -> tuple[Part, ...]:
        """Give the rows of questions that are walked."""
        raise NotImplementedError

    def __post_init__(self) -> None:
        """Look at the names of the steps.

        Raises:
            CampaignError: two have the same, such as two lambdas, or one has none.
        """
        named: dict[str, Question] = {}
        for question in (question for part in self.parts() for question in part.questions):
            name = getattr(question, "__name__", None)
            if name is None:
                raise CampaignError("asked.nameless_step", step=repr(question))
            if named.setdefault(name, question) is not question:
                raise CampaignError("asked.same_step", step=name)


@dataclass(frozen=True)
class _OfThose(_OfSteps):
    """Those `among`, and of them the units of which all of `counts` is true."""

    id: str
    among: tuple[Question, ...]
    counts: tuple[Question, ...]
    source: str

    def parts(self) -> tuple[Part, ...]:
        """Give `among`, then `counts`, which is asked of those who are surely among them."""
        among = Part("among", self.among)
        return among, Part("counts", self.counts, of_those=among)


@dataclass(frozen=True)
class Share(_OfThose):
    """Of those `among`, the units of which all of `counts` is true.

    `units` names the panel's frame, `unit` is the word in results.csv.
    """

    units: str = "households"
    unit: str = "household"
    by_village: ClassVar[bool] = True

    def figures(self, steps: pd.DataFrame) -> pd.DataFrame:
        """Read numerator, denominator and unknown off this indicator's counted steps."""
        base, last = _last(steps, "among"), _last(steps, "counts")
        return _figures(
            last, numerator=last["yes"], denominator=base["yes"], unknown=last["unknown"]
        )


@dataclass(frozen=True)
class Count(_OfThose):
    """How many of those `among` have all of `counts`: a number of units without a base."""

    units: str
    unit: str
    by_village: ClassVar[bool] = False

    def figures(self, steps: pd.DataFrame) -> pd.DataFrame:
        """Read the numerator off this indicator's counted steps; models are all known."""
        last = _last(steps, "counts")
        return _figures(last, numerator=last["yes"], unknown=last["unknown"])


@dataclass(frozen=True)
class Drop(_OfSteps):
    """A share on the baseline date less the same share on a later one.

    Each of `baseline` and `later` ends with: is its state known at all, is it (still) in it. The
    rest of a row is the base of that day. `escaped` are those in it at first and out of it later;
    it ends with: may they be out of it, and are they.
    """

    id: str
    baseline: tuple[Question, ...]
    later: tuple[Question, ...]
    escaped: tuple[Question, ...]
    source: str
    units: str = "households"
    unit: str = "household"
    by_village: ClassVar[bool] = True

    def parts(self) -> tuple[Part, ...]:
        """Give the two days, each counted where the household lived on it, and who escaped."""
        return (
            Part("baseline", self.baseline, place="village_at_baseline"),
            Part("later", self.later, place="village_later"),
            Part("escaped", self.escaped, place="village_later"),
        )

    def figures(self, steps: pd.DataFrame) -> pd.DataFrame:
        """Read the two counts of each day, and those who are in neither for want of a status."""
        columns = {}
        for part, prefix in (("later", ""), ("baseline", "baseline_")):
            known, last = _last(steps, part, 1), _last(steps, part)
            columns[f"{prefix}numerator"] = last["yes"]
            columns[f"{prefix}denominator"] = known["yes"]
            columns[f"{prefix}unknown"] = known["unknown"] - _last(steps, part, 2)["unknown"]
        at_best, escaped = (_last(steps, "escaped", before)["yes"] for before in (1, 0))
        return _figures(last, **columns, escaped=escaped, escaped_at_best=at_best)


Indicator = Share | Count | Drop


def units_table(units: str) -> str:
    """Name the table that an indicator's steps walk, by the name of its units."""
    return "panel" if units == "households" else f"{units}_by_quarter"


def columns_of(
    indicator: Indicator, rows: pd.DataFrame, *, lacking: bool = False
) -> tuple[str, ...]:
    """Name the columns that an indicator's questions look at; arguments as of `columns_read`."""
    questions = (question for part in indicator.parts() for question in part.questions)
    read = (columns_read(question, rows, lacking=lacking) for question in questions)
    return tuple(dict.fromkeys(name for names in read for name in names))


PLACE = ["quarter", "level", "place"]


def _last(steps: pd.DataFrame, part: str, before: int = 0) -> pd.DataFrame:
    """Give the last step of a part (or one `before` it): each has the same places in one order."""
    here, position = (steps["part"] == part).to_numpy(), steps["position"].to_numpy()
    wanted: pd.DataFrame = steps[here & (position == position[here].max(initial=0) - before)]
    return wanted.reset_index(drop=True)


def _figures(places: pd.DataFrame, **columns: pd.Series) -> pd.DataFrame:
    """Lay out the figures by place, missing where an indicator of this kind has none."""
    missing = no_numbers(len(places))
    figures = {name: columns.get(name, missing).astype("Int64") for name in FIGURES}
    return places[PLACE].assign(**figures)
