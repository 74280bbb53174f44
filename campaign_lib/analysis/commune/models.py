"""Models of the Fatherland Front and of the residential areas: new, kept up, ended."""

import pandas as pd

NEW, KEPT_UP, ENDED = "new", "kept_up", "ended"
FRONT, AREA = "commune_front", "residential_area"


def with_states(models: pd.DataFrame) -> pd.DataFrame:
    """Give the models that are told of in a quarter, each with its `state`.

    One that was begun this year is new even if it has ended since; `going_on` says whether a model
    still goes on after the quarter's last day.

    Args:
        models: the panel's models of one quarter.
    """
    ended = models["ended_on"].between(models["year_first_day"], models["last_day"])
    state = pd.Series(pd.NA, index=models.index, dtype="str")
    state[ended] = ENDED
    state[models["kept_up"]] = KEPT_UP
    state[models["built_this_year"]] = NEW
    told = models.assign(state=state, going_on=~ended)
    return told[told["state"].notna()].reset_index(drop=True)


def models_by_village(models: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Sum up what the residential areas have, village by village.

    Args:
        models: from `with_states`.
        areas: the panel's residential areas of the same quarter.

    Returns:
        A row per village: village, areas, with_new (areas with a new model), without (numbers of
        those that have none), new, kept_up, ended (models), households (taking part in models
        that go on, as far as known) and households_unknown (such models that do not say).
    """
    own = models[models["owner"] == AREA].astype({"village": "str"})
    lists = areas.astype({"village": "str"}).sort_values(["village", "area"])
    grouped = lists.groupby("village")
    table = pd.DataFrame(
        {
            "areas": grouped.size(),
            "with_new": grouped["new_models"].agg(lambda new: int((new > 0).sum())),
        }
    )
    bare = lists[lists["new_models"] == 0].groupby("village")["area"].agg(tuple)
    table["without"] = [bare.get(village, ()) for village in table.index]
    states = pd.crosstab(own["village"], own["state"])
    states = states.reindex(index=table.index, columns=[NEW, KEPT_UP, ENDED], fill_value=0)
    going = own[own["going_on"]].groupby("village")["households"]
    households = going.agg(households="sum", households_unknown=lambda known: known.isna().sum())
    households = households.reindex(table.index, fill_value=0).fillna(0).astype(int)
    return pd.concat([table, states, households], axis=1).rename_axis("village").reset_index()


def without_an_area(models: pd.DataFrame) -> int:
    """Count the areas' models that say no usable area, and so count for none."""
    return int(((models["owner"] == AREA) & models["area"].isna()).sum())
