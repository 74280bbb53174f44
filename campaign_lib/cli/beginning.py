"""Commands of a commune's first day: where it stands and what to do next."""

import click

from campaign_lib.cli.frame import Setting, command
from campaign_lib.words.console import say, spoken_here


@command()
@click.pass_obj
def status(setting: Setting) -> None:
    """Say where the campaign stands and what to do next, whatever is there or broken."""
    from campaign_lib.office.standing import in_words, standing_of
    from campaign_lib.words import Words

    standing = standing_of(setting.data, setting.reports, setting.today)
    say(*in_words(standing, Words(spoken_here())))


COMMANDS = (status,)
