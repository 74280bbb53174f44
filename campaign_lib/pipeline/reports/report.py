"""What a report is: a notebook, its parameters, the page it becomes, and what it was built from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from urllib.parse import quote

from campaign_lib.base.editions import INTERNAL, PUBLIC, Edition, is_public, known_edition
from campaign_lib.base.figures import Figure
from campaign_lib.base.files import safe_name, write_text
from campaign_lib.indicators.steps import COMMUNE

#: The language of a report that has no parameter of that name.
VIETNAMESE = "vi"


@dataclass(frozen=True)
class Report:
    """One page to be made.

    Attributes:
        notebook: the file that is run.
        parameters: what it is run with; ``language`` is also the page's.
        target: the page, relative to the reports folder, such as ``2024Q3/T4.html``.
        title: the page's title.
        hash: of everything the page depends on (`report_hash`).
        rows: how many rows of data it is made from, for the run log.
        crumbs: where it leads: words, and the address as seen from the page.
        figures: the figures that are its own, for the list of what was made.
        made_from: what those were made from.
        processed: the folder of tables that it reads, unless its surroundings say another.
    """

    notebook: Path
    parameters: Mapping[str, str] = field(hash=False)
    target: str
    title: str
    hash: str
    rows: int = 0
    crumbs: tuple[tuple[str, str], ...] = ()
    figures: Mapping[str, str] = field(default_factory=dict, hash=False)
    made_from: Mapping[str, str] = field(default_factory=dict, hash=False)
    processed: Path | None = None

    def __post_init__(self) -> None:
        path = PurePosixPath(self.target)
        if path.is_absolute() or ".." in path.parts or path.suffix != ".html":
            raise ValueError(f"{self.target!r} is no page inside the reports folder")

    @property
    def language(self) -> str:
        """The page's language."""
        return self.parameters.get("language", VIETNAMESE)

    @property
    def edition(self) -> Edition:
        """The page's edition."""
        return known_edition(self.parameters.get("edition", INTERNAL))

    def page(self, folder: Path) -> Path:
        """The page's file."""
        return folder / self.target

    def leftovers(self, folder: Path) -> tuple[Path, Path]:
        """Where a failure leaves the partly executed notebook and the error's text."""
        page = self.page(folder)
        return page.with_suffix(".failed.ipynb"), page.with_suffix(".failed.txt")


def report_hash(
    notebook: bytes,
    parameters: Mapping[str, str],
    slice_hash: str,
    code_hash: str,
    packages: Mapping[str, str],
) -> str:
    """Sum up what a report is built from: the same hash, the same page.

    Args:
        notebook: the notebook file's content.
        parameters: what it is run with.
        slice_hash: of the part of the data that this report shows.
        code_hash: of the library's code.
        packages: versions of the packages that shape a page.

    Returns:
        A SHA-256 in hexadecimal.
    """
    parts = {
        "notebook": hashlib.sha256(notebook).hexdigest(),
        "parameters": dict(parameters),
        "slice": slice_hash,
        "code": code_hash,
        "packages": dict(packages),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


# Where pages stand in the reports folder, and how one leads to another.

INDEX = "index.html"
#: What changed since the build before; of the internal edition alone.
CHANGES = "changes.html"
VILLAGE, AUDIT = "village_report", "audit_place"

#: Names that a village's page cannot have: other pages of ours.
_TAKEN = frozenset(
    {
        *("commune", "index", "manifest", "audit"),
        *("data_quality", "target_allocation", "inspection", "targets_explained"),
        *("three_year_review", "annual_assessment"),
    }
)


def folder_of(reports: Path, edition: Edition, commune: str = "") -> Path:
    """Say where an edition lands (contract, section 4); one of several communes below that."""
    top = reports / PUBLIC if edition == PUBLIC else reports
    return top / commune_folder(commune) if commune else top


def state_folder(reports: Path, edition: Edition, commune: str = "") -> Path:
    """Say where an edition's list of what was made, run log and lock are kept.

    The public edition's folder is sent away whole. It has pages and letters alone, for hashes and
    counts of internal rows would tell of these.
    """
    return reports if edition == PUBLIC else folder_of(reports, edition, commune)


def target_of(notebook: str, place: str, quarter: str) -> str:
    """Say where a page is, relative to the reports folder.

    The commune's report is `commune.html` and a village's has the village's name (contract,
    section 4); what explains their figures is in a folder of its own, under the same names.
    """
    own = COMMUNE if place == COMMUNE else file_name(place)
    if notebook == AUDIT:
        return f"{quarter}/audit/{own}.html"
    if notebook == VILLAGE or notebook == "commune_report":
        return f"{quarter}/{own}.html"
    return f"{quarter}/{notebook}.html"


def way_to(target: str, here: str) -> str:
    """Give the address of one page as seen from another, both relative to the reports folder."""
    return "../" * here.count("/") + quote(target)


def address_of(kind: str, name: str, here: str, edition: str) -> str | None:
    """Turn what a page leads to into an address.

    Args:
        kind: `figure`, or `page` for a place's report.
        name: a figure's reference, such as 2024Q3/T4/changed_mindset; of a report 2024Q3/T4.
        here: the page that leads there, relative to the reports folder.
        edition: the public one explains no figures, since that takes the households' answers.
    """
    if kind == "page":
        quarter, _, place = name.partition("/")
        return way_to(target_of(VILLAGE, place, quarter), here)
    if edition == PUBLIC:
        return None
    figure = Figure.parse(name)
    target = target_of(AUDIT, figure.place, figure.quarter)
    page = "" if target == here else way_to(target, here)
    return f"{page}#{quote(figure.indicator)}"


def commune_folder(key: str) -> str:
    """Say in which folder one of several communes has its reports, below the reports folder.

    It cannot have the name of a public edition's, as `folder_of` has it.
    """
    return safe_name(key, frozenset({PUBLIC}))


def file_name(code: str) -> str:
    """Turn a village's code into the name of its page (`campaign_lib.base.files.safe_name`)."""
    return safe_name(code, _TAKEN)


# What the last runs have made: `manifest.json` in the reports folder.

State = Literal["fresh", "failed", "in_part"]

FILE = "manifest.json"


@dataclass(frozen=True)
class Made:
    """One report's line in the manifest.

    Attributes:
        title: of the page.
        notebook: the file's name.
        parameters: what it was run with.
        hash: what it was built from.
        state: whether the page is the report, or tells that it failed, or some of its sections.
        seconds: how long it took.
        error: why it failed, in a sentence ("" if it did not).
        figures: the figures that are the page's own, by reference (`analysis.changes.sides`).
        made_from: what they were made from, as far as the page's edition may tell.
    """

    title: str
    notebook: str
    parameters: dict[str, str]
    hash: str
    state: State
    seconds: float
    error: str = ""
    figures: dict[str, str] = field(default_factory=dict)
    made_from: dict[str, str] = field(default_factory=dict)


@dataclass
class Manifest:
    """What was made of the pages of one folder.

    Attributes:
        folder: where the pages are.
        made: what was made, page by page.
        state: the folder of the file, where it is not that of the pages but one above it.
        others: lines of the same file about pages of other folders, which stay as they are.
    """

    folder: Path
    made: dict[str, Made] = field(default_factory=dict)
    state: Path | None = None
    others: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, state: Path | None = None) -> "Manifest":
        """Read what is known of a folder; a file that is missing or damaged knows of no report."""
        found = cls(folder, state=state)
        try:
            lines = json.loads((found.home / FILE).read_text(encoding="utf-8"))
            own = {name: Made(**line) for name, line in lines.items() if found._is_own(name)}
        except (FileNotFoundError, ValueError, TypeError, AttributeError):
            return found  # every report is then made again, which is always right
        found.made = {name.removeprefix(found.below): line for name, line in own.items()}
        found.others = {name: line for name, line in lines.items() if name not in own}
        return found

    @property
    def home(self) -> Path:
        """The folder of the file."""
        return self.state or self.folder

    @property
    def below(self) -> str:
        """What the file puts before the name of each page."""
        way = self.folder.relative_to(self.home).as_posix()
        return "" if way == "." else f"{way}/"

    def _is_own(self, name: str) -> bool:
        """Say whether a line is about a page of the folder.

        Public pages are all in a quarter's folder: with one more on the way they are a commune's.
        """
        if not self.below:
            return not is_public(name)
        return name.startswith(self.below) and name.count("/") == self.below.count("/") + 1

    def is_fresh(self, target: str, built_from: str) -> bool:
        """Whether the page is there and was built from just this."""
        line = self.made.get(target)
        return (
            line is not None
            and line.state == "fresh"
            and line.hash == built_from
            and (self.folder / target).is_file()
        )

    def write(self) -> None:
        """Write it whole; raises CampaignError where the file cannot be replaced."""
        own = {f"{self.below}{target}": asdict(line) for target, line in self.made.items()}
        if self.state not in (None, self.folder):  # others of this run write there, too
            self.others = Manifest.read(self.folder, self.state).others
        text = json.dumps(
            dict(sorted({**self.others, **own}.items())), ensure_ascii=False, indent=1
        )
        write_text(self.home / FILE, f"{text}\n")
