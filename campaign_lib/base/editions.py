"""The two editions of a page: one stays in the office, one may leave it."""

from typing import Literal

from campaign_lib.errors import CampaignError

Edition = Literal["internal", "public"]

#: `internal` has households' names, ids and answers; `public` has none of them and withholds
#: small counts (docs/decisions/08).
INTERNAL: Edition = "internal"
PUBLIC: Edition = "public"
EDITIONS: tuple[Edition, ...] = (INTERNAL, PUBLIC)
#: Who may read and write a file, before the process's mask: owner and group, or everybody.
PRIVATE, OPEN = 0o660, 0o666


def known_edition(name: str) -> Edition:
    """Give an edition by its name.

    Raises:
        CampaignError: there is no edition of that name.
    """
    for edition in EDITIONS:
        if name == edition:
            return edition
    raise CampaignError("asked.edition", name=repr(name), known=", ".join(EDITIONS))


def is_public(page: str) -> bool:
    """Say whether a page is of the public edition, by its name from the reports folder on."""
    return page.startswith(f"{PUBLIC}/")


def mode_of(edition: Edition) -> int:
    """Say who may read an edition's files: everybody, or those who may see households."""
    return OPEN if edition == PUBLIC else PRIVATE
