"""Answers about how a household thinks and works: a story per theme, better every quarter.

Every household has a place among its like (the cohort, and the others), made of its own effort,
of the theme and of the question; the first so many per cent say yes. So the answers to the
questions of one indicator go together, and few households fall back.
"""

import numpy as np

from campaign_lib.base.quarters import Quarter
from campaign_sample.draws import Flags, standing
from campaign_sample.households import Register
from campaign_sample.scope import Scope

#: Question: theme, then the share of the cohort with the favourable answer by the end of Q1 to Q4.
FAVOURABLE = {
    "informed": ("campaign", 0.52, 0.78, 0.95, 1.00),
    "takes_part": ("campaign", 0.62, 0.76, 0.88, 0.965),
    "dropped_customs": ("mind", 0.45, 0.62, 0.76, 0.885),
    "relies_on_state": ("mind", 0.40, 0.56, 0.71, 0.85),
    "self_reliance": ("mind", 0.43, 0.60, 0.75, 0.87),
    "applies_technique": ("science", 0.26, 0.41, 0.54, 0.665),
    "suitable_breeds": ("science", 0.24, 0.38, 0.51, 0.635),
    "saves_reinvests": ("science", 0.28, 0.43, 0.56, 0.675),
}
#: Here the favourable answer is no.
FAVOURABLE_NO = frozenset({"relies_on_state"})
#: Once a household has been told or takes part, it stays so for the year: no noise in time.
LASTING = "campaign"
#: Who is not of the cohort is this much more likely to give the favourable answer.
OTHERS_AHEAD = 0.06


def attitudes(
    scope: Scope, register: Register, cohort: Flags, quarter: Quarter, behind: float = 0.0
) -> dict[str, Flags]:
    """Give each question's answer (True is yes) of every household in `quarter`.

    `behind` is how far the shares were below those of the campaign's own quarters.
    """
    answers = {}
    for question, (theme, *shares) in FAVOURABLE.items():
        noise = 0.0 if theme == LASTING else 0.05
        score = (
            0.40 * register.effort
            + 0.40 * scope.draws(f"theme {theme}")
            + 0.20 * scope.draws(question)
            + noise * scope.draws(f"{question} {quarter}")
        )
        share = shares[quarter.number - 1] - behind
        needed = 1 - np.where(cohort, share, min(1.0, share + OTHERS_AHEAD))
        favourable = standing(score, cohort) > needed
        answers[question] = ~favourable if question in FAVOURABLE_NO else favourable
    return answers
