"""The commune's report: its numbers are those of results.csv and of the registers, and add up."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from made_samples import copied
from page_tables import numbers, plain, printed_lines, rows_by_name

from campaign_lib.analysis.commune import (
    GROUPS,
    OUTCOMES,
    borrowing,
    by_need,
    held_in,
    over_plan,
    sessions_by,
    side_by_side,
    sums_by,
)
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.codebook.problems import severities
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import IDS
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.opening import open_report
from campaign_lib.show.display import NOTHING, FoldedAway, Heading, Passage, Table
from campaign_lib.store.processed import Processed
from campaign_lib.stories.commune import PUBLIC_SECTIONS, CommuneReport, commune_report
from campaign_lib.stories.village import village_report
from campaign_lib.words import Words
from campaign_sample import write_sample

RAW = Path(__file__).parents[2] / "data" / "raw"
VI = Words("vi")
TODAY = date(2025, 2, 1)
SIGNS = {
    status: VI(f"codes.status.{status}.mark")
    for status in ("met", "on_track", "behind", "unmeasured", "no_target")
}


class Tables(HTMLParser):
    """Reads the tables of a page, whatever stands inside their cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self.caption, self.cell = False, False

    def handle_starttag(self, tag: str, attributes: object) -> None:
        if tag == "table":
            self.tables.append(("", []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][1][-1].append("")
        self.caption = self.caption or tag == "caption"
        self.cell = self.cell or tag in {"td", "th"}

    def handle_endtag(self, tag: str) -> None:
        self.caption = self.caption and tag != "caption"
        self.cell = self.cell and tag not in {"td", "th"}

    def handle_data(self, said: str) -> None:
        if self.caption:
            self.tables[-1] = (self.tables[-1][0] + said, self.tables[-1][1])
        elif self.cell:
            self.tables[-1][1][-1][-1] += said


def table_of(html: str, caption: str) -> list[list[str]]:
    reader = Tables()
    reader.feed(html)
    return next(rows for name, rows in reader.tables if name == caption)


def text(name: str, **values: object) -> str:
    return VI(f"commune_report.{name}", **values)


def built(folder: Path) -> Processed:
    build(folder, TODAY)
    return Processed(folder / "processed")


@pytest.fixture(scope="session")
def processed(built_sample: Processed) -> Processed:
    return built_sample


@pytest.fixture(scope="session")
def printed(processed: Processed) -> pd.DataFrame:
    return printed_lines(processed.folder)


def told(report: CommuneReport) -> list[tuple[str, Passage]]:
    """Give the sections that say something: nothing was sent, so nothing is revised.

    Help for single households is told where some has been written down.
    """
    sections = dict(report.sections())
    assert not sections.pop("revisions").blocks
    if report.data.code < "2024":
        assert not sections.pop("support").blocks
    return list(sections.items())


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Processed]:
    """Give a quarter of the sample campaign after something was done to its raw folder."""

    def after(change: Callable[[Path], None], quarter: str) -> Processed:
        change(copied(tmp_path, quarter))
        return built(tmp_path)

    return after


def edit(path: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    change(pd.read_csv(path, dtype="str", keep_default_na=False)).to_csv(path, index=False)


@pytest.fixture(scope="session")
def plainer(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    """Give the sample campaign of an office that keeps none of the newer files and columns.

    Each test asks for what one of them would say.
    """
    folder = tmp_path_factory.mktemp("plainer")
    raw = copied(folder, "2024Q4")
    for name in ("agency_plans", "support", "people", "customs"):
        (raw / f"{name}.csv").unlink()
    new = ["registered_on", "copied_from", "effective", "ended_because"]
    edit(raw / "models.csv", lambda rows: rows[rows["started_on"] != ""].drop(columns=new))
    edit(
        raw / "funding.csv",
        lambda rows: rows[rows["village"] != ""].drop(columns=["agency", "model"]),
    )
    return built(folder)


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    """Give the sample campaign with one odd line in each of several files."""
    folder = tmp_path_factory.mktemp("odd")
    raw = copied(folder, "2024Q1", "2024Q4")

    def early(reports: pd.DataFrame) -> pd.DataFrame:
        own = (reports["task"] == "2024-PS-1") & (reports["status"] == "done")
        reports.loc[own, "reported_on"] = "2024-04-01"
        return reports

    def copied_from_nobody(models: pd.DataFrame) -> pd.DataFrame:
        models.loc[models.index[20], "copied_from"] = "MH9999"
        return models

    def spent_more(funding: pd.DataFrame) -> pd.DataFrame:
        funding.loc[0, "disbursed"] = "1000000"
        return funding

    edit(raw / "village_plans.csv", lambda plans: plans.iloc[2:])
    edit(raw / "task_progress.csv", early)
    edit(raw / "models.csv", copied_from_nobody)
    edit(raw / "funding.csv", spent_more)
    plan = (raw / "plans" / "2024.toml").read_text(encoding="utf-8")
    plan = plan.replace("year = 2024", "year = 2025").replace("2023-12-31", "2024-12-31", 1)
    (raw / "plans" / "2025.toml").write_text(plan.replace('"2024-', '"2025-'), encoding="utf-8")
    return built(folder)


def tables_of(passage: Passage) -> list[Table]:
    found: list[Table] = []
    for block in passage.blocks:
        if isinstance(block, Table):
            found.append(block)
        elif isinstance(block, FoldedAway):
            found += tables_of(block.inner)
    return found


# --- the figures are those of results.csv --------------------------------------------------------


def test_the_targets_are_those_of_results(processed: Processed, printed: pd.DataFrame) -> None:
    for quarter in ("2024Q1", "2024Q2", "2024Q3", "2024Q4"):
        html = commune_report(processed, quarter).indicators().html
        rows = table_of(html, VI("tables.indicators.caption"))[1:]
        lines = printed[(printed["place"] == "commune") & (printed["quarter"] == quarter)]
        assert len(rows) == len(lines) == len(IDS)
        for line in lines.to_dict("records"):
            label = VI(f"indicators.{line['indicator']}.label")
            (row,) = (row for row in rows if row[0].startswith(label))
            numerator, _, denominator = plain(row[2]).partition("/")
            assert (numerator, denominator) == (line["numerator"], line["denominator"])
            names = ("percent", "percent_high", "target_count", "path_count", "shortfall")
            shown = [plain(cell).removeprefix("≤ ") for cell in row[3:8]]
            assert shown == [line[name] for name in names]
            assert SIGNS[line["status"]] in row[1]


def test_the_matrix_is_that_of_results(processed: Processed, printed: pd.DataFrame) -> None:
    html = commune_report(processed, "2024Q3").villages().html
    head, *rows = table_of(html, text("villages.matrix"))
    lines = printed[(printed["level"] == "village") & (printed["quarter"] == "2024Q3")]
    short = {VI(f"indicators.{one}.short"): one for one in lines["indicator"].unique()}
    assert set(head[1:]) == set(short)
    assert len(rows) == 8
    seen = 0
    for row in rows:
        own = lines[lines["place"] == {n: c for c, n in processed.villages.items()}[row[0]]]
        for name, cell in zip(head[1:], row[1:], strict=True):
            (line,) = own[own["indicator"] == short[name]].to_dict("records")
            unsure = "*" if line["certain"] == "no" else ""
            counted = f"{line['numerator']}/{line['denominator']}{unsure}"
            assert cell == f"{SIGNS[line['status']]}\u00a0{counted}"
            seen += 1
    assert seen == len(lines)


def test_each_indicator_has_its_villages(processed: Processed, printed: pd.DataFrame) -> None:
    html = commune_report(processed, "2024Q4").villages().html
    rows = table_of(html, VI("indicators.changed_mindset.label"))[1:]
    lines = printed[(printed["quarter"] == "2024Q4") & (printed["indicator"] == "changed_mindset")]
    villages = lines[lines["level"] == "village"].set_index("place")
    assert sum(int(row[4]) for row in rows) == int(
        lines.loc[lines["level"] == "commune", "target_count"].iloc[0]
    )
    for row in rows:
        code = {name: code for code, name in processed.villages.items()}[row[0]]
        line = villages.loc[code]
        assert row[2] == f"{line['numerator']}/{line['denominator']}"
        assert [plain(cell) for cell in row[3:]] == [
            line[name] for name in ("percent", "target_count", "path_count", "shortfall")
        ]


def test_every_figure_leads_to_where_it_comes_from(processed: Processed) -> None:
    report = commune_report(processed, "2024Q3")
    html = report.indicators().html + report.villages().html
    for reference in ("2024Q3/commune/changed_mindset", "2024Q3/T7/improved_life"):
        assert f'href="figure:{reference}"' in html
    assert 'href="page:' in html


# --- the first screen ----------------------------------------------------------------------------


def test_the_first_screen_counts_the_verdicts(processed: Processed, printed: pd.DataFrame) -> None:
    for quarter in ("2024Q1", "2024Q3", "2024Q4"):
        lines = printed[(printed["place"] == "commune") & (printed["quarter"] == quarter)]
        counts = lines["status"].value_counts()
        shown = str(commune_report(processed, quarter).first_screen())
        for status in ("met", "on_track", "behind"):
            label = VI(f"codes.status.{status}.label")
            assert f"{counts.get(status, 0)} {SIGNS[status]} {label}" in shown
        for line in lines[lines["status"] == "behind"].to_dict("records"):
            label = VI(f"indicators.{line['indicator']}.label")
            (said,) = re.findall(rf"- {re.escape(label)}: (\d.*)", shown)
            assert said.startswith(f"{line['numerator']}/{line['denominator']}")
            assert f"còn thiếu {line['shortfall']} " in said


def test_verdicts_that_hang_are_named(processed: Processed, printed: pd.DataFrame) -> None:
    for quarter in ("2024Q3", "2024Q4"):
        lines = printed[(printed["place"] == "commune") & (printed["quarter"] == quarter)]
        report = commune_report(processed, quarter)
        shown = str(report.first_screen())
        lacking = [line for line in lines.to_dict("records") if line["certain"] == "no"]
        for line in lacking:
            label = VI(f"indicators.{line['indicator']}.label")
            assert re.search(rf"- {re.escape(label)}: .*(C|c)hưa đủ cơ sở kết luận: ", shown)
        assert (text("none_hangs") in shown) == (VI("village_report.hanging") not in shown)
        assert not lacking or text("none_hangs") not in shown


def test_what_is_said_of_villages_to_visit_and_of_poverty_leads_to_its_figures(
    processed: Processed, printed: pd.DataFrame
) -> None:
    report = commune_report(processed, "2024Q3")
    visits = report.first_screen().html.partition(text("visit_heading"))[2].partition("</ol>")[0]
    told = re.findall(r'href="figure:2024Q3/(T\d)/(\w+)">[^<]*?(\d+)/(\d+)[^<]*</a>', visits)
    assert len(told) > visits.count("<li>") > 1
    own = printed[printed["quarter"] == "2024Q3"].set_index(["place", "indicator"])
    for place, indicator, numerator, denominator in told:
        line = own.loc[(place, indicator)]
        assert (line["numerator"], line["denominator"]) == (numerator, denominator)
    reference = 'href="figure:2024Q3/commune/poverty_reduction"'
    assert f"{reference}>{VI('tables.source')}</a>" in report.poverty().html


def test_what_is_unknown_is_told_where_something_is(
    processed: Processed, printed: pd.DataFrame
) -> None:
    caption = VI("leeway.table.caption")
    for quarter in ("2024Q1", "2024Q3", "2024Q4"):
        lines = printed[(printed["place"] == "commune") & (printed["quarter"] == quarter)]
        html = commune_report(processed, quarter).indicators().html
        nothing = lines["unknown"].isin(["0", ""]) & lines["baseline_unknown"].isin(["0", ""])
        open_ones = lines[~nothing]
        told = rows_by_name(html, caption) if caption in html else {}
        assert set(told) == {VI(f"indicators.{one}.label") for one in open_ones["indicator"]}
        for line in open_ones.to_dict("records"):
            cells = told[VI(f"indicators.{line['indicator']}.label")]
            if line["indicator"] != "poverty_reduction":
                assert numbers(cells[1]) == [line["percent"], line["percent_high"]]
        public = commune_report(processed, quarter, edition="public")
        assert all(caption not in passage.html for _, passage in public.sections())


def test_the_villages_in_most_need_come_first() -> None:
    """By targets behind or unmeasured, then by those behind, then by how far they have come."""

    def line(place: str, indicator: str, status: str, numerator: int = 0, base: int = 10) -> tuple:
        return place, indicator, status, numerator, base, 8, "household"

    columns = ["place", "indicator", "status", "numerator", "denominator", "target_count", "unit"]
    lines = [
        *(line("good", one, "met", 9) for one in "ab"),
        *(line("near", one, status, 7) for one, status in (("a", "behind"), ("b", "met"))),
        *(line("far", one, status, 1) for one, status in (("a", "behind"), ("b", "on_track"))),
        *(line("dark", one, "unmeasured") for one in "ab"),
        *(line("none", one, "unmeasured", base=0) for one in "ab"),
    ]
    need = by_need(pd.DataFrame(lines, columns=columns)).set_index("village")
    assert list(need.index[:3]) == ["dark", "far", "near"]
    assert need.loc["none", ["judged", "unmeasured"]].tolist() == [0, 0]
    assert need.loc["far", ["behind", "on_track", "judged"]].tolist() == [1, 1, 2]


def test_a_village_without_a_plan_is_helped_to_issue_it(odd: Processed) -> None:
    steps = str(commune_report(odd, "2024Q4").ahead())
    assert text("issue_the_plans", count=2, villages="Thôn 1 và Thôn 2") in steps


# --- tasks ---------------------------------------------------------------------------------------


def test_tasks_show_their_latest_state_of_the_quarter(processed: Processed) -> None:
    """Read off the raw file by hand."""
    reports = pd.read_csv(RAW / "task_progress.csv")
    by_then = reports[reports["reported_on"] <= "2024-09-14"].sort_values("reported_on")
    latest = by_then.groupby("task")["status"].last()
    report = commune_report(processed, "2024Q3")
    now = table_of(report.tasks().html, text("tasks.caption.now", quarter=report.when))
    done = [row for row in now[1:] if row[2].startswith(SIGNS["met"])]
    own = latest[latest.index.str.startswith("2024-Q3")]
    assert (len(now) - 1, len(done)) == (len(own), int((own == "done").sum()))
    left = table_of(report.tasks().html, text("tasks.caption.left"))[1:]
    earlier = latest[latest.index.str.match("2024-Q[12]")]
    assert len(left) == int((earlier != "done").sum()) > 0


def test_extra_tasks_stand_beside_the_planned_ones(processed: Processed) -> None:
    """Read off the raw files by hand: two are done in Q3, one was given after it."""
    tasks = pd.read_csv(RAW / "extra_tasks.csv", dtype="str")
    given = tasks[tasks["given_on"] <= "2024-09-14"]
    reports = pd.read_csv(RAW / "task_progress.csv")
    done = set(reports.query("status == 'done' and reported_on <= '2024-09-14'")["task"])
    passage = commune_report(processed, "2024Q3").tasks()
    count = int(given["task"].isin(done).sum())
    assert text("tasks.extra_done", done=count, all=len(given)) in str(passage)
    rows = table_of(passage.html, text("tasks.caption.extra"))[1:]
    assert [row[0] for row in rows] == list(given["text"])
    assert 0 < count < len(given) < len(tasks)
    late = [row[4] for row, task in zip(rows, given["task"], strict=True) if task not in done]
    assert all(state.startswith(SIGNS["behind"]) for state in late)
    assert text("tasks.extra") not in str(commune_report(processed, "2024Q1").tasks())
    public = commune_report(processed, "2024Q3", edition="public").tasks().html
    assert not [told for told in given["text"] if told in public]


def test_a_task_done_before_it_was_given_is_doubted(odd: Processed) -> None:
    doubts = odd.table("problems").query("file == 'task_progress.csv' and action == 'kept'")
    assert doubts[["column", "value"]].values.tolist() == [["reported_on", "2024-04-01"]]


@pytest.mark.parametrize("quarter", ["2024Q1", "2024Q4"])
def test_agencies_have_their_plan_as_of_the_quarters_last_day(
    processed: Processed, quarter: str
) -> None:
    """Read off the raw file by hand."""
    plans = pd.read_csv(RAW / "agency_plans.csv", dtype="str", keep_default_na=False)
    last = {"2024Q1": "2024-03-14", "2024Q4": "2024-12-14"}[quarter]
    issued = (plans["issued_on"] != "") & (plans["issued_on"] <= last)
    assert 0 < issued.sum() < len(plans)
    tasks = commune_report(processed, quarter).tasks()
    said = text("tasks.agencies_issued", issued=int(issued.sum()), all=len(plans))
    assert said in str(tasks)
    rows = table_of(tasks.html, VI("commune_tables.agencies.caption"))[1:]
    found = {row[0]: row[1:] for row in rows}
    not_reported = VI("tables.tasks.not_reported")
    for plan, has in zip(plans.to_dict("records"), issued, strict=True):
        number, day, state, _ = found[plan["agency"]]
        assert (number == plan["number"]) == has
        assert (day == VI("commune_tables.agencies.not_issued")) != has
        assert (state == not_reported) == (plan["reported_on"] > last)
    public = commune_report(processed, quarter, edition="public").tasks().html
    assert not [agency for agency in plans["agency"] if agency in public]


def test_without_plans_of_agencies_nothing_is_said_of_them(plainer: Processed) -> None:
    assert text("tasks.agencies") not in str(commune_report(plainer, "2024Q4").tasks())


def test_the_next_quarter_of_the_last_one_needs_next_years_plan(
    processed: Processed, odd: Processed
) -> None:
    coming = VI.quarter("2025Q1")
    assert text("ahead.no_plan", year=2025, quarter=coming) in str(
        commune_report(processed, "2024Q4").ahead()
    )
    ahead = commune_report(odd, "2024Q4").ahead()
    rows = table_of(ahead.html, text("ahead.caption", quarter=coming))[1:]
    assert len(rows) == 4


# --- help for single households -------------------------------------------------------------------


def test_help_is_told_by_agency_and_its_households_are_folded_away(processed: Processed) -> None:
    given = pd.read_csv(RAW / "support.csv")
    for quarter, last in (("2024Q1", "2024-03-14"), ("2024Q3", "2024-09-14")):
        own = given[given["from"] <= last]
        report = commune_report(processed, quarter)
        passage = report.support()
        rows = table_of(passage.html, VI("commune_tables.support.agencies"))[1:]
        counts = own["agency"].value_counts()
        assert {row[0]: int(row[1]) for row in rows} == counts.to_dict()
        assert all(int(row[1]) == sum(map(int, row[2:])) for row in rows)
        (folded,) = (one for one in passage.blocks if isinstance(one, FoldedAway))
        (table,) = tables_of(folded.inner)
        named = [row for row in table.rows if str(row[3]) != "–"]
        assert len(named) == len(own) < len(table.rows)
        homes = report.data.homes.set_index("household")
        yes = VI("commune_tables.support.reached")
        for row in table.rows:
            home = homes.loc[str(row[0]).split(" ")[0]]
            if str(row[2]) == VI("indicators.steps.gave_up_customs.label"):
                assert (yes in str(row[6])) == (home["dropped_customs"] == "yes")


def test_without_help_written_down_there_is_no_such_section(plainer: Processed) -> None:
    assert commune_report(plainer, "2024Q4").support() == NOTHING
    assert commune_report(plainer, "2024Q4", edition="public").support() == NOTHING


# --- models and sessions -------------------------------------------------------------------------


def test_registered_models_are_told_and_named_and_count_for_nothing(processed: Processed) -> None:
    """Read off the raw file by hand."""
    models = pd.read_csv(RAW / "models.csv", dtype="str", keep_default_na=False)
    for quarter, last in (("2024Q1", "2024-03-14"), ("2024Q4", "2024-12-14")):
        own = models[models["registered_on"].between("2023-12-15", last)]
        begun = (own["started_on"] != "") & (own["started_on"] <= last)
        passage = commune_report(processed, quarter).models()
        said = text("models.registered_count", count=len(own), started=int(begun.sum()))
        assert said in str(passage)
        rows = table_of(passage.html, VI("commune_tables.models.waiting"))[1:]
        assert sorted(row[1] for row in rows) == sorted(own.loc[~begun, "name"])
        assert 0 < len(rows) < len(own)


def test_models_that_were_spread_name_their_pattern(processed: Processed) -> None:
    models = pd.read_csv(RAW / "models.csv", dtype="str", keep_default_na=False)
    copies, names = models[models["copied_from"] != ""], models.set_index("model")["name"]
    passage = commune_report(processed, "2024Q4").models()
    rows = table_of(passage.html, VI("commune_tables.models.spread"))[1:]
    assert len(rows) == len(copies) > 3
    assert sorted(row[3].partition(" (")[0] for row in rows) == sorted(names[copies["copied_from"]])


def test_of_the_models_that_work_those_that_ended_are_named_with_the_reason(
    processed: Processed,
) -> None:
    models = pd.read_csv(RAW / "models.csv", dtype="str", keep_default_na=False)
    there = (models["started_on"] < "2023-12-15") & (models["started_on"] != "")
    there &= (models["ended_on"] == "") | (models["ended_on"] >= "2023-12-15")
    good = models[there & (models["effective"] == "yes")]
    gone = good[good["ended_on"].between("2023-12-15", "2024-12-14")]
    passage = commune_report(processed, "2024Q4").models()
    kept = len(good) - len(gone)
    assert text("models.effective_count", count=len(good), kept=kept) in str(passage)
    rows = table_of(passage.html, VI("commune_tables.models.effective_ended"))[1:]
    assert [row[3] for row in rows] == list(gone["ended_because"])
    assert 0 < len(gone) < len(good)
    rows = table_of(passage.html, VI("commune_tables.models.effective_kept", count=kept))[1:]
    assert sorted(row[1] for row in rows) == sorted(good.drop(gone.index)["name"])


def test_who_carries_the_campaign_stands_beside_the_sessions_led(processed: Processed) -> None:
    """Read off the raw files by hand; names are for the office, folded away."""
    people = pd.read_csv(RAW / "people.csv")
    held = pd.read_csv(RAW / "activities.csv", dtype="str").dropna(subset="village")
    held = held[held["held_on"].between("2023-12-15", "2024-09-14")]
    passage = commune_report(processed, "2024Q3").sessions()
    rows = table_of(passage.html, VI("commune_tables.people.caption"))[1:]
    assert len(rows) == 8
    roles = ("elder", "respected_person", "party_member", "cadre")
    codes = {name: code for code, name in processed.villages.items()}
    for row in rows:
        village = codes[row[0]]
        for cell, role in zip(row[1:], roles, strict=False):
            count = int(((people["village"] == village) & (people["role"] == role)).sum())
            led = int(((held["village"] == village) & (held["led_by"] == role)).sum())
            found = [one for one in (count, led) if one]
            assert [int(one) for one in re.findall(r"\d+", cell)] == found
    names = VI("commune_tables.people.names", count=len(people))
    assert len(table_of(passage.html, names)) == len(people) + 1
    public = commune_report(processed, "2024Q3", edition="public").sessions().html
    assert not [one for one in people["person"] if one in public]


def test_customs_are_told_as_they_were_last_seen(processed: Processed) -> None:
    seen = pd.read_csv(RAW / "customs.csv").sort_values("seen_on")
    for quarter, last in (("2024Q2", "2024-06-14"), ("2024Q4", "2024-12-14")):
        latest = seen[seen["seen_on"] <= last].groupby(["custom", "village"])["status"].last()
        counts = latest.value_counts()
        passage = commune_report(processed, quarter).sessions()
        numbers = {name: int(counts.get(name, 0)) for name in ("kept", "fading", "gone")}
        assert text("customs.count", **numbers) in str(passage)
        for row in table_of(passage.html, VI("commune_tables.customs.caption"))[1:]:
            for cell, status in zip(row[1:], numbers, strict=True):
                own = latest[row[0]]
                where = [processed.villages[code] for code in own[own == status].index]
                assert all(name in cell for name in where)
                assert (cell == "–") == (not where)
    public = commune_report(processed, "2024Q4", edition="public").sessions().html
    assert not [custom for custom in set(seen["custom"]) if custom in public]


def test_without_people_and_customs_nothing_is_said_of_them(plainer: Processed) -> None:
    said = str(commune_report(plainer, "2024Q4").sessions())
    assert not [name for name in ("people", "customs") if text(f"{name}.heading") in said]


def test_a_list_of_models_without_the_new_columns_is_told_as_before(plainer: Processed) -> None:
    report = commune_report(plainer, "2024Q4")
    headings = [block.text for block in report.models().blocks if isinstance(block, Heading)]
    assert headings == [text(f"models.{name}") for name in ("heading", "front", "areas")]


def test_a_model_copied_from_nobody_is_a_doubt(odd: Processed) -> None:
    doubts = odd.table("problems").query("column == 'copied_from'")
    assert doubts[["row", "value", "action"]].values.tolist() == [[22, "MH9999", "kept"]]
    assert "MH9999" in str(commune_report(odd, "2024Q4").models())


def test_models_add_up_to_the_register(processed: Processed, printed: pd.DataFrame) -> None:
    html = commune_report(processed, "2024Q4").models().html
    *rows, total = table_of(html, VI("commune_tables.area_models.caption"))[1:]
    for column in range(1, 7):
        assert sum(int(row[column]) for row in rows) == int(total[column])
    lines = printed[(printed["quarter"] == "2024Q4") & (printed["indicator"] == "area_models")]
    for place, (areas, new) in {
        **{row[0]: (row[1], row[2]) for row in rows},
        "commune": (total[1], total[2]),
    }.items():
        code = {name: code for code, name in processed.villages.items()}.get(place, place)
        (line,) = lines[lines["place"] == code].to_dict("records")
        assert (areas, new) == (line["denominator"], line["numerator"])
    models = pd.read_csv(RAW / "models.csv")
    own = models[models["owner"] == "residential_area"]
    going = own[own["started_on"].notna() & ~(own["ended_on"] <= "2024-12-14")]
    assert int(total[6]) == going["households"].sum()


def test_models_of_the_front_stand_against_the_plan(processed: Processed) -> None:
    shown = str(commune_report(processed, "2024Q4").models())
    assert text("models.front_count", count=2) in shown
    assert text("models.at_least", least=1) in shown
    assert text("models.at_most", most=2) in shown
    assert text("models.above") not in shown


def test_sessions_add_up(processed: Processed) -> None:
    raw = pd.read_csv(RAW / "activities.csv", keep_default_na=False)
    raw = raw[raw["held_on"].between("2023-12-15", "2024-12-14")]
    html = commune_report(processed, "2024Q4").sessions().html
    *rows, total = table_of(html, VI("commune_tables.sessions.caption.held_in"))[1:]
    assert [row[0] for row in rows] == [VI.quarter_short(f"2024Q{n}") for n in range(1, 5)]
    assert sum(int(row[1]) for row in rows) == int(total[1]) == len(raw)
    attending = int(plain(total[2]))
    assert attending == pd.to_numeric(raw["households_attending"]).sum()
    for row in (*rows, total):
        assert sum(map(int, row[3:])) == int(row[1])
    leaders = table_of(html, VI("commune_tables.sessions.caption.led_by"))[1:]
    assert sum(int(row[1]) for row in leaders) == len(raw)


def test_a_village_without_a_session_this_quarter_is_named(processed: Processed) -> None:
    raw = pd.read_csv(RAW / "activities.csv", keep_default_na=False)
    inside = raw[raw["held_on"].between("2024-06-15", "2024-09-14")]
    silent = [name for code, name in processed.villages.items() if code not in set(inside.village)]
    assert silent == ["Thôn 8"]
    shown = str(commune_report(processed, "2024Q3").sessions())
    assert text("sessions.silent", count=1, villages="Thôn 8") in shown


def test_a_session_belongs_to_its_reporting_quarter() -> None:
    days = pd.to_datetime(["2023-12-15", "2024-03-14", "2024-03-15", "2024-12-14", "2024-12-15"])
    held = held_in(pd.DataFrame({"held_on": days}), 2024, "decree_09_2019")
    assert held[:4].tolist() == ["2024Q1", "2024Q1", "2024Q2", "2024Q4"]
    assert pd.isna(held[4])


def test_what_a_session_does_not_say_is_counted_apart() -> None:
    held = pd.DataFrame(
        {
            "led_by": ["elder", "elder", None],
            "households_attending": pd.array([10, None, 3], "Int64"),
            "movements": [2.0, None, 0.0],
        }
    )
    table = sessions_by(held, "led_by").set_index("led_by")
    elder = table.loc["elder"]
    assert elder[["sessions", "attending", "attending_unknown"]].tolist() == [2, 10, 1]
    assert elder[["both", "one", "neither", "not_recorded"]].tolist() == [1, 0, 0, 1]
    assert sum(table.index.isna()) == 1
    assert len(table) == 2


# --- money ---------------------------------------------------------------------------------------


def test_funding_adds_up_to_the_register(processed: Processed) -> None:
    raw = pd.read_csv(RAW / "funding.csv")
    raw = raw[raw["quarter"].isin(["2024Q1", "2024Q2", "2024Q3"])]
    html = commune_report(processed, "2024Q3").funding().html
    rows = table_of(html, VI("commune_tables.programmes.caption"))[1:]
    by_name = {row[0]: [float(plain(cell)) for cell in row[1:]] for row in rows}
    total = by_name.pop(VI("commune_tables.programmes.total"))
    national = by_name.pop(VI("commune_tables.programmes.national"))
    for column, name in ((2, "planned"), (3, "disbursed")):
        assert total[column] == pytest.approx(raw[name].sum())
        assert sum(row[column] for row in by_name.values()) == pytest.approx(total[column])
        three = raw["programme"].isin(["new_rural", "poverty_reduction", "minority_areas"])
        assert national[column] == pytest.approx(raw.loc[three, name].sum())
    assert total[0] == pytest.approx(raw.loc[raw["quarter"] == "2024Q3", "planned"].sum())
    assert total[4] == round(100 * raw["disbursed"].sum() / raw["planned"].sum(), 1)
    villages = table_of(html, VI("commune_tables.programmes.by_village"))[1:]
    assert float(plain(villages[-1][2])) == pytest.approx(raw["disbursed"].sum())
    *shares, own = (float(plain(row[3])) for row in villages[:-1])
    assert shares == sorted(shares)
    money = raw[raw["village"].isna()]
    assert villages[-2][0] == VI("commune_tables.programmes.own")
    assert own == round(100 * money["disbursed"].sum() / money["planned"].sum(), 1)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_communes_own_money_names_agency_and_model(processed: Processed, language: str) -> None:
    raw = pd.read_csv(RAW / "funding.csv", dtype="str", keep_default_na=False)
    own = raw[(raw["village"] == "") & (raw["quarter"] == "2024Q1")]
    models = pd.read_csv(RAW / "models.csv").set_index("model")["name"]
    assert (own["model"] != "").any()
    caption = Words(language)("commune_tables.programmes.own_caption")
    rows = table_of(commune_report(processed, "2024Q1", language).funding().html, caption)[1:]
    assert [row[2:4] for row in rows] == own[["purpose", "agency"]].values.tolist()
    assert [row[4] for row in rows] == [models.get(code, "–") for code in own["model"]]
    public = commune_report(processed, "2024Q1", language, "public").funding().html
    assert caption not in public
    assert not [agency for agency in own["agency"] if agency in public]


def test_without_money_of_its_own_the_commune_has_no_line(plainer: Processed) -> None:
    html = commune_report(plainer, "2024Q4").funding()
    assert VI("commune_tables.programmes.own") not in html.html
    assert VI("tables.funding.agency") not in html.html


def test_money_above_the_plan_is_flagged(odd: Processed) -> None:
    report = commune_report(odd, "2024Q1")
    html = report.funding().html
    assert text("funding.over", count=1) in str(report.funding())
    (row,) = table_of(html, VI("commune_tables.programmes.over_caption"))[1:]
    assert row[0] == "Thôn 1"
    assert plain(row[-1]) == "999957.6"
    total = table_of(html, VI("commune_tables.programmes.caption"))[-1]
    assert "vượt kế hoạch" in total[-1]


def test_unknown_money_is_no_nothing() -> None:
    """A share is made only of lines that say both; sums say of what they are."""
    money = pd.DataFrame(
        {
            "village": ["A", "A", "B"],
            "programme": ["new_rural"] * 3,
            "planned": [10.0, None, None],
            "disbursed": [5.0, 7.0, None],
        }
    )
    (total,) = sums_by(money, []).to_dict("records")
    assert (total["planned"], total["disbursed"]) == (10, 12)
    assert (total["of_both"], total["disbursed_of_both"]) == (10, 5)
    assert (total["planned_unknown"], total["disbursed_unknown"], total["lines"]) == (2, 1, 3)
    by_village = sums_by(money, ["village"]).set_index("village")
    assert pd.isna(by_village.loc["B", "planned"])
    assert over_plan(money).empty


def test_loans_are_those_of_the_forms(processed: Processed) -> None:
    """Counted from the raw survey, of the households that results.csv has in the base."""
    report = commune_report(processed, "2024Q1")
    forms = pd.read_csv(RAW / "survey" / "2024Q1.csv", dtype="str").set_index("household")
    forms = forms.loc[forms.index.intersection(report.data.cohort["household"])]
    yes = forms[forms["borrowed"] == "yes"]
    amounts = pd.to_numeric(yes["loan_amount"])
    shown = str(report.loans())
    assert f"{len(yes)} hộ có vay" in shown
    assert (
        text(
            "loans.how_much",
            known=int(amounts.notna().sum()),
            yes=len(yes),
            median=VI.money(amounts.median()),
            total=VI.money(amounts.sum()),
        )
        in shown
    )
    lenders = table_of(report.loans().html, VI("commune_tables.lenders.caption"))[1:]
    answers = codebook().tables["survey"].column("loan_source").answers
    labels = {text: one.vi for one in answers for text in one.spellings}
    counts = yes["loan_source"].map(labels).value_counts()
    assert counts.sum() == len(yes)
    assert {row[0]: int(row[1]) for row in lenders} == counts.to_dict()
    assert text("loans.no_effect") in shown


def test_borrowers_and_others_are_compared_with_their_counts(processed: Processed) -> None:
    report = commune_report(processed, "2024Q1")
    forms = pd.read_csv(RAW / "survey" / "2024Q1.csv", dtype="str").set_index("household")
    forms = forms.loc[forms.index.intersection(report.data.cohort["household"])]
    rows = table_of(report.loans().html, VI("commune_tables.comparison.caption"))[1:]
    (model,) = (
        row for row in rows if row[0] == VI("commune_tables.comparison.outcome.stable_model")
    )
    for cell, answer in zip(model[1:], ("yes", "no"), strict=True):
        group = forms.loc[forms["borrowed"] == answer, "stable_model"]
        group = group[group.isin(["yes", "no"])]
        assert cell.startswith(f"{(group == 'yes').sum()}/{len(group)} (")
    income = rows[-1]
    for cell, answer in zip(income[1:], ("yes", "no"), strict=True):
        known = pd.to_numeric(forms.loc[forms["borrowed"] == answer, "income"]).dropna()
        assert cell == f"{VI.number(known.median())} (của {len(known)} hộ)"


def test_the_parts_of_a_comparison_are_the_whole(processed: Processed) -> None:
    homes = commune_report(processed, "2024Q4").data.cohort
    table = side_by_side(homes)
    assert set(table["group"]) == set(GROUPS)
    sums = table.groupby("outcome")[["yes", "no", "unknown"]].sum().sum(axis=1)
    assert (sums == len(homes)).all()
    told = borrowing(homes)
    assert told.yes + told.no + told.unknown == told.surveyed <= told.base == len(homes)
    assert told.sources["households"].sum() == told.yes


# --- what may be missing -------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_section_speaks_both_languages(processed: Processed, language: str) -> None:
    """Also of years that had one round of the survey, at the year's end."""
    for quarter in ("2021Q4", "2024Q1", "2024Q4"):
        report = commune_report(processed, quarter, language)
        for name, passage in told(report):
            assert passage.html, name
            assert str(passage), name
            (first, *_) = passage.blocks
            assert name == "first_screen" or isinstance(first, Heading)


def test_without_a_plan_nothing_is_judged(changed: Callable[..., Processed]) -> None:
    report = commune_report(
        changed(lambda raw: (raw / "plans" / "2024.toml").unlink(), "2024Q4"), "2024Q4"
    )
    first = str(report.first_screen())
    assert VI("masthead.no_plan") in first
    assert text("nothing_missing") not in first
    assert text("tasks.no_plan") in str(report.tasks())
    assert all(str(passage) for _, passage in told(report))
    html = report.villages().html
    assert not any(SIGNS[one] in html.split("</table>")[0] for one in ("met", "behind"))


def test_a_survey_that_asked_nothing_about_loans(changed: Callable[..., Processed]) -> None:
    columns = ["borrowed", "loan_amount", "loan_source"]
    data = changed(
        lambda raw: edit(raw / "survey" / "2024Q3.csv", lambda forms: forms.drop(columns=columns)),
        "2024Q3",
    )
    report = commune_report(data, "2024Q3")
    assert text("loans.not_asked") in str(report.loans())
    assert tables_of(report.loans()) == []


def test_registers_may_be_missing(changed: Callable[..., Processed]) -> None:
    def remove(raw: Path) -> None:
        for name in ("funding", "activities", "models", "task_progress"):
            (raw / f"{name}.csv").unlink()

    report = commune_report(changed(remove, "2024Q4"), "2024Q4")
    assert text("funding.none") in str(report.funding())
    sections = dict(report.sections())
    assert VI("tables.tasks.not_reported") in str(sections["tasks"])
    assert text("models.front_count", count=0) in str(sections["models"])
    assert VI("commune_tables.sessions.none") in str(sections["sessions"])


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Processed]:
    """Give a sample campaign of so many villages."""

    def of(villages: int) -> Processed:
        folder = tmp_path_factory.mktemp(f"villages{villages}")
        write_sample(folder, villages, 12 * villages, (Quarter(2024, 1), Quarter(2024, 2)))
        return built(folder)

    return of


def test_one_village(made: Callable[[int], Processed]) -> None:
    report = commune_report(made(1), "2024Q2")
    assert all(passage.html for _, passage in told(report))
    assert len(table_of(report.villages().html, text("villages.matrix"))) == 2


def test_sixty_villages_the_worst_first_and_the_others_folded(
    made: Callable[[int], Processed],
) -> None:
    report = commune_report(made(60), "2024Q2")
    passage = report.villages()
    first = table_of(passage.html, text("villages.matrix"))[1:]
    others = table_of(passage.html, text("villages.others", count=30))[1:]
    assert (len(first), len(others)) == (30, 30)
    assert {row[0] for row in first + others} == set(report.data.names.values())
    need = report.data.need
    assert [row[0] for row in first] == [report.data.names[v] for v in need["village"][:30]]
    assert text("villages.worst", shown=30, all=60) in str(passage)


def test_many_villages_stay_a_small_page(made: Callable[[int], Processed]) -> None:
    report = commune_report(made(150), "2024Q2")
    sections = dict(report.sections())
    assert len(table_of(sections["villages"].html, text("villages.matrix"))) == 31
    assert text("villages.elsewhere", count=120) in str(sections["villages"])
    assert sum(len(passage.html.encode()) for passage in sections.values()) < 700_000


def test_parameters_are_checked(processed: Processed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_PROCESSED", str(processed.folder))
    given = {"quarter": "2024q3 ", "language": "vi", "edition": "internal"}
    assert open_report(commune_report, given).data.code == "2024Q3"
    slip = {"In": ["# Parameters\nyear = '1'"]}
    for wrong in ({"quarter": "2030Q1"}, {"edition": "secret"}, {"language": "fr"}, slip):
        with pytest.raises(CampaignError):
            open_report(commune_report, {**given, **wrong})


def test_text_from_raw_files_stays_text(changed: Callable[..., Processed]) -> None:
    evil = "<script>alert(1)</script>"

    def inject(raw: Path) -> None:
        for file, column in (
            *(("models", name) for name in ("name", "field")),
            *(("activities", name) for name in ("kind",)),
            *(("task_progress", name) for name in ("evidence",)),
            ("villages", "name"),
        ):
            path = raw / f"{file}.csv"
            rows = pd.read_csv(path, dtype="str", keep_default_na=False)
            rows.assign(**{column: evil + rows.iloc[:, 0]}).to_csv(path, index=False)

    sections = commune_report(changed(inject, "2024Q4"), "2024Q4").sections()
    html = "".join(passage.html for _, passage in sections)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


# --- the public edition --------------------------------------------------------------------------


def public_html(processed: Processed, quarter: str, language: str = "vi") -> str:
    sections = commune_report(processed, quarter, language, "public").sections()
    return "".join(passage.html for _, passage in sections)


def frames_within(thing: object, seen: set[int]) -> Iterator[pd.DataFrame]:
    """Give every frame that can be reached from an object of ours."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, pd.DataFrame):
        yield thing
    elif isinstance(thing, dict | list | tuple):
        for one in thing.values() if isinstance(thing, dict) else thing:
            yield from frames_within(one, seen)
    elif type(thing).__module__.startswith("campaign_lib"):
        yield from frames_within(dict(getattr(thing, "__dict__", {})), seen)


@pytest.mark.parametrize("quarter", ["2024Q1", "2024Q4"])
def test_no_household_is_in_reach_of_the_public_report(processed: Processed, quarter: str) -> None:
    report = commune_report(processed, quarter, "vi", "public")
    assert all(passage.html is not None for _, passage in report.sections())
    frames = list(frames_within(report, set()))
    assert len(frames) > 10
    private = {"household", "head_name", "name", "field", "kind", "purpose", "evidence"}
    assert not [frame for frame in frames if private & set(frame.columns)]
    for name in ("homes", "cohort"):
        with pytest.raises(KeyError):
            getattr(report.data, name)
    for name in ("panel", "survey", "households", "results", "steps", "problems"):
        with pytest.raises(KeyError):
            report.data.processed.table(name)


def test_a_section_is_public_only_where_it_is_listed(processed: Processed) -> None:
    """The notebook calls each by its name: one that is not listed says nothing there either."""
    report = commune_report(processed, "2024Q4", "vi", "public")
    told = {name for name, passage in report.sections() if passage != NOTHING}
    assert told <= PUBLIC_SECTIONS
    for name, _ in report.sections():
        assert name in PUBLIC_SECTIONS or getattr(report, name)() == NOTHING


@pytest.mark.parametrize("language", ["vi", "en"])
def test_policy_credit_is_no_part_of_public_money(processed: Processed, language: str) -> None:
    money = processed.table("funding")
    assert (money["programme"] == "policy_credit").any()
    for report in (
        commune_report(processed, "2024Q4", language, "public"),
        village_report(processed, "T4", "2024Q4", language, "public"),
    ):
        frame = report.data.funding if hasattr(report, "data") else report.part["funding"]
        assert len(frame) and not (frame["programme"] == "policy_credit").any()
        assert report.text("funding.public") in report.funding().text


def of_registers() -> set[str]:
    """Everything in the raw files that may name or tell of somebody."""
    found: set[str] = set()
    for file, columns in {
        "households": ("household", "head_name"),
        "models": ("model", "name", "field"),
        "activities": ("activity", "kind"),
        "funding": ("purpose",),
        "task_progress": ("evidence",),
    }.items():
        rows = pd.read_csv(RAW / f"{file}.csv", dtype="str", keep_default_na=False)
        for column in columns:
            found |= set(rows[column]) - {""}
    for path in (RAW / "survey").glob("*.csv"):
        forms = pd.read_csv(path, dtype="str", keep_default_na=False)
        for column in {"loan_source", "enumerator"} & set(forms.columns):
            found |= {name for name in forms[column] if len(name) > 3}
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_of_a_household_is_public(processed: Processed, language: str) -> None:
    secrets = of_registers()
    assert len(secrets) > 1000
    # The internal edition shows that the search finds what there is.
    internal = "".join(part.html for _, part in commune_report(processed, "2024Q3").sections())
    assert any(secret in internal for secret in secrets)
    tasks = processed.table("tasks")
    ours = " ".join([*tasks["vi"], *tasks["en"]])
    for quarter in ("2021Q4", "2024Q1", "2024Q4"):
        html = public_html(processed, quarter, language)
        assert [one for one in secrets if one in html and one not in ours] == []
        assert Words(language)("masthead.public") in html
        assert Words(language)("masthead.internal") not in html
        assert not re.search(r"\b[0-9a-f]{64}\b", html)


def test_what_is_left_to_mend_is_counted_as_check_counts_it(processed: Processed) -> None:
    """Errors apart from warnings, in Word too; what has been corrected is left out."""
    problems = processed.table("problems")
    own = problems[problems["quarter"].isin(["2024Q4", ""])]
    counts = severities(own).value_counts()
    assert counts["error"] and counts["warning"]
    said = ", ".join(VI(f"check.count.{one}", count=counts[one]) for one in ("error", "warning"))
    assert f"còn: {said}." in str(commune_report(processed, "2024Q4").quality())


def test_public_figures_are_those_of_public_results(processed: Processed) -> None:
    report = commune_report(processed, "2024Q3", edition="public")
    lines = processed.table("public_results")
    lines = lines[(lines["quarter"] == "2024Q3") & (lines["level"] == "village")]
    head, *rows = table_of(report.villages().html, text("villages.matrix"))
    assert [row[0] for row in rows] == list(processed.villages.values())
    short = {VI(f"indicators.{one}.short"): one for one in lines["indicator"].unique()}
    withheld = 0
    for code, row in zip(processed.villages, rows, strict=True):
        for name, cell in zip(head[1:], row[1:], strict=True):
            of_cell = (lines["place"] == code) & (lines["indicator"] == short[name])
            (line,) = lines[of_cell].to_dict("records")
            if line["hidden"]:
                withheld += 1
                assert cell == VI("codes.status.hidden.mark")
            else:
                counted = f"{line['numerator']}/{line['denominator']}"
                assert cell == f"{SIGNS[line['status']]}\u00a0{counted}"
    assert withheld > 0


def test_small_parts_of_a_comparison_are_not_public(processed: Processed) -> None:
    """Whatever is shown leaves nobody in a group of fewer than five."""
    compared = 0
    for quarter in ("2024Q1", "2024Q2", "2024Q3", "2024Q4"):
        report = commune_report(processed, quarter, edition="public")
        cohort = commune_report(processed, quarter).data.cohort
        cells = side_by_side(cohort).set_index(["outcome", "group"])
        by_label = {VI(f"commune_tables.comparison.outcome.{one}"): one for one in OUTCOMES}
        for table in tables_of(report.loans()):
            for row in table.rows:
                compared += 1
                outcome = by_label[str(row[0])]
                assert outcome != "still_poor"
                for group in cells.loc[outcome].to_dict("records"):
                    answered = [group["yes"], group["no"]]
                    assert sum(group.values()) == 0 or min(answered) >= 5
                    assert group["unknown"] == 0 or group["unknown"] >= 5
    assert compared > 0


def test_few_borrowers_are_not_public(changed: Callable[..., Processed]) -> None:
    def three(forms: pd.DataFrame) -> pd.DataFrame:
        nobody = forms.assign(borrowed="no", loan_amount="", loan_source="")
        nobody.loc[nobody.index[:3], "borrowed"] = "yes"
        return nobody

    data = changed(lambda raw: edit(raw / "survey" / "2024Q3.csv", three), "2024Q3")
    internal = commune_report(data, "2024Q3").loans()
    assert "hộ có vay" in str(internal)
    public = commune_report(data, "2024Q3", edition="public").loans()
    assert text("loans.withheld") in str(public)
    assert not re.search(r"\d", str(public))


def test_small_models_are_withheld_in_public(changed: Callable[..., Processed]) -> None:
    def shrink(models: pd.DataFrame) -> pd.DataFrame:
        front = models["owner"] == "commune_front"
        return models.assign(households=models["households"].mask(front, "3"))

    data = changed(lambda raw: edit(raw / "models.csv", shrink), "2024Q4")
    html = commune_report(data, "2024Q4", edition="public").models().html
    rows = table_of(html, text("models.front_caption"))[1:]
    assert {row[-1] for row in rows} == {VI("codes.status.hidden.mark")}
    areas = table_of(html, VI("commune_tables.area_models.caption"))
    assert VI("commune_tables.area_models.households") not in areas[0]
