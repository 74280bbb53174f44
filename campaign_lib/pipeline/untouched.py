"""Whether anything was touched since a run of reports that left nothing to do.

To read tables, plan pages and compare hashes takes seconds; to look at the sizes and times of files
takes none. What a run saw before it read anything is noted when it has left every page fresh, and
the next one like it looks again. Where a single file is another, newer or gone, or as new as the
look at it, all is worked out as ever, from contents: a note only ever saves work.
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from campaign_lib.base.files import add_lines, write_text
from campaign_lib.errors import CampaignError, reason, speaking
from campaign_lib.pipeline.engine import FOLDER
from campaign_lib.words.progress import HowFar, ProgressLine

#: In the folder of processed tables.
NOTE = "untouched.json"
#: A file may be changed twice within what its file system takes for one moment (2 s at most), and
#: a look between the two cannot know: what is not older than this by then is not believed.
_MOMENT = 2_000_000_000
#: What a run that changes nothing changes all the same, or Python by itself.
_PASSING = frozenset({".lock", ".running.json", "runs.jsonl", "__pycache__", NOTE})
#: The list of all reports, and what each log is told of the pages that are kept.
Kept = Mapping[str, Any]


class Look:
    """What lay there before anything was read: raw files, code, packages, what had been sent."""

    def __init__(self, data: Path, reports: Path, asked: Sequence[object]) -> None:
        """Look at the files; `asked` is everything else that decides which pages there shall be."""
        self._data, self._reports, self._asked = data, reports, asked
        began = time.time_ns() - _MOMENT
        library, raw = Path(__file__).parents[1], data / "raw"
        linked = (raw / name for name in ("plans", "survey", "inspections"))
        read = [*_looked([library, FOLDER, raw, *linked, data / "locked"])]
        read += [(path, _state(Path(path))) for path in sys.path]
        self._is_settled = all(max(state[:2], default=0) < began for _, state in read)
        self._read = read
        self._built: list[tuple[str, list[int]]] = []

    def built(self) -> None:
        """Look at the processed tables, before pages are planned from them."""
        self._built = [*_looked([self._data / "processed"])]

    def kept(self) -> Kept | None:
        """Give what there is to log where nothing was touched; None where all is to be done."""
        self.built()
        with suppress(OSError, ValueError, KeyError, TypeError):
            note = json.loads((self._data / "processed" / NOTE).read_bytes())
            if note["seen"] == self._seen():
                return dict(note["kept"])
        return None

    def note(self, kept: Kept) -> None:
        """Note that nothing is left to do; while nobody else can make pages in the folder."""
        if self._is_settled:
            with suppress(CampaignError):  # a folder that may only be read
                told = {"seen": self._seen(), "kept": kept}
                write_text(self._data / "processed" / NOTE, json.dumps(told, ensure_ascii=False))

    def _seen(self) -> str:
        made = [*_looked([self._reports])]
        seen = [list(map(str, self._asked)), self._read, self._built, made]
        return hashlib.sha256(json.dumps(seen).encode("utf-8", "surrogatepass")).hexdigest()


def tell_of_kept(kept: Kept, language: str) -> str:
    """Tell and log that every page is fresh, as a run does that has looked at each.

    Returns:
        The list of all reports.

    Raises:
        CampaignError: a log cannot be written.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for file, lines in kept["logs"]:
        try:
            add_lines(Path(file), [{"run": now, "at": now, **line} for line in lines])
        except OSError as error:
            raise CampaignError("reports.log", file=file, detail=reason(error)) from error
    pages = sum(len(lines) for _, lines in kept["logs"])
    ProgressLine(speaking() or language)(HowFar(0, 0, kept=pages, left=0, seconds=0))
    return str(kept["page"])


def _looked(folders: Iterable[Path]) -> Iterator[tuple[str, list[int]]]:
    """Give everything below some folders with its state, in one order."""
    for top in folders:
        for path in sorted(top.rglob("*")):
            if _PASSING.isdisjoint(path.relative_to(top).parts):
                yield str(path), ([] if path.is_dir() else _state(path))


def _state(path: Path) -> list[int]:
    """Say when a file was changed, and which and how long it is; nothing of what is not there."""
    try:
        it = path.stat()
    except OSError:
        return []
    return [it.st_mtime_ns, it.st_ctime_ns, it.st_size, it.st_ino, it.st_mode]
