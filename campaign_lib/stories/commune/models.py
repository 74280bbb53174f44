"""The commune's report: models, registered, built, kept up and spread."""

from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import (
    AREA,
    ENDED,
    FRONT,
    earlier_ones,
    models_by_village,
    registrations,
    spread,
    without_an_area,
)
from campaign_lib.indicators.ten import FRONT_MODELS
from campaign_lib.show.display import (
    NOTHING,
    Passage,
    Shown,
    Table,
    columns_of,
    folded_away,
    heading,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import (
    answer_label,
    households_text,
    number_of,
    rows_of,
    text_or_nothing,
)
from campaign_lib.stories.commune.quarter import CommuneStory
from campaign_lib.words import MISSING

#: Villages with models that are shown at once.
FIRST = 30


def models(report: CommuneStory) -> Passage:
    """Models of the Front against what the plan asks, and of the residential areas.

    For the office also what was registered and spread, and what became of those that work.
    """
    return report.section(
        "models",
        heading(report.text("models.front"), 3),
        _front(report),
        heading(report.text("models.areas"), 3),
        _areas(report),
        *(() if report.is_public else (_registered(report), _spread(report), _effective(report))),
    )


def _front(report: CommuneStory) -> Passage:
    data, text = report.data, report.text
    line = data.lines[data.lines["indicator"] == FRONT_MODELS.id]
    count = line["numerator"].iloc[0] if len(line) else None
    targets = data.of_year("targets")
    says = [text("models.front_count", count=count)]
    for wanted in rows_of(targets[targets["indicator"] == FRONT_MODELS.id]):
        says.append(text("models.at_least", least=wanted.at_least))
        if not pd.isna(wanted.at_most):
            says.append(text("models.at_most", most=wanted.at_most))
            if count is not None and count > wanted.at_most:
                says.append(text("models.above"))
    of_front = data.models[data.models["owner"] == FRONT]
    return together(
        paragraph(" ".join(says)), _model_list(of_front, text("models.front_caption"), report)
    )


def _areas(report: CommuneStory) -> Passage:
    """Show the areas' models village by village, those with the most bare areas first."""
    data, text = report.data, report.text
    table = models_by_village(data.models, data.of_quarter("areas_by_quarter"))
    total = table.drop(columns=["village", "without"]).sum()
    says = [
        text("models.area_count", new=int(total["with_new"]), all=int(total["areas"])),
        text("models.kept_up", kept=int(total["kept_up"]), ended=int(total["ended"])),
    ]
    if stray := without_an_area(data.models):
        says.append(text("models.stray", count=stray))
    if unknown := int(total["households_unknown"]):
        says.append(text("models.unknown", count=unknown))
    table["bare"], more = table["areas"] - table["with_new"], len(table) - FIRST
    table = table.sort_values(["bare", "village"], ascending=[False, True], kind="stable")
    shown = pd.concat([table.head(FIRST), total.to_frame().T.assign(village="")])
    return together(
        paragraph(" ".join(says)),
        _area_models_table(shown, report),
        paragraph(text("models.more", count=more), "note") if more > 0 else NOTHING,
        _area_list(report),
    )


def _area_models_table(table: pd.DataFrame, report: CommuneStory) -> Table:
    """Show the areas' models by village, all villages last; in public without the households."""
    words, text = report.words, report.words.under("commune_tables.area_models")
    names, numbers = (
        {**report.data.names, "": text("total")},
        ("areas", "with_new", "new", "kept_up", "ended", "households"),
    )

    def without(line: Any) -> str:
        return ", ".join(map(words.number, line.without)) or MISSING if line.village else ""

    return Table.of(
        table,
        columns_of(
            text,
            numbers,
            ("households",),
            village=lambda line: names[line.village],
            **{name: number_of(name, words) for name in numbers},
            without=without,
        ),
        text("caption"),
        note=text("note"),
        edition=report.edition,
    )


def _area_list(report: CommuneStory) -> Passage:
    """Name the areas' models of the villages that are few enough to be named."""
    models = report.data.models[report.data.models["owner"] == AREA]
    if report.is_public or models.empty or len(report.data.names) > FIRST:
        return NOTHING
    title = report.text("models.list", count=len(models))
    models = models.sort_values(["village", "area", "started_on"])
    return folded_away(title, _model_list(models, title, report, where=True))


def _model_list(
    models: pd.DataFrame, caption: str, report: CommuneStory, *, where: bool = False
) -> Table:
    """List models with their state; in public without name and field, as they were typed.

    Args:
        models: rows with `state`.
        caption: the table's.
        report: whose words and edition they are.
        where: whether to say whose a residential area's model is.
    """
    words = report.words
    text, own = words.under("tables.models"), words.under("commune_tables.models")
    columns = columns_of(
        lambda name: (own if name in ("where", "ended") else text)(name),
        ("households",),
        ("name", "field"),
        where=lambda model: _where(model, report),
        name=lambda model: text_or_nothing(model.name),
        field=lambda model: text_or_nothing(model.field),
        state=lambda model: own(f"state.{model.state}"),
        started=lambda model: words.date(model.started_on),
        ended=lambda model: words.date(model.ended_on),
        households=lambda model: households_text(model.households, words, report.edition),
    )
    shown = columns if where else columns[1:]
    return Table.of(models, shown, caption, empty=own("none_of_front"), edition=report.edition)


def _where(model: Any, report: CommuneStory) -> str:
    """Say whose a model is: the Front's, or which residential area's."""
    own = report.words.under("commune_tables.models")
    if model.owner == FRONT:
        return answer_label("models", "owner", FRONT, report.words)
    village = MISSING if pd.isna(model.village) else report.data.names[model.village]
    if pd.isna(model.area):
        return own("no_area", village=village)
    return own("area", village=village, area=int(model.area))


def _registered(report: CommuneStory) -> Passage:
    """Tell of the models that were registered this year, and name those that have not begun."""
    told, text = registrations(report.data.every_model), report.text
    if told.empty:
        return NOTHING
    words, own = report.words, report.words.under("commune_tables.models")
    waiting, this_year = told[told["waiting"]], told[told["this_year"]]
    counts = {"count": len(this_year), "started": int(this_year["begun"].sum())}
    columns = columns_of(
        own,
        where=lambda model: _where(model, report),
        name=lambda model: text_or_nothing(model.name),
        field=lambda model: text_or_nothing(model.field),
        registered=lambda model: words.date(model.registered_on),
    )
    return together(
        heading(text("models.registered"), 3),
        paragraph(text("models.registered_count", **counts)),
        _folded(Table.of(waiting, columns, own("waiting"), note=own("counts_for_nothing")))
        if len(waiting)
        else paragraph(text("models.all_begun")),
    )


def _spread(report: CommuneStory) -> Passage:
    """Say which of this year's models were copied, and from which."""
    copies, words = spread(report.data.every_model), report.words
    if copies.empty:
        return NOTHING
    own, every = words.under("commune_tables.models"), report.data.every_model
    sources = {str(one.model).casefold(): one for one in rows_of(every)}

    def source(model: Any) -> str:
        one = sources.get(str(model.copied_from).casefold())
        if one is None:  # the list has none of this id, which the problems say
            return str(model.copied_from)
        return own("source_of", model=text_or_nothing(one.name), where=_where(one, report))

    return together(
        heading(report.text("models.spread"), 3),
        _folded(
            Table.of(
                copies,
                columns_of(
                    own,
                    where=lambda model: _where(model, report),
                    name=lambda model: text_or_nothing(model.name),
                    started=lambda model: (
                        own("not_begun") if model.waiting else words.date(model.started_on)
                    ),
                    source=source,
                ),
                own("spread"),
            )
        ),
    )


def _effective(report: CommuneStory) -> Passage:
    """Say how many of the earlier models that work are kept up, and name those that have ended."""
    earlier = earlier_ones(report.data.models)
    judged = earlier[earlier["effective"].notna()]
    if judged.empty:
        return NOTHING
    words, own, text = report.words, report.words.under("commune_tables.models"), report.text
    good = judged[judged["effective"] == "yes"].sort_values(["village", "area", "model"])
    gone = good["state"] == ENDED
    says = [text("models.effective_count", count=len(good), kept=int((~gone).sum()))]
    if unjudged := len(earlier) - len(judged):
        says.append(text("models.unjudged", count=unjudged))
    columns = columns_of(
        own,
        where=lambda model: _where(model, report),
        name=lambda model: text_or_nothing(model.name),
        ended=lambda model: words.date(model.ended_on),
        because=lambda model: text_or_nothing(model.ended_because),
    )
    title = own("effective_kept", count=int((~gone).sum()))
    return together(
        heading(text("models.effective"), 3),
        paragraph(" ".join(says)),
        _folded(Table.of(good[gone], columns, own("effective_ended"))) if gone.any() else NOTHING,
        NOTHING if gone.all() else folded_away(title, Table.of(good[~gone], columns[:2], title)),
    )


def _folded(table: Table) -> Shown:
    """Fold a list away that is too long to be read through."""
    return folded_away(table.caption, table) if len(table.rows) > FIRST else table
