"""Writes a made-up campaign into a folder, and never over anything else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from campaign_lib.base.files import write_text, write_whole
from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.plan.files import read_plan_files
from campaign_sample.history import (
    History,
    past_notes,
    past_plan_text,
    past_quarters,
    past_years,
    settled,
)
from campaign_sample.households import (
    household_table,
    make_register,
    make_villages,
    village_plan_table,
    village_table,
)
from campaign_sample.plans import plan_file, plan_text
from campaign_sample.poverty import make_years, poverty_table
from campaign_sample.records import (
    activity_table,
    funding_table,
    inspection_rows,
    model_table,
    progress_table,
)
from campaign_sample.scope import Injury, Scope, Table
from campaign_sample.survey import BY_HAND, survey_file, survey_tables

# Several made-up communes in one folder: each made as if it were alone, under codes of its own.

#: The columns that hold ids, which several communes would share.
_IDS = ("village", "household", "activity", "model")
#: The tables in which rows without a village have to name their commune.
_WITH_COMMUNE = ("villages.csv", "activities.csv", "models.csv", "task_progress.csv")
_COMMUNE_LINE = re.compile(r"^commune = .*\n", re.MULTILINE)


def commune_key(at: int) -> str:
    """Give the key of commune number `at`, from 0."""
    return f"X{at + 1}"


def commune_table(scope: Scope) -> Table:
    """Write communes.csv."""
    keys = [commune_key(at) for at in range(scope.communes)]
    names = [f"Mẫu {at + 1}" for at in range(scope.communes)]
    return Table("communes.csv", pd.DataFrame({"commune": keys, "name": names}))


def plan_for_all(text: str) -> str:
    """Make a commune's plan the plan for all: it names none."""
    return _COMMUNE_LINE.sub("", text)


def put_together(tables: Sequence[Table]) -> Table:
    """Put one file of all communes together, the first commune's rows first."""
    cells, injuries, above = [], [], 0
    for at, table in enumerate(tables):
        cells.append(_own(table, commune_key(at)))
        injuries += [_moved(injury, commune_key(at), above) for injury in table.injuries]
        above += len(table.cells)
    return Table(tables[0].file, pd.concat(cells, ignore_index=True), tuple(injuries))


def _own(table: Table, key: str) -> pd.DataFrame:
    cells = table.cells.copy()
    for name in set(_IDS) & set(cells):
        cells[name] = [f"{key}{cell}" if cell else cell for cell in cells[name]]
    if table.file == "villages.csv":
        cells["name"] = [f"{name} ({key})" for name in cells["name"]]
        cells["aliases"] = ""
    return cells.assign(commune=key) if table.file in _WITH_COMMUNE else cells


def _moved(injury: Injury, key: str, above: int) -> Injury:
    value = f"{key}{injury.value}" if injury.column in _IDS else injury.value
    return replace(injury, rows=tuple(row + above for row in injury.rows), value=value)


# The page that goes with a sample: that it is made up, what is in it, and what is odd in it.

FILE = "README.md"

_HEAD = """\
# Dữ liệu hư cấu · Made-up data

**Không có hộ, người hay con số nào ở đây là thật.** Bộ dữ liệu được sinh ra từ một hạt giống
ngẫu nhiên để chạy thử chương trình; mọi kế hoạch trong `plans/` ghi `illustrative = true`. Dữ
liệu thật không bao giờ để chung với mã nguồn.

**No household, person or figure in here is real.** The files are drawn from a random seed to try
the program on; every plan in `plans/` says `illustrative = true`. Real data never live beside
the code.

{size}, {quarters}, hạt giống · seed {seed}.{past}

## Ghi chú · Notes

- Tiêu đề cột và câu trả lời là mã, sửa được bằng tay.{by_hand_vi}
  Headings and answers are codes and can be edited by hand.{by_hand_en}
- Phiếu điều tra có một ít ô `kr`, `?` hoặc trống: không trả lời, tức là chưa biết, không phải
  là "không".
  Surveys have a few cells `kr`, `?` or empty: no answer, which is unknown and not a no.
- Chỉ hộ dân tộc thiểu số được điều tra; hộ ngoài nhóm nghèo, cận nghèo đầu năm có thể vắng trong
  một quý.
  Only minority households are surveyed; those outside the cohort may be missing from a quarter.
- Không có `allocation`: chỉ tiêu của thôn được tính ra.
  There is no `allocation`: the villages' targets are worked out.
{past_notes}
## Điều bất thường có chủ ý · What is odd on purpose

Số dòng như bảng tính hiện ra (tiêu đề là dòng 1). Cột cuối là cách xử lý theo quy ước dữ liệu;
để trống là chuyện bình thường, không phải lỗi.
Rows as a spreadsheet shows them (headings are row 1). The last column is the action that the
data contract asks for; empty is a fact of life and no problem.

| tệp · file | dòng · row | cột · column | giá trị · value | chuyện gì · what | xử lý · action |
|---|---|---|---|---|---|
"""


def notice_text(scope: Scope, injuries: Sequence[Injury], by_hand: str) -> str:
    """Write the page for a sample; `by_hand` is the file written like paper ("" for none)."""
    head = _HEAD.format(
        size=_size(scope),
        quarters=f"{scope.quarters[0]}–{scope.quarters[-1]}",
        seed=scope.seed,
        past=past_years(scope),
        past_notes=past_notes(scope),
        by_hand_vi=by_hand
        and f"\n  Riêng `{by_hand}` ghi `có`, `không`, `dd/mm/yyyy` như phiếu giấy.",
        by_hand_en=by_hand
        and f"\n  Only `{by_hand}` says `có`, `không`, `dd/mm/yyyy`, as paper does.",
    )
    return head + "".join(map(_line, injuries))


def _size(scope: Scope) -> str:
    size = f"{scope.villages} thôn · villages, {scope.households} hộ · households"
    return size if scope.communes == 1 else f"{scope.communes} xã · communes; mỗi xã · each: {size}"


def _line(injury: Injury) -> str:
    """Write one row of the table."""
    rows = ", ".join(map(str, injury.rows)) or "–"
    value = f"`{injury.value}`" if injury.value else ""
    return (
        f"| {injury.file} | {rows} | `{injury.column}` | {value} "
        f"| {injury.vi} {injury.en} | {injury.action} |\n"
    )


#: The quarters of the sample that comes with the project: the year of the plan.
DEFAULT_QUARTERS = tuple(Quarter(2024, number) for number in (1, 2, 3, 4))
TABLES = (
    "villages",
    "village_plans",
    "households",
    "poverty_status",
    "activities",
    "models",
    "funding",
    "task_progress",
    "inspections",
)
#: What a raw folder's data look like; anything else in it is none of our business.
_DATA = frozenset({".csv", ".xlsx", ".toml"})


def write_sample(
    folder: Path,
    villages: int = 8,
    households: int | None = None,
    quarters: tuple[Quarter, ...] = DEFAULT_QUARTERS,
    seed: int = 1,
    years_before: int = 0,
    communes: int = 1,
) -> None:
    """Write a made-up campaign as `folder`/raw, in the contract's format (sections 2 and 3).

    The same arguments give the same bytes on every machine. `households` is the total, 75 for
    each village if not given. `years_before` is how many years before the first quarter's are
    told of, too: fewer rows, older plans. Of several communes, each is as large as one is alone,
    and all have one plan. An older sample is overwritten, file by file, plans
    first.

    Raises:
        CampaignError: the size makes no sense (see `Scope.of`); raw/ holds a campaign that is not
            marked as made up, or data files that this sample would leave standing beside its own;
            a file cannot be written.
    """
    asked = Scope.of(villages, households, tuple(quarters), seed, years_before, communes)
    make_sample(folder, asked)


def make_sample(folder: Path, scope: Scope) -> tuple[Injury, ...]:
    """Do what `write_sample` says, and list what is odd in the sample, as its notice does."""
    raw = folder / "raw"
    _refuse_what_is_not_ours(raw, scope)
    plans = {year: past_plan_text(scope, year) for year in scope.past}
    for year, text in {**plans, **{year: plan_text(year) for year in scope.years}}.items():
        write_text(raw / plan_file(year), plan_for_all(text) if scope.communes > 1 else text)
    injuries: list[Injury] = []
    for table in _tables(scope) if scope.communes == 1 else _tables_of_several(scope):
        _write_table(raw, table)
        injuries += table.injuries
    by_hand = survey_file(scope.quarters[BY_HAND]) if len(scope.quarters) > BY_HAND else ""
    write_text(raw / FILE, notice_text(scope, injuries, by_hand))
    return tuple(injuries)


def _tables(scope: Scope) -> Iterator[Table]:
    """Make one table after the other, so that a large campaign never is in memory as a whole."""
    villages = make_villages(scope)
    register = make_register(scope, villages)
    if scope.past:
        register = settled(scope, register)
    years = make_years(scope, villages, register)
    history = History(scope, villages, register, years)
    yield village_table(villages)
    yield history.added_to(village_plan_table(scope, villages))
    yield history.added_to(household_table(scope, villages, register))
    yield history.added_to(poverty_table(scope, register, years))
    yield from history.surveys()
    inspections = []
    for quarter, answers, table in survey_tables(scope, register, years):
        inspections.append(inspection_rows(scope, quarter, answers))
        yield table
    yield history.added_to(activity_table(scope, villages))
    yield history.added_to(model_table(scope, villages))
    yield history.added_to(funding_table(scope, villages))
    yield history.added_to(progress_table(scope))
    yield Table("inspections.csv", pd.concat(inspections, ignore_index=True))


def _tables_of_several(scope: Scope) -> Iterator[Table]:
    """Make each table of all communes at a time; each commune is drawn from a seed of its own."""
    yield commune_table(scope)
    apart = [_tables(replace(scope, seed=scope.seed + at)) for at in range(scope.communes)]
    yield from map(put_together, zip(*apart, strict=True))


def _write_table(raw: Path, table: Table) -> None:
    def write(part: Path) -> None:
        table.cells.to_csv(part, index=False, lineterminator="\n", encoding="utf-8")

    write_whole(raw / table.file, write)


def _refuse_what_is_not_ours(raw: Path, scope: Scope) -> None:
    """Let nothing real be overwritten, and no leftover of another campaign mix with this one."""
    found = sorted(
        path.relative_to(raw).as_posix()
        for path in raw.rglob("*")
        if path.suffix.lower() in _DATA and path.is_file()
    )
    if not found:
        return
    plans = read_plan_files(raw / "plans")
    real = [f"plans/{plan.file}" for plan in plans if not plan.illustrative]
    if real:
        raise CampaignError("sample.may_be_real", folder=raw, plan=real[0])
    if not plans:
        raise CampaignError("sample.without_plan", folder=raw)
    ours = {f"{name}.csv" for name in (*TABLES, *(["communes"] if scope.communes > 1 else []))}
    quarters = (*past_quarters(scope).values(), *scope.quarters)
    ours |= {survey_file(quarter) for quarter in quarters}
    ours |= {plan_file(year) for year in (*scope.past, *scope.years)}
    for other in found:
        if other not in ours:
            raise CampaignError("sample.mixed", file=raw / other)
