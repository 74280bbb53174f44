"""The commune's report: money that was planned and spent, and loans of households."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from campaign_lib.analysis.commune.borrowing import (
    BORROWED,
    NOT_BORROWED,
    Borrowing,
    borrowing,
    median_incomes,
    side_by_side,
)
from campaign_lib.analysis.commune.funding import NATIONAL, OTHERS, over_plan, sums_by
from campaign_lib.analysis.commune.rates import rate
from campaign_lib.show.charts.commune import money_chart
from campaign_lib.show.display import NOTHING, Passage, Shown, paragraph, together
from campaign_lib.show.tables.commune_labels import commune_labels
from campaign_lib.show.tables.commune_money import (
    Share,
    comparison_table,
    lenders_table,
    over_plan_table,
    programmes_table,
    village_money_table,
)
from campaign_lib.show.tables.labels import answer_label, rows_of
from campaign_lib.stories.commune.story import CommuneStory

QUESTION = "borrowed"
LENDERS, OVER, VILLAGES = 8, 20, 30


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
        """Say from whom, as the forms have it."""
        first, others = told.sources.head(LENDERS), told.sources.iloc[LENDERS:]
        rest = others.drop(columns="lender").sum() if len(others) else None
        return lenders_table(first, self.words, rest=rest)

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
