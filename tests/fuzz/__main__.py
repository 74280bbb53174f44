"""Injures files of good campaigns and reads them, for as long as is asked: `make fuzz`.

    python -m tests.fuzz [--minutes 60] [--seed 1] [--keep FOLDER]

One process reads, with an end to its time and memory. Reading may end in two ways, with a table or
with a sentence; each other way is told once, and its file kept, made a little smaller, where
`tests/intake/test_intake_found.py` reads it again. The same seed injures in the same order.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.fuzz.cases import FOUND, Case, keep, lay, smaller
from tests.fuzz.mutations import injured
from tests.fuzz.reading import Reader
from tests.fuzz.seeds import seeds

_TELL_EVERY = 60


def fuzz(minutes: float, seed: int, folder: Path) -> int:
    """Injure and read until the time is over; gives how many failures of different kinds."""
    chance, reader = Random(seed), Reader()
    ends: Counter[str] = Counter()
    contents = [content for _, content in seeds()]
    begun = told = time.monotonic()
    until = begun + minutes * 60
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        while time.monotonic() < until:
            file, content = chance.choice(seeds())
            case = Case(file, injured(file, content, contents, chance))
            raw = Path(name) / "raw"
            lay(raw, case)
            found = reader.read(raw)
            ends[found.what] += 1
            if found.failed and ends[found.what] == 1:
                _tell(reader, raw, case._replace(failure=found.what), found.detail, folder)
            (raw / case.file).unlink()
            if time.monotonic() - told > _TELL_EVERY:
                told = time.monotonic()
                print(f"{(told - begun) / 60:5.1f} min: {ends.total()} files", flush=True)
    reader.close()
    print(f"{ends.total()} injured files, {minutes:g} minutes, seed {seed}")
    for what, times in ends.most_common():
        print(f"{times:8} {what}")
    return len(ends.keys() - {"read", "refused"})


def _tell(reader: Reader, raw: Path, case: Case, detail: str, folder: Path) -> None:
    """Make a case smaller, keep it, and say what it is."""

    def still_fails(content: bytes) -> bool:
        lay(raw, case._replace(content=content))
        return reader.read(raw).what == case.failure

    path = keep(smaller(case, still_fails), folder)
    print(f"--- {case.failure}: {path}\n{detail}", flush=True)


def main() -> int:
    """Read the options."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, default=FOUND)
    given = options.parse_args()
    return 1 if fuzz(given.minutes, given.seed, given.keep) else 0


if __name__ == "__main__":
    sys.exit(main())
