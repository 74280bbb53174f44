"""What a build writes is a Frictionless data package, by that standard's own tool."""

import json
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pytest

from campaign_lib.base.editions import PUBLIC
from campaign_lib.base.files import write_csv
from campaign_lib.store.package import FILE, FILES, PUBLIC_FILES, write_package
from campaign_lib.store.processed import Processed

PACKAGES = {".": FILES, PUBLIC: PUBLIC_FILES}


def described(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return told


def errors(folder: Path) -> list[list[Any]]:
    report = frictionless.Package(str(folder / FILE)).validate()
    found: list[list[Any]] = report.flatten(["type", "rowNumber", "fieldName"])
    return found


@pytest.mark.parametrize("name", PACKAGES)
def test_the_standard_s_tool_finds_nothing(built_sample: Processed, name: str) -> None:
    folder = built_sample.folder / name
    assert errors(folder) == []
    resources = described(folder)["resources"]
    assert [one["path"] for one in resources] == [f"{one}.csv" for one in PACKAGES[name]]
    for one in resources:
        for said in (one, *one["schema"]["fields"]):
            assert said["descriptions"].keys() == {"vi", "en"} and all(
                said["descriptions"].values()
            )


@pytest.mark.parametrize(
    ("file", "old", "new", "wrong"),
    [
        ("results.csv", ",met,", ",met,and more,", "extra-cell"),
        ("steps.csv", "2024Q4,commune,commune,informed", "2024Q4,commune,nobody,informed",
         "foreign-key"),
        ("results.csv", "2024Q4,commune,commune,informed", "2024Q4,commune,commune,in_cooperative",
         "primary-key"),
    ],
)  # fmt: skip
def test_what_is_changed_by_hand_is_found(
    built_sample: Processed, tmp_path: Path, file: str, old: str, new: str, wrong: str
) -> None:
    for name in (FILE, *(f"{one}.csv" for one in FILES)):
        text = (built_sample.folder / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(old, new, 1) if name == file else text)
    found = {kind for kind, _, _ in errors(tmp_path)}
    assert {wrong, "hash-count"} <= found


def test_withheld_counts_are_marked_and_never_a_number(built_sample: Processed) -> None:
    public = built_sample.table("public_results")
    counts = [*public.select_dtypes(["Int64", "Float64"])]
    shown = pd.read_csv(built_sample.folder / PUBLIC / "results.csv")
    withheld = shown.loc[shown["hidden"], counts]
    assert len(withheld) and withheld.isna().any(axis=1).all()
    pd.testing.assert_frame_equal(shown[counts].isna(), public[counts].isna())


def test_only_made_up_data_have_our_licence(built_sample: Processed, tmp_path: Path) -> None:
    assert described(built_sample.folder)["licenses"][0]["name"] == "MIT"
    results = {"results": built_sample.results}
    write_csv(tmp_path / "results.csv", built_sample.results)
    write_package(tmp_path, "public", results, {"results": FILES["results"]}, made_up=False)
    assert "licenses" not in described(tmp_path)
