"""Letters of the time before Unicode: read exactly, on evidence only, and listed."""

import io
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_files import COLUMNS, IGNORED, Reads, column, csv_text, example, lines, workbook
from old_letters import LETTERS, TCVN3, in_tcvn3, in_vni
from openpyxl import load_workbook
from openpyxl.styles import Font

from campaign_lib.codebook import codebook
from campaign_lib.errors import CampaignError
from campaign_lib.intake.old_letters import (
    encodings_of,
    from_tcvn3,
    from_vni,
    in_old_bytes,
    is_syllable,
)

CONVERTED = "column converted"
LEFT = "left as it is"
WAYS: dict[str, Callable[[str], str]] = {"TCVN3": in_tcvn3, "VNI": in_vni}
KINDS = ["Họp thôn ở nhà rông", "Già làng kể chuyện", "Thăm hộ nghèo", "Phổ biến kỹ thuật"]
LABELS = [
    text
    for table in codebook().tables.values()
    for one in table.columns
    for text in (one.vi, one.ask_vi, *(answer.vi for answer in one.answers))
    if text and not text.isascii()
]


# --- The tables ----------------------------------------------------------------------------------


def test_every_letter_has_a_code_of_its_own() -> None:
    assert len(LETTERS) == 67
    assert len(set(TCVN3.values())) == len(TCVN3) == 74


@pytest.mark.parametrize("letter", [*LETTERS, *LETTERS.upper(), *"aeiouybcdzABZ"])
def test_every_letter_comes_back(letter: str) -> None:
    assert from_vni(in_vni(letter)) == letter
    assert from_tcvn3(in_tcvn3(letter)).lower() == letter.lower()
    if letter in TCVN3:
        assert from_tcvn3(in_tcvn3(letter)) == letter


@given(st.lists(st.sampled_from(LABELS), min_size=1, max_size=5).map(" ".join))
def test_every_text_comes_back(text: str) -> None:
    assert from_vni(in_vni(text)) == text
    assert from_tcvn3(in_tcvn3(text)).lower() == text.lower()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (from_tcvn3("§¨k T¬ Lung, hé nghÌo, Tæ hîp t¸c"), "Đăk Tơ Lung, hộ nghèo, Tổ hợp tác"),
        (from_vni("Ñaêk Tô Lung, hoä ngheøo, Toå hôïp taùc"), "Đăk Tơ Lung, hộ nghèo, Tổ hợp tác"),
        (from_vni("ÑAÊK TÔ LUNG, thò traán, öùng duïng"), "ĐĂK TƠ LUNG, thị trấn, ứng dụng"),
    ],
)
def test_texts_as_people_typed_them(old: str, new: str) -> None:
    assert old == new


@pytest.mark.parametrize("word", ["không", "HỘ", "Nghèo", "quyết", "Blôih", "Hrê", "ĐĂK", "ở"])
def test_words_that_can_be(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["kh«ng", "nghÌo", "Müller", "khoâng", "ngheøo", "áà", "hoÀ"])
def test_words_that_cannot_be(word: str) -> None:
    assert not is_syllable(word)


# --- The evidence --------------------------------------------------------------------------------


@given(st.sets(st.sampled_from(LABELS), min_size=1))
def test_unicode_is_never_converted(texts: set[str]) -> None:
    assert encodings_of(texts) == ()


@pytest.mark.parametrize("name", WAYS)
@given(texts=st.sets(st.sampled_from(LABELS), min_size=6, max_size=12))
def test_an_old_column_is_told(name: str, texts: set[str]) -> None:
    assert encodings_of({WAYS[name](text) for text in texts}) == (name,)


@pytest.mark.parametrize(
    ("texts", "fonts", "told"),
    [
        ({"Müller", "señor"}, (), ()),
        ({"Pô Kô", "Hà", "Có"}, (), ()),
        ({"Cã"}, (), ("TCVN3",)),  # no answer as it stands, and yes once it is read
        ({"H¬ Rª", "Kh«ng"}, (), ("TCVN3",)),
        ({"Toâi"}, (), ("TCVN3", "VNI")),
        ({"Toâi"}, ("VNI",), ("VNI",)),
        ({"Cã thÓ", "Đăk Tơ"}, (), ("Unicode", "TCVN3")),
        ({"Đăk Tơ", "Có"}, ("TCVN3",), ()),
        ({"¤?¤"}, (), ("Unicode", "TCVN3")),  # a sign alone is no word
        ({"¤", "µ", "¬"}, (), ("Unicode", "TCVN3")),
        ({"3m×4m", "für"}, (), ("Unicode", "TCVN3")),  # would be 3mì4m, fỹr
        ({"rµ so¸t"}, (), ("Unicode", "TCVN3")),
        ({"rµ so¸t"}, ("TCVN3",), ("TCVN3",)),
        ({"rµ so¸t hé"}, (), ("Unicode", "TCVN3")),  # hé may stand as it is
        ({"rµ so¸t nghÌo"}, (), ("TCVN3",)),
    ],
)
def test_what_can_be_told_of_few_words(
    texts: set[str], fonts: tuple[str, ...], told: tuple[str, ...]
) -> None:
    assert encodings_of(texts, fonts) == told


@pytest.mark.parametrize(
    ("around", "told"), [((), ("Unicode", "TCVN3")), (("VNI",), ("Unicode", "TCVN3")),
                         (("TCVN3",), ("TCVN3",)), (("TCVN3", "VNI"), ("TCVN3",))],
)  # fmt: skip
def test_a_few_words_are_read_as_the_sheet_around_them(
    around: tuple[str, ...], told: tuple[str, ...]
) -> None:
    assert encodings_of({"rµ so¸t"}, (), around) == told
    assert encodings_of({"rµ so¸t", "Đăk Tơ"}, (), around) == ("Unicode", "TCVN3")


# --- Files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WAYS)
def test_a_column_is_read_as_unicode_and_listed(reads: Reads, name: str) -> None:
    write = WAYS[name]
    cells = [[f"HD{n}", "2024-02-03", write(kind)] for n, kind in enumerate(KINDS)]
    sheet = [["activity", "held_on", "kind"], *cells]
    campaign = reads({"activities.xlsx": {"activities": sheet}})
    assert column(campaign, "activities", "kind") == KINDS
    (line,) = lines(campaign)
    assert (line.row, line.column, line.action) == (1, "kind", CONVERTED)
    assert line.value in [cell[2] for cell in cells]
    assert name in campaign.problems["problem"].item()


@pytest.mark.parametrize("name", WAYS)
def test_headings_and_answers_in_old_letters(reads: Reads, name: str) -> None:
    about = codebook().tables["survey"].columns
    cells = {
        **example("survey", 1),
        "house": "Kiên cố",
        "cooperative": "Tổ hợp tác",
        "has_tv": "Có",
    }
    sheet = [
        [WAYS[name]("Kết quả khảo sát hộ")],
        [WAYS[name](one.vi) for one in about],
        [WAYS[name](str(cells[one.code])) for one in about],
        [WAYS[name]("Tổng cộng")],
    ]
    campaign = reads({"survey/2024Q1": None, "survey/2024Q1.xlsx": {"Sheet1": sheet}})
    (row,) = campaign.tables["survey"].to_dict("records")
    assert (row["house"], row["cooperative"], row["has_tv"]) == ("solid", "group", "yes")
    assert {line.action for line in lines(campaign)} == {CONVERTED, "row passed over"}


@pytest.mark.parametrize("text", ["¤?¤", "3m×4m", "rµ so¸t"])
def test_a_few_words_are_left_and_listed(reads: Reads, text: str) -> None:
    campaign = reads({"activities": f"activity,held_on,kind\nHD1,2024-02-03,{text}\n"})
    assert column(campaign, "activities", "kind") == [text]
    assert [(line.column, line.value, line.action) for line in lines(campaign)] == [
        ("kind", text, LEFT)
    ]


@pytest.mark.parametrize(
    ("heading", "kinds"),
    [("Lo¹i ho¹t ®éng", ["họp"]), ("kind", KINDS)],
    ids=["its heading", "another column"],
)
def test_a_few_words_are_told_by_their_sheet(reads: Reads, heading: str, kinds: list[str]) -> None:
    """The heading is known only once it is read so; or another column has words enough."""
    cells = [[f"HD{n}", "2024-02-03", in_tcvn3(kind), "?"] for n, kind in enumerate(kinds)]
    cells[0][3] = in_tcvn3("đồng bào")
    campaign = reads(
        {"activities.xlsx": {"activities": [["activity", "held_on", heading, "x"], *cells]}}
    )
    assert column(campaign, "activities", "kind") == kinds
    converted = [line.column for line in lines(campaign) if line.action == CONVERTED]
    assert converted == ["kind", "x"]


def test_a_column_of_mixed_letters_is_left_and_listed(reads: Reads) -> None:
    text = "activity,held_on,kind\nHD1,2024-02-03,Häp th«n\nHD2,2024-02-03,Đăk Tơ Lung\n"
    campaign = reads({"activities": text})
    assert column(campaign, "activities", "kind") == ["Häp th«n", "Đăk Tơ Lung"]
    assert [(line.column, line.action) for line in lines(campaign)] == [("kind", LEFT)]


def test_the_font_of_a_column_speaks(reads: Reads) -> None:
    """One word alone could be of either encoding; a font of capitals shows capitals."""
    sheet = [["activity", "held_on", "kind"], ["HD1", "2024-02-03", "Toâi"]]
    book = load_workbook(io.BytesIO(workbook({"activities": sheet})))
    book.active["C2"].font = Font(name="VNI-Times")
    book.active["A2"].font = Font(name="Calibri")
    content = io.BytesIO()
    book.save(content)
    campaign = reads({"activities.xlsx": content.getvalue()})
    assert column(campaign, "activities", "kind") == ["Tôi"]


def test_a_font_of_capitals_shows_capitals(reads: Reads) -> None:
    sheet = [["activity", "held_on", "kind"], ["HD1", "2024-02-03", in_tcvn3("họp thôn")]]
    book = load_workbook(io.BytesIO(workbook({"activities": sheet})))
    book.active["C2"].font = Font(name=".VnTimeH")
    content = io.BytesIO()
    book.save(content)
    campaign = reads({"activities.xlsx": content.getvalue()})
    assert column(campaign, "activities", "kind") == ["HỌP THÔN"]


OLD_CSV = csv_text(
    COLUMNS["activities"],
    [{**example("activities", n), "kind": kind} for n, kind in enumerate(KINDS, 1)],
)


def windows_1258(text: str) -> bytes:
    """Encode as Windows did: letters with hats whole, most tones in pieces behind them."""
    written = b""
    for letter in text:
        pieces = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in pieces if mark in "\u0300\u0301\u0309\u0303\u0323")
        plain = unicodedata.normalize("NFC", pieces.replace(tone, "") if tone else pieces)
        written += (plain + tone).encode("cp1258")
    return written


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("TCVN3", in_tcvn3(OLD_CSV).encode("latin-1")),
        ("VNI", in_vni(OLD_CSV).encode("latin-1")),
        ("windows-1258", windows_1258(OLD_CSV)),
    ],
)
def test_csv_in_old_bytes(reads: Reads, name: str, content: bytes) -> None:
    assert in_old_bytes(content) == (name, in_old_bytes(content)[1])
    campaign = reads({"activities": content})
    assert column(campaign, "activities", "kind") == KINDS
    (line,) = lines(campaign)
    assert (line.file, line.action) == ("activities.csv", "file converted")


@pytest.mark.parametrize(
    "content",
    [
        OLD_CSV.encode("utf-8").replace("ọ".encode(), b"\xe1"),
        OLD_CSV.encode("utf-8") + b"\xff",
        b"activity,held_on\nHD\xe9,2024-02-03\n",
    ],
    ids=["damaged_utf_8", "one_byte_more", "too_little_to_go_by"],
)
def test_other_bytes_are_refused_as_ever(reads: Reads, content: bytes) -> None:
    with pytest.raises(CampaignError, match="is not UTF-8; save the file as CSV UTF-8"):
        reads({"activities": content})


def test_strange_letters_for_d_are_compared_as_d(reads: Reads) -> None:
    villages = "village,name,residential_areas\nA,\u00d0\u0103k T\u01a1,1\n\u0110B,Th\u00f4n 2,1\n"
    homes = "household,village,ethnicity\nH01,\u0111\u0103k t\u01a1,Ba Na\nH02,\u00f0b,Ba Na\n"
    campaign = reads({"villages": villages, "households": homes})
    assert lines(campaign) == []
    assert column(campaign, "households", "village") == ["A", "\u0110B"]
    assert campaign.tables["villages"]["name"].tolist()[0] == "\u00d0\u0103k T\u01a1"


def test_an_african_d_is_another_letter(reads: Reads) -> None:
    campaign = reads({"activities": f"activity,held_on,{chr(0x189)}\nHD1,2024-02-03,x\n"})
    assert [line.action for line in lines(campaign)] == [IGNORED]
