"""What a plan's workbook has: its sheets, the rows of the first one, and how each is called.

Reading and writing both go by this list; labels, and sentences on what a row means, are words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaign_lib.codebook import Answer, codebook, folded
from campaign_lib.errors import LANGUAGES, texts
from campaign_lib.plan import CHOICES, PARAMETERS, UNLISTED, choice_key

#: The sheets, with the columns of those that are tables; the keys of a plan, but for `indicator`
#: and `unit`, which say whose row it is.
SHEETS: Mapping[str, Sequence[str]] = {
    "head": ("item", "value", "about"),
    "targets": ("indicator", "unit", "at_least", "at_most", "section"),
    "tasks": ("id", "quarter", "owner", "section", "vi", "en"),
}
#: How many rows a list has to begin with; more may be added.
BASIS, RECIPIENTS = 4, 10


@dataclass(frozen=True)
class Item:
    """A row of the first sheet: its key in a plan, such as ``parameters.unlisted_households``.

    `kind` is text, texts (one of several rows), date, year, share, yes_no, choice, decimal, whole;
    `rows` says how many there are to begin with.
    """

    key: str
    kind: str
    rows: int = 1

    @property
    def name(self) -> str:
        """The last part of the key."""
        return self.key.rpartition(".")[2]

    def label(self, language: str) -> str:
        """Give what the row is called."""
        if self.key.startswith("path."):
            quarter = _said(f"codes.task_quarter.Q{self.name}", language)
            return _said("plan_book.path", language).format(quarter=quarter)
        if self.name in PARAMETERS:
            return str(getattr(PARAMETERS[self.name], language))
        return _said(
            _first(f"plan_book.item.{self.name}", f"plan_items.{self.name}.label"), language
        )

    def about(self, language: str) -> str:
        """Say what it means and what follows from it."""
        name = "path" if self.key.startswith("path.") else self.name
        return _said(f"plan_book.about.{name}", language)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What may be chosen; empty where the row is written."""
        return answers_of(self.name)


def _of_parameters() -> list[Item]:
    """List the parameters, the one that changes most first."""
    items = []
    for name, one in sorted(PARAMETERS.items(), key=lambda pair: pair[0] != UNLISTED):
        items.append(Item(f"parameters.{name}", one.type))
        if one.type == "decimal":
            items.append(Item(f"parameters.{name}_source", "text"))
    return items


#: The rows by the part of the sheet that they stand in, from top to bottom.
PARTS: Mapping[str, Sequence[Item]] = {
    "commune": (
        *(Item(key, "text") for key in ("commune", "district", "province")),
        Item("year", "year"),
        Item("illustrative", "yes_no"),
    ),
    "parameters": _of_parameters(),
    "days": (
        Item("calendar", "choice"),
        Item("baseline", "date"),
        *(Item(f"path.{number}", "share") for number in range(1, 5)),
        Item("poverty_standard", "choice"),
    ),
    "letter": (
        Item("number", "text"),
        Item("issued_on", "date"),
        Item("basis", "texts", BASIS),
        Item("recipients", "texts", RECIPIENTS),
    ),
}
ITEMS = tuple(item for items in PARTS.values() for item in items)


def answers_of(name: str) -> tuple[Answer, ...]:
    """Give the codes and labels that a key, or a column of a table, is chosen from."""
    tables = codebook().tables
    match name:
        case "illustrative":
            return tables["models"].column("effective").answers
        case "indicator":
            return tables["allocation"].column("indicator").answers
        case "owner":
            start = "codes.owner."
            codes = [key.removeprefix(start) for key in texts("codes") if key.startswith(start)]
            return tuple(_answer(code, f"{start}{code}") for code in codes)
        case _:
            return tuple(_answer(code, choice_key(name, code)) for code in CHOICES.get(name, ()))


def _answer(code: str, key: str) -> Answer:
    vi, en = (_said(key, language) for language in LANGUAGES)
    return Answer(code, vi, en)


def spellings(names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Give which name each folded spelling stands for."""
    return {folded(text): name for name, some in names.items() for text in some}


def sheet_names(sheet: str) -> list[str]:
    """Give what a sheet is called, Vietnamese first."""
    return [_said(f"plan_book.sheet.{sheet}", language) for language in LANGUAGES]


def heading(column: str, language: str) -> str:
    """Give the heading of a column."""
    start = "plan_book.column."
    return _said(_first(f"{start}{column}", f"{start}task_{column}"), language)


def _first(*keys: str) -> str:
    return next(key for key in keys if key in texts(key.partition(".")[0]))


def _said(key: str, language: str) -> str:
    return texts(key.partition(".")[0])[key].by_language[language]
