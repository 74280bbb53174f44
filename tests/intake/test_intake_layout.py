"""A table among what offices put around it: titles, two rows of headings, totals, signatures."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import examples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_files import (
    COLUMNS,
    REFUSED,
    Content,
    Reads,
    assert_nothing_is_lost,
    column,
    counts,
    example,
    lines,
    read,
    rows,
)

from campaign_lib.codebook import codebook
from campaign_lib.errors import CampaignError
from campaign_lib.intake import Campaign

PASSED = "row passed over"
HEADINGS = ["household", "surveyed_on", "informed", "has_tv", "income"]
LABELS = [codebook().tables["survey"].column(code).vi for code in HEADINGS]
DATA: list[list[object]] = [
    ["H01", date(2024, 1, 10), "có", "không", 1500],
    ["H02", date(2024, 1, 11), "không", "có", 900],
    ["H03", date(2024, 1, 12), None, "x", None],
]
TITLE: list[list[object]] = [
    ["UBND XÃ ĐĂK TƠ LUNG", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["BẢNG TỔNG HỢP KHẢO SÁT HỘ"],
    [None],
]
Table = Sequence[Sequence[object]]


def survey(*sheet: Table) -> dict[str, Content]:
    cells = [row for part in sheet for row in part]
    return {"survey/2024Q1": None, "survey/2024Q1.xlsx": {"Trang tính 1": cells}}


def answers(campaign: Campaign) -> list[tuple[object, ...]]:
    table = campaign.tables["survey"].sort_values("household")
    names = ["household", "surveyed_on", "informed", "has_tv", "income"]
    texts = table[names].astype(object).where(table[names].notna(), None)
    return [tuple(row) for row in texts.itertuples(index=False)]


def passed(campaign: Campaign) -> list[tuple[int | None, str]]:
    """Give the rows that were passed over, with the kind of row that each was taken for."""
    lines = campaign.problems[campaign.problems["action"] == PASSED]
    return list(zip(lines["row"].astype(int), lines["problem"], strict=True))


@pytest.fixture(scope="module")
def plain() -> list[tuple[object, ...]]:
    with TemporaryDirectory() as folder:
        return answers(read(Path(folder), survey([HEADINGS], DATA)))


def test_a_title_stands_above_the_table(reads: Reads, plain: list[tuple[object, ...]]) -> None:
    campaign = reads(survey(TITLE, [LABELS], DATA))
    assert answers(campaign) == plain
    assert column(campaign, "survey", "source_row") == [5, 6, 7]
    assert passed(campaign) == [(1, "above the table"), (2, "above the table")]
    assert counts(campaign, "survey/2024Q1.xlsx") == (3, 3, 0, 0)
    value = campaign.problems["value"][campaign.problems["row"] == 2].item()
    assert value == "BẢNG TỔNG HỢP KHẢO SÁT HỘ"


@pytest.mark.parametrize(
    ("headings", "listed"),
    [
        pytest.param([LABELS, HEADINGS], [2], id="labels_then_codes"),
        pytest.param([LABELS, ["(1)", "(2)", "(3)", "(4)", "(5)"]], [2], id="numbers"),
        pytest.param([LABELS, [1, 2, 3, 4, 5]], [2], id="typed_numbers"),
        pytest.param([LABELS, ["A", "B", 1, 2, 3]], [2], id="letters_and_numbers"),
        pytest.param([LABELS, [None, None, "(có/không)", None, "nghìn đồng"]], [2], id="units"),
        pytest.param([["Hộ", None, "Trả lời"], LABELS], [1], id="groups_above"),
        pytest.param(
            [[*LABELS[:2], "Trả lời", None, None], [None, None, *LABELS[2:]]], [1], id="key_spans"
        ),
        pytest.param(
            [[None, None, *LABELS[2:]], [*LABELS[:2], None, None, None]], [1], id="key_below"
        ),
        pytest.param(
            [[*LABELS[:2], "Trả lời"], [None, None, *LABELS[2:]], ["(1)", "(2)", "(3)"]],
            [1, 3],
            id="three_rows",
        ),
    ],
)
def test_headings_in_several_rows(
    reads: Reads, plain: list[tuple[object, ...]], headings: Table, listed: list[int]
) -> None:
    campaign = reads(survey(headings, DATA))
    assert answers(campaign) == plain
    assert [row for row, _ in passed(campaign)] == listed
    assert_nothing_is_lost(campaign)


@pytest.mark.parametrize(
    "below",
    [
        pytest.param([["Tổng cộng", None, 1, 2, 2400]], id="total"),
        pytest.param([["Cộng:", None, None, None, "2.400"]], id="sum"),
        pytest.param([[None, None, "Tổng số hộ: 3"]], id="total_in_another_column"),
        pytest.param([[None], ["Ghi chú: x là có"], ["y là không"]], id="notes"),
        pytest.param(
            [
                ["Tổng cộng", None, 2, 2],
                [None],
                [None, None, None, "Ngày 5 tháng 4 năm 2024"],
                ["Người lập biểu", None, None, "Trưởng thôn"],
                ["(ký tên)"],
                ["Họ và tên hư cấu"],
            ],
            id="total_and_signature",
        ),
        pytest.param([["Những hộ còn lại sẽ khảo sát vào tháng sau"]], id="a_sentence"),
    ],
)
def test_what_stands_below_the_table(
    reads: Reads, plain: list[tuple[object, ...]], below: Table
) -> None:
    campaign = reads(survey([HEADINGS], DATA, below))
    assert answers(campaign) == plain
    filled = [at for at, cells in enumerate(below, 5) if any(cells)]
    assert [row for row, _ in passed(campaign)] == filled
    assert {line.action for line in lines(campaign)} <= {PASSED, "column missing"}
    assert counts(campaign, "survey/2024Q1.xlsx") == (3, 3, 0, 0)


def test_totals_and_headings_in_the_middle(reads: Reads, plain: list[tuple[object, ...]]) -> None:
    first, *others = DATA
    middle = [["Cộng thôn 1", None, 1, 0, 1500], LABELS]
    campaign = reads(survey([LABELS], [first], middle, others))
    assert answers(campaign) == plain
    assert [row for row, _ in passed(campaign)] == [3, 4]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(["H04"], id="key_only"),
        pytest.param(["H04", None, "có"], id="no_day"),
        pytest.param([None, date(2024, 1, 10), "có"], id="no_household"),
        pytest.param([None, None, "có", "có"], id="answers_only"),
        pytest.param(["Tổng cộng", date(2024, 1, 10)], id="a_total_with_a_day"),
        pytest.param(["H04", "(2)", "(3)"], id="numbers_and_a_household"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_an_incomplete_row_is_refused_and_not_passed_over(
    reads: Reads, row: list[object], place: int
) -> None:
    campaign = reads(survey([HEADINGS], DATA[:place], [row], DATA[place:]))
    assert passed(campaign) == []
    assert counts(campaign, "survey/2024Q1.xlsx") == (4, 3, 1, 0)
    assert {line.row for line in lines(campaign) if line.action == REFUSED} == {place + 2}


def test_rows_that_look_like_numbers_of_columns_are_rows(reads: Reads) -> None:
    """A village 1 with the name 2 and 3 areas can be: only what can't be kept is passed over."""
    text = "village,name,residential_areas\n1,2,3\nTổng,Cộng,4\n"
    campaign = reads({"villages": text, "households": "household,village,ethnicity\nH01,1,Ba Na\n"})
    assert sorted(campaign.tables["villages"]["village"]) == ["1", "Tổng"]
    assert lines(campaign) == []


def test_a_csv_file_may_have_a_title_too(reads: Reads) -> None:
    text = "Danh sách hoạt động,,\n,,\nactivity,held_on,kind\nHD1,2024-02-03,họp\nTổng cộng,,1\n"
    campaign = reads({"activities": text})
    assert column(campaign, "activities", "kind") == ["họp"]
    assert [row for row, _ in passed(campaign)] == [1, 5]


def test_a_table_without_its_headings_is_still_refused(reads: Reads) -> None:
    with pytest.raises(
        CampaignError, match=r"survey/2024Q1\.xlsx: row 4 .* lacks household .* add"
    ):
        reads(survey(TITLE, [["Ngày", *LABELS[1:]]], DATA))


# --- Sheets --------------------------------------------------------------------------------------


def test_every_sheet_with_the_table_is_read(reads: Reads, plain: list[tuple[object, ...]]) -> None:
    sheets = {
        "Hướng dẫn": [["Điền mỗi hộ một dòng"]],
        "Thôn 1": [*TITLE, LABELS, *DATA[:1]],
        "Thôn 2": [HEADINGS, *DATA[1:]],
        "Danh mục": [["có"], ["không"]],
        "Trống": [],
    }
    campaign = reads({"survey/2024Q1": None, "survey/2024Q1/cả xã.xlsx": sheets})
    assert answers(campaign) == plain
    places = campaign.tables["survey"].set_index("household")["source_sheet"].to_dict()
    assert places == {"H01": "Thôn 1", "H02": "Thôn 2", "H03": "Thôn 2"}
    over = campaign.problems[campaign.problems["action"] == "sheet passed over"]
    assert over["sheet"].tolist() == ["Danh mục", "Hướng dẫn"]
    assert counts(campaign, "survey/2024Q1/cả xã.xlsx") == (3, 3, 0, 0)


def test_sheets_of_which_none_fits(reads: Reads) -> None:
    with pytest.raises(CampaignError, match="none of the sheets A, B has the columns household"):
        reads({"survey/2024Q1/x.xlsx": {"A": [["một"]], "B": [["hai"]]}})


def test_a_sheet_that_is_named_like_the_quarter_is_the_one(reads: Reads) -> None:
    sheets = {"2024Q1": [HEADINGS, *DATA], "Bản cũ": [HEADINGS, ["H04", date(2024, 1, 1)]]}
    campaign = reads({"survey/2024Q1": None, "survey/2024Q1/thôn 4.xlsx": sheets})
    assert sorted(campaign.tables["survey"]["household"]) == ["H01", "H02", "H03"]


# --- Any table, dressed up in any way ------------------------------------------------------------

TABLES = [name for name in COLUMNS if name not in ("villages", "households", "allocation")]
TITLES = st.lists(
    st.sampled_from(["UBND XÃ", "Biểu số 2", "", "Kèm theo công văn", "Quý I năm 2024"]), max_size=4
)
GROUPS = st.booleans()
BELOW = st.sampled_from([[], ["Tổng cộng"], ["", "Ghi chú: hư cấu"], ["Cộng", "Người lập biểu"]])
BLANKS = st.sets(st.integers(0, 4))


@settings(max_examples=examples.of(12))
@given(
    table=st.sampled_from(TABLES), titles=TITLES, groups=GROUPS, numbers=GROUPS, blanks=BLANKS,
    below=BELOW, label=st.booleans(),
)  # fmt: skip
def test_a_table_survives_being_dressed_up(
    table: str, titles: list[str], groups: bool, numbers: bool, blanks: set[int],
    below: list[str], label: bool,
) -> None:  # fmt: skip
    about = codebook().tables[table]
    headings = [one.vi if label else one.code for one in about.columns]
    content = [[*example(table, n).values()] for n in (1, 2, 3, 4)]
    bare = [headings, *content]
    width = len(headings)
    dressed: list[list[object]] = [[text] for text in titles]
    dressed += [["Nhóm A", *[""] * (width - 2), "Nhóm B"]] if groups else []
    dressed.append([*headings])
    dressed += [[f"({n})" for n in range(1, width + 1)]] if numbers else []
    for at, row in enumerate(content):
        dressed += [[""] * width] if at in blanks else []
        dressed.append([*row])
    dressed += [[text] for text in below]
    file = "survey/2024Q1" if table == "survey" else table
    with TemporaryDirectory() as folder:
        found = [
            read(Path(folder) / str(turn), {file: None, f"{file}.xlsx": {"Sheet1": cells}})
            for turn, cells in enumerate((bare, dressed))
        ]
    kept = [
        [{k: v for k, v in row.items() if k != "source_row"} for row in rows(one, table).values()]
        for one in found
    ]
    assert kept[0] == kept[1]
    assert len(kept[0]) == 4
    assert_nothing_is_lost(found[1])
    over = {row for row, _ in passed(found[1])}
    assert over.isdisjoint(rows(found[1], table))
