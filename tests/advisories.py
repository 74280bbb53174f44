"""Has a package of the lock a known hole? `make advisories` asks pip-audit; CI runs it.

pip-audit gets an environment of its own: it is no part of what users install. It asks the index
for advisories, which a mirror, or a machine without a network, may not have: then nothing is known,
that is said, and it is no failure.
"""

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
PIP_AUDIT = "pip-audit>=2.9,<3"
_LIMIT = 600


class Verdict(NamedTuple):
    """What came out: whether a hole is known, and sentences that say so."""

    holes: bool
    sentences: Sequence[str]


def judge(packages: Sequence[Mapping[str, Any]]) -> Verdict:
    """Judge what pip-audit says of each package: its advisories, or why it was not asked."""
    asked = [package for package in packages if "skip_reason" not in package]
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}; mended in "
        f"{', '.join(hole['fix_versions']) or 'no version yet'}"
        for package in asked
        for hole in package["vulns"]
    ]
    if not asked:
        return Verdict(False, ["No advisory could be asked for here: nothing is known."])
    sum_of_it = f"{len(asked)} of {len(packages)} locked packages asked for"
    return Verdict(bool(holes), [*holes, f"{sum_of_it}, {len(holes)} advisories."])


def main() -> int:
    """Ask, and say what came out; 1 where a hole is known, 0 otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        install = [python, "-m", "pip", "install", "--quiet", PIP_AUDIT]
        if subprocess.run(install, capture_output=True).returncode:
            print("pip-audit cannot be installed here: nothing is known.")
            return 0
        ask = [python, "-m", "pip_audit", "--disable-pip", "--require-hashes", "-f", "json"]
        try:
            asked = subprocess.run(
                [*ask, "-r", LOCK], capture_output=True, text=True, timeout=_LIMIT
            )
            packages = json.loads(asked.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, ValueError, KeyError):
            print("pip-audit gave no answer here: nothing is known.")
            return 0
    verdict = judge(packages)
    print(*verdict.sentences, sep="\n")
    return int(verdict.holes)


if __name__ == "__main__":
    sys.exit(main())
