"""What the tests of intake share."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from intake_files import TODAY, Content, Reads, read

from campaign_lib.intake import Campaign


@pytest.fixture
def reads(tmp_path: Path) -> Reads:
    """Write `BASE` with the given files laid over it into an empty folder, and read it."""

    def write_and_read(files: Mapping[str, Content], today: date = TODAY) -> Campaign:
        return read(tmp_path / "raw", files, today)

    return write_and_read
