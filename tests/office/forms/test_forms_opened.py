"""A workbook in another spreadsheet program: it opens, counts, and keeps lists and locks."""

import csv
import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from campaign_lib.office.forms import Made, Questionnaire

pytestmark = pytest.mark.slow
#: CSV with commas and quotation marks, in UTF-8.
UTF_8 = "csv:Text - txt - csv (StarCalc):44,34,76"


def office() -> str:
    """Find LibreOffice with its Calc, which writing letters does not need."""
    program = shutil.which("soffice")
    if program is None or not (Path(program).resolve().parent / "libsclo.so").exists():
        pytest.skip("LibreOffice Calc is not installed; .ci/run installs it")
    return program


def converted(path: Path, kind: str) -> Path:
    command = [office(), f"-env:UserInstallation=file://{path.parent}/profile", "--headless"]
    command += ["--convert-to", kind, "--outdir", str(path.parent / "out"), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    (made,) = (path.parent / "out").iterdir()
    return made


def begun(made: Made, folder: Path) -> Path:
    """Answer two households' questions: one lacks a single answer, the other has borrowed."""
    path = Path(shutil.copy(made.written[0], folder / "begun.xlsx"))
    book = load_workbook(path)
    sheet = book["2024Q3"]
    for column in range(4, sheet.max_column + 1):
        heading = str(sheet.cell(1, column).value)
        for row, borrowed in ((2, "Không"), (3, "Có")):
            asked_after = heading in ("Số tiền vay", "Nguồn vay")
            if not asked_after:
                sheet.cell(row, column).value = borrowed if heading == "Có vay vốn" else "x"
        if heading == "Có ti vi":
            sheet.cell(2, column).value = None
    book.save(path)
    return path


def test_it_counts_what_is_still_empty(made: Made, asked: Questionnaire, tmp_path: Path) -> None:
    with converted(begun(made, tmp_path), UTF_8).open(encoding="utf-8", newline="") as file:
        headings, one, other, untouched, *_ = csv.reader(file)
    assert headings[:3] == ["Mã hộ", "Chủ hộ", "Còn trống"]
    # The name that looks like a formula is still the name.
    assert one[:3] == ["H01", "=1+1", "1"]
    assert other[2] == "2"
    always = [column for column in asked.needed if not column.only_if]
    assert untouched[2] == str(len(always))


def test_it_is_saved_again_with_its_lists_and_locks(made: Made, tmp_path: Path) -> None:
    path = Path(shutil.copy(made.written[0], tmp_path / "form.xlsx"))
    saved = load_workbook(converted(path, "xlsx"))["2024Q3"]
    before = load_workbook(made.written[0])["2024Q3"]
    assert saved.protection.sheet
    assert saved["A2"].protection.locked
    assert not saved["D2"].protection.locked
    assert saved["B2"].value == "=1+1"
    kinds = sorted(str(rule.type) for rule in before.data_validations.dataValidation if rule.type)
    again = {str(rule.type) for rule in saved.data_validations.dataValidation if rule.type}
    assert set(kinds) - {"none"} <= again
