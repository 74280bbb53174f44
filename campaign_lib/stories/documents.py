"""The Word documents that are sent upward: what stands in each, part by part, and its head.

A document lies beside the page that it is made from and has its sections, without what is for a
screen: drawings, references that lead to other pages, versions of libraries. Whoever gets it has no
other page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from campaign_lib.base.editions import Edition
from campaign_lib.base.quarters import Quarter
from campaign_lib.show.display import NOTHING, Passage, paragraph, together
from campaign_lib.show.letter import Letter
from campaign_lib.store.processed import Processed
from campaign_lib.stories.assessment import annual_assessment
from campaign_lib.stories.commune import commune_report
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

    commune, district = said("commune"), said("district")
    province = district == blank and plan is not None  # districts are gone since 1 July 2025
    above = {"province": said("province").upper()} if province else {"district": district.upper()}
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
        above=words("letter.above_province" if province else "letter.above", **above),
        issuer=words("letter.issuer", commune=commune.upper()),
        place=commune,
        subject=subject,
        title=title,
        basis=(*made_up, *basis, carried_out),
        recipients=(*(f"- {one};" for one in recipients), words("letter.recipients.file")),
    )


Maker = Callable[[Processed, Mapping[str, str], str, Words, Edition], tuple[str, Parts]]


def _quarterly(
    processed: Processed, _: Mapping[str, str], quarter: str, words: Words, edition: Edition
) -> tuple[str, Parts]:
    report = commune_report(processed, quarter, words.language, edition)
    sections = dict(report.sections())

    def all_of(*names: str) -> Passage:
        return together(*(sections[name] for name in names))

    general = NOTHING  # an officer's words are not for the public, which has no table of them
    if not report.is_public:
        general = remark(report.data.remarks, "general", words, named=False)
    results = ("revisions", "indicators", "villages", "quality")
    work = ("tasks", "models", "sessions", "funding", "loans", "support")
    return report.title, [
        ("general", together(period(report.data.days, words), general)),
        ("in_short", report.bottom_line()),
        ("results", all_of(*results)),
        ("work", all_of(*work)),
        *((name, all_of(name)) for name in ("assessment", "proposals", "ahead")),
    ]


def _of_year(
    processed: Processed,
    parameters: Mapping[str, str],
    quarter: str,
    words: Words,
    _: Edition,
) -> tuple[str, Parts]:
    story = annual_assessment(processed, parameters["year"], words.language)
    return story.title, [
        ("general", _said(processed, quarter, words, "general")),
        ("in_short", story.bottom_line()),
        ("results", together(story.targets(), story.villages(), story.compared())),
        ("poverty", together(story.flows(), story.still_poor(), story.formulas())),
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
        ("general", _said(processed, quarter, words, "general")),
        ("in_short", story.bottom_line()),
        ("results", together(story.figures(), story.plans(), story.cohorts())),
        ("poverty", story.poverty()),
        ("work", together(story.work(), story.missing())),
        ("assessment", _said(processed, quarter, words, "strengths", "limits", "causes")),
        ("proposals", _said(processed, quarter, words, "proposals")),
        ("ahead", _said(processed, quarter, words, "direction")),
    ]


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
