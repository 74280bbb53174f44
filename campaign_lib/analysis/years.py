"""Several years side by side: each year's last measured figures, and what is missing of them.

Nothing is carried from one year to the next: the base of most targets is drawn anew each year, so
that a figure belongs to its own year's households and its own year's plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter
from typing import Any

import pandas as pd

from campaign_lib.analysis import poverty
from campaign_lib.analysis.commune import in_percent
from campaign_lib.analysis.leeway import unknown_of
from campaign_lib.analysis.plan_changes import baseline_of, standard_of, unlisted_of
from campaign_lib.base.answers import said
from campaign_lib.base.percent import ALL_OF_THEM, round_away
from campaign_lib.indicators import ALL
from campaign_lib.indicators.households import POOR
from campaign_lib.indicators.indicator import Drop, Indicator
from campaign_lib.indicators.register import Register
from campaign_lib.indicators.steps import COMMUNE, walk
from campaign_lib.indicators.ten import INFORMED, POVERTY_REDUCTION
from campaign_lib.plan import THRESHOLDS
from campaign_lib.plan.targets import is_too_many, too_many_unknown
from campaign_lib.store.processed import Processed


def known_years(processed: Processed) -> tuple[int, ...]:
    """Give the years that have results or a plan, in order."""
    planned = map(int, processed.table("plans")["year"])
    return tuple(sorted({*(int(code[:4]) for code in processed.quarters), *planned}))


def last_quarter(processed: Processed, year: int) -> str | None:
    """Give the last quarter of a year that has results."""
    return max((code for code in processed.quarters if int(code[:4]) == year), default=None)


def commune_lines(processed: Processed, quarter: str | None) -> pd.DataFrame:
    """Give the commune's lines of results of a quarter, as they are told; none of no quarter."""
    lines = _commune_lines(processed)
    return lines[lines["quarter"].astype("str") == (quarter or "")].reset_index(drop=True)


def _commune_lines(processed: Processed) -> pd.DataFrame:
    lines = poverty.told_results(processed)
    return lines[lines["place"] == COMMUNE]


def year_lines(processed: Processed, years: Sequence[int]) -> pd.DataFrame:
    """Give the commune's line of each indicator in each year.

    It is that of the year's last quarter that measured it, or else of the year's last quarter.

    Returns:
        Lines of results as they are told, with `year`; no line for a year without results.
    """
    lines = _commune_lines(processed)
    lines = lines.assign(
        year=lines["quarter"].astype("str").str[:4].astype(int),
        measured=lines["status"] != UNMEASURED,
    )
    lines = lines[lines["year"].isin(list(years))].sort_values(["measured", "quarter"])
    lines = lines.drop_duplicates(["year", "indicator"], keep="last").drop(columns="measured")
    return lines.sort_values(["year", "indicator"], ignore_index=True)


def bars(lines: pd.DataFrame) -> pd.DataFrame:
    """Say how high each figure stands, and its target beside it: in percent, or else in units.

    Args:
        lines: lines of results with `year`.

    Returns:
        year, indicator, numerator, denominator, height, highest (were every unknown a yes), wanted;
        missing where there is none.
    """
    counted = lines["denominator"].isna()
    measured = lines["status"] != UNMEASURED
    height = lines["percent"].mask(counted, lines["numerator"].astype("Float64"))
    return lines[["year", "indicator", "numerator", "denominator"]].assign(
        height=height.where(measured),
        highest=lines["percent_high"].fillna(height).where(measured),
        wanted=lines["target_percent"].mask(counted, lines["target_count"].astype("Float64")),
    )


def targets_met(processed: Processed, years: Sequence[int]) -> pd.DataFrame:
    """Count how many of its plan's targets each year met.

    Returns:
        year, quarter (the last with results; missing without), targets (0 without a plan), met.
    """
    quarters = [last_quarter(processed, year) for year in years]
    targets = processed.table("targets")["year"]
    return pd.DataFrame(
        {
            "year": years,
            "quarter": quarters,
            "targets": [int((targets == year).sum()) for year in years],
            "met": [int((commune_lines(processed, q)["status"] == MET).sum()) for q in quarters],
        }
    )


def cohorts(processed: Processed, years: Sequence[int]) -> pd.DataFrame:
    """Give the base of each year's targets: who was poor or near-poor, and how many are left.

    Returns:
        One row per year: year, quarter (the last with results; None without), baseline, standard,
        minority and poor (households on the baseline date), unknown (without a status on it),
        cohort (the poor that still live here on the quarter's last day).
    """
    rows = []
    plans = processed.table("plans")
    for year in years:
        quarter = last_quarter(processed, year)
        row: dict[str, object] = {
            "year": year,
            "quarter": quarter,
            "baseline": pd.Timestamp(baseline_of(plans, year)),
            "standard": standard_of(plans, year),
        }
        if quarter is not None:
            lines = commune_lines(processed, quarter).set_index("indicator")
            drop = lines.loc[POVERTY_REDUCTION.id]
            row |= {
                "minority": drop["baseline_denominator"],
                "poor": drop["baseline_numerator"],
                "unknown": drop["baseline_unknown"],
                "cohort": lines.loc[INFORMED.id, "denominator"],
            }
        rows.append(row)
    columns = ["year", "quarter", "baseline", "standard", "minority", "poor", "unknown", "cohort"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[4:], "Int64"))


def poverty_rates(processed: Processed, years: Sequence[int]) -> pd.DataFrame:
    """Count minority households and the poor among them on every date of a review.

    These are the years' baseline dates, and where no next year begins by the same standard, the
    date that the year is compared on, if it has come and was reviewed.

    Returns:
        day, standard, poor, near_poor, both, households (with a status), unknown (without), rate
        and poor_rate (in percent; missing where nobody has a status, or too many have none); by
        day.
    """
    households, statuses = (processed.table(name) for name in ("households", "poverty_status"))
    register = Register(households, statuses, tuple(processed.villages))
    days = sorted(_review_days(processed, years), key=itemgetter(0))
    table = pd.DataFrame(
        [
            {"day": day, "standard": standard, **_poor_on(register, day, unlisted)}
            for day, standard, unlisted in days
        ]
    )
    table = table.assign(both=table["poor"] + table["near_poor"])
    no_rate = is_too_many(table["unknown"], table["households"] + table["unknown"])
    rates = {"rate": "both", "poor_rate": "poor"}
    return table.assign(
        **{
            name: in_percent(table[poor], table["households"]).astype("float64").mask(no_rate)
            for name, poor in rates.items()
        }
    )


def _review_days(processed: Processed, years: Sequence[int]) -> list[tuple[pd.Timestamp, str, str]]:
    """Give each day with its standard, and with what its year's plan says of the unlisted."""
    plans = processed.table("plans")
    days: Any = {row.quarter: row for row in processed.table("quarters").itertuples()}
    found = []
    for year in years:
        standard, unlisted = standard_of(plans, year), unlisted_of(plans, year)
        found.append((pd.Timestamp(baseline_of(plans, year)), standard, unlisted))
        quarter = last_quarter(processed, year)
        told = quarter and not poverty.untold(days[quarter])
        if told and not (year + 1 in years and standard_of(plans, year + 1) == standard):
            found.append((days[quarter].later_date, standard, unlisted))
    return found


def _poor_on(register: Register, day: pd.Timestamp, unlisted: str) -> dict[str, int]:
    stay, status = register.stays_on(day), register.status_on(day, unlisted)
    minority = (stay["lives_here"] & stay["minority"].fillna(False)).to_numpy(bool)
    known = minority & status.notna().to_numpy()
    counts = {group: int(said(status[known], group).sum()) for group in POOR}
    return {**counts, "households": int(known.sum()), "unknown": int((minority & ~known).sum())}


# Other readings of the sentence, which can turn the verdict round.

READINGS = ("own_year", "poor_only", "near_poor_only", "all_households", "yearly_mean")


def readings(processed: Processed, quarter: str) -> pd.DataFrame:
    """Read the commune's fall in other ways, all of them in percentage points.

    Returns:
        A row for each of `READINGS` that there is: reading, day, before, before_all, later,
        later_all, years (1, or over how many the fall is a yearly mean) and points (hundredths,
        half away from zero). `yearly_mean` is over the years since the earliest baseline date by
        the same poverty standard, where that is an earlier year's; no row where nobody is counted.
    """
    days: Any = processed.rows("quarters", {"quarter": [quarter]}).iloc[0]
    wanted = {"quarter": [quarter], "place": [COMMUNE]}
    line: Any = processed.rows("results", {**wanted, "indicator": [POVERTY_REDUCTION.id]}).iloc[0]
    apart: Any = processed.rows(poverty.TABLE, wanted).iloc[0]
    bases = line["baseline_denominator"], line["denominator"]
    homes = processed.rows("panel", {"quarter": [quarter]})
    before, later = (_poor_of_all(homes, day) for day in ("at_baseline", "later"))
    found: list[tuple[Any, ...]] = [
        ("own_year", line["baseline_numerator"], bases[0], line["numerator"], bases[1]),
        ("poor_only", apart["baseline_poor"], bases[0], apart["poor"], bases[1]),
        ("near_poor_only", apart["baseline_near_poor"], bases[0], apart["near_poor"], bases[1]),
        ("all_households", *before, *later),
    ]
    rows = [(name, days["baseline"], *counts, 1) for name, *counts in found]
    rows += _since_the_standard(processed, days, line)
    table = pd.DataFrame(
        rows, columns=["reading", "day", "before", "before_all", "later", "later_all", "years"]
    )
    table = table[(table["before_all"] > 0) & (table["later_all"] > 0)].reset_index(drop=True)
    return table.assign(points=[_points(row) for row in table.itertuples()])


def _poor_of_all(homes: pd.DataFrame, day: str) -> tuple[int, int]:
    """Count the poor and near-poor among all households of a day, and all with a status."""
    status = homes.loc[homes[f"lives_here_{day}"], f"status_{day}"]
    return int(said(status, *POOR).fillna(False).sum()), int(status.notna().sum())


def _since_the_standard(processed: Processed, days: Any, line: Any) -> list[tuple[Any, ...]]:
    year = int(days["year"])
    rates = poverty_rates(processed, [one for one in known_years(processed) if one <= year])
    now = rates[rates["day"] == days["baseline"]]
    same = rates[rates["standard"].isin(now["standard"]) & (rates["households"] > 0)]
    if same.empty or same["day"].min() >= days["baseline"]:
        return []
    first: Any = same.sort_values("day").iloc[0]
    years = year - (first["day"] - pd.Timedelta(days=1)).year
    counts = first["both"], first["households"], line["numerator"], line["denominator"]
    return [("yearly_mean", first["day"], *counts, years)]


def _points(row: Any) -> int:
    before, later = (
        Fraction(int(row.before), int(row.before_all)),
        Fraction(int(row.later), int(row.later_all)),
    )
    return round_away((before - later) * ALL_OF_THEM / int(row.years))


def gaps(processed: Processed, years: Sequence[int]) -> pd.DataFrame:
    """Say of each indicator in each year whether it is known, and if not, why.

    Returns:
        year, indicator, quarter (its figure's), reason, lacking (questions that the survey, and
        numbers that the plan lacks, `;` between), unknown, denominator. `reason` is one of:
        no_survey, not_asked (the survey lacks a question), no_number (no plan says a number that is
        needed), no_status (nobody's status on the baseline date is known), too_many (of
        poverty: too many have no status), no_review (of poverty: none since the baseline date, or
        the later date has not come), nobody (there is nothing to count), no_answers; no_plan,
        no_target (there is a figure, and nothing to compare it with); earlier (its figure is of an
        earlier quarter than the year's last); partly (some answers are unknown); known.
    """
    lines = year_lines(processed, years).set_index(["year", "indicator"])
    planned = set(processed.table("plans")["year"])
    rows = []
    for year in years:
        for one in ALL:
            line: Any = lines.loc[(year, one.id)] if (year, one.id) in lines.index else None
            row: dict[str, object] = {"year": year, "indicator": one.id, "reason": "no_survey"}
            if line is not None:
                lacking = processed.lacking(one, str(line["quarter"]))
                late = str(line["quarter"]) != last_quarter(processed, year)
                unknown, base = unknown_of(line)
                row |= {"quarter": line["quarter"], "unknown": unknown, "denominator": base}
                row["reason"] = _reason(
                    processed, one, line, lacking, planned=year in planned, late=late
                )
                row["lacking"] = ";".join(lacking)
            rows.append(row)
    columns = ["year", "indicator", "quarter", "reason", "lacking", "unknown", "denominator"]
    return pd.DataFrame(rows, columns=columns)


def _reason(
    processed: Processed,
    one: Indicator,
    line: Any,
    lacking: Sequence[str],
    *,
    planned: bool,
    late: bool,
) -> str:
    if line["untold"]:
        return "no_review"
    if line["status"] == UNMEASURED:
        if lacking:
            return "no_number" if {*lacking} <= {*THRESHOLDS} else "not_asked"
        lines = commune_lines(processed, str(line["quarter"])).set_index("indicator")
        base = lines.loc[POVERTY_REDUCTION.id, "baseline_denominator"]
        if one.units == "households" and base == 0:
            return "no_status"
        if isinstance(one, Drop) and too_many_unknown(line):
            return "too_many"
        return "nobody" if isinstance(one, Drop) or line["denominator"] == 0 else "no_answers"
    if late:
        return "earlier"
    if line["status"] == "no_target":
        return "no_target" if planned else "no_plan"
    return "partly" if unknown_of(line)[0] else "known"


def coverage(processed: Processed, years: Sequence[int]) -> pd.DataFrame:
    """Count who was asked in each year's last survey, village by village.

    Returns:
        year, quarter, village, inside (poor and near-poor minority households of the year's base)
        and asked (those of them whom the survey mentions); nothing for a year without results.
    """
    tables = []
    for year in years:
        quarter = last_quarter(processed, year)
        if quarter is None:
            continue
        homes = processed.panel[processed.panel["quarter"].astype("str") == quarter]
        base = walk(homes, INFORMED.parts()[0]).states[-1].fillna(False).to_numpy(bool)
        inside = homes[base].groupby(homes["village"].astype("str"))["surveyed"]
        counts = pd.DataFrame({"inside": inside.size(), "asked": inside.sum()})
        counts = counts.reindex(list(processed.villages), fill_value=0).astype("int64")
        tables.append(
            counts.rename_axis("village").reset_index().assign(year=year, quarter=quarter)
        )
    columns = ["year", "quarter", "village", "inside", "asked"]
    return pd.concat(tables)[columns] if tables else pd.DataFrame(columns=columns)


# What the commune's ledgers say of each year: models, activities, money, plans, tasks, checks.
#
# A ledger without a row for a year counts nothing there, and nobody can tell from the nought
# whether nothing was done or nothing was written down; so the empty ones are named.

#: In the order of a table; each is a raw table.
LEDGERS = ("village_plans", "models", "activities", "funding", "task_progress", "inspections")
#: What is counted of a year; missing in a year without results.
COUNTED = ("villages_with_plan", "front_new", "area_new", "kept_up", "activities", "integrated")


def done_by_year(processed: Processed, last_quarters: Mapping[int, str | None]) -> pd.DataFrame:
    """Count what was done, and add the money up.

    Args:
        processed: what was built.
        last_quarters: the last quarter of each year that has results; None where none has.

    Returns:
        A row per year: each of `COUNTED` as of the last quarter's last day; planned and disbursed
        (million đồng, missing where nothing is written down), and unstated: how many lines of
        funding lack the one or the other.
    """
    rows = [
        {"year": year, **_counted(processed, year, quarter), **_money(processed, year)}
        for year, quarter in last_quarters.items()
    ]
    table = pd.DataFrame(rows, columns=["year", *COUNTED, "planned", "disbursed", "unstated"])
    return table.astype(dict.fromkeys((*COUNTED, "unstated"), "Int64"))


def _counted(processed: Processed, year: int, quarter: str | None) -> dict[str, int]:
    if quarter is None:
        return {}
    models, activities = (
        table[table["quarter"].astype("str") == quarter]
        for table in map(processed.units, ("models", "activities"))
    )
    new, held = models[models["built_this_year"]], activities[activities["held_this_year"]]
    last_day = processed.table("quarters").set_index("quarter").loc[quarter, "last_day"]
    plans = processed.table("village_plans")
    issued = (plans["year"] == year) & (plans["issued_on"] <= last_day)
    return {
        "villages_with_plan": int(plans.loc[issued, "village"].nunique()),
        "front_new": int((new["owner"] == "commune_front").sum()),
        "area_new": int((new["owner"] == "residential_area").sum()),
        "kept_up": int(models["kept_up"].sum()),
        "activities": len(held),
        "integrated": int((held["movements"] > 0).sum()),
    }


def _money(processed: Processed, year: int) -> dict[str, float]:
    funding = processed.table("funding")
    amounts = funding.loc[funding["quarter"].str[:4] == str(year), ["planned", "disbursed"]]
    return {**dict(amounts.sum(min_count=1)), "unstated": int(amounts.isna().any(axis=1).sum())}


def funding_by_programme(processed: Processed, years: tuple[int, ...]) -> pd.DataFrame:
    """Add planned and disbursed money up by programme.

    Returns:
        programme, year, planned, disbursed (million đồng), where something is written down.
    """
    funding = processed.table("funding")
    own = funding.assign(year=funding["quarter"].str[:4].astype(int))
    groups = own[own["year"].isin(years)].groupby(["programme", "year"], observed=True)
    return groups[["planned", "disbursed"]].sum(min_count=1).reset_index()


def empty_ledgers(processed: Processed, years: tuple[int, ...]) -> pd.DataFrame:
    """Say which ledgers have nothing for a year: a column per year, a row per ledger."""
    entries = {name: _years_entered(processed, name) for name in LEDGERS}
    return pd.DataFrame(
        {year: [year not in entries[name] for name in LEDGERS] for year in years},
        index=pd.Index(LEDGERS, name="ledger"),
    )


def _years_entered(processed: Processed, name: str) -> set[int]:
    """Give the years that a ledger has entries for; a kept-up model is one of every year."""
    table = processed.table(name)
    if name == "village_plans":
        return set(map(int, table["year"]))
    if name in ("funding", "inspections"):
        return set(map(int, table["quarter"].str[:4]))
    if name == "task_progress":
        tasks = processed.table("tasks")
        return set(map(int, tasks.loc[tasks["id"].isin(table["task"]), "year"]))
    units = processed.units(name)
    marks = ["held_this_year"] if name == "activities" else ["built_this_year", "kept_up"]
    return set(map(int, units.loc[units[marks].any(axis=1), "quarter"].astype("str").str[:4]))


# Was a year's plan met: by how much each target is passed or missed, and in which villages.

MET, UNMEASURED, NO_TARGET = "met", "unmeasured", "no_target"
#: Why a year has no figure for a target (`campaign_lib.analysis.years.gaps`).
NO_FIGURE = (
    *("no_survey", "not_asked", "no_number", "no_status"),
    *("too_many", "no_review", "nobody", "no_answers"),
)


def by_how_much(lines: pd.DataFrame) -> pd.DataFrame:
    """Say of lines of results how far they are above their target (below it: negative).

    Returns:
        The lines with `surplus`, in units: how many more count than the target asks; of poverty,
        how many fewer households are poor than it allows. Missing where nothing is judged, or
        where the verdict is read off the percentage alone: then `surplus_percent` is the
        percentage less the target's.
    """
    over = (lines["numerator"] - lines["target_count"]).astype("Int64")
    over = over.where(lines["indicator"] != POVERTY_REDUCTION.id, -over)
    judged = ~lines["status"].isin([UNMEASURED, NO_TARGET])
    percents = (lines["percent"] - lines["target_percent"]).astype("Float64").round(2)
    return lines.assign(
        surplus=over.where(judged), surplus_percent=percents.where(judged & over.isna())
    )


@dataclass(frozen=True)
class Villages:
    """One target in the villages: how many have a verdict, how many met it, and who did not.

    `short` are the lines of those that did not, the furthest from it first.
    """

    indicator: str
    judged: int
    met: int
    short: pd.DataFrame


def by_village(lines: pd.DataFrame, indicators: tuple[str, ...]) -> list[Villages]:
    """Sort the villages of one quarter by whether they met each target.

    Args:
        lines: lines of results of one quarter.
        indicators: in which order; those that no village is judged by are left out.
    """
    villages = lines[(lines["place"] != COMMUNE) & (lines["status"] != NO_TARGET)]
    found = []
    for indicator in indicators:
        own = villages[villages["indicator"] == indicator]
        if own.empty:
            continue
        short = own[own["status"] != MET].sort_values(
            ["shortfall", "place"], ascending=[False, True], na_position="last"
        )
        found.append(Villages(indicator, len(own), len(own) - len(short), short))
    return found
