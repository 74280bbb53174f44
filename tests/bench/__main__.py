"""How long things take, as a table that anyone can print: `make bench`.

    python -m tests.bench [--rounds 3] [--villages 8] [--jobs 2]
    python -m tests.bench --rounds 0 --households 1000 10000 100000 1000000

One and the same report is made in four ways, each way in every round, so that what else the machine
does strikes all of them alike; what counts are the ratios of the medians. Then `campaign build` is
measured by the number of households: a province has 150,000, in 756 villages.
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median

from tests.bench import builds, ways

#: Reports that the slow ways make in a round: they have no start that more of them would share.
FEW = {"naive": 1, "one process": 4}
WORDS = {
    "naive": "papermill, then jupyter nbconvert, for each",
    "one process": "papermill in one process, exporter reused",
    "batch": "campaign reports: warm kernels",
    "floor": "the same sections without a notebook",
}


def compare_ways(rounds: int, villages: int, jobs: int) -> None:
    """Print seconds a report for each way, and how they compare with the floor and with us."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        campaign = ways.prepare(Path(name), villages)
        each: dict[str, list[ways.Taken]] = {way: [] for way in WORDS}
        quiet: list[float] = []
        changed: list[float] = []
        for way in WORDS:  # not counted: it compiles modules, and fills the file cache
            ways.measure(way, campaign, campaign.reports[:1], jobs)
        for _ in range(rounds):
            for way in WORDS:
                each[way].append(ways.measure(way, campaign, _share(way, campaign), jobs))
            quiet.append(ways.measure("no change", campaign, [], jobs).clock)
            ways.change_an_answer(campaign)
            changed.append(ways.measure("no change", campaign, [], jobs).clock)
        print(f"{len(campaign.reports)} reports, {jobs} at once, medians of {rounds}; s a report")
        _print("by the clock", campaign, {w: median(t.clock for t in each[w]) for w in WORDS})
        _print("processors", campaign, {w: median(t.processors for t in each[w]) for w in WORDS})
        print(f"\n{'a run with nothing to do, s':45}{median(quiet):10.2f}")
        print(f"{'a run after one answer has changed, s':45}{median(changed):10.2f}")
        print(f"{'size of a page, KB':45}{ways.page_size(campaign) / 1000:10.0f}")


def _share(way: str, campaign: ways.Campaign) -> list[ways.Parameters]:
    return campaign.reports[: FEW.get(way)]


def _print(what: str, campaign: ways.Campaign, seconds: dict[str, float]) -> None:
    """Print a line for each way: seconds a report, against the floor, and of the naive way."""
    per_report = {way: value / len(_share(way, campaign)) for way, value in seconds.items()}
    print(f"\n{what:45}{'s':>10}{'÷ floor':>10}{'naive ÷':>10}")
    for way, value in per_report.items():
        against_floor, against_naive = value / per_report["floor"], per_report["naive"] / value
        print(f"{WORDS[way]:45}{value:10.2f}{against_floor:10.2f}{against_naive:10.1f}")


def main() -> None:
    """Read the options and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--villages", type=int, default=8, help="four reports each")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--households", type=int, nargs="+", default=builds.SIZES, help="of builds")
    options = parser.parse_args()
    if options.rounds:
        compare_ways(options.rounds, options.villages, options.jobs)
        print()
    builds.compare_sizes(options.households)


if __name__ == "__main__":
    main()
