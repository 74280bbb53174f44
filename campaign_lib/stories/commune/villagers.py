"""The commune's report, for the office: who carries the campaign in the villages; old customs."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import force, latest_customs
from campaign_lib.codebook import codebook
from campaign_lib.show.display import (
    NOTHING,
    Column,
    Passage,
    Table,
    columns_of,
    folded_away,
    heading,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import answer_label
from campaign_lib.stories.commune.quarter import CommuneStory
from campaign_lib.words import MISSING
from campaign_lib.words.spelling import in_alphabet

#: The plan's shock force (I.2), of whom it is asked first whether they have led a session.
_LEADING = ("elder", "respected_person")
#: So many villages are shown at once.
FIRST = 30


def people(report: CommuneStory) -> Passage:
    """Say who is the force of the campaign in each village, and how many sessions they have led."""
    there, text = report.data.people, report.text
    if there.empty:
        return NOTHING
    names, words = report.data.names, report.words
    table = force(there, report.data.activities, list(names))
    without = table[table.filter(like="people_").sum(axis=1) == 0]
    idle = table[[_is_idle(line) for line in table.to_dict("records")]]
    says = [text("people.count", count=len(there), villages=len(table) - len(without))]
    for key, found in (("without", without), ("idle", idle)):
        if len(found):
            listed = words.listed(names[code] for code in found["village"].head(FIRST))
            says.append(text(f"people.{key}", count=len(found), villages=listed))
    own, roles = words.under("commune_tables.people"), _roles()
    columns = [
        Column(own("village"), cell=lambda line: names[line.village]),
        *(Column(_label(role, report), cell=_cell(role, report)) for role in roles),
    ]
    more = len(table) - FIRST
    # Those that lack something stand first, where not all are shown.
    odd = table["village"].isin([*without["village"], *idle["village"]])
    table = table if more <= 0 else pd.concat([table[odd], table[~odd]]).head(FIRST)
    return together(
        heading(text("people.heading"), 3),
        paragraph(" ".join(says)),
        Table.of(table, columns, own("caption"), note=own("note")),
        paragraph(text("people.more", count=more), "note") if more > 0 else _names(report),
    )


def _roles() -> tuple[str, ...]:
    return tuple(one.code for one in codebook().tables["people"].column("role").answers)


def _label(role: str, report: CommuneStory) -> str:
    return answer_label("people", "role", role, report.words)


def _is_idle(line: dict[Any, Any]) -> bool:
    """Say whether a village has some of the shock force, none of whom has led a session."""
    there, led = (sum(line[f"{what}_{role}"] for role in _LEADING) for what in ("people", "led"))
    return bool(there and not led)


def _cell(role: str, report: CommuneStory) -> Callable[[Any], str]:
    """Make the cell of a role: how many people, and how many sessions they have led."""
    own = report.words.under("commune_tables.people")

    def cell(line: Any) -> str:
        count, led = getattr(line, f"people_{role}"), getattr(line, f"led_{role}")
        if not led:
            return own("people", count=count) if count else MISSING
        return own("both", count=count, led=led) if count else own("led", led=led)

    return cell


def _names(report: CommuneStory) -> Passage:
    """Name them where they are few enough, folded away: the letter has the counts alone."""
    words, own = report.words, report.words.under("commune_tables.people")
    columns = columns_of(
        own,
        village=lambda one: report.data.names[one.village],
        person=lambda one: one.person,
        role=lambda one: _label(one.role, report),
        since=lambda one: words.date(one.since),
    )
    title = own("names", count=len(report.data.people))
    return folded_away(title, Table.of(report.data.people, columns, title))


def customs(report: CommuneStory) -> Passage:
    """Say which old customs are kept, fading or gone, and where."""
    found = latest_customs(report.data.customs)
    if found.empty:
        return NOTHING
    words, own = report.words, report.words.under("commune_tables.customs")
    counts = {name: int((found["status"] == name).sum()) for name in ("kept", "fading", "gone")}
    frame = found.drop_duplicates("same")[["same", "custom"]]
    frame = frame.sort_values("custom", key=lambda names: names.map(in_alphabet))

    def where(status: str) -> Callable[[Any], str]:
        def cell(line: Any) -> str:
            rows = found[(found["same"] == line.same) & (found["status"] == status)]
            if len(rows) > FIRST:
                return own("many", count=len(rows))
            return words.listed(report.data.names[code] for code in rows["village"]) or MISSING

        return cell

    columns = columns_of(
        own, custom=lambda line: line.custom, **{status: where(status) for status in counts}
    )
    return together(
        heading(report.text("customs.heading"), 3),
        paragraph(report.text("customs.count", **counts)),
        Table.of(pd.DataFrame(frame), columns, own("caption"), note=own("note")),
    )
