"""The command `campaign` (data contract, section 5): what a user asks for, and how it ended.

Modules that compute are imported inside the commands: loading pandas or a notebook's engine takes
longer than `campaign --help` or a misspelt option may take. In come words typed; out go lines on a
terminal, files that other rooms write, and an exit status.
"""

from collections.abc import Sequence

from campaign_lib.cli import asking, beginning, comparing, making
from campaign_lib.cli.frame import campaign
from campaign_lib.words.console import run

for _each in (*beginning.COMMANDS, *making.COMMANDS, *asking.COMMANDS, *comparing.COMMANDS):
    campaign.add_command(_each)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `campaign`; gives the exit status (`campaign_lib.words.console.run`)."""
    return run(campaign, arguments, "campaign")
