"""What people are shown: text of raw files stays text, tables are tables for everybody."""

import unicodedata
from collections.abc import Callable
from xml.etree import ElementTree

import pandas as pd
import pytest

from campaign_lib.show.display import (
    RIGHT,
    Chart,
    Column,
    Mark,
    Passage,
    Shown,
    Table,
    Tile,
    boxed,
    code,
    folded_away,
    heading,
    link,
    listing,
    paragraph,
    tiles,
    together,
)

NASTY = (
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)",
    "A & B &lt; C",
    "</td></table><h1>",
    "<!-- -->",
    "]]>",
)
SVG = '<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg width="9"><text>Kon</text></svg>'


def parsed(shown: Shown) -> ElementTree.Element:
    """Read the HTML; anything that is not well-formed fails here."""
    return ElementTree.fromstring(f"<main>{shown._repr_html_()}</main>")


def table(text: str) -> Table:
    columns = (Column(text), Column(text, RIGHT))
    return Table(text, columns, ((text, Mark(text, "met")), (text, text)), note=text)


def image(page: ElementTree.Element) -> ElementTree.Element:
    (found,) = (element for element in page.iter() if element.get("role") == "img")
    return found


def chart(text: str) -> Chart:
    return Chart(lambda: SVG, title=text, alt=text, source=text)


#: Each way of showing a text, and how many times it then stands in the page.
WAYS: dict[str, tuple[Callable[[str], Shown], int]] = {
    "table": (table, 8),
    "empty table": (lambda text: Table(text, (Column("a"),), (), empty=text), 2),
    "chart": (chart, 2),
    "paragraph": (paragraph, 1),
    "heading": (lambda text: heading(text, 2), 1),
    "listing": (lambda text: listing([text, text]), 2),
    "tiles": (lambda text: tiles([Tile(text, text, "met")]), 2),
    "link": (lambda text: link(text, text), 1),
    "code": (lambda text: code(text, text), 2),
    "boxed": (lambda text: boxed(paragraph(text), "note"), 1),
    "together": (lambda text: together(paragraph(text), heading(text, 3)), 2),
}


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("way", WAYS)
def test_text_stays_text(way: str, text: str) -> None:
    shown, times = WAYS[way]
    page = parsed(shown(text))
    told = "".join(page.itertext())
    assert told.count(text) == times
    tags = {element.tag for element in page.iter()}
    assert tags == {element.tag for element in parsed(shown("plain")).iter()}
    names = {name for element in page.iter() for name in element.attrib}
    assert names == {name for element in parsed(shown("plain")).iter() for name in element.attrib}


@pytest.mark.parametrize("text", NASTY)
def test_what_stands_in_attributes_stays_there(text: str) -> None:
    drawing = image(parsed(chart(text)))
    assert drawing.get("aria-label") == text
    (address,) = parsed(link("a", text)).iter("a")
    assert address.get("href") == text
    (anchor,) = parsed(heading(text, 2)).iter("h2")
    assert anchor.get("id") == text.casefold().replace(" ", "-")


# --- tables ---

FIGURES = Table(
    "Kết quả",
    (Column("Thôn"), Column("Số hộ", RIGHT), Column("Mức")),
    (("Thôn 1", "98", Mark("Đạt", "met")), ("Thôn 2", "5", Mark("Chậm", "behind"))),
)


def test_every_heading_of_a_table_has_its_scope() -> None:
    page = parsed(FIGURES)
    assert [cell.get("scope") for cell in page.findall(".//thead//th")] == ["col"] * 3
    for row in page.findall(".//tbody/tr"):
        assert [(cell.tag, cell.get("scope")) for cell in row] == [
            ("th", "row"),
            ("td", None),
            ("td", None),
        ]
    assert [caption.text for caption in page.iter("caption")] == ["Kết quả"]


def test_numbers_and_marks_have_their_classes() -> None:
    page = parsed(FIGURES)
    assert [cell.get("class") for cell in page.findall(".//thead//th")] == [None, "n", None]
    assert [cell.get("class") for cell in page.findall(".//tbody/tr[1]/*")] == [
        None,
        "n",
        "status-met",
    ]


def test_a_wide_table_can_be_scrolled_by_keyboard() -> None:
    (frame,) = parsed(FIGURES).findall("div")
    assert (frame.get("class"), frame.get("tabindex")) == ("scroll", "0")


def test_a_table_without_rows_says_so() -> None:
    nothing = Table("Hộ", (Column("Mã"),), (), empty="Không có hộ nào.")
    assert "".join(parsed(nothing).itertext()) == "Hộ. Không có hộ nào."
    assert str(nothing) == "Hộ\n\nKhông có hộ nào."
    assert not list(parsed(nothing).iter("table"))


def test_a_row_of_another_length_is_our_slip() -> None:
    with pytest.raises(ValueError, match="zip"):
        Table("a", (Column("b"), Column("c")), (("one",),))._repr_html_()


# --- in a terminal ---


def test_a_table_is_drawn_with_spaces() -> None:
    assert str(FIGURES).splitlines() == [
        "Kết quả",
        "",
        "Thôn    Số hộ  Mức",
        "──────  ─────  ────",
        "Thôn 1     98  Đạt",
        "Thôn 2      5  Chậm",
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_columns_stand_under_each_other_however_letters_are_composed(form: str) -> None:
    names = ("Đắk Tờ Re", "Kon Rẫy", "x\N{COMBINING TILDE}\N{COMBINING DOT BELOW}y")
    rows = tuple((unicodedata.normalize(form, name), str(10**n)) for n, name in enumerate(names))
    drawn = str(Table("a", (Column("Xã"), Column("Hộ", RIGHT)), rows)).splitlines()[2:]
    seen = ["".join(sign for sign in line if not unicodedata.combining(sign)) for line in drawn]
    by_letter = [unicodedata.normalize("NFC", line) for line in drawn]
    assert [len(line) for line in by_letter[:4]] == [len("Đắk Tờ Re") + 5] * 4
    assert {len(line) for line in seen} == {len("Đắk Tờ Re") + 5}


def test_passages_in_a_terminal() -> None:
    assert str(listing(["một", "hai"])) == "- một\n- hai"
    assert str(tiles([Tile("98", "hộ", "met"), Tile("5", "thôn", "behind")])) == "98 hộ   5 thôn"
    assert str(paragraph("a") + heading("b", 2) + paragraph("c")) == "a\n\nb\n\nc"
    assert str(link("Thôn 1", "T1.html")) == "Thôn 1: T1.html"
    assert str(chart("Hộ <nghèo>")) == "Hộ <nghèo>. Hộ <nghèo>"


# --- charts, headings, lists ---


def test_a_chart_has_a_title_words_and_a_source() -> None:
    page = parsed(
        Chart(lambda: SVG, "Tiến độ?", "98 trên 127 hộ", "Nguồn: khảo sát", answer="Còn 29 hộ.")
    )
    # Who cannot see it hears first what it says, and then all that it shows.
    assert image(page).get("aria-label") == "Còn 29 hộ. 98 trên 127 hộ"
    assert [drawing.get("width") for drawing in image(page).iter("svg")] == ["9"]
    assert [element.text for element in page.iter("strong")] == ["Tiến độ?"]
    assert "".join(next(page.iter("figcaption")).itertext()) == "Tiến độ? Còn 29 hộ."
    assert [element.text for element in page.iter("p")] == ["Nguồn: khảo sát"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_heading_can_be_linked_to(form: str) -> None:
    (found,) = parsed(heading(unicodedata.normalize(form, "Việc Tiếp Theo"), 3)).iter("h3")
    assert found.get("id") == "việc-tiếp-theo"


def test_lists_may_be_numbered_and_nothing_is_no_list() -> None:
    assert listing(["a"], numbered=True).html == "<ol><li>a</li></ol>"
    assert listing(["a"]).html == "<ul><li>a</li></ul>"
    assert listing([]) == Passage()
    assert (listing([]) + paragraph("a")).html == "<p>a</p>"


def test_a_table_laid_out_from_a_frame_keeps_it_as_data() -> None:
    frame = pd.DataFrame({"village": ["T1", "T2"], "homes": [3, 14]})
    columns = [
        Column("Thôn", cell=lambda line: line.village),
        Column("Số hộ", RIGHT, lambda line: f"{line.homes} hộ"),
    ]
    table = Table.of(frame, columns, "Các thôn")
    assert table.rows == (("T1", "3 hộ"), ("T2", "14 hộ"))
    assert table.columns == (Column("Thôn"), Column("Số hộ", RIGHT))
    own = table.data
    own["homes"] = 99
    assert table.data["homes"].tolist() == [3, 14]


def test_a_table_without_a_frame_gives_its_cells_as_data() -> None:
    table = Table("Các thôn", (Column("Thôn"), Column("Số hộ", RIGHT)), (("T1", "3"),))
    assert table.data.to_dict("records") == [{"Thôn": "T1", "Số hộ": "3"}]


def test_a_chart_gives_what_it_draws_as_a_copy() -> None:
    drawn = Chart(lambda: SVG, "Tiến độ", "…", "…", pd.DataFrame({"percent": [3]}))
    drawn.data["percent"] = 99
    assert drawn.data["percent"].tolist() == [3]


def test_a_passage_gives_the_frame_in_it_or_each_by_its_name() -> None:
    one = Table.of(pd.DataFrame({"a": [1]}), [Column("A", cell=lambda line: "1")], "Một")
    drawn = Chart(lambda: SVG, "Hai", "…", "…", pd.DataFrame({"b": [2]}))
    single = together(heading("x", 2), boxed(together(one), "bottom-line"))
    assert isinstance(single.data, pd.DataFrame) and single.data["a"].tolist() == [1]
    several = together(folded_away("…", one), drawn).data
    assert isinstance(several, dict) and list(several) == ["Một", "Hai"]
    assert paragraph("x").data == {}


def test_code_without_a_label_is_open() -> None:
    assert code("a < b").html == "<pre>a &lt; b</pre>"
    assert code("a", "SQL").html.startswith("<details><summary>SQL</summary><pre>")
