"""Excel workbooks of 1997 to 2003, which a process of their own reads (`apart`)."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from campaign_lib.base.limits import (
    MOST_CELLS_OF_WORKBOOK,
    MOST_MEMORY_APART,
    MOST_SECONDS_APART,
    refuse_cells,
)
from campaign_lib.errors import CampaignError
from campaign_lib.intake.sources.archive import unreadable

#: What every compound file begins with: workbooks of 1997 to 2003, and locked ones of any year.
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_APART = Path(__file__).with_name("read_old_workbook.py")


@dataclass(frozen=True)
class OldSheet:
    """A sheet: its rows, and the blocks of cells that are merged (as in `Marks`)."""

    name: str
    is_hidden: bool
    rows: list[list[object]]
    merged: tuple[tuple[int, int, int, int], ...]


def old_sheets(content: bytes, file: str) -> list[OldSheet]:
    """Give the sheets of a workbook.

    Raises:
        CampaignError: it is damaged, locked, or larger than any table.
    """
    answer = _answer(content, file)
    if "locked" in answer:
        raise CampaignError("file.password", file=file)
    if "spreads" in answer:
        rows, columns = answer["spreads"]
        refuse_cells(rows, columns, file, MOST_CELLS_OF_WORKBOOK)
    if "sheets" not in answer:
        raise unreadable(file, answer.get("error"))
    return [
        OldSheet(name, hidden, rows, tuple(map(tuple, merged)))
        for name, hidden, rows, merged in answer["sheets"]
    ]


def _answer(content: bytes, file: str) -> Mapping[str, Any]:
    """Have a workbook read; a process that ends in its midst, or never, gives no answer."""
    limits = map(str, (MOST_MEMORY_APART, MOST_CELLS_OF_WORKBOOK))
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(_APART), *limits],
            input=content,
            capture_output=True,
            timeout=MOST_SECONDS_APART,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise CampaignError("file.too_much", file=file) from error
    answer: Mapping[str, Any] = json.loads(done.stdout, object_hook=_day)
    return answer


def _day(found: dict[str, Any]) -> object:
    """Turn what `apart` writes for a day into a day again."""
    text = found.get("day")
    if text is None:
        return found
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
