"""What must become of each row and cell of an injured campaign, by the data contract alone.

Written without a look at the reader, row by row in plain Python, for the texts that
`injured_campaign` writes: a good text, a strange one, an empty one, one that says "not known".
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from injured_campaign import EMPTY, NAMES, NOT_KNOWN, STRANGE, Row, Written
from intake_files import REFUSED, REQUIRED, SUPERSEDED

KEPT = "kept"
#: Columns in which any text will do.
FREE = {
    "villages": {"village", "name", "aliases"},
    "households": {"household", "ethnicity", "head_name"},
    "poverty_status": {"reason"},
    "survey": {"enumerator"},
    "activities": {"activity", "kind", "commune"},
    "models": {"model", "field", "name", "copied_from", "ended_because", "commune"},
    "funding": {"purpose", "agency", "model", "commune"},
    "extra_tasks": {"task", "given_by", "owner", "text", "commune"},
    "task_progress": {"evidence", "commune"},
    "agency_plans": {"agency", "number", "note", "commune"},
    "people": {"person"},
    "customs": {"custom"},
    "support": {"agency", "note"},
    "remarks": {"text", "commune"},
    "inspections": {"inspector"},
}
#: In these any text that is none of their answers is this one, and listed.
OTHERWISE = {"loan_source": "other"}
KEYS = {
    "villages": ("village",),
    "village_plans": ("village", "year"),
    "households": ("household", "joined_on"),
    "poverty_status": ("household", "valid_from"),
    "survey": ("household",),
    "activities": ("activity",),
    "models": ("model",),
    "funding": ("village", "quarter", "programme", "purpose", "agency", "model"),
    "extra_tasks": ("task",),
    "task_progress": ("task", "reported_on"),
    "agency_plans": ("agency", "year"),
    "people": ("village", "person"),
    "customs": ("village", "custom", "seen_on"),
    "support": ("household", "step", "from"),
    "remarks": ("quarter", "part"),
    "inspections": ("household", "quarter", "question"),
    "allocation": ("year", "indicator", "village"),
}
#: Of these columns a row of the table has at least one.
ONE_OF = {"models": ("registered_on", "started_on")}
#: The tables that say which villages and households there are.
OWNERS = {"village": "villages", "household": "households"}
#: Before and after every day that is written.
_ALWAYS, _NEVER = "0000-00-00", "9999-99-99"

Values = Mapping[str, str | None]


class Expected(NamedTuple):
    """What must come out: of each row its fate, of kept ones the values as good texts.

    Rows are (table, row); `listed` are cells that must be among the problems, `hanging` those that
    name a village or a household that nobody knows, or that is refused.
    """

    fates: dict[tuple[str, int], str]
    values: dict[tuple[str, int], Values]
    listed: set[tuple[str, int, str, str]]
    hanging: set[tuple[str, int, str, str]]


def expected(tables: Mapping[str, Written]) -> Expected:
    """Judge all rows, those first on which others hang."""
    found = Expected({}, {}, set(), set())
    names: dict[str, dict[str, str | None]] = {}
    for name in NAMES:
        _judge(tables[name], names, found)
        kept = [
            values
            for (table, row), values in found.values.items()
            if table == name and found.fates[table, row] == KEPT
        ]
        if name == "villages":
            names["village"] = _spellings(kept)
        if name == "households":
            names["household"] = {str(one["household"]): one["household"] for one in kept}
    return found


def _judge(table: Written, names: Mapping[str, Mapping[str, str | None]], found: Expected) -> None:
    rows = {at: row for at, row in table.there.items() if any(row[name] for name in table.columns)}
    fates = dict.fromkeys(rows, KEPT)
    values = {at: dict(_values(table, at, row, names, fates, found)) for at, row in rows.items()}
    for at, one in values.items():
        if (either := ONE_OF.get(table.name)) and all(one[name] is None for name in either):
            fates[at] = REFUSED
    _judge_copies(table.name, values, fates)
    if table.name == "households":
        for at in _overlapping({at: values[at] for at in rows if fates[at] == KEPT}):
            fates[at] = REFUSED
    found.fates.update({(table.name, at): fate for at, fate in fates.items()})
    found.values.update({(table.name, at): one for at, one in values.items()})


def _values(
    table: Written, at: int, row: Row, names: Mapping[str, Mapping[str, str | None]],
    fates: dict[int, str], found: Expected,
) -> Iterator[tuple[str, str | None]]:  # fmt: skip
    """Give what the cells of a row say, and refuse it if it lacks what it needs."""
    for name, whole in row.items():
        text = whole if name in table.columns else EMPTY
        place = (table.name, at, name, text)
        required = (table.name, name) in REQUIRED
        own_status = (table.name, name) == ("poverty_status", "status")
        known = names[name] if name in names and table.name != OWNERS[name] else None
        if name == "integrated_with" and not text and name in table.columns:
            yield name, ""
        elif text in (EMPTY, NOT_KNOWN):
            if required:
                found.listed.add(place)
                fates[at] = KEPT if own_status and text and fates[at] == KEPT else REFUSED
            yield name, None
        elif known is not None:
            if known.get(text) is None:
                found.hanging.add(place)
                fates[at] = REFUSED
            yield name, known.get(text)
        elif text in STRANGE and name in OTHERWISE:
            found.listed.add(place)
            yield name, OTHERWISE[name]
        elif text in STRANGE and name not in FREE.get(table.name, ()):
            # What was found is read as an answer to the row's question, if it has one.
            if name != "found" or row["question"] not in (*STRANGE, EMPTY, NOT_KNOWN):
                found.listed.add(place)
            fates[at] = REFUSED if required and not own_status else fates[at]
            yield name, None
        else:
            yield name, text


def _judge_copies(table: str, values: Mapping[int, Values], fates: dict[int, str]) -> None:
    """Keep one of those that say the same; where those with one key differ, all are refused.

    In a survey the latest day counts.
    """
    seen: list[Values] = []
    for at, one in values.items():
        if fates[at] == KEPT and one in seen:
            fates[at] = SUPERSEDED
        seen += [one] if fates[at] == KEPT else []
    keyed: dict[tuple[str | None, ...], list[int]] = {}
    for at, one in values.items():
        if fates[at] == KEPT:
            keyed.setdefault(tuple(one[name] for name in KEYS[table]), []).append(at)
    for several in keyed.values():
        latest = several
        if table == "survey":
            last = max(str(values[at]["surveyed_on"]) for at in several)
            latest = [at for at in several if values[at]["surveyed_on"] == last]
            fates.update(dict.fromkeys(set(several) - set(latest), SUPERSEDED))
        if len(latest) > 1:
            fates.update(dict.fromkeys(latest, REFUSED))


def _overlapping(stays: Mapping[int, Values]) -> set[int]:
    """Give the stays of a household that share a day with another one of it."""
    return {
        at
        for at, one in stays.items()
        for other_at, other in stays.items()
        if at != other_at
        and one["household"] == other["household"]
        and (one["joined_on"] or _ALWAYS) < (other["left_on"] or _NEVER)
        and (other["joined_on"] or _ALWAYS) < (one["left_on"] or _NEVER)
    }


def _spellings(villages: Sequence[Values]) -> dict[str, str | None]:
    """Say which village each text names: by code, else name, else other name; None for two."""
    known: dict[str, str | None] = {}
    for column in ("aliases", "name", "village"):
        level: dict[str, set[str]] = {}
        for one in villages:
            for text in filter(None, map(str.strip, (one[column] or "").split(";"))):
                level.setdefault(text, set()).add(str(one["village"]))
        known |= {text: min(of) if len(of) == 1 else None for text, of in level.items()}
    return known
