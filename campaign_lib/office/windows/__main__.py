"""Packs the folder for Windows: `python -m campaign_lib.office.windows FOLDER`."""

import sys
from pathlib import Path

from campaign_lib.office.windows import TOP, contents, write_zip

folder = Path(sys.argv[1])
(wheel,) = folder.glob("*.whl")
write_zip(folder / f"{TOP}.zip", contents(wheel, Path("requirements.lock")))
print(folder / f"{TOP}.zip")
