"""What rows say of one another (data contract, section 2, table of problems).

Rows that stand twice, stays that overlap, surveys on a day that cannot be; what a cell may name.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook, folded
from campaign_lib.codebook.problems import sentence
from campaign_lib.errors import Message
from campaign_lib.intake.cells import Mask, Whole
from campaign_lib.intake.drafts import REFUSED, SUPERSEDED, UNKNOWN, Draft
from campaign_lib.intake.values import Known


def judge_duplicates(draft: Draft, whose: Sequence[str] = ()) -> None:
    """Keep one of the rows that say the same; refuse those of one key that differ.

    `whose` are columns that tell rows apart beside the table's key.
    """
    rows, _ = _differing(draft, whose)
    problem = sentence("row.differ", key=_columns(draft.table.key))
    draft.note_rows(rows, draft.table.key[0], problem, REFUSED)


def judge_surveys(draft: Draft, stays: pd.DataFrame) -> None:
    """Keep one form of each household: of its own village, then of the latest day.

    Forms of that day that differ are refused, and so is one that another village's file has while
    the household's own village has sent one: a slip of the code there must not outdate it.

    Args:
        draft: the survey of one quarter.
        stays: the checked table `households`.
    """
    rows, key = _differing(draft)
    if not len(rows):
        return
    place, name = draft.frame[["source_file", "household"]].iloc[rows], draft.table.key[0]
    village = place["source_file"].map(draft.village_of)
    concerned = stays["household"].isin(place["household"])
    lived = pd.MultiIndex.from_frame(stays.loc[concerned, ["household", "village"]])
    own = pd.MultiIndex.from_arrays([place["household"], village]).isin(lived)
    home = place["source_file"].where(own).groupby(key).transform("first")
    strange = (village.notna() & ~own & home.notna()).to_numpy()
    for file in home[strange].unique():
        problem = sentence("row.other_village", file=file)
        draft.note_rows(rows[strange & (home == file).to_numpy()], name, problem, REFUSED)
    rows, key = rows[~strange], key[~strange]
    days = draft.frame["surveyed_on"].iloc[rows].reset_index(drop=True)
    latest = (days == days.groupby(key).transform("max")).to_numpy()
    draft.note_rows(rows[~latest], name, sentence("row.surveyed_later"), SUPERSEDED)
    rows, key = rows[latest], key[latest]
    rows = rows[pd.Series(key).duplicated(keep=False).to_numpy()]
    draft.note_rows(rows, name, sentence("row.surveyed_twice"), REFUSED)


def _differing(draft: Draft, whose: Sequence[str] = ()) -> tuple[Whole, Whole]:
    """Supersede rows that say what another says; give the others of which a key has several.

    Their keys are numbered beside them.
    """
    key, columns = draft.table.key, [column.code for column in draft.table.columns]
    # Rows that say the same have the same key, which few rows share.
    rows, same = _sharing(draft, np.flatnonzero(draft.undecided), key)
    if not len(rows):
        return rows, same
    again = pd.Series(_groups(draft.frame.loc[rows, columns])).duplicated().to_numpy()
    draft.note_rows(rows[again], key[0], sentence("row.again"), SUPERSEDED)
    return _sharing(draft, rows[~again], [*key, *whose])


def _sharing(draft: Draft, rows: Whole, columns: Sequence[str]) -> tuple[Whole, Whole]:
    """Give those of some rows that say in some columns what others do, numbered by what it is."""
    said = _groups(draft.frame.loc[rows, [*columns]])
    several = pd.Series(said).duplicated(keep=False).to_numpy()
    return rows[several], said[several]


def _columns(codes: Sequence[str]) -> Message:
    """Name the columns of a key; more than two are taken apart one after another."""
    column = Message(f"problems.column.{codes[0]}")
    if not codes[1:]:
        return column
    return Message("problems.key.several", column=column, key=_columns(codes[1:]))


def judge_stays(draft: Draft) -> None:
    """Refuse the stays of one household that overlap; an end before the beginning is unknown."""
    joined, left = draft.frame["joined_on"], draft.frame["left_on"]
    backwards = (left < joined).to_numpy()
    draft.note(backwards, "left_on", sentence("row.left_before"), UNKNOWN)
    draft.frame["left_on"] = left.mask(backwards)
    clashing = np.flatnonzero(draft.undecided)[_overlapping(draft.frame[draft.undecided])]
    draft.note_rows(clashing, "household", sentence("row.overlap"), REFUSED)


def _overlapping(stays: pd.DataFrame) -> Mask:
    """Say of each stay whether another one of its household shares a day with it.

    In the order of their beginnings one overlaps an earlier one if any of these ends after it
    begins, and a later one if the next of these begins before it ends: no pair need be looked at,
    of which a file may have very many.
    """
    first, last = pd.Timestamp.min.as_unit("s"), pd.Timestamp.max.as_unit("s")
    spans = pd.DataFrame(
        {
            "household": pd.factorize(stays["household"])[0],
            "joined": stays["joined_on"].fillna(first).to_numpy(),
            "left": stays["left_on"].fillna(last).to_numpy(),
        }
    ).sort_values(["household", "joined", "left"], kind="stable")
    until = spans.groupby("household")["left"].cummax().groupby(spans["household"]).shift()
    following = spans.groupby("household")["joined"].shift(-1)
    overlapping = (until > spans["joined"]) | (following < spans["left"])
    return overlapping.sort_index().to_numpy(bool)


def _groups(table: pd.DataFrame) -> Whole:
    """Number the rows by content: equal numbers for rows that say the same, case aside."""
    number = np.zeros(len(table), dtype=np.int64)
    for name in table.columns:
        column = table[name]
        if column.dtype == "str":
            codes, texts = pd.factorize(column)
            same, _ = pd.factorize(np.array([*map(folded, texts.tolist())], dtype=object))
            codes = np.where(codes < 0, -1, same[codes] if len(same) else codes)
        else:
            codes, _ = pd.factorize(column)
        pair = number * (codes.max(initial=-1) + 2) + codes + 1
        number = pd.factorize(pair)[0].astype(np.int64)
    return number


# When a survey row may speak: on a day by the quarter, not ahead, with the household here.
#
# And whose a whole file is, so that a village hears of what is wrong with the file that it sent.

#: How far outside its quarter a survey may have been taken, in days.
GRACE = timedelta(days=45)


def judge_days(
    draft: Draft, stays: pd.DataFrame, quarter: Quarter, calendar: str, today: date
) -> None:
    """Refuse rows of a survey by their day (data contract, section 2, table of problems).

    Args:
        draft: the survey of one quarter.
        stays: the checked table `households`.
        quarter: what the file's name says.
        calendar: where the year's quarters begin.
        today: the day up to which dates are believed.
    """
    day = draft.frame["surveyed_on"]
    first, last = quarter.first_day(calendar) - GRACE, quarter.last_day(calendar) + GRACE
    ahead = (day > pd.Timestamp(today)).to_numpy()
    draft.note(ahead, "surveyed_on", sentence("row.after_today", day=today), REFUSED)
    outside = ((day < pd.Timestamp(first)) | (day > pd.Timestamp(last))).to_numpy()
    problem = sentence("row.outside_quarter", days=GRACE.days, quarter=quarter)
    draft.note(outside & ~ahead, "surveyed_on", problem, REFUSED)
    gone = _gone(draft.frame[["household", "surveyed_on"]], stays)
    draft.note(gone, "surveyed_on", sentence("row.had_left"), REFUSED)


def villages_of_files(rows: pd.DataFrame, stays: pd.DataFrame) -> dict[str, str]:
    """Give the village of each file: where at least three in four of its households have lived.

    Whoever moved has lived in two; a household of another village may be there by a slip. A file of
    which that holds for two villages, or for none, is nobody's.

    Args:
        rows: of a survey, refused ones included: source_file, household.
        stays: the checked table `households`.
    """
    # Numbers are laid beside one another much faster than names.
    homes, _ = pd.factorize(pd.concat([stays["household"], rows["household"]]))
    lived = stays[["village"]].assign(household=homes[: len(stays)]).drop_duplicates()
    pairs = rows[["source_file"]].assign(household=homes[len(stays) :])
    pairs = pairs[rows["household"].notna()].dropna().drop_duplicates()
    homes = pairs.merge(lived, on="household").groupby("source_file")
    common = homes["village"].value_counts().rename("many").reset_index()
    of_all = common["source_file"].map(homes["household"].nunique()).astype("int64")
    common = common[4 * common["many"] >= 3 * of_all]
    common = common.drop_duplicates("source_file", keep=False)
    return dict(zip(common["source_file"], common["village"], strict=True))


def _gone(visits: pd.DataFrame, stays: pd.DataFrame) -> Mask:
    """Say which visits found a household that had left and not come back.

    Stays of one household do not overlap, so that the last that had begun by the day decides.
    """
    first = pd.Timestamp.min.as_unit("s")
    left = stays.loc[stays["left_on"].notna(), "household"].unique()
    begun = stays[stays["household"].isin(left)]
    begun = begun.assign(since=begun["joined_on"].fillna(first)).sort_values("since")
    days = visits.reset_index(names="visit")
    days = days[days["household"].isin(left)].dropna().sort_values("surveyed_on")
    found = pd.merge_asof(
        days,
        begun[["household", "since", "left_on"]],
        left_on="surveyed_on",
        right_on="since",
        by="household",
    )
    gone = found.loc[found["left_on"] <= found["surveyed_on"], "visit"]
    return visits.index.isin(gone)


# What a cell may name: the villages, households, tasks and questions that exist, by spelling.

#: Between the values of a cell that holds several.
BETWEEN = ";"
#: What stands for all villages together wherever a place is named (`indicators.steps.COMMUNE`).
ALL_VILLAGES = "commune"


def itself(names: Iterable[str]) -> Known:
    """Let each name stand for itself, without case."""
    return {folded(name): name for name in names}


def as_listed(names: Iterable[str]) -> Known:
    """Let each name stand for itself: as it is listed, as most cells have it, and without case."""
    names = list(names)
    return {**dict(zip(names, names, strict=True)), **itself(names)}


def questions() -> Known:
    """Give every question of the survey by code and label."""
    asked = codebook().tables["survey"].questions
    return {folded(text): column.code for column in asked for text in column.headings}


def refuse_commune(draft: Draft) -> None:
    """Refuse a village whose code means all villages: its lines would be the commune's."""
    codes = draft.frame["village"]
    here = np.array([not pd.isna(code) and folded(code) == ALL_VILLAGES for code in codes], bool)
    draft.note(here, "village", sentence("reference.commune_code"), REFUSED)


def refuse_planned(draft: Draft, planned: Known) -> None:
    """Refuse an extra task whose id means a task of the plan."""
    ids = draft.frame["task"]
    here = np.array([not pd.isna(task) and folded(task) in planned for task in ids], bool)
    draft.note(here, "task", sentence("reference.planned_task"), REFUSED)


def villages(draft: Draft) -> Known:
    """Give every village by code, name and other name; lists the other names that help nobody.

    A code is what people mean first, then a name, then another name. A name that two villages
    share stands for none.
    """
    table = draft.frame[draft.undecided]
    known: dict[str, str | None] = dict(itself(table["village"]))
    for names in (table["name"].map(lambda name: [name]), table["aliases"].map(pieces)):
        level: dict[str, str | None] = {}
        for village, spellings in zip(table["village"], names, strict=True):
            for spelling in map(folded, spellings):
                shared = level.get(spelling, village) != village
                level[spelling] = None if shared else village
        known = level | known
    _note_useless(draft, known)
    return known


def _note_useless(draft: Draft, known: Known) -> None:
    """List each other name that is taken by another village."""
    table = draft.frame[draft.undecided]
    for row, village, aliases in zip(table.index, table["village"], table["aliases"], strict=True):
        taken = [alias for alias in pieces(aliases) if known[folded(alias)] != village]
        if taken:
            problem = sentence("reference.taken_name", names=", ".join(taken))
            draft.note_rows([int(row)], "aliases", problem, UNKNOWN)


def pieces(cell: object) -> list[str]:
    """Give what stands between the ; of a cell; a missing cell has nothing."""
    parts = "" if pd.isna(cell) else str(cell)  # type: ignore[call-overload]
    return [part for part in map(str.strip, parts.split(BETWEEN)) if part]
