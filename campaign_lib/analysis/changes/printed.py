"""Figures as a list of reports carries them: one text a figure, and what its page was made from."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from campaign_lib.analysis.changes.cause import CODE, DATA, PLAN, UNKNOWN, Cause, in_order
from campaign_lib.analysis.changes.inputs import code_of
from campaign_lib.analysis.changes.lines import CELLS, Line, Lines, Pair
from campaign_lib.base.figures import Figure

#: Between the cells of a figure, none of which can have it.
_BETWEEN = ","
#: What a page was made from, by the kind of cause that it is if it is not the same.
MADE_FROM = (CODE, PLAN, DATA)
Made = Mapping[str, str]


def packed(line: Line) -> str:
    """Write a line of results in the order of results.csv, from `unit` on."""
    return _BETWEEN.join(line.get(name, "") for name in CELLS)


def unpacked(text: str) -> Line:
    """Read what `packed` has written; raises ValueError if it is anything else."""
    return dict(zip(CELLS, text.split(_BETWEEN), strict=True))


def made_from(manifest: Mapping[str, Any], year: int) -> dict[str, str]:
    """Sum up what the figures of a year were made from: the code, the plan, all other raw files."""
    plan = f"plans/{year}.toml"
    data = {name: sum_ for name, sum_ in manifest["files"].items() if not name.startswith("plans/")}
    return {
        CODE: code_of(manifest),
        PLAN: str(manifest["files"].get(plan, "")),
        DATA: hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest(),
    }


def causes_by_kind(pair: Pair, before: Made, now: Made) -> tuple[Cause, ...]:
    """Say of which kind a cause may be, where no rows can be compared.

    Args:
        pair: a figure that is not alike.
        before: what its page was made from.
        now: the same of the other page.
    """
    year = pair.figure.quarter[:4]
    found = [
        Cause(kind, "", "", before[kind], now[kind])
        if kind == CODE
        else Cause(kind, "", "", "", "", f"plans/{year}.toml", f"plans/{year}.toml")
        if kind == PLAN
        else Cause(kind)
        for kind in MADE_FROM
        if before.get(kind) and now.get(kind) and before[kind] != now[kind]
    ]
    return in_order(found or [Cause(UNKNOWN)])


def lines_in(pages: Mapping[str, Any]) -> tuple[Lines, Mapping[Figure, Made]]:
    """Read the figures out of a list of reports, and what each was made from.

    Args:
        pages: the content of `manifest.json` in a folder of reports.

    Raises:
        ValueError: it is another version's, or damaged.
    """
    lines: dict[Figure, Line] = {}
    made: dict[Figure, Made] = {}
    for page in pages.values():
        for reference, text in page.get("figures", {}).items():
            figure = Figure.parse(reference)
            lines[figure] = unpacked(text)
            made[figure] = page["made_from"]
    return lines, made
