"""The commune's report: money that was planned and spent, and loans of households."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import (
    BORROWED,
    NATIONAL,
    NOT_BORROWED,
    OTHERS,
    Borrowing,
    borrowing,
    median_incomes,
    over_plan,
    rate,
    side_by_side,
    sums_by,
)
from campaign_lib.show.charts.commune import money_chart
from campaign_lib.show.display import (
    NOTHING,
    RIGHT,
    Cell,
    Column,
    Mark,
    Passage,
    Shown,
    Table,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import answer_label, commune_labels, rows_of
from campaign_lib.stories.commune.quarter import CommuneStory
from campaign_lib.words import MISSING, Words

# The campaign's money: funding by programme and village, loans, and how borrowers fare.

#: Numbers of a comparison: how many of how many, and their share in percent.
Share = tuple[int, int, float | None]


def programmes_table(lines: Sequence[tuple[str, Any, Any]], words: Words, *, caption: str) -> Table:
    """Show money by programme: this quarter's, and the year's so far.

    Args:
        lines: for each row its label, and a row of sums of the quarter and of the year so far
            (`campaign_lib.analysis.commune.sums_by`), or None.
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
        over: from `campaign_lib.analysis.commune.over_plan`.
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
                *((MISSING if pd.isna(line.purpose) else str(line.purpose),) if purpose else ()),
                *(words.number(value, 1) for value in (line.planned, line.disbursed)),
                words.number(line.over, 1),
            )
            for line in rows_of(over)
        ),
        empty=text("none_over"),
    )


def _plain(sums: Any, words: Words) -> tuple[str, str]:
    if sums is None:
        return MISSING, MISSING
    return words.number(sums.planned, 1), words.number(sums.disbursed, 1)


def _money(sums: Any, words: Words) -> tuple[Cell, Cell, Cell]:
    """Write planned, disbursed and their share; more than planned carries its sign and words."""
    planned, disbursed = _plain(sums, words)
    if sums is None or pd.isna(sums.of_both) or not sums.of_both > 0:
        return planned, disbursed, MISSING
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


def lenders_table(sources: pd.DataFrame, words: Words) -> Table:
    """Show from whom was borrowed.

    Args:
        sources: lender, households, amounts_known, total, in order.
        words: the reader's language.
    """
    text = commune_labels(words, "lenders")
    return Table(
        caption=text("caption"),
        columns=(
            Column(text("lender")),
            *(Column(text(name), RIGHT) for name in ("households", "amounts_known", "total")),
        ),
        rows=tuple(
            (
                text("not_said")
                if pd.isna(line.lender)
                else answer_label("survey", "loan_source", line.lender, words),
                words.number(line.households),
                words.number(line.amounts_known),
                words.number(line.total, 1),
            )
            for line in rows_of(sources)
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
        return MISSING
    numbers = {"yes": words.number(yes), "known": words.number(known)}
    return words("commune_tables.comparison.share", **numbers, percent=words.percent(percent))


def _income(median: float | None, known: int, words: Words) -> str:
    if median is None:
        return MISSING
    return words("commune_tables.comparison.income", median=words.number(median), known=known)


QUESTION = "borrowed"
OVER, VILLAGES = 20, 30


class MoneySection(CommuneStory):
    """Funding from the national programmes and elsewhere; households that borrowed."""

    def funding(self) -> Passage:
        """Planned against disbursed, by programme, by village, and where it is above the plan."""
        money = self.data.funding
        if money.empty:
            return self.section("funding", paragraph(self.text("funding.none")))
        over = over_plan(money)
        return self.section(
            "funding",
            self._in_a_sentence(money, over),
            self._programmes(money),
            self._money_drawn(money),
            self._over(over),
            self._by_village(money),
        )

    def _in_a_sentence(self, money: pd.DataFrame, over: pd.DataFrame) -> Passage:
        (total,) = rows_of(sums_by(money, []))
        says = [
            self.text(
                "funding.so_far",
                planned=self.words.money(total.planned),
                disbursed=self.words.money(total.disbursed),
            )
        ]
        if len(over):
            says.append(self.text("funding.over", count=len(over)))
        return paragraph(" ".join(says))

    def _label(self, programme: str) -> str:
        return answer_label("funding", "programme", programme, self.words)

    def _programmes(self, money: pd.DataFrame) -> Shown:
        """Put the national programmes first, with their sum, then the others, then all."""
        own = commune_labels(self.words, "programmes")
        now = money[money["quarter"] == self.data.code]
        by_programme = [_by("programme", part) for part in (now, money)]
        lines = [
            (self._label(code), by_programme[0].get(code), by_programme[1][code])
            for code in NATIONAL
            if code in by_programme[1]
        ]
        national = [part[part["programme"].isin(NATIONAL)] for part in (now, money)]
        if len(lines) > 1:
            lines.append((own("national"), *map(_all, national)))
        lines += [
            (self._label(code), by_programme[0].get(code), by_programme[1][code])
            for code in OTHERS
            if code in by_programme[1]
        ]
        lines.append((own("total"), _all(now), _all(money)))
        return programmes_table(lines, self.words, caption=own("caption"))

    def _money_drawn(self, money: pd.DataFrame) -> Shown:
        sums = _by("programme", money)
        codes = [code for code in (*NATIONAL, *OTHERS) if code in sums]
        return money_chart(
            [self._label(code) for code in codes],
            [sums[code].planned for code in codes],
            [sums[code].disbursed for code in codes],
            self.words,
            self.source,
        )

    def _over(self, over: pd.DataFrame) -> Shown:
        if over.empty:
            return NOTHING
        return over_plan_table(
            over.head(OVER), self.data.names, self.words, purpose=not self.is_public
        )

    def _by_village(self, money: pd.DataFrame) -> Shown:
        """Show villages by how much of their plan has been disbursed, the least first."""
        table = sums_by(money, ["village"])
        share = table["disbursed_of_both"] / table["of_both"]
        table = table.loc[share.sort_values(kind="stable").index]
        (total,) = rows_of(sums_by(money, []))
        shown = village_money_table(table.head(VILLAGES), total, self.data.names, self.words)
        more = len(table) - VILLAGES
        note = self.text("funding.more", count=more) if more > 0 else ""
        return together(shown, paragraph(note, "note") if note else NOTHING)

    def loans(self) -> Passage:
        """How many of the cohort borrowed, how much, from whom, and how they fare."""
        if QUESTION not in self.data.asked:
            return self.section("loans", paragraph(self.text("loans.not_asked"), "note"))
        told = borrowing(self.data.cohort)
        if not told.surveyed:
            return self.section("loans", paragraph(self.text("loans.nobody"), "note"))
        says: list[Shown] = [self._who(told)]
        if told.yes:
            says += [self._how_much(told), self._lenders(told), self._beside()]
        return self.section("loans", *says)

    def _who(self, told: Borrowing) -> Passage:
        names = ("surveyed", "base", "yes", "no", "unknown")
        numbers = {name: getattr(told, name) for name in names}
        percent = self.words.percent(rate(told.yes, told.surveyed))
        return paragraph(self.text("loans.who", **numbers, percent=percent))

    def _how_much(self, told: Borrowing) -> Passage:
        if told.median is None:
            return paragraph(self.text("loans.no_amounts", yes=told.yes))
        return paragraph(
            self.text(
                "loans.how_much",
                known=told.amounts_known,
                yes=told.yes,
                median=self.words.money(told.median),
                total=self.words.money(told.total),
            )
        )

    def _lenders(self, told: Borrowing) -> Shown:
        """Say from whom."""
        return lenders_table(told.sources, self.words)

    def _beside(self) -> Passage:
        """Set borrowers beside the others, and say what that does not mean."""
        table = side_by_side(self.data.cohort)
        table = table[self._comparable(table)]
        if table.empty:
            return NOTHING
        groups = {name: table[table["group"] == name] for name in (BORROWED, NOT_BORROWED)}
        shares = {name: [_share(line) for line in rows_of(own)] for name, own in groups.items()}
        outcomes = groups[BORROWED]["outcome"]
        lines = dict(zip(outcomes, zip(*shares.values(), strict=True), strict=True))
        return together(
            comparison_table(lines, self._incomes(), self.words),
            paragraph(self.text("loans.no_effect"), "warning"),
        )

    def _comparable(self, table: pd.DataFrame) -> pd.Series:
        """Say which lines of a comparison may be shown."""
        return pd.Series(True, index=table.index)

    def _incomes(self) -> Mapping[str, tuple[float | None, int]]:
        return median_incomes(self.data.cohort)


def _share(line: Any) -> Share:
    known = line.yes + line.no
    return line.yes, known, rate(line.yes, known)


def _by(key: str, money: pd.DataFrame) -> Mapping[str, Any]:
    """Give sums by what stands in a column, each as a row."""
    table = sums_by(money, [key])
    return dict(zip(table[key], rows_of(table), strict=True))


def _all(money: pd.DataFrame) -> Any:
    """Give the sum of all lines as a row; None of no lines."""
    return next(rows_of(sums_by(money, [])), None)
