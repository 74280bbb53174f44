"""A commune's first day as README tells it, from an empty folder to report, letter, public edition.

The commands are README's, in both languages, and what README says they print they print. Between
them nothing is done but what an officer does: workbooks are filled in and put where they belong.
"""

import contextlib
import csv
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import first_day as mine
import pytest
from docx import Document

from campaign_lib.cli import main

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
README = {"vi": "README.vi.md", "en": "README.md"}
SOMETHING_LEFT = 1


def story(language: str) -> Iterator[tuple[list[str], list[str]]]:
    """Give each command of README's story, and the lines that it says are printed."""
    text = (ROOT / README[language]).read_text(encoding="utf-8")
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *printed = one.strip().splitlines()
            yield (
                shlex.split(command)[1:],
                [line.strip() for line in printed if line.strip() != "…"],
            )


def do_between(words: list[str], done: list[str]) -> None:
    """Do what an officer does before a command."""
    raw = Path("data/raw")
    if words[0] == "check" and "check" not in done:
        mine.fill_tables(raw)
        mine.fill_plan(raw / "plans" / f"{mine.YEAR}.xlsx")
    if words[0] == "status" and "form" in done and not any(raw.glob("survey/*/*")):
        (raw / "survey" / mine.QUARTER).mkdir(parents=True, exist_ok=True)
        for book in sorted(Path(done[-1]).glob("*.xlsx")):
            assert mine.fill_form(book) == mine.PER_VILLAGE * 5 // 6
            shutil.copy(book, raw / "survey" / mine.QUARTER / book.name)


@pytest.fixture(scope="module", params=["vi", "en"])
def day(request, tmp_path_factory) -> Iterator[tuple[Path, list[tuple[list[str], list[str], str]]]]:
    """The officer's folder after README's story, and what each command printed."""
    home, told = tmp_path_factory.mktemp("Xã Mẫu Đăk"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAMPAIGN_LANGUAGE", request.param)
        patch.delenv("CAMPAIGN_DATA", raising=False)
        patch.chdir(home)
        mine.write_villages(home / "thon.txt")
        mine.write_lists(home / "danh sach ho.xlsx")
        done: list[str] = []
        for words, printed in story(request.param):
            do_between(words, done)
            with contextlib.redirect_stdout(io.StringIO()) as out:
                assert main(["--today", mine.TODAY, *words]) in (0, SOMETHING_LEFT)
            told.append((words, printed, out.getvalue()))
            done += [words[0], *(words[1:2] if words[0] == "form" else [])]
        assert main(["--today", mine.TODAY, "verify"]) == 0
    yield home, told


@pytest.fixture(scope="module")
def results(day) -> dict[tuple[str, str], dict[str, str]]:
    with (day[0] / "data/processed/results.csv").open(encoding="utf-8") as file:
        return {(row["place"], row["indicator"]): row for row in csv.DictReader(file)}


def test_each_command_prints_what_readme_says(day):
    assert [words[0] for words, _, _ in day[1]][:3] == ["init", "import", "import"]
    assert len(day[1]) == 10
    for words, printed, said in day[1]:
        lines = [line.strip() for line in said.splitlines()]
        assert printed, words
        assert [line for line in printed if line not in lines] == [], said


def test_every_figure_is_the_one_worked_out_from_the_answers(results):
    for place, indicator, *counts in mine.expected():
        line = results[place, indicator]
        assert [int(line[name]) for name in ("numerator", "denominator", "unknown")] == counts
    assert results["commune", "front_models"]["numerator"] == "1"


def test_verdicts_are_those_of_the_plan_that_was_filled_in(results):
    for indicator in ("changed_mindset", "applies_science", "improved_life", "in_cooperative"):
        line, percent = results["commune", indicator], mine.TARGETS[indicator]
        count, base = int(line["numerator"]), int(line["denominator"])
        target, due = mine.target_count(percent, base), mine.path_count(percent, base)
        assert int(line["target_count"]) == target
        assert line["status"] == (
            "met" if count >= target else "on_track" if count >= due else "behind"
        )
    assert results["commune", "front_models"]["status"] == "met"
    assert {line["status"] for line in results.values()} >= {"met", "behind"}


def test_report_and_letter_say_so(day, results):
    folder = day[0] / "reports" / mine.QUARTER
    page = (folder / "commune.html").read_text(encoding="utf-8")
    document = Document(str(folder / "commune.docx"))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    letter = "\n".join([*(one.text for one in document.paragraphs), *cells])
    assert "Mẫu" in letter and "TỈNH THỬ" in letter.upper()
    assert "Kon Rẫy" not in page + letter and "Đăk Tơ Lung" not in page + letter
    for indicator in ("changed_mindset", "informed"):
        percent = results["commune", indicator]["percent"].replace(".", ",")
        assert percent in page and percent in letter
    assert {path.stem for path in folder.glob("T*.html")} == {f"T{n}" for n in range(1, 7)}


def test_the_public_edition_names_nobody(day):
    folder = day[0] / "reports" / "public" / mine.QUARTER
    pages = [path.read_text(encoding="utf-8") for path in folder.rglob("*.html")]
    assert len(pages) >= 7
    for page in pages:
        assert re.search(r"\b[AY] Mẫu \d", page) is None and "T1-001" not in page
