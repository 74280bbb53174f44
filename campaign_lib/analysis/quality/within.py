"""Answers of one form that cannot all be true.

What is merely unlikely is not here: a household may take part before it has been told of the
campaign this year, and have a telephone without anybody using the internet. The deprivations are
those of Decree 07/2021/ND-CP, as far as the form's other questions show them.
"""

import pandas as pd

from campaign_lib.base.answers import at_least, either, more_than, said

#: The kinds of house with two or three of the main parts (columns, roof, walls) built to last. The
#: decree calls a household deprived when fewer than two are.
LASTING, NOT_LASTING = ("solid", "semi_solid"), ("frail", "simple")


def loan_without_borrowing(home: pd.DataFrame) -> "pd.Series[bool]":
    """Has not borrowed, and yet an amount or a lender is written down.

    An amount that is not written down is no sign of a loan, so nothing is unknown about it.
    """
    amount = more_than(home["loan_amount"], 0).fillna(False)
    return said(home["borrowed"], "no") & either(amount, home["loan_source"].notna())


def borrowed_nothing(home: pd.DataFrame) -> "pd.Series[bool]":
    """Has borrowed, and the amount is 0."""
    return said(home["borrowed"], "yes") & ~more_than(home["loan_amount"], 0)


def poor_housing_in_lasting_house(home: pd.DataFrame) -> "pd.Series[bool]":
    """Deprived of housing quality, in a solid or semi-solid house."""
    return said(home["dep_house_quality"], "yes") & said(home["house"], *LASTING)


def good_housing_in_frail_house(home: pd.DataFrame) -> "pd.Series[bool]":
    """Not deprived of housing quality, in a frail or simple house."""
    return said(home["dep_house_quality"], "no") & said(home["house"], *NOT_LASTING)


def no_information_but_tv_or_phone(home: pd.DataFrame) -> "pd.Series[bool]":
    """Without any means of information, and yet with a television or a telephone.

    The reverse is no contradiction: a radio or a computer is not asked about by itself.
    """
    has_one = either(said(home["has_tv"], "yes"), said(home["has_phone"], "yes"))
    return said(home["dep_information"], "yes") & has_one


def child_where_one_lives_alone(home: pd.DataFrame) -> "pd.Series[bool]":
    """Deprived through a child under 16, in a household of one person by the register."""
    of_a_child = either(said(home["dep_nutrition"], "yes"), said(home["dep_child_school"], "yes"))
    return of_a_child & ~at_least(home["members"], 2)


WITHIN = (
    loan_without_borrowing,
    borrowed_nothing,
    poor_housing_in_lasting_house,
    good_housing_in_frail_house,
    no_information_but_tv_or_phone,
    child_where_one_lives_alone,
)
