"""How long things take, as a table that anyone can print: `make bench`.

    python -m tests.bench [--rounds 3] [--villages 8] [--jobs 2] [--to bench.json]
    python -m tests.bench --rounds 0 --households 1000000
    python -m tests.bench --rounds 0 --households 15000 60000 --communes 40

First the same village reports are made in four ways, each way in every round, so that what else
the machine does strikes all of them alike; what counts are the ratios of the medians, and all ways
must make the same tables. Then the whole batch, by kind of page; a run with nothing to do; a run
after one answer has changed. Then `campaign build` and `campaign verify` by the number of
households, beside DuckDB, which reads the same files and counts two indicators: a province has
150,000 households in 756 villages.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import builds, ways

#: Reports that the slow ways make in a round: they have no start that more of them would share.
FEW = {"naive": 1, "one process": 4}
WORDS = {
    "naive": "papermill, then jupyter nbconvert, for each",
    "one process": "papermill in one process, exporter reused",
    "batch": "our batch: forked processes",
    "floor": "the same sections without a notebook",
}


def compare_ways(campaign: ways.Campaign, rounds: int, jobs: int) -> dict[str, Any]:
    """Make the same village reports in each way; print and give seconds a report."""
    each: dict[str, list[ways.Taken]] = {way: [] for way in WORDS}
    for way in WORDS:  # not counted: it compiles modules, and fills the file cache
        ways.measure(way, campaign, campaign.reports[:1], jobs)
    ways.hold_equal(campaign.folder, WORDS)
    for _ in range(rounds):
        for way in WORDS:
            each[way].append(ways.measure(way, campaign, _share(way, campaign), jobs))
    print(
        f"{len(campaign.reports)} village reports, {jobs} at once, medians of {rounds}; s a report"
    )
    found = {}
    for what in ("clock", "processors"):
        taken = {w: median(getattr(t, what) for t in each[w]) for w in WORDS}
        found[what] = {w: value / len(_share(w, campaign)) for w, value in taken.items()}
        _print(what, found[what])
    return found


def _share(way: str, campaign: ways.Campaign) -> list[ways.Wanted]:
    return campaign.reports[: FEW.get(way)]


def _print(what: str, seconds: Mapping[str, float]) -> None:
    """Print a line for each way: seconds a report, against the floor, and of the naive way."""
    print(f"\n{what:45}{'s':>10}{'÷ floor':>10}{'naive ÷':>10}")
    for way, value in seconds.items():
        against_floor, against_naive = value / seconds["floor"], seconds["naive"] / value
        print(f"{WORDS[way]:45}{value:10.2f}{against_floor:10.2f}{against_naive:10.1f}")


def whole_batch(campaign: ways.Campaign, rounds: int, jobs: int, naive: float) -> dict[str, Any]:
    """Make every page of the campaign, none, and those of one answer; print and give seconds.

    `naive` is what the obvious way takes for a page.
    """
    named = {"all": "--force", "nothing to do": "", "one answer": ""}
    each: dict[str, list[ways.Taken]] = {name: [] for name in named}
    for _ in range(rounds):
        for name, force in named.items():
            if name == "one answer":
                ways.change_an_answer(campaign)
            each[name].append(ways.whole(campaign, jobs, *filter(None, [force])))
    kinds = ways.by_kind(campaign)
    pages = sum(number for number, _ in kinds.values())
    taken = {name: median(t.clock for t in found) for name, found in each.items()}
    a_page = taken["all"] / pages
    print(f"\nthe whole batch: {pages} pages, {taken['all']:.0f} s, {a_page:.2f} s a page", end="")
    print(f"; the naive way takes {naive / a_page:.1f} times as long for a page")
    print(f"\n{'kind of page':45}{'pages':>10}{'s':>10}")
    for kind, (number, seconds) in kinds.items():
        print(f"{kind:45}{number:10}{seconds:10.2f}")
    for name in ("nothing to do", "one answer"):
        print(f"{name + ', s':45}{taken[name]:10.2f}")
    print(f"{'size of a page, KB':45}{ways.page_size(campaign) / 1000:10.0f}")
    return {**taken, "pages": pages, "kinds": kinds}


def main() -> None:
    """Read the options, print tables, and write what they say."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--villages", type=int, default=8, help="four reports each")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--households", type=int, nargs="*", default=builds.SIZES, help="of builds")
    parser.add_argument("--communes", type=int, default=1, help="that they live in")
    parser.add_argument("--to", type=Path, default=Path("bench.json"), help="the file")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    if options.rounds:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            campaign = ways.prepare(Path(name), options.villages)
            found["ways"] = compare_ways(campaign, options.rounds, options.jobs)
            naive = found["ways"]["clock"]["naive"]
            found["batch"] = whole_batch(campaign, options.rounds, options.jobs, naive)
    found["sizes"] = builds.compare_sizes(options.households, options.communes)
    options.to.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
