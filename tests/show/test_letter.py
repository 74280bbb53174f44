"""The report as a Word document, in the layout of Decree 30/2020, Appendix I."""

import shutil
import subprocess
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Mm, Pt

from campaign_lib.show.display import (
    ON_SCREEN,
    RIGHT,
    Column,
    Mark,
    Table,
    Tile,
    Traced,
    boxed,
    folded_away,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.letter import Letter, write_letter
from campaign_lib.words import Words

LETTER = Letter(
    *("UBND HUYỆN A", "UBND XÃ B", "Xã B", "Kết quả quý I", "Báo cáo quý I"),
    basis=("Căn cứ văn bản số 1;",),
    recipients=("- Ban Chỉ đạo (b/c);", "- Lưu: VT."),
)
TABLE = Table(
    "Chỉ tiêu",
    (Column("Tên"), Column("Số hộ", RIGHT)),
    (
        (Traced("Thay đổi", "2024Q1/commune/changed_mindset", beside=True), "98/127"),
        (Mark("✔ Đạt", "met"), "<b>=1+1</b>"),
    ),
    note="Ghi chú",
)


@pytest.fixture
def document(tmp_path: Path) -> WordDocument:
    return written(tmp_path / "bao-cao.docx")


def written(path: Path, words: Words | None = None) -> WordDocument:
    parts = [
        ("Kết quả", heading("Trên cùng", 1) + heading("Mục một", 2) + paragraph("Câu một.")),
        ("Tên khác", heading("Chỉ một mục", 2) + paragraph("Câu hai.")),
        ("Bảng", together(boxed(listing(["thứ nhất"], numbered=True), "note"), TABLE)),
        ("Số", tiles([Tile("7", "đạt", "met")]) + paragraph("Bấm vào đây.", ON_SCREEN)),
        ("Trống", heading("Mục trống", 2) + folded_away("Danh sách hộ", paragraph("T1-001"))),
    ]
    write_letter(path, LETTER, parts, words or Words("vi"))
    return Document(str(path))


def text_of(document: WordDocument) -> str:
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*(line.text for line in document.paragraphs), *cells])


def test_the_page_is_that_of_the_decree(document: WordDocument) -> None:
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 20 <= section.top_margin.mm <= 25.1 and 20 <= section.bottom_margin.mm <= 25.1
    assert 30 <= section.left_margin.mm <= 35.1 and 15 <= section.right_margin.mm <= 20.1
    style = document.styles["Normal"]
    assert style.font.name == "Times New Roman"
    assert Pt(13) <= style.font.size <= Pt(14)


def test_page_numbers_begin_on_the_second_page(document: WordDocument) -> None:
    section = document.sections[0]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml


def test_head_recipients_and_signature_are_there_and_blank(document: WordDocument) -> None:
    words, text = Words("vi"), text_of(document)
    for name in ("nation", "motto", "number", "kind", "recipients.heading", "signature.office"):
        assert words(f"letter.{name}") in text
    assert LETTER.issuer in text and LETTER.subject in text
    for line in (*LETTER.basis, *LETTER.recipients):
        assert line in text
    assert "……" in words("letter.number") and "……" in words("letter.date", place="x")


def test_text_stands_as_it_is_and_tables_are_tables(document: WordDocument) -> None:
    text = text_of(document)
    for said in ("Câu một.", "1. thứ nhất", "- 7 đạt", "<b>=1+1</b>", "Ghi chú"):
        assert said in text
    table = next(t for t in document.tables if t.rows[0].cells[0].text == "Tên")
    assert [cell.text for cell in table.rows[1].cells] == [
        "Thay đổi",  # its reference leads to a page that the reader does not have
        "98/127",
    ]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert all("w:cantSplit" in row._tr.xml for row in table.rows)
    assert round(sum(column.width for column in table.columns) / Mm(1)) <= 210 - 30 - 16


def test_households_that_a_page_folds_away_stay_out(document: WordDocument) -> None:
    assert "T1-001" not in text_of(document)
    assert "Mục trống" not in text_of(document)  # nothing of it is left
    assert "TRỐNG" not in text_of(document)
    assert "Trên cùng" not in text_of(document)  # the letter has its own title


def test_parts_are_numbered_and_one_with_a_single_section_has_one_name(
    document: WordDocument,
) -> None:
    text = text_of(document)
    for said in ("I. KẾT QUẢ", "II. TÊN KHÁC", "III. BẢNG", "IV. SỐ"):
        assert f"\n{said}\n" in text
    assert "Chỉ một mục" not in text
    assert "Bấm vào đây" not in text


def test_nothing_tells_who_made_it(document: WordDocument) -> None:
    properties = document.core_properties
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    assert properties.title == LETTER.title


def test_what_xml_cannot_hold_is_shown_as_missing(tmp_path: Path) -> None:
    said = paragraph("a\x00b\x1fc\ud800")
    write_letter(tmp_path / "x.docx", LETTER, [("Một", said)], Words("vi"))
    assert "a\ufffdb\ufffdc\ufffd" in text_of(Document(str(tmp_path / "x.docx")))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_word_processor_opens_it_and_prints_it(tmp_path: Path, language: str) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed; .ci/run installs it")
    written(tmp_path / "x.docx", Words(language))
    subprocess.run(
        [office, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "x.docx",
         f"-env:UserInstallation=file://{tmp_path}/profile"],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "x.pdf", "-"], check=True, capture_output=True
    ).stdout.decode()
    assert Words(language)("letter.nation") in " ".join(text.split())
    assert "98/127" in text


def test_each_column_has_room_for_its_longest_word(tmp_path: Path) -> None:
    """A long text gives way: a verdict must not break inside, as Ch-ậm."""
    columns = ("Chỉ tiêu", "Đánh giá", *(f"Cột {number}" for number in range(7)))
    row = ("chữ " * 40, "▼\u00a0Chậm", *["1.234"] * 7)
    table = Table("Rộng", tuple(map(Column, columns)), (row,))
    write_letter(tmp_path / "x.docx", LETTER, [("Một", together(table))], Words("vi"))
    (found,) = (t for t in Document(str(tmp_path / "x.docx")).tables if len(t.columns) == 9)
    widths = [column.width.pt for column in found.columns]
    size, edges = 9, 11  # points: of the type, and of a cell's two edges
    assert widths[1] > edges + size * 0.6 * len("▼ Chậm")
    assert min(widths[2:]) > edges + size * 0.6 * len("1.234")
    assert widths[0] == max(widths)
