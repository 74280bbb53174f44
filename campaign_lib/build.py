"""`campaign build`: raw files in, processed tables out, whole files or none."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import metadata
from operator import itemgetter
from pathlib import Path

import pandas as pd

from campaign_lib import __version__
from campaign_lib.changes.lines import lines_of
from campaign_lib.changes.revisions import revision_tables
from campaign_lib.disclosure import disclose
from campaign_lib.intake import PLANS, Campaign, read_campaign
from campaign_lib.intake.sources import raw_hashes
from campaign_lib.kept import LAST, InMemory, keep
from campaign_lib.locks import LOCKED, Locks
from campaign_lib.plan import Plan, read_plans
from campaign_lib.problems import COLUMNS
from campaign_lib.processed import MANIFEST, Processed
from campaign_lib.progress import WRITING, Listener, Step, each, nobody
from campaign_lib.results import Computed, as_printed, compute
from campaign_lib.whole_files import write_csv, write_parquet, write_text

#: Packages whose version can change a figure or a page.
PACKAGES = ("pandas", "numpy", "pyarrow", "python-calamine", "seaborn", "matplotlib", "nbconvert")
#: What of a manifest says what a build was made from, but for the day and the locks.
_MADE_FROM = ("files", "code_sha256", "packages")


@dataclass(frozen=True)
class Built:
    """What a build read and computed.

    Attributes:
        campaign: what it read.
        computed: what it computed.
        is_new: whether it is made from something else than the build before it, which is kept.
    """

    campaign: Campaign
    computed: Computed
    is_new: bool


def build(data: Path, today: date, tell: Listener = nobody) -> Built:
    """Read `data/raw`, compute, and write `data/processed`.

    Args:
        data: the folder that holds `raw`.
        today: the day up to which survey dates are believed.
        tell: hears of each step before it is taken.

    Raises:
        CampaignError: it cannot go on (no raw folder, no survey, a broken plan, ...).
    """
    campaign = read_campaign(data / "raw", today, tell)
    computed = compute(campaign, tell)
    manifest = manifest_of(data, campaign.plans, today)
    is_new = keep_last(data / "processed", manifest, computed.results)
    write_processed(data / "processed", campaign, computed, manifest, tell)
    return Built(campaign, computed, is_new)


def keep_last(folder: Path, manifest: Mapping[str, object], results: pd.DataFrame) -> bool:
    """Keep what is there as the last build, unless what is to replace it is made from the same.

    A build that is only a day older and says the same would drive out the one that one wants to
    compare with.

    Returns:
        Whether there is a last build that the new one differs from. After a build that was killed
        there is: it had kept what was there before.
    """
    last = folder / LAST
    if not (folder / MANIFEST).is_file():
        return last.is_file()
    there = Processed(folder)
    if all(there.manifest.get(name) == manifest[name] for name in _MADE_FROM) and (
        lines_of(there.results) == lines_of(results)
    ):
        return False
    keep(there, last)
    return True


def bring_up_to_date(data: Path, today: date, tell: Listener = nobody) -> Built | None:
    """Build unless what is there was built from the same files and code with the same `today`.

    Raises:
        CampaignError: as `build`.
    """
    raw, there = data / "raw", data / "processed" / "manifest.json"
    if raw.is_dir() and there.is_file():
        last = json.loads(there.read_bytes())
        now = manifest_of(data, read_plans(raw / PLANS), today)
        if {**last, "built_at": ""} == {**now, "built_at": ""}:
            return None
    return build(data, today, tell)


def write_processed(
    folder: Path,
    campaign: Campaign,
    computed: Computed,
    manifest: Mapping[str, object],
    tell: Listener = nobody,
) -> None:
    """Write every processed file; the manifest comes last and says that the rest is complete."""
    tell(Step(WRITING, 0, 1, "results.csv"))
    (folder / "manifest.json").unlink(missing_ok=True)
    _write_problems(folder, campaign, computed)
    write_csv(folder / "results.csv", as_printed(computed.results))
    write_parquet(folder / "results.parquet", computed.results)
    write_csv(folder / "steps.csv", computed.steps)
    write_parquet(folder / "steps.parquet", computed.steps)
    # Village by village, so that a report finds its own households without reading all.
    homes = computed.panel.units["households"].sort_values(["village", "quarter"], kind="stable")
    write_parquet(folder / "panel.parquet", homes)
    tables = {
        **campaign.tables,
        **{
            f"{name}_by_quarter": computed.panel.units[name]
            for name in ("activities", "models", "areas")
        },
        "tasks_by_quarter": computed.panel.tasks,
        "quarters": computed.panel.days,
        "surveyed": _surveyed(campaign.surveyed),
        "problems": computed.problems,
        "files": campaign.files,
        "public_results": disclose(computed.results),
        **plan_tables(campaign.plans),
    }
    now = InMemory(manifest, {**tables, "results": computed.results, "panel": homes})
    tables |= revision_tables(now, Locks(folder.parent).all())
    for name, table in each(tell, WRITING, tables.items(), itemgetter(0)):
        write_parquet(folder / "tables" / f"{name}.parquet", table)
    write_text(folder / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")


def _write_problems(folder: Path, campaign: Campaign, computed: Computed) -> None:
    """Write what was wrong and what became of every file's rows."""
    write_csv(folder / "problems.csv", computed.problems[COLUMNS])
    write_csv(folder / "files.csv", campaign.files)


def manifest_of(data: Path, plans: Mapping[int, Plan], today: date) -> dict[str, object]:
    """Say what a build was made from; `built_at` alone differs between two builds of the same."""
    return {
        "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "today": today.isoformat(),
        "code_version": __version__,
        "code_sha256": code_hash(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "plans": sorted(plans),
        "illustrative": sorted(plan.year for plan in plans.values() if plan.illustrative),
        "files": raw_hashes(data / "raw"),
        LOCKED: Locks(data).hashes(),
    }


def code_hash() -> str:
    """Give one hash of everything in the package that can change a figure or a page."""
    folder = Path(__file__).parent
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {
            ".py",
            ".toml",
            ".sql",
            ".j2",
            ".css",
            ".json",
            ".js",
        }:
            total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def plan_tables(plans: Mapping[int, Plan]) -> dict[str, pd.DataFrame]:
    """Lay the plans out as tables: `plans`, `targets` and `tasks`, a line per thing planned."""
    heads, targets, tasks = [], [], []
    for plan in plans.values():
        shares = {f"q{number}_path": str(share) for number, share in enumerate(plan.path, 1)}
        head = {name: getattr(plan, name) for name in ("year", "commune", "district", "province")}
        head |= {name: getattr(plan, name) for name in ("calendar", "baseline", "poverty_standard")}
        heads.append({**head, **vars(plan.parameters), **shares, "illustrative": plan.illustrative})
        targets += [
            {"year": plan.year, "indicator": indicator, **vars(target)}
            for indicator, target in plan.targets.items()
        ]
        tasks += [{"year": plan.year, **vars(task)} for task in plan.tasks]
    shares_of = [f"q{number}_path" for number in range(1, 5)]
    columns = {
        "plans": [
            *("year", "commune", "district", "province"),
            *("calendar", "baseline", "poverty_standard"),
            *("district_mean_income", "essential_goods_needed", "poverty_reduction_formula"),
            *shares_of,
            "illustrative",
        ],
        "targets": ["year", "indicator", "at_least", "section", "at_most"],
        "tasks": ["year", "id", "quarter", "owner", "section", "vi", "en"],
    }
    rows = {"plans": heads, "targets": targets, "tasks": tasks}
    frames = {name: pd.DataFrame(rows[name], columns=columns[name]) for name in columns}
    frames["plans"]["baseline"] = frames["plans"]["baseline"].astype("datetime64[s]")
    frames["targets"]["at_most"] = frames["targets"]["at_most"].astype("Int64")
    return frames


def _surveyed(surveyed: Mapping[str, frozenset[str]]) -> pd.DataFrame:
    pairs = [
        (quarter, column) for quarter in sorted(surveyed) for column in sorted(surveyed[quarter])
    ]
    return pd.DataFrame(pairs, columns=["quarter", "column"], dtype="str")
