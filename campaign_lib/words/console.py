"""How the command line speaks: one language, UTF-8, a sentence for a mistake, an exit status."""

import io
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import click

from campaign_lib.errors import (
    LANGUAGE,
    CampaignError,
    Message,
    plain,
    reason,
    speak,
    speaking,
    spoken,
)
from campaign_lib.words import LANGUAGES, Words
from campaign_lib.words.spelling import hint

#: Exit statuses: something is not as it should be; it could not be done; stopped by Ctrl-C.
SOME, CANNOT, STOPPED = 1, 2, 130
#: What names the language of a user's system, the first that says anything.
_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")


class MisuseError(CampaignError):
    """What was typed is no command of ours."""


class _Stopped(Exception):  # noqa: N818 - the user's wish, not an error
    """Ctrl-C; click itself would print an empty line and a word of its own."""


class Option(click.Option):
    """An option whose help stands in `words/command.toml`, below its command or `option`."""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """Read what was typed; raises MisuseError where it is no value of this option's."""
        try:
            return super().type_cast_value(ctx, value)
        except click.BadParameter:
            asked = {"name": max(self.opts, key=len), "value": repr(value)}
            raise MisuseError("usage.value", **asked, wanted=_wanted(self.type)) from None


def _wanted(kind: "click.ParamType[Any]") -> Message:
    """Say what a value must be."""
    if isinstance(kind, click.Choice):
        return Message("errors.wanted.choice", known=", ".join(kind.choices))
    if isinstance(kind, click.DateTime):
        return Message("errors.wanted.day")
    if isinstance(kind, click.IntRange):
        return Message("errors.wanted.from", least=kind.min)
    return Message("errors.wanted.whole")


option = partial(click.option, cls=Option)


class Command(click.Command):
    """A command whose help is said in the language that is spoken."""

    allow_extra_args = True

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command is for, how it is called, and what each option means."""
        words = Words(spoken_here())
        pieces = [f"[{words('command.help.any_options')}]"]
        pieces += [piece for param in self.params for piece in param.get_usage_pieces(ctx)]
        commands = self.commands if isinstance(self, click.Group) else {}
        if commands:
            pieces.append(words("command.help.any_command"))
        formatter.write_usage(ctx.command_path, " ".join(pieces), f"{words('command.help.usage')} ")
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(words(f"command.{self.name}.does"))
        with formatter.section(words("command.help.options")):
            formatter.write_dl([*_options(self, ctx, words)])
        if commands:
            with formatter.section(words("command.help.commands")):
                formatter.write_dl([(name, words(f"command.{name}.does")) for name in commands])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what stands behind the command; raises MisuseError for more than it takes."""
        try:
            rest = super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        if rest and not isinstance(self, click.Group):
            raise MisuseError("usage.unexpected", what=" ".join(rest))
        return rest


class Commands(Command, click.Group):
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
            raise MisuseError("usage.command", name=repr(args[0]), known=", ".join(self.commands))
        return super().resolve_command(ctx, args)


def _options(command: click.Command, ctx: click.Context, words: Words) -> Iterator[tuple[str, str]]:
    """Give how each option is written, and what it means."""
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is None or isinstance(param, click.Argument):
            continue
        own = f"command.{command.name}.{param.name}"
        key = own if words.has(own) else f"command.option.{param.name}"
        said = words(key if isinstance(param, Option) else "command.help.help")
        if param.required:
            said = words("command.help.required", what=said)
        elif isinstance(param, Option) and param.show_default:
            said = words("command.help.default", what=said, value=str(param.default))
        yield record[0], said


def run(commands: Commands, arguments: Sequence[str] | None, name: str) -> int:
    """Run a command and give its exit status.

    Args:
        commands: a command gives nothing, or its exit status.
        arguments: what stands behind `name`; None takes this process's own.
        name: what the program is called.

    Returns:
        0 or what the command gave; CANNOT for a user's mistake and STOPPED for Ctrl-C, each with
        one line on standard error. A fault of ours is raised as it is.
    """
    _write_utf8()
    with spoken(LANGUAGES[0]):
        try:
            speak(_language())
            ended = commands.main(arguments, prog_name=name, standalone_mode=False)
        except MisuseError as error:
            return _refuse("usage", CANNOT, sentence=str(error), command=name)
        except CampaignError as error:
            return _refuse("error", CANNOT, sentence=str(error))
        except OSError as error:  # a folder in a file's place, no right to read: the user's to mend
            refused = CampaignError("file.system", file=error.filename, detail=reason(error))
            return _refuse("error", CANNOT, sentence=str(refused))
        except click.ClickException as error:
            return _refuse("usage", CANNOT, sentence=str(_misuse(error)), command=name)
        except (_Stopped, KeyboardInterrupt, click.Abort):
            return _refuse("stopped", STOPPED)
    return ended if isinstance(ended, int) else 0


def _language() -> str:
    """Name the language to begin with: CAMPAIGN_LANGUAGE, else the system's, else Vietnamese."""
    if named := os.environ.get(LANGUAGE):
        return Words(named).language
    system = next(filter(None, map(os.environ.get, _LOCALES)), "")[:2]
    return system if system in LANGUAGES else LANGUAGES[0]


def _misuse(error: click.ClickException) -> MisuseError:
    """Say what click says, in our own words."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    params = ctx.command.get_params(ctx) if ctx else []
    if isinstance(error, click.NoSuchOption):
        known = [name for param in params for name in param.opts if name.startswith("-")]
        return MisuseError(
            "usage.option", name=error.option_name, hint=hint(error.option_name, known)
        )
    if isinstance(error, click.MissingParameter) and error.param:
        kind = "missing" if isinstance(error.param, click.Option) else "argument"
        return MisuseError(f"usage.{kind}", name=error.param.get_error_hint(error.ctx))
    if isinstance(error, click.BadOptionUsage):
        name = error.option_name
        flag = any(getattr(one, "is_flag", False) for one in params if name in one.opts)
        return MisuseError("usage.takes_none" if flag else "usage.no_value", name=name)
    return MisuseError("usage.other", sentence=error.format_message())


def say(*lines: str) -> None:
    """Print lines, whatever signs the text from files in them has."""
    for line in lines:
        click.echo(plain(line))


def to_copy(*line: str) -> str:
    """Write a command as it can be copied into this machine's shell."""
    return subprocess.list2cmdline(line) if os.name == "nt" else shlex.join(line)


def _refuse(ended: str, status: int, **values: str) -> int:
    """Say in one line on standard error why it ends."""
    sentence = Words(spoken_here())(f"command.ended.{ended}", **values)
    click.echo(plain(" ".join(sentence.split())), err=True)
    return status


def spoken_here() -> str:
    """Name the language that the command speaks."""
    return speaking() or LANGUAGES[0]


def _write_utf8() -> None:
    """Make output UTF-8: on Windows a file or a pipe would get an encoding that has no ế."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
