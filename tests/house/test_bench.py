"""The benchmark runs, compares like with like, and writes what it found."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_smallest_benchmark_makes_the_same_reports_in_every_way(tmp_path: Path) -> None:
    to = tmp_path / "bench.json"
    command = [sys.executable, "-m", "tests.bench", "--rounds", "1", "--villages", "1"]
    command += ["--households", "250", "--communes", "2", "--to", str(to)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr  # which it is where ways have made other tables
    found = json.loads(to.read_text(encoding="utf-8"))
    for seconds in found["ways"].values():
        assert seconds.keys() == {"naive", "one process", "batch", "floor"}
        assert seconds["naive"] > seconds["batch"] > 0
    batch = found["batch"]
    assert sum(pages for pages, _ in batch["kinds"].values()) == batch["pages"]
    assert {"village_report", "audit_place", "data_quality"} <= batch["kinds"].keys()
    assert 0 < batch["nothing to do"] < batch["all"]
    (size,) = found["sizes"]
    assert (size["households"], size["communes"]) == (250, 2)
    assert all(taken > 0 for name in ("build", "verify", "duckdb") for taken in size[name])
