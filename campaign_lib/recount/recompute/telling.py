"""What `campaign recompute` says, in both languages on one line; it is read by inspectors."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Protocol

from campaign_lib.words import LANGUAGES, Words


class Judged(Protocol):
    """As much of a verdict as the sum at the end needs."""

    @property
    def word(self) -> str:
        """How the figure was judged."""

    @property
    def adds_up(self) -> bool | None:
        """Whether its parts add up to it."""


def both(key: str, **values: object) -> str:
    """Say a text of `words/recompute.toml` in Vietnamese and in English; numbers stay plain."""
    plain = {name: str(value) for name, value in values.items()}
    return " · ".join(Words(language)(f"recompute.{key}", **plain) for language in LANGUAGES)


def written(percent: Decimal) -> str:
    """Write a percentage as this country prints it."""
    return f"{percent:f}".replace(".", ",") + " %"


def in_short(verdicts: Iterable[Judged]) -> Iterator[str]:
    """Count the figures by verdict, and the totals by whether their parts add up."""
    verdicts = tuple(verdicts)
    words = Counter(verdict.word for verdict in verdicts)
    yield both(
        "in_short.figures",
        figures=len(verdicts),
        right=words["right"],
        truncation=words["truncation"],
        wrong=words["wrong"],
        unjudged=words["cannot be judged"],
    )
    sums = Counter(verdict.adds_up for verdict in verdicts)
    if sums[True] + sums[False]:
        yield both("in_short.sums", adding=sums[True], not_adding=sums[False])
