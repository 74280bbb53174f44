"""`campaign allocate`: who carries how much of a target, and fixing it in raw/allocation.csv."""

import csv
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from pandas.testing import assert_frame_equal

from campaign_lib.analysis.village_targets import (
    SharedTarget,
    shared_targets,
)
from campaign_lib.base.quarters import Quarter
from campaign_lib.cli import main
from campaign_lib.errors import CampaignError
from campaign_lib.office.allocation_file import as_table, fix, to_share
from campaign_lib.pipeline.build import build, build_ahead
from campaign_lib.store.processed import Processed
from campaign_lib.stories.sharing import shared_by
from campaign_lib.words import Words
from campaign_sample import write_sample

TODAY = date(2025, 2, 1)
QUARTERS = tuple(map(Quarter.parse, ("2023Q4", "2024Q1", "2024Q2")))
INDICATOR = "changed_mindset"
ODD = ("changed_mindset", "applies_science", "improved_life", "in_cooperative")
WHOLE = ("covered_by_plan", "informed", "integrated_activities", "area_models")


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up campaign of two years, built."""
    folder = tmp_path_factory.mktemp("allocate")
    write_sample(folder, villages=5, households=250, quarters=QUARTERS)
    build(folder, TODAY)
    return folder


@pytest.fixture(scope="session")
def processed(data: Path) -> Processed:
    return Processed(data / "processed")


@pytest.fixture(scope="session")
def shared(processed: Processed) -> dict[str, SharedTarget]:
    return {one.indicator: one for one in shared_targets(processed, "2024Q1")}


@pytest.fixture
def raw(data: Path, tmp_path: Path) -> Path:
    """The campaign's raw files, to be written to."""
    return Path(shutil.copytree(data / "raw", tmp_path / "raw"))


def rebuilt(raw: Path) -> Processed:
    build(raw.parent, TODAY)
    return Processed(raw.parent / "processed")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_shared_target_is_there_and_no_other(shared: dict[str, SharedTarget]) -> None:
    assert set(shared) == {*ODD, *WHOLE}


def test_villages_carry_what_the_results_say(
    processed: Processed, shared: dict[str, SharedTarget]
) -> None:
    lines = processed.results.query("quarter == '2024Q1'").set_index(["indicator", "place"])
    for one in shared.values():
        assert one.count == lines.loc[(one.indicator, "commune"), "target_count"]
        for code, _, base, _, count in one.villages.itertuples(index=False):
            line = lines.loc[(one.indicator, code)]
            assert base == line["denominator"]
            if base:  # without a base a line has no target count
                assert count == line["target_count"]


def test_the_sum_line_is_the_commune_s_count(shared: dict[str, SharedTarget]) -> None:
    for one in shared.values():
        rows = as_table([one]).rows
        assert len(rows) == 5 + 1
        for column in (5, 6):  # computed and allocated: nothing is fixed here
            assert str(rows[-1][column]) == str(one.count - one.outside_villages)
            assert str(rows[-1][column]) == str(sum(int(str(row[column])) for row in rows[:-1]))
        assert one.outside_villages == 0 or one.indicator == "integrated_activities"


def test_activities_of_the_whole_commune_are_told_of(shared: dict[str, SharedTarget]) -> None:
    one = shared["integrated_activities"]
    assert one.outside_villages > 0
    assert f"{one.outside_villages} không thuộc thôn nào" in str(as_table([one]))


def test_the_quarter_is_the_first_of_the_newest_plan(raw: Path) -> None:
    in_2024 = date(2024, 12, 14)
    assert to_share(raw, in_2024, None) == ("2024Q1", False, None)
    (raw / "survey" / "2024Q1.csv").unlink()
    assert to_share(raw, in_2024, None) == ("2024Q2", False, None)
    # From 15 December on it is the first quarter of 2025, and another year's targets are no answer.
    assert to_share(raw, date(2024, 12, 15), None) == ("2024Q2", False, 2025)
    plan_of_2025(raw)
    assert to_share(raw, date(2024, 12, 15), None) == ("2025Q1", True, None)
    assert to_share(raw, TODAY, "2024q1") == ("2024Q1", True, None)
    assert to_share(raw, TODAY, "2030Q1") == ("2030Q1", False, None)


def test_without_a_plan_there_is_nothing_to_share(raw: Path) -> None:
    shutil.rmtree(raw / "plans")
    for asked in (None, "2030Q1"):
        with pytest.raises(CampaignError, match="no plan for any year"):
            to_share(raw, TODAY, asked)


def test_the_cohort_needs_no_survey(
    raw: Path, shared: dict[str, SharedTarget], tmp_path: Path
) -> None:
    shutil.rmtree(raw / "survey")
    ahead = build_ahead(raw.parent, TODAY, "2024Q1", tmp_path / "ahead" / "processed")
    assert ahead.quarters == ("2024Q1",)
    for one in shared_targets(ahead, "2024Q1"):
        assert_frame_equal(one.villages, shared[one.indicator].villages)
    said = shared_by(ahead, "2024Q1", Words("en"))
    assert said[0] == "By the plan of 2024; households as of 14 March 2024."
    assert said[1].startswith("There is no survey of the first quarter of 2024 yet")


def test_a_plan_without_its_review_says_of_which_day_the_statuses_are(
    raw: Path, tmp_path: Path
) -> None:
    plan_of_2025(raw)
    statuses = raw / "poverty_status.csv"
    lines = statuses.read_text(encoding="utf-8").splitlines(keepends=True)
    early = [line for line in lines if "2024-" not in line]
    statuses.write_text("".join(early), encoding="utf-8")
    ahead = build_ahead(raw.parent, TODAY, "2025Q1", tmp_path / "ahead" / "processed")
    *_, warned = shared_by(ahead, "2025Q1", Words("en"))
    assert "no review for the baseline date 31 December 2024: the latest is of 31" in warned


def plan_of_2025(raw: Path) -> None:
    text = (raw / "plans" / "2024.toml").read_text(encoding="utf-8")
    text = text.replace("year = 2024", "year = 2025").replace("2023-12-31", "2024-12-31")
    (raw / "plans" / "2025.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("indicator", ["front_models", "poverty_reduction", "nothing"])
def test_what_is_not_shared_is_refused(processed: Processed, indicator: str) -> None:
    with pytest.raises(CampaignError, match="changed_mindset"):
        shared_targets(processed, "2024Q1", indicator)


def test_fixing_writes_the_four_odd_targets(raw: Path, shared: dict[str, SharedTarget]) -> None:
    path = fix(raw, shared.values())
    assert path == raw / "allocation.csv"
    rows = read(path)
    assert {row["indicator"] for row in rows} == set(ODD)
    for name in ODD:
        counts = {row["village"]: int(row["count"]) for row in rows if row["indicator"] == name}
        villages = shared[name].villages
        assert counts == dict(zip(villages["village"], villages["count"], strict=True))
        assert sum(counts.values()) == shared[name].count
    assert {row["year"] for row in rows} == {"2024"}


def test_fixing_twice_gives_the_same_file(raw: Path, shared: dict[str, SharedTarget]) -> None:
    path = fix(raw, shared.values())
    assert path is not None
    before = path.read_bytes()
    again = shared_targets(rebuilt(raw), "2024Q1")
    assert {one.indicator for one in again if one.fixed is not None} == set(ODD)
    fix(raw, again)
    assert path.read_bytes() == before


def test_rows_of_other_years_and_indicators_stay(
    raw: Path, shared: dict[str, SharedTarget]
) -> None:
    path = raw / "Allocation.csv"
    path.write_text(
        "Số được giao;Thôn;Chỉ tiêu;Năm;Ghi chú;\n"
        "7;T1;changed_mindset;2023;năm trước;\n"
        "8;T1;Thay đổi nếp nghĩ;2024;cũ;\n"
        "9;Thôn 2;CHANGED_MINDSET;2024;cũ;\n"
        "4;T1;in_cooperative;2024;xã chốt;\n"
        "5;T1;?;2024;dở dang;\n",
        encoding="utf-8-sig",
    )
    assert fix(raw, [shared["changed_mindset"]], force=True) == path
    assert not (raw / "allocation.csv").exists() or path.samefile(raw / "allocation.csv")
    rows = [tuple(row.values()) for row in read(path)]
    assert list(read(path)[0]) == ["Số được giao", "Thôn", "Chỉ tiêu", "Năm", "Ghi chú"]
    assert rows[:3] == [
        ("7", "T1", "changed_mindset", "2023", "năm trước"),
        ("4", "T1", "in_cooperative", "2024", "xã chốt"),
        ("5", "T1", "?", "2024", "dở dang"),
    ]
    villages = shared["changed_mindset"].villages
    assert rows[3:] == [
        (str(count), code, "changed_mindset", "2024", "")
        for code, count in zip(villages["village"], villages["count"], strict=True)
    ]


def test_nothing_is_fixed_where_all_are_asked_of(
    raw: Path, shared: dict[str, SharedTarget]
) -> None:
    assert fix(raw, [shared[name] for name in WHOLE]) is None
    assert not (raw / "allocation.csv").exists()


def test_a_spreadsheet_that_is_there_is_left_to_its_owner(
    raw: Path, shared: dict[str, SharedTarget]
) -> None:
    Workbook().save(raw / "allocation.xlsx")
    with pytest.raises(CampaignError, match=r"allocation\.xlsx fixes the allocation already"):
        fix(raw, shared.values())
    assert not (raw / "allocation.csv").exists()


@pytest.mark.parametrize(
    ("headings", "said"),
    [("year,indicator,village", "count is missing"), ("year,Năm,village,count", "stands twice")],
)
def test_a_file_that_is_no_allocation_is_not_overwritten(
    raw: Path, shared: dict[str, SharedTarget], headings: str, said: str
) -> None:
    path = raw / "allocation.csv"
    path.write_text(f"{headings}\n1,2,3,4\n", encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(CampaignError, match=said):
        fix(raw, shared.values())
    assert path.read_bytes() == before


def write_counts(raw: Path, counts: dict[str, int]) -> bytes:
    """Fix counts of one indicator by hand; gives the file."""
    rows = "".join(f"2024,{INDICATOR},{code},{count}\n" for code, count in counts.items())
    path = raw / "allocation.csv"
    path.write_text(f"year,indicator,village,count\n{rows}", encoding="utf-8")
    return path.read_bytes()


def computed_counts(one: SharedTarget) -> dict[str, int]:
    return dict(zip(one.villages["village"], one.villages["computed"], strict=True))


def test_what_is_fixed_is_shown_as_verdicts_use_it(
    raw: Path, shared: dict[str, SharedTarget]
) -> None:
    own = computed_counts(shared[INDICATOR])
    write_counts(raw, {**own, "T1": own["T1"] + 1, "T2": 99_999})  # more than T2 has
    processed = rebuilt(raw)
    for quarter in ("2024Q1", "2024Q2"):
        (one,) = shared_targets(processed, quarter, INDICATOR)
        lines = processed.results.query(f"quarter == '{quarter}' and indicator == '{INDICATOR}'")
        wanted = lines.set_index("place")["target_count"]
        villages = one.villages.set_index("village")
        assert villages["count"].to_dict() == wanted[list(villages.index)].to_dict()
        assert villages.loc["T2", "count"] == villages.loc["T2", "denominator"]
        assert villages["computed"].sum() == one.count
    rows = as_table([one]).rows
    assert [row[5] for row in rows[:-1]] == [str(count) for count in villages["computed"]]
    assert [row[6] for row in rows[:-1]] == [str(count) for count in villages["count"]]
    assert "Giao theo số xã đã chốt · Allocated as raw/allocation fixes it" in str(as_table([one]))


def test_what_was_set_aside_is_said(raw: Path, shared: dict[str, SharedTarget]) -> None:
    own = shared[INDICATOR]
    write_counts(raw, dict.fromkeys(computed_counts(own), 0))
    (one,) = shared_targets(rebuilt(raw), "2024Q1", INDICATOR)
    assert one.villages.equals(own.villages)
    said = " ".join(str(as_table([one])).split())
    assert "Không dùng số xã đã chốt" in said
    assert f"bảng phân bổ cộng lại là 0, xã cần {own.count} · " in said
    assert f"allocation adds up to 0, the commune needs {own.count}" in said


@pytest.mark.usefixtures("in_english")
def test_other_counts_are_replaced_by_force_only(
    raw: Path, shared: dict[str, SharedTarget], capsys: pytest.CaptureFixture[str]
) -> None:
    own = computed_counts(shared[INDICATOR])
    before = write_counts(raw, {**own, "T1": own["T1"] + 1})
    command = ["--data", str(raw.parent), "--today", TODAY.isoformat(), "allocate", "--write"]
    assert main(command) == 2
    said = capsys.readouterr().err
    assert f"fixes other counts for 2024 already: {INDICATOR}; add --force" in said
    assert (raw / "allocation.csv").read_bytes() == before
    assert main([*command, "--force"]) == 0
    rows = [row for row in read(raw / "allocation.csv") if row["indicator"] == INDICATOR]
    assert {row["village"]: int(row["count"]) for row in rows} == own


def test_a_village_may_be_called_like_a_formula(raw: Path) -> None:
    for path in raw.rglob("*.csv"):
        text = path.read_text(encoding="utf-8-sig")
        path.write_text(re.sub(r"(?m)(^|,)T1(?=,)", r"\1=cmd()", text), encoding="utf-8")
    (one,) = shared_targets(rebuilt(raw), "2024Q1", INDICATOR)
    assert computed_counts(one)["=cmd()"] > 0
    fix(raw, [one])
    assert "=cmd()" in {row["village"] for row in read(raw / "allocation.csv")}
    processed = rebuilt(raw)
    assert not processed.table("problems")["file"].str.startswith("allocation").any()
    (again,) = shared_targets(processed, "2024Q1", INDICATOR)
    assert again.is_fixed_as_computed


@pytest.mark.usefixtures("in_english")
def test_the_command_shows_fixes_and_then_goes_by_it(
    raw: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--data", str(raw.parent), "--today", TODAY.isoformat(), "allocate"]
    assert main([*command, "--indicator", "changed_mindset", "--write"]) == 0
    said = capsys.readouterr()
    assert "Sum" in said.out
    assert said.err == ""
    assert {row["indicator"] for row in read(raw / "allocation.csv")} == {"changed_mindset"}
    assert main([*command, "--quarter", "2024q2"]) == 0
    assert capsys.readouterr().out.count("Allocated as raw/allocation fixes it") == 1
    processed = Processed(raw.parent / "processed")
    fixed = [one.indicator for one in shared_targets(processed, "2024Q2") if one.fixed is not None]
    assert fixed == ["changed_mindset"]
    assert not processed.table("problems")["file"].str.startswith("allocation").any()
    assert main([*command, "--indicator", "informed", "--write"]) == 0
    assert "Nothing to fix" in capsys.readouterr().out


@pytest.mark.usefixtures("in_english")
def test_the_command_shares_out_fixes_and_prints_before_any_survey(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(raw / "survey")
    page = tmp_path / "allocation.html"
    command = ["--data", str(raw.parent), "--today", "2024-01-15", "allocate", "--write"]
    assert main([*command, "--html", str(page)]) == 0
    said = capsys.readouterr().out
    assert "By the plan of 2024" in said
    assert "There is no plan for" not in said
    assert {row["indicator"] for row in read(raw / "allocation.csv")} == {*ODD}
    text = page.read_text(encoding="utf-8")
    assert "Chưa có phiếu khảo sát quý I năm 2024" in text
    assert "Xã đã chốt số giao của 4 trên 4 chỉ tiêu" in text
    assert not (raw.parent / "processed").exists()
    assert main([*command[:-1], "--quarter", "2024Q4"]) == 0
    assert "households as of 14 December 2024" in capsys.readouterr().out
    assert main(["--data", str(raw.parent), "--today", "2025-01-15", "allocate"]) == 0
    assert "There is no plan for 2025 in raw/plans" in capsys.readouterr().out
