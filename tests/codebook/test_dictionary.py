"""The data dictionary is what the codebook gives, and has all of it."""

import subprocess
import sys
from pathlib import Path

from campaign_lib.codebook import codebook
from campaign_lib.codebook.dictionary import PAGE, data_dictionary


def test_the_committed_page_is_what_the_codebook_gives(root: Path) -> None:
    assert (root / PAGE).read_text(encoding="utf-8") == data_dictionary(), (
        f"run: python -m campaign_lib.codebook.dictionary {PAGE}"
    )


def test_every_column_answer_and_question_is_there_in_both_languages() -> None:
    page = data_dictionary()
    for table in codebook().tables.values():
        assert f"## {table.vi} · {table.en}\n\n{table.row_vi} · {table.row_en}\n" in page
        for column in table.columns:
            also = f"<br>({', '.join(column.also)})" if column.also else ""
            about = f"<br>{column.about_vi} · {column.about_en}" if column.about_vi else ""
            line = f"| `{column.code}` | {column.vi} · {column.en}{also}{about} |"
            assert line in page
            for answer in column.answers:
                assert f"`{answer.code}`: {answer.vi} · {answer.en}" in page
        for question in table.questions:
            assert f"| `{question.code}` | {question.ask_vi} | {question.ask_en} |" in page
    for group in codebook().ethnic_groups:
        assert f"| `{group.code}` | {group.name} |" in page


def test_every_row_has_as_many_cells_as_its_table_has_headings() -> None:
    widths: set[int] = set()
    for line in data_dictionary().splitlines():
        if line.startswith("|"):
            widths.add(line.replace("\\|", "").count("|"))
            assert len(widths) == 1, line
        else:
            widths.clear()


def test_the_module_prints_the_page_where_letters_are_few(root: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "campaign_lib.codebook.dictionary"],
        cwd=root,
        env={"PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(root)},
        capture_output=True,
        check=True,
    )
    assert told.stdout.decode() == data_dictionary()


def test_the_module_writes_the_page(root: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    module = [sys.executable, "-m", "campaign_lib.codebook.dictionary", str(page)]
    subprocess.run(module, cwd=root, check=True)
    assert page.read_text(encoding="utf-8") == data_dictionary()
