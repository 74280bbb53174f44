"""The commune's quarterly report as a Word document, beside its page."""

from pathlib import Path
from typing import Any

from campaign_lib.base.editions import Edition, mode_of
from campaign_lib.show.display import NOTHING, Passage, paragraph
from campaign_lib.show.letter import Letter, write_letter
from campaign_lib.store.processed import Processed
from campaign_lib.stories.commune import commune_report
from campaign_lib.stories.telling import period
from campaign_lib.words import Words

#: The letter has a head of its own; drawings stay on the page, their numbers are in tables; and
#: versions of libraries are of no use to whom it is sent to.
_ON_THE_PAGE_ONLY = frozenset({"first_screen", "progress", "trend", "built_from"})


def word_file(folder: Path, quarter: str) -> Path:
    """Say where a quarter's document is, in the edition's folder."""
    return folder / quarter / "commune.docx"


def write_word(
    processed: Processed, quarter: str, folder: Path, words: Words, edition: Edition
) -> Path:
    """Write a quarter's report of the commune as `<quarter>/commune.docx`.

    Args:
        processed: what was built.
        quarter: one that has results.
        folder: of the edition's reports.
        words: the language.
        edition: whose figures it has; lists of households stay out of either.

    Returns:
        The file.

    Raises:
        CampaignError: the file cannot be written.
    """
    report = commune_report(processed, quarter, words.language, edition)
    path = word_file(folder, quarter)
    text = [passage for name, passage in report.sections() if name not in _ON_THE_PAGE_ONLY]
    before = [_made_up(report.data.plan, words), period(report.data.days, words)]
    letter = _letter(report.data.plan, report.title, words.quarter(quarter), words)
    write_letter(path, letter, [*before, report.bottom_line(), *text], words, mode_of(edition))
    return path


def _made_up(plan: Any, words: Words) -> Passage:
    made_up = plan is not None and plan["illustrative"]
    return paragraph(words("masthead.made_up")) if made_up else NOTHING


def _letter(plan: Any, title: str, quarter: str, words: Words) -> Letter:
    """Fill the head in; without a plan nobody knows who issues it, and dots are left."""
    names = dict.fromkeys(("district", "commune"), words("letter.blank"))
    if plan is not None:
        names = {name: str(plan[name]) for name in names}
    return Letter(
        above=words("letter.above", district=names["district"].upper()),
        issuer=words("letter.issuer", commune=names["commune"].upper()),
        place=names["commune"],
        subject=words("letter.subject", quarter=quarter),
        title=title,
    )
