"""The documentation has a picture of every kind of page, and none of a page that is gone."""

import re
from pathlib import Path

from every_page import COMMUNES_AUDIT
from pictures import IMAGES, PICTURED

#: What all pictures may weigh together, in bytes: whoever clones the project fetches each.
HEAVIEST = 1_500_000


def test_every_kind_of_page_has_its_picture_and_the_page_of_pictures_has_each(root: Path) -> None:
    shown = re.findall(
        r"\(images/(.+)\.png\)", (root / "docs/pictures.md").read_text(encoding="utf-8")
    )
    assert COMMUNES_AUDIT in PICTURED
    assert sorted(shown) == sorted(PICTURED) == sorted(one.stem for one in IMAGES.iterdir())
    assert sum(one.stat().st_size for one in IMAGES.iterdir()) < HEAVIEST
