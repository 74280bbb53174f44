"""Two tables of facts: what an audited figure means, and how its verdict was reached."""

from collections.abc import Mapping
from fractions import Fraction

from campaign_lib.analysis.audit import Audit, Division
from campaign_lib.analysis.leeway import HANGING
from campaign_lib.base.percent import ALL_OF_THEM
from campaign_lib.indicators.indicator import Count, Drop
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show.display import RIGHT, Cell, Column, Passage, Shown, Table, paragraph
from campaign_lib.show.tables.labels import status_mark
from campaign_lib.show.tables.leeway import verdict_text
from campaign_lib.stories.audit.reasons import fall_text, left_open, rounded
from campaign_lib.words import Words, is_missing

Row = tuple[str, Cell, str]


def definition_table(found: Audit, labels: Mapping[str, str], words: Words) -> Table:
    """Say which section of the plan asks for what, who counts, and which days are meant."""

    def span(first: str) -> str:
        days = {"first": found.days[first], "last": found.days["last_day"]}
        return words("audit.definition.span", **days)

    facts = {"section": found.section, "target": target_text(found, words)}
    facts["unit"] = words(f"indicators.{found.indicator.id}.unit")
    if not isinstance(found.indicator, Drop):
        counts = [labels[question.__name__] for question in found.indicator.counts]
        facts["counts"] = "; ".join(counts)
    facts |= {"quarter": span("first_day"), "year": span("year_first_day")}
    if found.indicator.units == "households":
        facts["baseline"] = words.date(found.days["baseline"])
    if isinstance(found.indicator, Drop):
        facts["later"] = words.date(found.days["later_date"])
    return Table(
        words("audit.definition.caption"),
        tuple(Column(words(f"audit.definition.{name}")) for name in ("what", "is")),
        tuple((words(f"audit.definition.{name}"), fact) for name, fact in facts.items()),
    )


def target_text(found: Audit, words: Words) -> str:
    """Write what the plan asks for by the end of the year."""
    target = found.target
    if target is None:
        return words("audit.definition.target_none")
    if isinstance(found.indicator, Count):
        unit = words(f"indicators.{found.indicator.id}.unit")
        if target.at_most is None:
            return words("audit.definition.target_count", least=target.at_least, unit=unit)
        counts = {"least": target.at_least, "most": target.at_most}
        return words("audit.definition.target_range", unit=unit, **counts)
    if isinstance(found.indicator, Drop):
        return words("audit.definition.target_points", points=_wanted(found, words))
    form = "target_all" if target.at_least == ALL_OF_THEM else "target_percent"
    return words(f"audit.definition.{form}", percent=_wanted(found, words))


def short_of_target(found: Audit, words: Words) -> list[Passage]:
    """Say what the plan asks for, and how many are still missing."""
    if found.target is None:
        return []
    said = words("audit.answer.target", target=target_text(found, words))
    shortfall = found.line["shortfall"]
    if is_missing(shortfall) or shortfall == 0:
        return [paragraph(said)]
    if isinstance(found.indicator, Drop):
        missing = words("audit.answer.missing_poor", shortfall=int(shortfall))
    else:
        unit = words(f"indicators.{found.indicator.id}.unit")
        missing = words("audit.answer.missing", shortfall=int(shortfall), unit=unit)
    return [paragraph(f"{said} {missing}")]


def _wanted(found: Audit, words: Words) -> str:
    """Write the target as a percentage, or as points where the plan means points."""
    value = None if found.target is None else Fraction(found.target.at_least, 100)
    if isinstance(found.indicator, Drop):
        return fall_text(value, found.formula, words)
    return words.percent(value)


def verdict(found: Audit, words: Words) -> list[Shown]:
    """Show target count, path, shortfall and status, and how each was worked out."""
    names = ("what", "value", "how")
    columns = tuple(
        Column(words(f"audit.verdict.{name}"), RIGHT if name == "value" else "") for name in names
    )
    target = [] if is_missing(found.line["target_count"]) else _target_rows(found, words)
    rows = (*_reached(found, words), *target, *_verdict_rows(found, words))
    table = Table(words("audit.verdict.caption"), columns, rows)
    if found.plan is None:
        return [paragraph(words("audit.verdict.no_plan"), "note"), table]
    if isinstance(found.indicator, Drop) and found.place != COMMUNE:
        return [paragraph(words("audit.verdict.villages_not_judged"), "note"), table]
    return [table]


def _reached(found: Audit, words: Words) -> list[Row]:
    """Give the figure that is judged."""
    text = words("audit.verdict.from_steps")
    number = words.number(found.line["numerator"])
    if not isinstance(found.indicator, Drop):
        return [(words("audit.verdict.numerator"), number, text)]
    fall = fall_text(found.line["percent"], found.formula, words)
    return [
        (words("audit.verdict.poor"), number, text),
        (words("audit.verdict.fall"), fall, words("audit.verdict.from_formula")),
    ]


def _target_rows(found: Audit, words: Words) -> list[Row]:
    line, downwards = found.line, isinstance(found.indicator, Drop)
    count = "most_poor" if downwards else "target_count"
    path = "path_poor" if downwards else "path_count"
    rows: list[Row] = [
        (
            words(f"audit.verdict.{count}"),
            words.number(line["target_count"]),
            _how_target(found, words),
        )
    ]
    if not is_missing(line["path_count"]):
        how = _how_path(found, words)
        rows.append((words(f"audit.verdict.{path}"), words.number(line["path_count"]), how))
    return rows


def _how_target(found: Audit, words: Words) -> str:
    """Say how the target count follows from the target."""
    target = found.target
    assert target is not None  # there is a target count
    wanted, base = _wanted(found, words), found.line["denominator"]
    unit = words(f"indicators.{found.indicator.id}.unit")
    if isinstance(found.indicator, Drop):
        return words("audit.verdict.most_poor_how", target=wanted, base=int(base))
    if isinstance(found.indicator, Count):
        if target.at_most is None:
            return words("audit.verdict.counted")
        return words("audit.verdict.at_most", most=target.at_most)
    if target.at_least == ALL_OF_THEM:
        return words("audit.verdict.all", target=wanted, unit=unit)
    if found.place != COMMUNE:
        return _how_shared(found, words)
    return _how_least(found, wanted, unit, words)


def _how_least(found: Audit, wanted: str, unit: str, words: Words) -> str:
    """Prove the commune's target count: it prints as enough, and one less does not."""
    count, base = int(found.line["target_count"]), int(found.line["denominator"])
    if count == 0:
        return words("audit.verdict.least_none", target=wanted, unit=unit)
    return words(
        "audit.verdict.least",
        target=wanted,
        count=count,
        base=base,
        percent=rounded(Division(count, base), words),
        less=count - 1,
        less_percent=rounded(Division(count - 1, base), words),
    )


def _how_shared(found: Audit, words: Words) -> str:
    if found.allocation_is_fixed():
        return words("audit.verdict.fixed")
    commune = found.of_commune
    count, everyone = int(commune["target_count"]), int(commune["denominator"])
    base = int(found.line["denominator"])
    exact = words.number(Fraction(count * base, everyone), 2)
    return words("audit.verdict.shared", count=count, base=base, all=everyone, exact=exact)


def _how_path(found: Audit, words: Words) -> str:
    due = found.due
    assert due is not None  # a path count needs a plan
    share = words.percent(due * 100, 0)
    if isinstance(found.indicator, Drop):
        return words("audit.verdict.path_poor_how", share=share, target=_wanted(found, words))
    count = int(found.line["target_count"])
    exact = due * count
    if exact.denominator == 1:
        return words("audit.verdict.path_whole", share=share, count=count)
    return words("audit.verdict.path_how", share=share, count=count, exact=exact)


def _verdict_rows(found: Audit, words: Words) -> list[Row]:
    line, status = found.line, str(found.line["status"])
    rows: list[Row] = []
    if not is_missing(line["shortfall"]):
        how = "shortfall_poor_how" if isinstance(found.indicator, Drop) else "shortfall_how"
        how = how if line["shortfall"] > 0 else "shortfall_none"
        missing = words.number(line["shortfall"])
        rows.append((words("audit.verdict.shortfall"), missing, words(f"audit.verdict.{how}")))
    meaning = words(f"codes.status.{status}.meaning")
    rows.append((words("audit.verdict.status"), status_mark(status, words), meaning))
    if status not in ("no_target", "unmeasured"):
        sure, how = _certain(found, words)
        rows.append((words("audit.verdict.certain"), sure, how))
    return rows


def _certain(found: Audit, words: Words) -> tuple[str, str]:
    """Say whether the verdict is certain, and what it hangs on if it is not."""
    unknown = left_open(found)
    if unknown is None:
        return words("audit.verdict.certain_yes"), words("audit.verdict.all_known")
    sure = "no" if unknown.verdict in HANGING else "yes"
    how = verdict_text(found.line, unknown, words)
    return words(f"audit.verdict.certain_{sure}"), how
