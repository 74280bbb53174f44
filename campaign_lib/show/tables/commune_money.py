"""The campaign's money: funding by programme and village, loans, and how borrowers fare."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from campaign_lib.show.display import RIGHT, Cell, Column, Mark, Table
from campaign_lib.show.tables.commune_labels import commune_labels
from campaign_lib.show.tables.labels import NOTHING, answer_label, rows_of
from campaign_lib.words import Words

#: Numbers of a comparison: how many of how many, and their share in percent.
Share = tuple[int, int, float | None]


def programmes_table(lines: Sequence[tuple[str, Any, Any]], words: Words, *, caption: str) -> Table:
    """Show money by programme: this quarter's, and the year's so far.

    Args:
        lines: for each row its label, and a row of sums of the quarter and of the year so far
            (`campaign_lib.analysis.commune.funding.sums_by`), or None.
        words: the reader's language.
        caption: the table's.
    """
    text = commune_labels(words, "programmes")
    names = ("planned_now", "disbursed_now", "planned", "disbursed", "share")
    return Table(
        caption=caption,
        columns=(Column(text("programme")), *(Column(text(name), RIGHT) for name in names)),
        rows=tuple(
            (label, *_plain(now, words), *_money(year, words)) for label, now, year in lines
        ),
        note=_unknown(lines[-1][2] if lines else None, words),
        empty=text("none"),
    )


def village_money_table(
    table: pd.DataFrame, total: Any, names: Mapping[str, str], words: Words
) -> Table:
    """Show the year's money so far by village, with a total of all villages.

    Args:
        table: sums by village, in the order to show.
        total: one row of sums.
        names: the villages' names by code.
        words: the reader's language.
    """
    text = commune_labels(words, "programmes")
    lines = [(names[line.village], *_money(line, words)) for line in rows_of(table)]
    return Table(
        caption=text("by_village"),
        columns=(
            Column(text("village")),
            *(Column(text(name), RIGHT) for name in ("planned", "disbursed", "share")),
        ),
        rows=(*lines, (text("total"), *_money(total, words))) if lines else (),
        empty=text("none"),
    )


def over_plan_table(
    over: pd.DataFrame, names: Mapping[str, str], words: Words, *, purpose: bool
) -> Table:
    """List the lines that disbursed more than was planned.

    Args:
        over: from `campaign_lib.analysis.commune.funding.over_plan`.
        names: the villages' names by code.
        words: the reader's language.
        purpose: whether to show what the money was for, as it was typed.
    """
    text = commune_labels(words, "programmes")
    headings = ("village", "quarter", "programme", *(("purpose",) if purpose else ()))
    return Table(
        caption=text("over_caption"),
        columns=(
            *(Column(text(name)) for name in headings),
            *(Column(text(name), RIGHT) for name in ("planned", "disbursed", "over")),
        ),
        rows=tuple(
            (
                names[line.village],
                words.quarter_short(line.quarter),
                answer_label("funding", "programme", line.programme, words),
                *((NOTHING if pd.isna(line.purpose) else str(line.purpose),) if purpose else ()),
                *(words.number(value, 1) for value in (line.planned, line.disbursed)),
                words.number(line.over, 1),
            )
            for line in rows_of(over)
        ),
        empty=text("none_over"),
    )


def _plain(sums: Any, words: Words) -> tuple[str, str]:
    if sums is None:
        return NOTHING, NOTHING
    return words.number(sums.planned, 1), words.number(sums.disbursed, 1)


def _money(sums: Any, words: Words) -> tuple[Cell, Cell, Cell]:
    """Write planned, disbursed and their share; more than planned carries its sign and words."""
    planned, disbursed = _plain(sums, words)
    if sums is None or pd.isna(sums.of_both) or not sums.of_both > 0:
        return planned, disbursed, NOTHING
    share = words.percent(100 * sums.disbursed_of_both / sums.of_both, 1)
    if sums.disbursed_of_both > sums.of_both:
        return (
            planned,
            disbursed,
            Mark(words("commune_tables.programmes.above", share=share), "behind"),
        )
    return planned, disbursed, share


def _unknown(total: Any, words: Words) -> str:
    """Say of how many lines an amount is not known, and what that does to the sums."""
    if total is None or not total.planned_unknown + total.disbursed_unknown:
        return ""
    return words(
        "commune_tables.programmes.unknown",
        lines=total.lines,
        planned=total.planned_unknown,
        disbursed=total.disbursed_unknown,
    )


def lenders_table(sources: pd.DataFrame, words: Words, *, rest: Any = None) -> Table:
    """Show from whom was borrowed.

    Args:
        sources: lender, households, amounts_known, total, in order.
        words: the reader's language.
        rest: one row of the same for all lenders that are not shown; None if all are.
    """
    text = commune_labels(words, "lenders")
    lines = [(line.lender, line) for line in rows_of(sources)]
    if rest is not None:
        lines.append((text("others"), rest))
    return Table(
        caption=text("caption"),
        columns=(
            Column(text("lender")),
            *(Column(text(name), RIGHT) for name in ("households", "amounts_known", "total")),
        ),
        rows=tuple(
            (
                text("not_said") if pd.isna(lender) else str(lender),
                words.number(line.households),
                words.number(line.amounts_known),
                words.number(line.total, 1),
            )
            for lender, line in lines
        ),
        empty=text("none"),
    )


def comparison_table(
    lines: Mapping[str, tuple[Share, Share]],
    incomes: Mapping[str, tuple[float | None, int]],
    words: Words,
    *,
    cell: Callable[[Share], Cell] | None = None,
) -> Table:
    """Set those who borrowed beside those who did not.

    Args:
        lines: by outcome, the share of those who borrowed and of the others.
        incomes: median income and of how many, of `borrowed` and `others`; empty to leave it out.
        words: the reader's language.
        cell: writes a share; the usual way if None.
    """
    text = commune_labels(words, "comparison")
    write = cell or (lambda share: counted_share(share, words))
    rows: list[tuple[Cell, ...]] = [
        (text(f"outcome.{outcome}"), *map(write, both)) for outcome, both in lines.items()
    ]
    if incomes:
        medians = [_income(*incomes[name], words) for name in ("borrowed", "others")]
        rows.append((text("outcome.income"), *medians))
    return Table(
        caption=text("caption"),
        columns=(
            Column(text("what")),
            Column(text("borrowed"), RIGHT),
            Column(text("others"), RIGHT),
        ),
        rows=tuple(rows),
        note=text("note"),
    )


def counted_share(share: Share, words: Words) -> str:
    """Write a share with the two numbers that make it: 12/50 (24,00 %)."""
    yes, known, percent = share
    if not known:
        return NOTHING
    numbers = {"yes": words.number(yes), "known": words.number(known)}
    return words("commune_tables.comparison.share", **numbers, percent=words.percent(percent))


def _income(median: float | None, known: int, words: Words) -> str:
    if median is None:
        return NOTHING
    return words("commune_tables.comparison.income", median=words.number(median), known=known)
