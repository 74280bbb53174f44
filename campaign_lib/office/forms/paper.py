"""The form on paper: a village's list of households, then half a sheet of A4 for each of them."""

from dataclasses import dataclass
from pathlib import Path

from campaign_lib.base.whole_files import write_text
from campaign_lib.codebook import Column
from campaign_lib.office.forms.marks import marks, names_of_marks
from campaign_lib.office.forms.questionnaire import Home, Questionnaire, Village
from campaign_lib.office.forms.rules import NUMBERS, answers, ask, unit, yes_of
from campaign_lib.show.pages import fill
from campaign_lib.words import Words

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
