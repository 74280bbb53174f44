"""`campaign build` by the number of households: how long, and how much memory."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from campaign_sample import write_sample
from tests.bench.ways import TODAY

#: Households.
SIZES = (1_000, 10_000, 150_000)
#: A province's villages; smaller samples have fewer, of this many households.
VILLAGES, IN_A_VILLAGE = 756, 125
QUARTERS = 4

#: Runs the command that follows, and tells its greatest memory (of all its processes, the largest).
WATCH = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
unit = 1 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit)
sys.exit(done.returncode)
"""


def compare_sizes(sizes: Sequence[int] = SIZES) -> None:
    """Print seconds and memory of a build for each size, and what a thousand rows cost."""
    print(f"{'villages':>10}{'households':>12}{'rows':>12}{'s':>10}{'GB':>8}{'ms / 1000 rows':>17}")
    for households in sizes:
        villages = min(VILLAGES, households // IN_A_VILLAGE)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            write_sample(Path(folder), villages, households)
            seconds, memory = _build(Path(folder))
        rows = households * QUARTERS
        line = f"{villages:10,}{households:12,}{rows:12,}{seconds:10.1f}{memory / 1e9:8.2f}"
        print(f"{line}{seconds / rows * 1e6:17.1f}", flush=True)


def _build(data: Path) -> tuple[float, int]:
    command = [sys.executable, "-m", "campaign_lib", "--data", str(data), "--today", TODAY]
    watched = [sys.executable, "-c", WATCH, *command, "build"]
    start = time.perf_counter()
    told = subprocess.run(watched, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, int(told.stdout)
