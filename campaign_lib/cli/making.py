"""Commands that make something: a sample, survey forms, the processed tables, the reports."""

import os
from pathlib import Path

import click

from campaign_lib.base.editions import EDITIONS, INTERNAL, known_edition
from campaign_lib.base.quarters import Quarter
from campaign_lib.cli.frame import FOLDER, LANGUAGE, Setting, command
from campaign_lib.errors import CampaignError
from campaign_lib.words.console import SOME, say

#: Between the first and the last quarter of a range.
RANGE = ".."


@command("Viết một bộ số liệu hư cấu vào DIR/raw · Write made-up data as DIR/raw")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--villages", type=int, default=8, show_default=True, help="Số thôn · Villages")
@click.option(
    "--communes",
    type=int,
    default=1,
    show_default=True,
    help="Số xã, mỗi xã từng ấy thôn và hộ · Communes, each with so many villages and households",
)
@click.option("--households", type=int, help="Tổng số hộ · Households in all")
@click.option(
    "--quarters",
    default="2024Q1..2024Q4",
    show_default=True,
    help="Từ quý nào đến quý nào · From which quarter to which",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Hạt giống ngẫu nhiên · Seed")
@click.option(
    "--years-before",
    type=int,
    default=0,
    show_default=True,
    help="Thêm mấy năm trước đó, nhiều nhất 3 · Years before these to add, at most 3",
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
    say(f"Đã viết số liệu hư cấu · Made-up data written: {folder / 'raw'}")


@command(
    "Đọc và soát số liệu, kể ra chỗ sai, viết problems.xlsx để gửi lại thôn · "
    "Read the raw files, list problems, write problems.xlsx to send back to the village"
)
@click.option(
    "--village",
    metavar="V",
    help="Chỉ kể và viết phần của thôn này · Only what concerns this village",
)
@LANGUAGE
@click.pass_obj
def check(setting: Setting, village: str | None, language: str) -> int:
    """Build, and list problems in words.

    All of it is computed to find the problems, and all is written: results beside the problems of
    another day would contradict them. The sum comes last, where a terminal shows it.
    """
    from campaign_lib.intake.problem_list import are_left, in_short, in_words
    from campaign_lib.office.problem_book import name_of_book, write_book
    from campaign_lib.pipeline.build import build as build_tables
    from campaign_lib.store.processed import Processed
    from campaign_lib.words import Words
    from campaign_lib.words.progress import shown

    with shown() as tell:
        built = build_tables(setting.data, setting.today, tell)
    problems, words, processed = (
        built.computed.problems,
        Words(language),
        setting.data / "processed",
    )
    book, name = processed / name_of_book(), ""
    if village is not None:
        there = Processed(processed)
        code = there.known_place(village)
        name = there.villages.get(code, "")
    if name:
        problems, book = problems[problems["village"] == code], processed / name_of_book(code)
    write_book(book, setting.data / "raw", problems, name)
    say(*in_words(problems, words))
    say(*in_short(problems, words))
    say(words("check.written", csv=str(processed / "problems.csv"), book=str(book)))
    if built.is_new:
        setting.warn_of_revisions()
    return SOME if are_left(problems) else 0


@command("Tính chỉ tiêu từ số liệu gốc · Work out the indicators from the raw files")
@click.pass_obj
def build(setting: Setting) -> None:
    """Build the processed tables."""
    from campaign_lib.pipeline.build import build as build_tables
    from campaign_lib.words.progress import shown

    with shown() as tell:
        built = build_tables(setting.data, setting.today, tell)
    folder = setting.data / "processed"
    quarters = ", ".join(built.computed.panel.days["quarter"])
    lines = len(built.computed.results)
    say(f"Đã tính · Built: {quarters}; {lines} dòng · lines: {folder / 'results.csv'}")
    say(_how_many(len(built.computed.problems), folder))
    if built.is_new:
        setting.warn_of_revisions()


@command("Lập các báo cáo còn thiếu hoặc đã cũ · Make reports missing or out of date")
@click.option("--quarter", "quarters", multiple=True, metavar="Q", help="Quý · Quarter: 2024Q3")
@click.option("--village", "villages", multiple=True, metavar="V", help="Thôn · Village")
@click.option(
    "--commune",
    "communes",
    multiple=True,
    metavar="C",
    help="Xã, khi thư mục có nhiều xã · Commune, where a folder holds several",
)
@LANGUAGE
@click.option(
    "--edition",
    type=click.Choice(EDITIONS),
    default=INTERNAL,
    show_default=True,
    help="Bản nội bộ hay công khai · The edition: internal, or public (may leave the office)",
)
@click.option(
    "--word",
    is_flag=True,
    help="Kèm báo cáo quý của xã bằng Word · The commune's quarterly report as .docx, too",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    help="Lập mấy báo cáo cùng lúc; mặc định: số bộ xử lý · "
    "How many to make at once; by default as many as processors",
)
@click.option("--force", is_flag=True, help="Lập lại cả báo cáo còn mới · Make fresh ones too")
@click.option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
    help="Giao cho các máy của một cụm Dask · Have them made by the workers of a Dask cluster",
)
@click.pass_obj
def reports(
    setting: Setting,
    quarters: tuple[str, ...],
    villages: tuple[str, ...],
    communes: tuple[str, ...],
    language: str,
    edition: str,
    word: bool,
    jobs: int,
    force: bool,
    scheduler: str,
) -> int:
    """Make reports, processed tables included."""
    from campaign_lib.pipeline.reports.batch import Wish, make_reports
    from campaign_lib.pipeline.reports.communes import make_communes
    from campaign_lib.pipeline.reports.report import folder_of

    wish = Wish(quarters, villages, language, known_edition(edition), force, word, jobs, scheduler)
    whole = setting.processed()
    if whole.communes:
        failed = make_communes(whole, setting.reports, wish, communes)
    else:
        for name in communes:
            whole.of_commune(name)  # there is one: it refuses to be named
        failed = make_reports(whole, setting.reports, wish)
    say(str(folder_of(setting.reports, wish.edition) / "index.html"))
    return SOME if failed else 0


@command(
    "Viết phiếu khảo sát của quý vào DIR: tệp Excel từng thôn, biểu mẫu điện thoại, phiếu giấy · "
    "Write the quarter's survey forms into DIR: a workbook for each village, for phones, on paper"
)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--quarter",
    metavar="Q",
    help="Quý; mặc định là quý sau quý khảo sát gần nhất · "
    "Quarter; by default the one after the last that has a survey",
)
@click.option(
    "--village",
    "villages",
    multiple=True,
    metavar="V",
    help="Chỉ làm thôn này · Only this village",
)
@click.option(
    "--everyone",
    is_flag=True,
    help="Cả hộ người Kinh; mặc định chỉ hộ dân tộc thiểu số · "
    "Kinh households, too; by default those of minorities only",
)
@LANGUAGE
@click.pass_obj
def form(
    setting: Setting,
    folder: Path,
    quarter: str | None,
    villages: tuple[str, ...],
    everyone: bool,
    language: str,
) -> None:
    """Write the forms."""
    from campaign_lib.intake import read_homes
    from campaign_lib.office.forms import in_words, questionnaire_of, write_forms

    homes = read_homes(setting.data / "raw", setting.today)
    asked = questionnaire_of(homes, setting.today, quarter, villages, everyone)
    say(*in_words(write_forms(folder, asked, language), asked))
    if homes.refused:
        say(
            f"{homes.refused} dòng về thôn, hộ không đọc được nên không có trong phiếu, xem · rows "
            "about villages and households cannot be read and are not in the forms, see: "
            "campaign check"
        )


def quarters_of(text: str) -> tuple[Quarter, ...]:
    """Read a quarter, or a range such as ``2024Q1..2024Q4``.

    Raises:
        CampaignError: a text that is no quarter, or a range that ends before it begins.
    """
    first, _, last = text.partition(RANGE)
    quarter, end = Quarter.parse(first), Quarter.parse(last or first)
    if end < quarter:
        raise CampaignError(f"{text}: {end} is before {quarter}; write the first quarter first.")
    found = [quarter]
    while found[-1] < end:
        found.append(found[-1].next())
    return tuple(found)


def _how_many(problems: int, folder: Path) -> str:
    return f"{problems} vấn đề · problems: {folder / 'problems.csv'}"


COMMANDS = (sample, form, check, build, reports)
