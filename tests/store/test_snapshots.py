"""What was kept by another version: a column or a table less, or more, or another layout."""

import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from archives import edit_archive, noted, tabled, without
from changed_campaigns import EDITS, first_state, mirrored, state_of
from inspected_campaign import TODAY

from campaign_lib import cli
from campaign_lib.analysis.changes import Change, compare, revision_tables
from campaign_lib.analysis.changes.lines import ABSENT, CODE, DATA, UNKNOWN, Cause
from campaign_lib.base.answers import said
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share, units_table
from campaign_lib.indicators.steps import columns_read
from campaign_lib.pipeline.build import build
from campaign_lib.show.tables.results import item_label
from campaign_lib.store import snapshots
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import (
    SCHEMA,
    TABLES,
    Build,
    InMemory,
    Lock,
    Locks,
    Snapshot,
    write_snapshot,
)
from campaign_lib.stories.village import village_report
from campaign_lib.stories.what_changed import what_changed
from campaign_lib.words import Words

QUARTER = "2024Q3"
FIGURE = f"{QUARTER}/A/changed_mindset"
AT = "survey/2024Q3.csv:4"
#: The one answer that is not what it was.
ANSWER = Cause(DATA, "A3", "self_reliance", "yes", "no", AT, AT)
OLD_CODE = "0" * 64
Edit = Callable[[pd.DataFrame], pd.DataFrame]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    return first_state(tmp_path_factory.mktemp("first") / "data")


@pytest.fixture(scope="module")
def now(first: Processed, tmp_path_factory: pytest.TempPathFactory) -> Processed:
    folder = tmp_path_factory.mktemp("now") / "data"
    return state_of(folder, first.folder.parent, EDITS["answer"])


def old(build: Processed, **edits: Edit | None) -> InMemory:
    """Make a build as an older version would have; None is a table that it did not know."""
    tables = {name: build.table(name) for name in TABLES}
    for name, edit in edits.items():
        table = tables.pop(name)
        if edit is not None:
            tables[name] = edit(table)
    return InMemory({**build.manifest, "code_sha256": OLD_CODE}, tables)


def causes(changes: tuple[Change, ...]) -> Mapping[str, set[Cause]]:
    return {str(change.figure): set(change.causes) for change in changes}


def tells_why(before: Build, now: Build) -> bool:
    """Say whether the answer is told as a cause; every changed figure must have one."""
    changes = causes(compare(before, now))
    assert all(each and UNKNOWN not in {one.kind for one in each} for each in changes.values())
    return ("A3", "self_reliance") in {(one.unit, one.item) for one in changes[FIGURE]}


# --- a column or a table less, or more ----------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_a_column_that_the_older_version_did_not_know_is_missing(
    first: Processed, now: Processed, name: str
) -> None:
    essential = {*TABLES[name]} if name == "results" else set()
    for column in {*first.table(name)} - essential:
        before = old(first, **{name: lambda table, it=column: table.drop(columns=it)})
        assert tells_why(before, now) or column in {"self_reliance", *TABLES["panel"]}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_which_only_the_keys_are_known_is_compared(
    first: Processed, now: Processed, name: str
) -> None:
    pair = [old(each, **{name: lambda table: table[[*TABLES[name]]]}) for each in (first, now)]
    if name == "results":
        assert compare(pair[0], now) == ()  # nothing but the figures' names is on both sides
        return
    changes = compare(pair[0], now)
    assert compare(now, pair[0]) == mirrored(changes)
    assert tells_why(pair[0], now) == tells_why(*pair) == (name != "panel")
    lock = Lock(QUARTER, date(2024, 9, 20), pair[0])
    assert len(revision_tables(now, [lock])["revisions"]) == len(changes)


@pytest.mark.parametrize("name", [name for name in TABLES if name != "results"])
def test_a_table_that_the_older_version_did_not_know_is_missing(
    first: Processed, now: Processed, name: str
) -> None:
    assert tells_why(old(first, **{name: None}), now) == (name != "panel")
    older, newer = (old(each, **{name: None}) for each in (first, now))
    assert tells_why(older, newer) == (name != "panel")  # and where both are as old


def test_a_column_that_neither_has_is_missing_in_both(first: Processed, now: Processed) -> None:
    def lacks_goods(table: pd.DataFrame) -> pd.DataFrame:
        return table.drop(columns="essential_goods_needed")

    pair = [old(each, panel=lacks_goods, plans=lacks_goods) for each in (first, now)]
    assert tells_why(*pair)


@pytest.mark.parametrize("name", TABLES)
def test_a_column_that_this_version_does_not_know_is_passed_over(
    first: Processed, now: Processed, name: str
) -> None:
    newer = old(first, **{name: lambda table: table.assign(of_later="?")})
    assert compare(newer, first) == ()
    assert causes(compare(newer, now)) == causes(compare(old(first), now))


def test_answers_that_the_older_version_did_not_allow_are_nobody_s(
    first: Processed, now: Processed
) -> None:
    def fewer(table: pd.DataFrame) -> pd.DataFrame:
        answers = table["self_reliance"].astype("str").replace("yes", "rather")
        return table.assign(self_reliance=pd.Categorical(answers))

    found = causes(compare(old(first, panel=fewer), now))
    assert {cause.kind for cause in found[FIGURE]} >= {CODE}


def test_what_only_one_has_is_told_where_it_bears_on_the_figure(
    first: Processed, now: Processed
) -> None:
    before = old(first, panel=lambda table: table.drop(columns="self_reliance"))
    found = causes(compare(before, now))[FIGURE]
    assert {cause.kind for cause in found} == {CODE, ABSENT}
    assert Cause(ABSENT, "", "self_reliance") in found
    lacking = old(first, panel=lambda table: table.drop(columns="income"))
    assert {cause.kind for each in causes(compare(lacking, now)).values() for cause in each} == {
        DATA
    }


# --- a campaign that is upgraded ----------------------------------------------------------------


@pytest.fixture
def run(first: Processed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Give the command, over a campaign whose third quarter an older version locked."""
    data = tmp_path / "data"
    shutil.copytree(first.folder.parent, data)
    Locks(data).lock(Processed(data / "processed"), QUARTER, TODAY, force=False)
    lock = data / "locked" / f"{QUARTER}.zip"
    edit_archive(lock, "manifest.json", noted(schema=None, code_sha256=OLD_CODE))
    for part in ("plans.parquet", "panel.parquet"):
        edit_archive(lock, part, without("essential_goods_needed"))
    edit_archive(lock, "targets.parquet", tabled(lambda table: table.assign(of_later=1)))
    for path in ("processed/panel.parquet", "processed/tables/plans.parquet"):
        (data / path).write_bytes(
            without("essential_goods_needed")((data / path).read_bytes()) or b""
        )
    (data / "processed/tables/allocation.parquet").unlink()  # a table that it did not know
    EDITS["answer"](data / "raw")

    def command(*arguments: str) -> tuple[int, str, str]:
        before = ["--data", str(data), "--reports", str(tmp_path / "reports")]
        status = cli.main([*before, "--today", TODAY.isoformat(), *arguments])
        return status, *capsys.readouterr()

    return command


def test_a_locked_quarter_of_an_older_version_is_compared(run: Run, tmp_path: Path) -> None:
    assert run("build")[0] == 0
    told = "A3: self_reliance Yes → No (survey/2024Q3.csv, row 4)"
    for side in (QUARTER, "last"):
        status, said_, _ = run("diff", side, "now", "--language", "en")
        assert status == 1
        assert FIGURE in said_
        assert told in said_
    assert "2 con số nay khác" in run("lock", "--list")[1]
    processed = Processed(tmp_path / "data" / "processed")
    note = village_report(processed, "A", QUARTER, "en").revisions().text
    assert "6/9 (66.67" in note
    assert told in note
    assert told in what_changed(processed, QUARTER, "now", "en").as_text()


@pytest.mark.slow
def test_reports_are_made_over_a_lock_of_an_older_version(run: Run, tmp_path: Path) -> None:
    assert run("reports", "--quarter", QUARTER)[0] == 0
    page = (tmp_path / "reports" / "changes.html").read_text(encoding="utf-8")
    assert FIGURE in page
    assert run("reports", "--quarter", QUARTER)[0] == 0


def test_what_is_missing_is_said_in_both_languages(first: Processed, now: Processed) -> None:
    from campaign_lib.stories.what_changed import cause_text

    cause = Cause(ABSENT, "", "essential_goods_needed")
    for language, part in (("vi", "không so được"), ("en", "not compared")):
        text = cause_text(cause, Words(language))
        assert part in text
        assert item_label("essential_goods_needed", Words(language)) in text


# --- the number of the layout -------------------------------------------------------------------


def test_a_snapshot_carries_the_number_of_its_layout(first: Processed, tmp_path: Path) -> None:
    file = tmp_path / "kept.zip"
    write_snapshot(first, file)
    assert Snapshot(file).manifest["schema"] == SCHEMA
    edit_archive(file, "manifest.json", noted(schema=None))  # from before there was one
    assert compare(Snapshot(file), first) == ()
    edit_archive(file, "manifest.json", noted(schema=SCHEMA + 1))
    with pytest.raises(CampaignError, match=r"kept\.zip: was kept by a later version") as refused:
        Snapshot(file)
    assert str(refused.value).count(". ") == 0


def test_a_lock_of_a_later_layout_stops_a_build_in_one_line(run: Run, tmp_path: Path) -> None:
    lock = tmp_path / "data" / "locked" / f"{QUARTER}.zip"
    edit_archive(lock, "manifest.json", noted(schema=SCHEMA + 1))
    for command in ("build", "reports"):
        status, _, error = run(command)
        assert (status, error.count("\n")) == (2, 1)
        assert "phiên bản mới hơn" in error


def test_a_build_of_an_older_version_keeps_its_number(first: Processed, tmp_path: Path) -> None:
    """What an older version built is kept by this one when it is first run."""
    without_number = {k: v for k, v in first.manifest.items() if k != "schema"}
    tables = {name: first.table(name) for name in TABLES if name != "allocation"}
    write_snapshot(InMemory(without_number, tables), tmp_path / "kept.zip")
    kept = Snapshot(tmp_path / "kept.zip")
    assert kept.manifest["schema"] == 1
    assert not kept.has("allocation")


# --- what is typed ------------------------------------------------------------------------------


def asked_by_anna(home: pd.DataFrame) -> "pd.Series[bool]":
    return said(home["enumerator"], "Anna")


def test_what_was_typed_is_left_out_unless_an_indicator_reads_it(
    first: Processed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.zip"
    typed = {"head_name", "enumerator", "reason", "aliases", "field", "kind"}
    write_snapshot(first, file)
    columns = {column for name in TABLES for column in Snapshot(file).table(name)}
    assert not typed & columns
    assert "name" in Snapshot(file).table("villages")
    assert "name" not in Snapshot(file).table("models_by_quarter")
    by_anna = Share("by_anna", (asked_by_anna,), (asked_by_anna,), "nowhere")
    assert columns_read(asked_by_anna, first.panel) == ("enumerator",)
    monkeypatch.setattr(snapshots, "ALL", (*ALL, by_anna))
    write_snapshot(first, file)
    kept = Snapshot(file).table("panel")
    assert "enumerator" in kept
    assert "head_name" not in kept


def test_every_column_that_a_figure_depends_on_is_kept(first: Processed, tmp_path: Path) -> None:
    write_snapshot(first, tmp_path / "kept.zip")
    kept = Snapshot(tmp_path / "kept.zip")
    for indicator in ALL:
        rows = kept.table(units_table(indicator.units))
        for question in (one for part in indicator.parts() for one in part.questions):
            assert {*columns_read(question, rows)} <= {*rows}


def test_an_upgrade_that_changes_nothing_tells_nothing(first: Processed, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(first.folder.parent, data)
    Locks(data).lock(Processed(data / "processed"), QUARTER, TODAY, force=False)
    edit_archive(
        data / "locked" / f"{QUARTER}.zip", "plans.parquet", without("district_mean_income")
    )
    build(data, TODAY)
    assert Processed(data / "processed").table("revisions").empty
