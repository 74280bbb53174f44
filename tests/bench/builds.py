"""`campaign build` and `campaign verify` by the number of households: how long, how much memory."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from campaign_sample import write_sample
from tests.bench.ways import TODAY

#: Households.
SIZES = (1_000, 10_000, 150_000)
#: A province's villages; smaller samples have fewer, of this many households.
VILLAGES, IN_A_VILLAGE = 756, 125
QUARTERS = 4

#: Runs the command that follows, and tells how long it took, by the clock and of all processors
#: together, and its greatest memory (of all its processes, the largest).
WATCH = """
import json, os, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
taken, times = time.perf_counter() - start, os.times()
unit = 1 if sys.platform == "darwin" else 1024
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
print(json.dumps([taken, times.children_user + times.children_system, memory]))
sys.exit(done.returncode)
"""
#: Reads what a build reads most of, and counts two indicators by quarter and village.
DUCKDB = """
import sys, duckdb
folder = sys.argv[1]
print(len(duckdb.sql(f'''
    WITH answers AS (
        SELECT *, regexp_extract(filename, '([0-9]{{4}}Q[1-4]).csv$', 1) AS quarter
        FROM read_csv('{folder}/survey/*.csv', all_varchar = true, union_by_name = true,
            filename = true)
    ), homes AS (
        SELECT household, village
        FROM read_csv('{folder}/households.csv', all_varchar = true)
        WHERE ethnicity <> 'Kinh'
    ), statuses AS (
        SELECT household, arg_max(status, valid_from) AS status
        FROM read_csv('{folder}/poverty_status.csv', all_varchar = true)
        GROUP BY household
    )
    SELECT quarter, village, count(*), count(*) FILTER (informed = 'yes'),
        count(*) FILTER (cooperative IN ('group', 'cooperative'))
    FROM answers JOIN homes USING (household) JOIN statuses USING (household)
    WHERE status IN ('poor', 'near_poor')
    GROUP BY ALL ORDER BY ALL
''').fetchall()))
"""


def compare_sizes(sizes: Sequence[int] = SIZES, communes: int = 1) -> list[dict[str, Any]]:
    """Print and give, for each size, what a build and a second reading cost, beside DuckDB.

    The households of each size live in so many communes of one folder.
    """
    print(f"\n{'':23}{'build':>28}{'verify':>28}{'DuckDB':>8}{'build ÷':>10}")
    each = f"{'s':>10}{'processors':>12}{'GB':>6}"
    print(f"{'villages':>10}{'households':>13}{each}{each}{'s':>8}{'DuckDB':>10}")
    return [_size(households, communes) for households in sizes]


def _size(households: int, communes: int) -> dict[str, Any]:
    villages = max(min(VILLAGES, households // communes // IN_A_VILLAGE), 1)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        write_sample(Path(folder), villages, households, communes=communes)
        command = [sys.executable, "-m", "campaign_lib", "--data", folder, "--today", TODAY]
        duckdb = _watched([sys.executable, "-c", DUCKDB, f"{folder}/raw"])
        build, verify = (_watched([*command, name]) for name in ("build", "verify"))
    line = f"{villages * communes:10,}{households:13,}"
    for seconds, processors, memory in (build, verify):
        line += f"{seconds:10.1f}{processors:12.1f}{memory / 1e9:6.2f}"
    print(f"{line}{duckdb[1]:8.1f}{build[1] / duckdb[1]:10.1f}", flush=True)
    found = {"build": build, "verify": verify, "duckdb": duckdb}
    told = {"villages": villages * communes, "communes": communes, "households": households}
    return {**told, **found}


def _watched(command: list[str]) -> list[float]:
    """Give seconds by the clock, of all processors together, and bytes of memory."""
    watched = [sys.executable, "-c", WATCH, *command]
    told = subprocess.run(watched, check=True, capture_output=True, text=True)
    taken: list[float] = json.loads(told.stdout)
    return taken
