"""The sample's plan of each year: the targets of the plan of 2024 and its tasks, in our own words.

The texts of the tasks stand in tasks.toml beside this module. They are fitted to other years;
the targets stay those of 2024, since the sample has to have some.
"""

import json
import tomllib
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

#: The tasks by quarter code, as tasks.toml lists them.
TASKS: dict[str, list[dict[str, str]]] = tomllib.loads(
    resources.files(__package__).joinpath("tasks.toml").read_text(encoding="utf-8")
)
EVERY_QUARTER = "all"
#: The campaign began with provincial Conclusion 08-KL/TU of 24 February 2021.
CAMPAIGN_BEGAN = 2021


@dataclass(frozen=True)
class _Target:
    """A target as the plan prints it (Plan 2024, first section II), with a note for the reader."""

    indicator: str
    section: str
    at_least: str
    note: str


TARGETS = (
    _Target("covered_by_plan", "II.1", '"100"', "hộ DTTS có kế hoạch của thôn và tham gia"),
    _Target("informed", "II.1", '"100"', "hộ nghèo, cận nghèo DTTS được tuyên truyền"),
    _Target("integrated_activities", "II.1", '"100"', "hoạt động có lồng ghép"),
    _Target("changed_mindset", "II.2", '"77.17"', "98 / 127 hộ"),
    _Target("applies_science", "II.3", '"50.39"', "64 / 127 hộ"),
    _Target("improved_life", "II.4", '"30.71"', "39 / 127 hộ"),
    _Target("in_cooperative", "II.4", '"25.20"', "32 / 127 hộ"),
    _Target("poverty_reduction", "II.4", '"5.12"', "điểm phần trăm / percentage points"),
    _Target("front_models", "II.5", "1\nat_most = 2", "mô hình / models"),
    _Target("area_models", "II.5", '"100"', "khu dân cư có mô hình mới"),
)

_HEAD = """\
# DỮ LIỆU HƯ CẤU - MADE-UP DATA. Chỉ tiêu và nhiệm vụ theo kế hoạch thật; số liệu đi kèm là hư cấu.
# Targets and tasks restate a real plan; the data that go with them are made up.

year = {year}
commune = "Đăk Tơ Lung"
district = "Kon Rẫy"
province = "Kon Tum"
calendar = "decree_09_2019"               # quý theo Nghị định 09/2019; hoặc / or "calendar"
baseline = {baseline}
path = ["0.25", "0.50", "0.75", "1"]      # phần phải đạt đến hết từng quý / due by each quarter
illustrative = true                       # mọi báo cáo ghi rõ số liệu là hư cấu

[parameters]
# Nghìn đồng / người / tháng. Giả định cho bộ mẫu, không phải số liệu thật.
district_mean_income = "1850"
district_mean_income_source = "Giả định cho bộ mẫu, không thật / assumed for the sample, not real"
district_mean_income_date = {baseline}
essential_goods_needed = 2
poverty_reduction_formula = "points"      # points | relative | escaped
"""

_TASKS_HEAD = """
# Kế hoạch có hai mục II và hai mục III: IIb, IIIb là mục thứ hai; quý IV (in lại số 3) là III.4.
# The plan has two sections II and two sections III: IIb and IIIb are the second ones; Q4 is III.4.
"""


def task_id(year: int, quarter: str, number: int) -> str:
    """Give the id of the task number `number` (from 1) of `quarter` (Q1 to Q4, or all)."""
    return f"{year}-{quarter}-{number}"


def plan_file(year: int) -> str:
    """Give the path of a year's plan below raw/."""
    return f"plans/{year}.toml"


def plan_text(year: int) -> str:
    """Write the plan of `year` as TOML (contract, section 3)."""
    parts = [_HEAD.format(year=year, baseline=date(year - 1, 12, 31).isoformat())]
    for target in TARGETS:
        parts.append(
            f"\n[targets.{target.indicator}]  # {target.note}\n"
            f"at_least = {target.at_least}\nsection = {_quoted(target.section)}\n"
        )
    parts.append(_TASKS_HEAD)
    for quarter, tasks in TASKS.items():
        for number, task in enumerate(tasks, 1):
            parts.append(_task_text(year, quarter, number, task))
    return "".join(parts)


def _task_text(year: int, quarter: str, number: int, task: dict[str, str]) -> str:
    words = _words(year)
    return (
        "\n[[tasks]]\n"
        f"id = {_quoted(task_id(year, quarter, number))}\n"
        f"quarter = {_quoted(quarter)}\n"
        f"owner = {_quoted(task['owner'])}\n"
        f"section = {_quoted(task['section'])}\n"
        f"vi = {_quoted(task['vi'].format(**words))}\n"
        f"en = {_quoted(task['en'].format(**words))}\n"
    )


def _words(year: int) -> dict[str, Any]:
    """Give what the tasks of a year have to be filled in with."""
    years = year - CAMPAIGN_BEGAN
    if years < 1:
        review = {"review_vi": "6 tháng đầu", "review_en": "the first six months"}
    else:
        ending = "year" if years == 1 else "years"
        review = {"review_vi": f"{years:02d} năm", "review_en": f"{years} {ending}"}
    return {"year": year, "next_year": year + 1, **review}


def _quoted(text: str) -> str:
    """Write a TOML string (JSON's escapes are TOML's)."""
    return json.dumps(text, ensure_ascii=False)
