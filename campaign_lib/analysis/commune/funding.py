"""Money for the campaign: planned against disbursed, and what is not known."""

from collections.abc import Sequence

import pandas as pd

#: The three national target programmes, then what else there is, as in the codebook.
NATIONAL = ("new_rural", "poverty_reduction", "minority_areas")
CREDIT = "policy_credit"
OTHERS = (CREDIT, "community", "other")
MONEY = ["planned", "disbursed"]
_SUMS = [*MONEY, "lines", "planned_unknown", "disbursed_unknown", "of_both", "disbursed_of_both"]


def sums_by(funding: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Add money up by some columns.

    Args:
        funding: lines of the funding table.
        keys: such as ``["programme"]``; none for one row of totals.

    Returns:
        The keys (as text, sorted), planned and disbursed (sums of the amounts that are known, in
        million đồng; missing where a group has none known), lines, planned_unknown and
        disbursed_unknown (lines that do not say), of_both and disbursed_of_both (planned and
        disbursed of the lines that say both: the only ones a share may be made of).
    """
    both = funding[MONEY].notna().all(axis=1)
    rows = funding.assign(
        **{key: funding[key].astype("str") for key in keys},
        lines=1,
        planned_unknown=funding["planned"].isna().astype(int),
        disbursed_unknown=funding["disbursed"].isna().astype(int),
        of_both=funding["planned"].where(both),
        disbursed_of_both=funding["disbursed"].where(both),
    )
    grouped = rows.groupby(list(keys) or (lambda _: 0))[_SUMS]
    table = grouped.sum(min_count=1)
    return table.reset_index(drop=not keys)


def over_plan(funding: pd.DataFrame) -> pd.DataFrame:
    """Give the lines that disbursed more than was planned, with `over`, the largest first."""
    lines = funding[funding["disbursed"] > funding["planned"]]
    lines = lines.assign(over=lines["disbursed"] - lines["planned"])
    return lines.sort_values(
        ["over", "village"], ascending=[False, True], kind="stable", ignore_index=True
    )
