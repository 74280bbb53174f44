"""The audit as it is read: complete in both languages, and true to results.csv."""

import re
import shutil
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from made_samples import copied

from campaign_lib.analysis import audit as analysis_of_audit
from campaign_lib.analysis.audit import units as units_of_audit
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, IDS, find
from campaign_lib.indicators.indicator import Share
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.engine import run_notebook
from campaign_lib.pipeline.opening import open_report
from campaign_lib.show.display import Passage
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit import AuditStory, audit_story, reasons, verdict
from campaign_lib.stories.audit.place import audit_place
from campaign_lib.words import Words

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "audit_indicator.ipynb"
SECTIONS = ("title", "definition", "base", "steps", "arithmetic", "verdict", "recount")
ALL_SECTIONS = (*SECTIONS, "households", "step_words")


@pytest.fixture(scope="session")
def sample(built_sample: Processed) -> Processed:
    return built_sample


def places(indicator: str) -> tuple[str, ...]:
    return ("commune", "T3") if find(indicator).by_village else ("commune",)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("indicator", IDS)
def test_every_section_can_be_read(sample: Processed, indicator: str, language: str) -> None:
    for place in places(indicator):
        story = audit_story(sample, indicator, "2024Q4", place, language)
        for name in ALL_SECTIONS:
            passage = getattr(story, name)()
            assert isinstance(passage, Passage)
            assert len(passage.text.strip()) > 20
            said = passage.text.replace("cooperative: None", "")  # what the codebook calls it
            assert not re.search(r"\bnan\b|NaT|<NA>|None|\{\w+\}", said)
            assert re.match(r'<(h2|p class="made-up")', passage.html)


@pytest.mark.parametrize("indicator", [one.id for one in ALL if isinstance(one, Share)])
@pytest.mark.parametrize("quarter", ["2024Q1", "2024Q4"])
def test_the_figures_are_those_of_the_file(sample: Processed, indicator: str, quarter: str) -> None:
    words = Words("vi")
    for place in places(indicator):
        story = audit_story(sample, indicator, quarter, place)
        printed = story.audit.printed
        counts = [words.number(int(printed[name])) for name in ("numerator", "denominator")]
        percent = words.percent(float(printed["percent"]))
        assert f"{counts[0]} trên {counts[1]} " in story.title().text
        for section in (story.title(), story.arithmetic()):
            assert percent in section.text
        assert f"{counts[0]} ÷ {counts[1]} × 100" in story.arithmetic().text
        for name in ("target_count", "path_count", "shortfall"):
            assert words.number(int(printed[name])) in story.verdict().text
        for text in printed.values():
            assert text in story.recount().text or text in (quarter, place, indicator, "household")


def test_units_counted_in_the_table_are_the_numerator(sample: Processed) -> None:
    story = audit_story(sample, "applies_science", "2024Q4", "commune")
    html = story.households().html
    assert len(re.findall(r"<td[^>]*>Đạt</td>", html)) == story.audit.line["numerator"]
    base, others = html.split("<details>")
    assert base.count('scope="row"') == story.audit.line["denominator"]
    assert others.count('scope="row"') == len(story.audit.units()) - base.count('scope="row"')


def test_answers_stand_beside_the_judgement(sample: Processed) -> None:
    text = audit_story(sample, "improved_life", "2024Q4", "T3").households().text
    of_home = {line.split(" · ")[0]: line for line in text.splitlines() if line.startswith("T3-")}
    panel = sample.panel[sample.panel["quarter"] == "2024Q4"].set_index("household")
    houses = {"solid": "Kiên cố", "semi_solid": "Bán kiên cố", "simple": "Đơn sơ"}
    for home in ("T3-001", "T3-009", "T3-037", "T3-047"):
        income, line = panel.loc[home, "income"], of_home[home]
        judged = "Có" if income > 1850 else "Không"
        assert f"{judged} (income: {Words('vi').number(income)})" in line
        assert f"(house: {houses[panel.loc[home, 'house']]})" in line
        assert ("Có xe máy" in line) == (panel.loc[home, "has_motorbike"] == "yes")
    assert "income (Thu nhập bình quân), tệp survey/2024Q4.csv" in text
    assert "district_mean_income, tệp plans/2024.toml" in text
    assert re.search(r"Không \(Kinh\)", text)
    assert re.search(r"Không \(Không nghèo, từ 31/12/20\d\d\)", text)
    mindset = audit_story(sample, "changed_mindset", "2024Q4", "commune", "en").households().text
    assert "Yes (relies_on_state: No)" in mindset
    assert "ethnicity (Ethnicity), file households.csv" in mindset


def test_who_was_away_is_shown_with_its_dates(sample: Processed) -> None:
    stays = sample.table("households")
    gone = stays[stays["left_on"] < pd.Timestamp(2024, 12, 14)].groupby("household").tail(1)
    last = stays.groupby("household").tail(1)
    gone = gone[gone.index.isin(last.index)]
    text = audit_story(sample, "informed", "2024Q4", "commune").households().text
    seen = 0
    for stay in gone.itertuples():
        if stay.household in text:
            seen += 1
            assert f"Không (đi ngày {stay.left_on:%d/%m/%Y})" in text
    assert seen > 0


def test_the_nearest_household_comes_first(sample: Processed) -> None:
    rows = audit_story(sample, "changed_mindset", "2024Q4", "commune").households().html
    said_no = [
        len(re.findall(r"<td[^>]*>Không( \(|</td>)", row))
        for row in rows.split("<tr>")
        if "Chưa đạt" in row
    ]
    assert said_no == sorted(said_no)
    assert said_no[0] == 1


@pytest.mark.parametrize("place", ["commune", "T1"])
def test_poverty_is_worked_out_by_all_three_formulas(sample: Processed, place: str) -> None:
    story = audit_story(sample, "poverty_reduction", "2024Q4", place)
    text = story.arithmetic().text
    assert "● Giảm theo điểm phần trăm" in text
    # Two more formulas; and of the commune, four more readings of the sentence.
    assert text.count("○") == (6 if place == "commune" else 2)
    assert Words("vi").number(float(story.audit.printed["percent"]), 2) in text


def test_whose_base_is_unknown_is_told_beside_what_is_known(sample: Processed) -> None:
    """The last question of the base has left somebody open: no page says that all is known."""
    known = sample.results.query("unit == 'household' and unknown == 0 and target_count > 0")
    one = known[known["indicator"] != "poverty_reduction"].iloc[-1]
    story, words = audit_story(sample, one["indicator"], one["quarter"], one["place"]), Words("vi")
    steps = story.audit.steps
    last = steps.index[steps["part"] == "among"][-1]
    for unknown, said in ((0, "không có gì chưa rõ"), (2, "của những hộ, đơn vị tính vào mẫu số")):
        steps.loc[last, "unknown"] = unknown
        passages = [*reasons.answer(story.audit, words), *verdict(story.audit, words)]
        shown = "".join(map(str, passages))
        assert said in shown
        assert ("Chưa rõ 2 hộ có thuộc mẫu số không" in shown) == bool(unknown)
    steps.loc[last, "unknown"] = 0


def test_why_the_target_count_is_what_it_is(sample: Processed) -> None:
    commune = audit_story(sample, "changed_mindset", "2024Q1", "commune").verdict().text
    assert "98/127 = 77,17" in commune
    assert "97/127 = 76,38" in commune
    village = audit_story(sample, "changed_mindset", "2024Q1", "T3").verdict().text
    assert "98 ×" in village
    assert "÷ 127 =" in village
    front = audit_story(sample, "front_models", "2024Q1", "commune", "en").verdict().text
    assert "more than 2 is no failure" in front


def test_a_recount_that_differs_is_shouted(sample: Processed, tmp_path: Path) -> None:
    shutil.copytree(sample.folder, tmp_path / "processed")
    path = tmp_path / "processed" / "results.parquet"
    pd.read_parquet(path).assign(percent=12.34).to_parquet(path)
    story = audit_story(Processed(tmp_path / "processed"), "informed", "2024Q2", "T2")
    assert "KHÔNG KHỚP ở percent" in story.title().text
    assert 'class="warning"' in story.recount().html


def test_thresholds_are_the_plan_s(sample: Processed) -> None:
    text = audit_story(sample, "improved_life", "2024Q4", "commune").definition().text
    assert "1.850 nghìn đồng" in text


def test_text_of_raw_files_is_escaped(sample: Processed, tmp_path: Path) -> None:
    shutil.copytree(sample.folder, tmp_path / "processed")
    path = tmp_path / "processed" / "panel.parquet"
    panel = pd.read_parquet(path)
    panel["head_name"] = "<script>alert(1)</script>"
    panel.to_parquet(path)
    story = audit_story(Processed(tmp_path / "processed"), "informed", "2024Q4", "T1")
    html = story.households().html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_the_terminal_gets_it_all(sample: Processed) -> None:
    story = audit_story(sample, "in_cooperative", "2024Q4", "T2", "en")
    short, long = story.as_text(households=False), story.as_text(households=True)
    assert long.startswith(short.rstrip())
    assert "Asked" in short
    assert "SELECT" not in long
    for household in story.audit.units()["household"]:
        assert household in long
    assert "For internal use" not in short
    assert "\n\n\n" not in long


# --- the parameters ---


def given(**changed: Any) -> dict[str, Any]:
    names = {"indicator": "informed", "place": "T1", "quarter": "2024Q4", "language": "vi"}
    return {**names, **changed}


def test_the_parameters_are_checked(sample_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_DATA", str(sample_data))
    assert isinstance(open_report(audit_story, given(place="Thôn 1")), AuditStory)
    for slip, said in (
        ({"In": ["# Parameters\nvillage = 'T1'"]}, "'village' is not a parameter here"),
        ({"indicator": "happiness"}, "'happiness' is not an indicator"),
        ({"language": "fr"}, "'fr' is not a language"),
        ({"place": "T99"}, "'T99' is not a village"),
        ({"indicator": "front_models"}, "leave the village out"),
    ):
        with pytest.raises(CampaignError, match=said):
            open_report(audit_story, given(**slip))


# --- the notebook ---


@pytest.mark.parametrize(
    "parameters",
    [{}, {"indicator": "front_models", "language": "en"}],
    ids=["as it is", "front models"],
)
def test_the_notebook_runs(sample_data: Path, parameters: dict[str, str]) -> None:
    environment = {"CAMPAIGN_DATA": str(sample_data)}
    notebook = run_notebook(NOTEBOOK, parameters, time_limit=300, environment=environment)
    told = [
        output["data"]["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    assert len(told) == len(ALL_SECTIONS)
    assert sum(html.count("<h1") for html in told) == 1


def test_the_notebook_shows_every_section() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert set(re.findall(r"audit\.(\w+)\(\)", code)) == set(ALL_SECTIONS)


def test_the_page_speaks_one_language() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    prose = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    assert all("notebook-only" in cell.metadata.get("tags", []) for cell in prose)


# --- campaigns that lack something ---


def without_plan(raw: Path) -> None:
    (raw / "plans" / "2024.toml").unlink()


def by_formula(name: str, raw: Path) -> None:
    plan = raw / "plans" / "2024.toml"
    text = plan.read_text(encoding="utf-8")
    assert '"points"' in text
    plan.write_text(text.replace('"points"', f'"{name}"'), encoding="utf-8")


def without_a_question(raw: Path) -> None:
    survey = raw / "survey" / "2024Q4.csv"
    answers = pd.read_csv(survey, dtype="str", keep_default_na=False)
    answers.drop(columns="informed").to_csv(survey, index=False)


def without_answers(raw: Path) -> None:
    survey = raw / "survey" / "2024Q4.csv"
    survey.write_text(survey.read_text(encoding="utf-8-sig").splitlines()[0], encoding="utf-8")


def with_one_village_of_kinh(raw: Path) -> None:
    households = raw / "households.csv"
    homes = pd.read_csv(households, dtype="str", keep_default_na=False)
    homes.loc[homes["village"] == "T3", "ethnicity"] = "Kinh"
    homes.to_csv(households, index=False)


def with_a_list_of_the_poor_alone(raw: Path) -> None:
    """Keep the rows of whoever was poor or near-poor at any time."""
    file = raw / "poverty_status.csv"
    rows = pd.read_csv(file, dtype="str", keep_default_na=False)
    poor = rows["status"].isin(["poor", "near_poor", "Hộ nghèo", "Hộ cận nghèo"])
    listed = rows["household"].isin(rows.loc[poor, "household"])
    rows[listed].to_csv(file, index=False)


def where_the_plan_says_so(raw: Path) -> None:
    with_a_list_of_the_poor_alone(raw)
    plan = raw / "plans" / "2024.toml"
    said = '[parameters]\nunlisted_households = "not_poor"\n'
    text = plan.read_text(encoding="utf-8").replace("[parameters]\n", said)
    plan.write_text(text, encoding="utf-8")


LACKS = {
    "who is not poor": (
        with_a_list_of_the_poor_alone, "poverty_reduction", "hộ vào ngày so sánh. Khi có quá một",
    ),
    "who is not poor, as planned": (
        where_the_plan_says_so, "informed", "kế hoạch coi hộ không có trong danh sách",
    ),
    "a plan": (without_plan, "changed_mindset", "Năm này không có tệp kế hoạch"),
    "points, but relative": (
        partial(by_formula, "relative"), "poverty_reduction", "● Giảm so với tỷ lệ ban đầu",
    ),
    "points, but escaped": (
        partial(by_formula, "escaped"), "poverty_reduction", "● Tỷ lệ hộ đã thoát nghèo",
    ),
    "a question": (without_a_question, "informed", "thiếu hẳn câu hỏi cần dùng ("),
    "answers": (without_answers, "in_cooperative", "đều không rõ, nên không in tỷ lệ"),
    "minorities": (with_one_village_of_kinh, "applies_science", "không có gì để chia"),
}  # fmt: skip


def campaign_lacking(what: str, folder: Path) -> Processed:
    LACKS[what][0](copied(folder, "2024Q4"))
    build(folder, date.today())
    return Processed(folder / "processed")


@pytest.mark.parametrize("what", LACKS)
def test_what_is_lacking_is_said(tmp_path: Path, what: str) -> None:
    built = campaign_lacking(what, tmp_path)
    _, indicator, said = LACKS[what]
    story = audit_story(built, indicator, "2024Q4", "T3")
    assert said in story.as_text(households=True)
    assert story.audit.agrees


@pytest.mark.slow
@pytest.mark.parametrize("what", LACKS)
def test_what_is_lacking_leaves_no_gap_in_any_audit(tmp_path: Path, what: str) -> None:
    built = campaign_lacking(what, tmp_path)
    for one in IDS:
        story = audit_story(built, one, "2024Q4", places(one)[-1])
        assert story.audit.agrees
        text = story.as_text(households=True) + story.base().text + story.step_words().text
        assert not re.search(r"\bnan\b|NaT|<NA>|None", text)


def test_a_page_looks_its_households_up_once(sample: Processed, monkeypatch) -> None:
    """Nine figures are about the same households: one register, and a walk for each figure."""
    made: list[str] = []
    for name in ("Register", "walk_units"):
        there = getattr(units_of_audit, name)
        module = units_of_audit if name == "Register" else analysis_of_audit
        monkeypatch.setattr(
            module, name, lambda *of, name=name, there=there: (made.append(name), there(*of))[1]
        )
    story = audit_place(sample, "T4", "2024Q4")
    assert "T4-" in story.figures().html
    assert made.count("Register") == 1
    assert made.count("walk_units") == len(story.stories)
