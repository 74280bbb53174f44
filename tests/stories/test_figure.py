"""One figure in code: its rule is Python, its rows make the printed line, SQL only reads."""

import pandas as pd
import pytest

from campaign_lib import INDICATORS, CampaignError, Share, said
from campaign_lib.analysis.audit import audit
from campaign_lib.indicators import Indicator
from campaign_lib.indicators.indicator import Drop
from campaign_lib.indicators.ten import INFORMED
from campaign_lib.store.processed import Processed
from campaign_lib.stories.desk import Desk
from campaign_lib.words import LANGUAGES, Words

QUARTER = "2024Q4"


def borrowed_money(home: pd.DataFrame) -> "pd.Series[bool]":
    """Borrowed money this year."""
    return said(home["borrowed"], "yes")


def income(home: pd.DataFrame) -> "pd.Series[bool]":
    return said(home["house"], "solid")


IN_DEBT = Share("in_debt", INFORMED.among, (borrowed_money, income), "own")


@pytest.fixture(scope="module")
def desk(built_sample: Processed) -> Desk:
    return Desk(built_sample, Words("en"))


def ids(indicator: Indicator) -> str:
    return indicator.id


@pytest.mark.parametrize("place", ["commune", "T4"])
@pytest.mark.parametrize("indicator", [*INDICATORS, IN_DEBT], ids=ids)
def test_the_trace_makes_the_printed_line(desk: Desk, indicator: Indicator, place: str) -> None:
    if place != "commune" and not indicator.by_village:
        pytest.skip("it has no figure for villages")
    figure = desk.audit[indicator, QUARTER, place]
    rows, trace = figure.rows(), figure.trace()
    assert len(rows) == len(trace)
    for part in indicator.parts()[:2]:
        names = [step.__name__ for step in part.questions]
        assert (trace[names].dtypes == "boolean").all()
        if isinstance(indicator, Drop):
            lived = trace[trace[f"outcome_{part.name}"] != "elsewhere"]
            column = {"later": "numerator", "baseline": "baseline_numerator"}[part.name]
            assert (lived[names].fillna(False)).all(axis=1).sum() == figure.line[column]
        elif part.name == "among":
            inside = trace[names].fillna(False).all(axis=1)
        else:
            assert (
                trace.loc[inside, names].fillna(False).all(axis=1).sum()
                == (figure.line["numerator"])
            )
            if not pd.isna(figure.line["denominator"]):
                assert inside.sum() == figure.line["denominator"]
            assert trace.columns[-1] == "outcome"
            assert (trace["outcome"] == "counted").sum() == figure.line["numerator"]


@pytest.mark.parametrize("indicator", INDICATORS, ids=ids)
def test_the_counts_are_those_of_the_steps_file(desk: Desk, indicator: Indicator) -> None:
    steps = desk.steps
    printed = steps[
        (steps["indicator"] == indicator.id)
        & (steps["quarter"] == QUARTER)
        & (steps["place"] == "commune")
    ]
    own = desk.audit[indicator.id, QUARTER].steps()
    pd.testing.assert_frame_equal(own, printed[list(own)].reset_index(drop=True))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("indicator", [*INDICATORS, IN_DEBT], ids=ids)
def test_a_rule_is_its_words_its_columns_and_its_source(
    built_sample: Processed, indicator: Indicator, language: str
) -> None:
    rule = Desk(built_sample, Words(language)).audit[indicator, QUARTER].rule()
    steps = rule.data
    questions = [one for part in indicator.parts() for one in part.questions]
    assert list(steps["step"]) == [one.__name__ for one in questions]
    for line in steps.itertuples():
        assert line.source.startswith(f"def {line.step}(")
        assert line.columns
        assert set(line.columns) <= set(built_sample.units(indicator.units))
        for text in (line.words, line.source, ", ".join(line.columns)):
            assert text in str(rule)
    assert rule._repr_html_().count("<pre>") == len(steps)


def test_steps_of_one_s_own_are_told_by_docstring_or_name(desk: Desk) -> None:
    words = desk.audit[IN_DEBT, QUARTER].rule().data.set_index("step")["words"]
    assert words["borrowed_money"] == "Borrowed money this year"
    assert words["income"] == "income"
    assert words["still_living_here"] == "Lives in the commune on the quarter's last day"


def test_a_rule_without_source_says_so(desk: Desk) -> None:
    scope: dict[str, object] = {}
    exec("def made_up(home):\n    return home['lives_here_now']", scope)
    own = Share("own", INFORMED.among, (scope["made_up"],), "own")  # type: ignore[arg-type]
    assert "There is no source of this step" in str(desk.audit[own, QUARTER].rule())


def test_a_step_called_like_a_column_keeps_the_answer_in_the_rows(desk: Desk) -> None:
    figure = desk.audit[IN_DEBT, QUARTER, "T4"]
    assert list(figure.trace().columns).count("income") == 1
    assert figure.trace()["income"].dtype == "boolean"
    assert figure.rows()["income"].dtype == "float64"


def test_one_s_own_shows_its_count_and_has_no_report(desk: Desk) -> None:
    figure = desk.audit[IN_DEBT, QUARTER, "T4"]
    line = figure.line
    assert f"{line['numerator']} of {line['denominator']}" in str(figure)
    assert "in_debt – Thôn 4" in figure._repr_html_()
    assert "report" not in dir(figure)
    with pytest.raises(CampaignError, match="in_debt is an indicator of your own"):
        _ = figure.report


def test_one_s_own_is_drawn_in_every_chart_under_its_id(desk: Desk) -> None:
    for chart in (
        desk.chart.progress(QUARTER, "T4", IN_DEBT),
        desk.chart.trend(QUARTER, "T4", IN_DEBT, "informed"),
        desk.chart.steps(IN_DEBT, QUARTER, "T4"),
        desk.chart.places(QUARTER, IN_DEBT, "informed"),
    ):
        assert "in_debt" in str(chart) and "<svg" in chart._repr_html_()
        assert len(chart.data)
    lines = desk.count(IN_DEBT)
    lines = lines[(lines["quarter"] == QUARTER) & (lines["level"] == "village")]
    drawn = desk.chart.places(QUARTER, IN_DEBT).data
    assert list(drawn["percent"]) == list(lines["percent"])


# --- SQL -----------------------------------------------------------------------------------------


def test_a_query_reads_trace_panel_checked_and_raw_tables(desk: Desk) -> None:
    figure = desk.audit["changed_mindset", QUARTER, "T4"]
    counted = figure.sql("SELECT count(*) AS n FROM trace WHERE outcome = 'counted'")
    assert counted["n"].item() == figure.line["numerator"]
    both = figure.sql(
        "SELECT t.household, s.dropped_customs, r.dropped_customs AS cell, r.row, p.members "
        "FROM trace t JOIN survey s USING (household, quarter) "
        "JOIN raw.survey r ON r.file = s.source_file AND r.row = s.source_row "
        "JOIN panel p ON p.household = t.household AND p.quarter = t.quarter"
    )
    assert set(both["household"]) == set(figure.rows().dropna(subset="source_row")["household"])
    assert (both["cell"] == both["dropped_customs"].fillna("")).sum() > len(both) / 2


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("SELECT * FROM pannel", "There is no table 'pannel'; did you mean panel"),
        ("SELECT * FROM raw.housholds", "did you mean households or raw.households"),
        ("SELEC 1", "The SQL query cannot be run: Parser Error"),
        ("SELECT nothing FROM panel", "The SQL query cannot be run: Binder Error"),
        ("SELECT 1; SELECT 2", "write one SELECT"),
        ("CREATE TABLE x AS FROM panel", "write one SELECT"),
        ("COPY panel TO 'x.csv'", "write one SELECT"),
        ("SELECT * FROM 'manifest.json'", "file system operations are disabled"),
        ("SELECT * FROM read_text('pyproject.toml')", "file system operations are disabled"),
        ("SELECT * FROM desk", "There is no table 'desk'"),
    ],
)
def test_a_query_does_nothing_but_read(desk: Desk, query: str, sentence: str) -> None:
    with pytest.raises(CampaignError) as refused:
        desk.audit["informed", QUARTER, "T4"].sql(query)
    assert sentence in str(refused.value)


def test_a_figure_that_its_rows_do_not_make_is_refused(built_sample: Processed) -> None:
    found = audit(built_sample, INFORMED, QUARTER, "T4")
    found.line["numerator"] += 1
    with pytest.raises(CampaignError, match="its rows add up to"):
        found.trace()
