"""The first screen of data quality: one sentence, three numbers, and where to ask again first."""

from collections.abc import Mapping

import pandas as pd

from campaign_lib.analysis.quality.again import households_by_village
from campaign_lib.analysis.quality.trust import (
    ENOUGH_SURVEYED,
    FEW_UNKNOWN,
    HARDLY_SURVEYED,
    MANY_UNKNOWN,
    verdict,
)
from campaign_lib.show.display import Passage, Tile, heading, listing, paragraph, tiles, together
from campaign_lib.show.tables.labels import question_label, rows_of
from campaign_lib.show.tables.quality import part_of
from campaign_lib.stories.data_quality.facts import QuarterFacts
from campaign_lib.words import Words

#: How many villages, enumerators and questions are named.
_NAMED = 3


def first_answer(
    facts: QuarterFacts, enumerators: pd.DataFrame, names: Mapping[str, str], words: Words
) -> Passage:
    """Answer the page's question.

    Args:
        facts: the quarter.
        enumerators: the most unknown answers first (`campaign_lib.analysis.quality.unknowns`).
        names: of the villages, by code.
        words: the reader's language.
    """
    first = _First(facts, names, words)
    return together(
        heading(first.text(f"verdict.{verdict(facts.trust)}"), 2),
        first.numbers(),
        listing(first.grounds()),
        heading(first.text("again_heading"), 2),
        listing(first.where(enumerators)),
        paragraph(first.how_many()),
    )


class _First:
    def __init__(self, facts: QuarterFacts, names: Mapping[str, str], words: Words) -> None:
        self.facts, self.names, self.words = facts, names, words

    def text(self, name: str, /, **values: object) -> str:
        return self.words(f"data_quality.first.{name}", **values)

    def numbers(self) -> Passage:
        """Three numbers: surveyed, unknown, problems."""
        counts, words = self.facts.trust, self.words
        percent = 100 * counts.unknown / counts.asked if counts.asked else None
        unknown = self.text("unknown", counted=part_of(counts.unknown, counts.asked, words))
        return tiles(
            (
                _tile(part_of(counts.surveyed, counts.cohort, words), self.text("surveyed")),
                _tile(words.percent(percent, 1), unknown),
                _tile(words.number(len(self.facts.problems)), self.text("problems")),
            )
        )

    def grounds(self) -> list[str]:
        """Say what stands behind the verdict, as far as the numbers do not."""
        counts = self.facts.trust
        grounds = []
        if counts.cohort > counts.surveyed:
            grounds.append(self.text("no_form", households=counts.cohort - counts.surveyed))
        measured = counts.judged - counts.unmeasured
        if measured:
            name = "hanging" if counts.hanging else "none_hanging"
            values = {"hanging": counts.hanging} if counts.hanging else {}
            grounds.append(self.text(name, measured=measured, **values))
        if counts.unmeasured:
            grounds.append(self.text("unmeasured", count=counts.unmeasured))
        if all(outcome.missing for outcome in self.facts.clashes) or not counts.asked:
            return grounds
        clashing = [outcome for outcome in self.facts.clashes if len(outcome.found)]
        households = pd.concat([pd.Series(dtype="str"), *(o.found["household"] for o in clashing)])
        forms = len(self.facts.forms)
        grounds.append(self.text("clashing", households=households.nunique(), forms=forms))
        return grounds

    def where(self, enumerators: pd.DataFrame) -> list[str]:
        """Name the villages, enumerators and questions to begin with."""
        words = self.words
        villages = [
            self.text("village", name=self.names.get(line.village, line.village),
                      households=line.households)
            for line in rows_of(households_by_village(self.facts.again).head(_NAMED))
        ]  # fmt: skip
        questions = self.facts.answers.by_question()
        asked = [
            self.text("question", question=question_label(line.question, words),
                      unknown=line.unknown)
            for line in rows_of(questions[questions["unknown"] > 0].head(_NAMED))
        ]  # fmt: skip
        told = enumerators[(enumerators["unknown"] > 0) & enumerators["enumerator"].notna()]
        people = [
            self.text("enumerator", name=line.enumerator,
                      unknown=line.unknown, asked=line.asked)
            for line in rows_of(told.head(_NAMED))
        ]  # fmt: skip
        named = {"villages": villages, "enumerators": people, "questions": asked}
        said = [self.text(kind, named="; ".join(each)) for kind, each in named.items() if each]
        return said or [self.text("nowhere")]

    def how_many(self) -> str:
        """Say how many households are on the list at the end."""
        return self.text("how_many", households=self.facts.again["household"].nunique())


def rule(words: Words) -> str:
    """Say the rule behind the first sentence, with its bounds."""
    return words(
        "data_quality.first.rule",
        enough=ENOUGH_SURVEYED,
        few=FEW_UNKNOWN,
        hardly=HARDLY_SURVEYED,
        many=MANY_UNKNOWN,
    )


def _tile(number: str, label: str) -> Tile:
    return Tile(number, label, "no_target")
