"""Commands of a commune's first day: where it stands and what to do next."""

import click

from campaign_lib.cli.frame import Setting, command
from campaign_lib.words.console import option, say, spoken_here


@command()
@click.pass_obj
def status(setting: Setting) -> None:
    """Say where the campaign stands and what to do next, whatever is there or broken."""
    from campaign_lib.office.standing import in_words, standing_of
    from campaign_lib.words import Words

    standing = standing_of(setting.data, setting.reports, setting.today)
    say(*in_words(standing, Words(spoken_here())))


@command()
@option("--port", type=click.IntRange(min=0, max=65535), metavar="N", default=0)
@option("--no-browser", is_flag=True, envvar="CAMPAIGN_NO_BROWSER")
@click.pass_context
def desk(context: click.Context, port: int, no_browser: bool) -> None:
    """Open the same as a page in the browser, until it is closed."""
    from campaign_lib.office.counter.server import serve
    from campaign_lib.words import aloud

    setting: Setting = context.obj
    is_given = context.parent is not None and context.parent.params["today"] is not None

    def tell(address: str) -> None:
        say(aloud("command.desk.open", address=address), aloud("command.desk.close"))

    today = setting.today if is_given else None
    serve(setting.data, setting.reports, today, port, tell, browser=not no_browser)
    say(aloud("command.desk.closed"))


COMMANDS = (status, desk)
