"""The workbenches: an audit by hand comes to the printed figure, whatever the campaign."""

import ast
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import examples
import nbformat
import pandas as pd
import pytest
from generated_campaigns import campaigns, unhurried
from hypothesis import HealthCheck, given, settings
from raw_dirt import write_dirty
from raw_files import write_plan, write_table

from campaign_lib import INDICATORS, Share, more_than, said
from campaign_lib.indicators import Indicator
from campaign_lib.indicators.ten import INFORMED, POVERTY_REDUCTION
from campaign_lib.pipeline.build import build
from campaign_lib.store.processed import Processed

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
TODAY = date(2025, 4, 1)


def borrowed_much(home: pd.DataFrame) -> "pd.Series[bool]":
    return said(home["borrowed"], "yes") & more_than(home["loan_amount"], 20)


OWN = (
    Share("borrowed_much", INFORMED.among, (borrowed_much,), source="own"),
    replace(POVERTY_REDUCTION, id="my_fall"),
)


def code_of(notebook: str) -> Iterator[tuple[str, str]]:
    """Give the code cells of a notebook, but its parameters: their ids and sources."""
    cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    for cell in cells:
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", []):
            yield cell["id"], cell.source


def follow(known: dict[str, Any], notebook: str = "audit_by_hand") -> Iterator[str]:
    """Run a notebook cell by cell in the names that are known, and give each cell's id after it.

    Its last expression's value is known as `_`, as in a notebook.
    """
    for name, source in code_of(notebook):
        tree = ast.parse(source)
        shown = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), known)
        if isinstance(shown, ast.Expr):
            known["_"] = eval(compile(ast.Expression(shown.value), name, "eval"), known)
        yield name


def audited(
    indicator: str | Indicator, place: str, quarter: str, **known: Any
) -> Mapping[str, Any]:
    known |= {"indicator": indicator, "place": place, "quarter": quarter}
    for _ in follow(known):
        pass
    return known


@pytest.fixture
def sample(built_sample: Processed, monkeypatch: pytest.MonkeyPatch) -> Processed:
    monkeypatch.setenv("CAMPAIGN_DATA", str(built_sample.folder.parent))
    return built_sample


@pytest.mark.parametrize("indicator", [*INDICATORS, *OWN], ids=lambda one: one.id)
def test_each_indicator_is_followed_to_its_printed_line(
    sample: Processed, indicator: Indicator
) -> None:
    asked = indicator.id if indicator in INDICATORS else indicator
    known = audited(asked, "commune", "2024Q4")
    assert [*known["mine"]] == [known[one] for one in ("numerator", "denominator", "unknown")]
    assert known["judged"] == known["printed"]["status"]
    for cells in known["cells"].values():
        assert len(cells) > 0, "the raw cells of three units are there"
    # A model built this year counts whether or not it was kept up: one answer settles it.
    settled = indicator.id == "front_models"
    lost = known["_"]["before"]["yes"].iloc[-1] - known["_"]["after"]["yes"].iloc[-1]
    assert lost == (0 if settled else 1)


def test_what_was_not_asked_is_found_unmeasured(sample: Processed) -> None:
    known = audited("covered_by_plan", "T1", "2021Q4")
    assert known["not_asked"] == {"takes_part"}
    assert known["judged"] == "unmeasured"


def test_what_no_plan_says_is_found_unmeasured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "raw"
    write_table(raw, "villages", [{"village": "A", "name": "A", "residential_areas": 1}])
    write_table(raw, "households", [{"household": "a1", "village": "A", "ethnicity": "Ba Na"}])
    poor = {"household": "a1", "status": "poor", "valid_from": "2023-12-31"}
    write_table(raw, "poverty_status", [poor])
    home = {"household": "a1", "surveyed_on": "2024-08-20", "income": "9000", "house": "solid"}
    write_table(raw, "survey/2024Q3", [home])
    monkeypatch.setenv("CAMPAIGN_DATA", str(tmp_path))
    known = audited("improved_life", "commune", "2024Q3")
    assert known["lacking"] == {"district_mean_income"}
    assert known["judged"] == "unmeasured"


@pytest.mark.parametrize(
    ("column", "cell"), [("numerator", "count"), ("percent", "fall"), ("status", "verdict")]
)
def test_a_figure_that_was_tampered_with_stops_the_notebook(
    sample: Processed, column: str, cell: str
) -> None:
    known: dict[str, Any] = {"indicator": "informed", "place": "T4", "quarter": "2024Q4"}
    done = []
    with pytest.raises(AssertionError):
        for name in follow(known):
            done.append(name)
            if name == "open":
                other = "behind" if known["printed"]["status"] == "met" else "met"
                known["printed"][column] = other if column == "status" else 1
    assert cell not in done and [*code_of("audit_by_hand")][len(done)][0] == cell


@settings(
    unhurried,
    max_examples=examples.of(8),
    suppress_health_check=[*unhurried.suppress_health_check, HealthCheck.function_scoped_fixture],
)
@given(campaigns())
def test_any_figure_of_any_campaign_is_followed(
    monkeypatch: pytest.MonkeyPatch, campaign: dict[str, Any]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        for plan in campaign["plans"]:
            write_plan(data / "raw", plan)
        write_dirty(data / "raw", campaign["tables"], campaign["lacks"], 0, frozenset())
        build(data, TODAY)
        monkeypatch.setenv("CAMPAIGN_DATA", folder)
        built = Processed(data / "processed")
        lines = built.results.sample(min(8, len(built.results)), random_state=0)
        for line in lines.itertuples():
            audited(line.indicator, line.place, line.quarter)


def test_questions_of_one_s_own_are_answered(sample: Processed) -> None:
    known: dict[str, Any] = {}
    for _ in follow(known, "analyse"):
        pass
    cohort = known["homes"].groupby("quarter", observed=True).size()
    printed = sample.results.query("indicator == 'informed' and level == 'commune'")
    assert [*cohort] == [*printed.set_index("quarter").loc[[*cohort.index], "denominator"]]
    assert len(known["fell_back"]) > 0
    assert [*known["merged"].query("_merge != 'both'")["village"]] == ["T8", "T9"]
    assert known["model"].nobs == len(known["known"]) > 100
