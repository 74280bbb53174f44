"""The page about data quality: its numbers are the data's, and it says what there is not."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from made_samples import copied

from campaign_lib.analysis.audit import audit
from campaign_lib.analysis.quality.coverage import asked_of
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.reports.run import write_page
from campaign_lib.show.display import Passage
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit.place import audit_place
from campaign_lib.stories.commune import commune_report
from campaign_lib.stories.data_quality import WORST, DataQuality, data_quality
from campaign_lib.stories.data_quality.facts import Reasons
from campaign_lib.words import Words

RAW = Path(__file__).parents[2] / "data" / "raw"
QUARTER = "2024Q4"
SECTIONS = (
    "first_screen coverage enumerators unknowns hanging problems contradictions changes poverty "
    "to_ask_again"
).split()
VI = Words("vi")

Change = Callable[[Path], object]


def built(folder: Path, change: Change | None = None) -> Processed:
    raw = copied(folder, "2024Q3", "2024Q4")
    if change is not None:
        change(raw)
    build(folder, date(2025, 2, 1))
    return Processed(folder / "processed")


def answers_changed(raw: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    path = raw / "survey" / f"{QUARTER}.csv"
    survey = pd.read_csv(path, dtype="str", keep_default_na=False)
    change(survey).to_csv(path, index=False)


@pytest.fixture(scope="session")
def processed(built_sample: Processed) -> Processed:
    return built_sample


def text(name: str, **values: object) -> str:
    return VI(f"data_quality.{name}", **values)


def table_of(shown: Passage, caption: str) -> list[list[str]]:
    """Give the rows of cells of the table with this caption."""
    for table in re.findall(r"<table.*?</table>", shown._repr_html_(), flags=re.DOTALL):
        if f"<caption>{caption}</caption>" in unescape(table):
            rows = re.findall(r"<tr>(.*?)</tr>", table, flags=re.DOTALL)
            cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows)
            return [[unescape(cell) for cell in row] for row in cells][1:]
    raise AssertionError(f"no table {caption!r}")


def everything(story: DataQuality) -> str:
    return "\n".join(str(getattr(story, name)()) for name in SECTIONS)


def raw_survey() -> pd.DataFrame:
    """The quarter's survey as it stands in its file."""
    return pd.read_csv(RAW / "survey" / f"{QUARTER}.csv", dtype="str", keep_default_na=False)


# --- the numbers ---------------------------------------------------------------------------------


def test_the_first_screens_numbers_are_those_of_the_files(processed: Processed) -> None:
    results = pd.read_csv(processed.folder / "results.csv").set_index(
        ["quarter", "place", "indicator"]
    )
    base = int(results.loc[(QUARTER, "commune", "informed"), "denominator"])
    problems = pd.read_csv(processed.folder / "problems.csv", dtype="str")
    other = problems["file"].str.startswith("survey/") & ~problems["file"].str.contains(QUARTER)
    raw = raw_survey()
    answers = raw.drop(columns=["household", "surveyed_on", "enumerator"])
    unsaid = answers.isin(["", "kr", "?"]) | (answers == "nhà tre")
    borrower = raw["borrowed"] == "yes"
    for column in ("loan_amount", "loan_source"):
        unsaid[column] &= borrower
    asked = len(raw) * (answers.shape[1] - 2) + 2 * int(borrower.sum())
    unknown = int(unsaid.to_numpy().sum())
    screen = str(data_quality(processed, QUARTER).first_screen())
    assert f"{base}/{base} {text('first.surveyed')}" in screen  # everybody was surveyed
    counted = f"{VI.number(unknown)}/{VI.number(asked)}"
    assert f"{VI.percent(100 * unknown / asked, 1)} {text('first.unknown', counted=counted)}" in (
        screen
    )
    assert f"{int((~other).sum())} {text('first.problems')}" in screen


def test_coverage_on_the_page_is_that_of_the_raw_survey(processed: Processed) -> None:
    raw = raw_survey()
    villages = pd.read_csv(RAW / "villages.csv", dtype="str").set_index("name")["village"]
    homes = processed.panel[processed.panel["quarter"].astype("str") == QUARTER]
    village = raw["household"].map(homes.set_index("household")["village"].astype("str"))
    rows = table_of(data_quality(processed, QUARTER).coverage(), text("coverage.caption"))
    assert len(rows) == len(villages)
    for name, first, _, last, _, present, late, left in rows:
        days = pd.to_datetime(raw.loc[village == villages[name], "surveyed_on"])
        assert int(present.partition("/")[0]) <= len(days)
        assert (first, last) == (f"{days.min():%d/%m/%Y}", f"{days.max():%d/%m/%Y}")
        assert late.startswith(f"{(days > '2024-12-14').sum()}/{len(days)} ")
        assert int(left) == (pd.Timestamp("2024-12-25") - days.max()).days


def test_results_that_hang_are_those_of_results(processed: Processed) -> None:
    results = pd.read_csv(processed.folder / "results.csv", dtype="str", keep_default_na=False)
    lines = results[(results["place"] == "commune") & (results["quarter"] == QUARTER)]
    rows = table_of(data_quality(processed, QUARTER).hanging(), text("hanging.caption"))
    by_label = {row[0].partition(" <span")[0]: row for row in rows}
    assert len(rows) == len(lines)
    for line in lines.to_dict("records"):
        row = by_label[VI(f"indicators.{line['indicator']}.label")]
        hangs = VI("tables.hangs") in row[1]
        found = audit(processed, line["indicator"], QUARTER, "commune")
        open_both_ways = (
            line["indicator"] == "poverty_reduction" and found.line["baseline_unknown"] > 0
        )
        # Unknown answers can only raise a share; a fall of poverty that is met may come to less.
        assert hangs == (line["certain"] == "no" or open_both_ways)
        assert row[3] == VI.number(int(line["unknown"]))
        if line["percent_high"]:
            wanted = [VI.percent(float(line[name])) for name in ("percent", "percent_high")]
            assert row[4:] == wanted


def test_every_page_says_of_the_same_verdicts_that_they_hang(processed: Processed) -> None:
    """As the commune's first screen names them: here, in its table, and in the audit."""
    rows = table_of(data_quality(processed, QUARTER).hanging(), text("hanging.caption"))
    hanging = [row for row in rows if VI("tables.hangs") in row[1]]
    assert len(hanging) == 3  # informed, applies_science, and poverty_reduction
    counted = {"hanging": 3, "measured": len(rows)}
    assert text("first.hanging", **counted) in str(data_quality(processed, QUARTER).first_screen())
    report = commune_report(processed, QUARTER)
    assert str(report.indicators()).count(VI("tables.hangs")) == 3
    first = str(report.first_screen())
    assert len(re.findall(r"- .*(?:C|c)hưa đủ cơ sở kết luận: ", first)) == 3
    story = audit_place(processed, "commune", QUARTER)
    assert str(story.first_screen()).count(VI("tables.hangs")) == 3


def test_rows_of_files_are_those_of_files_csv(processed: Processed) -> None:
    files = pd.read_csv(processed.folder / "files.csv").set_index("file")
    rows = table_of(data_quality(processed, "2024Q2").problems(), text("files.caption"))
    assert {row[0] for row in rows if row[0].startswith("survey/")} == {"survey/2024Q2.csv"}
    for file, *counts in rows:
        names = ["rows_read", "rows_kept", "rows_refused", "rows_superseded"]
        assert counts == [VI.number(int(files.loc[file, name])) for name in names]


def test_problems_by_kind_add_up_to_the_list(processed: Processed) -> None:
    problems = pd.read_csv(processed.folder / "problems.csv", dtype="str")
    for quarter in processed.quarters:
        story = data_quality(processed, quarter)
        rows = table_of(story.problems(), text("problems.caption"))
        survey = problems["file"].str.startswith("survey/")
        own = problems["file"].str.startswith(f"survey/{quarter}.")
        assert sum(int(row[-1]) for row in rows) == int((own | ~survey).sum())


def test_the_cross_table_adds_up_to_the_forms(processed: Processed) -> None:
    for quarter in (quarter for quarter in processed.quarters if quarter.startswith("2024")):
        story = data_quality(processed, quarter)
        rows = table_of(story.poverty(), text("statuses.caption"))
        numbers = [[int(cell.replace(".", "")) for cell in row[1:]] for row in rows]
        assert all(sum(row[:-1]) == row[-1] for row in numbers)
        here = story.facts.forms["lives_here_now"]
        assert sum(row[-1] for row in numbers) == int(here.sum())


# --- what the checks make of a changed file ------------------------------------------------------


def test_a_contradiction_put_into_the_file_is_found_and_listed(tmp_path: Path) -> None:
    def contradict(survey: pd.DataFrame) -> pd.DataFrame:
        at = survey.index[survey["household"] == "T4-031"]
        loan = {"borrowed": "no", "loan_amount": "20", "income": "9.900"}
        return survey.assign(
            **{
                name: survey[name].where(~survey.index.isin(at), value)
                for name, value in loan.items()
            }
        )

    processed = built(tmp_path, lambda raw: answers_changed(raw, contradict))
    story = data_quality(processed, QUARTER)
    caption = text("contradictions.caption", forms=len(story.facts.forms))
    by_label = {row[0]: row[1] for row in table_of(story.contradictions(), caption)}
    assert by_label[text("checks.loan_without_borrowing.label")] == "1"
    again = str(story.to_ask_again())
    (line,) = (line for line in again.splitlines() if line.startswith("T4-031"))
    assert text("checks.loan_without_borrowing.label") in line
    assert text("checks.income_jumped.label") in line
    assert re.search(r"Thu nhập bình quân: trước [\d.]+, nay 9\.900", line)


def test_a_check_whose_question_was_not_asked_says_so(tmp_path: Path) -> None:
    def without(survey: pd.DataFrame) -> pd.DataFrame:
        gone = [name for name in survey if str(name).startswith("dep_")]
        return survey.drop(columns=[*gone, "borrowed", "income", "enumerator"])

    processed = built(tmp_path, lambda raw: answers_changed(raw, without))
    story = data_quality(processed, QUARTER)
    caption = text("contradictions.caption", forms=len(story.facts.forms))
    rows = table_of(story.contradictions(), caption)
    assert {row[1] for row in rows} == {text("checks_table.not_asked")}
    assert text("poverty.not_asked") in str(story.poverty())
    assert "Có vay vốn" in str(story.unknowns())
    assert text("enumerators.nobody") in str(story.enumerators())
    assert text("first.verdict.in_part") in str(story.first_screen())  # not all is measured
    assert text("first.unmeasured", count=1) in str(story.first_screen())


def test_a_list_of_the_poor_alone_is_told_on_the_first_screen(tmp_path: Path) -> None:
    def of_the_poor(raw: Path) -> None:
        file = raw / "poverty_status.csv"
        rows = pd.read_csv(file, dtype="str")
        rows[rows["status"] != "not_poor"].to_csv(file, index=False)

    screen = str(data_quality(built(tmp_path, of_the_poor), QUARTER).first_screen())
    assert screen.count('unlisted_households = "not_poor" ở mục [parameters]') == 1
    assert "kế hoạch năm 2024." in screen


def test_a_survey_without_a_form_is_no_survey(tmp_path: Path) -> None:
    processed = built(tmp_path, lambda raw: answers_changed(raw, lambda survey: survey.head(0)))
    story = data_quality(processed, QUARTER)
    assert text("first.verdict.not_yet") in str(story.first_screen())
    for name in ("coverage", "enumerators", "unknowns", "contradictions", "changes", "poverty"):
        assert text("no_forms") in str(getattr(story, name)())
    base = int(story.facts.cohort.sum())
    assert story.facts.again["household"].nunique() == base
    assert str(story.to_ask_again()).count(text("again.no_form")) == base


def test_the_first_quarter_has_no_last_time(processed: Processed) -> None:
    assert text("changes.none") in str(data_quality(processed, processed.quarters[0]).changes())


def test_without_problems_a_sentence_says_so(processed: Processed) -> None:
    story = data_quality(processed, QUARTER)
    story.facts.problems = story.facts.problems.head(0)
    assert text("problems.none") in str(story.problems())


def test_without_a_plan_the_page_still_speaks(tmp_path: Path) -> None:
    processed = built(tmp_path, lambda raw: (raw / "plans" / "2024.toml").unlink())
    story = data_quality(processed, QUARTER)
    assert VI("masthead.no_plan") in str(story.first_screen())
    assert everything(story)


def test_another_standard_in_the_plan_is_not_compared_with(processed: Processed) -> None:
    story = data_quality(processed, QUARTER)
    story.facts.plan = {**story.facts.plan.to_dict(), "poverty_standard": "decision_59_2015"}
    assert text("poverty.no_standard") in str(story.poverty())


def test_what_the_review_has_settled_is_not_asked_again(processed: Processed) -> None:
    facts = data_quality(processed, QUARTER).facts
    settled = set(facts.differing.loc[facts.differing["settled"], "household"])
    assert settled
    status = facts.again[facts.again["kind"] == "status"]
    assert settled.isdisjoint(status["household"])
    assert set(status["household"]) == set(facts.unsettled["household"])


# --- the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_section_speaks_both_languages(processed: Processed, language: str) -> None:
    for quarter in (processed.quarters[0], QUARTER):
        story = data_quality(processed, quarter, language)
        for name in SECTIONS:
            shown = getattr(story, name)()
            assert shown._repr_html_()
            assert str(shown)


def test_many_villages_show_the_first_and_say_how_many_more(processed: Processed) -> None:
    story = data_quality(processed, QUARTER)
    lines = story.facts.again.head(2)
    many = [lines.assign(village=f"X{number}") for number in range(WORST + 5)]
    story.facts.again = pd.concat(many, ignore_index=True)
    shown = story.to_ask_again()
    assert shown._repr_html_().count("<table") == WORST
    assert text("again.more", shown=WORST, more=5) in str(shown)


def test_the_page_from_its_notebook(processed: Processed, tmp_path: Path) -> None:
    page = tmp_path / "quality.html"
    parameters = {"quarter": QUARTER, "language": "vi"}
    title = data_quality(processed, QUARTER).title
    write_page(page, "data_quality", parameters, title, processed.folder)
    html = page.read_text(encoding="utf-8")
    assert title in html
    for section in ("coverage", "hanging", "poverty", "again"):
        assert text(f"{section}.heading") in html
    assert VI("masthead.internal") in html
    assert "Chủ hộ" in html  # it is internal: households are named
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)


def test_where_nothing_is_to_be_asked_a_sentence_says_so(processed: Processed) -> None:
    story = data_quality(processed, QUARTER)
    story.facts.again = story.facts.again.head(0)
    story.facts.answers = asked_of(story.facts.forms, ())
    assert text("again.nobody") in str(story.to_ask_again())
    assert text("first.nowhere") in str(story.first_screen())


def test_a_form_that_is_nearly_empty_names_a_few_questions(processed: Processed) -> None:
    story = data_quality(processed, QUARTER)
    codes = ["has_tv", "has_phone", "house", "income", "informed", "takes_part", "borrowed"]
    one = story.facts.again.head(1)
    lines = [one.assign(kind="unknown", name=code) for code in codes]
    said = Reasons(story.facts, VI)(pd.concat(lines))
    named = (
        "Có ti vi, Có điện thoại, Loại nhà ở, Thu nhập bình quân, Được phổ biến về Cuộc vận động"
    )
    assert said == text("again.unknown_more", questions=named, more=2)


def test_text_from_raw_files_stays_text(processed: Processed) -> None:
    evil = "<script>alert(1)</script>"
    story = data_quality(processed, QUARTER)
    story.facts.homes = story.facts.homes.assign(enumerator=evil, head_name=evil)
    html = "".join(getattr(story, name)()._repr_html_() for name in SECTIONS)
    assert evil not in html
    assert "&lt;script&gt;" in html
