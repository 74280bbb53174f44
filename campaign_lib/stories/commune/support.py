"""The commune's report, for the office: which agency helps which household with what."""

from typing import Any

import pandas as pd

from campaign_lib.analysis.support import (
    LATE,
    NOBODY,
    OUTCOMES,
    REACHED,
    beside_nearest,
    came,
    helped,
    nearest_pairs,
)
from campaign_lib.show.display import (
    NOTHING,
    Mark,
    Passage,
    Table,
    columns_of,
    folded_away,
    paragraph,
)
from campaign_lib.show.tables.labels import number_of, step_labels, text_or_nothing
from campaign_lib.stories.commune.quarter import CommuneStory
from campaign_lib.stories.first_screen import OPEN
from campaign_lib.words import MISSING

#: How an outcome looks: as a verdict of the same tone.
_TONES = {REACHED: "met", LATE: "behind", NOBODY: "behind"}
#: So many households are listed; of more, those that need it most.
MOST = 250


def support(report: CommuneStory) -> Passage:
    """Say who does what for whom, whom nobody helps yet, and what came of it.

    Households stand in a list that is folded away: the letter has the counts alone. A campaign
    that has written nothing down has no such section.
    """
    data, text = report.data, report.text
    told = helped(data.processed.table("support"), data.homes, data.days["last_day"])
    told = told[~(told["done_on"] < data.days["year_first_day"])]
    if told.empty:
        return NOTHING
    lines = data.lines
    unmet = lines.loc[lines["status"].isin((*OPEN, "no_target")), "indicator"]
    rows = beside_nearest(told, nearest_pairs(data.homes, unmet), data.homes)
    near = rows[rows["is_nearest"]]
    waiting = near[near["outcome"] == NOBODY][["household", "step"]]
    of_nearest = {"all": len(near[["household", "step"]].drop_duplicates()), "open": len(waiting)}
    return report.section(
        "support",
        paragraph(text("support.nearest", **of_nearest)),
        paragraph(text("support.came", **came(told))),
        _by_agency(told, report),
        _households(rows, report),
    )


def _by_agency(told: pd.DataFrame, report: CommuneStory) -> Table:
    """Count each agency's help by what came of it."""
    words, own = report.words, report.words.under("commune_tables.support")
    shown = [one for one in OUTCOMES if one != NOBODY]
    counts = pd.crosstab(told["agency"], told["outcome"])
    counts = counts.reindex(columns=shown, fill_value=0).reset_index()
    counts["count"] = counts[shown].sum(axis=1)
    numbers = ("count", *shown)
    columns = columns_of(
        own,
        numbers,
        agency=lambda line: line.agency,
        **{name: number_of(name, words) for name in numbers},
    )
    return Table.of(counts.rename(columns=str), columns, own("agencies"), note=own("explained"))


def _households(rows: pd.DataFrame, report: CommuneStory) -> Passage:
    words, own = report.words, report.words.under("commune_tables.support")
    labels = step_labels(report.data.plan, words)

    def outcome(line: Any) -> Mark:
        tone = _TONES.get(line.outcome, "unmeasured")
        sign = f"{words(f'codes.status.{tone}.mark')}\u00a0" if line.outcome in _TONES else ""
        return Mark(f"{sign}{own(line.outcome)}", tone)

    columns = columns_of(
        own,
        household=lambda line: " ".join(
            str(one) for one in (line.household, line.head_name) if not pd.isna(one)
        ),
        village=lambda line: report.data.names.get(line.village, MISSING),
        step=lambda line: labels.get(line.step, line.step),
        agency=lambda line: text_or_nothing(line.agency),
        since=lambda line: words.date(line.since),
        until=lambda line: words.date(line.until),
        state=outcome,
        note=lambda line: text_or_nothing(line.note),
    )
    title = own("households", all=len(rows))
    note = own("first", count=MOST) if len(rows) > MOST else ""
    return folded_away(title, Table.of(rows.head(MOST), columns, title, note=note))
