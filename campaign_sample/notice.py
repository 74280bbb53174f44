"""The page that goes with a sample: that it is made up, what is in it, and what is odd in it."""

from collections.abc import Sequence

from campaign_sample.history import past_notes, past_years
from campaign_sample.scope import Injury, Scope

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
