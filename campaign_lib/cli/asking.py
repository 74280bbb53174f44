"""Commands that answer: where a figure comes from, who carries how much, what is printed wrong."""

import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from campaign_lib.cli.frame import COMMUNE, FOLDER, LANGUAGE, Setting, command
from campaign_lib.errors import CampaignError
from campaign_lib.words import LANGUAGES, aloud
from campaign_lib.words.console import SOME, option, say, spoken_here
from campaign_lib.words.spelling import few_of

if TYPE_CHECKING:
    from campaign_lib.base.figures import Figure
    from campaign_lib.store.processed import Processed


@command()
@click.argument("indicator", metavar="INDICATOR")
@option("--quarter", required=True, metavar="Q")
@option("--village", "place", default="commune", metavar="V")
@COMMUNE
@option("--households", is_flag=True)
@option("--html", type=FOLDER, metavar="FILE")
@LANGUAGE
@click.pass_obj
def audit(
    setting: Setting,
    indicator: str,
    quarter: str,
    place: str,
    commune: str,
    households: bool,
    html: Path | None,
    language: str | None,
) -> None:
    """Show the steps of one figure, as text or as a page."""
    from campaign_lib.indicators import find
    from campaign_lib.stories.audit import audit_story
    from campaign_lib.stories.audit.reasons import how_all_add_up, is_all

    indicator = find(indicator).id
    whole = setting.processed()
    quarter = whole.known_quarter(quarter)
    written = spoken_here() if html is None else language or LANGUAGES[0]
    if is_all(whole, commune or place):
        say(how_all_add_up(whole, quarter, indicator, spoken_here()))
        return
    processed, place = whole.home_of(place, quarter, commune)
    story = audit_story(processed, indicator, quarter, place, written)
    if html is None:
        say(story.as_text(households=households))
        return
    from campaign_lib.pipeline.reports.run import write_page

    asked = {"indicator": indicator, "place": place, "quarter": quarter, "language": written}
    write_page(html, "audit_indicator", asked, story.heading, processed.folder)
    say(str(html))


@command()
@click.argument("figure", metavar="FIGURE")
@COMMUNE
@LANGUAGE
@click.pass_obj
def explain(setting: Setting, figure: str, commune: str, language: str | None) -> None:
    """Take the reference that a report prints beside a figure, and go down to the raw files."""
    from campaign_lib.stories.audit import audit_story
    from campaign_lib.stories.audit.reasons import how_all_add_up, is_all

    whole, (quarter, named, indicator) = _asked(setting, figure)
    if is_all(whole, named):
        say(how_all_add_up(whole, quarter, indicator, spoken_here()))
        return
    processed, place = whole.home_of(named, quarter, commune)
    story = audit_story(processed, indicator, quarter, place, spoken_here())
    say(story.as_text(households=True))


def _asked(setting: Setting, figure: str) -> "tuple[Processed, Figure]":
    """Read a figure's reference, and open what it is of; the place may be any that is typed."""
    from campaign_lib.base.figures import Figure
    from campaign_lib.indicators import find

    asked = Figure.parse(figure)
    find(asked.indicator)
    whole = setting.processed()
    return whole, asked._replace(quarter=whole.known_quarter(asked.quarter))


@command()
@click.argument("figure", metavar="FIGURE")
@option("--to", required=True, type=FOLDER, metavar="FILE.zip")
@COMMUNE
@option("--anonymous", is_flag=True)
@click.pass_obj
def evidence(setting: Setting, figure: str, to: Path, commune: str, anonymous: bool) -> None:
    """Pack one figure with all that it was read from; prints the zip's own SHA-256."""
    from campaign_lib.analysis.audit import audit
    from campaign_lib.stories.audit.reasons import is_all
    from campaign_lib.stories.evidence import write_evidence

    whole, (quarter, named, indicator) = _asked(setting, figure)
    if is_all(whole, named):
        raise CampaignError("evidence.all", known=few_of(list(whole.communes)))
    processed, place = whole.home_of(named, quarter, commune)
    found = audit(processed, indicator, quarter, place)
    digest = write_evidence(found, to, anonymous=anonymous)
    say(str(to), f"SHA-256 {digest}", aloud("command.evidence.internal"))


@command()
@LANGUAGE
@click.pass_obj
def verify(setting: Setting, language: str | None) -> int:
    """Compare results.csv with the count in SQL from the raw files; nothing is built or written."""
    from campaign_lib.recount.verify import in_words
    from campaign_lib.recount.verify import verify as recount_all
    from campaign_lib.words import Words
    from campaign_lib.words.progress import shown

    with shown() as tell:
        found = recount_all(setting.data, tell)
    say(*in_words(found, Words(spoken_here())))
    return 0 if found.agrees and not found.changed else SOME


@command()
@option("--quarter", metavar="Q")
@option("--indicator", metavar="I")
@COMMUNE
@option(
    "--write",
    is_flag=True,
)
@option(
    "--force",
    is_flag=True,
)
@option("--html", type=FOLDER, metavar="FILE")
@LANGUAGE
@click.pass_obj
def allocate(
    setting: Setting,
    quarter: str | None,
    indicator: str | None,
    commune: str,
    write: bool,
    force: bool,
    html: Path | None,
    language: str | None,
) -> None:
    """Show the allocation table, and fix it: each commune's, or that of the one that is named."""
    from campaign_lib.office.allocation_file import to_share

    raw = setting.data / "raw"
    chosen = to_share(raw, setting.today, quarter)
    if chosen.unplanned:
        say(aloud("command.allocate.another_year", year=chosen.unplanned))
    with TemporaryDirectory(prefix="campaign-") as folder:
        ahead = partial(setting.ahead, chosen.quarter, folder)
        opened = ahead if chosen.is_ahead else setting.processed
        whole = opened()
        if commune:
            named = [whole.of_commune(commune, chosen.quarter)]
        else:  # a commune may be none, or another, in a quarter
            asked = whole.known_quarter(chosen.quarter)
            named = [part for part in whole.parts.values() if asked in part.own_quarters]
        for part in named:
            if name := whole.communes[part.commune]:
                say(f"{name}:")
            _allocate(raw, whole, part, chosen.quarter, indicator, write, force)
        if html is None:
            return
        now = opened() if write else whole
        for part in named:
            again = now.of_commune(part.commune, chosen.quarter)
            _write_allocation_page(html, again, chosen.quarter, language or LANGUAGES[0])


def _write_allocation_page(file: Path, processed: "Processed", quarter: str, language: str) -> None:
    """Write the page of the year; of several communes each beside the other, by its key."""
    from campaign_lib.base.files import safe_name
    from campaign_lib.pipeline.reports.run import write_page
    from campaign_lib.stories.sharing import target_allocation

    if key := processed.commune:
        file = file.with_stem(f"{file.stem}-{safe_name(key)}")
    asked = {"year": quarter[:4], "language": language}
    title = target_allocation(processed, **asked).title
    write_page(file, "target_allocation", asked, title, processed.folder)
    say(str(file))


def _allocate(
    raw: Path,
    whole: "Processed",
    processed: "Processed",
    quarter: str,
    indicator: str | None,
    write: bool,
    force: bool,
) -> None:
    """Show one commune's allocation table, and fix it."""
    from campaign_lib.analysis.village_targets import shared_targets
    from campaign_lib.office.allocation_file import as_table, fix, spared
    from campaign_lib.stories.sharing import shared_by
    from campaign_lib.words import Words

    asked = processed.known_quarter(quarter)
    shared = shared_targets(processed, asked, indicator)
    say(*shared_by(processed, asked, Words(spoken_here())))
    say(str(as_table(shared)))
    if not write:
        return
    path = fix(raw, shared, force=force, others=spared(whole, processed))
    done = aloud("command.allocate.done", file=str(path))
    say(done if path else aloud("command.allocate.nothing"))
    if left_out := ", ".join(one.indicator for one in shared if not one.can_be_fixed):
        say(aloud("command.allocate.left_out", indicators=left_out))


@command()
@click.argument("file", type=FOLDER, metavar="FILE")
@option(
    "--summary/--no-summary",
    default=None,
)
def recompute(file: Path, summary: bool | None) -> int:
    """Judge each figure of a table: a line each, so that a program can read them, too."""
    from campaign_lib.recount.recompute import RIGHT, in_short
    from campaign_lib.recount.recompute import recompute as judge

    verdicts = judge(file)
    say(*map(str, verdicts))
    if sys.stdout.isatty() if summary is None else summary:
        say(*in_short(verdicts))
    return 0 if all(verdict.word == RIGHT for verdict in verdicts) else SOME


COMMANDS = (audit, explain, evidence, verify, allocate, recompute)
