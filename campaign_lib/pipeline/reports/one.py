"""Make one report: run, render, write; and where that fails, say so in its place."""

import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from campaign_lib.base.editions import PUBLIC, mode_of
from campaign_lib.base.files import write_text
from campaign_lib.errors import LANGUAGE, CampaignError
from campaign_lib.pipeline.reports.report import Report, State, address_of
from campaign_lib.show import pages
from campaign_lib.words import Words

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Of an error's own text a page shows this much; the file beside it has all.
_LONGEST_ERROR = 300


@dataclass(frozen=True)
class Outcome:
    """What became of one report.

    Attributes:
        report: which one.
        state: ``fresh`` or ``failed``.
        seconds: how long it took (0 if it was not built).
        built: False if it was fresh already.
        error: why it failed, in a sentence in the report's language.
        rows: how many rows its tables have (0 if it was not built, or failed).
    """

    report: Report
    state: State
    seconds: float = 0.0
    built: bool = True
    error: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Setting:
    """What all reports of a run have in common.

    Attributes:
        folder: the reports folder.
        time_limit: seconds for one notebook.
        environment: variables for the kernels, in addition to the process's own.
        nursery: where kernels are forked; None where they are ordinary ones.
    """

    folder: Path
    time_limit: float
    environment: Mapping[str, str]
    nursery: Path | None = None


@dataclass(frozen=True)
class _Failure:
    sentence: str
    text: str
    notebook: "NotebookNode | None" = None


def build(report: Report, setting: Setting) -> Outcome:
    """Make one report's page; whatever goes wrong stays with this report.

    Returns:
        The outcome; a failed one has left a page that says so, and two files beside it.
    """
    # Loading what runs notebooks takes a second: not paid where every page is fresh.
    from campaign_lib.pipeline.engine import run_notebook

    start = time.perf_counter()
    try:
        notebook = run_notebook(
            report.notebook,
            report.parameters,
            time_limit=setting.time_limit,
            environment={**setting.environment, LANGUAGE: report.language},
            nursery=setting.nursery,
        )
        page = pages.export(
            notebook,
            report.title,
            report.language,
            crumbs=report.crumbs,
            resolve=partial(address_of, here=report.target, edition=report.edition),
        )
        write_text(report.page(setting.folder), page, mode_of(report.edition))
    except Exception as error:
        failure = _explain(error, report, setting)
        _leave_word(report, setting.folder, failure)
        return Outcome(report, "failed", time.perf_counter() - start, error=failure.sentence)
    for leftover in report.leftovers(setting.folder):
        leftover.unlink(missing_ok=True)
    return Outcome(report, "fresh", time.perf_counter() - start, rows=page.count("<tr"))


def lost(report: Report, setting: Setting) -> Outcome:
    """Tell of a report whose process ended without a word."""
    sentence = Words(report.language)("pages.why.lost")
    _leave_word(report, setting.folder, _Failure(sentence, sentence))
    return Outcome(report, "failed", error=sentence)


def _explain(error: Exception, report: Report, setting: Setting) -> _Failure:
    """Find the sentence for a failure, and everything that helps to find its cause."""
    from campaign_lib.pipeline.engine import NotebookFailed, TimeLimitReached

    words = Words(report.language)
    if report.edition == PUBLIC:  # an error may repeat what a household said
        return _Failure(words("pages.why.public"), "")
    if isinstance(error, TimeLimitReached):
        limit = words.number(round(setting.time_limit))
        sentence = words("pages.why.time_limit", seconds=limit)
        return _Failure(sentence, str(error), error.notebook)
    if isinstance(error, NotebookFailed):
        sentence = _sentence(words, error.error_name, error.error_value)
        return _Failure(sentence, f"{error}\n\n{error.traceback}", error.notebook)
    text = "".join(traceback.format_exception(error))
    if isinstance(error, CampaignError):
        return _Failure(error.said(words.language), text)
    return _Failure(_sentence(words, type(error).__name__, str(error)), text)


def _sentence(words: Words, name: str, value: str) -> str:
    """A mistake of the user's is a sentence in its language already; others are named by one."""
    if name == CampaignError.__name__ and value:
        return value
    short = " ".join(value.split())
    if len(short) > _LONGEST_ERROR:
        short = f"{short[:_LONGEST_ERROR]} …"
    if not short:
        return words("pages.why.error_without_text", name=name)
    return words("pages.why.error", name=name, value=short)


def _leave_word(report: Report, folder: Path, failure: _Failure) -> None:
    """Put a page in the report's place that says what happened, and the details beside it."""
    import nbformat

    notebook, text = report.leftovers(folder)
    details = {}
    # The outcome tells of the failure, also where the disk is full or the page is locked.
    with suppress(CampaignError):
        if failure.text:
            write_text(text, f"{report.title}\n{dict(report.parameters)}\n\n{failure.text}\n")
            details = {"traceback": text}
        notebook.unlink(missing_ok=True)
        if failure.notebook is not None:
            write_text(notebook, nbformat.writes(failure.notebook))  # type: ignore[no-untyped-call]
            details = {"notebook": notebook, **details}
        page = pages.fill(
            Path(__file__).with_name("failed.html.j2"),
            report.title,
            report.language,
            crumbs=report.crumbs,
            sentence=failure.sentence,
            details={key: (path.name, quote(path.name)) for key, path in details.items()},
        )
        write_text(report.page(folder), page, mode_of(report.edition))
