"""What offices and the programs they use really write, and the right value of it."""

import io
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from intake_files import MISSING, TODAY, Reads, column, lines, write_campaign
from openpyxl import Workbook

from campaign_lib.errors import CampaignError
from campaign_lib.pipeline.build import build
from campaign_lib.recount.raw import read_raw
from campaign_lib.recount.verify import disagreements

DAYS = {
    "2024-1-5": "2024-01-05", "2024-1-5T10:11:12.000+07:00": "2024-01-05",
    "Jan 9, 2024": "2024-01-09", "Jan 9, 2024 3:04:05 PM": "2024-01-09",
    "Jan 9, 2024, 3:04\u202fPM": "2024-01-09", "January 9 2024": "2024-01-09",
    "9 Jan 2024": "2024-01-09", "09-jan-2024 15:04": "2024-01-09",
    "Jan 32, 2024": None, "Jax 9, 2024": None, "2024-13-01": None, "Jan 9": None,
}  # fmt: skip
QUARTERS = {
    "Quý III/2025": "2025Q3", "quý 1 năm 2024": "2024Q1", "Quý IV - 2024": "2024Q4",
    "QUÝ II, NĂM 2024": "2024Q2", "Quý V/2024": None, "III/2024": None,
}  # fmt: skip
NUMBERS = {
    "1 850": 1850, "1\u00a0850": 1850, "1\u202f234\u2009": 1234, "+9\u2009999": 9999,
    "12 345,5": 12345.5, "1 85": None, "0 850": None, "1 850 kg": None, "18 50": None,
}  # fmt: skip


def test_days_and_numbers_are_read_and_the_second_reading_says_the_same(tmp_path: Path) -> None:
    plans = [{"village": "A", "year": 2000 + n, "issued_on": day} for n, day in enumerate(DAYS, 1)]
    funds = [
        {
            "village": "A",
            "quarter": "2024Q1",
            "programme": "other",
            "purpose": f"v{n}",
            "planned": x,
        }
        for n, x in enumerate(NUMBERS)
    ]

    funds += [
        {"village": "A", "quarter": quarter, "programme": "Nông thôn mới", "purpose": f"x{n}"}
        for n, quarter in enumerate(QUARTERS)
    ]
    data = tmp_path / "data"
    write_campaign(data / "raw", {"village_plans": plans, "funding": funds})
    build(data, TODAY)
    reading = read_raw(data / "raw", data / "processed", TODAY)
    assert list(disagreements(reading)) == []
    own = reading.connection.execute("SELECT issued_on::VARCHAR FROM village_plans ORDER BY year")
    assert [day for (day,) in own.fetchall()] == [day for day in DAYS.values() if day]
    own = reading.connection.execute(
        "SELECT planned FROM funding WHERE purpose < 'x' ORDER BY purpose"
    )
    assert [number for (number,) in own.fetchall()] == list(NUMBERS.values())
    own = reading.connection.execute(
        "SELECT quarter FROM funding WHERE purpose > 'x' ORDER BY purpose"
    )
    assert [one for (one,) in own.fetchall()] == [one for one in QUARTERS.values() if one]
    reading.connection.close()


@pytest.mark.parametrize("cell", [timedelta(hours=30, minutes=5), time(10, 5)])
def test_a_length_of_time_is_neither_day_nor_number(reads: Reads, cell: object) -> None:
    sheet = [
        ["activity", "held_on", "households_attending"],
        ["HD1", datetime(2024, 2, 3), cell],
        ["HD2", cell, 3],
    ]
    campaign = reads({"activities.xlsx": {"a": sheet}})
    assert column(campaign, "activities", "households_attending") == [None]
    problems = campaign.problems[campaign.problems["file"] == "activities.xlsx"]
    assert [text.split(",")[0] for text in problems["problem"]] == [
        "a time or a length of time ([h]:mm)"
    ] * 2


SURVEY_CTO = (
    "SubmissionDate,CompletionDate,starttime,endtime,deviceid,subscriberid,simid,devicephonenum,"
    "username,duration,caseid,household,surveyed_on,informed,text_audit,audio_audit,SET-OF-nguoi,"
    "formdef_version,review_quality,review_comments,review_corrections,instanceID,KEY\n"
    '"Jan 9, 2024 3:04:05 PM","Jan 9, 2024 3:04:05 PM","Jan 9, 2024 2:04:05 PM",'
    '"Jan 9, 2024 3:04:05 PM",d,s,s,09,u,3600,c,H01,"Jan 9, 2024",yes,t,a,x,24,good,c,c,u,u\n'
)


def test_an_export_of_survey_cto_is_read_as_it_comes(reads: Reads) -> None:
    campaign = reads({"survey/2024Q1": SURVEY_CTO})
    assert column(campaign, "survey", "surveyed_on") == ["2024-01-09"]
    assert {line.action for line in lines(campaign)} == {MISSING}


REPEAT = "KEY,PARENT_KEY,ten,tuoi\nu/nguoi[1],u,Y Thu,40\n"


@pytest.mark.parametrize("text", [REPEAT, REPEAT.replace("PARENT_KEY", "a/b,PARENT_KEY", 1)])
def test_what_a_form_repeats_is_passed_over_with_one_line(reads: Reads, text: str) -> None:
    survey = "household,surveyed_on,informed,KEY\nH01,2024-01-10,yes,u\n"
    files = {"survey/2024Q1": None, "survey/2024Q1/phieu.csv": survey}
    campaign = reads({**files, "survey/2024Q1/phieu-nguoi.csv": text})
    assert column(campaign, "survey", "informed") == ["yes"]
    assert [line for line in lines(campaign) if line.action != MISSING] == [
        ("survey/2024Q1/phieu-nguoi.csv", None, "", "", "file passed over")
    ]


def test_headings_that_lack_a_column_are_named_with_all_that_is_missing(reads: Reads) -> None:
    sheet = [
        ["DANH SÁCH HỘ"],
        ["Thôn 1", "xã Đăk Tơ Lung"],
        [],
        ["STT", "Mã hộ", "Họ tên", "Chủ hộ"],
        [1, "H01", "A", "B"],
    ]
    with pytest.raises(CampaignError) as error:
        reads({"households": None, "households.xlsx": {"a": sheet}})
    said = error.value.message
    assert said.said("vi") == (
        "households.xlsx: dòng 4 giống dòng tiêu đề nhất mà còn thiếu village (Thôn), ethnicity "
        "(Dân tộc); các tiêu đề ở đó là: STT; Mã hộ; Họ tên; Chủ hộ. Hãy sửa hoặc thêm các tiêu đề "
        "còn thiếu."
    )
    assert "row 4 is most like the headings, and lacks village" in said.said("en")


def why(reads: Reads, table: str, cells: dict[str, object], also: dict[str, object]) -> list[str]:
    sheet = [[*cells], [*cells.values()]]
    campaign = reads({f"{table}.xlsx": {"a": sheet}, **also})
    problems = campaign.problems
    return [*problems.loc[problems["file"] == f"{table}.xlsx", "problem"]]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Toàn xã", "leave the village empty"),
        ("cả xã", "leave the village empty"),
        ("Thôn 9", "correct it or add it there"),
        ("Thôn\u200b1", "U+200B ZERO WIDTH SPACE"),
        ("\u0410", "U+0410 CYRILLIC CAPITAL LETTER A"),
        (datetime(2024, 2, 5), "has made a day of this id"),
        ("5", "has dropped the zeros before 05"),
        (5, "has dropped the zeros before 05"),
        ("6.4E+14", "has rounded this id"),
    ],
)
def test_a_village_that_is_none_is_told_why(reads: Reads, written: object, said: str) -> None:
    villages = {"villages": [{"village": "05", "name": "Thôn 5", "residential_areas": 1}]}
    cells = {"activity": "HD1", "village": written, "held_on": "2024-02-03"}
    (found,) = why(reads, "activities", cells, villages)
    assert said in found
    assert ("add it there" in found) == (written == "Thôn 9")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("T1\u2013001", "U+2013 EN DASH"),
        ("\u04221-001", "U+0422 CYRILLIC CAPITAL LETTER TE"),
        ("T1\u00ad-001", "U+00AD SOFT HYPHEN"),
        ("T1-001\u200d", "U+200D ZERO WIDTH JOINER"),
        ("05-02", "correct it or add it there"),
        (datetime(2024, 2, 5), "has made a day of this id"),
        ("05-Feb", "has made a day of this id"),
        ("6,4E+14", "has rounded this id"),
        (64.0, "has dropped the zeros before 0064"),
    ],
)
def test_a_household_that_is_none_is_told_why(reads: Reads, written: object, said: str) -> None:
    homes = [{"household": one, "village": "A", "ethnicity": "Ba Na"} for one in ("0064", "T1-001")]
    cells = {"household": written, "status": "poor", "valid_from": "2024-01-31"}
    (found,) = why(reads, "poverty_status", cells, {"households": homes})
    assert said in found


def test_an_id_with_signs_that_deceive_is_read_and_doubted(reads: Reads) -> None:
    text = "household,village,ethnicity\nT1\u2013001,A,Ba Na\nT1-002,A,Ba Na\n6.4E+14,A,Ba Na\n"
    campaign = reads({"households": text})
    assert column(campaign, "households", "household") == ["T1\u2013001", "T1-002", "6.4E+14"]
    assert [(one.row, one.action) for one in lines(campaign)] == [
        (2, "read all the same"),
        (4, "read all the same"),
    ]


def test_one_soft_hyphen_is_no_tcvn3(reads: Reads) -> None:
    text = "household,village,ethnicity,head_name\nT1\u00ad-001,A,Ba Na,Y T\u00adhu\n"
    campaign = reads({"households": text})
    assert column(campaign, "households", "head_name") == ["Y T\u00adhu"]
    assert [one.action for one in lines(campaign)] == ["read all the same"]


def test_a_soft_hyphen_beside_other_strange_signs_is_no_tcvn3(reads: Reads) -> None:
    text = "household,village,ethnicity\nT1\u00ad-001,A,Ba Na\nT1\u2013002,A,Ba Na\n"
    campaign = reads({"households": text})
    assert [one.action for one in lines(campaign)] == ["read all the same"] * 2


def test_a_place_and_a_picture_of_an_export_are_one_line_each(reads: Reads) -> None:
    headings = (
        "household,surveyed_on,informed,g/vi_tri,g/_vi_tri_latitude,g/_vi_tri_longitude,"
        "g/_vi_tri_altitude,g/_vi_tri_precision,anh_nha,anh_nha_URL,noi-Latitude,noi-Longitude,"
        "noi-Altitude,noi-Accuracy,_uuid\n"
    )
    text = headings + "H01,2024-02-03,yes,1 2 3 4,1,2,3,4,a.jpg,http://a,1,2,3,4,u\n"
    campaign = reads({"survey/2024Q1": text})
    assert [one.column for one in lines(campaign) if one.action != MISSING] == [
        "anh_nha",
        "g/vi_tri",
        "noi-Latitude",
    ]


def test_headings_and_answers_of_offices_are_known(reads: Reads) -> None:
    homes = "STT,Mã hộ,Họ và tên chủ hộ,Thôn,Dân tộc,Số khẩu\n1,H61,Y Thu,A,Xơ Đăng (Tơ Đrá),5\n"
    held = (
        "activity,village,held_on,led_by,integrated_with\n"
        "HD1,A,2024-02-03,Cán bộ xã,Nông thôn mới\nHD2,A,2024-02-03,Bí thư chi bộ,\n"
    )
    campaign = reads({"households": homes, "activities": held})
    assert lines(campaign) == []
    assert column(campaign, "households", "head_name") == ["Y Thu"]
    assert column(campaign, "households", "members") == [5]
    assert column(campaign, "activities", "led_by") == ["cadre", "party_member"]
    assert column(campaign, "activities", "integrated_with") == ["new_rural", ""]


@pytest.mark.parametrize("place", ["Thôn 2", "II. Thôn 2", "làng Kon Lung"])
def test_the_name_of_a_village_between_the_rows_is_one_line(reads: Reads, place: str) -> None:
    text = (
        f"STT,household,village,ethnicity\n,{place},,\n1,H61,A,Ba Na\nII,{place},,\n1,H62,B,Ba Na\n"
    )
    campaign = reads({"households": text + "3,,A,\n4,,Thôn 2,\n"})
    assert column(campaign, "households", "household") == ["H61", "H62"]
    assert [one.row for one in lines(campaign) if one.action == "row passed over"] == [2, 4]
    assert {one.row for one in lines(campaign) if one.action == "row refused"} == {6, 7}


def test_a_cell_merged_across_the_columns_is_a_heading_between_the_rows(reads: Reads) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["household", "village", "ethnicity"],
        ["Khu vực phía bắc", None, None],
        ["H61", "A", "Ba Na"],
        ["Khu vực phía nam", None, None],
        ["H62", "B", "Ba Na"],
        ["H63", None, None],
    ):
        sheet.append(row)
    for row_number in (2, 4):
        sheet.merge_cells(f"A{row_number}:C{row_number}")
    content = io.BytesIO()
    book.save(content)
    campaign = reads({"households": None, "households.xlsx": content.getvalue()})
    assert column(campaign, "households", "household") == ["H61", "H62"]
    assert [one.row for one in lines(campaign) if one.action == "row passed over"] == [2, 4]
    assert {one.row for one in lines(campaign) if one.action == "row refused"} == {6}
