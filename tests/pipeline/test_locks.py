"""What a build keeps of the one before it, and quarters that were sent upward."""

import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from archives import Change, edit_archive, noted, without
from changed_campaigns import EDITS, answered, first_state
from inspected_campaign import TODAY
from pandas.testing import assert_frame_equal

from campaign_lib import cli
from campaign_lib.analysis.changes.sides import open_side
from campaign_lib.analysis.poverty import as_sent
from campaign_lib.base.editions import Edition
from campaign_lib.base.figures import Figure
from campaign_lib.errors import CampaignError
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.reports.index import index_of
from campaign_lib.pipeline.reports.news import news_of, reported_quarters
from campaign_lib.pipeline.reports.planned import COMMUNE_REPORT, Key, Planner
from campaign_lib.pipeline.reports.report import Made, Manifest
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import LAST, Locks, Snapshot
from campaign_lib.stories.commune import commune_report
from campaign_lib.stories.village import village_report
from campaign_lib.words import Words

QUARTER = "2024Q3"
ANSWER = EDITS["answer"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("first") / "data"
    first_state(data)
    return data


@pytest.fixture
def data(first: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first, tmp_path / "data"))


@pytest.fixture(scope="module")
def sent(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first state, with a quarter locked."""
    data = Path(shutil.copytree(first, tmp_path_factory.mktemp("sent") / "data"))
    Locks(data).lock(Processed(data / "processed"), QUARTER, TODAY, force=False)
    build(data, TODAY)
    return data


@pytest.fixture(scope="module")
def revised(sent: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was sent, and another answer since."""
    data = Path(shutil.copytree(sent, tmp_path_factory.mktemp("revised") / "data"))
    changed(data)
    return data


@pytest.fixture
def run(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str) -> tuple[int, str, str]:
        before = ["--data", str(data), "--reports", str(tmp_path / "reports")]
        status = cli.main([*before, "--today", TODAY.isoformat(), *arguments])
        return status, *capsys.readouterr()

    return command


def changed(data: Path) -> Processed:
    ANSWER(data / "raw")
    build(data, TODAY)
    return Processed(data / "processed")


def brought(state: Path, data: Path) -> Locks:
    """Bring the campaign into a state that was built once for all tests."""
    shutil.rmtree(data)
    shutil.copytree(state, data)
    return Locks(data)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- the last build -----------------------------------------------------------------------------


def test_a_build_from_something_else_keeps_the_one_before(data: Path) -> None:
    last = data / "processed" / LAST
    assert not build(data, TODAY).is_new
    assert not last.exists()
    before = (data / "processed" / "results.csv").read_text(encoding="utf-8")
    ANSWER(data / "raw")
    assert build(data, TODAY).is_new
    assert mode(last) & 0o007 == 0
    assert Snapshot(last).manifest["files"] != Processed(data / "processed").manifest["files"]
    assert not build(data, TODAY).is_new  # and what it kept is still there
    assert (data / "processed" / "results.csv").read_text(encoding="utf-8") != before
    assert len(open_side("last", data / "processed").lines) == before.count("\n") - 1


def test_a_build_that_was_killed_leaves_the_last_one(data: Path) -> None:
    changed(data)
    (data / "processed" / "manifest.json").unlink()
    assert build(data, TODAY).is_new
    assert Snapshot(data / "processed" / LAST).manifest["files"]


def test_what_is_kept_names_nobody(data: Path) -> None:
    changed(data)
    kept = Snapshot(data / "processed" / LAST)
    for name in ("panel", "households", "models_by_quarter"):
        assert not {"head_name", "enumerator", "name"} & set(kept.table(name).columns)


def test_another_file_is_refused_in_a_sentence(data: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(b"no zip")
    with pytest.raises(CampaignError, match="not a build that was kept"):
        Snapshot(other)
    with pytest.raises(CampaignError, match="neither processed tables nor a list"):
        open_side(str(tmp_path / "nowhere"), data / "processed")
    with pytest.raises(CampaignError, match="no build before this one is kept"):
        open_side("last", data / "processed")


#: What can be wrong with one part of a lock; None takes the part out.
DAMAGES: dict[str, tuple[str, Change]] = {
    "no manifest": ("manifest.json", lambda raw: None),
    "no JSON": ("manifest.json", lambda raw: raw[:-1]),
    "another JSON": ("manifest.json", lambda raw: b"[1]"),
    "no day": ("manifest.json", noted(locked_on=None)),
    "no number": ("manifest.json", noted(schema="1")),
    "no table": ("results.parquet", lambda raw: None),
    "half a table": ("results.parquet", lambda raw: raw[: len(raw) // 2]),
    "a table of nowhere": ("results.parquet", without("place")),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_lock_is_refused_with_what_to_do(sent: Path, data: Path, damage: str) -> None:
    locks = brought(sent, data)
    edit_archive(locks.folder / f"{QUARTER}.zip", *DAMAGES[damage])
    with pytest.raises(
        CampaignError, match=r"2024Q3\.zip: not .* bring back a good copy .* move it"
    ):
        locks.all()


def test_half_a_lock_stops_a_build_until_it_is_undone(sent: Path, data: Path, run: Run) -> None:
    lock = brought(sent, data).folder / f"{QUARTER}.zip"
    lock.write_bytes(lock.read_bytes()[:1000])
    status, _, error = run("build")
    assert (status, error.count("\n")) == (2, 1)
    assert "nơi sao lưu" in error
    assert run("lock", QUARTER, "--undo")[0] == 0
    assert run("build")[0] == 0


# --- reported quarters --------------------------------------------------------------------------


def test_a_quarter_is_reported_when_it_is_locked_or_has_a_page(
    sent: Path, data: Path, tmp_path: Path
) -> None:
    reports = tmp_path / "reports"
    assert reported_quarters(data, reports) == set()
    page = Made("", "", {}, "", "fresh", 0.0)
    Manifest(reports / "public", {"2024Q1/T1.html": page}, reports).write()
    assert reported_quarters(data, reports) == {"2024Q1"}
    brought(sent, data)
    assert reported_quarters(data, reports) == {"2024Q1", QUARTER}


@pytest.mark.usefixtures("in_english")
def test_a_build_says_loudly_what_changed_of_a_reported_quarter(
    sent: Path, data: Path, run: Run
) -> None:
    brought(sent, data)
    ANSWER(data / "raw")
    status, _, said = run("build")
    assert status == 0
    assert "ATTENTION: 2024Q3 has been reported" in said
    assert "2024Q3/A/changed_mindset: 6/9 (66.67" in said
    assert f"campaign --data {data} diff" in said
    assert run("build")[2] == ""  # said once


def test_nothing_is_said_of_a_quarter_that_nobody_has_seen(data: Path, tmp_path: Path) -> None:
    changed(data)
    assert list(news_of(data, tmp_path / "reports")) == []


# --- locks --------------------------------------------------------------------------------------


def test_a_lock_is_for_its_owner_and_survives_builds(sent: Path, data: Path) -> None:
    locks = brought(sent, data)
    path = locks.folder / f"{QUARTER}.zip"
    assert (mode(path) | mode(locks.folder)) & 0o007 == 0
    content = path.read_bytes()
    changed(data)
    shutil.rmtree(data / "processed")
    build(data, TODAY)
    assert path.read_bytes() == content
    assert len(Processed(data / "processed").table("revisions")) == 2


@pytest.mark.usefixtures("in_english")
def test_locking_again_needs_force(data: Path, run: Run) -> None:
    assert run("lock", QUARTER)[0] == 0
    status, _, said = run("lock", QUARTER)
    assert (status, said.count("\n")) == (2, 1)
    assert f"{QUARTER} was locked on {TODAY.isoformat()}: --force" in said
    ANSWER(data / "raw")
    assert "no longer what was sent: 2\n" in run("lock", "--list")[1]
    assert run("lock", QUARTER, "--force")[0] == 0
    assert "no longer what was sent: 0\n" in run("lock", "--list")[1]


def test_a_lock_can_be_undone(run: Run) -> None:
    run("lock", QUARTER)
    assert run("lock", QUARTER, "--undo")[0] == 0
    assert "No quarter is locked" in run("lock", "--list", "--language", "en")[1]
    assert run("lock", QUARTER, "--undo")[0] == 2


@pytest.mark.parametrize(
    "arguments", [[], ["2024Q9"], ["2031Q1"], [QUARTER, "--list"], ["../x", "--undo"]]
)
def test_what_cannot_be_locked_is_refused_in_one_line(arguments: list[str], run: Run) -> None:
    status, out, said = run("lock", *arguments)
    assert (status, out, said.count("\n")) == (2, "", 1)


# --- notes --------------------------------------------------------------------------------------


def test_a_difference_becomes_a_note_and_the_figures_are_those_that_were_sent(
    sent: Path, revised: Path
) -> None:
    assert village_report(Processed(sent / "processed"), "A", QUARTER).revisions().text == ""
    processed = Processed(revised / "processed")
    note = village_report(processed, "A", QUARTER, "en").revisions().text
    assert "Revised since it was sent on 1 February 2025" in note
    assert "6/9 (66.67" in note
    assert "5/9 (55.56" in note
    assert "A3: self_reliance" in note
    assert "survey/2024Q3.csv, row 4" in note
    assert village_report(processed, "B", QUARTER).revisions().text == ""
    report = commune_report(processed, QUARTER, "en")
    commune = report.revisions().text
    assert "8/13" in commune
    assert "Thôn A" in commune
    # 8 of 13 were sent, and are on the page; results.csv, and what the audit takes apart, have 7.
    assert "8/13" in report.indicators().text
    assert "7/13" not in report.indicators().text
    assert "6/9" in village_report(processed, "A", QUARTER, "en").indicators().text
    line = processed.results.query("place == 'commune' and indicator == 'changed_mindset'")
    assert line["numerator"].to_list() == [7]
    heat = listed(revised, revised / "reports")
    assert "8/13" in heat


def test_what_was_sent_is_told_in_the_types_of_results(revised: Path) -> None:
    processed = Processed(revised / "processed")
    told = as_sent(processed.results, processed.table("revisions"))
    assert (told[processed.results.columns].dtypes == processed.results.dtypes).all()
    revised = told[told["revised"]]
    assert dict(zip(revised["place"], revised["percent"], strict=True)) == {
        "A": 66.67,
        "commune": 61.54,
    }
    alike = told[~told["revised"]][processed.results.columns]
    assert_frame_equal(alike, processed.results.loc[alike.index])


def test_in_public_a_note_has_no_counts_and_follows_what_is_published(revised: Path) -> None:
    processed = Processed(revised / "processed")
    note = commune_report(processed, QUARTER, "en", "public").revisions().text
    assert "have been revised since the report was sent on 1 February 2025" in note
    assert "/13" not in note
    assert "A3" not in note
    public = processed.table("public_results")
    sent = Snapshot(revised / "locked" / f"{QUARTER}.zip").table("public_results")
    for place in "AB":
        same = public[public["place"] == place].astype("str").reset_index(drop=True).equals(
            sent[sent["place"] == place].astype("str").reset_index(drop=True)
        )  # fmt: skip
        told = village_report(processed, place, QUARTER, "en", "public").revisions().text
        assert (told == "") == same


def hashes(data: Path) -> dict[Key, str]:
    pages = Planner(Processed(data / "processed"), Words("vi")).all()
    return {key: report.hash for key, report in pages.items()}


def stale(before: dict[Key, str], now: dict[Key, str]) -> set[tuple[str, str]]:
    return {(key.notebook, key.place) for key in before if before[key] != now[key]}


def test_locking_and_unlocking_make_stale_what_shows_a_note(
    first: Path, sent: Path, revised: Path, data: Path
) -> None:
    # Nothing differs: no page tells of it.
    assert stale(hashes(first), hashes(sent)) == set()
    locks = brought(revised, data)
    with_note = hashes(data)
    locks.unlock(QUARTER)
    build(data, TODAY)
    assert stale(with_note, hashes(data)) == {
        ("village_report", "A"),
        ("audit_place", "A"),
        ("audit_place", COMMUNE),
        (COMMUNE_REPORT, COMMUNE),
    }


# --- the command --------------------------------------------------------------------------------


def test_diff_ends_with_what_it_found(data: Path, run: Run, tmp_path: Path) -> None:
    assert run("diff")[0] == 0
    older = shutil.copytree(data / "processed", tmp_path / "older")
    assert run("diff", str(older))[0] == 0
    answered("B1", "self_reliance", "no")(data / "raw")
    status, said, _ = run("diff", "--language", "en")
    assert status == 1
    assert "2024Q3/B/changed_mindset" in said
    assert "B1: self_reliance Yes → No (survey/2024Q3.csv, row 11)" in said
    assert run("diff", str(older))[1:] != ("", "")
    assert run("diff", "last", "last")[0] == 0
    assert run("diff", str(tmp_path / "nowhere"))[0] == 2


# --- the list of reports ------------------------------------------------------------------------


def listed(data: Path, reports: Path, edition: Edition = "internal") -> str:
    """Give the list of all reports, in English."""
    processed, words = Processed(data / "processed"), Words("en")
    planned = Planner(processed, words, edition).all()
    return index_of([processed], planned, reports, words, edition)


def test_the_list_says_what_changed_and_marks_what_was_sent(
    first: Path, sent: Path, revised: Path, tmp_path: Path
) -> None:
    assert "Since the build before" not in listed(first, tmp_path)
    assert "the figures are those that were sent." in listed(sent, tmp_path)
    page = listed(revised, tmp_path)
    assert "changed figures: 2, in quarters: 1." in page
    assert "figures that are no longer what was sent: 2." in page
    assert "Q3 2024 (locked, revised since)</th>" in page
    assert "changes.html" not in page  # no link to a page that is not there
    (tmp_path / "changes.html").touch()
    assert '<a href="changes.html">See why</a>' in listed(revised, tmp_path)
    public = listed(revised, tmp_path, "public")
    assert "Q3 2024 (revised)</th>" in public
    assert "changed figures" not in public


def test_the_page_of_differences_is_stale_when_a_side_is_another(data: Path) -> None:
    def page() -> str:
        report = Planner(Processed(data / "processed"), Words("vi")).changes()
        return "" if report is None else report.hash

    assert page() == ""
    changed(data)
    first = page()
    assert first
    build(data, TODAY)
    assert page() == first
    EDITS["left"](data / "raw")
    build(data, TODAY)
    assert page() not in ("", first)
    public = Planner(Processed(data / "processed"), Words("vi"), "public")
    assert public.changes() is None


def list_of_reports(data: Path, folder: Path, edition: Edition = "internal") -> Path:
    """Write the list of reports as a run writes it."""
    planned = Planner(Processed(data / "processed"), Words("vi"), edition).all()
    made = {
        report.target: Made(
            report.title, report.notebook.name, dict(report.parameters), report.hash, "fresh", 1.0,
            figures=dict(report.figures), made_from=dict(report.made_from),
        )
        for report in planned.values()
    }  # fmt: skip
    Manifest(folder, made).write()
    return folder


def test_lists_of_reports_compare_by_kind(data: Path, tmp_path: Path, run: Run) -> None:
    before = list_of_reports(data, tmp_path / "before")
    lines = open_side(str(before), data / "processed").lines
    assert lines == open_side("now", data / "processed").lines
    assert run("diff", str(before), str(before / "manifest.json"))[0] == 0
    assert run("diff", str(before))[0] == 0
    changed(data)
    now = list_of_reports(data, tmp_path / "now")
    status, said, _ = run("diff", str(before), str(now), "--language", "en")
    assert status == 1
    assert "2024Q3/A/changed_mindset" in said
    assert "some raw data of the commune changed" in said
    assert "not which household" in said
    assert "A3" not in said


def test_a_public_list_has_what_is_published(data: Path, tmp_path: Path) -> None:
    folder = list_of_reports(data, tmp_path / "public", "public")
    side = open_side(str(folder), data / "processed")
    public = Processed(data / "processed").table("public_results")
    assert len(side.lines) == len(public)
    for line in public.to_dict("records"):
        shown = side.lines[Figure(line["quarter"], line["place"], line["indicator"])]
        for name in ("numerator", "denominator", "target_count"):
            assert shown[name] == ("" if pd.isna(line[name]) else str(line[name]))
        assert shown["unknown"] == ""
    content = (folder / "manifest.json").read_text(encoding="utf-8")
    assert '"data":' not in content  # no checksum of answers
