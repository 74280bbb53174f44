"""What the fuzzer found, as small files that a test reads again (tests/intake/found/)."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .mutations import packed, unpacked
from .seeds import tables

FOUND = Path(__file__).resolve().parents[1] / "intake" / "found"


class Case(NamedTuple):
    """An injured file: its path below raw/, its bytes, and how reading it once failed."""

    file: str
    content: bytes
    failure: str = ""


def lay(raw: Path, case: Case) -> None:
    """Write a good campaign with the case's file in the place of its table."""
    for file, content in tables().items():
        if Path(file).with_suffix("") != Path(case.file).with_suffix(""):
            _write(raw / file, content)
        else:
            (raw / file).unlink(missing_ok=True)
    _write(raw / case.file, case.content)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def keep(case: Case, folder: Path = FOUND) -> Path:
    """Write a case under a name that its content gives."""
    folder.mkdir(parents=True, exist_ok=True)
    about = {"file": case.file, "failure": case.failure}
    try:
        about["text"] = case.content.decode("ascii")
    except UnicodeDecodeError:
        about["base64"] = base64.b64encode(case.content).decode()
    name = hashlib.sha256(case.content).hexdigest()[:10]
    path = folder / f"{Path(case.file).stem.replace(' ', '-')}-{name}.json"
    path.write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def load(path: Path) -> Case:
    """Read a case."""
    about = json.loads(path.read_text(encoding="utf-8"))
    text = about.get("text")
    content = base64.b64decode(about["base64"]) if text is None else text.encode()
    return Case(about["file"], content, about["failure"])


def smaller(case: Case, still_fails: Callable[[bytes], bool], tries: int = 150) -> Case:
    """Take away what the failure does not need: parts of a workbook first, then pieces."""
    left = [tries]

    def fails(content: bytes) -> bool:
        left[0] -= 1
        return left[0] >= 0 and still_fails(content)

    parts = unpacked(case.content)
    if parts and fails(packed(parts)):
        for name in list(parts):
            without = {other: part for other, part in parts.items() if other != name}
            if fails(packed(without)):
                parts = without
        for name in list(parts):
            parts[name] = _shorter(
                parts[name], lambda part, name=name: fails(packed({**parts, name: part}))
            )
        return case._replace(content=packed(parts))
    return case._replace(content=_shorter(case.content, fails))


def _shorter(content: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """Take ever smaller pieces out of bytes, as long as it fails without them."""
    size = len(content) // 2
    while size >= 1 and size >= len(content) // 64:
        at = 0
        while at < len(content):
            without = content[:at] + content[at + size :]
            if fails(without):
                content = without
            else:
                at += size
        size //= 2
    return content
