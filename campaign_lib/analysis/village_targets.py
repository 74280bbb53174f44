"""Who carries how much of each target: the allocation table.

Two counts stand side by side (data contract, section 1). The computed one shares the commune's
target count out by the quarter's own denominators. The allocated one is what verdicts use: what the
commune has fixed, capped by the denominator, or the computed one where it has fixed nothing that
can stand. A commune that fixes its counts early in the year is judged by them until its end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from campaign_lib.analysis.commune import in_percent
from campaign_lib.base.percent import ALL_OF_THEM, least_count, share_up
from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, find
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan import Target
from campaign_lib.plan.targets import allocate, commune_count, fixed_allocation, largest_remainders
from campaign_lib.store.processed import Processed

#: The table's name in the codebook, and the stem of its file.
ALLOCATION = "allocation"
#: Indicators that villages can carry a part of, in the order of the plan.
SHAREABLE = tuple(indicator.id for indicator in ALL if isinstance(indicator, Share))


@dataclass(frozen=True)
class SharedTarget:
    """One indicator's target over the villages in one quarter.

    `target` is in hundredths of a percent; `villages` has the columns village, name, denominator,
    computed, count (the allocated one); `denominator` and `count` are the commune's. `fixed` is
    what the commune has fixed, by village and not capped; None where it has not, or where that was
    set aside, and then `why_not` says why.
    """

    quarter: str
    indicator: str
    target: int
    villages: pd.DataFrame
    denominator: int
    count: int
    fixed: pd.Series | None
    why_not: str

    @property
    def year(self) -> int:
        """The year whose plan has the target."""
        return Quarter.parse(self.quarter).year

    @property
    def can_be_fixed(self) -> bool:
        """Whether there is anything to fix: with 100 % each village's count is its own base."""
        return self.target != ALL_OF_THEM and self.count > 0

    @property
    def outside_villages(self) -> int:
        """How many of the commune's count no village carries: units that belong to no village."""
        return self.count - int(self.villages["computed"].sum())

    @property
    def is_fixed_as_computed(self) -> bool:
        """Whether to fix the computed counts would change none that the commune has fixed."""
        computed = self.villages.set_index("village")["computed"]
        return self.fixed is not None and self.fixed.to_dict() == computed.to_dict()


def shared_targets(
    processed: Processed, quarter: str, indicator: str | None = None
) -> tuple[SharedTarget, ...]:
    """Share the plan's targets out over the villages, by the denominators of a quarter.

    Args:
        processed: what was built.
        quarter: one that it has.
        indicator: one only; or all that have a target.

    Raises:
        CampaignError: the indicator is not known, is not shared out, or has no target that year.
    """
    plan = processed.table("targets")
    targets = plan[plan["year"] == Quarter.parse(quarter).year].set_index("indicator")["at_least"]
    wanted = [name for name in SHAREABLE if name in targets.index]
    if indicator is not None:
        indicator = find(indicator).id
        if indicator not in wanted:
            asked = {"indicator": indicator, "quarter": quarter}
            if not wanted:
                raise CampaignError("allocation.none_shared", **asked)
            raise CampaignError("allocation.not_shared", **asked, known=", ".join(wanted))
        wanted = [indicator]
    lines = processed.results[processed.results["quarter"] == quarter]
    return tuple(
        _shared(processed, quarter, name, int(targets[name]), lines[lines["indicator"] == name])
        for name in wanted
    )


def _shared(
    processed: Processed, quarter: str, indicator: str, target: int, lines: pd.DataFrame
) -> SharedTarget:
    bases = lines.set_index("place")["denominator"].astype("int64")
    fixed, why_not = fixed_allocation(
        processed.table(ALLOCATION), int(quarter[:4]), indicator, Target(target, ""), bases
    )
    commune, bases = int(bases[COMMUNE]), bases.drop(COMMUNE)
    computed = allocate(target, bases, commune=commune)
    counts = {
        "name": pd.Series(processed.villages),
        "denominator": bases,
        "computed": computed,
        "count": allocate(target, bases, fixed, commune),
    }
    villages = pd.DataFrame(counts, index=computed.index).rename_axis("village").reset_index()
    count = int(least_count(target, commune))
    return SharedTarget(quarter, indicator, target, villages, commune, count, fixed, why_not)


def working(one: SharedTarget) -> pd.DataFrame:
    """Show how a target's count was shared out by largest remainders.

    Returns:
        A row per village: village, name, denominator, quota (its exact part), whole, remainder
        (what the whole part leaves of the quota), extra (0 or 1), computed.
    """
    bases = one.villages["denominator"]
    count = commune_count(one.target, bases, one.denominator)
    shares = largest_remainders(count, bases.to_numpy(np.int64))
    total = max(int(bases.sum()), 1)
    return one.villages[["village", "name", "denominator"]].assign(
        quota=count * bases / total,
        whole=shares.whole,
        remainder=shares.remainder / total,
        extra=shares.extra,
        computed=shares.whole + shares.extra,
    )


def in_whole_households(one: SharedTarget) -> pd.DataFrame:
    """Set each village's allocated count beside the commune's percentage of its own base.

    Returns:
        village, name, denominator, exact (that percentage of the base, seldom a whole number),
        count, percent (the count in percent), fewer (what one less would be); villages with a base
        only, the smallest first.
    """
    some = one.villages[one.villages["denominator"] > 0]
    some = some.sort_values("denominator", kind="stable", ignore_index=True)
    bases = some["denominator"]
    return some[["village", "name", "denominator", "count"]].assign(
        exact=one.target * bases / ALL_OF_THEM,
        percent=in_percent(some["count"], bases),
        fewer=in_percent((some["count"] - 1).clip(lower=0), bases),
    )


def path_counts(one: SharedTarget, path: Iterable[Fraction]) -> pd.DataFrame:
    """Say what is due by the end of each quarter.

    Args:
        one: a target.
        path: the share due by the end of each quarter, as the plan has them.

    Returns:
        A column per quarter (1 to 4); a row per village code, and the commune's. Each count is
        rounded up, so that the villages' do not add up to the commune's.
    """
    counts = one.villages.set_index("village")["count"]
    counts[COMMUNE] = one.count
    due = {at: share_up(share, counts.to_numpy(np.int64)) for at, share in enumerate(path, 1)}
    return pd.DataFrame(due, index=counts.index)
