"""The workbook for the households drawn: who is in it, and that it is read as it was filled in."""

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from inspected_campaign import TODAY, built
from openpyxl import load_workbook

from campaign_lib import cli
from campaign_lib.codebook import codebook
from campaign_lib.errors import CampaignError
from campaign_lib.intake import Campaign, read_campaign
from campaign_lib.office.forms.visits import visits_of, write_visits
from campaign_lib.office.problem_book import write_book
from campaign_lib.pipeline.build import build
from campaign_lib.recount.verify import verify
from campaign_lib.store.processed import Processed
from campaign_lib.stories.inspection import Inspection, inspection
from campaign_lib.words import LANGUAGES

QUARTER = "2024Q3"
SURVEY = codebook().tables["survey"]
#: What came of a filled workbook: one row an answer.
ANSWERS = ["household", "quarter", "question", "found", "inspected_on", "inspector"]

Filled = Mapping[str, Mapping[str, object]]


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    return built(tmp_path_factory.mktemp("drawn"))


def page(processed: Processed, language: str = "vi", size: str = "6") -> Inspection:
    return inspection(processed, QUARTER, "1", size, language)


def written(folder: Path, processed: Processed, language: str = "vi") -> Path:
    list(write_visits(folder, page(processed, language)))
    (path,) = folder.glob("*.xlsx")
    return path


def fill(path: Path, answers: Filled) -> None:
    """Fill a workbook in: by household, then by the heading's code."""
    book = load_workbook(path)
    sheet = book[QUARTER]
    form = codebook().inspection_form
    columns = {
        column.code: cell.column
        for cell in sheet[1]
        for column in form.columns
        if cell.value in (column.vi, column.en)
    }
    rows = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1)}
    for home, cells in answers.items():
        for code, value in cells.items():
            sheet.cell(rows[home], columns[code]).value = value
    book.save(path)


def campaign_with(folder: Path, processed: Processed, files: Mapping[str, Path]) -> Path:
    """Lay a copy of the campaign with filled workbooks below inspections/; gives data/."""
    shutil.copytree(processed.folder.parent / "raw", folder / "raw")
    for name, path in files.items():
        target = folder / "raw" / "inspections" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return folder


def answers_in(campaign: Campaign) -> set[tuple[str, ...]]:
    table = campaign.tables["inspections"]
    rows = set(table[ANSWERS].astype("str").fillna("").itertuples(index=False, name=None))
    assert len(rows) == len(table)
    return rows


def told(campaign: Campaign) -> list[tuple[object, ...]]:
    """Give what is wrong with visits: file, row, column, action."""
    lines = campaign.problems[campaign.problems["file"].str.startswith("inspections")]
    where = lines[["file", "row", "column", "action"]]
    return list(where.itertuples(index=False, name=None))


def visit(**answers: object) -> dict[str, object]:
    return {"inspected_on": datetime(2024, 9, 20), "inspector": "A Biu", **answers}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_for_each_household_drawn_and_a_column_for_each_question(
    tmp_path: Path, processed: Processed, language: str
) -> None:
    story = page(processed, language)
    sheet = load_workbook(written(tmp_path, processed, language))[QUARTER]
    headings = [cell.value for cell in sheet[1]]
    own = [codebook().inspection_form.column(code) for code in ("inspected_on", "inspector")]
    asked = [*own, *(SURVEY.column(code) for code in story.asked)]
    assert headings[4:] == [getattr(column, language) for column in asked]
    assert len(story.asked) == 17, "as many as on the sheets to take along"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    drawn = story.draw.drawn
    assert [row[0] for row in rows] == list(drawn["household"])
    assert [row[1] for row in rows] == [processed.villages[code] for code in drawn["village"]]
    assert all(cell is None for row in rows for cell in row[4:]), "it has no earlier answer"
    ruled = {str(rule.sqref).rstrip("0123456789").partition(":")[0] for rule in
             sheet.data_validations.dataValidation}  # fmt: skip
    assert len(ruled) == len(asked), "each column lets in what the codebook does"


def test_it_says_that_it_is_internal_and_how_it_comes_back(
    tmp_path: Path, processed: Processed
) -> None:
    path = written(tmp_path, processed)
    book = load_workbook(path)
    assert "noi-bo" in path.name
    assert path.stat().st_mode & 0o077 in (0o040, 0o000)
    help_texts = " ".join(
        str(cell.value) for row in book["Hướng dẫn"].iter_rows() for cell in row if cell.value
    )
    assert "NỘI BỘ" in help_texts and "INTERNAL" in help_texts
    assert f"raw/inspections/{QUARTER}/" in help_texts
    assert "raw/survey" not in help_texts
    assert "mã rút thăm 1, 6 hộ" in help_texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_is_read_back(
    tmp_path: Path, processed: Processed, language: str
) -> None:
    path = written(tmp_path / "made", processed, language)
    first, second, third = page(processed).draw.drawn["household"][:3]
    no, yes = (getattr(one, language) for one in SURVEY.column("informed").answers)
    solid = getattr(SURVEY.column("house").answers[0], language)
    fill(
        path,
        {
            first: visit(informed=yes, relies_on_state=no, income=1850, house=solid),
            second: visit(informed=no, has_tv="?"),
            third: visit(),
        },
    )
    data = campaign_with(tmp_path / "data", processed, {f"{QUARTER}/Đoàn 1.xlsx": path})
    campaign = read_campaign(data / "raw", TODAY)
    assert answers_in(campaign) == {
        (home, QUARTER, question, found, "2024-09-20", "A Biu")
        for home, question, found in (
            (first, "informed", "yes"),
            (first, "relies_on_state", "no"),
            (first, "income", "1850"),
            (first, "house", SURVEY.column("house").answers[0].code),
            (second, "informed", "no"),
        )
    }
    assert told(campaign) == []
    rows = campaign.tables["inspections"].set_index("household")["source_row"]
    assert set(rows[first]) == {2} and rows[second] == 3, "the row of the workbook"


def test_a_workbook_that_nobody_has_filled_in_says_nothing(
    tmp_path: Path, processed: Processed
) -> None:
    path = written(tmp_path / "made", processed)
    data = campaign_with(tmp_path / "data", processed, {f"{QUARTER}/empty.xlsx": path})
    build(data, TODAY)
    campaign = read_campaign(data / "raw", TODAY)
    assert told(campaign) == []
    assert campaign.tables["inspections"].empty
    counts = campaign.files.set_index("file").loc[f"inspections/{QUARTER}/empty.xlsx"]
    assert [*counts.drop("sha256")] == [0, 0, 0, 0]
    assert verify(data).agrees


def test_copies_and_the_long_table_are_read_together(tmp_path: Path, processed: Processed) -> None:
    homes = list(page(processed).draw.drawn["household"][:3])
    paths = [written(tmp_path / name, processed) for name in ("one", "two")]
    fill(paths[0], {homes[0]: visit(informed="Có"), homes[1]: visit(informed="Có")})
    fill(paths[1], {homes[0]: visit(informed="Có"), homes[1]: visit(informed="Không")})
    names = (f"{QUARTER}/1.xlsx", f"{QUARTER}/2.xlsx")
    data = campaign_with(tmp_path / "data", processed, dict(zip(names, paths, strict=True)))
    with (data / "raw" / "inspections.csv").open("a", encoding="utf-8") as file:
        file.write(f"{homes[2]},{QUARTER},informed,no,2024-09-21\n")
    campaign = read_campaign(data / "raw", TODAY)
    assert {row[:4] for row in answers_in(campaign)} == {
        (homes[0], QUARTER, "informed", "yes"),
        (homes[2], QUARTER, "informed", "no"),
    }
    assert told(campaign) == [
        ("inspections/2024Q3/1.xlsx", 3, "household", "row refused"),
        ("inspections/2024Q3/2.xlsx", 2, "household", "superseded"),
        ("inspections/2024Q3/2.xlsx", 3, "household", "row refused"),
    ]
    counts = campaign.files.set_index("file")
    sums = counts[["rows_kept", "rows_refused", "rows_superseded"]].sum(axis=1)
    assert (sums == counts["rows_read"]).all()


def test_what_is_wrong_is_told_once_and_marked_where_it_stands(
    tmp_path: Path, processed: Processed
) -> None:
    path = written(tmp_path / "made", processed)
    first, second = page(processed).draw.drawn["household"][:2]
    undated = {**visit(informed="Có", has_tv="Có", has_phone="Có"), "inspected_on": None}
    fill(path, {first: undated, second: visit(informed="chắc vậy", has_tv="Có", income=-5)})
    data = campaign_with(tmp_path / "data", processed, {f"{QUARTER}/1.xlsx": path})
    build(data, TODAY)
    campaign = read_campaign(data / "raw", TODAY)
    file = "inspections/2024Q3/1.xlsx"
    assert told(campaign) == [
        (file, 2, "inspected_on", "row refused"),
        (file, 3, "income", "row refused"),
        (file, 3, "informed", "row refused"),
    ]
    assert {row[2] for row in answers_in(campaign)} == {"has_tv"}
    shown = str(inspection(Processed(data / "processed"), QUARTER, "1", "6").answers())
    assert "chắc vậy" in shown

    write_book(tmp_path / "problems.xlsx", data / "raw", campaign.problems)
    sheet = load_workbook(tmp_path / "problems.xlsx").worksheets[1]
    marked = {cell.value for row in sheet.iter_rows(min_row=2) for cell in row if cell.comment}
    assert {"chắc vậy", "-5"} <= marked


def test_verify_names_what_it_takes_as_it_was_read(tmp_path: Path, processed: Processed) -> None:
    path = written(tmp_path / "made", processed)
    (first,) = page(processed).draw.drawn["household"][:1]
    fill(path, {first: visit(informed="Có", dropped_customs="Không")})
    data = campaign_with(tmp_path / "data", processed, {f"{QUARTER}/1.xlsx": path})
    build(data, TODAY)
    found = verify(data)
    assert found.agrees
    assert found.changed == []
    assert found.left == {"inspections/2024Q3/1.xlsx": "other"}


def test_files_that_are_no_quarter_s_are_listed(tmp_path: Path, processed: Processed) -> None:
    path = written(tmp_path / "made", processed)
    data = campaign_with(tmp_path / "data", processed, {"kiem tra.xlsx": path})
    campaign = read_campaign(data / "raw", TODAY)
    assert [line[0::3] for line in told(campaign)] == [
        ("inspections/kiem tra.xlsx", "file ignored")
    ]


def test_work_that_was_begun_is_not_written_over(tmp_path: Path, processed: Processed) -> None:
    path = written(tmp_path, processed)
    untouched = path.read_bytes()
    (first,) = page(processed).draw.drawn["household"][:1]
    fill(path, {first: {"informed": "Có"}})
    filled = path.read_bytes()
    said = list(write_visits(tmp_path, page(processed)))
    assert path.read_bytes() == filled != untouched
    assert "giữ nguyên" in said[0]


def test_a_village_alone_and_nobody_at_all(processed: Processed, tmp_path: Path) -> None:
    drawn = page(processed).draw.drawn
    asked = visits_of(page(processed), ["Thôn B"])
    (village,) = asked.villages
    assert [home.household for home in village.homes] == list(
        drawn.loc[drawn["village"] == "B", "household"]
    )
    rich = [{"household": id, "status": "not_poor", "valid_from": "2023-12-31"} for id in "AB"]
    nobody = built(tmp_path / "rich", poverty_status=rich)
    with pytest.raises(CampaignError, match="nobody to draw"):
        visits_of(page(nobody), ())


def test_the_command(
    processed: Processed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = campaign_with(tmp_path / "data", processed, {})
    asked = ("--data", str(data), "--today", TODAY.isoformat(), "form", str(tmp_path / "made"))
    assert cli.main([*asked, "--inspection", "--seed", "x", "--sample-size", "5"]) == 0
    out = capsys.readouterr().out
    assert "5 hộ rút thăm với mã “x”" in out
    assert f"raw/inspections/{QUARTER}/" in out
    (path,) = (tmp_path / "made").iterdir()
    sheet = load_workbook(path)[QUARTER]
    drawn = inspection(Processed(data / "processed"), QUARTER, "x", "5").draw.drawn
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == list(drawn["household"])
    for wrong in (("--everyone",), ("--quarter", "2024Q1"), ("--sample-size", "0")):
        assert cli.main([*asked, "--inspection", *wrong]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
