"""Commands that make something: a sample, survey forms, the processed tables, the reports."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign_lib.base.editions import EDITIONS, INTERNAL, known_edition
from campaign_lib.base.quarters import Quarter
from campaign_lib.cli.frame import FOLDER, LANGUAGE, Setting, command
from campaign_lib.errors import CampaignError
from campaign_lib.words import LANGUAGES, aloud
from campaign_lib.words.console import SOME, MisuseError, option, say, spoken_here

if TYPE_CHECKING:
    from campaign_lib.words import Words

#: Between the first and the last quarter of a range.
RANGE = ".."


@command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@option("--villages", type=int, metavar="N", default=8, show_default=True)
@option(
    "--communes",
    type=int,
    metavar="N",
    default=1,
    show_default=True,
)
@option("--households", type=int, metavar="N")
@option(
    "--quarters",
    metavar="Q..Q",
    default="2024Q1..2024Q4",
    show_default=True,
)
@option("--seed", type=int, metavar="N", default=1, show_default=True)
@option(
    "--years-before",
    type=int,
    metavar="N",
    default=0,
    show_default=True,
)
def sample(
    folder: Path,
    villages: int,
    communes: int,
    households: int | None,
    quarters: str,
    seed: int,
    years_before: int,
) -> None:
    """Write a made-up campaign."""
    from campaign_sample import write_sample

    asked = quarters_of(quarters)
    write_sample(folder, villages, households, asked, seed, years_before, communes)
    say(aloud("command.sample.done", folder=str(folder / "raw")))


@command()
@option(
    "--village",
    metavar="V",
)
@LANGUAGE
@click.pass_obj
def check(setting: Setting, village: str | None, language: str | None) -> int:
    """Build, and list problems in words.

    All of it is computed to find the problems, and all is written: results beside the problems of
    another day would contradict them. The sum comes last, where a terminal shows it.
    """
    from campaign_lib.intake import problem_list as told
    from campaign_lib.office.problem_book import name_of_book, write_book
    from campaign_lib.pipeline.build import build as build_tables
    from campaign_lib.store.processed import Processed
    from campaign_lib.words import Words
    from campaign_lib.words.progress import shown

    words, processed = Words(spoken_here()), setting.data / "processed"
    try:
        with shown() as tell:
            built = build_tables(setting.data, setting.today, tell)
    except CampaignError as error:
        if error.key != "folder.no_survey":
            raise
        return _check_register(setting, words, village)
    problems, homes = built.computed.problems, built.computed.panel.units["households"]
    book, name = processed / name_of_book(), ""
    if village is not None:
        there = Processed(processed)
        code = there.known_place(village)
        name = there.villages.get(code, "")
    if name:
        problems, book = problems[problems["village"] == code], processed / name_of_book(code)
    write_book(book, setting.data / "raw", problems, name)
    say(*told.in_words(problems, words))
    say(*told.in_short(problems, words))
    say(*told.forms_in_words(homes, built.campaign.plans, words, code if name else ""))
    say(*told.plans_in_words(built.campaign.own_plans.values(), words))
    say(words("check.written", csv=str(processed / "problems.csv"), book=str(book)))
    if built.is_new:
        setting.warn_of_revisions()
    return SOME if told.are_left(problems) else 0


def _check_register(setting: Setting, words: "Words", village: str | None) -> int:
    """List what is wrong with register and plan, or with one village, before there is a survey."""
    from campaign_lib.analysis.quality.checks import before_survey
    from campaign_lib.base.files import write_csv
    from campaign_lib.codebook.problems import COLUMNS
    from campaign_lib.intake import read_campaign, read_homes
    from campaign_lib.intake.problem_list import are_left, in_short, in_words, plans_in_words
    from campaign_lib.office.forms.questionnaire import known_village
    from campaign_lib.office.problem_book import name_of_book, write_book

    raw, processed = setting.data / "raw", setting.data / "processed"
    campaign = read_campaign(raw, setting.today, without_survey=True)
    problems, book = before_survey(campaign), processed / name_of_book()
    write_csv(processed / "problems.csv", problems[COLUMNS])
    name = ""
    if village is not None:
        homes = read_homes(raw, setting.today)
        code = known_village(homes, village)
        name = str(homes.villages.set_index("village").at[code, "name"])
        problems, book = problems[problems["village"] == code], processed / name_of_book(code)
    write_book(book, raw, problems, name)
    say(*in_words(problems, words))
    say(*in_short(problems, words))
    say(words("check.no_survey"))
    if not campaign.plans:
        say(words("check.no_plan_at_all"))
    say(*plans_in_words(campaign.own_plans.values(), words))
    say(words("check.written", csv=str(processed / "problems.csv"), book=str(book)))
    return SOME if are_left(problems) else 0


@command()
@option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
)
@click.pass_obj
def build(setting: Setting, scheduler: str) -> None:
    """Build the processed tables."""
    from campaign_lib.pipeline.build import build as build_tables
    from campaign_lib.words.progress import shown

    elsewhere = {}
    if scheduler:
        from campaign_lib.pipeline import cluster

        elsewhere["compute"] = partial(cluster.compute_each, scheduler)
    with shown() as tell:
        built = build_tables(setting.data, setting.today, tell, **elsewhere)
    folder, computed = setting.data / "processed", built.computed
    quarters, lines = ", ".join(computed.panel.days["quarter"]), len(computed.results)
    file, count = str(folder / "results.csv"), len(computed.problems)
    say(aloud("command.build.done", quarters=quarters, lines=lines, file=file))
    say(aloud("command.build.problems", count=count, file=str(folder / "problems.csv")))
    if built.is_new:
        setting.warn_of_revisions()


@command()
@option("--quarter", "quarters", multiple=True, metavar="Q")
@option("--village", "villages", multiple=True, metavar="V")
@option(
    "--commune",
    "communes",
    multiple=True,
    metavar="C",
)
@LANGUAGE
@option(
    "--edition",
    type=click.Choice(EDITIONS),
    default=INTERNAL,
    show_default=True,
)
@option(
    "--word",
    is_flag=True,
)
@option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    default=os.cpu_count() or 1,
)
@option("--force", is_flag=True)
@option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
)
@click.pass_obj
def reports(
    setting: Setting,
    quarters: tuple[str, ...],
    villages: tuple[str, ...],
    communes: tuple[str, ...],
    language: str | None,
    edition: str,
    word: bool,
    jobs: int,
    force: bool,
    scheduler: str,
) -> int:
    """Make reports, processed tables included."""
    from campaign_lib.pipeline.untouched import Look, tell_of_kept

    asked = (setting.today, quarters, villages, communes, language, edition, word)
    look = Look(setting.data, setting.reports, asked)
    if not (force or scheduler) and (kept := look.kept()):
        say(tell_of_kept(kept, language or LANGUAGES[0]))
        return 0
    from campaign_lib.pipeline.reports.batch import Wish, make_reports
    from campaign_lib.pipeline.reports.report import folder_of

    how = (language or LANGUAGES[0], known_edition(edition), force, word, jobs, scheduler)
    wish = Wish(quarters, villages, *how, communes=communes)
    processed = setting.processed()
    look.built()
    failed = make_reports(processed, setting.reports, wish, look.note)
    say(str(folder_of(setting.reports, wish.edition) / "index.html"))
    return SOME if failed else 0


@command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@option(
    "--quarter",
    metavar="Q",
)
@option(
    "--village",
    "villages",
    multiple=True,
    metavar="V",
)
@option(
    "--everyone",
    is_flag=True,
)
@option("--inspection", is_flag=True)
@option("--seed", metavar="TEXT", default="1", show_default=True)
@option("--sample-size", metavar="N", default="30", show_default=True)
@LANGUAGE
@click.pass_obj
def form(
    setting: Setting,
    folder: Path,
    quarter: str | None,
    villages: tuple[str, ...],
    everyone: bool,
    inspection: bool,
    seed: str,
    sample_size: str,
    language: str | None,
) -> None:
    """Write the forms."""
    if inspection and everyone:
        raise MisuseError("usage.everyone_drawn")
    if inspection:
        from campaign_lib.office.forms.visits import write_visits
        from campaign_lib.stories.inspection import inspection as page_of

        processed = setting.processed()
        code = quarter or processed.quarters[-1]
        page = page_of(processed, code, seed, sample_size, language or LANGUAGES[0])
        say(*write_visits(folder, page, villages))
        return
    from campaign_lib.intake import read_homes
    from campaign_lib.office.forms import in_words, questionnaire_of, write_forms

    homes = read_homes(setting.data / "raw", setting.today)
    asked = questionnaire_of(homes, setting.today, quarter, villages, everyone)
    say(*in_words(write_forms(folder, asked, language or LANGUAGES[0]), asked))
    if homes.refused:
        say(aloud("command.form.refused", count=homes.refused))


def quarters_of(text: str) -> tuple[Quarter, ...]:
    """Read a quarter, or a range such as ``2024Q1..2024Q4``.

    Raises:
        CampaignError: a text that is no quarter, or a range that ends before it begins.
    """
    first, _, last = text.partition(RANGE)
    quarter, end = Quarter.parse(first), Quarter.parse(last or first)
    if end < quarter:
        raise CampaignError("asked.backwards", range=text, last=end, first=quarter)
    found = [quarter]
    while found[-1] < end:
        found.append(found[-1].next())
    return tuple(found)


COMMANDS = (sample, form, check, build, reports)
