"""Results, what unknown answers leave open of them, and the households nearest to success."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from typing import Any

import pandas as pd

from campaign_lib.analysis.intervals import Interval
from campaign_lib.analysis.leeway import (
    SAME,
    TOO_MANY,
    WOULD_BE_MET,
    WOULD_BE_ON_TRACK,
    Leeway,
    leeway,
)
from campaign_lib.analysis.nearest import Nearest
from campaign_lib.analysis.plan_changes import PATH, Change
from campaign_lib.analysis.poverty import BEFORE, LATER
from campaign_lib.analysis.years import UNMEASURED
from campaign_lib.base.editions import INTERNAL, PUBLIC, Edition
from campaign_lib.base.figures import Figure
from campaign_lib.base.quarters import Quarter
from campaign_lib.disclosure import HIDDEN, LEAST_SHOWN
from campaign_lib.indicators import ALL, IDS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.plan import COUNTED, FORMULA, PARAMETERS
from campaign_lib.show.display import NOTHING, Cell, Column, Mark, Shown, Table, Traced, columns_of
from campaign_lib.show.tables.labels import rows_of, signed, status_mark, withheld
from campaign_lib.words import MISSING, Words

_RESULT_NUMBERS = ("count", "percent", "high", "target", "path", "shortfall", "change")
_ORDER = {indicator.id: position for position, indicator in enumerate(ALL)}


def in_plan_order(lines: pd.DataFrame) -> pd.DataFrame:
    """Sort lines of results by the plan's order of indicators."""
    return lines.sort_values("indicator", key=lambda ids: ids.map(_ORDER), kind="stable")


@dataclass(frozen=True)
class Aims:
    """What a year's plan asks, as far as it is printed beside the results.

    `percents` are the plan's own percentages by indicator, `formula` that of poverty reduction,
    `path` the shares of the target that are due by the quarters (none without a plan).
    """

    percents: Mapping[str, float]
    formula: str = "points"
    path: tuple[Fraction, ...] = ()

    @classmethod
    def of(cls, targets: pd.DataFrame, plan: Any) -> "Aims":
        """Read them off the year's rows of `targets` and `plans` (None in a year without one)."""
        of_percent = targets[~targets["indicator"].isin(COUNTED)]
        percents = dict(zip(of_percent["indicator"], of_percent["at_least"] / 100, strict=True))
        if plan is None:
            return cls(percents)
        path = tuple(Fraction(str(plan[f"q{number}_path"])) for number in range(1, 5))
        return cls(percents, plan[FORMULA], path)

    def due(self, quarter: str) -> Fraction | None:
        """Give the share of the target that is due by a quarter; None without a plan."""
        return self.path[Quarter.parse(quarter).number - 1] if self.path else None


def indicator_table(
    lines: pd.DataFrame,
    before: pd.DataFrame | None,
    aims: Aims,
    words: Words,
    edition: Edition = INTERNAL,
) -> Table:
    """Show the results of one place in one quarter, compared with the quarter before.

    Args:
        lines: lines of results of one place and quarter; of `public_results` for the public
            edition, where some are withheld.
        before: the same of the quarter before; empty where that belongs to another year, None
            in public.
        aims: what the plan asks.
        words: the reader's language.
        edition: internal or public.
    """
    text = words.under("tables.indicators")
    columns = _columns(before, aims, words)
    caption, note = text("caption"), text("note")
    if edition == PUBLIC:
        caption = text("caption_public")
        note = words("disclosure.legend", least=LEAST_SHOWN) if lines["hidden"].any() else ""
    return Table.of(in_plan_order(lines), columns, caption, note=note, edition=edition)


def _columns(before: pd.DataFrame | None, aims: Aims, words: Words) -> tuple[Column, ...]:
    """Give what is said of a line of results, from left to right."""
    last = None if before is None else before[before["status"] != UNMEASURED]

    def shown(line: Any, said: str, otherwise: str = "") -> Cell:
        return (otherwise or withheld(words)) if getattr(line, "hidden", False) else said

    return columns_of(
        words.under("tables.indicators"),
        _RESULT_NUMBERS,
        ("high", "path", "shortfall", "change"),
        indicator=lambda line: traced(label_of(line, aims, words), line, words),
        status=lambda line: verdict_mark(line, aims, words),
        count=lambda line: shown(line, count_of_base(line, words)),
        percent=lambda line: shown(line, percent_of(line, line.percent, aims, words)),
        high=lambda line: percent_of(line, line.percent_high, aims, words),
        target=lambda line: shown(line, wanted_count(line, line.target_count, words), MISSING),
        path=lambda line: wanted_count(line, line.path_count, words),
        shortfall=lambda line: words.number(line.shortfall),
        change=lambda line: _change(line, last, words),
    )


def verdict_mark(line: Any, aims: Aims, words: Words) -> Mark:
    """Give a line's verdict with its sign, and whether it hangs on what is unknown."""
    return status_mark(str(line.status), words, certain=not hangs(line, aims))


def label_of(line: Any, aims: Aims, words: Words) -> str:
    """Name an indicator, with the percentage that the plan itself states."""
    label = words(f"indicators.{line.indicator}.label")
    if line.indicator not in aims.percents:
        return label
    return words(
        "tables.with_plan",
        label=label,
        wanted=percent_of(line, aims.percents[line.indicator], aims, words),
    )


def traced(cell: str | Mark, line: Any, words: Words | None = None) -> Traced:
    """Lead to where the figure of a line of results comes from; with words, by a link beside it."""
    beside = words("tables.source") if words else ""
    return Traced(cell, str(Figure(line.quarter, line.place, line.indicator)), beside)


def count_of_base(line: Any, words: Words) -> str:
    """Write a figure with its denominator: 12/18; of poverty it is the poor that are left."""
    numerator, denominator = words.number(line.numerator), line.denominator
    if pd.isna(denominator):
        return numerator
    counted = f"{numerator}/{words.number(denominator)}"
    if not _is_poverty(line):
        return counted
    return words("tables.poor_apart", counted=counted, apart=apart(line, words))


def apart(line: Any, words: Words, names: Sequence[str] = LATER) -> str:
    """Say how many of the poor and near-poor of a date are which, where that is known and told.

    It stands behind the count, after a space; "" where there is nothing to say.
    """
    counts: list[Any] = [getattr(line, name, pd.NA) for name in names]
    if pd.isna(counts).any():
        return ""
    return " " + words("tables.apart", poor=int(counts[0]), near_poor=int(counts[1]))


def share_of(line: Any, words: Words) -> str:
    """Write a village's target count; of poverty, its part of those who have to leave."""
    if not _is_poverty(line):
        return words.number(line.target_count)
    leave: Any = getattr(line, "to_leave", pd.NA)
    if pd.isna(leave):
        return MISSING
    return words("tables.to_leave", count=int(leave))


def told_of_fall(line: Any, days: Any, words: Words) -> str:
    """Say why no fall is told of a place, or else a village's part of the commune's; "" if nothing.

    Args:
        line: a line of results, as `analysis.poverty.as_told` gives it.
        days: the quarter's row of `quarters`.
        words: the reader's language.
    """
    leave: Any = getattr(line, "to_leave", pd.NA)
    if not _is_poverty(line) or line.status == HIDDEN:
        return ""
    if not line.untold and (line.place == COMMUNE or pd.isna(leave)):
        return ""
    key = f"tables.{line.untold or 'share_of_leaving'}"
    reviewed = days["reviewed_on"]
    values: dict[str, object] = {
        "baseline": words.date(days["baseline"]),
        "later": words.date(days["later_date"]),
        "reviewed": MISSING if pd.isna(reviewed) else words.date(reviewed),
        "count": words.number(leave),
        "before": words.number(line.baseline_numerator),
        "before_all": words.number(line.baseline_denominator),
        "now": words.number(line.numerator),
        "now_all": words.number(line.denominator),
        "apart_before": apart(line, words, BEFORE),
        "apart_now": apart(line, words),
    }
    return words(key, **{name: values[name] for name in words.placeholders(key)})


def _is_poverty(line: Any) -> bool:
    return bool(line.indicator == POVERTY_REDUCTION.id)


def wanted_count(line: Any, count: Any, words: Words) -> str:
    """Write a target count; of the poor it is the most that there may be."""
    return (
        f"≤ {words.number(count)}"
        if _is_poverty(line) and not pd.isna(count)
        else words.number(count)
    )


def percent_of(line: Any, value: Any, aims: Aims, words: Words) -> str:
    """Write a percentage of a line of results, or the points that poverty fell by."""
    if _is_poverty(line) and aims.formula == "points" and not pd.isna(value):
        return words("tables.points", points=words.number(value, 2))
    return words.percent(value)


def _change(line: Any, last: pd.DataFrame | None, words: Words) -> str:
    """Write how many more (or fewer) than in the quarter before; of poverty, how many poor."""
    if last is None or line.status == UNMEASURED:
        return MISSING
    own = last[last["indicator"] == line.indicator]
    if own.empty:
        return MISSING

    def change(name: str) -> str:
        return signed(int(getattr(line, name)) - int(own[name].iloc[0]), words)

    if not _is_poverty(line):
        return change("numerator")
    values = {"change": change("numerator")}
    if not apart(line, words):
        return words("tables.poor_change", **values)
    return words("tables.poor_change_apart", **values, **{name: change(name) for name in LATER})


def nearest_table(
    found: Mapping[str, Nearest],
    labels: Mapping[str, str],
    words: Words,
    helpers: Mapping[tuple[str, str], str],
) -> Table:
    """List, by indicator and missing step, the households that lack nothing else.

    `helpers` name the agency that helps a household with a step.
    """
    text = words.under("tables.nearest")

    def told(home: Any) -> str:
        agency = helpers.get((home.household, home.step))
        return household(home) + (f" ({text('helped', agency=agency)})" if agency else "")

    groups = [
        (indicator, kind, str(step), [told(home) for home in rows_of(homes)])
        for indicator, near in found.items()
        for kind in ("one_no", "one_unknown")
        for step, homes in getattr(near, kind).groupby("step", sort=False)
    ]
    return Table.of(
        pd.DataFrame(groups, columns=["indicator", "kind", "step", "households"]),
        columns_of(
            text,
            ("households",),
            indicator=lambda group: words(f"indicators.{group.indicator}.label"),
            missing=lambda group: (
                labels[group.step]
                if group.kind == "one_no"
                else text("ask", step=labels[group.step])
            ),
            households=lambda group: words.number(len(group.households)),
            who=lambda group: "; ".join(group.households),
        ),
        text("caption"),
        empty=text("nobody"),
    )


def household(home: Any) -> str:
    """Name a household by its code and its head, where that is known."""
    name, head = home.household, home.head_name
    return str(name) if pd.isna(head) else f"{name} {head}"


# What unknown answers leave open: sentences for one figure, a table for several.


def left_open(line: Any, aims: Aims) -> Leeway | None:
    """Say what is left open about a line of results; None where nothing is unknown."""
    return leeway(line, aims.formula, aims.due(line.quarter))


def hangs(line: Any, aims: Aims) -> bool:
    """Say whether a line's verdict is not decided; public lines do not tell what is unknown."""
    found = left_open(line, aims) if hasattr(line, "unknown") else None
    return found is not None and found.hangs


def leeway_table(lines: pd.DataFrame, aims: Aims, words: Words) -> Shown:
    """List the figures that have something unknown; nothing where none has.

    Args:
        lines: lines of results of one place and quarter.
        aims: what the plan asks.
        words: the reader's language.
    """
    text = words.under("leeway.table")
    lines = in_plan_order(lines)
    found = [left_open(line, aims) for line in rows_of(lines)]
    lines = lines.assign(leeway=pd.Series(found, lines.index, dtype=object))
    lines = lines[lines["leeway"].notna()]
    if lines.empty:
        return NOTHING
    return Table.of(
        lines,
        columns_of(
            text,
            ("ends", "random"),
            indicator=lambda line: traced(words(f"indicators.{line.indicator}.label"), line, words),
            unknown=lambda line: _how_many(line, line.leeway, words),
            ends=lambda line: _range(line, line.leeway, aims, words),
            random=lambda line: _interval(line.leeway, words),
            verdict=lambda line: verdict_text(line, line.leeway, words),
        ),
        text("caption"),
        note=text("note"),
    )


def sentences(line: Any, found: Leeway | None, aims: Aims, words: Words) -> list[str]:
    """Say how far what is unknown could move a figure: the certain first, then the assumption."""
    if found is None:
        return []
    if line.indicator == POVERTY_REDUCTION.id:
        return [_fall_text(line, found, aims, words)]
    if found.low is None or found.high is None:
        return []
    low, high = (words.percent(end) for end in (found.low, found.high))
    unit, known = _unit(line, words, found.unknown), found.base - found.unknown
    ends = words("leeway.ends", unknown=found.unknown, unit=unit, low=low, high=high)
    if found.interval is None:
        return [ends]
    low, high = _percents(found.interval, words)
    unit = _unit(line, words, known)
    return [ends, words("leeway.random", known=known, unit=unit, low=low, high=high)]


def verdict_text(line: Any, found: Leeway, words: Words) -> str:
    """Say in full whether a verdict hangs on unknown answers."""
    key = f"leeway.verdict.{_key(line, found)}"
    given = {
        "unknown": found.unknown,
        "needed": found.needed,
        "unit": _unit(line, words, found.unknown),
        "one": _unit(line, words, 1),
        "status": words(f"codes.status.{line.status}.label"),
    }
    return words(key, **{name: given[name] for name in words.placeholders(key)})


def _key(line: Any, found: Leeway) -> str:
    """Choose the sentence: by the verdict that stays, or by how many have to turn out well."""
    if found.verdict == SAME:
        return f"{SAME}_{line.status}"
    if found.verdict not in (WOULD_BE_MET, WOULD_BE_ON_TRACK):
        return found.verdict
    if found.needed is None:
        return found.verdict.replace("would_be", "well")
    return f"{found.verdict}_all" if found.needed == found.unknown else found.verdict


def _unit(line: Any, words: Words, count: int) -> str:
    return words(f"codes.unit.{line.unit}.{'one' if count == 1 else 'many'}")


def _how_many(line: Any, found: Leeway, words: Words) -> str:
    if line.indicator == POVERTY_REDUCTION.id:
        return words("leeway.table.of_dates", **dates_unknown(line))
    counts = {"unknown": found.unknown, "base": found.base}
    return words("leeway.table.of", unit=_unit(line, words, found.base), **counts)


def _range(line: Any, found: Leeway, aims: Aims, words: Words) -> str:
    if found.low is None or found.high is None:
        return MISSING
    low, high = (percent_of(line, end, aims, words) for end in (found.low, found.high))
    return words("leeway.table.range", low=low, high=high)


def _interval(found: Leeway, words: Words) -> str:
    if found.interval is None:
        return MISSING
    low, high = _percents(found.interval, words)
    return words("leeway.table.interval", low=low, high=high)


def _percents(interval: Interval, words: Words) -> tuple[str, str]:
    return words.percent(100 * interval.low), words.percent(100 * interval.high)


def _fall_text(line: Any, found: Leeway, aims: Aims, words: Words) -> str:
    if found.verdict == TOO_MANY:
        return words("leeway.fall_unmeasured", **dates_unknown(line))
    if found.low is None or found.high is None:
        return words("leeway.fall_without_ends", **dates_unknown(line))
    low, high = (percent_of(line, end, aims, words) for end in (found.low, found.high))
    return words("leeway.ends_of_fall", low=low, high=high, **dates_unknown(line))


def dates_unknown(line: Any) -> dict[str, int]:
    """Give how many households have no status on the two dates of a line of poverty reduction."""
    counts = {"before": line.baseline_unknown, "later": line.unknown}
    return {name: 0 if pd.isna(count) else int(count) for name, count in counts.items()}


# Villages by indicators: each cell one verdict with its count, for the list of reports.


@dataclass(frozen=True)
class HeatCell:
    """One indicator of one place in one quarter.

    Attributes:
        status: the verdict, such as ``behind``.
        count: the figure as printed, with its denominator where it has one: ``12/18``.
        certain: False where the verdict hangs on unknown answers.
    """

    status: str
    count: str
    certain: bool = True


#: Cells by indicator, for each quarter and place; what is not counted there has no cell.
HeatMap = Mapping[tuple[str, str], Mapping[str, HeatCell]]


def heat_map(results: pd.DataFrame, words: Words) -> HeatMap:
    """Arrange lines of results by quarter and place.

    Args:
        results: lines of results, of any quarters and places.
        words: whose numbers are written.
    """
    # A campaign has tens of thousands of lines, and few different numbers.
    number = cache(words.number)
    cells: dict[tuple[str, str], dict[str, HeatCell]] = {}
    columns = ["quarter", "place", "indicator", "status", "certain", "numerator", "denominator"]
    for line in rows_of(results[columns]):
        cell = HeatCell(line.status, _count(line, number), line.certain == "yes")
        cells.setdefault((line.quarter, line.place), {})[line.indicator] = cell
    return cells


def _count(line: Any, number: Callable[[object], str]) -> str:
    if line.status == HIDDEN:
        return ""  # its mark says it all
    numerator = number(None if pd.isna(line.numerator) else int(line.numerator))
    if pd.isna(line.denominator):
        return numerator
    return f"{numerator}/{number(int(line.denominator))}"


# What assessments and reviews share: a figure with what makes it, and what years' plans say.

_ITEMS = "plan_items"


def figure_text(line: Any, aims: Aims, words: Words) -> str:
    """Write a figure with what makes it: 63/82 = 76,83 %; – where there is none."""
    if line is None or line.status == UNMEASURED:
        return MISSING
    counted = f"{words.number(line.numerator)}/{words.number(line.denominator)}"
    if line.indicator == POVERTY_REDUCTION.id:
        before = words.number(line.baseline_numerator), words.number(line.baseline_denominator)
        return words(
            "annual_assessment.table.fall",
            before="/".join(before),
            now=counted,
            apart=apart(line, words),
            fall=percent_of(line, line.percent, aims, words),
        )
    if pd.isna(line.percent):
        return count_of_base(line, words)
    return f"{counted} = {words.percent(line.percent)}"


# What plans say, item by item, in words: targets, thresholds, formula, poverty standard.


def item_label(item: str, words: Words) -> str:
    """Name a target (by its indicator's id), a parameter, or another rule of a plan."""
    if item in PARAMETERS:
        return str(getattr(PARAMETERS[item], words.language))
    return words(f"indicators.{item}.label" if item in IDS else f"{_ITEMS}.{item}.label")


def item_value(item: str, value: Any, formula: object, words: Words) -> str:
    """Write what a plan says.

    Args:
        item: an indicator's id, or one of the rules.
        value: what `plan_items` has for it; None where the plan does not say.
        formula: the same plan's formula of poverty reduction.
        words: the reader's language.
    """
    if value is None:
        return words(f"{_ITEMS}.not_said")
    if item in COUNTED:
        return words(f"{_ITEMS}.units", count=words.number(value))
    if item in IDS:
        percent = Fraction(int(value), 100)
        if item == POVERTY_REDUCTION.id and formula == "points":
            return words("tables.points", points=words.number(percent, 2))
        return words.percent(percent)
    if item == FORMULA:
        return words(f"codes.formula.{value}.label")
    if item == PATH:
        return " · ".join(words.percent(100 * Fraction(share), 0) for share in value)
    if isinstance(value, str):
        return words(f"{_ITEMS}.{item}.{value}")
    return words(
        f"{_ITEMS}.value", value=value, unit=getattr(PARAMETERS[item], f"unit_{words.language}")
    )


def change_text(change: Change, before: Any, now: Any, words: Words) -> str:
    """Say one change in a sentence; `before` and `now` are the two years' columns of items."""
    return words(
        f"{_ITEMS}.change",
        item=words(f"{_ITEMS}.target") if change.item in IDS else item_label(change.item, words),
        before=item_value(change.item, change.before, before[FORMULA], words),
        now=item_value(change.item, change.now, now[FORMULA], words),
    )


def items_table(
    items: pd.DataFrame, rows: Iterable[str], planned: Sequence[int], words: Words
) -> Table:
    """Set what several years' plans say side by side, and mark what they do not say alike.

    Args:
        items: as `campaign_lib.analysis.plan_changes.plan_items` gives them.
        rows: the items to show, in order.
        planned: the years that have a plan; of any other nothing is said.
        words: the reader's language.
    """

    def said(line: Any, at: int, year: int) -> str:
        if year not in planned:
            return words(f"{_ITEMS}.no_plan")
        return item_value(line.item, line[at], items.loc[FORMULA, year], words)

    def differs(line: Any) -> str:
        alike = len({str(items.loc[line.item, year]) for year in planned}) <= 1
        return words(f"{_ITEMS}.{'alike' if alike else 'differs'}")

    columns = (
        Column(words(f"{_ITEMS}.item"), cell=lambda line: item_label(line.item, words)),
        *(
            Column(str(year), cell=partial(said, at=at, year=int(year)))
            for at, year in enumerate(items.columns, 1)
        ),
        Column(words(f"{_ITEMS}.differ"), cell=differs),
    )
    return Table.of(
        items.loc[[*rows]].rename_axis("item").reset_index(), columns, words(f"{_ITEMS}.caption")
    )
