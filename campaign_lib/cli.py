"""The command `campaign` (data contract, section 5): what a user asks for, and how it ended.

Modules that compute are imported inside the commands: loading pandas or a notebook's engine takes
longer than `campaign --help` or a misspelt option may take.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign_lib.console import SOME, Commands, run, say
from campaign_lib.errors import CampaignError
from campaign_lib.quarters import Quarter

if TYPE_CHECKING:
    from campaign_lib.processed import Processed

#: Between the first and the last quarter of a range.
RANGE = ".."
_FOLDER = click.Path(path_type=Path)
_LANGUAGE = click.option(
    "--language",
    type=click.Choice(["vi", "en"]),
    default="vi",
    show_default=True,
    help="Ngôn ngữ · Language",
)


@dataclass(frozen=True)
class Setting:
    """What stands before the command: where the campaign is, where reports go, and the day."""

    data: Path
    reports: Path
    today: date

    def processed(self) -> "Processed":
        """Open the processed tables, built anew if files or code have changed.

        Raises:
            CampaignError: they cannot be built.
        """
        from campaign_lib.build import bring_up_to_date
        from campaign_lib.processed import Processed

        bring_up_to_date(self.data, self.today)
        return Processed(self.data / "processed")


@click.group(
    cls=Commands,
    no_args_is_help=False,
    help="Từ phiếu khảo sát của xã đến chỉ tiêu và báo cáo · "
    "From a commune's survey files to indicators and reports",
)
@click.option(
    "--data",
    type=_FOLDER,
    default=Path("data"),
    show_default=True,
    envvar="CAMPAIGN_DATA",
    help="Thư mục có raw/ (hoặc biến CAMPAIGN_DATA) · The folder above raw/ (or CAMPAIGN_DATA)",
)
@click.option(
    "--reports",
    type=_FOLDER,
    default=Path("reports"),
    show_default=True,
    help="Thư mục chứa báo cáo · The folder for reports",
)
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]),
    metavar="DATE",
    help="Phiếu khảo sát sau ngày này không được nhận; mặc định là hôm nay · "
    "Survey dates after this day are refused; by default today",
)
@click.pass_context
def campaign(context: click.Context, data: Path, reports: Path, today: datetime | None) -> None:
    """Keep what stands before the command for the command."""
    context.obj = Setting(data, reports, today.date() if today else date.today())


def _command(what: str) -> Callable[[Callable[..., int | None]], click.Command]:
    """Make a function a command; the list of commands says all of `what` it does, too."""
    return campaign.command(help=what, short_help=what)


@_command("Viết một bộ số liệu giả định vào DIR/raw · Write made-up data as DIR/raw")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--villages", type=int, default=8, show_default=True, help="Số thôn · Villages")
@click.option("--households", type=int, help="Tổng số hộ · Households in all")
@click.option(
    "--quarters",
    default="2024Q1..2024Q4",
    show_default=True,
    help="Từ quý nào đến quý nào · From which quarter to which",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Hạt giống ngẫu nhiên · Seed")
def sample(folder: Path, villages: int, households: int | None, quarters: str, seed: int) -> None:
    """Write a made-up campaign."""
    from campaign_lib.sample import write_sample

    write_sample(folder, villages, households, quarters_of(quarters), seed)
    say(f"Đã viết số liệu giả định · Made-up data written: {folder / 'raw'}")


@_command("Đọc và soát số liệu, kể ra chỗ sai · Read the raw files, list problems")
@click.pass_obj
def check(setting: Setting) -> int:
    """Build, and list problems in words.

    All of it is computed to find the problems, and all is written: results beside the problems of
    another day would contradict them.
    """
    from campaign_lib.build import build as build_tables
    from campaign_lib.problem_list import in_words

    problems = build_tables(setting.data, setting.today).computed.problems
    say(*in_words(problems))
    say(_how_many(len(problems), setting.data / "processed"))
    return SOME if len(problems) else 0


@_command("Tính chỉ tiêu từ số liệu gốc · Work out the indicators from the raw files")
@click.pass_obj
def build(setting: Setting) -> None:
    """Build the processed tables."""
    from campaign_lib.build import build as build_tables

    built = build_tables(setting.data, setting.today)
    folder = setting.data / "processed"
    quarters = ", ".join(built.computed.panel.days["quarter"])
    lines = len(built.computed.results)
    say(f"Đã tính · Built: {quarters}; {lines} dòng · lines: {folder / 'results.csv'}")
    say(_how_many(len(built.computed.problems), folder))


@_command("Lập các báo cáo còn thiếu hoặc đã cũ · Make reports missing or out of date")
@click.option("--quarter", "quarters", multiple=True, metavar="Q", help="Quý · Quarter: 2024Q3")
@click.option("--village", "villages", multiple=True, metavar="V", help="Thôn · Village")
@_LANGUAGE
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
    language: str,
    jobs: int,
    force: bool,
    scheduler: str,
) -> int:
    """Make reports, processed tables included."""
    from campaign_lib.reports.batch import Wish, make_village_reports

    wish = Wish(quarters, villages, language, force, jobs, scheduler)
    failed = make_village_reports(setting.processed(), setting.reports, wish)
    say(str(setting.reports / "index.html"))
    return SOME if failed else 0


@_command("Một con số từ đâu ra, từng bước · Where one figure comes from, step by step")
@click.argument("indicator")
@click.option("--quarter", required=True, metavar="Q", help="Quý · Quarter: 2024Q3")
@click.option("--village", "place", default="commune", metavar="V", help="Thôn · Village")
@click.option("--households", is_flag=True, help="Kể từng hộ · List each household's answers")
@click.option("--html", type=_FOLDER, metavar="FILE", help="Sổ tay kiểm tra · The audit notebook")
@_LANGUAGE
@click.pass_obj
def audit(
    setting: Setting,
    indicator: str,
    quarter: str,
    place: str,
    households: bool,
    html: Path | None,
    language: str,
) -> None:
    """Show the steps of one figure, as text or as a page."""
    from campaign_lib.indicators import find
    from campaign_lib.stories.audit import audit_story

    find(indicator)
    processed = setting.processed()
    quarter, place = processed.known_quarter(quarter), processed.known_place(place)
    story = audit_story(processed, indicator, quarter, place, language)
    if html is None:
        say(story.as_text(households=households))
        return
    from campaign_lib.reports.alone import write_page

    asked = {"indicator": indicator, "place": place, "quarter": quarter, "language": language}
    write_page(html, "audit_indicator", asked, story.heading, processed.folder)
    say(str(html))


@_command("Chia chỉ tiêu của xã cho các thôn · Share targets out over the villages")
@click.option("--quarter", metavar="Q", help="Quý · Quarter: 2024Q1")
@click.option("--indicator", metavar="I", help="Chỉ tiêu · Indicator")
@click.option(
    "--write",
    is_flag=True,
    help="Chốt số máy tính vào · Fix the computed counts in raw/allocation.csv",
)
@click.option(
    "--force",
    is_flag=True,
    help="Cùng với --write: thay cả số khác đã chốt · With --write: replace other fixed counts too",
)
@click.pass_obj
def allocate(
    setting: Setting, quarter: str | None, indicator: str | None, write: bool, force: bool
) -> None:
    """Show the allocation table, and fix it."""
    from campaign_lib.allocation_file import fix
    from campaign_lib.village_targets import as_table, first_quarter, shared_targets

    processed = setting.processed()
    asked = processed.known_quarter(quarter) if quarter else first_quarter(processed)
    shared = shared_targets(processed, asked, indicator)
    say(str(as_table(shared)))
    if not write:
        return
    path = fix(setting.data / "raw", shared, force=force)
    say(
        f"Đã chốt số máy tính · Computed counts fixed: {path}"
        if path
        else "Không có gì để chốt · Nothing to fix"
    )
    left_out = [one.indicator for one in shared if not one.can_be_fixed]
    if left_out:
        say(
            "Không ghi vào tệp (100 %: mỗi thôn giao đúng mẫu số của mình) · Not in the file "
            f"(100 %: each village's own denominator): {', '.join(left_out)}"
        )


@_command(
    "Soát bảng số đã công bố (nơi, tử số, mẫu số, tỷ lệ) · "
    "Judge published figures (place, numerator, denominator, percent)"
)
@click.argument("file", type=_FOLDER)
def recompute(file: Path) -> int:
    """Judge each figure of a table."""
    from campaign_lib.recompute import RIGHT
    from campaign_lib.recompute import recompute as judge

    verdicts = judge(file)
    say(*map(str, verdicts))
    return 0 if all(verdict.word == RIGHT for verdict in verdicts) else SOME


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `campaign`; gives the exit status (`campaign_lib.console.run`)."""
    return run(campaign, arguments, "campaign")
