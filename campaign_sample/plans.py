"""The sample's plan of each year: the targets of the plan of 2024 and its tasks, in our own words.

The texts of the tasks stand in tasks.toml beside this module. They are fitted to other years;
the targets stay those of 2024, since the sample has to have some. What the plans of the years
before were like says `history.plans`.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
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
class SampleTarget:
    """A target as the plan prints it (Plan 2024, first section II), with a note for the reader."""

    indicator: str
    section: str
    at_least: str
    note: str


TARGETS = (
    SampleTarget("covered_by_plan", "II.1", '"100"', "hộ DTTS có kế hoạch của thôn và tham gia"),
    SampleTarget("informed", "II.1", '"100"', "hộ nghèo, cận nghèo DTTS được tuyên truyền"),
    SampleTarget("integrated_activities", "II.1", '"100"', "hoạt động có lồng ghép"),
    SampleTarget("changed_mindset", "II.2", '"77.17"', "98 / 127 hộ"),
    SampleTarget("applies_science", "II.3", '"50.39"', "64 / 127 hộ"),
    SampleTarget("improved_life", "II.4", '"30.71"', "39 / 127 hộ"),
    SampleTarget("in_cooperative", "II.4", '"25.20"', "32 / 127 hộ"),
    SampleTarget("poverty_reduction", "II.4", '"5.12"', "điểm phần trăm / percentage points"),
    SampleTarget("front_models", "II.5", "1\nat_most = 2", "mô hình / models"),
    SampleTarget("area_models", "II.5", '"100"', "khu dân cư có mô hình mới"),
)

_ABOUT = """\
Chỉ tiêu và nhiệm vụ theo kế hoạch thật; số liệu đi kèm là hư cấu.
# Targets and tasks restate a real plan; the data that go with them are made up."""
_HEAD = """\
# DỮ LIỆU HƯ CẤU - MADE-UP DATA. {about}

year = {year}
commune = "Đăk Tơ Lung"
district = "Kon Rẫy"
province = "Kon Tum"
calendar = "decree_09_2019"               # quý theo Nghị định 09/2019; hoặc / or "calendar"
baseline = {baseline}
path = ["0.25", "0.50", "0.75", "1"]      # phần phải đạt đến hết từng quý / due by each quarter
{standard}illustrative = true                       # mọi báo cáo ghi rõ số liệu là hư cấu

[parameters]
# Nghìn đồng / người / tháng. Giả định cho bộ mẫu, không phải số liệu thật.
district_mean_income = "{mean}"
district_mean_income_source = "Giả định cho bộ mẫu, không thật / assumed for the sample, not real"
district_mean_income_date = {baseline}
essential_goods_needed = {goods}
poverty_reduction_formula = {formula} # points | relative | escaped
"""

_TASKS_HEAD = """
# Kế hoạch có hai mục II và hai mục III: IIb, IIIb là mục thứ hai; quý IV (in lại số 3) là III.4.
# The plan has two sections II and two sections III: IIb and IIIb are the second ones; Q4 is III.4.
"""


@dataclass(frozen=True)
class YearPlan:
    """What the plans of two years differ in; the usual values are those of 2024."""

    targets: Sequence[SampleTarget]
    tasks: Mapping[str, Sequence[Mapping[str, str]]]
    mean: str = "1850"
    goods: int = 2
    formula: str = "points"
    standard: str = ""
    standard_note: str = ""
    about: str = _ABOUT
    tasks_head: str = _TASKS_HEAD


def task_id(year: int, quarter: str, number: int) -> str:
    """Give the id of the task number `number` (from 1) of `quarter` (Q1 to Q4, or all)."""
    return f"{year}-{quarter}-{number}"


def plan_file(year: int) -> str:
    """Give the path of a year's plan below raw/."""
    return f"plans/{year}.toml"


def plan_text(year: int) -> str:
    """Write the plan of `year` as TOML (contract, section 3), after the plan of 2024."""
    return written_plan(year, date(year - 1, 12, 31), YearPlan(TARGETS, TASKS))


def written_plan(year: int, baseline: date, plan: YearPlan) -> str:
    """Write a year's plan as TOML; its `standard` is said only where it is given."""
    standard = f"poverty_standard = {_quoted(plan.standard)}"
    head = _HEAD.format(
        year=year,
        baseline=baseline.isoformat(),
        about=plan.about,
        standard=f"{standard:<42}# {plan.standard_note}\n" if plan.standard else "",
        mean=plan.mean,
        goods=plan.goods,
        formula=f"{_quoted(plan.formula):<13}",
    )
    parts = [head]
    for target in plan.targets:
        parts.append(
            f"\n[targets.{target.indicator}]  # {target.note}\n"
            f"at_least = {target.at_least}\nsection = {_quoted(target.section)}\n"
        )
    parts.append(plan.tasks_head)
    for quarter, tasks in plan.tasks.items():
        for number, task in enumerate(tasks, 1):
            parts.append(_task_text(year, quarter, number, task))
    return "".join(parts)


def _task_text(year: int, quarter: str, number: int, task: Mapping[str, str]) -> str:
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
