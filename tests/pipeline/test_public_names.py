"""What `from campaign_lib import …` gives: every name, quickly, and every example of its page."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import campaign_lib
from campaign_lib.indicators import ALL
from campaign_lib.show.display import Passage

#: Data contract, section 6.
NAMES = {
    *("open_campaign", "INDICATORS", "Share", "Count", "Drop"),
    *("said", "more_than", "enough_of", "CampaignError"),
}
BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
EXAMPLE = re.compile(r"`((?:campaign|audit|str)[.\[(][^`]*)`")


def test_every_name_is_there_and_nothing_else_is_offered() -> None:
    assert set(campaign_lib.__all__) == set(dir(campaign_lib)) == NAMES
    for name in NAMES:
        assert getattr(campaign_lib, name) is not None
    assert campaign_lib.INDICATORS == ALL and isinstance(campaign_lib.INDICATORS, tuple)
    with pytest.raises(AttributeError, match="no attribute 'open_desk'"):
        _ = campaign_lib.open_desk  # type: ignore[attr-defined]


def test_importing_the_library_imports_nothing_heavy() -> None:
    program = "import sys, campaign_lib; print({'pandas', 'duckdb', 'seaborn'} & {*sys.modules})"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert said.stdout.decode().strip() == "set()"


def test_every_example_of_the_page_runs(
    root: Path, sample_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_PROCESSED", str(sample_data / "processed"))
    text = (root / "docs" / "python.md").read_text(encoding="utf-8")
    scope: dict[str, Any] = {}
    shown = []
    for piece in re.split(r"(?=^## )", text, flags=re.M):
        for block in BLOCK.findall(piece):
            exec(compile(block, "python.md", "exec"), scope)
        rows = (line for line in piece.splitlines() if line.startswith("| "))
        examples = [one for row in rows for one in EXAMPLE.findall(row)]
        shown += [(one, eval(one, scope)) for one in examples]
    assert len(shown) > 25
    for example, what in shown:
        assert what is not None, example
        if isinstance(what, pd.DataFrame):
            assert len(what), example
        elif isinstance(what, Passage):
            assert what.html, example
    columns = ["quarter", "level", "place", "numerator", "denominator", "unknown", "percent"]
    assert list(dict(shown)["campaign.count(own)"]) == columns
