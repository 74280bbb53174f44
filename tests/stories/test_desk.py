"""The analyst's desk: short calls that show themselves, Tab, mistakes, and how JupyterLab looks."""

import inspect
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from campaign_lib.errors import CampaignError
from campaign_lib.indicators import IDS
from campaign_lib.pipeline.opening import open_built, open_campaign
from campaign_lib.store.processed import Processed
from campaign_lib.stories import lab
from campaign_lib.stories.desk import Desk, Names, ShortCall
from campaign_lib.words import LANGUAGES, Words

TODAY = date(2025, 2, 1)
#: What a campaign is asked for, after the dot.
SECTIONS = {
    *("audit", "chart", "cohort", "commune_report", "count", "panel", "results", "steps", "table"),
    *("targets", "village", "indicators", "quarters", "villages"),
}
QUARTERS = ("2021Q4", "2022Q4", "2023Q4", "2024Q1", "2024Q2", "2024Q3", "2024Q4")


@pytest.fixture(scope="session")
def processed(built_sample: Processed) -> Processed:
    return built_sample


@pytest.fixture(scope="module")
def desk(processed: Processed) -> Desk:
    return Desk(processed, Words("vi"))


# --- short calls ---------------------------------------------------------------------------------

ASKED: dict[str, Callable[[Desk], Any]] = {
    "the desk itself": lambda desk: desk,
    "targets": lambda desk: desk.targets(),
    "targets of a village": lambda desk: desk.targets["2024Q3", "Thôn 4"],
    "a village": lambda desk: desk.village["T4"],
    "the commune": lambda desk: desk.commune_report(),
    "an audit": lambda desk: desk.audit["changed_mindset"],
    "an audit of models": lambda desk: desk.audit("front_models", "2024Q3"),
    "progress": lambda desk: desk.chart.progress(),
    "a trend": lambda desk: desk.chart.trend["2024Q3", "T4"],
    "steps": lambda desk: desk.chart.steps["improved_life"],
    "steps of models": lambda desk: desk.chart.steps["front_models"],
    "steps of a drop": lambda desk: desk.chart.steps["poverty_reduction"],
    "places": lambda desk: desk.chart.places["2024Q3"],
    "a rule": lambda desk: desk.audit["poverty_reduction"].rule(),
    "a year in which little was asked": lambda desk: desk.chart.steps["improved_life", "2021Q4"],
    "villages": lambda desk: desk.villages,
    "quarters": lambda desk: desk.quarters,
    "indicators": lambda desk: desk.indicators,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", ASKED)
def test_each_answer_shows_itself(processed: Processed, asked: str, language: str) -> None:
    html = ASKED[asked](Desk(processed, Words(language)))._repr_html_()
    assert re.search(r"<(table|svg|h1|p)\b", html)
    assert len(html) > 60


def test_without_more_it_is_the_commune_in_the_newest_quarter(desk: Desk) -> None:
    assert str(desk.targets()) == str(desk.targets(QUARTERS[-1], "commune"))
    assert "toàn xã Đăk Tơ Lung, quý IV năm 2024" in str(desk.targets())
    assert desk.village("T4").part.quarter == QUARTERS[-1]
    assert desk.audit("informed").line["place"] == "commune"


def test_square_and_round_brackets_ask_the_same(desk: Desk) -> None:
    assert str(desk.targets["2024Q3", "T4"]) == str(desk.targets("2024Q3", "Thôn 4"))
    assert str(desk.targets["2024Q3"]) == str(desk.targets(quarter="2024Q3"))


def test_targets_are_those_of_the_results(desk: Desk) -> None:
    line = desk.results.set_index(["quarter", "place", "indicator"]).loc[
        ("2024Q4", "commune", "changed_mindset")
    ]
    assert f"{line['numerator']}/{line['denominator']}" in str(desk.targets())


def test_made_up_data_say_so(desk: Desk) -> None:
    for shown in (desk, desk.targets(), desk.village["T4"], desk.audit["informed"]):
        assert "Dữ liệu hư cấu" in shown._repr_html_()


def test_a_story_has_its_sections_behind_it(desk: Desk) -> None:
    assert "Những hộ gần đạt nhất" in str(desk.village["T4", "2024Q3"].nearest())
    assert "Từng bước" in str(desk.audit["changed_mindset"].report.steps())


def test_poverty_is_no_bar_that_ought_to_be_long(desk: Desk) -> None:
    assert "Giảm tỷ lệ nghèo" not in str(desk.chart.progress())
    assert "Thay đổi nếp nghĩ" in str(desk.chart.progress())


def test_the_recount_of_an_audit_is_done_when_its_page_is_asked_for(desk: Desk) -> None:
    found = desk.audit["changed_mindset"].report.audit
    assert "recounted" in vars(found)
    assert found.agrees


def test_the_calls_that_the_desk_lists_can_be_made(desk: Desk) -> None:
    calls = re.findall(r"<th[^>]*>(campaign\.[^<]*)</th>", unescape(desk._repr_html_()))
    assert len(calls) > 8
    for call in calls:
        assert eval(call, {"campaign": desk}) is not None


def test_help_tells_of_the_question(desk: Desk) -> None:
    assert list(inspect.signature(desk.village).parameters) == ["village", "quarter"]
    assert "report of a village" in (desk.village.__doc__ or "")


# --- Tab -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shell(desk: Desk) -> Iterator[InteractiveShell]:
    shell = InteractiveShell.instance()
    shell.user_ns["campaign"] = desk
    yield shell
    InteractiveShell.clear_instance()


@pytest.mark.parametrize("jedi", [True, False])
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("campaign.", SECTIONS),
        ("campaign.chart.", {"progress", "trend", "steps", "places"}),
        ("campaign.villages.", {f"T{number}" for number in range(1, 9)}),
        ("campaign.indicators.ch", {"changed_mindset"}),
        ("campaign.indicators.", set(IDS)),
        ('campaign.quarters["', set(QUARTERS)),
        ('campaign.indicators["', set(IDS)),
        ('campaign.targets["', set(QUARTERS)),
        ('campaign.targets["2024Q4", "', {"commune", "T1", "T8"}),
        ('campaign.table["', {"funding", "panel", "results"}),
        ('campaign.cohort["', set(QUARTERS)),
        ('campaign.count["', set(IDS)),
        ('campaign.village["', {"T4", "Thôn 4"}),
        ('campaign.village["Th', {f"Thôn {number}" for number in range(1, 9)}),
        ('campaign.village["T4", "2024', {"2024Q1", "2024Q2", "2024Q3", "2024Q4"}),
        ('campaign.audit["', set(IDS)),
        ('campaign.audit["informed", "', set(QUARTERS)),
        ('campaign.audit["informed", "2024Q4", "', {"commune", "T1"}),
        ('campaign.chart.steps["in', {"informed", "in_cooperative"}),
    ],
)
def test_tab_completes(shell: InteractiveShell, typed: str, offered: set[str], jedi: bool) -> None:
    shell.Completer.use_jedi = jedi
    with provisionalcompleter():
        found = list(shell.Completer.completions(typed, len(typed)))
    assert offered <= {one.text.removeprefix(".") for one in found}


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("campaign", SECTIONS),
        ("audit", {"line", "report", "rows", "rule", "sql", "steps", "trace"}),
        ("village", {"first_screen", "indicators", "nearest", "trend"}),
        ("report", {"title", "definition", "households", "recount"}),
    ],
)
def test_tab_offers_what_a_person_wants_and_nothing_else(
    shell: InteractiveShell, desk: Desk, name: str, offered: set[str]
) -> None:
    things: dict[str, Any] = {
        "campaign": desk,
        "village": desk.village["T4"],
        "audit": desk.audit["informed"],
    }
    shell.user_ns.update(things, report=things["audit"].report)
    shell.Completer.use_jedi = True  # as JupyterLab has it
    with provisionalcompleter():
        found = {one.text for one in shell.Completer.completions(f"{name}.", len(name) + 1)}
    assert offered <= found
    internals = {"processed", "text", "words", "edition", "section", "titled", "part", "is_public"}
    assert not found & internals
    if name in ("campaign", "audit"):
        assert found == offered


@pytest.mark.parametrize("jedi", [True, False])
def test_tab_offers_nothing_that_is_refused(shell: InteractiveShell, jedi: bool) -> None:
    shell.Completer.use_jedi = jedi
    for name in ("villages", "quarters", "indicators"):
        typed = f'campaign.{name}["'
        with provisionalcompleter():
            found = [one.text for one in shell.Completer.completions(typed, len(typed))]
        for one in found:
            assert getattr(shell.user_ns["campaign"], name)[one]


def test_codes_that_are_no_names_of_python_are_completed_in_brackets() -> None:
    labels = {"KDC-1": "Khu 1", "T2": "Thôn 2"}
    names = Names(labels, labels.__getitem__, ("Villages", "Code", "Name"))
    assert names.T2 == "Thôn 2" or names.T2 == "T2"
    assert {"KDC-1", "T2"} == set(names._ipython_key_completions_())
    assert "KDC-1" not in dir(names)
    assert list(names) == list(labels)


def test_frames_are_one_s_own(desk: Desk) -> None:
    for take in (
        lambda: desk.results,
        lambda: desk.steps,
        lambda: desk.panel,
        lambda: desk.table["funding"],
        lambda: desk.cohort["2024Q4"],
        lambda: desk.count["informed"],
        lambda: desk.audit["informed"].rows(),
        lambda: desk.audit["informed"].trace(),
        lambda: desk.audit["informed"].steps(),
        lambda: desk.audit["informed"].rule().data,
        lambda: desk.targets().data,
        lambda: desk.chart.progress().data,
    ):
        frame, before = take(), take()
        for column in frame:
            frame.loc[frame.index[0], column] = frame[column].iloc[-1]
        del frame[frame.columns[0]]
        pd.testing.assert_frame_equal(take(), before)


def test_the_cohort_is_the_base_of_informed(desk: Desk) -> None:
    lines = desk.count["informed"].set_index(["quarter", "place"])["denominator"]
    for quarter in QUARTERS:
        homes = desk.cohort[quarter]
        assert len(homes) == lines[quarter, "commune"]
        own = homes["village"].value_counts()
        assert {place: own[place] for place in own.index} == {
            place: lines[quarter, place] for place in own.index
        }


def test_what_is_shown_has_its_frame(desk: Desk) -> None:
    steps = desk.chart.steps["improved_life"].data
    assert list(steps) == ["step", "asked", "yes", "no", "unknown"]
    lines = desk.results.set_index(["quarter", "place", "indicator"])
    assert steps["yes"].iloc[-1] == lines.loc[("2024Q4", "commune", "improved_life"), "numerator"]
    assert {"households", "step"} <= set(desk.village["T4", "2024Q3"].nearest().data)
    first = desk.commune_report["2024Q4"].bottom_line()
    assert all(isinstance(one, pd.DataFrame) for one in dict(first.data).values())


def test_very_many_names_are_still_offered_at_once() -> None:
    many = [f"T{number}" for number in range(800)]
    call = ShortCall(lambda *asked: asked, [*IDS], many, many)
    keys = call._ipython_key_completions_()
    assert len(keys) < 100_000
    assert {"informed", ("informed", "T799")} <= set(keys)


# --- mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda desk: desk.audit("changed_mindest"), "did you mean changed_mindset? Known are"),
        (lambda desk: desk.audit["changed_mindest"], "did you mean changed_mindset? Known are"),
        (lambda desk: desk.count("inform"), "did you mean informed? Known are"),
        (lambda desk: desk.cohort("2042Q3"), "did you mean 2024Q3? Known are"),
        (lambda desk: desk.table("fundng"), "There is no table 'fundng'; did you mean funding?"),
        (lambda desk: desk.audit["informed", "2024Q4", "Thon 4"], "did you mean T4 (Thôn 4)?"),
        (lambda desk: desk.audit["front_models", "2024Q4", "T4"], "is counted for the commune as"),
        (lambda desk: desk.chart.steps("inform"), "did you mean informed? Known are"),
        (lambda desk: desk.indicators.changed_mindest, "did you mean changed_mindset? Known are"),
        (lambda desk: desk.indicators["mindset"], "did you mean changed_mindset? Known are"),
        (lambda desk: desk.village("Thon 4"), "did you mean T4 (Thôn 4)? Known are"),
        (lambda desk: desk.villages["T04"], "did you mean T4 (Thôn 4)? Known are"),
        (lambda desk: desk.targets("2042Q3"), "did you mean 2024Q3? Known are"),
        (lambda desk: desk.targets("T4"), "'T4' is not a quarter: write the year, Q and 1 to 4"),
        (lambda desk: desk.village("commune"), "This report is about one village; known are T1"),
        (
            lambda _: open_campaign(language="fr"),
            "'fr' is not a language of this project; write vi or en",
        ),
    ],
)
def test_a_mistake_is_answered_with_what_is_known(
    desk: Desk, ask: Callable[[Desk], object], said: str
) -> None:
    with pytest.raises(CampaignError) as caught:
        ask(desk)
    assert said in str(caught.value)


def test_an_unknown_attribute_is_what_python_expects_too(desk: Desk) -> None:
    assert not hasattr(desk.villages, "shape")
    assert not hasattr(desk.villages, "_repr_png_")
    assert desk.villages.t4 == "T4"


def test_a_notebook_says_a_mistake_in_two_lines_without_a_page_of_code(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = shell.run_cell('campaign.audit("changed_mindest")')
    assert isinstance(ended.error_in_exec, CampaignError)
    said = capsys.readouterr().out.strip().splitlines()
    known = ", ".join(IDS)
    assert said == [
        "'changed_mindest' không phải mã chỉ tiêu; có phải là changed_mindset không? "
        f"Hiện có {known}.",
        f"'changed_mindest' is not an indicator; did you mean changed_mindset? Known are {known}.",
    ]


def test_a_fault_of_ours_keeps_its_traceback(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_cell("1 / 0")
    assert "Traceback" in capsys.readouterr().out


# --- JupyterLab ----------------------------------------------------------------------------------


def test_a_sheet_has_its_style_and_no_dead_links(desk: Desk) -> None:
    plain = desk.targets()._repr_html_()
    assert 'href="figure:' in plain
    html = lab.sheet(desk.targets()) or ""
    assert "href=" not in html
    style = html[html.index("<style>") : html.index("</style>")]
    assert not re.search(r"(?m)^\s*(:root|body)\s*\{", style)
    assert "--ink" in style
    assert style.count("{") == style.count("}")


class Formatter(dict[type, Any]):
    def for_type(self, kind: type, show: Any) -> None:
        self[kind] = show


@pytest.mark.parametrize("batch", [True, False])
def test_a_batch_alone_is_not_furnished(
    desk: Desk, sample_data: Path, monkeypatch: pytest.MonkeyPatch, batch: bool
) -> None:
    formatter = Formatter()
    shell = SimpleNamespace(display_formatter=SimpleNamespace(formatters={"text/html": formatter}))
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    monkeypatch.delenv("CAMPAIGN_PROCESSED", raising=False)
    if batch:
        monkeypatch.setenv("CAMPAIGN_PROCESSED", str(sample_data / "processed"))
    monkeypatch.setenv("CAMPAIGN_DATA", str(sample_data))
    open_built()
    assert (Desk in formatter) is not batch
    if not batch:
        assert "<style>" in formatter[Desk](desk)


def test_the_campaign_is_opened_where_it_is_and_built_once(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(root / "data" / "raw", tmp_path / "raw")
    monkeypatch.setenv("CAMPAIGN_DATA", str(tmp_path))
    monkeypatch.delenv("CAMPAIGN_PROCESSED", raising=False)
    assert len(open_campaign(language="en").results)
    manifest = tmp_path / "processed" / "manifest.json"
    made = manifest.stat().st_mtime_ns
    assert open_campaign().villages.T1 == "T1"
    assert manifest.stat().st_mtime_ns == made
    monkeypatch.delenv("CAMPAIGN_DATA")
    assert open_campaign(str(tmp_path)).quarters["2024Q4"] == "2024Q4"
    assert manifest.stat().st_mtime_ns == made
    assert capfd.readouterr() == ("", "")
