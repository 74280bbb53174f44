"""What the last runs have made: `manifest.json` in the reports folder."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from campaign_lib.base.whole_files import write_text

State = Literal["fresh", "failed"]

FILE = "manifest.json"


@dataclass(frozen=True)
class Made:
    """One report's line in the manifest.

    Attributes:
        title: of the page.
        notebook: the file's name.
        parameters: what it was run with.
        hash: what it was built from.
        state: whether the page is the report, or tells that it failed.
        seconds: how long it took.
        error: why it failed, in a sentence ("" if it did not).
        figures: the figures that are the page's own, by reference (`campaign_lib.analysis.changes.printed`).
        made_from: what they were made from, as far as the page's edition may tell.
    """

    title: str
    notebook: str
    parameters: dict[str, str]
    hash: str
    state: State
    seconds: float
    error: str = ""
    figures: dict[str, str] = field(default_factory=dict)
    made_from: dict[str, str] = field(default_factory=dict)


@dataclass
class Manifest:
    """The manifest of one reports folder: page by page what was made."""

    folder: Path
    made: dict[str, Made] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read the folder's manifest; one that is missing or damaged knows of no report."""
        try:
            lines = json.loads((folder / FILE).read_text(encoding="utf-8"))
            made = {target: Made(**line) for target, line in lines.items()}
        except (FileNotFoundError, ValueError, TypeError, AttributeError):
            made = {}  # every report is then made again, which is always right
        return cls(folder, made)

    def is_fresh(self, target: str, built_from: str) -> bool:
        """Whether the page is there and was built from just this."""
        line = self.made.get(target)
        return (
            line is not None
            and line.state == "fresh"
            and line.hash == built_from
            and (self.folder / target).is_file()
        )

    def write(self) -> None:
        """Write it whole; raises CampaignError where the file cannot be replaced."""
        lines = {target: asdict(self.made[target]) for target in sorted(self.made)}
        text = json.dumps(lines, ensure_ascii=False, indent=1)
        write_text(self.folder / FILE, f"{text}\n")
