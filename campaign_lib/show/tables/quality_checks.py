"""Contradictions, statuses of poverty that differ, and households to ask again, as tables."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from campaign_lib.analysis.quality.checks import BEFORE, Outcome
from campaign_lib.analysis.quality.standard import STATUSES, Standard
from campaign_lib.show.display import RIGHT, Column, Table
from campaign_lib.show.tables.labels import answer_label, question_label, rows_of
from campaign_lib.show.tables.quality import enumerator_name, quality_text, the_worst
from campaign_lib.words import MISSING, Words, is_missing

_CELLS = (*STATUSES, "unknown")


def check_text(check: str, what: str, words: Words) -> str:
    """Give a check's words: label, why, or do."""
    return words(f"data_quality.checks.{check}.{what}")


def checks_table(outcomes: Sequence[Outcome], caption: str, words: Words) -> Table:
    """Show what each check found: how often, among how many, why it matters, and what to do."""
    text = quality_text(words, "checks_table")
    return Table(
        caption=caption,
        columns=(
            Column(text("check")),
            Column(text("found"), RIGHT),
            Column(text("looked_at"), RIGHT),
            Column(text("unknown"), RIGHT),
            Column(text("why")),
            Column(text("do")),
        ),
        rows=tuple(
            (
                check_text(outcome.name, "label", words),
                *_counts(outcome, words),
                check_text(outcome.name, "why", words),
                check_text(outcome.name, "do", words),
            )
            for outcome in outcomes
        ),
        note=text("not_asked_note" if any(one.missing for one in outcomes) else "note"),
    )


def _counts(outcome: Outcome, words: Words) -> tuple[str, str, str]:
    """Write a check's numbers; where its question was not asked, that."""
    if outcome.missing:
        return words("data_quality.checks_table.not_asked"), MISSING, MISSING
    numbers = (len(outcome.found), outcome.looked_at, outcome.unknown)
    found, looked_at, unknown = map(words.number, numbers)
    return found, looked_at, unknown


def status_table(counted: pd.DataFrame, words: Words) -> Table:
    """Cross the official statuses (lines) with those that the answers give (columns)."""
    text = quality_text(words, "statuses")
    return Table(
        caption=text("caption"),
        columns=(
            Column(text("official")),
            *(Column(text(f"computed_{status}"), RIGHT) for status in _CELLS),
            Column(text("all"), RIGHT),
        ),
        rows=tuple(
            (
                text(f"official_{status}"),
                *(words.number(counted.loc[status, one]) for one in _CELLS),
                words.number(counted.loc[status].sum()),
            )
            for status in _CELLS
        ),
        note=text("note"),
    )


def differing_table(
    homes: pd.DataFrame, names: Mapping[str, str], standard: Standard, words: Words
) -> Table:
    """List the households whose status and answers cannot both be right."""
    text = quality_text(words, "differing")
    shown, note = the_worst(homes, words)
    return Table(
        caption=text("caption"),
        columns=tuple(Column(text(name)) for name in ("household", "village", "reason")),
        rows=tuple(
            (
                household_name(home, words),
                names.get(str(home.village), str(home.village)),
                status_reason(home, standard, words),
            )
            for home in rows_of(shown)
        ),
        note=note,
        empty=text("none"),
    )


def household_name(home: Any, words: Words) -> str:
    """Write a household's id and its head."""
    if is_missing(home.head_name):
        return str(home.household)
    return words("data_quality.who", household=home.household, head=home.head_name)


def status_reason(home: Any, standard: Standard, words: Words) -> str:
    """Say why a status and the answers do not fit: the status, then what was answered."""
    text = quality_text(words, "reasons")
    said = [
        text("official", status=answer_label("poverty_status", "status", home.status_now, words))
    ]
    if is_missing(home.income):
        said.append(text("income_unknown"))
    else:
        above = "income_above" if home.income > standard.income else "income_below"
        said.append(text(above, income=home.income, line=standard.income))
    if is_missing(home.income) or home.income <= standard.income:
        said.append(text("deprived", deprived=home.deprived, needed=standard.deprivations))
        if home.deprived_unknown:
            said.append(text("deprived_unknown", unknown=home.deprived_unknown))
    return "; ".join(said)


def again_table(
    caption: str, lines: pd.DataFrame, say: Callable[[pd.DataFrame], str], words: Words
) -> Table:
    """List one village's households to ask again, with room to write what was found.

    Args:
        caption: the village, and how many.
        lines: a line per reason (`campaign_lib.analysis.quality.again`).
        say: all reasons of one household in words.
        words: the reader's language.
    """
    text = quality_text(words, "again_table")
    rows = []
    for _, reasons in lines.groupby("household", sort=False):
        first = next(rows_of(reasons))
        asked_by = "" if is_missing(first.enumerator) else enumerator_name(first.enumerator, words)
        rows.append((household_name(first, words), asked_by or MISSING, say(reasons), ""))
    return Table(
        caption=caption,
        columns=tuple(
            Column(text(name)) for name in ("household", "enumerator", "about", "result")
        ),
        rows=tuple(rows),
    )


def answers_told(home: Mapping[str, Any], questions: Sequence[str], words: Words) -> str:
    """Write a household's answers to some questions; with `before_` answers, what has changed."""
    each = (_told(home, code, words) for code in questions)
    return ", ".join(said for said in each if said)


def _told(home: Mapping[str, Any], code: str, words: Words) -> str:
    label, now = question_label(code, words), _answer(code, home[code], words)
    if f"{BEFORE}{code}" not in home:
        return words("data_quality.told.now", question=label, answer=now)
    before = _answer(code, home[f"{BEFORE}{code}"], words)
    if before == now:
        return ""
    return words("data_quality.told.then", question=label, before=before, answer=now)


def _answer(code: str, value: Any, words: Words) -> str:
    if is_missing(value):
        return words("codes.answer.unknown")
    if isinstance(value, float):
        return words.number(value, 0 if value == int(value) else 1)
    return answer_label("survey", code, value, words)
