"""The two pages of reference for who works in Python: the columns of frames, and the interface.

`python docs/reference.py` writes both anew, from a built campaign (the sample), the codebook, the
words of the steps, docstrings, and `frames.toml` for columns that only frames have.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pandas as pd

import campaign_lib
from campaign_lib import INDICATORS, open_campaign
from campaign_lib.codebook import codebook
from campaign_lib.codebook import frames as codebook_frames
from campaign_lib.codebook.dictionary import grid
from campaign_lib.codebook.problems import COLUMNS
from campaign_lib.indicators.steps import Question
from campaign_lib.plan import PARAMETERS
from campaign_lib.show.tables.labels import question_labels
from campaign_lib.stories.desk import Desk
from campaign_lib.words import LANGUAGES, Words

DOCS = Path(__file__).resolve().parent
COMMAND = "python docs/reference.py"
SAID = {name: told for name, told in codebook_frames().items() if name != "packages"}
#: Which raw tables the columns of a frame come from.
RAW = {
    "panel": ("survey", "households", "poverty_status"),
    "activities": ("activities",),
    "models": ("models",),
}
TYPES = {
    "str": "chữ · text",
    "category": "một lựa chọn · one choice",
    "bool": "`True`, `False`",
    "boolean": "`True`, `False`, trống · missing",
    "int64": "số nguyên · whole number",
    "Int64": "số nguyên · whole number",
    "float64": "số · number",
    "Float64": "số · number",
    "datetime64": "ngày · date",
    "object": "danh sách chữ · texts",
}
FRAMES_HEAD = f"""# Cột của các bảng pandas · Columns of the frames

Trang này do `{COMMAND}` viết ra từ dữ liệu mẫu, sổ mã và lời của các bước. Ô trống là
*không rõ*, trừ khi nói khác. Bảng gốc, `campaign.table[NAME]`, có các cột của
[từ điển số liệu](data-dictionary.md), rồi `source_file`, `source_sheet`, `source_row`.

This page is written by that command from the sample, the codebook and the words of the steps. A
missing cell is *unknown* unless it says otherwise. A raw table, `campaign.table[NAME]`, has the
columns of the [data dictionary](data-dictionary.md), then `source_file`, `source_sheet`,
`source_row`.
"""
INTERFACE_HEAD = f"""# Gọi từ Python · The interface from Python

Trang này do `{COMMAND}` viết ra từ chính mã nguồn, nên lời giải thích là tiếng Anh.
Ví dụ của từng lời gọi: [từ Python](python.md); cột của các bảng: [các bảng pandas](frames.md).
`Question` là một bước: hàm nhận các dòng và trả lời có, không hay không rõ.

This page is written by that command from the code's own docstrings. An example of each call:
[from Python](python.md); the columns of the frames: [frames](frames.md).
A `Question` is a step: it takes rows and answers yes, no or unknown.
"""
_THRESHOLDS = "Ngưỡng là của kế hoạch mẫu. Thresholds are those of the sample's plan.\n"
_SECTION = re.compile(r"^(Args|Attributes|Raises|Returns):\n((?:(?: .*)?\n)*)", re.MULTILINE)
#: How a signature writes what is called a question: a step of an indicator.
_QUESTION = 'Callable[[DataFrame], "pd.Series[bool]"]'
_WIDTH = 80
_HOME = re.compile(r"\b(?:campaign_lib|pandas|pathlib|collections)(?:\.\w+)*\.(?=\w)")


# The columns of frames.


def frames(campaign: Desk) -> Mapping[str, pd.DataFrame]:
    """Give every frame that the page tells of, by its name in `frames.toml`."""
    first = {one.units: one for one in reversed(INDICATORS)}
    others = [units for units in first if units != "households"]
    drop = next(one for one in INDICATORS if "escaped" in {part.name for part in one.parts()})
    return {
        "results": campaign.results,
        "steps": campaign.steps,
        "public": campaign.table("public_results"),
        "problems": campaign.table("problems")[COLUMNS],
        "files": campaign.table("files"),
        "panel": campaign.panel,
        "count": campaign.count(INDICATORS[0]),
        **{units: campaign.audit(first[units]).rows() for units in others},
        "trace": _ends(campaign, first["households"].id),
        "trace_of_drop": _ends(campaign, drop.id),
        "rule": campaign.audit(drop).rule().data,
    }


def _ends(campaign: Desk, indicator: str) -> pd.DataFrame:
    """Give what a trace has behind the columns of the rows and those of the steps."""
    audit = campaign.audit(indicator)
    known = {*audit.rows().columns, *audit.rule().data["step"]}
    trace = audit.trace()
    return trace[[name for name in trace.columns if name not in known]]


def frames_page(campaign: Desk) -> str:
    """Give docs/frames.md."""
    parts = [FRAMES_HEAD]
    for name, frame in frames(campaign).items():
        told = SAID["frames"][name]
        parts += [f"## `{told['call']}`\n", f"{told['vi']}\n", f"{told['en']}\n"]
        rows = (_column(name, str(column), str(kind)) for column, kind in frame.dtypes.items())
        heads = ("Cột · Column", "Kiểu · Type", "Đơn vị · Unit", "Nghĩa · Meaning")
        parts += grid(heads, rows)
        if name == "trace":
            parts += ["### Các bước · The steps\n", _THRESHOLDS, *_steps(campaign)]
    return "\n".join(parts).rstrip() + "\n"


def _column(frame: str, name: str, kind: str) -> tuple[str, ...]:
    unit, vi, en = meaning(frame, name)
    return f"`{name}`", TYPES[kind.partition("[")[0]], unit, f"{vi}<br>{en}"


def meaning(frame: str, name: str) -> tuple[str, str, str]:
    """Give a column's unit, and what it is in Vietnamese and English.

    Raises:
        KeyError: nobody says.
    """
    said = SAID.get(frame, {}).get(name) or SAID["columns"].get(name)
    if said:
        return said.get("unit", ""), said["vi"], said["en"]
    for ending, day in SAID["days"].items():
        if name.endswith(f"_{ending}"):
            unit, vi, en = meaning(frame, name.removesuffix(f"_{ending}"))
            return unit, f"{vi} {day['vi']}", f"{en} {day['en']}"
    if name in PARAMETERS:
        return _unit(PARAMETERS[name]), PARAMETERS[name].vi, PARAMETERS[name].en
    tables = (codebook().tables[table] for table in RAW.get(frame, ()))
    column = next((one for table in tables for one in table.columns if one.code == name), None)
    if column is None:
        raise KeyError(f"frames.toml does not say what {name} of {frame} is")
    answers = f": {', '.join(f'`{one.code}`' for one in column.answers)}" if column.answers else ""
    vi, en = (
        f"{label}{answers}{about and f'; {about}'}"
        for label, about in ((column.vi, column.about_vi), (column.en, column.about_en))
    )
    return _unit(column), vi, en


def _unit(named: Any) -> str:
    return " · ".join(dict.fromkeys(filter(None, (named.unit_vi, named.unit_en))))


def _steps(campaign: Desk) -> Iterator[str]:
    """List the column of each step, by which indicators ask it."""
    plan = campaign.table("plans").iloc[-1]
    asked: dict[Question, list[str]] = {}
    labels: dict[str, list[str]] = {}
    for indicator in INDICATORS:
        for question in dict.fromkeys(q for part in indicator.parts() for q in part.questions):
            asked.setdefault(question, []).append(indicator.id)
        told = [question_labels(indicator, plan, Words(language)) for language in LANGUAGES]
        labels |= {name: [one[name] for one in told] for name in told[0]}
    yield from grid(
        ("Cột · Column", "Chỉ tiêu · Indicators", "Nghĩa · Meaning"),
        (
            (f"`{one.__name__}`", "<br>".join(f"`{id_}`" for id_ in ids),
             "<br>".join(labels[one.__name__]))
            for one, ids in asked.items()
        ),
    )  # fmt: skip


# The interface.


def offered(thing: object) -> list[str]:
    """Give the names that Tab offers on a thing."""
    return [name for name in dir(thing) if not name.startswith("_")]


def interface_page(campaign: Desk) -> str:
    """Give docs/interface.md."""
    audit = campaign.audit(INDICATORS[0])
    parts = [INTERFACE_HEAD, "## `from campaign_lib import …`\n"]
    for name in campaign_lib.__all__:
        parts += _entry(name, getattr(campaign_lib, name), name)
    homes = {
        "campaign": campaign,
        "campaign.chart": campaign.chart,
        "campaign.audit[INDICATOR, QUARTER, PLACE]": audit,
    }
    for call, thing in homes.items():
        parts += [f"## `{call}`\n", *_told(type(thing))]
        short = call.partition("[")[0].rpartition(".")[2]
        for name in offered(thing):
            kind = inspect.getattr_static(type(thing), name, None)
            value = kind if isinstance(kind, property) else getattr(thing, name)
            parts += _entry(f"{short}.{name}", value, f"{short}.{name}")
    return "\n".join(parts).rstrip() + "\n"


def _entry(title: str, thing: Any, call: str) -> Iterator[str]:
    """Tell of one name: how it is called, and its docstring."""
    yield f"### `{title}`\n"
    if isinstance(thing, property):
        returns = inspect.signature(thing.fget or object).return_annotation
        yield f"```python\n{call}  # {_plain(returns)}\n```\n"
    elif callable(thing):
        yield f"```python\n{call}{_signature(thing)}\n```\n"
    if isinstance(thing, tuple):
        yield "The ten indicators of the plan, in its order: each a `Share`, `Count` or `Drop`.\n"
    else:
        yield from _told(thing)


def _signature(thing: Any) -> str:
    """Write a signature, an argument a line where it is long."""
    signature = inspect.signature(thing)
    line = _plain(signature)
    if len(line) < _WIDTH:
        return line
    arguments = "".join(f"    {_plain(one)},\n" for one in signature.parameters.values())
    return f"(\n{arguments}){line[line.rindex(')') + 1 :]}"


def _plain(annotation: object) -> str:
    """Write a signature or a type without the modules where its names live."""
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return _HOME.sub("", text).replace("'", '"').replace(_QUESTION, "Question")


def _told(thing: Any) -> Iterator[str]:
    """Give a docstring as Markdown: its sections become lists."""
    yield re.sub("\n{3,}", "\n\n", _SECTION.sub(_section, f"{inspect.getdoc(thing)}\n"))


def _section(found: re.Match[str]) -> str:
    title, body = found[1], dedent(found[2]).strip()
    if title != "Returns":
        body = re.sub(r"^(\*?\w[\w, ]*):", r"- `\1`:", body, flags=re.MULTILINE)
        body = re.sub(r"^ +", "  ", body, flags=re.MULTILINE)
    return f"\n**{title}**\n\n{body}\n"


PAGES = {"frames.md": frames_page, "interface.md": interface_page}

if __name__ == "__main__":
    built = open_campaign(DOCS.parent / "data")
    for file, page in PAGES.items():
        (DOCS / file).write_text(page(built), encoding="utf-8", newline="\n")
