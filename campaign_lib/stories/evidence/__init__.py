"""One figure to take away: a zip from which it is worked out again without this program.

It holds the raw rows that the figure was read from, as text, and how each text was read; the
corrections; the rule's own source; the printed line; and a notebook that goes from the one to the
other with pandas alone. What that proves and what not: docs/decisions/20.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from campaign_lib.analysis.audit import PLAN, UNIT_KEY, Audit
from campaign_lib.analysis.audit.units import DATE_OF, origin_of
from campaign_lib.base.answers import so_far
from campaign_lib.base.figures import Figure
from campaign_lib.base.files import as_texts, write_whole
from campaign_lib.base.percent import printed
from campaign_lib.codebook import Column, codebook, folded
from campaign_lib.codebook.problems import CORRECTED
from campaign_lib.errors import LANGUAGES, CampaignError, Message
from campaign_lib.indicators.indicator import Drop, Share, columns_of
from campaign_lib.indicators.results import judge_drop
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.intake.cells import shown
from campaign_lib.intake.drafts import REFUSED, SUPERSEDED, Draft
from campaign_lib.intake.headings import column_named
from campaign_lib.intake.plans import read_plan_files
from campaign_lib.intake.problem_list import told
from campaign_lib.intake.sources.folder import digest_of
from campaign_lib.plan import COUNTED, FORMULA, THRESHOLDS, UNLISTED, UNLISTED_UNKNOWN, Plan, Target
from campaign_lib.plan.targets import judge_counts, judge_shares
from campaign_lib.show.tables.labels import step_labels
from campaign_lib.store.query import raw_folder, raw_sheets
from campaign_lib.stories.audit import AuditStory
from campaign_lib.stories.evidence.own_source import source_with
from campaign_lib.words import Words, is_missing

#: How a reading says that nothing is known; "" is an empty list, which is an answer.
UNKNOWN = "?"
_PLACE = ["file", "sheet", "row"]
_CELL = [*_PLACE, "column"]
_PLANNED = ["key", "value", "file", "line", "sheet", "cell"]
_GONE = [REFUSED, SUPERSEDED]
#: What is replaced in an anonymous zip, beside the names of files and sheets, and what is left out.
_REPLACED = {key[0] for key in UNIT_KEY.values()} - {"village"} | {"file", "sheet"}
#: Columns that hold a cell of the column that is named beside it.
_OF_CELL = {"text", "value", "old", "new"}
_NAMES = {"head_name", "name"}
_FORMATS = {"date": "date", "number": "number", "whole": "number", "year": "number"}
#: The same figure makes the same file, whenever it is made.
_DAY = (1980, 1, 1, 0, 0, 0)


def write_evidence(found: Audit, to: Path, *, anonymous: bool = False) -> str:
    """Write the zip of a figure of one of the ten; one that is there is replaced.

    Args:
        found: the figure, taken apart.
        to: the file.
        anonymous: whether ids of households, activities and models, names of files and sheets are
            replaced, and names and typed reasons left out.

    Returns:
        The SHA-256 of the file.

    Raises:
        CampaignError: a raw file cannot be read, or the zip cannot be written.
    """
    files = _Evidence(found, anonymous).files()

    def write(part: Path) -> None:
        with ZipFile(part, "w") as packed:
            for name, held in files.items():
                packed.writestr(ZipInfo(name, _DAY), held, ZIP_DEFLATED)

    write_whole(to, write)
    return digest_of(to)


class _Evidence:
    """What a zip holds: the raw rows behind a figure, and what was made of them."""

    def __init__(self, found: Audit, anonymous: bool) -> None:
        self.found, self.anonymous = found, anonymous
        self.year = int(found.days["year"])
        self._aliases: dict[str, dict[str, str]] = {}
        read: dict[str, set[str]] = {}
        for column in columns_of(found.indicator, found.processed.units(found.indicator.units)):
            for table, code in origin_of(column):
                read.setdefault(table, set()).add(code)
        self.parameters = sorted(read.pop(PLAN, ()))
        if isinstance(found.indicator, Share) and found.allocation_is_fixed():
            read["allocation"] = {"count"}
        self.columns = {name: [*self._columns(name, own)] for name, own in read.items()}
        self.kept = {name: self._kept(name) for name in read}
        self.drafts = {name: self._draft(name) for name in read}
        self.problems = self._problems()
        self.raw = {name: self._raw(name) for name in read}

    def files(self) -> dict[str, str]:
        """Give the content of each file by its name."""
        texts = pd.concat([_melted(rows, "text") for rows in self.raw.values()])
        corrections = self._corrections(texts)
        found, left_out = self.found, self.problems["action"] != CORRECTED
        tables = {
            **{f"raw/{name}.csv": rows for name, rows in self.raw.items()},
            "corrections.csv": corrections,
            "left_out.csv": self.problems[left_out].drop(columns=["message", "value"]),
            "headings.csv": pd.DataFrame(self._headings(), columns=["file", "column", "heading"]),
            "readings.csv": self._readings(texts, corrections),
            "plan.csv": pd.DataFrame([*self._plan()], columns=_PLANNED),
            "lines.csv": found.of_quarter.filter(regex="level|place|numerator|denominator|unknown"),
            "files.csv": pd.DataFrame(self._hashes(), columns=["file", "sha256"]),
            "printed.csv": pd.DataFrame(found.printed.items(), columns=["column", "value"]),
            "steps.csv": self._steps(),
        }
        given = {name: self._csv(table) for name, table in tables.items()} | self._rule()
        about = json.dumps(self._about(given), ensure_ascii=False, indent=1)
        return {"audit.ipynb": self._notebook(), "evidence.json": about, **given}

    # Which rows and columns.

    def _columns(self, name: str, read: set[str]) -> Iterator[Column]:
        """Give a table's columns that go along: what every row must have, names, what was read."""
        table = codebook().tables[name]
        wanted = {*table.key, *read, "village", *_NAMES}
        for one in table.columns:
            if (one.code in wanted or one.required) and not (self.anonymous and one.code in _NAMES):
                yield one

    def _kept(self, name: str) -> pd.DataFrame:
        """Give the checked rows of a table behind the figure; of an allocation, all villages'."""
        found, table = self.found, self.found.processed.table(name)
        own = {"quarter": found.quarter, "year": self.year, "indicator": found.indicator.id}
        for column in own.keys() & {*table}:
            table = table[table[column] == own[column]]
        table = table if name == "allocation" else table[self._is_here(table)]
        return table.rename(columns={f"source_{part}": part for part in _PLACE})

    def _is_here(self, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Say which rows are of the place, or of a household that has, or had, a stay there."""
        place, stays = self.found.place, self.found.processed.table("households")
        homes = stays.loc[stays["village"] == place, "household"]
        here = pd.Series(place == COMMUNE, rows.index)
        for column, values in (("village", [place]), ("household", homes)):
            here |= rows[column].isin(values) if column in rows else False
        return here

    def _draft(self, name: str) -> Draft:
        """Give a table's files as they lie there."""
        quarter = self.found.quarter if name == "survey" else ""
        sheets = raw_sheets(self.found.processed, name, quarter)
        return Draft(codebook().tables[name], sheets, {}, quarter)

    def _problems(self) -> pd.DataFrame:
        """Give what was listed about these rows, refused ones and corrected cells included."""
        lines = self.found.processed.table("problems")
        files = {sheet.file for draft in self.drafts.values() for sheet in draft.sheets}
        codes = {one.code for columns in self.columns.values() for one in columns}
        told_of = lines["column"].isin(codes) | lines["action"].isin(_GONE)
        lines = lines[lines["file"].isin(files) & lines["row"].notna() & told_of]
        lines = lines.loc[self._is_here(lines), [*_PLACE, "column", "value", "action", "message"]]
        for language in () if self.anonymous else LANGUAGES:  # a sentence may name somebody
            lines[language] = lines["message"].map(lambda one, to=language: told(one, to))
        return lines

    # What is written of them.

    def _raw(self, name: str) -> pd.DataFrame:
        """Give the raw rows, each cell the text of the file under the codebook's column."""
        draft = self.drafts[name]
        rows = draft.frame[[f"source_{part}" for part in _PLACE]].set_axis(_PLACE, axis=1)
        rows = rows.assign(**{one.code: draft.raw(one.code) for one in self.columns[name]})
        gone = self.problems[self.problems["action"].isin(_GONE)]
        return rows[_places(rows).isin(_places(self.kept[name]).union(_places(gone)))]

    def _corrections(self, texts: pd.DataFrame) -> pd.DataFrame:
        """Give what stood in each corrected cell, what is read instead, and why."""
        lines = self.problems[self.problems["action"] == CORRECTED].rename(columns={"value": "new"})
        why = lines["message"].map(lambda one: str(Message.of(one).values["reason"]))
        lines = lines[[*_CELL, "new"]].assign(why="" if self.anonymous else why)
        return lines.merge(texts.rename(columns={"text": "old"}), on=_CELL)

    def _readings(self, texts: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
        """Say what each text was read as, in each column of each sheet.

        Raises:
            CampaignError: one text was read in two ways, as a spreadsheet's number and as text.
        """
        texts = texts.merge(corrections[[*_CELL, "new"]], "left", _CELL)
        texts["text"] = texts.pop("new").fillna(texts["text"])
        kept = [rows[[*self.raw[name]]].astype(object) for name, rows in self.kept.items()]
        values = pd.concat([_melted(rows, "value") for rows in kept])
        values["value"] = [_plainly(value) for value in values["value"]]
        read = texts.merge(values, on=_CELL).drop(columns="row").drop_duplicates()
        for one in read[read.duplicated(["file", "sheet", "column", "text"])].itertuples():
            where = {"file": one.file, "column": one.column, "text": repr(one.text)}
            raise CampaignError("evidence.read_twice", **where)
        return read

    def _headings(self) -> Iterator[tuple[str, str, str]]:
        """Say which heading of each file was taken for which column."""
        for name, draft in self.drafts.items():
            codes = {one.code for one in self.columns[name]}
            for sheet in draft.sheets:
                for heading in sheet.headings:
                    if (code := column_named(draft.table, heading)) in codes:
                        yield sheet.file, code, "" if self.anonymous else heading

    def _hashes(self) -> Iterator[tuple[str, str]]:
        """Give the SHA-256 of each whole raw file, the plan and the corrections among them."""
        used = {file for rows in self.raw.values() for file in rows["file"]} | {self._plan_file}
        for name, digest in self.found.processed.manifest["files"].items():
            if name in used or folded(name).startswith("corrections."):
                yield name, digest

    @cached_property
    def _own_plan(self) -> Plan | None:
        """The year's plan file: the commune's own, or else the one for all."""
        name = "" if self.found.plan is None else folded(str(self.found.plan["commune"]))
        read = read_plan_files(raw_folder(self.found.processed) / "plans")
        plans = {folded(one.commune): one for one in read if one.year == self.year}
        return plans.get(name) or plans.get("")

    @property
    def _plan_file(self) -> str:
        return f"plans/{self._own_plan.file}" if self._own_plan else ""

    def _plan(self) -> Iterator[dict[str, str]]:
        """Give what rule and verdict take from the plan, with its file and line or cell."""
        found, plan, id = self.found, self._own_plan, self.found.indicator.id
        unlisted = UNLISTED_UNKNOWN if found.plan is None else found.plan[UNLISTED]
        parameters = {UNLISTED: unlisted, FORMULA: found.formula, **found.days[[*THRESHOLDS]]}
        used = [*self.parameters, *([FORMULA] if isinstance(found.indicator, Drop) else ())]
        asked = None if found.target is None else found.target.at_least
        values = {
            "baseline": found.days["baseline"],
            "path": found.due,
            **{f"parameters.{name}": parameters[name] for name in used},
            f"targets.{id}.at_least": asked if asked is None or id in COUNTED else printed(asked),
        }
        for key, value in values.items():
            is_said = plan and key.rpartition(".")[2] not in plan.unsaid
            at = {"file": self._plan_file, **plan.at(key)} if plan and is_said else {}
            yield {"key": key, "value": _plainly(value), **at}

    def _steps(self) -> pd.DataFrame:
        """Give the printed counts of each step, with its words."""
        said = {lang: step_labels(self.found.plan, Words(lang)) for lang in LANGUAGES}
        steps = self.found.steps.drop(columns=["quarter", "level", "place", "indicator"])
        return steps.assign(**{lang: steps["step"].map(labels) for lang, labels in said.items()})

    def _rule(self) -> dict[str, str]:
        """Give the source of the steps, and of the verdict."""
        indicator, judges = self.found.indicator, {Share: judge_shares, Drop: judge_drop}
        parts = {part.name.upper(): part.questions for part in indicator.parts()}
        judge = judges.get(type(indicator), judge_counts)
        verdict = source_with(judge, Target, printed)
        return {"rule.py": source_with(so_far, **parts), "verdict.py": verdict}

    def _about(self, given: Mapping[str, str]) -> Mapping[str, Any]:
        """Say which figure it is, what the notebook has to know of it, and the files' hashes."""
        found, manifest = self.found, self.found.processed.manifest
        figure = Figure(found.quarter, found.place, found.indicator.id)
        days = {name: found.days[column] for name, column in DATE_OF.items()}
        days |= {name: found.days[name] for name in ("year_first_day", "last_day")}
        types = {one.code: one.type for columns in self.columns.values() for one in columns}
        return {
            "figure": str(figure),
            "title": [AuditStory(found, Words(lang)).heading for lang in LANGUAGES],
            "internal": True,
            "anonymous": self.anonymous,
            "illustrative": found.processed.is_made_up(found.quarter),
            "place": found.place,
            "level": found.line["level"],
            "year": self.year,
            "days": {name: day.date().isoformat() for name, day in days.items()},
            "formats": {code: _FORMATS[kind] for code, kind in types.items() if kind in _FORMATS},
            "needed": [one.code for one in self.columns.get("survey", ()) if one.is_question],
            "program": {name: manifest[name] for name in ("code_version", "code_sha256")},
            "sha256": {name: sha256(held.encode()).hexdigest() for name, held in given.items()},
        }

    def _notebook(self) -> str:
        """Write the notebook; nothing that somebody typed becomes a part of it."""
        indicator = self.found.indicator
        pieces = Environment(loader=PackageLoader(__name__, ""), undefined=StrictUndefined)
        text = pieces.get_template("audit.md.j2").render(
            kind=type(indicator).__name__.lower(),
            units=indicator.units,
            key=UNIT_KEY[indicator.units][0],
            tables=[*self.columns],
            unlisted=UNLISTED,
            thresholds=[name for name in self.parameters if name != UNLISTED],
            said=_said,
        )
        cells = [_cell(*cell) for cell in enumerate(f"\n{text}".split("\n%% ")[1:])]
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        notebook = {"cells": cells, "metadata": {"kernelspec": kernel}}
        return json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False)

    def _csv(self, table: pd.DataFrame) -> str:
        """Write a table; in an anonymous zip ids, and names of files and sheets, are replaced."""
        table = table.astype(object).fillna("")
        for name in table if self.anonymous else ():
            kinds = table["column"] if name in _OF_CELL and "column" in table else name
            own = pd.DataFrame({"kind": kinds, "text": table[name]}, table.index)
            table[name] = [self._alias(*pair) for pair in own.itertuples(index=False)]
        # Two spellings of one id are one alias.
        return as_texts(table.drop_duplicates()).to_csv(index=False, lineterminator="\n")

    def _alias(self, kind: str, text: str) -> str:
        """Give what stands for an id, or a name, throughout; anything else is itself."""
        if kind not in _REPLACED or text in ("", UNKNOWN, self._plan_file):
            return text
        known = self._aliases.setdefault(kind, {})
        return known.setdefault(folded(str(text)), f"{kind}-{len(known) + 1}")


def _cell(number: int, text: str) -> dict[str, Any]:
    """Give a cell of a notebook, whose first line says what it is."""
    kind, _, source = text.partition("\n")
    cell = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": source.strip()}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _melted(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Lay the cells of rows out below one another."""
    return rows.melt(_PLACE, None, "column", name)


def _places(rows: pd.DataFrame) -> pd.MultiIndex:
    """Say where rows stand in the raw files."""
    return pd.MultiIndex.from_frame(rows[_PLACE].astype("str").fillna(""))


def _plainly(value: object) -> str:
    return UNKNOWN if is_missing(value) else shown(value)


def _said(key: str, between: str = " · ") -> str:
    """Say a text in Vietnamese and in English."""
    return between.join(Words(language)(f"evidence.{key}") for language in LANGUAGES)
