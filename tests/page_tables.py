"""Reads the tables of a page, for tests that compare what is printed with what was computed."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attributes: object) -> None:
        if tag == "table":
            self.tables.append(("", []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][1][-1].append("")
        if tag in {"caption", "td", "th"}:
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, text: str) -> None:
        caption, rows = self.tables[-1] if self.tables else ("", [])
        if self._inside == "caption":
            self.tables[-1] = (caption + text, rows)
        elif self._inside:
            rows[-1][-1] += text


def tables_of(html: str) -> dict[str, list[list[str]]]:
    """Give the rows of each table by its caption; the first row are the headings."""
    reader = _Reader()
    reader.feed(html)
    return dict(reader.tables)


def table_of(html: str, caption: str) -> list[list[str]]:
    """Give the rows of one table; the first are the headings."""
    return tables_of(html)[caption]


def rows_by_name(html: str, caption: str) -> dict[str, list[str]]:
    """Give the cells of each row of a table by the row's heading, without the link beside it."""
    rows = tables_of(html)[caption][1:]
    return {re.sub(r" (\d{4}Q\d/\S+|nguồn|source)$", "", first): cells for first, *cells in rows}


def numbers(cell: str) -> list[str]:
    """Give the numbers of a cell as results.csv writes them: 1.234,50 % is 1234.50."""
    found = re.findall(r"\d[\d.]*(?:,\d+)?", cell)
    return [number.replace(".", "").replace(",", ".") for number in found]


def printed_lines(folder: Path) -> pd.DataFrame:
    """Give results.csv as text; of whom nothing is asked, no page says that it has been met."""
    lines = pd.read_csv(folder / "results.csv", dtype="str", keep_default_na=False)
    nothing = (lines["target_count"] == "0") & (lines["status"] == "met")
    nothing &= lines["indicator"] != "poverty_reduction"
    return lines.assign(status=lines["status"].mask(nothing, "no_target"))


def plain(number: str) -> str:
    """Turn a number as Vietnamese pages print it into the CSV's way; – is no value."""
    bare = re.sub(r"[\s\u00a0]*(%|điểm %|nghèo, cận nghèo( \([^)]*\))?)$", "", number)
    return "" if bare == "–" else bare.replace(".", "").replace(",", ".").replace("−", "-")
