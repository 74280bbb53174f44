"""What a report is: a notebook, its parameters, the page it becomes, and what it was built from."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

#: The language of a report that has no parameter of that name.
VIETNAMESE = "vi"

#: Names that a village's page cannot have: other pages of ours, and devices on Windows.
_TAKEN = frozenset({"commune", "index", "manifest", "con", "prn", "aux", "nul"})
_DEVICE = re.compile(r"(com|lpt)\d")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


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
    """

    notebook: Path
    parameters: Mapping[str, str] = field(hash=False)
    target: str
    title: str
    hash: str
    rows: int = 0

    def __post_init__(self) -> None:
        path = PurePosixPath(self.target)
        if path.is_absolute() or ".." in path.parts or path.suffix != ".html":
            raise ValueError(f"{self.target!r} is no page inside the reports folder")

    @property
    def language(self) -> str:
        """The page's language."""
        return self.parameters.get("language", VIETNAMESE)

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


def file_name(code: str) -> str:
    """Turn a village's code into a file name that is safe everywhere, and its alone.

    A plain code stays what it is. From any other the signs that could mean something to a file
    system are taken out, and a piece of its hash is added, so that two codes never share a file.
    """
    if _SAFE.fullmatch(code) and not _is_taken(code):
        return code
    letters = unicodedata.normalize("NFKD", code.replace("đ", "d").replace("Đ", "D"))
    ascii_only = letters.encode("ascii", "ignore").decode()
    words: Sequence[str] = re.findall(r"[A-Za-z0-9_]+", ascii_only)
    mark = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "-".join(["-".join(words)[:30].strip("-") or "x", mark])


def _is_taken(name: str) -> bool:
    return name.lower() in _TAKEN or _DEVICE.fullmatch(name.lower()) is not None
