"""`campaign verify`: the printed file, line by line, against the count in SQL."""

import ast
import csv
import shutil
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from intake_files import example, write_campaign

from campaign_lib import cli
from campaign_lib.analysis.audit import audit
from campaign_lib.base.figures import Figure
from campaign_lib.errors import CampaignError
from campaign_lib.office.plan_book import write_plan_book
from campaign_lib.pipeline.build import build
from campaign_lib.plan import Task
from campaign_lib.recount.verify import RESULTS, Difference, in_words, verify
from campaign_lib.store.processed import Processed
from campaign_lib.words import Words

LIBRARY = Path(__file__).parents[2] / "campaign_lib"
Rows = list[dict[str, str]]


@pytest.fixture
def data(sample_data: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_data, tmp_path / "data"))


def retyped(data: Path, change: Callable[[Rows], Rows]) -> None:
    """Change the printed file as somebody would by hand."""
    path = data / "processed" / RESULTS
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(change(rows))


def test_the_sample_agrees(data: Path) -> None:
    found = verify(data)
    assert (found.agrees, found.changed, dict(found.left)) == (True, [], {})
    assert found.read == len([*(data / "raw").glob("*.csv"), *(data / "raw").glob("*/*.csv")])
    lines = (data / "processed" / RESULTS).read_text(encoding="utf-8").count("\n") - 1
    assert found.lines == lines > 0


def test_a_figure_changed_by_hand_is_found(data: Path) -> None:
    def change(rows: Rows) -> Rows:
        row = next(r for r in rows if Figure(r["quarter"], r["place"], r["indicator"]) == figure)
        row["numerator"] = str(int(row["numerator"]) + 1)
        return rows

    figure = Figure("2024Q3", "T4", "informed")
    retyped(data, change)
    (found,) = verify(data).differences
    assert (found.figure, found.column) == (figure, "numerator")
    assert int(found.printed) == int(found.recounted) + 1


def test_lines_that_are_missing_or_made_up_are_found(data: Path) -> None:
    def change(rows: Rows) -> Rows:
        return [*rows[1:], {**rows[0], "place": "T99", "level": "village"}]

    retyped(data, change)
    found = verify(data).differences
    assert {difference.figure.place for difference in found} >= {"T99"}
    gone = [d for d in found if d.figure.place != "T99"]
    assert gone and all(d.printed == "" for d in gone)
    assert Difference(found[-1].figure, found[-1].column, *found[-1][2:]) == found[-1]


def test_a_line_that_is_missing_or_made_up_is_told_in_one_sentence(data: Path) -> None:
    def change(rows: Rows) -> Rows:
        row = next(r for r in rows if (r["quarter"], r["place"]) == ("2024Q3", "T4"))
        gone.update(row)
        return [*(r for r in rows if r is not row), {**row, "place": "T99"}]

    gone: dict[str, str] = {}
    retyped(data, change)
    lines = list(in_words(verify(data), Words("en")))
    counts = "/".join((gone["numerator"], gone["denominator"]))
    name = gone["indicator"]
    assert lines[:-1] == [
        f"2024Q3/T99/{name}: results.csv has this line ({counts}), "
        "and there is none when it is counted again",
        f"2024Q3/T4/{name}: results.csv lacks this line; counted again it is {counts}",
    ]


def test_what_was_built_only_in_part_is_told_to_be_built(data: Path) -> None:
    (data / "processed" / "manifest.json").unlink()
    with pytest.raises(CampaignError, match="is not there; run `campaign build` first"):
        verify(data)


def test_raw_files_that_changed_since_are_named(data: Path) -> None:
    (data / "raw" / "survey" / "2024Q3.csv").write_bytes(b"household,surveyed_on\n")
    (data / "raw" / "models.csv").unlink()
    (data / "raw" / "survey" / "2025Q1.csv").write_bytes(b"household,surveyed_on\n")
    found = verify(data)
    assert found.changed == ["models.csv", "survey/2024Q3.csv", "survey/2025Q1.csv"]
    assert dict(found.left) == {"models.csv": "gone"}


def test_the_command_ends_with_the_sum(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--data", str(data), "verify"]) == 0
    assert "Khớp" in capsys.readouterr().out.splitlines()[-1]
    retyped(data, lambda rows: [{**row, "status": "met"} for row in rows])
    assert cli.main(["--data", str(data), "verify", "--language", "en"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "DOES NOT AGREE" in lines[-1]
    assert any("column status: printed met" in line for line in lines)


def test_the_second_reading_shares_no_code() -> None:
    """It may tell how far it has come; everything else it reads, it reads by itself."""
    folder = LIBRARY / "recount" / "raw"
    files = [*sorted(folder.glob("*.py")), folder.parent / "statements.py"]
    assert len(files) > 3
    others = {
        module
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for module in imported_by(node)
        if module.startswith("campaign_lib")
        and not module.startswith(("campaign_lib.recount.raw", "campaign_lib.recount.statements"))
    }
    assert others == {
        "campaign_lib.errors", "campaign_lib.words.progress", "campaign_lib.words.spelling",
    }  # fmt: skip


def imported_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{'.' * node.level}{node.module}"] if isinstance(node, ast.ImportFrom) else []


def test_what_is_read_differently_is_named(data: Path) -> None:
    """Here the raw file has changed since; a slip of the library's reading would look the same."""
    survey = data / "raw" / "survey" / "2024Q3.csv"
    heading, first, second, *others = survey.read_text(encoding="utf-8").splitlines()
    names = heading.split(",")
    said = first.split(",")
    turned = "no" if said[names.index("informed")] == "yes" else "yes"
    said[names.index("informed")] = turned
    lost = second.split(",")
    lost[names.index("household")] = "nobody"
    survey.write_text("\n".join([heading, ",".join(said), ",".join(lost), *others]), "utf-8")
    found = verify(data)
    cell, row = found.readings
    assert cell[:3] == ("survey/2024Q3.csv", 2, "informed")
    assert cell.recount == turned != cell.library
    assert row == ("survey/2024Q3.csv", 3, "", "kept", "refused")
    assert {column for _, column, _, _ in found.miscounts} == {"rows_kept", "rows_refused"}
    assert found.by_reading == len(found.figures) > 0
    text = "\n".join(in_words(found, Words("en")))
    assert "survey/2024Q3.csv, row 2, column informed: the program reads" in text
    assert "survey/2024Q3.csv, row 3: by the program kept, by the second reading refused" in text


def test_a_count_of_rows_changed_by_hand_is_found(data: Path) -> None:
    path = data / "processed" / "files.csv"
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("villages.csv"))
    path.write_text(text.replace(line, line[:-1] + "7"), encoding="utf-8")
    found = verify(data)
    assert found.miscounts == [("villages.csv", "rows_superseded", "7", "0")]
    assert not found.agrees


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("models.csv", "Thôn,x\n".encode("cp1258"), "encoding"),
        ("models.csv", b"model,name\n", "columns"),
        ("models.csv", b'model,"owner\n', "not_csv"),
        ("models.csv", b"", "empty"),
        ("plans/2024.toml", b"year = ", "plans"),
    ],
)
def test_a_file_that_is_not_read_again_is_named(
    data: Path, file: str, content: bytes, why: str
) -> None:
    """Its rows are taken as the library has read them, so that the rest can be counted."""
    (data / "raw" / file).write_bytes(content)
    found = verify(data)
    assert dict(found.left) == {file.partition("/")[0]: why}
    assert (found.agrees, found.changed) == (True, [file])
    assert any(file.partition("/")[0] in line for line in in_words(found, Words("vi")))


def test_what_is_not_there_is_asked_for(tmp_path: Path, data: Path) -> None:
    with pytest.raises(CampaignError, match="run `campaign build` first"):
        verify(tmp_path)
    (data / "processed" / RESULTS).write_bytes("Thôn".encode("utf-16"))
    with pytest.raises(CampaignError, match="is not UTF-8"):
        verify(data)


def test_explain_takes_the_printed_reference(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--data", str(data), "--today", "2025-02-01", "explain"]
    assert cli.main([*asked, "2024Q3/T4/changed_mindset"]) == 0
    explained = capsys.readouterr().out
    assert cli.main(
        [*asked[:-1], "audit", "changed_mindset", "--quarter", "2024Q3", "--village", "T4",
         "--households"]
    ) == 0  # fmt: skip
    assert explained == capsys.readouterr().out
    assert "survey/2024Q3.csv:" in explained
    assert cli.main([*asked, "2024Q3"]) == 2
    assert cli.main([*asked, "2024Q3/T99/informed"]) == 2
    assert cli.main([*asked, "2024Q3/T4/changed_mindest"]) == 2


def test_sheets_of_one_workbook_are_not_taken_for_one_another(tmp_path: Path) -> None:
    """A sheet for each village: its rows have the same numbers, and are not read a second time."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for village, household in (("A", "H01"), ("B", "H02")):
        form = {**example("survey", 1), "household": household, "surveyed_on": "2024-01-10"}
        sheet = book.create_sheet(village)
        sheet.append(list(form))
        sheet.append([str(answer) for answer in {**form, "enumerator": village}.values()])
    write_campaign(tmp_path / "raw", {})
    (tmp_path / "raw" / "survey" / "2024Q1").mkdir(parents=True)
    book.save(tmp_path / "raw" / "survey" / "2024Q1" / "two.xlsx")
    build(tmp_path, date(2025, 2, 1))
    found = verify(tmp_path)
    assert [*found.left] == ["survey/2024Q1/two.xlsx"]
    assert found.agrees
    assert [*in_words(found, Words("en"))][-1].endswith(
        f"from {found.read} raw files that were read a second time; the other 1, named above, are "
        "taken as the program has read them."
    )


def test_a_plan_that_is_a_workbook_counts_the_same(data: Path) -> None:
    """Nothing but the file's name changes, and both readings read it."""
    plans, results = data / "raw" / "plans", data / "processed" / RESULTS
    told, before = tomllib.loads((plans / "2024.toml").read_text("utf-8")), results.read_bytes()
    path = {f"path.{number}": float(share) for number, share in enumerate(told["path"], 1)}
    own = told["parameters"]
    said = {
        **{key: told[key] for key in ("year", "commune", "district", "province", "baseline")},
        "illustrative": "yes",
        **path,
        "parameters.district_mean_income": float(own["district_mean_income"]),
        "parameters.poverty_reduction_formula": own["poverty_reduction_formula"],
        **{
            f"targets.{name}.at_least": one["at_least"]
            if name == "front_models"
            else round(float(one["at_least"]) / 100, 4)
            for name, one in told["targets"].items()
        },
    }
    tasks = tuple(Task(**task) for task in told["tasks"])
    write_plan_book(plans / "2024.xlsx", said, tasks)
    (plans / "2024.toml").unlink()
    build(data, date(2025, 2, 1))
    assert results.read_bytes() == before
    found = verify(data)
    assert (found.agrees, found.changed, dict(found.left)) == (True, [], {})
    processed = Processed(data / "processed")
    assert audit(processed, "improved_life", "2024Q4", "T3").raw_file("plans") == "plans/2024.xlsx"
