"""What stands before every command of `campaign`: the folders, the day, how commands are made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign_lib.words.console import Commands, plain

if TYPE_CHECKING:
    from campaign_lib.store.processed import Processed

FOLDER = click.Path(path_type=Path)
LANGUAGE = click.option(
    "--language",
    type=click.Choice(["vi", "en"]),
    default="vi",
    show_default=True,
    help="Ngôn ngữ · Language",
)
COMMUNE = click.option(
    "--commune",
    default="",
    metavar="C",
    envvar="CAMPAIGN_COMMUNE",
    help="Xã, khi thư mục có nhiều xã · The commune, where a folder holds several",
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
        from campaign_lib.pipeline.build import bring_up_to_date
        from campaign_lib.store.processed import Processed
        from campaign_lib.words.progress import shown

        with shown() as tell:
            built = bring_up_to_date(self.data, self.today, tell)
        if built is not None and built.is_new:
            self.warn_of_revisions()
        return Processed(self.data / "processed")

    def warn_of_revisions(self) -> None:
        """Say loudly, after a build, which figures that have been reported are others now."""
        from campaign_lib.pipeline.reports.news import news_of

        for line in news_of(self.data, self.reports):
            click.echo(plain(line), err=True)


@click.group(
    cls=Commands,
    no_args_is_help=False,
    help="Từ phiếu khảo sát của xã đến chỉ tiêu và báo cáo · "
    "From a commune's survey files to indicators and reports",
)
@click.option(
    "--data",
    type=FOLDER,
    default=Path("data"),
    show_default=True,
    envvar="CAMPAIGN_DATA",
    help="Thư mục có raw/ (hoặc biến CAMPAIGN_DATA) · The folder above raw/ (or CAMPAIGN_DATA)",
)
@click.option(
    "--reports",
    type=FOLDER,
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


def command(what: str) -> Callable[[Callable[..., int | None]], click.Command]:
    """Make a function a command; the list of commands says all of `what` it does, too."""
    return click.command(help=what, short_help=what)
