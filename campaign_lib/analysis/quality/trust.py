"""Whether a quarter's data can be used: the one rule behind the page's first sentence.

The bounds are this project's own rule of thumb; no decree sets them. They are whole percentages,
and the arithmetic is exact.
"""

from dataclasses import dataclass

#: With fewer of the cohort surveyed, those who are missing outweigh most of the plan's gaps.
ENOUGH_SURVEYED, HARDLY_SURVEYED = 95, 80
#: The same for answers: above the first bound ask again, above the second don't report yet.
FEW_UNKNOWN, MANY_UNKNOWN = 5, 20

USABLE, IN_PART, NOT_YET = VERDICTS = ("usable", "in_part", "not_yet")


@dataclass(frozen=True)
class Facts:
    """What the rule goes by: counts of one quarter, of the whole commune.

    `cohort` households of which `surveyed` have a form; `asked` answers of which `unknown` are not
    known; `judged` targets of which `unmeasured` have nothing to go by, and `hanging`, though
    measured, would be judged better if every unknown answer were a yes.
    """

    cohort: int
    surveyed: int
    asked: int
    unknown: int
    judged: int
    hanging: int
    unmeasured: int


def verdict(facts: Facts) -> str:
    """Say whether the data are usable, usable in part, or not yet.

    Nobody in the cohort, or no answer at all, is never usable.
    """
    if not (facts.cohort and facts.asked):
        return NOT_YET
    surveyed, unknown = 100 * facts.surveyed, 100 * facts.unknown
    if surveyed < HARDLY_SURVEYED * facts.cohort or unknown > MANY_UNKNOWN * facts.asked:
        return NOT_YET
    few = surveyed >= ENOUGH_SURVEYED * facts.cohort and unknown <= FEW_UNKNOWN * facts.asked
    return USABLE if few and not (facts.hanging or facts.unmeasured) else IN_PART
