"""Every printed line of results.csv against the line that is counted again in SQL.

What is compared is the file itself, as somebody could send it upward, so that a figure changed by
hand is found too; and the raw files are compared with those it was built from.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from campaign_lib.errors import CampaignError
from campaign_lib.figures import Figure
from campaign_lib.intake.sources import raw_hashes
from campaign_lib.processed import MANIFEST
from campaign_lib.recount import recount
from campaign_lib.whole_files import unguarded
from campaign_lib.words import Words

RESULTS = "results.csv"
_KEYS = ("quarter", "place", "indicator")
_Lines = Mapping[Figure, Mapping[str, str]]


class Difference(NamedTuple):
    """A cell that is printed otherwise than it is counted; a line that is missing has "" there."""

    figure: Figure
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
    """

    lines: int
    differences: Sequence[Difference]
    changed: Sequence[str]

    @property
    def agrees(self) -> bool:
        """Whether every line agrees."""
        return not self.differences


def verify(data: Path) -> Verified:
    """Recount a campaign as it stands built, and compare.

    Args:
        data: the folder of `raw` and `processed`; nothing is built anew, and nothing is written.

    Raises:
        CampaignError: nothing has been built, or results.csv is no table of results.
    """
    processed = data / "processed"
    printed = dict(_printed(processed / RESULTS))
    again = dict(map(_of_figure, recount(processed).astype("str").to_dict("records")))
    return Verified(len(printed), list(_differences(printed, again)), _changed(data))


def in_words(found: Verified, words: Words) -> Iterator[str]:
    """Say what came out: each difference on a line of its own, the sum of it last."""
    for name in found.changed:
        yield words("verify.changed", file=name)
    for figure, column, printed, recounted in found.differences:
        yield words(
            "verify.differs",
            figure=str(figure),
            column=column,
            printed=printed or words("verify.nothing"),
            recounted=recounted or words("verify.nothing"),
        )
    if found.agrees:
        yield words("verify.agrees", lines=words.number(found.lines))
        return
    figures = len({difference.figure for difference in found.differences})
    yield words("verify.sum", figures=words.number(figures), lines=words.number(found.lines))


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


def _changed(data: Path) -> list[str]:
    """Name the raw files that are not what the build read: changed, gone, or new."""
    built_from: Mapping[str, str] = json.loads((data / "processed" / MANIFEST).read_bytes())[
        "files"
    ]
    now = raw_hashes(data / "raw")
    return sorted(name for name in {*built_from, *now} if built_from.get(name) != now.get(name))
