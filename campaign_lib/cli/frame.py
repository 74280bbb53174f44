"""What stands before every command of `campaign`: the folders, the day, how commands are made."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign_lib.errors import LANGUAGES, plain, speak
from campaign_lib.words.console import Command, Commands, MisuseError, option

if TYPE_CHECKING:
    from campaign_lib.store.processed import Processed

FOLDER = click.Path(path_type=Path)


def _speak(_: click.Context, __: click.Parameter, language: str | None) -> str | None:
    if language:
        speak(language)
    return language


#: What a command says and writes; where it is not given, it says as the command speaks, and writes
#: in Vietnamese.
LANGUAGE = option(
    "--language", type=click.Choice(LANGUAGES), is_eager=True, callback=_speak, default=None
)
COMMUNE = option("--commune", default="", metavar="C", envvar="CAMPAIGN_COMMUNE")
command = partial(click.command, cls=Command)


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

    def ahead(self, quarter: str, folder: str) -> "Processed":
        """Build a quarter that has no survey yet into a folder inside another one.

        Raises:
            CampaignError: it cannot be built.
        """
        from campaign_lib.pipeline.build import build_ahead
        from campaign_lib.words.progress import shown

        with shown() as tell:
            return build_ahead(self.data, self.today, quarter, Path(folder) / "processed", tell)

    def warn_of_revisions(self) -> None:
        """Say loudly, after a build, which figures that have been reported are others now."""
        from campaign_lib.pipeline.reports.news import news_of

        for line in news_of(self.data, self.reports):
            click.echo(plain(line), err=True)


@click.group(cls=Commands, invoke_without_command=True)
@option(
    "--data",
    type=FOLDER,
    default=Path("data"),
    show_default=True,
    envvar="CAMPAIGN_DATA",
    metavar="DIR",
)
@option("--reports", type=FOLDER, default=Path("reports"), show_default=True, metavar="DIR")
@option(
    "--today",
    type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]),
    metavar="DATE",
)
@click.pass_context
def campaign(context: click.Context, data: Path, reports: Path, today: datetime | None) -> None:
    """Keep what stands before the command for the command."""
    if context.invoked_subcommand is None:
        raise MisuseError("usage.no_command", known=", ".join(campaign.commands))
    context.obj = Setting(data, reports, today.date() if today else date.today())
