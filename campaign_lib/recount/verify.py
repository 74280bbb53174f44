"""Every printed line of results.csv against the line that SQL counts from the raw files.

What is compared is the file itself, as somebody could send it upward, so that a figure changed by
hand is found too. The raw files are read a second time for it (`recount.raw`), and every row and
cell that the two readings take differently is named.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from campaign_lib.base.figures import Figure
from campaign_lib.base.whole_files import unguarded
from campaign_lib.errors import CampaignError
from campaign_lib.intake.sources import raw_hashes
from campaign_lib.recount import recount, recount_raw
from campaign_lib.recount.communes import recount_communes
from campaign_lib.recount.compare import (
    FATES,
    Disagreement,
    disagreements,
    file_counts,
)
from campaign_lib.recount.raw import read_raw
from campaign_lib.store.processed import MANIFEST, Processed, folder_of
from campaign_lib.words import Words
from campaign_lib.words.progress import Listener, nobody

RESULTS = "results.csv"
FILES = "files.csv"
#: Of rows and cells that were read differently so many are shown; one cause may touch thousands.
SHOWN = 100
_KEYS = ("quarter", "place", "indicator")
_Lines = Mapping[Figure, Mapping[str, str]]


class Difference(NamedTuple):
    """A cell that is printed otherwise than it is counted; a line that is missing has "" there."""

    figure: Figure
    column: str
    printed: str
    recounted: str


class Miscount(NamedTuple):
    """A count of files.csv that is printed otherwise than it is counted."""

    file: str
    column: str
    printed: str
    recounted: str


@dataclass(frozen=True)
class Verified:
    """What came out.

    Attributes:
        lines: how many lines are printed.
        differences: every cell in which the two disagree, in the order of the file.
        changed: raw files that are not what the build read: changed, gone, or new.
        readings: rows and cells of raw files that the two readings take differently.
        miscounts: counts of files.csv that are not what the second reading counts.
        read: how many raw files were read a second time.
        left: those that were not, with the reason (a key of `words/verify.toml`); their rows were
            taken from the checked tables.
        by_reading: how many of the figures that differ are printed as the checked tables say.
    """

    lines: int
    differences: Sequence[Difference]
    changed: Sequence[str]
    readings: Sequence[Disagreement]
    miscounts: Sequence[Miscount]
    read: int
    left: Mapping[str, str]
    by_reading: int

    @property
    def figures(self) -> frozenset[Figure]:
        """The figures that differ."""
        return frozenset(difference.figure for difference in self.differences)

    @property
    def agrees(self) -> bool:
        """Whether every line, every row read and every count agrees."""
        return not (self.differences or self.readings or self.miscounts)


def verify(data: Path, tell: Listener = nobody) -> Verified:
    """Recount a campaign as it stands built from its raw files, and compare.

    Args:
        data: the folder of `raw` and `processed`; nothing is built anew, and nothing is written.
        tell: hears of each file and table before it is read or counted.

    Raises:
        CampaignError: nothing has been built, or results.csv is no table of results.
    """
    processed = data / "processed"
    printed = dict(_printed(processed / RESULTS))
    manifest = _manifest(processed / MANIFEST)
    if communes := Processed(processed).communes:
        return _of_several(data, communes, tell)
    today = date.fromisoformat(manifest["today"])
    reading = read_raw(data / "raw", processed, today, tell)
    with reading.connection:
        again = _by_figure(recount_raw(reading, tell))
        readings = sorted(disagreements(reading))
        counts = file_counts(reading)
    differences = list(_differences(printed, again))
    return Verified(
        lines=len(printed),
        differences=differences,
        changed=_changed(data, manifest["files"]),
        readings=readings,
        miscounts=list(_miscounts(processed / FILES, counts)),
        read=len(reading.taken),
        left=reading.left,
        by_reading=_by_reading(processed, printed, differences),
    )


def _of_several(data: Path, communes: Iterable[str], tell: Listener) -> Verified:
    """Compare the lines of several communes with a recount of the checked tables.

    The second reading of raw files knows nothing of communes.
    """
    processed = data / "processed"
    printed = dict(_printed(processed / RESULTS))
    folders = {key: folder_of(processed, key) for key in communes}
    again = _by_figure(recount_communes(processed, folders, tell))
    return Verified(
        lines=len(printed),
        differences=list(_differences(printed, again)),
        changed=_changed(data, Processed(processed).manifest["files"]),
        readings=[],
        miscounts=[],
        read=0,
        left={"raw": "communes"},
        by_reading=0,
    )


def _manifest(path: Path) -> Mapping[str, Any]:
    try:
        content: Mapping[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise CampaignError(f"{path} is not there; run `campaign build` first.") from error
    return content


def in_words(found: Verified, words: Words) -> Iterator[str]:
    """Say what came out: each difference on a line of its own, the sum of it last."""
    for name in found.changed:
        yield words("verify.changed", file=name)
    for file, reason in found.left.items():
        yield words("verify.left", file=file, why=words(f"verify.why.{reason}"))
    yield from _readings_in_words(found.readings, words)
    for file, column, printed, recounted in found.miscounts:
        yield words(
            "verify.miscount",
            file=file,
            column=column,
            printed=printed or words("verify.nothing"),
            recounted=recounted,
        )
    for figure, cells in groupby(found.differences, lambda one: one.figure):
        yield from _figure_in_words(figure, list(cells), words)
    if found.by_reading:
        yield words("verify.by_reading", figures=words.number(found.by_reading))
    lines = words.number(found.lines)
    if found.agrees:
        files = {"files": words.number(found.read)} if found.read else {}
        yield words(f"verify.{'agrees' if files else 'agrees_as_read'}", lines=lines, **files)
        return
    yield words(
        "verify.sum",
        lines=lines,
        figures=words.number(len(found.figures)),
        readings=words.number(len(found.readings)),
        miscounts=words.number(len(found.miscounts)),
    )


def _figure_in_words(figure: Figure, cells: Sequence[Difference], words: Words) -> Iterator[str]:
    """Say the cells in which a figure differs; a line that only one side has, as one sentence."""
    if cells[0].column == _KEYS[0]:
        side = "missing" if cells[0].recounted else "invented"
        said = {cell.column: cell.printed or cell.recounted for cell in cells}
        counts = [said[name] for name in ("numerator", "denominator") if name in said]
        yield words(f"verify.{side}", figure=str(figure), counts="/".join(counts))
        return
    nothing = words("verify.nothing")
    for _, column, printed, recounted in cells:
        sides = {"printed": printed or nothing, "recounted": recounted or nothing}
        yield words("verify.differs", figure=str(figure), column=column, **sides)


def _readings_in_words(readings: Sequence[Disagreement], words: Words) -> Iterator[str]:
    for file, row, column, library, again in islice(readings, SHOWN):
        if column:
            nothing = words("verify.nothing")
            said = {"library": library or nothing, "recount": again or nothing, "column": column}
            yield words("verify.cell", file=file, row=row, **said)
        else:
            fates = {fate: words(f"verify.fate.{fate}") for fate in FATES}
            unseen = words("verify.fate.unseen")
            said = {"library": fates.get(library, unseen), "recount": fates.get(again, unseen)}
            yield words("verify.row", file=file, row=row, **said)
    if len(readings) > SHOWN:
        yield words("verify.more", number=words.number(len(readings) - SHOWN))


def _by_figure(lines: pd.DataFrame) -> _Lines:
    return dict(map(_of_figure, lines.to_dict("records")))


def _by_reading(processed: Path, printed: _Lines, differences: Sequence[Difference]) -> int:
    """Count the figures that differ only because the raw files were read differently."""
    if not differences:
        return 0
    still = {found.figure for found in _differences(printed, _by_figure(recount(processed)))}
    return len({difference.figure for difference in differences} - still)


def _miscounts(path: Path, counts: Mapping[str, Mapping[str, str]]) -> Iterator[Miscount]:
    """Compare what files.csv says of each file that was read a second time."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CampaignError(f"{path} is not there; run `campaign build` first.") from error
    printed = {line["file"]: line for line in csv.DictReader(io.StringIO(text, newline=""))}
    for file, own in counts.items():
        for column, count in own.items():
            said = printed.get(file, {}).get(column) or ""
            if said != count:
                yield Miscount(file, column, said, count)


def _printed(path: Path) -> Iterator[tuple[Figure, Mapping[str, str]]]:
    """Read the file as text, cell by cell, without the library's own tables."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CampaignError(f"{path} is not there; run `campaign build` first.") from error
    except UnicodeDecodeError as error:
        raise CampaignError(
            f"{path} is not UTF-8: a program has saved it anew; run `campaign build`."
        ) from error
    for number, line in enumerate(csv.DictReader(io.StringIO(text, newline="")), start=2):
        if any(line.get(key) is None for key in _KEYS):
            raise CampaignError(f"{path}, row {number}: no line of results; run `campaign build`.")
        cells = {str(name): unguarded(cell or "") for name, cell in line.items()}
        yield _of_figure(cells)


def _of_figure(line: Mapping[Any, Any]) -> tuple[Figure, Mapping[str, str]]:
    return Figure(*(line[key] for key in _KEYS)), line


def _differences(printed: _Lines, again: _Lines) -> Iterator[Difference]:
    nothing: Mapping[str, str] = {}
    for figure in dict.fromkeys([*printed, *again]):
        shown, counted = printed.get(figure, nothing), again.get(figure, nothing)
        for column in dict.fromkeys([*counted, *shown]):
            pair = shown.get(column, ""), counted.get(column, "")
            if pair[0] != pair[1]:
                yield Difference(figure, column, *pair)


def _changed(data: Path, built_from: Mapping[str, str]) -> list[str]:
    """Name the raw files that are not what the build read: changed, gone, or new."""
    now = raw_hashes(data / "raw")
    return sorted(name for name in {*built_from, *now} if built_from.get(name) != now.get(name))
