"""The public edition: of every name, id and typed text in the raw files, none is in any file."""

import csv
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from campaign_lib.analysis.changes.sides import lines_in, packed
from campaign_lib.base.quarters import Quarter
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.engine import NotebookFailed
from campaign_lib.pipeline.reports.batch import Wish, make_reports
from campaign_lib.pipeline.reports.report import Made, Manifest, folder_of
from campaign_lib.store.processed import Processed
from campaign_sample import write_sample

#: What tells of a person, or was typed by one, by table; names of villages are public.
PERSONAL = {
    "households": ("household", "head_name"),
    "survey": ("household", "enumerator", "loan_source"),
    "inspections": ("household", "inspector"),
    "activities": ("activity", "kind"),
    "models": ("model", "name", "field", "copied_from", "ended_because"),
    "funding": ("purpose",),
    "task_progress": ("evidence",),
    "extra_tasks": ("text",),
    "agency_plans": ("number", "note"),
    "people": ("person",),
    "customs": ("custom",),
    "support": ("household",),
    "remarks": ("text",),
}
#: What versions before 0.2 kept beside public pages.
LEFT = ("manifest.json", "runs.jsonl", ".lock", ".running.json")
QUARTERS = tuple(Quarter(2024, number) for number in (3, 4))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "data"
    write_sample(folder, villages=3, households=90, quarters=QUARTERS, seed=3)
    build(folder, date(2025, 2, 1))
    return folder


@pytest.fixture(scope="module")
def public(data: Path) -> Path:
    """Make the public edition of everything, the Word documents too."""
    processed, reports = Processed(data / "processed"), data.parent / "reports"
    for folder in (reports / "public", reports / "public" / "2024Q4"):
        folder.mkdir(parents=True)
        for name in LEFT:
            (folder / name).write_text("of an earlier version", encoding="utf-8")
    assert make_reports(processed, reports, Wish(edition="public", word=True, jobs=2)) == 0
    beside = {path.name for path in reports.iterdir()} - {".lock"}
    assert beside == {"public", "manifest.json", "runs.jsonl"}, "no page lands beside it"
    return folder_of(reports, "public")


def personal(data: Path) -> Iterator[str]:
    for path in sorted((data / "raw").rglob("*.csv")):
        table = "survey" if path.parent.name == "survey" else path.stem
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield from (row[name].strip() for name in PERSONAL.get(table, ()) if row[name])


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Give every file as text; what is packed is unpacked, what is escaped is put back."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as parts:
                for name in parts.namelist():
                    content = parts.read(name).decode("utf-8", "replace")
                    yield f"{path.name}/{name}", unescape(re.sub(r"<[^>]+>", "", content))
        elif path.is_file():
            content = path.read_text(encoding="utf-8")
            yield path.name, unescape(content) + unescape(re.sub(r"<[^>]+>", "", content))


def test_there_is_something_to_find(data: Path, public: Path) -> None:
    assert len(set(personal(data))) > 150
    names = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}
    assert {"index.html", "2024Q4/commune.html", "2024Q4/T1.html", "2024Q4/commune.docx"} <= names
    assert not any("audit" in name or name.endswith(".ipynb") for name in names)


def test_no_name_and_no_id_is_in_any_public_file(data: Path, public: Path) -> None:
    wanted = {text.casefold() for text in personal(data) if re.search(r"\w{2}", text)}
    found = {
        (file, text)
        for file, content in texts(public)
        for text in wanted
        if text in (folded := content.casefold())
        and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", folded)
    }
    assert found == set()


@pytest.mark.slow
def test_what_the_register_says_of_people_changes_no_public_page(
    data: Path, public: Path, tmp_path: Path
) -> None:
    """Members, the head's sex and age, and which minority a household is of are internal."""
    shutil.copytree(data / "raw", tmp_path / "raw")
    register = pd.read_csv(tmp_path / "raw" / "households.csv", dtype="str", keep_default_na=False)
    register["members"] = "9"
    register["birth_year"] = "1931"
    register["head_sex"] = register["head_sex"].map({"male": "female"}).fillna("male")
    others = register["ethnicity"].isin(["Ba Na", "Xơ Đăng", "Gia Rai"])
    register["ethnicity"] = register["ethnicity"].mask(others, "Rơ Măm")
    register.to_csv(tmp_path / "raw" / "households.csv", index=False)
    build(tmp_path, date(2025, 2, 1))
    processed, reports = Processed(tmp_path / "processed"), tmp_path / "reports"
    assert make_reports(processed, reports, Wish(edition="public", jobs=2)) == 0
    made_from = re.compile(r"[0-9a-f]{12,}|\d\d:\d\d")  # hashes, and the hour of the build
    pages = sorted(folder_of(reports, "public").rglob("*.html"))
    assert len(pages) == len([*public.rglob("*.html")]) > 8
    for page in pages:
        before = public / page.relative_to(folder_of(reports, "public"))
        one, other = (
            made_from.sub("", path.read_text(encoding="utf-8")) for path in (before, page)
        )
        assert one == other, page.name


def test_the_public_folder_has_pages_and_letters_alone(public: Path) -> None:
    """What is known of them stands beside the internal edition's: hashes and counts of rows."""
    files = [path for path in public.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".html", ".docx"}
    made = set(json.loads((public.parent / "manifest.json").read_bytes()))
    assert made == {page.relative_to(public.parent).as_posix() for page in public.rglob("*/*.html")}
    runs = (public.parent / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(run)["report"] for run in runs} == made


def test_both_editions_are_known_in_one_list(tmp_path: Path) -> None:
    """Neither edition's run makes the other's pages old, nor takes them for its own."""
    page, figure = "2024Q4/T1.html", "2024Q4/T1/informed"
    editions = {}
    for below in ("", "public", "public/X"):
        line = packed({"numerator": below or "7"})
        editions[below] = {page: Made("", "", {}, below, "fresh", 0.0, figures={figure: line})}
        manifest = Manifest.read(tmp_path / below, tmp_path)
        assert manifest.made == {}
        replace(manifest, made=editions[below]).write()
    for below, made in editions.items():
        assert Manifest.read(tmp_path / below, tmp_path).made == made
    pages = json.loads((tmp_path / "manifest.json").read_bytes())
    assert list(pages) == [page, f"public/{page}", f"public/X/{page}"]
    assert [line["numerator"] for line in lines_in(pages)[0].values()] == ["7"]


def test_every_public_page_says_that_it_is(public: Path) -> None:
    pages = list(public.rglob("*.html"))
    assert pages and all('class="public"' in page.read_text(encoding="utf-8") for page in pages)
    assert not any('class="internal"' in page.read_text(encoding="utf-8") for page in pages)


def test_what_is_withheld_is_in_no_page_of_its_village(data: Path, public: Path) -> None:
    """A hidden line is shown with its mark, never as a count, and never as 0."""
    results = Processed(data / "processed").table("public_results")
    hidden = results[results["hidden"] & (results["quarter"] == "2024Q4")]
    assert len(hidden) > 0
    for place in hidden["place"].unique():
        page = (public / "2024Q4" / f"{place}.html").read_text(encoding="utf-8")
        assert page.count("■") >= (hidden["place"] == place).sum()


@pytest.mark.slow
def test_a_letter_follows_the_page_that_it_was_written_beside(
    data: Path, public: Path, tmp_path: Path
) -> None:
    """Old figures are not sent: the next run writes it again, where it makes the page again."""
    reports = tmp_path / "reports"
    shutil.copytree(public.parent, reports)
    q3, q4 = (folder_of(reports, "public") / f"2024Q{number}" / "commune.docx" for number in (3, 4))
    q3.unlink()
    q4.write_text("old", encoding="utf-8")
    wish = Wish(quarters=["2024Q3", "2024Q4"], edition="public", jobs=2)
    processed = Processed(data / "processed")
    assert make_reports(processed, reports, wish) == 0
    assert q4.read_bytes() == b"old"  # all pages are fresh
    for quarter in ("2024Q3", "2024Q4"):
        (folder_of(reports, "public") / quarter / "commune.html").unlink()
    assert make_reports(processed, reports, wish) == 0
    assert zipfile.is_zipfile(q4)
    assert not q3.exists()  # nobody asked for it


def test_a_public_page_that_fails_says_nothing_of_why(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise NotebookFailed(None, "ValueError", "T1-001 Chủ hộ 001", "trace of T1-001")  # type: ignore[arg-type]

    monkeypatch.setattr("campaign_lib.pipeline.engine.run_notebook", fail)
    wish = Wish(quarters=["2024Q4"], villages=["T1"], edition="public")
    assert make_reports(Processed(data / "processed"), tmp_path, wish) == 1
    files = list((tmp_path / "public" / "2024Q4").iterdir())
    assert [file.name for file in files] == ["T1.html"]
    assert not any("T1-001" in content for _, content in texts(tmp_path))
