"""The folder for an office with Windows: a file to double-click sets up once and opens the desk.

`python -m campaign_lib.office.windows FOLDER` packs it as a ZIP from the one wheel in FOLDER and
the project's `requirements.lock`.
"""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from campaign_lib.base.files import write_whole
from campaign_lib.words import LANGUAGES, Words

_HERE = Path(__file__).parent
#: What is double-clicked, what is read first, and the folder of everything else.
START, READ_FIRST, PROGRAM = "Bat-dau.bat", "Doc-truoc.txt", "chuong-trinh"
#: What the page to read first says, a line each.
STEPS = ("title", "unpack", "python", "start", "data", "newer")
#: The folder that everything is in, so that unpacking spills nothing.
TOP = "Cuoc-van-dong"


def contents(wheel: Path, lock: Path) -> Mapping[str, bytes]:
    """Give the files of the folder by their names in it.

    Args:
        wheel: the program.
        lock: the versions of all that it needs, and of more.
    """
    # Without their hashes: pip takes hashes for versions that a file asks for, never for others.
    pins = re.findall(r"^\w[^\\\n]*", lock.read_text(encoding="utf-8"), flags=re.M)
    words = [Words(language).under("windows.read_first") for language in LANGUAGES]
    texts = "\n".join(line for say in words for line in (*map(say, STEPS), ""))
    return {
        START: _for_windows((_HERE / "start.bat").read_text(encoding="ascii")).encode("ascii"),
        # Old editors tell UTF-8 by its mark alone.
        READ_FIRST: _for_windows(texts).encode("utf-8-sig"),
        f"{PROGRAM}/start.py": (_HERE / "start.py").read_bytes(),
        f"{PROGRAM}/{wheel.name}": wheel.read_bytes(),
        f"{PROGRAM}/requirements.txt": f"./{wheel.name}\n".encode(),
        f"{PROGRAM}/constraints.txt": "\n".join([*map(str.strip, pins), ""]).encode(),
    }


def _for_windows(text: str) -> str:
    """End lines as Windows does: its command line loses its place in a file that does not."""
    return text.replace("\n", "\r\n")


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """Pack the folder.

    Raises:
        CampaignError: the file cannot be written.
    """

    def pack(target: Path) -> None:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(f"{TOP}/{name}", content)

    write_whole(path, pack)
