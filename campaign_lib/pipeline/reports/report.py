"""What a report is: a notebook, its parameters, the page it becomes, and what it was built from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from campaign_lib.base.editions import INTERNAL, Edition, known_edition

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
