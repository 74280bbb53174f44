"""Makes results tables of communes that never were: any counts, judged as real ones are.

The counts keep what is true of every campaign: villages add up to the commune, the cohort's base is
one and the same behind five indicators, a year's baseline stands in all its quarters, and what is
poor at the end of a year is the next year's baseline.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from campaign_lib.indicators import ALL, find, households
from campaign_lib.indicators.indicator import Drop, Share
from campaign_lib.indicators.results import RESULT_COLUMNS, judge
from campaign_lib.plan import FORMULA, Target, plan_of

#: The indicators whose base is the cohort: one and the same count in all of them.
_SHARES = [one for one in ALL if isinstance(one, Share) and one.units == "households"]
COHORT = tuple(one.id for one in _SHARES if one.among == households.COHORT)
#: The one whose base is all minority households, and the one that compares two dates.
(REGISTER,) = (one.id for one in _SHARES if one.among != households.COHORT)
(POVERTY,) = (one.id for one in ALL if isinstance(one, Drop))
TARGETS = {
    REGISTER: 10000,
    "informed": 10000,
    "changed_mindset": 7717,
    "applies_science": 5039,
    "improved_life": 3071,
    "in_cooperative": 2520,
    POVERTY: 512,
    "area_models": 10000,
}
KEYS = ["quarter", "level", "place", "indicator"]
COUNTS = ["numerator", "denominator", "baseline_numerator", "baseline_denominator"]
NO_ALLOCATION = pd.DataFrame({"year": [], "indicator": [], "village": [], "count": []})

#: Counts of villages by quarter and indicator, as lists by name of the count.
Counts = dict[tuple[str, str], dict[str, Sequence[int]]]


def results_of(
    counts: Mapping[tuple[str, str], Mapping[str, Sequence[int]]],
    *,
    targets: Mapping[str, int] = TARGETS,
    formula: str = "points",
    unasked: Iterable[tuple[str, str]] = (),
) -> pd.DataFrame:
    """Judge counts; `unasked` are quarters and indicators whose questions the survey lacks."""
    tables = []
    for (quarter, indicator), by_count in counts.items():
        plan = plan_of({}, int(quarter[:4]))
        plan = replace(
            plan,
            targets={name: Target(at_least, "") for name, at_least in targets.items()},
            parameters={**plan.parameters, FORMULA: formula},
        )
        lines = _lines(quarter, indicator, by_count)
        lines["measurable"] = (quarter, indicator) not in set(unasked)
        tables.append(judge(find(indicator), lines, plan, NO_ALLOCATION)[0])
    table = pd.concat(tables, ignore_index=True)
    for name in ("percent", "percent_high", "target_percent"):
        table[name] = table[name].astype("Float64") / 100
    return table[RESULT_COLUMNS].sort_values(KEYS, ignore_index=True)


def unjudged(indicator: str, tables: Mapping[str, Sequence[Sequence[int]]]) -> pd.DataFrame:
    """Lay out thousands of tables of one indicator without targets, quickly.

    `tables` has, by quarter, the numerators and the denominators of the commune and its villages.
    """
    places = len(next(iter(tables.values()))[0])
    counts = np.array([np.array(table).T for table in tables.values()]).reshape(-1, 2)
    level = ["commune"] + ["village"] * (places - 1)
    place = ["commune", *(f"T{number}" for number in range(1, places))]
    lines = pd.DataFrame({"quarter": np.repeat(list(tables), places)})
    lines["level"], lines["place"] = level * len(tables), place * len(tables)
    lines["indicator"], lines["unit"], lines["status"] = indicator, "household", "no_target"
    lines = lines.reindex(columns=RESULT_COLUMNS)
    lines["numerator"], lines["denominator"] = counts[:, 0], counts[:, 1]
    percents = 100 * lines["numerator"] / lines["denominator"].where(lines["denominator"] > 0)
    lines["percent"] = percents.round(2).astype("Float64")
    for name in ("target_percent", "percent_high"):
        lines[name] = lines[name].astype("Float64")
    whole = [*COUNTS, "unknown", "target_count", "path_count", "shortfall", "baseline_unknown"]
    return lines.astype(dict.fromkeys(whole, "Int64"))


def _lines(quarter: str, indicator: str, counts: Mapping[str, Sequence[int]]) -> pd.DataFrame:
    villages = len(counts["numerator"])
    codes = [f"T{number}" for number in range(1, villages + 1)]
    lines = pd.DataFrame(
        {
            "quarter": quarter,
            "level": ["village"] * villages + ["commune"],
            "place": [*codes, "commune"],
            "indicator": indicator,
            "unit": find(indicator).unit,
        }
    )
    for name in (*COUNTS, "unknown", "baseline_unknown", "escaped", "escaped_at_best"):
        cells = counts.get(name)
        if cells is None and not (name == "unknown" or indicator == POVERTY):
            cells = [pd.NA] * (villages + 1)
        else:
            cells = list(cells) if cells is not None else [0] * villages
            cells.append(sum(cells))
        lines[name] = pd.array(cells, dtype="Int64")
    return lines


def made_counts(seed: int, villages: int, quarters: Sequence[str], style: str) -> Counts:
    """Make counts by chance.

    `style` says how large villages are: tiny, mixed, large, or empty (many without anybody).
    """
    chance = np.random.default_rng(seed)
    most = {"tiny": 7, "mixed": 60, "large": 150, "empty": 40}[style]
    register = chance.integers(0, most + 1, villages)
    if style == "empty":
        register *= chance.random(villages) < 0.4
    counts: Counts = {}
    before: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for quarter in sorted(quarters):
        year = int(quarter[:4])
        if year not in before:
            last = counts.get((f"{year - 1}Q4", POVERTY))
            base = np.array(last["denominator"] if last else register)
            poor = np.array(last["numerator"]) if last else _part(chance, base)
            before[year] = (poor, base)
        poor, base = before[year]
        present = np.maximum(base + chance.integers(-1, 2, villages) * (base > 0), 0)
        cohort = np.minimum(np.maximum(poor - (chance.random(villages) < 0.2), 0), present)
        counts |= _quarter(chance, quarter, present, cohort, poor, base)
    return counts


def _quarter(
    chance: np.random.Generator,
    quarter: str,
    present: np.ndarray,
    cohort: np.ndarray,
    poor: np.ndarray,
    base: np.ndarray,
) -> Counts:
    with_status = np.maximum(present - (chance.random(len(present)) < 0.2), 0)
    later = np.minimum(np.maximum(poor - chance.integers(0, 3, len(poor)), 0), with_status)
    made: Counts = {
        (quarter, REGISTER): {"numerator": _part(chance, present), "denominator": present},
        (quarter, POVERTY): {
            "numerator": later,
            "denominator": with_status,
            "baseline_numerator": poor,
            "baseline_denominator": base,
        },
    }
    for indicator in COHORT:
        made[quarter, indicator] = {"numerator": _part(chance, cohort), "denominator": cohort}
    return made


def _part(chance: np.random.Generator, base: np.ndarray) -> np.ndarray:
    """Take a part of each base: none, all, all but a few, or any."""
    kind = chance.integers(0, 5, len(base))
    anything = np.floor(base * chance.random(len(base))).astype(int)
    nearly = np.maximum(base - chance.integers(1, 6, len(base)), 0)
    few = np.minimum(chance.integers(0, 7, len(base)), base)
    return np.choose(kind, [few, base, nearly, anything, anything])
