"""Commands of a commune's first day: an office's own lists, and what to do next."""

import re
import sys
from datetime import datetime
from pathlib import Path

import click

from campaign_lib.cli.frame import FOLDER, LANGUAGE, Setting, command
from campaign_lib.errors import CampaignError
from campaign_lib.words.console import MisuseError, option, say, spoken_here, to_copy


@command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@option("--commune", metavar="NAME")
@option("--province", metavar="NAME")
@option("--district", metavar="NAME")
@option("--year", type=click.IntRange(min=2000, max=2100), metavar="YEAR")
@option("--villages", metavar="FILE|N")
@click.pass_obj
def init(setting: Setting, /, folder: Path, **given: str | int | None) -> None:
    """Write tables to fill in and a plan; what is not given is asked for on a terminal."""
    from campaign_lib.office.start import Start, in_words, refuse_begun, villages_of, write_start
    from campaign_lib.words import Words

    refuse_begun(folder)
    words = Words(spoken_here())
    defaults: dict[str, str | int] = {"district": "", "year": setting.today.year}
    asked: dict[str, str | int] = {}
    for name in ("commune", "district", "province", "year", "villages"):
        value = given[name] if given[name] is not None else defaults.get(name)
        if given[name] is None and sys.stdin.isatty():
            value = str(click.prompt(words(f"start.ask.{name}"), default=value))
        if value is None or not (str(value).strip() or name in defaults):
            raise MisuseError("usage.missing", name=f"'--{name}'")
        asked[name] = value.strip() if isinstance(value, str) else value
    commune, district, province, year, villages = asked.values()
    named = re.sub(r"^xã\s+", "", str(commune), flags=re.IGNORECASE)  # pages say it before the name
    start = Start(named, str(province), str(district), int(year), villages_of(str(villages)))
    write_start(folder, start)
    say(*in_words(folder, start))
    say(words("start.next", command=to_copy("campaign", "--data", str(folder), "status")))


@command("import")
@click.argument("file", type=FOLDER, metavar="FILE")
@option("--as", "table", required=True, metavar="TABLE")
@option("--map", "mapped", multiple=True, metavar="HEADING=COLUMN")
@option("--village", default="", metavar="V")
@option("--on", type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]), metavar="DATE")
@option("--assign-codes", "assign", is_flag=True)
@option("--replace", is_flag=True)
@LANGUAGE
@click.pass_obj
def import_(
    setting: Setting,
    file: Path,
    table: str,
    mapped: tuple[str, ...],
    village: str,
    on: datetime | None,
    assign: bool,
    replace: bool,
    language: str | None,
) -> None:
    """Show what becomes of each column and row, then write the table."""
    from campaign_lib.office.lists import (
        REPLACED,
        Wish,
        in_words,
        look_into,
        mapping_of,
        write_list,
    )
    from campaign_lib.words import Words

    words = Words(spoken_here())
    wish = Wish(table, village, on.date() if on else None, mapping_of(mapped), assign)
    taken = look_into(setting.data / "raw", file, wish)
    say(*in_words(taken, words))
    if not taken.changes:
        say(words("lists.nothing"))
        return
    if taken.had_rows and not replace:
        if not sys.stdin.isatty():
            raise CampaignError("lists.replace", table=table)
        if not click.confirm(words("lists.ask", table=table)):
            say(words("lists.not_written"))
            return
    say(words("lists.written", file=str(write_list(taken))))
    if taken.had_rows:
        say(words("lists.kept", folder=str(setting.data / REPLACED)))


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


COMMANDS = (init, import_, status, desk)
