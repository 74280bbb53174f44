"""Made-up campaigns, and what is counted in them straight from their files."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from campaign_sample.scope import Injury, Scope
from campaign_sample.writing import DEFAULT_QUARTERS, make_sample

COMMITTED = Path(__file__).parents[1] / "data" / "raw"

DEFAULT = Scope.of(8, None, DEFAULT_QUARTERS, 1)


@dataclass(frozen=True)
class Sample:
    """A written sample, its files read as plain text, and what is said to be odd in it."""

    raw: Path
    injuries: tuple[Injury, ...]

    def read(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.raw / f"{name}.csv", dtype="str", keep_default_na=False)

    def files(self) -> dict[str, bytes]:
        paths = (path for path in self.raw.rglob("*") if path.is_file())
        return {path.relative_to(self.raw).as_posix(): path.read_bytes() for path in paths}


def copied(folder: Path, *quarters: str) -> Path:
    """Copy the committed raw files, but of the surveys and plans only those of some quarters.

    A test that asks about one quarter builds in half the time without the others.
    """
    raw = Path(shutil.copytree(COMMITTED, folder / "raw"))
    years = {quarter[:4] for quarter in quarters}
    for path in [*(raw / "survey").iterdir(), *(raw / "plans").iterdir()]:
        if path.stem not in {*quarters, *years}:
            path.unlink()
    return raw


def made(folder: Path, scope: Scope) -> Sample:
    return Sample(folder / "raw", make_sample(folder, scope))


def status_on(sample: Sample, day: str) -> pd.Series:
    rows = sample.read("poverty_status")
    known = rows[rows["valid_from"] <= day].sort_values("valid_from", kind="stable")
    return known.groupby("household")["status"].last()


def minority_on(sample: Sample, day: str) -> pd.Series:
    """Give the village of each minority household that lives in the commune on `day`."""
    homes = sample.read("households")
    came = (homes["joined_on"] <= day) | (homes["joined_on"] == "31/02/2019")
    here = came & ((homes["left_on"] == "") | (homes["left_on"] > day))
    minority = ~homes["ethnicity"].isin(["Kinh", "Kon Rẫy"])
    return homes[here & minority].set_index("household")["village"]


def cohort(sample: Sample, day: str = "2023-12-31") -> pd.Index:
    homes = minority_on(sample, day).index
    status = status_on(sample, day).reindex(homes)
    return homes[status.isin(["poor", "near_poor"])]
