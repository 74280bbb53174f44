"""What each run did, a line of JSON per report, for whoever looks after many villages."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from campaign_lib.base.editions import PRIVATE
from campaign_lib.errors import CampaignError
from campaign_lib.pipeline.reports.one import Outcome

FILE = "runs.jsonl"


class RunLog:
    """Adds lines to `runs.jsonl` in the reports folder; each line is written at once and whole."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._run = datetime.now(UTC).isoformat(timespec="seconds")

    def add(self, outcome: Outcome) -> None:
        """Note what became of one report.

        Raises:
            CampaignError: the log cannot be written.
        """
        report = outcome.report
        line = {
            "run": self._run,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "report": report.target,
            "parameters": dict(report.parameters),
            "outcome": outcome.state if outcome.built else "kept",
            "seconds": round(outcome.seconds, 3),
            "rows_in": report.rows,
            "rows_out": outcome.rows,
            "error": outcome.error,
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with open(self._path, "a", encoding="utf-8", opener=_privately) as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise CampaignError(f"{self._path} cannot be written: {error.strerror}.") from error


def _privately(path: str, flags: int) -> int:
    """Open the log so that no other user may read it: an error's text may repeat an answer."""
    return os.open(path, flags, PRIVATE)
