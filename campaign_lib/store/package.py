"""The files of a folder told as a Frictionless data package, which any tool can read and check.

Types, keys, units and what a column means in both languages, from the codebook's `frames.toml`.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from campaign_lib.base.files import write_text
from campaign_lib.codebook import frames

#: What such a file is called, everywhere.
FILE = "datapackage.json"
#: What a made-up campaign may be used under; of an office's own data the office says it.
_MADE_UP = {"name": "MIT", "title": "MIT License"}
_TYPES = {"bool": "boolean", "int64": "integer", "Int64": "integer", "Float64": "number"}
_FIGURE = ("quarter", "level", "place", "indicator")
_OF_RESULTS = {"fields": [*_FIGURE], "reference": {"resource": "results", "fields": [*_FIGURE]}}


@dataclass(frozen=True)
class File:
    """What is said of one file.

    Attributes:
        frame: under which its columns are told in `frames.toml`.
        key: the columns by which a row is told from all others.
        refers: the columns that name a row of another file.
    """

    frame: str
    key: tuple[str, ...] = ()
    refers: tuple[Mapping[str, Any], ...] = ()


#: The CSV files of `data/processed`, and those that may leave the office.
FILES = {
    "results": File("results", _FIGURE),
    "steps": File("steps", (*_FIGURE, "part", "position"), (_OF_RESULTS,)),
    "problems": File("problems"),
    "files": File("files", ("file",)),
}
PUBLIC_FILES = {"results": File("public", _FIGURE)}


def write_package(
    folder: Path,
    about: str,
    tables: Mapping[str, pd.DataFrame],
    files: Mapping[str, File],
    *,
    made_up: bool,
) -> None:
    """Write the description of CSV files that have been written beside it.

    Args:
        folder: where they are.
        about: under which the package is told in `frames.toml`.
        tables: what has been written to each file, with the types of its columns.
        files: what there is to say of each.
        made_up: whether nobody's data are in them.

    Raises:
        CampaignError: it cannot be written.
    """
    told = {
        "profile": "tabular-data-package",
        "name": f"campaign-{about}",
        **_said(frames()["packages"][about]),
        **({"licenses": [_MADE_UP]} if made_up else {}),
        "resources": [_resource(folder, name, tables[name], file) for name, file in files.items()],
    }
    write_text(folder / FILE, json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def _resource(folder: Path, name: str, table: pd.DataFrame, file: File) -> dict[str, Any]:
    content = (folder / f"{name}.csv").read_bytes()
    schema = {
        "fields": [*_fields(table, file)],
        "missingValues": [""],
        **({"primaryKey": [*file.key]} if file.key else {}),
        **({"foreignKeys": [*file.refers]} if file.refers else {}),
    }
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        **_said(frames()["frames"][file.frame]),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
    }


def _fields(table: pd.DataFrame, file: File) -> Iterator[dict[str, Any]]:
    for name, kind in table.dtypes.items():
        said = meaning(file.frame, str(name))
        yield {
            "name": name,
            "type": _TYPES.get(str(kind), "string"),
            **_said(said),
            **({"unit": said["unit"].strip("`")} if "unit" in said else {}),
            **({"constraints": {"required": True}} if name in file.key else {}),
        }


def meaning(frame: str, name: str) -> Mapping[str, str]:
    """Give what `frames.toml` says of a column: `vi`, `en`, and `unit` if it has one.

    Raises:
        KeyError: nothing.
    """
    own: Mapping[str, Mapping[str, str]] = frames().get(frame, {})
    return own[name] if name in own else frames()["columns"][name]


def _said(words: Mapping[str, str]) -> dict[str, Any]:
    """Give both languages: the one that comes first by the standard's name, and each by its own."""
    plain = {language: words[language].replace("`", "") for language in ("vi", "en")}
    return {"description": plain["vi"], "descriptions": plain}
