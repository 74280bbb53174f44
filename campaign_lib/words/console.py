"""How the command line speaks: UTF-8, one sentence for a mistake, no traceback, an exit status."""

import io
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

import click

from campaign_lib.errors import CampaignError

#: Exit statuses: something is not as it should be; it could not be done; stopped by Ctrl-C.
SOME, CANNOT, STOPPED = 1, 2, 130


class _Stopped(Exception):  # noqa: N818 - the user's wish, not an error
    """Ctrl-C; click itself would print an empty line and a word of its own."""


class Commands(click.Group):
    """A group of commands; a strange one is answered with those there are."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise _Stopped from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of their work."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was asked for."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            known = ", ".join(self.list_commands(ctx))
            raise click.UsageError(f"No such command {args[0]!r}; known are {known}.", ctx)
        return super().resolve_command(ctx, args)


def run(commands: Commands, arguments: Sequence[str] | None, name: str) -> int:
    """Run a command and give its exit status.

    Args:
        commands: a command gives nothing, or its exit status.
        arguments: what stands behind `name`; None takes this process's own.
        name: what the program is called.

    Returns:
        0 or what the command gave; CANNOT for a user's mistake and STOPPED for Ctrl-C, each with
        one line on standard error, Vietnamese first. A fault of ours is raised as it is.
    """
    _speak_vietnamese()
    try:
        ended = commands.main(arguments, prog_name=name, standalone_mode=False)
    except CampaignError as error:
        return _refuse(f"Lỗi · Error: {_in_words(str(error))}", CANNOT)
    except OSError as error:  # a folder in a file's place, no right to read: the user's to mend
        sentence = f"{error.filename}: the computer refuses this ({error.strerror})."
        return _refuse(f"Lỗi · Error: {_in_words(sentence)}", CANNOT)
    except click.ClickException as error:
        sentence = f"{_in_words(error.format_message())} (xem · see: {name} --help)"
        return _refuse(f"Lệnh chưa đúng · Bad usage: {sentence}", CANNOT)
    except (_Stopped, KeyboardInterrupt, click.Abort):
        return _refuse("Đã dừng · Stopped", STOPPED)
    return ended if isinstance(ended, int) else 0


def say(*lines: str) -> None:
    """Print lines, whatever signs the text from files in them has."""
    for line in lines:
        click.echo(plain(line))


def plain(text: str) -> str:
    """Take out of a text what would command a terminal instead of being shown by it."""
    return "".join(sign if _is_shown(sign) else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _is_shown(sign: str) -> bool:
    return sign == "\n" or not unicodedata.category(sign).startswith("C")


def _in_words(english: str) -> str:
    """Put the Vietnamese before an error's English; the words are loaded only where one is."""
    from campaign_lib.words.found import bilingual

    return bilingual(english, "errors")


def _refuse(sentence: str, status: int) -> int:
    """Say in one line on standard error why it ends."""
    click.echo(plain(" ".join(sentence.split())), err=True)
    return status


def _speak_vietnamese() -> None:
    """Make output UTF-8: on Windows a file or a pipe would get an encoding that has no ế."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
