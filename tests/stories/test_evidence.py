"""A figure taken away: worked out again where nothing of ours is, and what is changed is noticed.

The notebooks are run as an inspector would, from the unpacked zip; all of them in one other
process, in which this library cannot be imported.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import nbformat
import openpyxl
import pytest
from inspected_campaign import HOMES, TODAY, answers
from raw_files import PLAN_2024, write_plan, write_table

from campaign_lib import INDICATORS, CampaignError
from campaign_lib.analysis.audit import Audit, audit
from campaign_lib.indicators.ten import CHANGED_MINDSET
from campaign_lib.office.plan_book import write_plan_book
from campaign_lib.pipeline.build import build
from campaign_lib.store.processed import Processed
from campaign_lib.store.query import raw_table
from campaign_lib.stories.audit import AuditStory
from campaign_lib.stories.evidence import write_evidence
from campaign_lib.words import LANGUAGES, Words

QUARTER, VILLAGE = "2024Q4", "T4"
#: Runs the code cells of notebooks, each in its own folder, and says what they printed.
READER = """
import contextlib, io, json, os, sys


class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0].startswith("campaign"):
            raise ImportError(f"there is no {name} here")


sys.meta_path.insert(0, Without())
sys.path.insert(0, "")
told = {}
for folder in sys.argv[1:]:
    os.chdir(folder)
    for own in ("rule", "verdict"):
        sys.modules.pop(own, None)
    with open("audit.ipynb", encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    said, scope, error = io.StringIO(), {}, ""
    with contextlib.redirect_stdout(said):
        try:
            for cell in cells:
                if cell["cell_type"] == "code":
                    exec(cell["source"], scope)
        except Exception as caught:
            error = f"{type(caught).__name__}: {caught}"
    told[folder] = [said.getvalue(), error]
print(json.dumps(told))
"""


class Ran(NamedTuple):
    said: str
    error: str

    @property
    def differences(self) -> list[str]:
        return [line for line in self.said.splitlines() if line.startswith("KHÔNG KHỚP · DIFFERS")]


def run(folders: Mapping[str, Path]) -> dict[str, Ran]:
    """Run the notebooks of unpacked zips in one process without this library."""
    command = [sys.executable, "-I", "-c", READER, *map(str, folders.values())]
    ended = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    told = json.loads(ended.stdout)
    return {name: Ran(*told[str(folder)]) for name, folder in folders.items()}


def unpacked(file: Path, folder: Path) -> Path:
    with zipfile.ZipFile(file) as packed:
        packed.extractall(folder)
    return folder


def taken(found: Audit, folder: Path, name: str, *, anonymous: bool = False) -> Path:
    """Write a figure's zip, and unpack it."""
    write_evidence(found, folder / f"{name}.zip", anonymous=anonymous)
    return unpacked(folder / f"{name}.zip", folder / name)


def all_taken(
    processed: Processed, figures: Iterable[tuple[str, str]], folder: Path
) -> dict[str, Path]:
    return {
        f"{id}-{place}": taken(audit(processed, id, QUARTER, place), folder, f"{id}-{place}")
        for id, place in figures
    }


def assert_agrees(ran: Ran) -> None:
    assert (ran.error, ran.differences) == ("", [])
    assert ran.said.splitlines()[-1].startswith("KHỚP: con số đã in được tính lại")


#: Every figure that a quarter prints of the commune and of a village.
FIGURES = [
    (indicator.id, place)
    for indicator in INDICATORS
    for place in ("commune", VILLAGE)
    if place == "commune" or indicator.by_village
]
#: One of each kind of unit and of rule; all are tried in the empty environment below.
SOME = [
    ("covered_by_plan", VILLAGE),
    ("integrated_activities", "commune"),
    ("changed_mindset", VILLAGE),
    ("improved_life", "commune"),
    ("poverty_reduction", VILLAGE),
    ("front_models", "commune"),
    ("area_models", VILLAGE),
]


# --- the printed figure comes out of the raw rows ------------------------------------------------


@pytest.fixture(scope="module")
def folders(built_sample: Processed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return all_taken(built_sample, SOME, tmp_path_factory.mktemp("evidence"))


@pytest.fixture(scope="module")
def ran(folders: dict[str, Path]) -> dict[str, Ran]:
    return run(folders)


@pytest.mark.parametrize(("id", "place"), SOME)
def test_a_figure_is_worked_out_again(ran: dict[str, Ran], id: str, place: str) -> None:
    own = ran[f"{id}-{place}"]
    assert_agrees(own)
    compared = re.findall(r"the printed line \| (\w+): ", own.said)
    assert {"numerator", "percent", "target_count", "status", "certain"} <= {*compared}


def test_the_rule_is_the_library_s_own_text(folders: dict[str, Path]) -> None:
    rule = (folders[f"changed_mindset-{VILLAGE}"] / "rule.py").read_text(encoding="utf-8")
    assert 'return said(home["relies_on_state"], "no")' in rule
    assert "def said(answers: pd.Series, *values: str)" in rule
    assert "campaign_lib" not in rule
    assert rule.rstrip().endswith("works_own_way_out, )")


def test_rows_have_their_place_and_files_their_hash(
    folders: dict[str, Path], sample_data: Path
) -> None:
    folder = folders[f"changed_mindset-{VILLAGE}"]
    hashes = dict(line.split(",") for line in lines_of(folder, "files.csv"))
    for file, digest in hashes.items():
        content = (sample_data / "raw" / file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
    for line in lines_of(folder, "raw/survey.csv"):
        file, _, row, *cells = line.split(",")
        assert file in hashes
        raw = (sample_data / "raw" / file).read_text(encoding="utf-8").splitlines()[int(row) - 1]
        assert all(cell in raw.split(",") for cell in cells)
    planned = (sample_data / "raw/plans/2024.toml").read_text(encoding="utf-8").splitlines()
    (target,) = (line for line in lines_of(folder, "plan.csv") if line.startswith("targets."))
    key, value, file, number, *_ = target.split(",")
    assert (key, file) == ("targets.changed_mindset.at_least", "plans/2024.toml")
    assert planned[int(number) - 1].startswith(f'at_least = "{value}"')


def lines_of(folder: Path, name: str) -> list[str]:
    """Give the lines of a CSV file below its heading."""
    return (folder / name).read_text(encoding="utf-8").splitlines()[1:]


#: What must be said of a zip, in both languages.
SAID = (
    *("NỘI BỘ", "INTERNAL", "Nhận sẵn, không tính lại", "Given, not worked out"),
    *("Muốn chắc, hãy so SHA-256 của cả gói", "compare the SHA-256 of the whole"),
)


def test_the_notebook_is_one_and_says_what_it_is(folders: dict[str, Path]) -> None:
    for folder in folders.values():
        notebook = nbformat.read(folder / "audit.ipynb", as_version=4)
        nbformat.validate(notebook)
        texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        for said in SAID:
            assert sum(said in text for text in texts) == 1, said
        assert not any(cell.get("outputs") for cell in notebook.cells)


# --- what is changed is noticed ------------------------------------------------------------------


def put(name: str, before: str, now: str) -> Callable[[Path], None]:
    """Change a text in a file, wherever it stands."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert before in text
        (folder / name).write_text(text.replace(before, now), encoding="utf-8")

    return change


def hashed_anew(folder: Path) -> None:
    """Let the hashes in the zip say what the files are now, as a careful forger would."""
    about = json.loads((folder / "evidence.json").read_text(encoding="utf-8"))
    for name in about["sha256"]:
        about["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "evidence.json").write_text(json.dumps(about), encoding="utf-8")


#: A change, what its hash is told as, and what is told where the hash was changed with it.
CHANGES = {
    "row": (
        put("raw/survey.csv", ",yes,no,yes", ",no,no,yes"),
        "Hash of the raw rows, their reading and the plan | raw/survey.csv",
        "Worked out again and the printed line | numerator: ",
    ),
    "text": (
        put("raw/survey.csv", ",yes,no,yes", ",chưa,no,yes"),
        "Hash of the raw rows, their reading and the plan | raw/survey.csv",
        "Every text of the raw rows has a reading | survey/2024Q4.csv:",
    ),
    "rule": (
        put("rule.py", '(home["self_reliance"], "yes")', '(home["self_reliance"], "no")'),
        "Hash of the rule | rule.py",
        "The counts of each step and the printed ones",
    ),
    "verdict": (
        put("verdict.py", "np.where(numerator >= due, 2, 1)", "np.where(numerator >= due, 3, 3)"),
        "Hash of the rule | verdict.py",
        "Worked out again and the printed line | status: met / behind",
    ),
    "printed": (
        put("printed.csv", "numerator,", "numerator,1"),
        "Hash of the printed line | printed.csv",
        "Worked out again and the printed line | numerator: ",
    ),
    "step": (
        put("steps.csv", "counts,1,gave_up_customs,", "counts,1,gave_up_customs,1"),
        "Hash of the printed line | steps.csv",
        "The counts of each step and the printed ones",
    ),
    "target": (
        put("plan.csv", ".at_least,77.17", ".at_least,7.17"),
        "Hash of the raw rows, their reading and the plan | plan.csv",
        "Worked out again and the printed line | target_count: ",
    ),
}


@pytest.fixture(scope="module")
def changed(built_sample: Processed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    place = next(  # of a village that is behind, so that its verdict can be made better
        str(line["place"])
        for _, line in built_sample.results.iterrows()
        if (line["quarter"], line["indicator"], line["level"], line["status"])
        == (QUARTER, CHANGED_MINDSET.id, "village", "behind")
    )
    folder, found = tmp_path_factory.mktemp("changed"), audit(
        built_sample, CHANGED_MINDSET, QUARTER, place
    )  # fmt: skip
    write_evidence(found, folder / "whole.zip")
    made = {}
    for name, (change, *_) in CHANGES.items():
        for way in ("plainly", "hashed"):
            made[f"{name}-{way}"] = own = unpacked(folder / "whole.zip", folder / f"{name}-{way}")
            change(own)
            if way == "hashed":
                hashed_anew(own)
    return run(made)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told_by_its_hash_and_by_what_follows(
    changed: dict[str, Ran], name: str
) -> None:
    _, by_hash, by_count = CHANGES[name]
    plainly, hashed = changed[f"{name}-plainly"], changed[f"{name}-hashed"]
    assert any(by_hash in line for line in plainly.differences)
    assert not any("Hash of" in line for line in hashed.differences)
    for ended in (plainly, hashed):
        assert any(by_count in line for line in ended.differences), ended
        assert ended.error.startswith("AssertionError: KHÔNG KHỚP")
    assert by_hash.split(" | ")[0] in plainly.error


# --- a campaign as offices have it ---------------------------------------------------------------

SECRET, OWN_FILE = "Y Bí Mật", "survey/2024Q3/Thôn A của Y Bí Mật.xlsx"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    """Workbooks with Vietnamese headings, a plan in a workbook, corrections, a move, refusals."""
    data = tmp_path_factory.mktemp("office")
    raw = data / "raw"
    villages = [{"village": code, "name": f"Thôn {code}", "residential_areas": 1} for code in "AB"]
    write_table(raw, "villages", villages)
    homes = [{"household": id, "village": id[0], "ethnicity": "Xơ Đăng"} for id in HOMES]
    homes[0]["ethnicity"] = "người lạ"
    homes[1] |= {"left_on": "2024-03-01"}
    homes += [{"household": "a2", "village": "B", "ethnicity": "Kinh", "joined_on": "01/03/2024"}]
    homes += [{"household": "=2+2", "village": "A", "ethnicity": "Ba Na"}]
    write_table(raw, "households", homes)
    poor = [{"household": id, "status": "Hộ nghèo", "valid_from": "2023-12-31"} for id in HOMES]
    poor += [{"household": "=2+2", "status": "cận nghèo", "valid_from": "2023-11-30"}]
    write_table(raw, "poverty_status", poor)
    fixed = [{"year": 2024, "indicator": "changed_mindset", "village": one, "count": count}
             for one, count in (("A", 9), ("B", 2))]  # fmt: skip
    write_table(raw, "allocation", fixed)
    write_table(raw, "survey/2024Q3/b", [answers(id) for id in HOMES if id[0] == "B"])
    book = openpyxl.Workbook()
    book.active.append(["Mã hộ", "Ngày khảo sát", "Số CCCD", "dropped_customs", "relies_on_state",
                        "self_reliance", "Thu nhập"])  # fmt: skip
    for number in range(2, 10):
        book.active.append([f"a{number}", "20/08/2024", "062012345678", "Có", "không", "x?", 1850])
    book.active.append(["A3", "20/08/2024", "062012345678", "Không", "không", "có", "1.900"])
    book.active.append(["A4", "21/08/2024", "062012345678", "CÓ", "không", "Có", "1.900"])
    book.active.append(["=2+2", "21/08/2024", "062012345678", "không rõ", "", "Có", ""])
    book.active.title = "2024Q3"
    book.copy_worksheet(book.active).title = "Quý trước"
    (raw / OWN_FILE).parent.mkdir(exist_ok=True, parents=True)
    book.save(raw / OWN_FILE)
    (raw / "corrections.csv").write_text(
        "file,key,column,old,new,who,when,why\n"
        f"{OWN_FILE},a5,self_reliance,x?,Có,{SECRET},2024-10-01,đã hỏi lại {SECRET}\n",
        encoding="utf-8",
    )
    plan = {key: value for key, value in PLAN_2024.items() if key != "targets"}
    (raw / "plans").mkdir()
    write_plan_book(raw / "plans" / "2024.xlsx", plan, ())
    fill(raw / "plans" / "2024.xlsx")
    build(data, TODAY)
    return Processed(data / "processed")


def fill(path: Path) -> None:
    """Write the targets into a plan's workbook."""
    book = openpyxl.load_workbook(path)
    sheet = book["Chỉ tiêu"]
    for row, target in zip(range(6, 16), PLAN_2024["targets"].values(), strict=True):
        sheet[f"C{row}"] = target["at_least"]
    book.save(path)


OFFICE = [("changed_mindset", "A"), ("changed_mindset", "commune"), ("improved_life", "A"),
          ("poverty_reduction", "B"), ("poverty_reduction", "commune")]  # fmt: skip


def test_workbooks_moves_corrections_and_refusals_agree_also_anonymously(
    office: Processed, tmp_path: Path
) -> None:
    made = {
        f"{id}-{place}-{anonymous}": taken(
            audit(office, id, "2024Q3", place), tmp_path, f"{id}-{place}-{anonymous}",
            anonymous=anonymous,
        )
        for id, place in OFFICE for anonymous in (False, True)
    }  # fmt: skip
    for ended in run(made).values():
        assert_agrees(ended)
    own = made["changed_mindset-A-False"]
    assert len(lines_of(own, "corrections.csv")) == 1
    assert {line.split(",")[4] for line in lines_of(own, "left_out.csv")} >= {"superseded"}
    targets = [line for line in lines_of(own, "plan.csv") if line.startswith("targets.")]
    assert re.fullmatch(r".*,77\.17,plans/2024\.xlsx,,Chỉ tiêu,C\d+", targets[0])
    assert f"{OWN_FILE},household,Mã hộ" in lines_of(own, "headings.csv")
    assert any(line.endswith("'=2+2,'=2+2") for line in lines_of(own, "readings.csv"))
    assert lines_of(own, "raw/allocation.csv")


def test_a_figure_whose_number_no_plan_says_is_unmeasured_there_too(tmp_path: Path) -> None:
    """A year without a plan: 0 of 1, because nobody knows what its income is to be above."""
    raw = tmp_path / "raw"
    write_table(raw, "villages", [{"village": "A", "name": "A", "residential_areas": 1}])
    write_table(raw, "households", [{"household": "a1", "village": "A", "ethnicity": "Ba Na"}])
    poor = {"household": "a1", "status": "poor", "valid_from": "2023-12-31"}
    write_table(raw, "poverty_status", [poor])
    home = {"household": "a1", "surveyed_on": "2024-08-20", "income": "9000", "house": "solid"}
    write_table(raw, f"survey/{QUARTER}", [home])
    build(tmp_path, TODAY)
    processed = Processed(tmp_path / "processed")
    folder = taken(audit(processed, "improved_life", QUARTER, "commune"), tmp_path, "zip")
    assert "status,unmeasured" in lines_of(folder, "printed.csv")
    assert_agrees(run({"one": folder})["one"])


def test_raw_rows_are_those_of_the_sheet_that_was_read(office: Processed) -> None:
    cells = raw_table(office, "survey")
    assert set(cells.loc[cells["file"] == OWN_FILE, "sheet"]) == {"2024Q3"}
    assert len(cells) == len(office.table("survey")) + 4  # refused, or superseded


def held(folder: Path) -> str:
    """Give all that a zip holds."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_only_what_the_figure_was_read_from_goes_along(office: Processed, tmp_path: Path) -> None:
    text = held(taken(audit(office, "changed_mindset", "2024Q3", "A"), tmp_path, "own"))
    assert SECRET in text
    assert "062012345678" not in text
    assert "income" not in text


def test_an_anonymous_zip_has_no_id_and_no_name(
    office: Processed, built_sample: Processed, tmp_path: Path
) -> None:
    found = audit(office, "changed_mindset", "2024Q3", "commune")
    own = taken(found, tmp_path, "own", anonymous=True)
    text = held(own)
    assert json.loads((own / "evidence.json").read_text(encoding="utf-8"))["anonymous"] is True
    for secret in (SECRET, OWN_FILE, "=2+2", *HOMES):
        assert not re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text, re.IGNORECASE)
    found = audit(built_sample, "covered_by_plan", QUARTER, "commune")
    text = held(taken(found, tmp_path, "sample", anonymous=True))
    homes = built_sample.table("households")
    for secret in {*homes["household"], *homes["head_name"].dropna()}:
        assert secret not in text


def test_no_text_of_a_campaign_is_in_the_notebook(
    office: Processed, folders: dict[str, Path], tmp_path: Path
) -> None:
    own = taken(audit(office, "poverty_reduction", "2024Q3", "A"), tmp_path, "own")
    other = folders[f"poverty_reduction-{VILLAGE}"]
    assert (own / "audit.ipynb").read_bytes() == (other / "audit.ipynb").read_bytes()


def test_the_same_figure_makes_the_same_file(built_sample: Processed, tmp_path: Path) -> None:
    found = audit(built_sample, CHANGED_MINDSET, QUARTER, VILLAGE)
    first, again = (write_evidence(found, tmp_path / name) for name in ("1.zip", "2.zip"))
    assert first == again == hashlib.sha256((tmp_path / "1.zip").read_bytes()).hexdigest()
    with zipfile.ZipFile(tmp_path / "1.zip") as packed:
        assert packed.namelist()[0] == "audit.ipynb"
        assert not any(re.search(r"^/|\.\.|\\", name) for name in packed.namelist())


def test_one_text_that_was_read_in_two_ways_is_refused(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write_table(raw, "villages", [{"village": "A", "name": "Thôn A", "residential_areas": 1}])
    write_table(raw, "poverty_status", [])
    write_table(raw, "survey/2024Q3", [])
    book = openpyxl.Workbook()
    book.active.append(["household", "village", "ethnicity", "joined_on"])
    for home, day in (("H1", 45200), ("H2", "45200")):  # a day, and a text that is none
        book.active.append([home, "A", "Ba Na", day])
    book.save(raw / "households.xlsx")
    write_plan(raw, PLAN_2024)
    build(tmp_path, TODAY)
    found = audit(Processed(tmp_path / "processed"), "informed", "2024Q3", "A")
    with pytest.raises(CampaignError, match=r"households\.xlsx, column joined_on: '45200'"):
        write_evidence(found, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


# --- pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_audit_names_the_command(built_sample: Processed, language: str) -> None:
    story = AuditStory(audit(built_sample, CHANGED_MINDSET, QUARTER, VILLAGE), Words(language))
    command = "campaign evidence 2024Q4/T4/changed_mindset --to 2024Q4-T4-changed_mindset.zip"
    assert command in story.households().html
    assert command in story.as_text(households=True)


# --- an environment with pandas and a kernel alone -----------------------------------------------

EXECUTE = """
import pathlib, sys
import nbclient, nbformat

for folder in map(pathlib.Path, sys.argv[1:]):
    notebook = nbformat.read(folder / "audit.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}).execute()
    print(folder.name, "".join(piece.text for piece in notebook.cells[-1].outputs))
try:
    import campaign_lib
except ImportError:
    print("nothing of ours")
"""


@pytest.mark.slow
def test_every_figure_where_there_is_pandas_and_a_kernel_alone(
    built_sample: Processed, tmp_path: Path
) -> None:
    folders = all_taken(built_sample, FIGURES, tmp_path)
    venv.create(tmp_path / "empty", with_pip=True)
    python = tmp_path / "empty" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = [f"{name}=={version(name)}" for name in ("pandas", "ipykernel", "nbclient")]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    command = [python, "-I", "-c", EXECUTE, *folders.values()]
    ended = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    *told, last = ended.stdout.splitlines()
    assert last == "nothing of ours"
    assert [line.split(" ")[1] for line in filter(None, told)] == ["KHỚP:"] * len(FIGURES)
