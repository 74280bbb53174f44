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

from campaign_lib.codebook import folded
from campaign_lib.codebook.problems import sentence
from campaign_lib.intake.drafts import REFUSED, UNKNOWN, Draft
from campaign_lib.intake.keys import ALL_VILLAGES
from campaign_lib.plan.communes import ALL, Commune
from campaign_lib.words.spelling import few_of

BETWEEN = ";"
#: What a place can't be called: it stands for more than one.
_TAKEN = frozenset({ALL_VILLAGES, ALL})
#: The tables whose rows may belong to a commune and to no village, and the day they are about.
DAYS = {"activities": "held_on", "models": "started_on", "task_progress": "reported_on"}
Mask = npt.NDArray[np.bool_]


def judge_communes(draft: Draft) -> None:
    """Refuse a commune that has no days, or whose key or code means another one as well."""
    frame = draft.frame
    taken = np.array([folded(str(key)) in _TAKEN for key in frame["commune"]], bool)
    draft.note(taken, "commune", sentence("commune.taken"), REFUSED)
    backwards = (frame["valid_until"] < frame["valid_from"]).to_numpy()
    draft.note(backwards, "valid_until", sentence("commune.backwards"), REFUSED)
    rows = np.flatnonzero(draft.undecided)
    listed = dict(zip(rows, listed_communes(frame.iloc[rows]), strict=True))
    by_code: dict[str, list[tuple[int, Commune]]] = {}
    for row, one in listed.items():
        by_code.setdefault(folded(one.code), []).append((int(row), one))
    clashing = np.zeros(len(frame), dtype=bool)
    for code, several in by_code.items():
        clashing[[*_sharing_days(several)] if code else []] = True
    problem = sentence("commune.same_code")
    draft.note(clashing, "code", problem, REFUSED)


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
        The communes that have a village; none at all where that would be one only, for then
        nothing is said of communes.
    """
    written = draft.frame["commune"]
    cells = written.where(written.fillna("").map(_pieces).astype(bool))  # a lone ; names none
    known = listed or _as_written(cells[draft.undecided])
    settled = cells.copy()
    wrong: dict[str, Mask] = {}
    for cell in cells.dropna().unique():
        here = (cells == cell).to_numpy()
        found, problem = _settle(cell, known)
        settled[here] = BETWEEN.join(commune.key for commune in found)
        if problem:
            wrong[problem] = wrong.get(problem, np.zeros(len(cells), dtype=bool)) | here
    mentioned = {key for cell in settled[draft.undecided].dropna() for key in keys_in(cell)}
    for problem, rows in wrong.items():
        draft.note(rows, "commune", problem, REFUSED)
    communes = tuple(commune for commune in known if commune.key in mentioned)
    if len(communes) < 2:
        return ()
    draft.note(cells.isna().to_numpy(), "commune", sentence("commune.none"), REFUSED)
    _refuse_codes_of(draft, communes)
    draft.frame["commune"] = settled
    return communes


def keys_in(cell: object) -> list[str]:
    """Give the keys that a settled cell holds."""
    return [] if pd.isna(cell) else str(cell).split(BETWEEN)  # type: ignore[call-overload]


def _pieces(cell: str) -> list[str]:
    return [part for part in map(str.strip, cell.split(BETWEEN)) if part]


def _as_written(cells: Iterable[object]) -> tuple[Commune, ...]:
    found: dict[str, Commune] = {}
    for cell in cells:
        if not pd.isna(cell):  # type: ignore[call-overload]
            for text in _pieces(str(cell)):
                found.setdefault(folded(text), Commune(text, text))
    return tuple(found.values())


def _settle(cell: str, known: Sequence[Commune]) -> tuple[list[Commune], str]:
    """Give the communes that a village's cell names, and what is wrong with it."""
    found: dict[str, Commune] = {}
    for text in _pieces(cell):
        meant = _meant(text, known)
        if not meant or folded(text) in _TAKEN:
            return [], _unknown(known)
        found |= {commune.key: commune for commune in meant}
    for one, other in combinations(found.values(), 2):
        if one.overlaps(other):
            return [], sentence("commune.overlap", one=one.key, other=other.key)
    return list(found.values()), ""


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


@dataclass(frozen=True)
class Belonging:
    """What is known of a folder's communes when other tables are read.

    Attributes:
        communes: all of them.
        villages: the keys that each village's cell holds, by its code.
        tasks: the communes whose plans have each task, by its id.
    """

    communes: Sequence[Commune]
    villages: Mapping[str, Collection[str]]
    tasks: Mapping[str, Collection[str]]

    def settle(self, draft: Draft) -> None:
        """Say whose each row of a table of `DAYS` is; its cells `commune` become keys.

        A row that names a village has no commune of its own: the village is in one on every day.
        """
        frame = draft.frame
        village = frame.get("village", pd.Series(None, index=frame.index, dtype="str"))
        days = frame[DAYS[draft.table.name]]
        settled = frame["commune"].astype(object)
        wrong: dict[tuple[str, str], list[int]] = {}
        undecided = draft.undecided
        for row in np.flatnonzero(undecided & (frame["commune"].notna() | village.isna())).tolist():
            written, of = frame["commune"].iloc[row], village.iloc[row]
            task = frame["task"].iloc[row] if "task" in frame else None
            if not pd.isna(of):
                key, problem, action = None, self._contradicts(str(written), str(of)), UNKNOWN
            else:
                key, problem = self._own(written, days.iloc[row], task)
                action = REFUSED
            settled.iloc[row] = key
            if problem:
                wrong.setdefault((problem, action), []).append(row)
        frame["commune"] = settled.astype("str")
        for (problem, action), rows in wrong.items():
            here = np.zeros(len(frame), dtype=bool)
            here[rows] = True
            draft.note(here, "commune", problem, action)

    def _contradicts(self, written: str, village: str) -> str:
        meant = {commune.key for commune in _meant(written, self.communes)}
        return "" if meant & set(self.villages[village]) else sentence("commune.contradicts")

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
