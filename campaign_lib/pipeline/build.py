"""`campaign build`: raw files in, processed tables out, whole files or none."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from importlib import metadata
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from campaign_lib import __version__
from campaign_lib.analysis import poverty
from campaign_lib.analysis.changes import revision_tables
from campaign_lib.analysis.changes.lines import lines_of
from campaign_lib.analysis.quality.checks import doubts
from campaign_lib.analysis.support import by_quarter
from campaign_lib.base.editions import PUBLIC
from campaign_lib.base.files import write_csv, write_parquet, write_text
from campaign_lib.codebook.problems import COLUMNS
from campaign_lib.disclosure import disclose, disclose_all, issued_by
from campaign_lib.indicators.results import (
    Computed,
    Doubts,
    Part,
    as_printed,
    compute_each,
    together,
)
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.intake import Campaign, read_campaign
from campaign_lib.intake.sources import raw_hashes
from campaign_lib.intake.sources.folder import SURVEY
from campaign_lib.plan import PARAMETERS, Plan
from campaign_lib.plan.communes import ONLY, key_of
from campaign_lib.store.as_of import NEWEST, newest
from campaign_lib.store.package import FILES, PUBLIC_FILES, File, write_package
from campaign_lib.store.processed import (
    COMMUNES,
    HEIR,
    HEIR_OF,
    HEIR_SINCE,
    MANIFEST,
    OWN_QUARTERS,
    SINCE,
    Processed,
    folder_of,
)
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
#: The endings of the files that are our code.
_CODE = frozenset({".py", ".toml", ".sql", ".j2", ".css", ".json", ".js"})
#: The one line of a manifest in which two builds of the same differ.
BUILT_AT = "built_at"


@dataclass(frozen=True)
class Built:
    """What a build read and computed.

    Attributes:
        campaign: what it read.
        computed: what it computed.
        is_new: whether it is made from something else than the build before it, which is kept.
        parts: its communes, by the names of their spans (`plan.communes.spans_of`).
    """

    campaign: Campaign
    computed: Computed
    is_new: bool
    parts: Mapping[str, Part]


#: Computes each commune of a campaign by the name of its span.
Each = Callable[[Campaign, Listener, Doubts], dict[str, Part]]


def build(data: Path, today: date, tell: Listener = nobody, compute: Each = compute_each) -> Built:
    """Read `data/raw`, compute, and write `data/processed`.

    Args:
        data: the folder that holds `raw`.
        today: the day up to which survey dates are believed.
        tell: hears of each step before it is taken.
        compute: does that for each commune, here or elsewhere.

    Raises:
        CampaignError: it cannot go on (no raw folder, no survey, a broken plan, ...).
    """
    campaign = read_campaign(data / "raw", today, tell)
    manifest = manifest_of(data, campaign, today)
    parts = compute(campaign, tell, doubts)
    computed = together(campaign, parts, doubts)
    is_new = keep_last(data / "processed", manifest, computed.results)
    built = Built(campaign, computed, is_new, parts)
    write_folder(data / "processed", built, manifest, tell)
    return built


def build_ahead(
    data: Path, today: date, quarter: str, folder: Path, tell: Listener = nobody
) -> Processed:
    """Build a quarter that has no survey yet, and it alone, into a folder of its own.

    Who is in a base is in the registers; every answer is unknown.

    Raises:
        CampaignError: as `build`; but no survey need be there.
    """
    read = read_campaign(data / "raw", today, tell, without_survey=True)
    tables = {**read.tables, SURVEY: read.tables[SURVEY].iloc[:0]}
    campaign = replace(read, tables=tables, surveyed={quarter: frozenset()})
    parts = compute_each(campaign, tell)
    built = Built(campaign, together(campaign, parts), is_new=False, parts=parts)
    write_folder(folder, built, manifest_of(data, campaign, today), tell)
    return Processed(folder)


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
    for part in {ONLY: there, **there.parts}.values():
        write_snapshot(part, part.folder / LAST)
    return True


def bring_up_to_date(data: Path, today: date, tell: Listener = nobody) -> Built | None:
    """Build unless what is there was built from the same files and code with the same `today`.

    Raises:
        CampaignError: as `build`.
    """
    raw, there = data / "raw", data / "processed" / MANIFEST
    if raw.is_dir() and there.is_file():
        last = json.loads(there.read_bytes())
        now = made_from(data, raw_hashes(raw), today)
        if all(last.get(name) == made for name, made in now.items()):
            return None
    return build(data, today, tell)


def write_folder(
    folder: Path, built: Built, manifest: Mapping[str, object], tell: Listener = nobody
) -> None:
    """Write each commune that was built, and of several what they come to together.

    Each of several has a folder like that of one alone. The communes of an earlier build that are
    none any more are taken away.
    """
    (folder / MANIFEST).unlink(missing_ok=True)
    folders = {key: folder_of(folder, key) for key in built.parts}
    for old in (folder / COMMUNES).glob("*"):
        if old not in folders.values():
            shutil.rmtree(old)
    locks = Locks(folder.parent).all()
    public = []
    called = {one.key: one.name for one in built.campaign.communes}
    for span, part in built.parts.items():
        plans, days = part.campaign.tables["village_plans"], part.own.panel.days
        shown, key = disclose(part.own.results, issued_by(plans, days)), key_of(span)
        own = {**manifest, "commune": key, **succession(part, called)} if key else manifest
        of_it = [lock for lock in locks if lock.quarter in part.campaign.own_quarters]
        sent = [one for lock in of_it if (one := lock.of_commune(span)) is not None]
        write_processed(folders[span], part, shown, own, sent, tell)
        public.append(shown.assign(place=shown["place"].mask(shown["level"] == COMMUNE, key)))
    if ONLY in built.parts:
        return
    names = {span: called[key_of(span)] for span in built.parts}
    shown = disclose_all(built.computed.results, pd.concat(public))
    whole = Part(built.campaign, built.computed)
    write_processed(folder, whole, shown, {**manifest, COMMUNES: names}, locks, tell)


def succession(part: Part, names: Mapping[str, str]) -> dict[str, object]:
    """Say of whom a commune goes on from, since when, and in which one it goes on.

    Where others came into it, its own quarters are those that it speaks for; the others are what
    they would have been.
    """
    (commune,) = part.campaign.communes
    told: dict[str, object] = {}
    if commune.heir_of and commune.valid_from is not None:
        came = {one.key: one.name for one in commune.heir_of}
        own, since = part.campaign.own_quarters, commune.valid_from.isoformat()
        told |= {HEIR_OF: came, SINCE: since, OWN_QUARTERS: own}
    heir, day = commune.succeeded_by, commune.day_after
    if heir in names and day is not None:
        told |= {HEIR: {heir: names[heir]}, HEIR_SINCE: day.isoformat()}
    return told


def write_processed(
    folder: Path,
    part: Part,
    public: pd.DataFrame,
    manifest: Mapping[str, Any],
    locks: Sequence[Lock],
    tell: Listener = nobody,
) -> None:
    """Write every processed file; the manifest comes last and says that the rest is complete.

    Of several communes the whole is written after each of them.
    """
    campaign, computed = part.campaign, part.computed
    tell(Step(WRITING, 0, 1, "results.csv"))
    (folder / MANIFEST).unlink(missing_ok=True)
    lists = {"problems": computed.problems[COLUMNS], "files": campaign.files}
    lists |= {"results": part.own.results, "steps": part.own.steps}
    _write_csvs(folder, "processed", lists, FILES, manifest)
    own_public = public[public["quarter"].isin(part.campaign.own_quarters)]
    _write_csvs(folder / PUBLIC, "public", {"results": own_public}, PUBLIC_FILES, manifest)
    # Village by village, so that a report finds its own households without reading all.
    homes = computed.panel.units["households"].sort_values(["village", "quarter"], kind="stable")
    own = {"results": computed.results, "steps": computed.steps, "panel": homes}
    for name, table in own.items():
        write_parquet(folder / f"{name}.parquet", table)
    keys = manifest.get(COMMUNES, {})
    tables = {**_tables(campaign, computed), "public_results": public}
    statuses, today = campaign.tables["poverty_status"], pd.Timestamp(manifest["today"])
    manifest = {**manifest, NEWEST: newest(campaign.tables, today)}
    tables["quarters"] = poverty.with_reviews(tables["quarters"], statuses, today)
    if not keys:
        tables[poverty.TABLE] = poverty.counts_of(homes, computed.results)
    parts = {key: Processed(folder_of(folder, key)) for key in keys}
    tables |= revision_tables(InMemory(manifest, {**tables, **own}, parts), locks)
    for name, table in each(tell, WRITING, tables.items(), itemgetter(0)):
        write_parquet(folder / "tables" / f"{name}.parquet", table)
    write_text(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")


def _write_csvs(
    folder: Path,
    about: str,
    lists: Mapping[str, pd.DataFrame],
    files: Mapping[str, File],
    manifest: Mapping[str, Any],
) -> None:
    """Write CSV files, and the data package that tells of them."""
    for name, lines in lists.items():
        write_csv(folder / f"{name}.csv", as_printed(lines))
    made_up = manifest["illustrative"] == manifest["plans"]
    write_package(folder, about, lists, files, made_up=made_up)


def _tables(campaign: Campaign, computed: Computed) -> dict[str, pd.DataFrame]:
    """Give every table of the folder `tables` that needs no other build."""
    units = ("activities", "models", "areas")
    pairs = [(quarter, name) for quarter, names in campaign.surveyed.items() for name in names]
    return {
        **campaign.tables,
        **{f"{name}_by_quarter": computed.panel.units[name] for name in units},
        "tasks_by_quarter": computed.panel.tasks,
        "support_by_quarter": by_quarter(campaign.tables["support"], computed.panel),
        "quarters": computed.panel.days,
        "surveyed": pd.DataFrame(sorted(pairs), columns=["quarter", "column"], dtype="str"),
        "problems": computed.problems,
        "files": campaign.files,
        **plan_tables(campaign.plans),
    }


def manifest_of(data: Path, campaign: Campaign, today: date) -> dict[str, object]:
    """Say what a build was made from; `built_at` alone differs between two builds of the same."""
    plans = [plan for own in campaign.own_plans.values() for plan in own.values()]
    return {
        BUILT_AT: datetime.now(UTC).isoformat(timespec="seconds"),
        "plans": sorted({plan.year for plan in plans}),
        "illustrative": sorted({plan.year for plan in plans if plan.illustrative}),
        **made_from(data, campaign.hashes, today),
    }


def made_from(data: Path, files: Mapping[str, str], today: date) -> dict[str, object]:
    """Say what a build is made from: as long as nothing of it changes there is nothing to build.

    `files` are the hashes of the raw files.
    """
    return {
        "today": today.isoformat(),
        SCHEMA_KEY: SCHEMA,
        "code_version": __version__,
        "code_sha256": code_hash(),
        "packages": dict(package_versions()),
        "files": dict(sorted(files.items())),
        LOCKED: Locks(data).hashes(),
    }


@cache
def package_versions() -> Mapping[str, str]:
    """Name the versions of the packages that can change a figure or a page."""
    return {name: metadata.version(name) for name in PACKAGES}


@cache  # of the code that runs: what is changed beneath a process is not what computes in it
def code_hash() -> str:
    """Give one hash of everything in the package that can change a figure or a page."""
    folder = Path(__file__).parents[1]
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in _CODE:
            total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def plan_tables(plans: Mapping[int, Plan]) -> dict[str, pd.DataFrame]:
    """Lay the plans out as tables: `plans`, `targets` and `tasks`, a line per thing planned."""
    columns = {
        "plans": [
            *("year", "commune", "district", "province"),
            *("calendar", "baseline", "poverty_standard"),
            *PARAMETERS,
            *(f"q{number}_path" for number in range(1, 5)),
            *("illustrative", "number", "issued_on", "basis", "recipients"),
        ],
        "targets": ["year", "indicator", "at_least", "section", "at_most"],
        "tasks": ["year", "id", "quarter", "owner", "section", "vi", "en"],
    }
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in columns}
    for plan in plans.values():
        path = {f"q{number}_path": str(share) for number, share in enumerate(plan.path, 1)}
        listed = {name: "\n".join(getattr(plan, name)) for name in ("basis", "recipients")}
        rows["plans"].append({**vars(plan), **plan.parameters, **path, **listed})
        for indicator, target in plan.targets.items():
            rows["targets"].append({"year": plan.year, "indicator": indicator, **vars(target)})
        rows["tasks"] += [{"year": plan.year, **vars(task)} for task in plan.tasks]
    frames = {name: pd.DataFrame(rows[name], columns=columns[name]) for name in columns}
    days = dict.fromkeys(("baseline", "issued_on"), "datetime64[s]")
    frames["plans"] = frames["plans"].astype(days)
    frames["targets"]["at_most"] = frames["targets"]["at_most"].astype("Int64")
    return frames
