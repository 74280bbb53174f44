"""What a sample's page says of the years before: what is made up, what is missing, what breaks."""

from datetime import timedelta

from campaign_sample.history.plans import NEW_STANDARD_SINCE
from campaign_sample.history.records import (
    FUNDED,
    NOT_ASKED,
    REPORTED,
    WITHOUT_ENUMERATOR,
    past_quarters,
)
from campaign_sample.scope import Scope
from campaign_sample.survey import DEPRIVATIONS, survey_file

_HEAD = """
## Các năm trước · The years before

- Kế hoạch của các năm này là giả định, mỗi năm một khác: chỉ tiêu, thu nhập bình quân của huyện,
  số đồ dùng thiết yếu, cách tính giảm nghèo.
  The plans of these years are made up, and differ: targets, the district's mean income, how many
  essential goods are needed, the formula of the fall in poverty.
- Dòng của các năm này ở cuối mỗi tệp, có cả hộ nay đã chuyển đi hoặc không còn.
  Their rows stand at the end of each file, with households that have left or died out since.
- Mỗi năm một cuộc điều tra, quý IV, chỉ hỏi hộ nghèo và cận nghèo; có, không ghi là `1`, `0`.
  One survey a year, in Q4, of the poor and near-poor only; yes and no are `1` and `0`.
"""
_STANDARD = """\
- Chuẩn nghèo thay đổi: đến hết {last:%d/%m/%Y} theo Quyết định 59/2015/QĐ-TTg, từ
  {first:%d/%m/%Y} theo Nghị định 07/2021/NĐ-CP (`poverty_standard` trong kế hoạch, `reason` trong
  `poverty_status.csv`). Hai chuẩn không so với nhau được, nên ngày mốc của {first:%Y} là
  {first:%d/%m/%Y}.
  The poverty standard changed: Decision 59/2015/QĐ-TTg until {last:%Y-%m-%d}, Decree
  07/2021/NĐ-CP from {first:%Y-%m-%d} (`poverty_standard` in the plans, `reason` in
  `poverty_status.csv`). The two do not compare, so the baseline date of {first:%Y} is
  {first:%Y-%m-%d}.
"""
_ROUNDS = 4


def past_years(scope: Scope) -> str:
    """Name the years before in the page's opening; nothing where there are none."""
    if not scope.past:
        return ""
    return (
        "\nThêm các năm trước, ít hơn · With less, the years before: "
        f"{scope.past[0]}–{scope.past[-1]}."
    )


def past_notes(scope: Scope) -> str:
    """Write the part of the page on the years before; nothing where there are none."""
    if not scope.past:
        return ""
    parts = [_HEAD]
    if scope.past[0] < NEW_STANDARD_SINCE.year <= scope.past[-1]:
        last = NEW_STANDARD_SINCE - timedelta(days=1)
        parts.append(_STANDARD.format(last=last, first=NEW_STANDARD_SINCE))
    for year, quarter in past_quarters(scope).items():
        back = scope.years[0] - year
        parts += [_lacking(survey_file(quarter), back), _unrecorded(back)]
    return "".join(parts)


def _lacking(file: str, back: int) -> str:
    """Say which questions a survey's form did not have, and where nobody asked."""
    names = [f"`{name}`" for name in NOT_ASKED[back] if name not in DEPRIVATIONS]
    if set(DEPRIVATIONS) <= set(NOT_ASKED[back]):
        names.append(f"{len(DEPRIVATIONS)} × `dep_…`")
    text = f"- `{file}`: thiếu cột · columns missing:\n  {', '.join(names)}.\n"
    without = WITHOUT_ENUMERATOR.get(back, 0)
    if without:
        text += f"  {without} thôn không có điều tra viên. {without} villages had no enumerator.\n"
    return text


def _unrecorded(back: int) -> str:
    """Say of which quarters somebody wrote down funds, or reported on tasks."""
    text = ""
    for table, quarters in (("funding", FUNDED[back]), ("task_progress", REPORTED[back])):
        if not quarters:
            text += f"  `{table}` không có dòng nào của năm. `{table}` has no row of the year.\n"
        elif len(quarters) < _ROUNDS:
            only = ", ".join(f"Q{number}" for number in quarters)
            text += f"  `{table}`: chỉ · only {only}.\n"
    return text
