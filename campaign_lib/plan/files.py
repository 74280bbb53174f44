"""Which files of a folder are plans, and whose each is: one commune's, or that of all of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from campaign_lib.errors import CampaignError
from campaign_lib.plan import Plan
from campaign_lib.plan.communes import ONLY, Commune

ByYear = Mapping[int, Plan]


#: The kinds of files that a plan may be.
SUFFIXES = (".toml", ".xlsx")


def plan_paths(folder: Path) -> list[Path]:
    """List the plan files of a folder, in the order of their names; no folder has none.

    Raises:
        CampaignError: one plan is there in both kinds.
    """
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    found: dict[str, Path] = {}
    for path in files:
        if path.suffix.casefold() in SUFFIXES and not path.name.startswith((".", "~$")):
            other = found.setdefault(path.stem.casefold(), path)
            if other != path:
                both = {"first": other.name, "second": path.name}
                raise CampaignError("folder.both", **both, folder=folder.name)
    return [*found.values()]


def file_of(names: Iterable[str], year: object) -> str:
    """Name the plan file of a year among raw files; where several or none is its own, the usual."""
    stem = f"plans/{year}"
    own = [name for name in names if name.rpartition(".")[0] == stem]
    return own[0] if own else f"{stem}{SUFFIXES[0]}"


def agreeing(read: Iterable[Plan]) -> tuple[Plan, ...]:
    """Give plans that agree on how their years begin.

    Raises:
        CampaignError: two of one year begin their quarters, or the year, on different days.
    """
    plans = tuple(read)
    first = _first_of_each_year(plans)
    for plan in plans:
        other = first[plan.year]
        for key in ("calendar", "baseline"):
            if getattr(plan, key) != getattr(other, key):
                raise CampaignError(
                    "plan.agree",
                    file=plan.file,
                    key=key,
                    value=getattr(plan, key),
                    other=other.file,
                    said=getattr(other, key),
                )
    return plans


def plans_of_one(plans: Iterable[Plan]) -> dict[int, Plan]:
    """Give the plans of a folder of one commune, by year.

    Raises:
        CampaignError: two files are for one year.
    """
    found: dict[int, Plan] = {}
    for plan in plans:
        _keep(found, plan)
    return found


@dataclass(frozen=True)
class SharedPlans:
    """Whose plan is whose.

    Attributes:
        whole: what is asked of all communes together, by year; without targets in a year in which
            only single communes have plans.
        own: of each commune by its key, by year: its own plan, or else the one for all.
    """

    whole: ByYear
    own: Mapping[str, ByYear]


def share_plans(plans: Sequence[Plan], communes: Sequence[Commune]) -> SharedPlans:
    """Give each commune its plans: the file that names it, or the one for all.

    A commune for which a year has no plan gets one without targets that begins the year as the
    others do. To one that has the folder to itself all plans belong, whomever they name.

    Raises:
        CampaignError: a plan names no commune of the folder, or more than one; two are for the
            same commune and year.
    """
    if ONLY in (commune.key for commune in communes):
        plans_of_it = plans_of_one(plans)
        return SharedPlans(plans_of_it, {ONLY: plans_of_it})
    whole: dict[int, Plan] = {}
    own: dict[str, dict[int, Plan]] = {commune.key: {} for commune in communes}
    for plan in plans:
        named = _named(plan, communes)
        _keep(whole if named is None else own[named.key], plan)
    for year, first in _first_of_each_year(plans).items():
        whole.setdefault(year, _without_targets(first))
        for commune in communes:
            mine = own[commune.key].setdefault(year, whole[year])
            own[commune.key][year] = replace(mine, commune=commune.name)
    return SharedPlans(whole, own)


def _first_of_each_year(plans: Iterable[Plan]) -> dict[int, Plan]:
    first: dict[int, Plan] = {}
    for plan in plans:
        first.setdefault(plan.year, plan)
    return first


def _keep(found: dict[int, Plan], plan: Plan) -> None:
    other = found.setdefault(plan.year, plan)
    if other is not plan:
        both = {"file": plan.file, "other": other.file, "year": plan.year}
        if plan.commune:
            raise CampaignError("plan.same_commune", **both, commune=plan.commune)
        raise CampaignError("plan.same_for_all", **both)


def _named(plan: Plan, communes: Sequence[Commune]) -> Commune | None:
    """Give the commune that a plan is for; None is all of them."""
    if not plan.commune:
        return None
    found = [commune for commune in communes if commune.is_called(plan.commune)]
    if len(found) == 1:
        return found[0]
    keys = ", ".join(commune.key for commune in found or communes)
    if found:
        raise CampaignError("plan.same_name", file=plan.file, commune=plan.commune, keys=keys)
    raise CampaignError("plan.no_commune", file=plan.file, commune=plan.commune, keys=keys)


def _without_targets(plan: Plan) -> Plan:
    """Give a plan that begins the year as another does, and asks for nothing."""
    return Plan(
        year=plan.year,
        baseline=plan.baseline,
        calendar=plan.calendar,
        poverty_standard=plan.poverty_standard,
        illustrative=plan.illustrative,
    )
