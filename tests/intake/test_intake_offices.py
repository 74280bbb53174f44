"""What offices and the programs they use really write, and the right value of it."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from intake_files import MISSING, TODAY, Reads, column, lines, write_campaign

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
NUMBERS = {
    "1 850": 1850, "1\u00a0850": 1850, "1\u202f234\u2009": 1234, "+9\u2009999": 9999, "12 345,5": 12345.5,
    "1 85": None, "0 850": None, "1 850 kg": None, "18 50": None,
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

    data = tmp_path / "data"
    write_campaign(data / "raw", {"village_plans": plans, "funding": funds})
    build(data, TODAY)
    reading = read_raw(data / "raw", data / "processed", TODAY)
    assert list(disagreements(reading)) == []
    own = reading.connection.execute("SELECT issued_on::VARCHAR FROM village_plans ORDER BY year")
    assert [day for (day,) in own.fetchall()] == [day for day in DAYS.values() if day]
    own = reading.connection.execute("SELECT planned FROM funding ORDER BY purpose")
    assert [number for (number,) in own.fetchall()] == list(NUMBERS.values())
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
