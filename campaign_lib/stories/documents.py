"""The Word documents that are sent upward: what stands in each, part by part, and its head.

A document lies beside the page that it is made from and has what a report to those above is about:
verdicts, targets, tasks, money, what stands in the way. Whoever wants lists, ranges of what is
unknown, or single villages has the page. Whoever gets the document has no other page.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd

from campaign_lib.base.editions import Edition
from campaign_lib.base.quarters import Quarter
from campaign_lib.show.display import (
    NOTHING,
    Block,
    Cell,
    Paragraph,
    Passage,
    Table,
    paragraph,
    together,
)
from campaign_lib.show.letter import Letter
from campaign_lib.store.processed import Processed
from campaign_lib.stories.assessment import annual_assessment
from campaign_lib.stories.commune import CommuneReport, commune_report
from campaign_lib.stories.commune.work import open_tasks
from campaign_lib.stories.first_screen import STATUSES
from campaign_lib.stories.review import three_year_review
from campaign_lib.stories.telling import period, plan_of_year, remark
from campaign_lib.words import Words

#: A part's name (`letter.part.<name>`), and what stands in it.
Parts = list[tuple[str, Passage]]


@dataclass(frozen=True)
class Document:
    """One document: its head, and its parts in order."""

    letter: Letter
    parts: Parts


def document_of(
    notebook: str,
    parameters: Mapping[str, str],
    quarter: str,
    processed: Processed,
    words: Words,
    edition: Edition,
) -> Document:
    """Compose the document beside a page.

    Args:
        notebook: the page's, one of `DOCUMENTS`.
        parameters: what the page's notebook is run with.
        quarter: the one that the page is filed under; its remarks stand in the document.
        processed: what was built.
        words: the language.
        edition: whose figures it has; lists of households stay out of either.
    """
    title, parts = DOCUMENTS[notebook](processed, parameters, quarter, words, edition)
    about, key = {**parameters, "quarter": words.quarter(quarter)}, f"letter.subject.{notebook}"
    subject = words(key, **{name: about[name] for name in words.placeholders(key)})
    plan = plan_of_year(processed, quarter)
    return Document(_letter(plan, title, subject, quarter, words), parts)


def _letter(plan: Any, title: str, subject: str, quarter: str, words: Words) -> Letter:
    """Fill the head in; what nobody says is left blank, to be written by hand."""
    blank = words("letter.blank")

    def said(name: str) -> str:
        return (str(plan[name]) if plan is not None else "") or blank

    commune = said("commune")
    where = words("letter.issuer.place", commune=commune.upper())
    # Districts are gone since 1 July 2025.
    level = "province" if said("district") == blank else "district"
    superior = said(level)
    lines = {} if plan is None else {name: plan[name] for name in ("basis", "recipients")}
    issued = None if plan is None or pd.isna(plan["issued_on"]) else plan["issued_on"]
    carried_out = words(
        "letter.carried_out",
        number=said("number"),
        date=words("letter.blank_date") if issued is None else words.date(issued),
        commune=commune,
        year=Quarter.parse(quarter).year,
    )
    basis = [words("letter.basis", document=one) for one in lines.get("basis", "").splitlines()]
    made_up = [words("masthead.made_up")] if plan is not None and plan["illustrative"] else []
    default = words("letter.recipients.default").split("; ")
    recipients = lines.get("recipients", "").splitlines() or default
    return Letter(
        above=words(f"letter.above_{level}", **{level: superior.upper()}),
        issuer=f"{words('letter.issuer.body')}\n{where}",
        place=commune,
        subject=subject,
        to=words(f"letter.to_{level}", **{level: superior}),
        title=title,
        basis=(*made_up, *basis, carried_out),
        recipients=(
            words("letter.recipients.above"),
            *(f"- {one};" for one in recipients),
            words("letter.recipients.file"),
        ),
    )


# A page's sections, made short.


def _brief(passage: Passage, tables: int = 0, explained: Collection[str] = ()) -> Passage:
    """Leave out the tables of a passage but for the first few, and what explains a page."""
    left = [one for one in passage.blocks if isinstance(one, Table)][:tables]

    def stays(block: Block) -> bool:
        if isinstance(block, Table):
            return block in left
        return not (isinstance(block, Paragraph) and block.text in explained)

    return Passage((*filter(stays, passage.blocks),))


def _sentences(passage: Passage) -> Passage:
    return Passage(tuple(block for block in passage.blocks if isinstance(block, Paragraph)))


def _each_table(passage: Passage, change: Callable[[Table], Table]) -> Passage:
    return Passage(tuple(change(one) if isinstance(one, Table) else one for one in passage.blocks))


def _targets(table: Table, words: Words) -> Table:
    """Have the columns that a report is about; a star stands for what hangs on the unknown."""
    text, hangs = words.under("tables.indicators"), words("tables.hangs")
    left = {text(name) for name in ("high", "path", "change")}
    at = [n for n, column in enumerate(table.columns) if column.label not in left]
    if len(at) == len(table.columns):  # the public edition's, which has none of these
        return table
    rows = tuple(tuple(str(row[n]).replace(f" ({hangs})", "*") for n in at) for row in table.rows)
    return replace(
        table,
        caption=text("caption_public"),
        columns=tuple(table.columns[n] for n in at),
        rows=rows,
        note=f"* {hangs}." if any("*" in cell for row in rows for cell in row) else "",
    )


#: The sections of the quarter's page whose first sentence tells how to read it.
_EXPLAINED = ("indicators", "tasks", "models", "sessions", "funding", "support")

Maker = Callable[[Processed, Mapping[str, str], str, Words, Edition], tuple[str, Parts]]


def _quarterly(
    processed: Processed, _: Mapping[str, str], quarter: str, words: Words, edition: Edition
) -> tuple[str, Parts]:
    report = commune_report(processed, quarter, words.language, edition)
    general = found = NOTHING
    if not report.is_public:  # who has no table of remarks, nor of what is unknown
        general = remark(report.data.remarks, "general", words, named=False)
        found = together(report.screen.hanging(), report.screen.visits())
    said = {report.text(f"{name}.says") for name in _EXPLAINED}
    brief = partial(_brief, explained=said)
    results = _each_table(brief(report.indicators(), 1), partial(_targets, words=words))
    models, sessions, support = map(brief, (report.models(), report.sessions(), report.support()))
    tasks = together(brief(report.tasks()), open_tasks(report))
    return report.title, [
        ("general", together(_verdicts(report), period(report.data.days, words), general)),
        ("results", together(report.revisions(why=False), results, found)),
        ("work", together(tasks, models, sessions, brief(report.funding(), 1), support)),
        ("assessment", report.assessment()),
        ("proposals", report.proposals()),
        ("ahead", report.ahead()),
    ]


def _verdicts(report: CommuneReport) -> Passage:
    """Say how many targets are met, and what of the others; of a year without a plan nothing."""
    if report.data.plan is None:
        return NOTHING
    words, statuses = report.words, report.data.lines["status"]
    counts = {status: int((statuses == status).sum()) for status in STATUSES}
    met, each = counts.pop("met"), sum(counts.values())
    key = "met_shown" if report.is_public else "met"
    said = words(f"letter.verdict.{key}", quarter=report.when, met=met, all=met + each)
    others = (
        words(f"letter.verdict.{status}", count=count) for status, count in counts.items() if count
    )
    return paragraph("; ".join((said, *others)) + ".")


def _of_year(
    processed: Processed,
    parameters: Mapping[str, str],
    quarter: str,
    words: Words,
    _: Edition,
) -> tuple[str, Parts]:
    story = annual_assessment(processed, parameters["year"], words.language)
    return story.title, [
        (
            "general",
            together(_sentences(story.bottom_line()), _said(processed, quarter, words, "general")),
        ),
        ("results", together(story.targets(), story.villages())),
        ("poverty", story.still_poor()),
        ("work", story.tasks()),
        ("assessment", _said(processed, quarter, words, "strengths", "limits", "causes")),
        ("proposals", _said(processed, quarter, words, "proposals")),
        (
            "ahead",
            together(
                _said(processed, quarter, words, "direction"),
                story.next_steps(),
                story.next_year(),
            ),
        ),
    ]


def _of_years(
    processed: Processed,
    parameters: Mapping[str, str],
    quarter: str,
    words: Words,
    _: Edition,
) -> tuple[str, Parts]:
    years = (parameters["first_year"], parameters["last_year"])
    story = three_year_review(processed, *years, words.language, parameters["until"])
    return story.title, [
        ("in_short", story.bottom_line()),
        ("general", _said(processed, quarter, words, "general")),
        ("results", _spelt(story.figures(), words)),
        ("poverty", story.poverty()),
        ("work", story.work()),
        ("assessment", _said(processed, quarter, words, "strengths", "limits", "causes")),
        ("proposals", _said(processed, quarter, words, "proposals")),
        ("ahead", _said(processed, quarter, words, "direction")),
    ]


def _spelt(passage: Passage, words: Words) -> Passage:
    """Write the verdicts of several years' figures out, where a page has signs and their legend."""
    spelt = {
        words(f"codes.status.{status}.mark") + "\u00a0": words(f"letter.year.{status}") + ": "
        for status in ("met", "on_track", "behind", "no_target")
    }

    def told(cell: Cell) -> Cell:
        text = str(cell)
        return spelt.get(text[:2], text[:2]) + text[2:]

    def out(table: Table) -> Table:
        rows = tuple((row[0], *map(told, row[1:])) for row in table.rows)
        return replace(table, rows=rows, note="")

    return _each_table(passage, out)


def _said(processed: Processed, quarter: str, words: Words, *parts: str) -> Passage:
    """Give an officer's words of the quarter, and say of which quarter they are."""
    rows = processed.rows("remarks", {"quarter": [quarter]})
    when = words("letter.remarks_of", quarter=words.quarter(quarter))
    told = paragraph(when) if rows["part"].isin(parts).any() else NOTHING
    return together(told, *(remark(rows, part, words, named=len(parts) > 1) for part in parts))


#: By the notebook of the page that a document lies beside.
DOCUMENTS: Mapping[str, Maker] = {
    "commune_report": _quarterly,
    "three_year_review": _of_years,
    "annual_assessment": _of_year,
}
