"""The quarter's survey forms, made from the codebook alone (data contract, section 5).

A workbook for each village, an XLSForm for telephones with its list of households, and a paper form
for each village: what they ask and let in is what the codebook says, and nothing else.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from campaign_lib.office.forms.filled import has_answers
from campaign_lib.office.forms.marks import both, marks
from campaign_lib.office.forms.names import (
    HOUSEHOLDS,
    PAPER,
    paper_path,
    workbook_path,
    xlsform_path,
)
from campaign_lib.office.forms.paper import write_paper
from campaign_lib.office.forms.questionnaire import Questionnaire, questionnaire_of
from campaign_lib.office.forms.workbook import write_workbook
from campaign_lib.office.forms.xlsform import write_xlsform
from campaign_lib.words import Words


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
    """Say what was made and where it is, Vietnamese first, for a terminal."""
    yield (
        f"Phiếu khảo sát · Survey forms: {asked.quarter} "
        f"({asked.begins:%d/%m/%Y} – {asked.ends:%d/%m/%Y})"
    )
    where = {path.parent for path in (*made.written, *made.kept)}
    for folder in sorted(where):
        yield f"{len(made.written)} tệp Excel của các thôn · village workbooks: {folder}"
    counts = Counter(village.commune for village in asked.villages if village.homes)
    for commune, villages in counts.items():
        if commune:
            yield f"  {commune}: {villages} thôn · villages"
    for path in made.kept:
        yield f"  giữ nguyên, đã có câu trả lời · kept, it has answers: {path.name}"
    if made.empty:
        yield f"  không có hộ để hỏi · nobody to ask: {', '.join(made.empty)}"
    yield f"Biểu mẫu điện thoại (KoboToolbox, ODK) · for telephones: {made.xlsform}"
    yield f"  tải lên cùng với · upload it together with: {HOUSEHOLDS}"
    yield f"Phiếu giấy, in bằng trình duyệt · paper forms, print them from a browser: {made.paper}"
    if not asked.everyone:
        yield both("form.minorities_only")
    yield from marks(asked)


__all__ = ["Made", "Questionnaire", "in_words", "questionnaire_of", "write_forms"]
