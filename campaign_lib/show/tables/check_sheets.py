"""The sheet that an inspector takes along: questions down, households across, cells to fill in."""

from collections.abc import Sequence

import pandas as pd

from campaign_lib.codebook import Column as Asked
from campaign_lib.show.display import Column, Table
from campaign_lib.show.tables.labels import rows_of, text_or_nothing
from campaign_lib.words import Words

#: Households beside one another on a sheet of A4.
ACROSS = 5


def check_sheet(homes: pd.DataFrame, questions: Sequence[Asked], words: Words) -> Table:
    """Give the questions with an empty cell for each household.

    Args:
        homes: household, head_name; at most `ACROSS` of them.
        questions: columns of the survey, as the codebook has them.
        words: the reader's language.
    """
    asked = [
        words("inspection.sheets.numbered", number=number, ask=_ask(question, words))
        for number, question in enumerate(questions, 1)
    ]
    ends = [words(f"inspection.sheets.{name}") for name in ("visited_on", "signature")]
    return Table(
        words("inspection.sheets.caption"),
        (
            Column(words("inspection.sheets.question")),
            *(
                Column(f"{home.household} {text_or_nothing(home.head_name)}")
                for home in rows_of(homes)
            ),
        ),
        tuple((text, *("" for _ in range(len(homes)))) for text in (*asked, *ends)),
    )


def _ask(question: Asked, words: Words) -> str:
    """Write a question with what may be answered, but for yes and no, which all others share."""
    vietnamese = words.language == "vi"
    ask = question.ask_vi if vietnamese else question.ask_en
    if question.type == "yes_no":
        return ask
    labels = [answer.vi if vietnamese else answer.en for answer in question.answers]
    options = " / ".join(labels) or (question.unit_vi if vietnamese else question.unit_en)
    return words("inspection.sheets.options", ask=ask, options=options) if options else ask
