"""The problems of raw files in words, for a terminal: line by line, and in short.

The sum comes last, because that is what a terminal shows when a command has ended; whoever wants
the lines scrolls up, or opens problems.xlsx.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from campaign_lib.codebook import Table, codebook, folded
from campaign_lib.codebook.problems import (
    COLUMNS,
    CORRECTED,
    DONE,
    ERROR,
    MESSAGE,
    SEVERITIES,
    WARNING,
    severities,
)
from campaign_lib.errors import LANGUAGES, Message
from campaign_lib.plan import PARAMETERS
from campaign_lib.plan.files import ByYear
from campaign_lib.words import Words

#: How many files, and how many kinds of problems of a file, the sum tells of.
_FILES, _KINDS, _COLUMNS = 12, 5, 3
#: How many villages are told of one by one.
_VILLAGES = 30
#: How many problems are told line by line: a screenful.
MOST_LINES = 40
#: What is wrong ends here in a sentence; what to do about it follows.
_WHAT_TO_DO = ";"
#: Surveys lie in a folder of this name, one file or one folder for each quarter.
_SURVEY = "survey"


def in_words(problems: pd.DataFrame, words: Words) -> Iterator[str]:
    """Give a heading per file, and a line per problem: where, which cell, what, and what became.

    Of very many some are told, errors before warnings: nobody would see the others in a terminal.

    Args:
        problems: the columns of problems.csv, sorted by file.
        words: in which language.
    """
    worst_first = np.argsort((severities(problems) != ERROR).to_numpy(), kind="stable")
    told_of, counts = np.sort(worst_first[:MOST_LINES]), problems["file"].value_counts()
    for file, lines in problems.iloc[told_of].groupby("file", sort=False):
        yield f"{file} ({counts[file]})"
        yield from (f"  {_line(problem, words)}" for problem in lines.itertuples(index=False))
    if len(problems) > MOST_LINES:
        yield words("check.more_lines", count=len(problems) - MOST_LINES)


def _line(line: object, words: Words) -> str:
    """Say one problem; parts that it does not have are left out."""
    file, sheet, row, column, value, _, action = (getattr(line, name) for name in COLUMNS)
    household = getattr(line, "household", "")
    where = [
        words("check.sheet", sheet=sheet) if sheet else "",
        "" if pd.isna(row) else words("check.row", row=str(row)),
        # Whom to ask, where the cell itself does not say so.
        household if household != value else "",
        with_code(file, column, words.language),
        f"“{value}”" if value else "",
    ]
    said = told(getattr(line, MESSAGE), words.language)
    # The sentence of a correction says itself what became of the cell.
    said += "" if action == CORRECTED else f" → {action_told(action, words.language)}"
    place = ", ".join(filter(None, where))
    return f"{place}: {said}" if place else said


def in_short(problems: pd.DataFrame, words: Words) -> Iterator[str]:
    """Give the sum: files with their kinds of problems, most errors first, and all in one line."""
    if problems.empty:
        yield words("check.none")
        return
    kinds = kinds_of(problems, [words.language])
    yield words("check.heading")
    files = kinds.pivot_table("lines", "file", "severity", "sum", fill_value=0, sort=False)
    files = files.reindex(columns=list(SEVERITIES), fill_value=0)
    files = files.sort_values([ERROR, WARNING], ascending=False, kind="stable")
    for file, counts in files.head(_FILES).iterrows():
        yield f"  {file}: {counted(counts, words)}"
        own = kinds[kinds["file"] == file].sort_values("rank", kind="stable")
        for kind in own.head(_KINDS).to_dict("records"):
            where = f" ({kind['columns']})" if kind["columns"] else ""
            became = "" if kind["severity"] == DONE else f" → {kind['action']}"
            yield f"    {words.number(kind['lines'])} × {kind['kind']}{where}{became}"
        if len(own) > _KINDS:
            yield f"    {words('check.more_kinds', count=len(own) - _KINDS)}"
    if len(files) > _FILES:
        rest = counted(files.iloc[_FILES:].sum(), words)
        yield f"  {words('check.more_files', count=len(files) - _FILES, counts=rest)}"
    yield from _all_told(files, words)


def _all_told(files: pd.DataFrame, words: Words) -> Iterator[str]:
    """Say in a line how much is left, and in one of its own how much has been corrected."""
    left = files[[ERROR, WARNING]]
    count, of_all = int(left.to_numpy().sum()), counted(left.sum(), words)
    in_files = int(left.any(axis=1).sum())
    told_of = {"count": count, "files": in_files, "counts": of_all}
    yield words("check.all", **told_of) if count else words("check.none")
    if corrected := int(files[DONE].sum()):
        yield words("check.corrected", count=corrected)


def forms_in_words(
    homes: pd.DataFrame, planned: Collection[int], words: Words, village: str = ""
) -> Iterator[str]:
    """Say of each village how many households have a form, and which years lack a plan.

    Of the last quarter, villages that lack forms first; of very many the others in one sum.

    Args:
        homes: the panel's households.
        planned: the years that have a plan.
        words: in which language.
        village: the only one to be told of, by its code; "" tells of all.
    """
    quarter = str(homes["quarter"].cat.categories[-1])
    asked = homes["lives_here_now"] & homes["minority_now"].fillna(True).astype(bool)
    own = homes[asked & (homes["quarter"] == quarter)]
    own = own[own["village_now"] == village] if village else own
    counts = own.groupby(own["village_now"].astype("str"))["surveyed"].agg(["sum", "size"])
    counts = counts.iloc[np.argsort(counts["sum"] >= counts["size"], kind="stable")]
    told = [f"{name} {had}/{due}" for name, had, due in counts.head(_VILLAGES).itertuples()]
    if len(rest := counts.iloc[_VILLAGES:]):
        forms = f"{rest['sum'].sum()}/{rest['size'].sum()}"
        told.append(words("check.more_villages", count=len(rest), forms=forms))
    if told:
        yield words("check.forms", quarter=words.quarter(quarter), villages=", ".join(told))
    years = sorted({int(code[:4]) for code in homes["quarter"].cat.categories} - set(planned))
    if years:
        named = words.listed(map(str, years))
        yield words("check.no_plan", years=named, file=f"{years[-1]}.xlsx")


def plans_in_words(plans: Iterable[ByYear], words: Words) -> Iterator[str]:
    """Say of each plan file that it has no target yet, and which parameters it lacks."""
    files = {plan.file: plan for own in plans for plan in own.values() if plan.file}
    for plan in files.values():
        missing = [getattr(PARAMETERS[name], words.language) for name in plan.lacking]
        said = {"missing": "; ".join(missing)} if missing else {}
        if plan.targets and missing:
            yield words("check.plan.unsaid", file=plan.file, **said)
        elif not plan.targets:
            which = "no_target_unsaid" if missing else "no_target"
            yield words(f"check.plan.{which}", file=plan.file, **said)


def counted(counts: "pd.Series[int]", words: Words) -> str:
    """Say how many errors, warnings and corrections there are; none is left unsaid."""
    return ", ".join(
        words(f"check.count.{one}", count=int(counts[one])) for one in counts.index if counts[one]
    )


def kinds_of(problems: pd.DataFrame, languages: Sequence[str]) -> pd.DataFrame:
    """Count problems by file and kind, file by file.

    Returns:
        file, severity, rank (the severity's, errors first), kind and action (in the languages),
        lines (how many), columns (the first that are concerned, as people call them).
    """

    @cache
    def wrong(message: str) -> str:
        return " · ".join(told(message, one).partition(_WHAT_TO_DO)[0] for one in languages)

    @cache
    def became(action: str) -> str:
        return " · ".join(action_told(action, one) for one in languages)

    @cache
    def name(file: str, column: str) -> str:
        return " · ".join(dict.fromkeys(called(file, column, one) for one in languages))

    about = problems.assign(
        severity=severities(problems),
        kind=[
            became(CORRECTED) if action == CORRECTED else wrong(message)
            for message, action in zip(problems[MESSAGE], problems["action"], strict=True)
        ],
        action=problems["action"].map(became),
        column=[*map(name, problems["file"], problems["column"])],
    )
    grouped = about.groupby(["file", "severity", "kind", "action"], sort=False)["column"]
    kinds = grouped.agg(lines="size", columns=_some).reset_index()
    rank = {severity: at for at, severity in enumerate(SEVERITIES)}
    return kinds.assign(rank=kinds["severity"].map(rank).astype(int))


def _some(columns: "pd.Series[str]") -> str:
    names = list(dict.fromkeys(filter(None, columns)))
    return ", ".join([*names[:_COLUMNS], *(["…"] if len(names) > _COLUMNS else [])])


def table_of(file: str) -> Table | None:
    """Give the table that a raw file holds, told by its name; None where it is no table's."""
    if file.startswith("inspections/"):
        return codebook().inspection_form
    in_survey = file.startswith(f"{_SURVEY}/")
    return codebook().tables.get(_SURVEY if in_survey else folded(Path(file).stem))


def called(file: str, column: str, language: str) -> str:
    """Give what people call a column: its label, as the forms have it; else what it is headed."""
    return _labels(file, language).get(column, (column, ""))[0]


def with_code(file: str, column: str, language: str) -> str:
    """Give a column's label with its code and unit behind; a heading that is none's as it is."""
    known = _labels(file, language).get(column)
    return f"{known[0]} ({'; '.join(filter(None, (column, known[1])))})" if known else column


@cache
def _labels(file: str, language: str) -> dict[str, tuple[str, str]]:
    """Give label and unit of each column, by its code, of the table that a file holds, if any."""
    table = table_of(file)
    return {
        one.code: (getattr(one, language), getattr(one, f"unit_{language}"))
        for one in (table.columns if table else ())
    }


def are_left(problems: pd.DataFrame) -> bool:
    """Say whether anything is left to be seen to: what has been corrected is not."""
    return bool((severities(problems) != DONE).any())


def told(message: str, language: str) -> str:
    """Say a problem, given by its column `message`, in one language."""
    return Message.of(message).said(language)


def action_told(action: str, language: str) -> str:
    """Say what became of a cell or a row in one language."""
    return Message(f"problems.action.{action.replace(' ', '_')}").said(language)


def bilingual(said: Callable[[str, str], str], what: str) -> str:
    """Put the Vietnamese of a problem (`told`) or an action (`action_told`) before its English."""
    return " · ".join(said(what, language) for language in LANGUAGES)
