"""Commands about what was before: what changed since, and what has been sent upward."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign_lib.base.quarters import Quarter
from campaign_lib.cli.frame import FOLDER, LANGUAGE, Setting, command
from campaign_lib.words import LANGUAGES
from campaign_lib.words.console import SOME, MisuseError, option, say, spoken_here

if TYPE_CHECKING:
    from campaign_lib.store.processed import Processed
    from campaign_lib.words import Words


@command()
@click.argument("old", default="last", metavar="[OLD]")
@click.argument("new", default="now", metavar="[NEW]")
@option("--html", type=FOLDER, metavar="FILE")
@LANGUAGE
@click.pass_obj
def diff(setting: Setting, old: str, new: str, html: Path | None, language: str | None) -> int:
    """Compare two builds, two lists of reports, or a locked quarter with what is built now.

    By default the build before this one (last) and this one (now).
    """
    from campaign_lib.stories.what_changed import what_changed

    processed = setting.processed()
    written = spoken_here() if html is None else language or LANGUAGES[0]
    story = what_changed(processed, old, new, written)
    if html is None:
        say(story.as_text())
    else:
        from campaign_lib.pipeline.reports.run import write_page

        asked = {"before": _whole(old), "now": _whole(new), "language": written}
        write_page(html, "what_changed", asked, story.title, processed.folder)
        say(str(html))
    return SOME if story.changes else 0


def _whole(name: str) -> str:
    """Write a path from the top: a notebook is run in another folder."""
    return str(Path(name).resolve()) if Path(name).exists() else name


@command()
@click.argument("quarter", required=False, metavar="[QUARTER]")
@option("--list", "listed", is_flag=True)
@option(
    "--force",
    is_flag=True,
)
@option("--undo", is_flag=True)
@LANGUAGE
@click.pass_obj
def lock(
    setting: Setting,
    quarter: str | None,
    listed: bool,
    force: bool,
    undo: bool,
    language: str | None,
) -> None:
    """Freeze a quarter; a later difference becomes a note in its reports."""
    from campaign_lib.store.snapshots import Locks
    from campaign_lib.words import Words

    if listed == (quarter is not None) or (force and undo):
        raise MisuseError("usage.lock")
    words, locks = Words(spoken_here()), Locks(setting.data)
    if quarter is None:
        say(*(_locked(setting.processed(), words) or [words("what_changed.lock.none")]))
        return
    if undo:
        locks.unlock(quarter)
        said = words("what_changed.lock.undone", quarter=str(Quarter.parse(quarter)))
    else:
        path = locks.lock(setting.processed(), quarter, setting.today, force=force)
        said = words("what_changed.lock.done", quarter=path.stem, path=str(path))
    setting.processed()
    say(said)


def _locked(processed: "Processed", words: "Words") -> list[str]:
    """Say of each locked quarter when it was locked, and how much of it is revised."""
    return [
        words(
            "what_changed.lock.line",
            quarter=lock["quarter"],
            on=date.fromisoformat(lock["locked_on"]),
            figures=lock["figures"],
        )
        for lock in processed.table("locks").to_dict("records")
    ]


COMMANDS = (diff, lock)
