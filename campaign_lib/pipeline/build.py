"""`campaign build`: raw files in, processed tables out, whole files or none."""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import metadata
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from campaign_lib import __version__
from campaign_lib.analysis.changes import revision_tables
from campaign_lib.analysis.changes.lines import lines_of
from campaign_lib.analysis.quality.checks import doubts
from campaign_lib.base.files import write_csv, write_parquet, write_text
from campaign_lib.codebook.problems import COLUMNS
from campaign_lib.disclosure import disclose, disclose_all
from campaign_lib.indicators.communes import Part, compute_parts, together
from campaign_lib.indicators.results import Computed, as_printed, compute
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.intake import PLANS, Campaign, read_campaign
from campaign_lib.intake.sources import raw_hashes
from campaign_lib.plan import PARAMETERS, Plan
from campaign_lib.plan.files import read_plan_files
from campaign_lib.store.processed import COMMUNES, MANIFEST, Processed, folder_of
from campaign_lib.store.snapshots import (
    LAST,
    LOCKED,
    SCHEMA,
    SCHEMA_KEY,
    InMemory,
    Lock,
    Locks,
    write_snapshot,
)
from campaign_lib.words.progress import WRITING, Listener, Step, each, nobody

#: Packages whose version can change a figure or a page.
PACKAGES = ("pandas", "numpy", "pyarrow", "python-calamine", "seaborn", "matplotlib", "nbconvert")
#: What of a manifest says what a build was made from, but for the day and the locks.
_MADE_FROM = ("files", "code_sha256", "packages")


#: The one line of a manifest in which two builds of the same differ.
BUILT_AT = "built_at"


@dataclass(frozen=True)
class Built:
    """What a build read and computed.

    Attributes:
        campaign: what it read.
        computed: what it computed.
        is_new: whether it is made from something else than the build before it, which is kept.
        parts: a folder's communes, if it holds several.
    """

    campaign: Campaign
    computed: Computed
    is_new: bool
    parts: Mapping[str, Part]


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
    manifest = manifest_of(data, read_plan_files(data / "raw" / PLANS), today)
    parts = compute_parts(campaign, tell, doubts)
    if campaign.communes:
        computed = together(campaign, parts, doubts)
    else:
        computed = compute(campaign, tell, doubts)
    is_new = keep_last(data / "processed", manifest, computed.results)
    built = Built(campaign, computed, is_new, parts)
    write_folder(data / "processed", built, manifest, tell)
    return built


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
    write_snapshot(there, last)
    for part in there.parts.values():
        write_snapshot(part, part.folder / LAST)
    return True


def bring_up_to_date(data: Path, today: date, tell: Listener = nobody) -> Built | None:
    """Build unless what is there was built from the same files and code with the same `today`.

    Raises:
        CampaignError: as `build`.
    """
    raw, there = data / "raw", data / "processed" / "manifest.json"
    if raw.is_dir() and there.is_file():
        last = json.loads(there.read_bytes())
        now = manifest_of(data, read_plan_files(raw / PLANS), today)
        if {name: last.get(name) for name in now if name != BUILT_AT} == {
            name: value for name, value in now.items() if name != BUILT_AT
        }:
            return None
    return build(data, today, tell)


def write_folder(
    folder: Path, built: Built, manifest: Mapping[str, object], tell: Listener = nobody
) -> None:
    """Write what was built; of several communes each one too, in a folder like that of one alone.

    The communes of an earlier build that are none any more are taken away.
    """
    (folder / "manifest.json").unlink(missing_ok=True)
    folders = {key: folder_of(folder, key) for key in built.parts}
    for old in (folder / COMMUNES).glob("*"):
        if old not in folders.values():
            shutil.rmtree(old)
    locks = Locks(folder.parent).all()
    public = []
    for key, part in built.parts.items():
        shown = disclose(part.computed.results)
        own = {**manifest, "commune": key}
        sent = [one for lock in locks if (one := lock.of_commune(key)) is not None]
        write_processed(folders[key], part.campaign, part.computed, shown, own, sent, tell)
        public.append(shown.assign(place=shown["place"].mask(shown["level"] == COMMUNE, key)))
    results = built.computed.results
    if built.parts:
        names = {one.key: one.name for one in built.campaign.communes if one.key in built.parts}
        manifest = {**manifest, COMMUNES: names}
        shown = disclose_all(results, pd.concat(public))
    else:
        shown = disclose(results)
    write_processed(folder, built.campaign, built.computed, shown, manifest, locks, tell)


def write_processed(
    folder: Path,
    campaign: Campaign,
    computed: Computed,
    public: pd.DataFrame,
    manifest: Mapping[str, Any],
    locks: Sequence[Lock],
    tell: Listener = nobody,
) -> None:
    """Write every processed file; the manifest comes last and says that the rest is complete.

    Of a folder of several the communes' own files have been written before.
    """
    tell(Step(WRITING, 0, 1, "results.csv"))
    (folder / "manifest.json").unlink(missing_ok=True)
    _write_problems(folder, campaign, computed)
    _write_lines(folder, computed)
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
        "public_results": public,
        **plan_tables(campaign.plans),
    }
    parts = {key: Processed(folder_of(folder, key)) for key in manifest.get(COMMUNES, {})}
    now = InMemory(manifest, {**tables, "results": computed.results, "panel": homes}, parts)
    tables |= revision_tables(now, locks)
    for name, table in each(tell, WRITING, tables.items(), itemgetter(0)):
        write_parquet(folder / "tables" / f"{name}.parquet", table)
    write_text(folder / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")


def _write_lines(folder: Path, computed: Computed) -> None:
    """Write the results and the steps that they are read off, as text and as tables."""
    write_csv(folder / "results.csv", as_printed(computed.results))
    write_parquet(folder / "results.parquet", computed.results)
    write_csv(folder / "steps.csv", computed.steps)
    write_parquet(folder / "steps.parquet", computed.steps)


def _write_problems(folder: Path, campaign: Campaign, computed: Computed) -> None:
    """Write what was wrong and what became of every file's rows."""
    write_csv(folder / "problems.csv", computed.problems[COLUMNS])
    write_csv(folder / "files.csv", campaign.files)


def manifest_of(data: Path, plans: Sequence[Plan], today: date) -> dict[str, object]:
    """Say what a build was made from; `built_at` alone differs between two builds of the same."""
    return {
        BUILT_AT: datetime.now(UTC).isoformat(timespec="seconds"),
        "today": today.isoformat(),
        SCHEMA_KEY: SCHEMA,
        "code_version": __version__,
        "code_sha256": code_hash(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "plans": sorted({plan.year for plan in plans}),
        "illustrative": sorted({plan.year for plan in plans if plan.illustrative}),
        "files": raw_hashes(data / "raw"),
        LOCKED: Locks(data).hashes(),
    }


def code_hash() -> str:
    """Give one hash of everything in the package that can change a figure or a page."""
    folder = Path(__file__).parents[1]
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
        heads.append({**head, **plan.parameters, **shares, "illustrative": plan.illustrative})
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
            *PARAMETERS,
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
