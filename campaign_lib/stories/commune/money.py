"""The commune's report: money that was planned and spent, and loans of households."""

from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import (
    BORROWED,
    MONEY,
    NATIONAL,
    NOT_BORROWED,
    OTHERS,
    STILL_POOR,
    Borrowing,
    median_incomes,
    over_plan,
    rate,
    sums_by,
)
from campaign_lib.disclosure import LEAST_SHOWN, may_show
from campaign_lib.indicators import ALL
from campaign_lib.indicators.households import COHORT
from campaign_lib.indicators.indicator import Share
from campaign_lib.show.charts import money_chart
from campaign_lib.show.display import (
    NOTHING,
    Cell,
    Mark,
    Passage,
    Shown,
    Table,
    columns_of,
    folded_away,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import (
    answer_label,
    number_of,
    rows_of,
    text_or_nothing,
)
from campaign_lib.stories.commune.quarter import QUESTION, CommuneStory
from campaign_lib.words import MISSING, Words

OVER, VILLAGES = 20, 30
_MONEY = ("planned", "disbursed", "share")
_OF_COHORT = frozenset(one.id for one in ALL if isinstance(one, Share) and one.among == COHORT)


def funding(report: CommuneStory) -> Passage:
    """Planned against disbursed, by programme, by village, and where it is above the plan.

    In public without policy credit: in a village, or from quarter to quarter, it may be one loan.
    """
    if report.is_public:
        says = paragraph(report.text("funding.public"))
        return report.titled("funding", says, *_funding(report))
    return report.section("funding", *_funding(report))


def _funding(report: CommuneStory) -> list[Shown]:
    money, words = report.data.funding, report.words
    if money.empty:
        return [paragraph(report.text("funding.none"))]
    (total,), over = rows_of(sums_by(money, [])), over_plan(money)
    amounts = {name: words.money(getattr(total, name)) for name in ("planned", "disbursed")}
    says = [report.text("funding.so_far", **amounts)]
    if len(over):
        says.append(report.text("funding.over", count=len(over)))
    return [
        paragraph(" ".join(says)),
        _programmes_table(money, report),
        _drawn(money, report),
        _over_table(over.head(OVER), report) if len(over) else NOTHING,
        *_by_village(money, report),
        _of_the_commune(money, report),
    ]


#: Stands for the commune in a column of villages: the money that is no village's.
OWN = "own"


def _places(report: CommuneStory) -> dict[str, str]:
    """Give the villages' names, and what the commune's own money is called beside them."""
    return {**report.data.names, OWN: report.words("commune_tables.programmes.own")}


def _of_the_commune(money: pd.DataFrame, report: CommuneStory) -> Shown:
    """List the money that is no village's, with who spends it and on which model; for the office.

    What somebody typed as a purpose or an agency may name a person.
    """
    own = money[money["village"].isna()]
    if own.empty or report.is_public:
        return NOTHING
    words, text = report.words, report.words.under("commune_tables.programmes")
    every = report.data.every_model
    models = {str(one.model).casefold(): one for one in rows_of(every)}

    def model(line: Any) -> str:
        one = models.get(str(line.model).casefold())
        return text_or_nothing(line.model if one is None or pd.isna(one.name) else one.name)

    columns = columns_of(
        lambda name: words(f"tables.funding.{name}") if name in MONEY else text(name),
        ("planned", "disbursed"),
        quarter=lambda line: words.quarter_short(line.quarter),
        programme=lambda line: _label(line.programme, words),
        purpose=lambda line: text_or_nothing(line.purpose),
        agency=lambda line: text_or_nothing(line.agency),
        model=model,
        planned=lambda line: words.number(line.planned, 1),
        disbursed=lambda line: words.number(line.disbursed, 1),
    )
    table = Table.of(own.sort_values(["quarter", "programme"]), columns, text("own_caption"))
    return folded_away(table.caption, table) if len(own) > VILLAGES else table


def _programmes_table(money: pd.DataFrame, report: CommuneStory) -> Table:
    """Show this quarter's money and the year's so far.

    The national programmes stand first, with their sum, then the others, then all.
    """
    words, text = report.words, report.words.under("commune_tables.programmes")
    there, now = set(money["programme"]), money[money["quarter"] == report.data.code]
    national, others = ([one for one in of if one in there] for of in (NATIONAL, OTHERS))
    groups = [(_label(code, words), [code]) for code in national]
    groups += [(text("national"), national)] if len(national) > 1 else []
    groups += [(_label(code, words), [code]) for code in others]
    groups.append((text("total"), [*there]))
    sums = pd.concat(
        sums_by(money[money["programme"].isin(codes)], [])
        .join(sums_by(now[now["programme"].isin(codes)], []).add_suffix("_now"))
        .assign(programme=label)
        for label, codes in groups
    )
    total = sums.iloc[-1]
    # Of how many lines an amount is not known, and what that does to the sums.
    unknown = {name: int(total[f"{name}_unknown"]) for name in ("planned", "disbursed")}
    return Table.of(
        sums,
        columns_of(
            text,
            ("planned_now", "disbursed_now", *_MONEY),
            programme=lambda line: line.programme,
            planned_now=lambda line: words.number(line.planned_now, 1),
            disbursed_now=lambda line: words.number(line.disbursed_now, 1),
            planned=lambda line: words.number(line.planned, 1),
            disbursed=lambda line: words.number(line.disbursed, 1),
            share=lambda line: _share_of_plan(line, words),
        ),
        text("caption"),
        note=text("unknown", lines=int(total["lines"]), **unknown) if any(unknown.values()) else "",
        empty=text("none"),
    )


def _label(programme: str, words: Words) -> str:
    return answer_label("funding", "programme", programme, words)


def _share_of_plan(sums: Any, words: Words) -> Cell:
    """Write the share that was disbursed; more than planned carries its sign and words."""
    if pd.isna(sums.of_both) or not sums.of_both > 0:
        return MISSING
    share = words.percent(100 * sums.disbursed_of_both / sums.of_both, 1)
    if sums.disbursed_of_both > sums.of_both:
        return Mark(words("commune_tables.programmes.above", share=share), "behind")
    return share


def _drawn(money: pd.DataFrame, report: CommuneStory) -> Shown:
    sums = sums_by(money, ["programme"]).set_index("programme")
    sums = sums.reindex([code for code in (*NATIONAL, *OTHERS) if code in sums.index])
    labels = [_label(code, report.words) for code in sums.index]
    planned, disbursed = sums["planned"], sums["disbursed"]
    return money_chart(labels, list(planned), list(disbursed), report.words, report.source)


def _over_table(over: pd.DataFrame, report: CommuneStory) -> Table:
    """List the lines that disbursed more than was planned; in public without what was typed."""
    words, text = report.words, report.words.under("commune_tables.programmes")
    places = _places(report)
    return Table.of(
        over,
        columns_of(
            text,
            ("planned", "disbursed", "over"),
            ("purpose",),
            village=lambda line: places[OWN if pd.isna(line.village) else line.village],
            quarter=lambda line: words.quarter_short(line.quarter),
            programme=lambda line: _label(line.programme, words),
            purpose=lambda line: text_or_nothing(line.purpose),
            planned=lambda line: words.number(line.planned, 1),
            disbursed=lambda line: words.number(line.disbursed, 1),
            over=lambda line: words.number(line.over, 1),
        ),
        text("over_caption"),
        empty=text("none_over"),
        edition=report.edition,
    )


def _by_village(money: pd.DataFrame, report: CommuneStory) -> list[Shown]:
    """Show villages by how much of their plan has been disbursed, the least first.

    Then the commune's own money, on a line of its own, and all.
    """
    words, text = report.words, report.words.under("commune_tables.programmes")
    sums = sums_by(money, ["village"])
    share, more = sums["disbursed_of_both"] / sums["of_both"], len(sums) - VILLAGES
    sums = sums.loc[share.sort_values(kind="stable").index].head(VILLAGES)
    names, own = {**_places(report), "": text("total")}, money[money["village"].isna()]
    lines = [sums, sums_by(own, []).assign(village=OWN), sums_by(money, []).assign(village="")]
    table = Table.of(
        pd.concat(lines if len(own) else [lines[0], lines[2]]),
        columns_of(
            text,
            _MONEY,
            village=lambda line: names[line.village],
            planned=lambda line: words.number(line.planned, 1),
            disbursed=lambda line: words.number(line.disbursed, 1),
            share=lambda line: _share_of_plan(line, words),
        ),
        text("by_village"),
    )
    note = paragraph(report.text("funding.more", count=more), "note") if more > 0 else NOTHING
    return [table, note]


def loans(report: CommuneStory) -> Passage:
    """How many of the cohort borrowed, how much, from whom, and how they fare.

    In public neither how much (from quarter to quarter the sum would tell single loans), nor from
    whom (most lenders have lent to so few that these could be told).
    """
    if QUESTION not in report.data.asked:
        return report.section("loans", paragraph(report.text("loans.not_asked"), "note"))
    told = report.data.borrowing
    if not told.surveyed:
        return report.section("loans", paragraph(report.text("loans.nobody"), "note"))
    says: list[Shown] = [_who(told, report)]
    if told.yes:
        if not report.is_public:
            says += [_how_much(told, report), _lenders(told, report)]
        says.append(_beside(report))
    return report.section("loans", *says)


def _who(told: Borrowing, report: CommuneStory) -> Passage:
    """Count who borrowed; in public where no group is small, nor the base withheld elsewhere."""
    groups = (told.no, told.unknown, told.base - told.surveyed)
    small = not may_show(told.yes) or not all(one == 0 or may_show(one) for one in groups)
    if report.is_public and (small or _base_is_withheld(report)):
        return paragraph(report.text("loans.withheld"))
    numbers = {name: getattr(told, name) for name in ("surveyed", "base", "yes", "no", "unknown")}
    return paragraph(
        report.text(
            "loans.who", **numbers, percent=report.words.percent(rate(told.yes, told.surveyed))
        )
    )


def _base_is_withheld(report: CommuneStory) -> bool:
    lines = report.data.lines
    return bool(lines.loc[lines["indicator"].isin(_OF_COHORT), "denominator"].isna().any())


def _how_much(told: Borrowing, report: CommuneStory) -> Passage:
    if told.median is None:
        return paragraph(report.text("loans.no_amounts", yes=told.yes))
    return paragraph(
        report.text(
            "loans.how_much",
            known=told.amounts_known,
            yes=told.yes,
            median=report.words.money(told.median),
            total=report.words.money(told.total),
        )
    )


def _lenders(told: Borrowing, report: CommuneStory) -> Table:
    """Show from whom was borrowed."""
    words, text = report.words, report.words.under("commune_tables.lenders")

    def lender(line: Any) -> str:
        if pd.isna(line.lender):
            return text("not_said")
        return answer_label("survey", "loan_source", line.lender, words)

    return Table.of(
        told.sources,
        columns_of(
            text,
            ("households", "amounts_known", "total"),
            lender=lender,
            households=number_of("households", words),
            amounts_known=number_of("amounts_known", words),
            total=number_of("total", words, 1),
        ),
        text("caption"),
        empty=text("none"),
    )


def _beside(report: CommuneStory) -> Passage:
    """Set borrowers beside the others, and say what that does not mean."""
    words, text = report.words, report.words.under("commune_tables.comparison")
    table = report.data.side_by_side
    table = table[_comparable(table, report)] if report.is_public else table
    if table.empty:
        return NOTHING
    frame = pd.DataFrame(
        {
            name: table[table["group"] == name]
            .set_index("outcome")
            .apply(_share, axis=1, words=words)
            for name in (BORROWED, NOT_BORROWED)
        }
    )
    if not report.is_public:  # a median is some household's own income
        frame.loc["income"] = {
            name: MISSING
            if median is None
            else text("income", median=words.number(median), known=known)
            for name, (median, known) in median_incomes(report.data.cohort).items()
        }
    frame = frame.rename_axis("outcome").reset_index()
    return together(
        Table.of(
            frame,
            columns_of(
                text,
                (BORROWED, NOT_BORROWED),
                what=lambda line: text(f"outcome.{line.outcome}"),
                borrowed=lambda line: line.borrowed,
                others=lambda line: line.others,
            ),
            text("caption"),
            note=text("note"),
            edition=report.edition,
        ),
        paragraph(report.text("loans.no_effect"), "warning"),
    )


def _share(line: Any, words: Words) -> str:
    """Write a share with the two numbers that make it: 12/50 (24,00 %)."""
    known = line.yes + line.no
    if not known:
        return MISSING
    numbers = {"yes": words.number(line.yes), "known": words.number(known)}
    return words(
        "commune_tables.comparison.share", **numbers, percent=words.percent(rate(line.yes, known))
    )


def _comparable(table: pd.DataFrame, report: CommuneStory) -> pd.Series:
    """Say which outcomes may be compared in public.

    Those of which no part is small, in any group, and none is told elsewhere. The poor that are
    left are told of by poverty's own line; what that has more than these could be a few households.
    """
    size = table[["yes", "no", "unknown"]].sum(axis=1)
    small = (table[["yes", "no"]] < LEAST_SHOWN).any(axis=1)
    small |= table["unknown"].between(1, LEAST_SHOWN - 1)
    bad = set(table.loc[small & (size > 0), "outcome"])
    hidden = set(report.data.lines.loc[report.data.lines["hidden"], "indicator"])
    shown = ~table["outcome"].isin(bad | hidden | {STILL_POOR})
    return shown & (not _base_is_withheld(report))
