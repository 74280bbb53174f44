"""The quarter's survey forms, made from the codebook alone (data contract, section 5).

A workbook for each village, an XLSForm for telephones with its list of households, and a paper form
for each village: what they ask and let in is what the codebook says, and nothing else.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from campaign_lib.base.files import write_text
from campaign_lib.codebook import Column
from campaign_lib.office.forms.cells import (
    NUMBERS,
    answers,
    ask,
    marks,
    names_of_marks,
    unit,
    yes_of,
)
from campaign_lib.office.forms.questionnaire import (
    HOUSEHOLDS,
    PAPER,
    Home,
    Questionnaire,
    Village,
    paper_path,
    questionnaire_of,
    workbook_path,
    xlsform_path,
)
from campaign_lib.office.forms.workbook import has_answers, write_workbook
from campaign_lib.office.forms.xlsform import with_spaces, write_xlsform
from campaign_lib.show.pages import fill
from campaign_lib.words import Words, aloud

# The form on paper: a village's list of households, then half a sheet of A4 for each of them.

_TEMPLATE = Path(__file__).with_name("paper.html.j2")


@dataclass(frozen=True)
class Question:
    """A question on paper: its number, its sentence, boxes to tick, or a line to write on.

    `unit` stands behind the line. `short` says that the answers fit beside the question.
    """

    number: int
    ask: str
    boxes: tuple[str, ...]
    unit: str
    short: bool


def write_paper(path: Path, asked: Questionnaire, village: Village, words: Words) -> None:
    """Write the paper form of one village as a page to print.

    Args:
        path: where to.
        asked: the quarter's survey.
        village: whose households are listed.
        words: the language of the form.

    Raises:
        CampaignError: the file cannot be written.
    """
    title = words("form.paper.title", quarter=words.quarter(asked.quarter))
    page = fill(
        _TEMPLATE,
        f"{title} – {village.name}",
        words.language,
        heading=title,
        asked=asked,
        village=village,
        commune=asked.commune_of(village),
        marks=marks(asked),
        short_marks=[words(f"form.{name}.short") for name in names_of_marks(asked)],
        sheets=[*village.homes, Home("", "")],
        questions=questions_of(asked, words),
    )
    write_text(path, page)


def questions_of(asked: Questionnaire, words: Words) -> list[Question]:
    """Give all questions as they stand on paper, in their order."""
    questions = [column for column in asked.asked if column.is_question]
    numbers = {column.code: number for number, column in enumerate(questions, start=1)}
    return [_question(column, numbers, asked, words) for column in questions]


def _question(
    column: Column, numbers: dict[str, int], asked: Questionnaire, words: Words
) -> Question:
    sentence = ask(column, words)
    if column.only_if:
        yes = yes_of(asked.table.column(column.only_if), words)
        when = words("form.paper.only_if", number=numbers[column.only_if], yes=yes)
        sentence = f"{sentence} {when}"
    boxes = tuple(answers(column, words))
    measured = unit(column, words) if column.type in NUMBERS else ""
    return Question(numbers[column.code], sentence, boxes, measured, column.type == "yes_no")


#: So many codes are named where there may be many.
_NAMED = 3


@dataclass(frozen=True)
class Made:
    """What came of it, and where.

    `written` are workbooks, `kept` those that have answers and were left alone, `empty` the
    villages without anybody to ask; `paper` is the folder of the paper forms.
    """

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    empty: tuple[str, ...]
    xlsform: Path
    paper: Path


def write_forms(folder: Path, asked: Questionnaire, language: str) -> Made:
    """Write all forms of a quarter.

    Args:
        folder: where to; a workbook that somebody has begun to fill in stays as it is.
        asked: what is asked, and whom.
        language: of the workbooks and the paper; the help and the XLSForm are in both.

    Raises:
        CampaignError: a file cannot be written.
    """
    words = Words(language)
    written, kept = [], []
    inhabited = [village for village in asked.villages if len(village.homes)]
    for village in inhabited:
        path = workbook_path(folder, asked, village)
        if path.exists() and has_answers(path, asked):
            kept.append(path)
        else:
            write_workbook(path, asked, village, words)
            written.append(path)
        write_paper(paper_path(folder, asked, village), asked, village, words)
    write_xlsform(xlsform_path(folder, asked), asked)
    return Made(
        tuple(written),
        tuple(kept),
        tuple(village.code for village in asked.villages if village not in inhabited),
        xlsform_path(folder, asked),
        folder / PAPER,
    )


def in_words(made: Made, asked: Questionnaire) -> Iterator[str]:
    """Say what was made and where it is, for a terminal."""
    begins, ends = f"{asked.begins:%d/%m/%Y}", f"{asked.ends:%d/%m/%Y}"
    yield aloud("command.form.heading", quarter=str(asked.quarter), begins=begins, ends=ends)
    for folder in sorted({path.parent for path in (*made.written, *made.kept)}):
        yield aloud("command.form.workbooks", count=len(made.written), folder=str(folder))
    communes = (one.commune for one in asked.villages if one.homes and one.commune)
    for commune, villages in Counter(communes).items():
        yield "  " + aloud("command.form.of_commune", commune=commune, count=villages)
    for path in made.kept:
        yield "  " + aloud("command.form.kept", file=path.name)
    if made.empty:
        yield "  " + aloud("command.form.empty", villages=", ".join(made.empty))
    yield aloud("command.form.phones", file=str(made.xlsform))
    yield "  " + aloud("command.form.with", file=HOUSEHOLDS)
    if spaced := with_spaces(asked):
        named = ", ".join(f"“{code}”" for code in spaced[:_NAMED])
        yield "  " + aloud("command.form.spaces", count=len(spaced), named=named)
    yield aloud("command.form.paper", folder=str(made.paper))
    if not asked.everyone:
        yield aloud("form.minorities_only")
    yield from (aloud(f"form.{name}.long") for name in names_of_marks(asked))


__all__ = ["Made", "Questionnaire", "in_words", "questionnaire_of", "write_forms"]
