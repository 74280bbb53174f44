"""The answer of an audit in a sentence or two, and the arithmetic behind it."""

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

import pandas as pd

from campaign_lib.analysis.audit import PLACES, Audit, Division
from campaign_lib.analysis.inspected_figures import OF_COHORT
from campaign_lib.analysis.intervals import Interval
from campaign_lib.analysis.leeway import NOT_JUDGED, Leeway, leeway, likely
from campaign_lib.analysis.poverty import BEFORE
from campaign_lib.analysis.years import readings
from campaign_lib.codebook import folded
from campaign_lib.indicators.indicator import Count, Drop
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan import THRESHOLDS
from campaign_lib.plan.communes import ALL
from campaign_lib.show.display import Passage, Shown, Table, columns_of, listing, paragraph
from campaign_lib.show.tables.labels import lacking_label, number_of, status_mark
from campaign_lib.show.tables.results import (
    Aims,
    apart,
    dates_unknown,
    sentences,
    told_of_fall,
    verdict_text,
)
from campaign_lib.store.processed import Processed
from campaign_lib.stories.as_inspected import as_inspected
from campaign_lib.words import MISSING, Words, is_missing

#: The days of poverty reduction's two parts, as the table `quarters` calls them.
DAY_OF = {"baseline": "baseline", "later": "later_date"}
_COUNTS_OF = {
    "baseline": ("baseline_numerator", "baseline_denominator"),
    "later": ("numerator", "denominator"),
}
_CHOSEN, _NOT_CHOSEN = "●", "○"


def answer(found: Audit, words: Words) -> list[Passage]:
    """Say the figure, how far what is unknown could move it, the verdict, and if that hangs."""
    if found.told.untold:
        return [paragraph(told_of_fall(found.told, found.days, words), "warning")]
    line, unit = found.line, words(f"indicators.{found.indicator.id}.unit")
    status = found.told.status
    verdict = words(
        "audit.answer.verdict",
        status=words(f"codes.status.{status}.label"),
        meaning=words(f"codes.status.{status}.meaning"),
    )
    unknown = left_open(found)
    said = [_figure(found, unit, words), *_how_sure(found, unknown, words), verdict]
    if unknown is not None and unknown.verdict != NOT_JUDGED:
        said.append(verdict_text(line, unknown, words))
    return [paragraph(sentence) for sentence in [*said, *_corrected(found, words)]]


def _corrected(found: Audit, words: Words) -> Sequence[str]:
    """Say what visits to households make of a figure of the commune."""
    if found.place != COMMUNE or found.indicator not in OF_COHORT:
        return []
    return as_inspected(found.processed, found.quarter, words, found.indicator.id)


def left_open(found: Audit) -> Leeway | None:
    """Say what unknown answers leave open about the figure; None where nothing is unknown."""
    return leeway(found.line, found.formula, found.due)


def _how_sure(found: Audit, unknown: Leeway | None, words: Words) -> list[str]:
    """Say between which ends the truth lies; or that all is known, so that there are none."""

    def counted(count: int) -> dict[str, object]:
        unit = words(f"codes.unit.{found.line['unit']}.{'one' if count == 1 else 'many'}")
        return {"base": count, "unit": unit}

    out = [words("leeway.left_out", **counted(found.left_out))] if found.left_out else []
    if unknown is not None:
        return [*sentences(found.line, unknown, Aims({}, found.formula), words), *out]
    if found.share() is None or is_missing(found.line["percent"]):
        return out
    known = words("leeway.all_known", **counted(int(found.line["denominator"])))
    return [known, *out]


def _figure(found: Audit, unit: str, words: Words) -> str:
    line, indicator = found.line, found.indicator
    if isinstance(indicator, Count):
        return words("audit.answer.count", unit=unit, numerator=int(line["numerator"]))
    if isinstance(indicator, Drop):
        form, fall = "drop_unmeasured", {}
        if not is_missing(line["percent"]):
            form, fall = "drop", {"fall": fall_text(line["percent"], found.formula, words)}
        return words(
            f"audit.answer.{form}",
            before=int(line["baseline_numerator"]),
            before_all=int(line["baseline_denominator"]),
            baseline=words.date(found.days["baseline"]),
            after=int(line["numerator"]),
            after_all=int(line["denominator"]),
            later=words.date(found.days["later_date"]),
            apart_before=apart(found.told, words, BEFORE),
            apart_later=apart(found.told, words),
            **fall,
        )
    counts = {name: int(line[name]) for name in ("numerator", "denominator")}
    if is_missing(line["percent"]):
        return words("audit.answer.share_unmeasured", unit=unit, **counts)
    return words("audit.answer.share", unit=unit, percent=words.percent(line["percent"]), **counts)


def fall_text(value: Any, formula: str, words: Words) -> str:
    """Write a fall: in points, or in percent where the formula divides by something."""
    if is_missing(value) or formula != "points":
        return words.percent(value)
    return words("audit.answer.points", number=words.number(value, 2))


def arithmetic(found: Audit, words: Words) -> list[Shown]:
    """Give the divisions behind what is printed."""
    if isinstance(found.indicator, Count):
        unit = words(f"indicators.{found.indicator.id}.unit")
        numerator = int(found.line["numerator"])
        return [paragraph(words("audit.arithmetic.count", numerator=numerator, unit=unit))]
    rounding = paragraph(words("audit.arithmetic.rounding"), "note")
    if isinstance(found.indicator, Drop):
        formulas = paragraph(words("audit.arithmetic.formulas"))
        table = formula_table(found, words)
        said = (told_of_fall(found.told, found.days, words),)
        notes = listing(filter(None, said))
        return [notes, _rates(found, words), formulas, table, rounding, *_readings(found, words)]
    return [*_share(found, words), rounding]


def _share(found: Audit, words: Words) -> list[Shown]:
    line, unit = found.line, words(f"indicators.{found.indicator.id}.unit")
    division, high = found.share(), found.share(if_unknown_were_yes=True)
    if division is None or high is None:
        return [paragraph(words("audit.arithmetic.no_base", unit=unit))]
    if is_missing(line["percent"]):
        if said := [*_lacking(found, words)]:
            return [*map(paragraph, said)]
        base = int(line["denominator"])
        return [paragraph(words("audit.arithmetic.all_unknown", denominator=base, unit=unit))]
    said = [words("audit.arithmetic.percent", top=division.top, **_worked_out(division, words))]
    if line["unknown"]:
        counts = {"top": division.top, "unknown": int(line["unknown"]), "unit": unit}
        said.append(words("audit.arithmetic.high", **counts, **_worked_out(high, words)))
        known = division.bottom - int(line["unknown"])
        if (interval := likely(division.top, known, division.bottom)) is not None:
            said.append(_interval(division, known, interval, words))
    return [listing(said)]


def _lacking(found: Audit, words: Words) -> Iterator[str]:
    """Say which questions the survey, and which numbers the year's plan lacks."""
    lacking = found.lacking()
    for key, names in (
        ("not_asked", [name for name in lacking if name not in THRESHOLDS]),
        ("no_number", [name for name in lacking if name in THRESHOLDS]),
    ):
        if names:
            named = words.listed(lacking_label(name, words) for name in names)
            yield words(f"audit.arithmetic.{key}", lacking=named)


def _interval(division: Division, known: int, interval: Interval, words: Words) -> str:
    """Say how the 95 % interval is worked out, so that anybody can do it again."""
    base = division.bottom
    fewest, most = (round(end * base) for end in (interval.low, interval.high))
    given = {"top": division.top, "known": known, "base": base, "fewest": fewest, "most": most}
    return words("audit.arithmetic.interval", **given)


def _worked_out(division: Division, words: Words) -> dict[str, object]:
    return {
        "bottom": division.bottom,
        "digits": digits(division, words),
        "percent": rounded(division, words),
    }


def digits(division: Division, words: Words) -> str:
    """Write a percentage before it is rounded: 77,777777… %."""
    number = words.number(division.decimals, PLACES)
    return words("formats.percent", number=f"{number}{'…' if division.goes_on else ''}")


def rounded(division: Division, words: Words) -> str:
    """Write a percentage as every report prints it."""
    return words.percent(division.rounded)


def _rates(found: Audit, words: Words) -> Passage:
    """Give the rate of each date, where anybody has a status on it."""
    said: list[str] = []
    if found.has_too_many_unknown:
        return listing([words("leeway.fall_unmeasured", **dates_unknown(found.of_commune))])
    for part, (top, bottom) in _COUNTS_OF.items():
        if found.line[bottom] == 0:
            said.append(words("audit.arithmetic.no_base", unit=words("codes.unit.household.many")))
            continue
        division = Division(int(found.line[top]), int(found.line[bottom]))
        label, day = words(f"parts.{part}.label"), words.date(found.days[DAY_OF[part]])
        values = {"part": label, "day": day, "top": division.top, **_worked_out(division, words)}
        said.append(words("audit.arithmetic.rate", **values))
    return listing(said)


def formula_table(found: Audit, words: Words) -> Table:
    """Show all three formulas, and mark the one that the plan names."""
    text, too_many = words.under("audit.arithmetic"), found.has_too_many_unknown
    rows = []
    for name, division in found.formulas().items():
        said = (text("no_rate" if too_many else "no_division"), MISSING, MISSING)
        if division is not None:
            fall = fall_text(division.rounded, name, words)
            said = _fraction(name, found, division, words), digits(division, words), fall
        rows.append((name, *said))
    return Table.of(
        pd.DataFrame(rows, columns=["formula", "fraction", "digits", "rounded"]),
        columns_of(
            text,
            formula=lambda row: (
                f"{_CHOSEN if row.formula == found.formula else _NOT_CHOSEN} "
                f"{words(f'codes.formula.{row.formula}.label')}"
            ),
            how=lambda row: words(f"codes.formula.{row.formula}.how"),
            fraction=attrgetter("fraction"),
            digits=attrgetter("digits"),
            rounded=attrgetter("rounded"),
        ),
        text("caption"),
    )


def _readings(found: Audit, words: Words) -> list[Shown]:
    """Show what other readings of the sentence give, and whether each would meet the target."""
    if found.place != COMMUNE or found.told.untold or is_missing(found.line["percent"]):
        return []
    text = words.under("audit.readings")
    judged = found.target is not None and found.formula == "points"

    def reading(row: Any) -> str:
        values = {"years": row.years, "day": words.date(row.day), "year": int(found.days["year"])}
        named = words.placeholders(f"audit.readings.{row.reading}")
        return text(row.reading, **{name: values[name] for name in named})

    def meets(row: Any) -> str:
        if found.target is None or not judged:
            return MISSING
        return text("meets" if row.points >= found.target.at_least else "fails")

    table = Table.of(
        readings(found.processed, found.quarter),
        columns_of(
            text,
            ("before", "later", "fall"),
            reading=reading,
            before=lambda row: f"{words.number(row.before)}/{words.number(row.before_all)}",
            later=lambda row: f"{words.number(row.later)}/{words.number(row.later_all)}",
            fall=lambda row: fall_text(row.points / 100, "points", words),
            target=meets,
        ),
        text("caption"),
        note=text("note"),
    )
    return [paragraph(text("says")), table]


def _fraction(formula: str, found: Audit, division: Division, words: Words) -> str:
    before, later = (
        "/".join(words.number(found.line[name]) for name in names) for names in _COUNTS_OF.values()
    )
    return {
        "points": f"{before} − {later}",
        "relative": f"({before} − {later}) ÷ {before}",
        "escaped": f"{words.number(division.top)}/{words.number(division.bottom)}",
    }[formula]


# How several communes stand side by side, and how the figures of all of them come about.


def is_all(whole: Processed, place: str) -> bool:
    """Whether a name stands for all communes of a folder that holds several."""
    return whole.has_all and folded(place) == ALL


def how_all_add_up(whole: Processed, quarter: str, indicator: str, language: str = "vi") -> str:
    """Tell, for a terminal, how a figure of all communes is the sum of the communes' figures."""
    words = Words(language)
    table = sum_table(lines_of(whole.results, quarter, indicator), whole.communes, words)
    return f"{table}\n{words('communes.sum.says')}\n"


def lines_of(results: pd.DataFrame, quarter: str, indicator: str) -> pd.DataFrame:
    """Give an indicator's lines of each commune and of all of them, in a quarter."""
    lines = results[(results["quarter"] == quarter) & (results["indicator"] == indicator)]
    return lines[lines["level"].isin([COMMUNE, ALL])].sort_values("level", ascending=False)


def sum_table(lines: pd.DataFrame, names: Mapping[str, str], words: Words) -> Table:
    """Show an indicator commune by commune, and their sum below.

    Args:
        lines: as `lines_of` gives them, of one quarter and indicator.
        names: the communes' names by key.
        words: the reader's language.
    """
    text = words.under("communes.sum")
    numbers = ("numerator", "denominator", "unknown")
    return Table.of(
        lines,
        columns_of(
            text,
            (*numbers, "percent", "target_count"),
            commune=lambda line: names.get(line.place, words("communes.all")),
            **{name: number_of(name, words) for name in numbers},
            percent=lambda line: words.percent(line.percent),
            target_count=number_of("target_count", words),
            status=lambda line: status_mark(line.status, words, certain=line.certain == "yes"),
        ),
        text(
            "caption",
            label=words(f"indicators.{lines['indicator'].iloc[0]}.label"),
            quarter=words.quarter(str(lines["quarter"].iloc[0])),
        ),
    )
