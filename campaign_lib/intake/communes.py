"""Which commune a village or a row belongs to: by key, by name, or by official code on its days.

Decided once, on reading: a cell `commune` that is kept holds keys, whatever was written in it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import folded
from campaign_lib.codebook.problems import file_problem, no_problems, sentence
from campaign_lib.intake.drafts import REFUSED, UNKNOWN, Draft
from campaign_lib.intake.keys import ALL_VILLAGES, BETWEEN, pieces
from campaign_lib.plan import Plan, plan_of
from campaign_lib.plan.communes import ALL, ONLY, Commune, chain_of
from campaign_lib.plan.files import ByYear
from campaign_lib.words.spelling import few_of

#: A column that says a quarter: what it says is about the quarter's last day.
QUARTER = "quarter"
#: What a place can't be called: it stands for more than one.
_TAKEN = frozenset({ALL_VILLAGES, ALL})
#: The tables whose rows may belong to a commune and to no village, and the days they are about; the
#: first of them decides.
DAYS: Mapping[str, tuple[str, ...]] = {
    "activities": ("held_on",),
    "models": ("registered_on", "started_on"),
    "funding": (QUARTER,),
    "extra_tasks": ("given_on",),
    "agency_plans": ("issued_on",),
    "task_progress": ("reported_on",),
    "remarks": (QUARTER,),
}


def judge_communes(draft: Draft) -> None:
    """Refuse a commune that has no days, or whose key or code means another one as well.

    One that cannot be gone on with on the day after goes on in none.
    """
    frame = draft.frame
    taken = np.array([folded(str(key)) in _TAKEN for key in frame["commune"]], bool)
    draft.note(taken, "commune", sentence("commune.taken"), REFUSED)
    backwards = (frame["valid_until"] < frame["valid_from"]).to_numpy()
    draft.note(backwards, "valid_until", sentence("commune.backwards"), REFUSED)
    rows = np.flatnonzero(draft.undecided)
    by_code: dict[str, list[tuple[int, Commune]]] = {}
    for row, one in zip(rows.tolist(), listed_communes(frame.iloc[rows]), strict=True):
        by_code.setdefault(folded(one.code), []).append((row, one))
    clashing = {row for code, several in by_code.items() if code for row in _sharing_days(several)}
    draft.note_rows(sorted(clashing), "code", sentence("commune.same_code"), REFUSED)
    _settle_heirs(draft)


def _settle_heirs(draft: Draft) -> None:
    """Make keys of the cells `succeeded_by`, and empty those of which nothing can come."""
    rows = np.flatnonzero(draft.undecided).tolist()
    known = listed_communes(draft.frame.iloc[rows])
    heirs = draft.frame["succeeded_by"].astype(object)
    for row, one in zip(rows, known, strict=True):
        if not one.succeeded_by:
            continue
        meant = _meant(one.succeeded_by, known)
        there = [heir for heir in meant if one.day_after and heir.is_valid_on(one.day_after)]
        heirs.iloc[row] = there[0].key if len(there) == 1 else None
        if len(there) != 1:
            problem = _unknown(known) if not meant else sentence("commune.no_heir")
            draft.note_rows([row], "succeeded_by", problem, UNKNOWN)
    draft.frame["succeeded_by"] = heirs.astype("str")


def _sharing_days(several: Iterable[tuple[int, Commune]]) -> Iterator[int]:
    """Give the rows of those communes that have a day in common with another one.

    In the order of their beginnings it is enough to look at the one that has ended last so far.
    """
    longest: tuple[int, Commune] | None = None
    for row, one in sorted(several, key=lambda each: each[1].valid_from or date.min):
        if longest is None:
            longest = row, one
            continue
        if longest[1].overlaps(one):
            yield from (longest[0], row)
        if (one.valid_until or date.max) > (longest[1].valid_until or date.max):
            longest = row, one


def listed_communes(table: pd.DataFrame) -> tuple[Commune, ...]:
    """Give the communes of the checked table `communes`."""
    return tuple(
        Commune(
            row["commune"],
            row["name"],
            "" if pd.isna(row["code"]) else row["code"],
            _day(row["valid_from"]),
            _day(row["valid_until"]),
            "" if pd.isna(row["succeeded_by"]) else row["succeeded_by"],
        )
        for row in table.to_dict("records")
    )


def _day(cell: pd.Timestamp) -> date | None:
    return None if pd.isna(cell) else cell.date()


def communes_of(draft: Draft, listed: Sequence[Commune]) -> tuple[Commune, ...]:
    """Settle which communes each village belongs to.

    Args:
        draft: the villages; their cells `commune` become keys, with ; between.
        listed: the table `communes`; without one, what is written is both key and name.

    Returns:
        The communes that have a village on some day; where that would be one only it is `ONLY`,
        for then nothing is said of communes.
    """
    written = draft.frame["commune"]
    cells = written.where(written.fillna("").map(pieces).astype(bool))  # a lone ; names none
    known = listed or _as_written(cells[draft.undecided])
    meant = {cell: _settle(cell, known) for cell in cells.dropna().unique()}
    keys = {cell: [commune.key for commune in found] for cell, (found, _) in meant.items()}
    mentioned = {key for cell in cells[draft.undecided].dropna() for key in keys[cell]}
    for cell, (_, problem) in meant.items():
        if problem:
            draft.note((cells == cell).to_numpy(), "commune", problem, REFUSED)
    communes = tuple(commune for commune in known if commune.key in mentioned)
    if len(communes) < 2:
        return (Commune(ONLY, ""),)
    draft.note(cells.isna().to_numpy(), "commune", sentence("commune.none"), REFUSED)
    _refuse_codes_of(draft, communes)
    settled = {cell: BETWEEN.join(own) for cell, own in keys.items()}
    draft.frame["commune"] = cells.map(settled).astype("str")
    return communes


def plans_to_ask(
    plans: Iterable[Plan], communes: Sequence[Commune], years: Collection[int]
) -> pd.DataFrame:
    """Ask for the plan of a commune that others have become, where those of a year name others.

    Args:
        plans: as they were read from the folder.
        communes: all of the folder's.
        years: those that have a survey.
    """
    lines = [no_problems()]
    for one in communes:
        begun = one.valid_from
        if begun is None or not any(other.succeeded_by == one.key for other in communes):
            continue
        for year in sorted(year for year in years if year >= begun.year):
            there = [plan for plan in plans if plan.year == year]
            if not there or any(plan.commune and one.is_called(plan.commune) for plan in there):
                continue
            if not (said := dict.fromkeys(text for plan in there for text in plan.place)):
                continue  # one that names no place is for whoever is there
            file, values = f"plans/{year}-{one.key}.toml", {"year": year, "key": one.key}
            named = ", ".join(said)
            asked = sentence("commune.no_plan", name=one.name, day=begun, named=named, **values)
            lines.append(file_problem(file, asked, "file missing"))
    return pd.concat(lines)


def rows_of(
    tables: Mapping[str, pd.DataFrame], commune: Commune, communes: Sequence[Commune]
) -> dict[str, pd.DataFrame]:
    """Take from every table the rows that are one commune's: here alone is said what is whose.

    Args:
        tables: the checked tables of the folder.
        commune: one of the spans of a commune (`spans_of`); what has come into it is its own.
        communes: all of the folder's.

    A household that moved from one commune to another is in both, each with its own stays: it has
    left the first and come to the second. What is said of it, in a survey or about its poverty, is
    said to both. Corrections are found by file and row: others' are of no use, and do no harm.
    """
    villages, stays = tables["villages"], tables["households"]
    codes = villages["village"][_is_here(villages["commune"], commune, communes)]
    homes = stays["household"][stays["village"].isin(codes)]

    def own(table: pd.DataFrame) -> pd.DataFrame:
        here = pd.Series(data=True, index=table.index)
        if "village" in table:
            here = table["village"].isin(codes)
            if "commune" in table:
                here |= table["village"].isna() & table["commune"].isin(commune.keys)
        elif "household" in table:
            here = table["household"].isin(homes)
        elif "commune" in table:
            here = table["commune"].isin(commune.keys)
        return table[here.astype(bool)].reset_index(drop=True)

    return {name: own(table) for name, table in tables.items()}


def _is_here(
    cells: Iterable[str], commune: Commune, communes: Sequence[Commune]
) -> npt.NDArray[np.bool_]:
    """Say which villages are a commune's on its days, by the keys of their cells.

    None comes or goes within a span, so that one day is as good as another.
    """
    day = commune.valid_from or commune.valid_until or date.max
    there = {one.key for one in communes if one.is_valid_on(day)}
    first = (next(filter(there.__contains__, pieces(cell)), None) for cell in cells)
    return np.array([key == commune.key for key in first], bool)


def _as_written(cells: Iterable[object]) -> tuple[Commune, ...]:
    found: dict[str, Commune] = {}
    for text in (text for cell in cells for text in pieces(cell)):
        found.setdefault(folded(text), Commune(text, text))
    return tuple(found.values())


def _settle(cell: str, known: Sequence[Commune]) -> tuple[list[Commune], str]:
    """Give the communes that a village is in by its cell, and what is wrong with that.

    The village of a commune that has gone on in another one is in that from then on.
    """
    found: dict[str, Commune] = {}
    for text in pieces(cell):
        meant = _meant(text, known)
        if not meant or folded(text) in _TAKEN:
            return [], _unknown(known)
        found |= {commune.key: commune for commune in meant}
    chain = chain_of([*found.values()], known)
    for one, other in combinations(chain, 2):
        goes_on = chain_of([one], known), chain_of([other], known)
        if one.overlaps(other) and other not in goes_on[0] and one not in goes_on[1]:
            return [], sentence("commune.overlap", one=one.key, other=other.key)
    return chain, ""


def _meant(text: str, known: Sequence[Commune]) -> list[Commune]:
    """Give what a text means: the commune with this key, or all with this name or code."""
    by_key = [commune for commune in known if folded(commune.key) == folded(text)]
    same = folded(text)
    return by_key or [
        commune for commune in known if same in (folded(commune.name), folded(commune.code))
    ]


def _unknown(known: Sequence[Commune]) -> str:
    return sentence("commune.unknown", known=few_of([one.key for one in known]))


def _refuse_codes_of(draft: Draft, communes: Sequence[Commune]) -> None:
    """Refuse a village whose code is a commune's key: a figure's reference would mean both."""
    keys = {folded(commune.key) for commune in communes} | {ALL}
    here = np.array([folded(str(code)) in keys for code in draft.frame["village"]], bool)
    draft.note(here, "village", sentence("commune.village_code"), REFUSED)


def _days(frame: pd.DataFrame, columns: Sequence[str], plans: ByYear) -> pd.Series:
    """Give the day that each row is about: the first of those in its columns."""

    def last_day(code: str) -> date:
        quarter = Quarter.parse(code)
        return quarter.last_day(plan_of(plans, quarter.year).calendar)

    days = frame[[*columns]]
    if QUARTER in days:
        last = days[QUARTER].map(last_day, na_action="ignore")
        days = days.assign(**{QUARTER: pd.to_datetime(last)})
    return days.min(axis=1)


@dataclass(frozen=True)
class Belonging:
    """What is known of a folder's communes when other tables are read.

    Attributes:
        communes: all of them.
        villages: the keys that each village's cell holds, by its code.
        tasks: the communes whose plans have each task, by its id.
        plans: those of all communes together, by year: they say when a quarter ends.
    """

    communes: Sequence[Commune]
    villages: Mapping[str, Collection[str]]
    tasks: Mapping[str, Collection[str]]
    plans: ByYear

    def settle(self, draft: Draft) -> None:
        """Say whose each row of a table of `DAYS` is; its cells `commune` become keys.

        A row that names a village has no commune of its own: the village is in one on every day.
        """
        frame = draft.frame
        village = frame.get("village", pd.Series(None, index=frame.index, dtype="str"))
        days = _days(frame, DAYS[draft.table.name], self.plans)
        settled = frame["commune"].astype(object)
        wrong: dict[tuple[str, str], list[int]] = {}
        told = frame["commune"].notna() | village.isna()
        for row in np.flatnonzero(draft.undecided & told).tolist():
            written, of = frame["commune"].iloc[row], village.iloc[row]
            task = frame["task"].iloc[row] if "task" in frame else None
            if pd.isna(of):
                settled.iloc[row], problem = self._own(written, days.iloc[row], task)
                if problem:
                    wrong.setdefault((problem, REFUSED), []).append(row)
                continue
            settled.iloc[row] = None
            meant = {commune.key for commune in _meant(str(written), self.communes)}
            if meant.isdisjoint(self.villages[str(of)]):
                wrong.setdefault((sentence("commune.contradicts"), UNKNOWN), []).append(row)
        frame["commune"] = settled.astype("str")
        for (problem, action), rows in wrong.items():
            draft.note_rows(np.array(rows), "commune", problem, action)

    def _own(self, written: object, day: pd.Timestamp, task: object) -> tuple[str | None, str]:
        """Give the key of the commune that a row without a village belongs to, or what is wrong."""
        if pd.isna(written):  # type: ignore[call-overload]
            having = [] if task is None else list(self.tasks.get(str(task), ()))
            if len(having) == 1:
                return having[0], ""
            if task is not None:
                return None, sentence("commune.task", communes=few_of(having))
            return None, sentence("commune.nobody")
        meant = _meant(str(written), self.communes)
        if len(meant) > 1:
            meant = [one for one in meant if pd.isna(day) or one.is_valid_on(day.date())]
        if len(meant) == 1:
            return meant[0].key, ""
        return None, _unknown(self.communes)
