"""The plan of a year, read from its file, checked, and frozen.

Nothing about any one year is written in code: a year without a file gets a plan without targets.
The format is section 3 of the data contract; a workbook that says the same is read by `intake` into
what a TOML file says, and checked here. Percentages are kept in hundredths of a percent,
because verdicts are integer arithmetic. In come plan files and counts; out go targets, shares of
them for villages, and verdicts.
"""

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial, reduce
from pathlib import Path
from typing import Any

from campaign_lib.base.limits import MOST_BYTES_OF_PLAN, encoding_of, whole_content
from campaign_lib.base.quarters import CALENDARS, DECREE_09_2019
from campaign_lib.codebook import codebook
from campaign_lib.errors import CampaignError, Message, reason, text_of, texts


@dataclass(frozen=True)
class Parameter:
    """A number or a choice that a plan may set, as `parameters.toml` registers it.

    `type` is decimal, whole or choice; `default` is None where a plan that does not say leaves the
    number unknown.
    """

    type: str
    vi: str
    en: str
    unit_vi: str = ""
    unit_en: str = ""
    default: int | str | None = None
    min: int = 0
    max: int = 0
    decimals: int = 0
    choices: tuple[str, ...] = ()


#: Every parameter by its name: all that knows of them, in this library, is derived from here.
PARAMETERS: Mapping[str, Parameter] = {
    name: Parameter(**fields)
    for name, fields in tomllib.loads(
        (Path(__file__).parent / "parameters.toml").read_text(encoding="utf-8")
    ).items()
}
#: Those that questions compare with: numbers, laid beside the answers in the panel.
THRESHOLDS = tuple(name for name, one in PARAMETERS.items() if one.type != "choice")
#: How poverty reduction is counted: three formulas have been published under that one name.
FORMULA = "poverty_reduction_formula"
FORMULAS = tuple(PARAMETERS[FORMULA].choices)
#: What a household is that no row of the poverty status speaks of: many offices list only the poor.
UNLISTED = "unlisted_households"
UNLISTED_UNKNOWN, UNLISTED_NOT_POOR = PARAMETERS[UNLISTED].choices
#: By which standard households are found poor: Decision 59/2015/QĐ-TTg until the end of 2021,
#: Decree 07/2021/NĐ-CP from 1 January 2022. Shares measured by different ones do not compare.
DECISION_59_2015, DECREE_07_2021 = STANDARDS = ("decision_59_2015", "decree_07_2021")
NEW_STANDARD_SINCE = date(2022, 1, 1)
#: The indicators whose target is a number of units; every other target is a percentage. A plan is
#: read before indicators are known, so they are named here; a test holds it against `ALL`.
COUNTED = frozenset({"front_models"})
#: Years that a date can be written of, and a quarter's code.
YEARS = range(1900, 3000)
TASK_QUARTERS = ("Q1", "Q2", "Q3", "Q4", "all")
#: What a key of a plan, or of a task, is chosen from.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "calendar": CALENDARS,
    "poverty_standard": STANDARDS,
    "quarter": TASK_QUARTERS,
    **{name: one.choices for name, one in PARAMETERS.items() if one.choices},
}
#: Where a key of a plan stands in its file, by its path such as ``targets.informed.at_least``: its
#: `line`, or its `sheet` and `cell` and what is `shown` there.
Places = Mapping[str, Mapping[str, str]]
#: The columns of the table `plans` that say what is due by the end of Q1 to Q4.
PATHS = tuple(f"q{number}_path" for number in range(1, 5))
_PLACE = ("commune", "district", "province")
_KEYS = frozenset(
    (
        *_PLACE,
        *"year calendar baseline path poverty_standard illustrative".split(),
        *"number issued_on basis recipients".split(),
        *("parameters", "targets", "tasks"),
    )
)


@dataclass(frozen=True)
class Target:
    """What the plan asks of one indicator.

    `at_least` is in hundredths of a percent (7717 is 77.17 %), or a number of units for an
    indicator that only counts; `at_most` is a note for such a one.
    """

    at_least: int
    section: str
    at_most: int | None = None


@dataclass(frozen=True)
class Task:
    """One task of the plan: its quarter (Q1 to Q4, or all), who owns it, and where it stands.

    `en` may be empty.
    """

    id: str
    quarter: str
    owner: str
    section: str
    vi: str
    en: str


@dataclass(frozen=True)
class Plan:
    """A year's plan. `path` is the share of each target that is due by the end of Q1 to Q4.

    `poverty_standard` is what the statuses of the baseline date and of the year follow, by that
    date where the plan does not say; `parameters` has all of `PARAMETERS`, None where nobody says;
    `number` and `issued_on` are its own, `basis` the documents that it stands on, `recipients` who
    gets the reports, with what for, such as "… (b/c)"; `unsaid` are the parameters that it leaves
    to their defaults; `file` is where it was read, `sha256` that of the bytes that were read, and
    `places` where each key stands.
    """

    year: int
    baseline: date
    commune: str = ""
    district: str = ""
    province: str = ""
    calendar: str = DECREE_09_2019
    path: tuple[Fraction, ...] = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1))
    poverty_standard: str = ""
    illustrative: bool = False
    number: str = ""
    issued_on: date | None = None
    basis: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(
        default_factory=lambda: {name: one.default for name, one in PARAMETERS.items()}
    )
    targets: Mapping[str, Target] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    unsaid: tuple[str, ...] = field(default=(), compare=False)
    file: str = field(default="", compare=False)
    sha256: str = field(default="", compare=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.poverty_standard:
            object.__setattr__(self, "poverty_standard", standard_on(self.baseline))

    def at(self, key: str) -> Mapping[str, str]:
        """Say where in its file a key stands, or else the nearest that it belongs to."""
        return _nearest(self.places, key)

    @property
    def place(self) -> tuple[str, ...]:
        """The commune, district and province that it names."""
        return tuple(filter(None, (self.commune, self.district, self.province)))

    @property
    def lacking(self) -> tuple[str, ...]:
        """The parameters that somebody has still to say.

        Without targets nobody has filled it in yet, and they are all; later those without a
        default, and of a real campaign the one that decides its poverty figures.
        """
        return tuple(
            name
            for name in self.unsaid
            if not self.targets
            or self.parameters[name] is None
            or (name == UNLISTED and not self.illustrative)
        )

    @property
    def anniversary(self) -> date:
        """The baseline date a year on: the later date of the poverty count in Q4."""
        try:
            return self.baseline.replace(year=self.baseline.year + 1)
        except ValueError:  # 29 February has no anniversary in a common year
            return self.baseline.replace(year=self.baseline.year + 1, day=28)


def standard_on(day: date) -> str:
    """Name the standard by which households are found poor on a day."""
    return DECISION_59_2015 if day < NEW_STANDARD_SINCE else DECREE_07_2021


class PlanError(CampaignError):
    """All that is wrong with a plan: a sentence of its own for each, on a line of its own.

    `commune` is what it calls the commune all the same, "" where it does not.
    """

    def __init__(self, each: Sequence[CampaignError], commune: object) -> None:
        messages: list[object] = [one.message for one in each]
        lines = reduce(lambda some, one: Message("errors.what.lines", some=some, one=one), messages)
        super().__init__("plan.faults", faults=lines)
        self.each = tuple(each)
        self.commune = commune if isinstance(commune, str) else ""

    def said(self, language: str) -> str:
        """Say each on a line of its own."""
        return "\n".join(one.said(language) for one in self.each)

    def __str__(self) -> str:
        return "\n".join(map(str, self.each))


def plan_of(plans: Mapping[int, Plan], year: int) -> Plan:
    """Give the plan of `year`, or one without targets and with the usual baseline."""
    return plans.get(year) or Plan(year=year, baseline=date(year - 1, 12, 31))


def read_plan(path: Path) -> Plan:
    """Read one plan file, `<year>.toml` or `<year>-<anything>.toml`.

    Raises:
        CampaignError: it is not a plan; each sentence names the file, the key and what is allowed.
    """
    content = whole_content(path, path.name, MOST_BYTES_OF_PLAN)
    try:
        text = content.decode(encoding_of(content))
        said = tomllib.loads(text)
    except RecursionError as error:
        raise CampaignError(
            "plan.toml", file=path.name, detail=Message("errors.reason.brackets")
        ) from error
    except ValueError as error:  # also of what is UTF-8 no more, and of endless numbers
        raise CampaignError("plan.toml", file=path.name, detail=reason(error)) from error
    return checked_plan(said, path, content, dict(reversed([*_lines_of(text)])))


def checked_plan(
    said: dict[str, Any],
    path: Path,
    content: bytes,
    places: Places,
    faults: Sequence[CampaignError] = (),
) -> Plan:
    """Check what a plan's file says, in whichever format, and make it a plan.

    Args:
        said: what it says, as TOML has it.
        path: the file.
        content: its bytes.
        places: where each key stands in it, for sentences.
        faults: what was wrong with it before.

    Raises:
        PlanError: as `read_plan`.
    """
    plan = _Reader(path.name, places, faults).plan(said, path.stem)
    return replace(plan, sha256=hashlib.sha256(content).hexdigest(), places=places)


def _nearest(places: Places, key: str) -> Mapping[str, str]:
    while key and key not in places:
        key = key.rpartition(".")[0]
    return places.get(key, {})


_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*([\w"'.-]+)\s*=""")


def _lines_of(text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Give the line of each table and key of a TOML file; tasks are counted from 1."""
    table, many = "", Counter[str]()
    for number, line in enumerate(text.splitlines(), 1):
        key, at = _KEY.match(line), {"line": str(number)}
        if header := _HEADER.fullmatch(line):
            name = header[2].replace('"', "").strip()
            many[name] += header[1] == "[["
            table = f"{name}.{many[name]}" if many[name] else name
        if header or key:
            parts = [table, *([key[1].replace('"', "")] if key and not header else [])]
            names = ".".join(filter(None, parts)).split(".")
            yield from ((".".join(names[:end]), at) for end in range(1, len(names) + 1))


class _Reader:
    """Turns the content of one file into a plan; knows its name and places for its sentences."""

    def __init__(self, file: str, places: Places, faults: Sequence[CampaignError]) -> None:
        self.file, self.places, self.faults = file, places, [*faults]

    def tried(self, read: Callable[[], Any]) -> Any:
        """Read a part; what is wrong with it is noted, so that the other parts are looked at."""
        try:
            return read()
        except CampaignError as fault:
            self.faults.append(fault)
            return None

    def wrong(self, where: str, key: str, **values: object) -> CampaignError:
        """Give the error at a key; of a workbook with what its cell shows, in words that fit it."""
        at = self.at(where)
        if "cell" in at:
            values |= {"value": at["shown"]} if "value" in values else {}
            key = f"{key}_cell" if f"errors.plan.{key}_cell" in texts("errors") else key
            wanted = text_of(f"errors.plan.{key}").placeholders
            values = {name: values[name] for name in wanted & values.keys()}
            for name in ("small", "exact", "times"):  # a number as a Vietnamese writes it
                values |= {name: str(values[name]).replace(".", ",")} if name in values else {}
        return CampaignError(f"plan.{key}", file=self.file, where=self.place(where, at), **values)

    def at(self, where: str) -> Mapping[str, str]:
        """Say where a key stands, or else the nearest that it belongs to."""
        return _nearest(self.places, where)

    def place(self, where: str, at: Mapping[str, str]) -> Message | str:
        """Name a place as a reader finds it: by its cell; by its line, and its key."""
        if "cell" in at:
            return Message("errors.what.cell", sheet=at["sheet"], cell=at["cell"])
        task = where.partition("tasks.")[2]
        name = Message("errors.what.task", number=task) if task else where
        return Message("errors.what.line", line=at["line"], key=name) if at else name

    def plan(self, content: dict[str, Any], stem: str) -> Plan:
        self.known(content, _KEYS, "")
        year = self.tried(lambda: self.year(content, stem)) or YEARS[0] + 1
        typed = partial(self.typed, content)
        said: dict[str, Callable[[], Any]] = {
            "year": lambda: year,
            "baseline": lambda: self.day(content, "baseline", date(year - 1, 12, 31)),
            **{key: partial(typed, key, str, "text", "") for key in _PLACE},
            "calendar": lambda: self.one_of(content.get("calendar", DECREE_09_2019), "calendar"),
            "path": lambda: self.path(content.get("path", ["0.25", "0.50", "0.75", "1"])),
            # Without the key it is that of the baseline date.
            "poverty_standard": lambda: (
                self.one_of(content["poverty_standard"], "poverty_standard")
                if "poverty_standard" in content
                else ""
            ),
            "illustrative": lambda: typed("illustrative", bool, "true_or_false", False),
            "number": lambda: typed("number", str, "text", ""),
            "issued_on": lambda: self.day(content, "issued_on", None),
            "basis": lambda: self.texts(typed("basis", list, "texts", []), "basis", "texts"),
            "recipients": lambda: self.recipients(typed("recipients", list, "recipients", [])),
            "parameters": lambda: self.parameters(typed("parameters", dict, "table", {})),
            "targets": lambda: {
                name: self.tried(partial(self.target, name, value))
                for name, value in typed("targets", dict, "table", {}).items()
            },
            "tasks": lambda: self.tasks(typed("tasks", list, "tasks", [])),
        }
        read = {name: self.tried(part) for name, part in said.items()}
        if self.faults:
            raise PlanError(self.faults, content.get("commune"))
        unsaid = (name for name in PARAMETERS if name not in content.get("parameters", {}))
        return Plan(**read, unsaid=tuple(unsaid), file=self.file)

    def year(self, content: dict[str, Any], stem: str) -> int:
        year: int = self.typed(content, "year", int, "year")
        if year not in YEARS:
            raise self.wrong("year", "year", value=year)
        if stem.partition("-")[0] != str(year):
            raise self.wrong("year", "other_year", value=year, name=stem)
        return year

    def day(self, content: dict[str, Any], key: str, default: date | None) -> date | None:
        day = content.get(key, default)
        if day is not None and (type(day) is not date or day.year not in YEARS):
            raise self.wrong(key, "date")
        return day

    def texts(self, listed: list[Any], key: str, what: str) -> tuple[str, ...]:
        if not all(isinstance(text, str) and text.strip() for text in listed):
            raise self.wrong(key, "kind", what=Message(f"errors.what.{what}"))
        return tuple(" ".join(text.split()) for text in listed)

    def recipients(self, pairs: list[Any]) -> tuple[str, ...]:
        """Read pairs of who gets a report and what for; what for may be left out."""
        key = "recipients"
        if not all(isinstance(pair, list) and 1 <= len(pair) <= 2 for pair in pairs):
            raise self.wrong(key, "kind", what=Message("errors.what.recipients"))
        named = [self.texts(pair, key, "recipients") for pair in pairs]
        return tuple(f"{who} ({why[0]})" if why else who for who, *why in named)

    def known(self, table: dict[str, Any], keys: frozenset[str], where: str) -> None:
        named = ", ".join(sorted(keys))
        strange = sorted(table.keys() - keys)
        self.faults += [self.wrong(f"{where}{key}", "key", known=named) for key in strange]

    def typed(
        self,
        table: dict[str, Any],
        key: str,
        kind: type,
        what: str,
        default: Any = None,
        *,
        where: str = "",
    ) -> Any:
        value = table.get(key, default)
        if type(value) is not kind:
            why = "kind" if key in table else "missing"
            raise self.wrong(f"{where}{key}", why, what=Message(f"errors.what.{what}"))
        return value

    def one_of(self, value: Any, where: str) -> str:
        """Take one of `CHOICES`; the sentence says what each means, of a file beside its code."""
        name = where.rpartition(".")[2]
        if value not in CHOICES[name]:
            known: list[object] = [Message(choice_key(name, code)) for code in CHOICES[name]]
            if "cell" not in self.at(where):
                pairs = zip(CHOICES[name], known, strict=True)
                known = [Message("errors.what.choice", code=one, means=said) for one, said in pairs]
            listed = reduce(
                lambda some, one: Message("errors.what.listed", some=some, one=one), known
            )
            raise self.wrong(where, "one_of", value=repr(value), known=listed)
        return str(value)

    def decimal(self, value: Any, where: str, places: int, most: int, kind: str = "") -> Decimal:
        """Read a number written as text, so that its printed precision is what counts.

        A part of one (`kind` is share) may have any decimals; elsewhere a dot before three digits
        may stand between thousands, and is refused. A percent below 1 may be a part of one.
        """
        if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            raise self.wrong(where, "number", value=repr(value))
        number = Decimal(value)
        if not 0 <= number <= most:
            raise self.wrong(where, "between", value=value, most=most)
        if kind == "percent" and 0 < number < 1 and number.as_tuple().exponent != -2:
            both = {"exact": f"{number:.2f}", "times": f"{(number * 100).normalize():f}"}
            raise self.wrong(where, "hundredth", value=value, **both)
        if number != round(number, places):
            raise self.wrong(where, "decimals", value=value, places=places)
        if kind != "share" and re.fullmatch(r"[0-9]+\.[0-9]{3}", value):
            both = {"small": f"{number.normalize():f}", "large": value.replace(".", "")}
            raise self.wrong(where, "two_ways", value=value, **both)
        return number

    def path(self, value: Any) -> tuple[Fraction, ...]:
        if not isinstance(value, list) or len(value) != 4:
            raise self.wrong("path", "four")
        shares = tuple(
            Fraction(self.decimal(share, f"path.{number}", 6, 1, "share"))
            for number, share in enumerate(value, 1)
        )
        for number in range(1, 4):
            if shares[number] < shares[number - 1]:
                raise self.wrong(f"path.{number + 1}", "falling")
        return shares

    def parameters(self, table: dict[str, Any]) -> dict[str, Any]:
        # A source and a date may stand beside each number; they are for the reader of the file.
        notes = {f"{name}_{note}" for name in PARAMETERS for note in ("source", "date")}
        self.known(table, frozenset(PARAMETERS.keys() | notes), "parameters.")
        return {
            name: self.tried(partial(self.parameter, name, one, table))
            for name, one in PARAMETERS.items()
        }

    def parameter(self, name: str, one: Parameter, table: dict[str, Any]) -> Any:
        where = f"parameters.{name}"
        value = table.get(name, one.default)
        if value is None:
            return None
        if one.type == "decimal":
            number = self.decimal(value, where, one.decimals, one.max)
            if number < one.min:
                raise self.wrong(where, "range", value=value, least=one.min, most=one.max)
            return float(number)
        if one.type == "choice":
            return self.one_of(value, where)
        if type(value) is not int:
            raise self.wrong(where, "whole", value=repr(value))
        if not one.min <= value <= one.max:
            raise self.wrong(where, "range", value=value, least=one.min, most=one.max)
        return value

    def target(self, name: str, table: Any) -> Target:
        where = f"targets.{name}"
        if not isinstance(table, dict) or "at_least" not in table:
            raise self.wrong(where, "target")
        keys = {"at_least", "section", *(["at_most"] if name in COUNTED else [])}
        self.known(table, frozenset(keys), f"{where}.")
        known = [one.code for one in codebook().tables["allocation"].column("indicator").answers]
        if name not in known:
            raise self.wrong(where, "indicator", name=name, known=", ".join(known))
        section = self.typed(table, "section", str, "text", "", where=f"{where}.")
        if name not in COUNTED:
            percent = self.decimal(table["at_least"], f"{where}.at_least", 2, 100, "percent")
            return Target(int(percent * 100), section)
        at_least, at_most = (
            None if key not in table else self.units(table[key], f"{where}.{key}")
            for key in ("at_least", "at_most")
        )
        assert at_least is not None  # at_least is there: looked at above
        if at_most is not None and at_most < at_least:
            raise self.wrong(f"{where}.at_most", "bounds", value=at_most, least=at_least)
        return Target(at_least, section, at_most)

    def units(self, value: Any, where: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", str(value)):
            raise self.wrong(where, "whole", value=repr(value))
        return int(value)

    def tasks(self, rows: list[Any]) -> tuple[Task, ...]:
        tasks: dict[str, Task] = {}
        for number, row in enumerate(rows, 1):
            self.tried(partial(self.task, tasks, f"tasks.{number}", row))
        return tuple(tasks.values())

    def task(self, before: dict[str, Task], where: str, said: Any) -> None:
        """Read a task, and set it beside those before it."""
        wanted = ("id", "quarter", "owner", "section", "vi")
        row = {"en": "", **said} if isinstance(said, dict) else {}
        for key in (*wanted, "en"):
            if not isinstance(row.get(key), str):
                raise self.wrong(f"{where}.{key}", "task_texts", wanted=", ".join(wanted))
        self.known(row, frozenset((*wanted, "en")), f"{where}.")
        self.one_of(row["quarter"], f"{where}.quarter")
        if row["id"] in before:
            raise self.wrong(f"{where}.id", "task_twice", value=row["id"])
        before[row["id"]] = Task(**{key: row[key] for key in (*wanted, "en")})


def choice_key(name: str, code: str) -> str:
    """Give the key of the words for what a key of a plan is chosen from."""
    if name == FORMULA:
        return f"codes.formula.{code}.label"
    return f"codes.task_quarter.{code}" if name == "quarter" else f"plan_items.{name}.{code}"
