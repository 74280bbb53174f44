"""What the commune's ledgers say of each year: models, activities, money, plans, tasks, checks.

A ledger without a row for a year counts nothing there, and nobody can tell from the nought whether
nothing was done or nothing was written down; so the empty ones are named.
"""

from collections.abc import Mapping

import pandas as pd

from campaign_lib.store.processed import Processed

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
    return table.astype({**dict.fromkeys(COUNTED, "Int64"), "unstated": "Int64"})


def _counted(processed: Processed, year: int, quarter: str | None) -> dict[str, int]:
    if quarter is None:
        return {}
    models, activities = (
        table[table["quarter"].astype("str") == quarter]
        for table in map(processed.units, ("models", "activities"))
    )
    new, held = models[models["built_this_year"]], activities[activities["held_this_year"]]
    owners = new["owner"].astype("str").value_counts()
    days = processed.table("quarters").set_index("quarter")
    plans = processed.table("village_plans")
    issued = (plans["year"] == year) & (plans["issued_on"] <= days.loc[quarter, "last_day"])
    return {
        "villages_with_plan": int(plans.loc[issued, "village"].nunique()),
        "front_new": int(owners.get("commune_front", 0)),
        "area_new": int(owners.get("residential_area", 0)),
        "kept_up": int(models["kept_up"].sum()),
        "activities": len(held),
        "integrated": int((held["movements"] > 0).sum()),
    }


def _money(processed: Processed, year: int) -> dict[str, float]:
    funding = processed.table("funding")
    amounts = funding.loc[funding["quarter"].str[:4] == str(year), ["planned", "disbursed"]]
    unstated = int(amounts.isna().any(axis=1).sum())
    return {**dict(amounts.sum(min_count=1)), "unstated": unstated}


def funding_by_programme(processed: Processed, years: tuple[int, ...]) -> pd.DataFrame:
    """Add planned and disbursed money up by programme.

    Returns:
        programme, year, planned, disbursed (million đồng), where something is written down.
    """
    funding = processed.table("funding")
    own = funding.assign(year=funding["quarter"].str[:4].astype(int))
    own = own[own["year"].isin(years)]
    sums = own.groupby(["programme", "year"], observed=True)[["planned", "disbursed"]]
    return sums.sum(min_count=1).reset_index()


def empty_ledgers(processed: Processed, years: tuple[int, ...]) -> pd.DataFrame:
    """Say which ledgers have nothing for a year: a column per year, a row per ledger."""
    entries = {name: _years_of(processed, name) for name in LEDGERS}
    return pd.DataFrame(
        {year: [year not in entries[name] for name in LEDGERS] for year in years},
        index=pd.Index(LEDGERS, name="ledger"),
    )


def _years_of(processed: Processed, name: str) -> set[int]:
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
    built_or_kept = ("built_this_year", "kept_up")
    marks = ("held_this_year",) if name == "activities" else built_or_kept
    own = units[list(marks)].any(axis=1)
    return set(map(int, units.loc[own, "quarter"].astype("str").str[:4]))
