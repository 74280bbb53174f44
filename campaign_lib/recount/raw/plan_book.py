"""A plan's workbook read a second time, with openpyxl: what it says as a plan in TOML has it.

The names of sheets, rows and choices are words, which are data and shared; how cells are found and
numbers are read is not. Whatever it cannot read ends the reading, and the checked tables are taken.
"""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from campaign_lib.recount.statements import PARAMETERS

_WORDS = Path(__file__).parents[2] / "words"
_NOTHING = ("", "?", "kr", "không rõ")
_QUARTERS = ("Q1", "Q2", "Q3", "Q4")
_CHOICES = ("calendar", *(name for name, one in PARAMETERS.items() if one["type"] == "choice"))


def plan_in(path: Path) -> dict[str, Any]:
    """Give what a workbook says of a year's plan.

    Raises:
        ArithmeticError, ValueError, KeyError, TypeError: it is no plan's workbook.
    """
    try:
        book = openpyxl.load_workbook(path, data_only=True)
    except (BadZipFile, InvalidFileException, OSError) as error:
        raise ValueError(path.name) from error
    own, indicators = _words("plan_book"), _words("indicators")
    sheets = {_folded(sheet.title): sheet for sheet in book.worksheets}
    head, targets, tasks = (
        sheets[name]
        for kind in ("head", "targets", "tasks")
        for name in map(_folded, own["sheet"][kind].values())
        if name in sheets
    )
    codes = _spelt({code: one["label"] for code, one in indicators.items() if "label" in one})
    columns = own["column"]
    return {
        **_head(head, own),
        "targets": {
            codes[name]: {"at_least": f"{_number(cell)[0].normalize():f}"}
            for name, cell in _pairs(targets, columns["indicator"], columns["at_least"])
        },
        "tasks": [
            {"id": str(cell.value).strip()}
            for _, cell in _pairs(tasks, columns["task_vi"], columns["id"])
        ],
    }


def _head(sheet: Any, own: Mapping[str, Any]) -> dict[str, Any]:
    """Read the rows of the first sheet that figures depend on."""
    items, words = _words("plan_items"), _words("codes")
    labels: dict[str, Mapping[str, str]] = {
        name: own["item"][name] for name in ("commune", "year", "baseline")
    }
    labels |= {"calendar": items["calendar"]["label"]}
    labels |= {name: {key: one[key] for key in ("vi", "en")} for name, one in PARAMETERS.items()}
    for quarter in _QUARTERS:
        named = words["task_quarter"][quarter]
        labels[quarter] = {key: own["path"][key].format(quarter=named[key]) for key in named}
    names = _spelt(labels)
    choices = {code: one["label"] for code, one in words["formula"].items()}
    for name in ("calendar", "unlisted_households"):
        choices |= {code: one for code, one in items[name].items() if code != "label"}
    codes, found, path = _spelt(choices), dict[str, Any](), list[str]()
    for label, cell in _pairs(sheet, own["column"]["item"], own["column"]["value"]):
        name = names.get(label, "")
        if name in _CHOICES:
            found[name] = codes[_folded(cell.value)]
        elif name == "commune":
            found[name] = str(cell.value)
        elif name == "baseline":
            found[name] = datetime.fromisoformat(f"{cell.value:%Y-%m-%d}").date()
        elif name in _QUARTERS:
            number, is_percent = _number(cell)
            path.append(f"{number / 100 if is_percent or number > 1 else number:f}")
        elif name:
            number, _ = _number(cell)
            found[name] = (
                number if PARAMETERS.get(name, {}).get("type") == "decimal" else int(number)
            )
    own_parameters = {name: found.pop(name) for name in PARAMETERS if name in found}
    return {**found, "parameters": own_parameters, **({"path": path} if path else {})}


def _pairs(sheet: Any, *wanted: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Give two columns below the row that has both headings: what the first says, and a cell."""
    spelt = [set(map(_folded, one.values())) for one in wanted]
    places: list[int] = []
    for cells in sheet.iter_rows():
        texts = [_folded(cell.value) for cell in cells]
        if places and texts[places[1]] not in _NOTHING:
            yield texts[places[0]], cells[places[1]]
        if not places and all(one & set(texts) for one in spelt):
            places = [next(at for at, text in enumerate(texts) if text in one) for one in spelt]


def _number(cell: Any) -> tuple[Decimal, bool]:
    """Read a number; of a percentage, what is shown before its sign, and that it is one."""
    if not isinstance(cell.value, str):
        is_percent = "%" in cell.number_format and '"' not in cell.number_format
        return Decimal(repr(cell.value)) * (100 if is_percent else 1), is_percent
    text = cell.value.replace(" ", "").replace("\u00a0", "").removesuffix("%")
    sign = max(",.", key=text.rfind)
    whole, _, rest = text.rpartition(sign) if text.count(sign) == 1 else (text, "", "0")
    number = "".join(filter(str.isdigit, whole)) + "." + rest
    return Decimal(number), "%" in cell.value


def _spelt(labels: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {_folded(text): code for code, one in labels.items() for text in (code, *one.values())}


def _folded(value: object) -> str:
    text = "" if value is None else str(value)
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def _words(name: str) -> dict[str, Any]:
    return tomllib.loads((_WORDS / f"{name}.toml").read_text(encoding="utf-8"))
