"""Kept builds as another version, or a disk, would have left them: a fresh one, edited."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

Change = Callable[[bytes], bytes | None]


def edit_archive(archive: Path, part: str, change: Change) -> None:
    """Change one part of an archive; None takes the part out."""
    with zipfile.ZipFile(archive) as content:
        parts = {name: content.read(name) for name in content.namelist()}
    changed = change(parts.pop(part))
    with zipfile.ZipFile(archive, "w") as content:
        for name, raw in {**parts, **({part: changed} if changed else {})}.items():
            content.writestr(name, raw)


def noted(**changes: object) -> Change:
    """Note other things in a manifest; what is None is left out."""

    def change(raw: bytes) -> bytes:
        content = {**json.loads(raw), **changes}
        return json.dumps({name: it for name, it in content.items() if it is not None}).encode()

    return change


def tabled(edit: Callable[[pd.DataFrame], pd.DataFrame]) -> Change:
    """Change a table."""
    return lambda raw: bytes(edit(pd.read_parquet(io.BytesIO(raw))).to_parquet(index=False))


def without(*columns: str) -> Change:
    """Take columns out of a table."""
    return tabled(lambda table: table.drop(columns=[*columns]))
