"""What unknown answers leave open, against every way in which they could turn out."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_results import results_of

from campaign_lib.analysis.intervals import exact
from campaign_lib.analysis.leeway import (
    ALL_UNKNOWN,
    MAY_FALL,
    MAY_RISE,
    NOT_JUDGED,
    SAME,
    TOO_MANY,
    VERDICTS,
    WOULD_BE_MET,
    WOULD_BE_ON_TRACK,
    Leeway,
    leeway,
)
from campaign_lib.plan.targets import Fall, judge_fall
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.show.tables.results import Aims, leeway_table, left_open, sentences, verdict_text
from campaign_lib.words import LANGUAGES, Words

QUARTER = "2024Q3"
DUE = Fraction(3, 4)
AIMS = Aims({}, "points", (Fraction(1, 4), Fraction(1, 2), DUE, Fraction(1)))
RANKS = ("behind", "on_track", "met")


def judged(indicator: str, formula: str = "points", **counts: int) -> Any:
    """Judge one commune's counts; gives its line of results."""
    of_places = {name: [count] for name, count in counts.items()}
    lines = results_of({(QUARTER, indicator): of_places}, formula=formula)
    return next(rows_of(lines[lines["level"] == "commune"]))


def share(numerator: int, unknown: int, base: int, indicator: str = "changed_mindset") -> Any:
    return judged(indicator, numerator=numerator, unknown=unknown, denominator=base)


def fall(before: tuple[int, int, int], later: tuple[int, int, int], formula: str = "points") -> Any:
    """Judge poverty on two dates; each is poor, with a status, without one."""
    names = ("numerator", "denominator", "unknown")
    counts = {f"baseline_{name}": count for name, count in zip(names, before, strict=True)}
    counts |= dict(zip(names, later, strict=True))
    return judged("poverty_reduction", formula, **counts)


def found(line: Any, formula: str = "points", due: Fraction | None = DUE) -> Leeway:
    result = leeway(line, formula, due)
    assert result is not None
    return result


# --- shares ---------------------------------------------------------------------------------------


def test_where_everyone_was_asked_nothing_is_left_open() -> None:
    assert leeway(share(98, 0, 127), "points", DUE) is None
    assert leeway(fall((20, 80, 0), (15, 80, 0)), "points", DUE) is None


def test_worked_by_hand() -> None:
    """98 of 127 meet the target; 4 are unknown, and the path of the third quarter is 74."""
    met = found(share(98, 4, 127))
    assert (met.verdict, met.needed) == (SAME, None)
    assert (met.low, met.high) == (Fraction(9800, 127), Fraction(10200, 127))
    assert met.interval == exact(98, 123, 127)
    assert (found(share(96, 4, 127)).verdict, found(share(96, 4, 127)).needed) == (WOULD_BE_MET, 2)
    late = found(share(71, 4, 127))
    assert (late.verdict, late.needed) == (WOULD_BE_ON_TRACK, 3)
    assert found(share(40, 4, 127)).verdict == SAME


def test_all_unknown_says_nothing_and_a_missing_question_is_no_unknown_answer() -> None:
    assert found(share(0, 9, 9)) == Leeway(9, 9, verdict=ALL_UNKNOWN)
    counts = {(QUARTER, "informed"): {"numerator": [0], "unknown": [9], "denominator": [9]}}
    lines = results_of(counts, unasked=[(QUARTER, "informed")])
    assert all(leeway(line, "points", DUE) is None for line in rows_of(lines))


def test_a_year_without_a_target_has_ends_and_no_verdict() -> None:
    counts = {(QUARTER, "informed"): {"numerator": [5], "unknown": [2], "denominator": [9]}}
    line = next(rows_of(results_of(counts, targets={})))
    one = found(line, due=None)
    assert (one.verdict, one.low, one.high) == (NOT_JUDGED, Fraction(500, 9), Fraction(700, 9))


@given(st.integers(1, 140), st.data())
def test_a_share_against_every_way_the_unknown_could_turn_out(base: int, data: Any) -> None:
    unknown = data.draw(st.integers(1, base))
    numerator = data.draw(st.integers(0, base - unknown))
    line = share(numerator, unknown, base)
    one = found(line)
    if unknown == base:
        assert one.verdict == ALL_UNKNOWN
        return
    due, wanted = line.path_count, line.target_count
    counts = range(numerator, numerator + unknown + 1)
    ways = ["met" if n >= wanted else "on_track" if n >= due else "behind" for n in counts]
    assert ways[0] == line.status
    assert (one.verdict == SAME) == (len(set(ways)) == 1)
    if one.verdict in (WOULD_BE_MET, WOULD_BE_ON_TRACK):
        better = one.verdict.removeprefix("would_be_")
        assert ways[-1] == better
        assert ways.index(better) == one.needed
    assert one.hangs == (line.certain == "no")
    assert (one.low, one.high) == tuple(
        Fraction(100 * count, base) for count in (numerator, numerator + unknown)
    )
    if one.interval is not None:  # then it says more than the two ends
        inside = one.interval.low > numerator / base, one.interval.high < counts[-1] / base
        assert any(inside)


def test_an_interval_that_is_no_narrower_than_the_certain_ends_is_not_said() -> None:
    """17 yes of 17 known among 18: one household unseen, and nothing speaks against its no."""
    one = found(share(17, 1, 18))
    assert (one.low, one.high, one.interval) == (Fraction(1700, 18), Fraction(100), None)
    words = Words("en")
    said = sentences(share(17, 1, 18), one, AIMS, words)
    assert len(said) == 1
    assert "95 %" not in said[0]


# --- poverty --------------------------------------------------------------------------------------


def ways_of_fall(
    before: tuple[int, int, int], later: tuple[int, int, int], formula: str
) -> Iterator[tuple[int, str]]:
    """Judge every way in which those without a status could turn out: the fall, the verdict."""
    nobody = np.zeros(1, np.int64)
    for poor_before, poor_later in product(range(before[2] + 1), range(later[2] + 1)):
        counts = (before[0] + poor_before, before[1] + before[2])
        counts = (*counts, later[0] + poor_later, later[1] + later[2])
        numbers = [*(np.array([count], np.int64) for count in counts), nobody, nobody]
        way = Fall(*numbers)
        yield int(way.reduction(formula)[0]), judge_fall(way, formula, 512, DUE).status


@pytest.mark.parametrize("formula", ["points", "relative"])
def test_poverty_against_every_way_the_unknown_could_turn_out(formula: str) -> None:
    chance = np.random.default_rng(512)
    seen = set()
    for _ in range(40):
        size = int(chance.integers(20, 120))
        poor = int(chance.integers(1, size // 2))
        before = (poor, size, int(chance.integers(0, 4)))
        later = (int(chance.integers(max(poor - 9, 0), poor + 1)), size, int(chance.integers(0, 4)))
        if not before[2] + later[2]:
            continue
        line = fall(before, later, formula)
        one = found(line, formula)
        ways = list(ways_of_fall(before, later, formula))
        falls = [hundredths for hundredths, _ in ways]
        assert one.low is not None
        assert one.high is not None
        assert (one.low * 100, one.high * 100) == (min(falls), max(falls))
        statuses = {status for _, status in ways} | {line.status}
        assert (one.verdict == SAME) == (len(statuses) == 1)
        best = max(statuses, key=RANKS.index)
        if one.verdict in (WOULD_BE_MET, WOULD_BE_ON_TRACK):
            assert best == one.verdict.removeprefix("would_be_")
            assert best != line.status
        assert (one.verdict == MAY_FALL) == (best == line.status and len(statuses) > 1)
        assert one.interval is None
        seen.add(one.verdict)
    assert seen >= {SAME, WOULD_BE_MET, MAY_FALL}


def test_the_third_formula_has_no_ends() -> None:
    line = fall((20, 80, 0), (18, 80, 3), "escaped")
    one = found(line, "escaped")
    assert (one.low, one.high) == (None, None)
    assert one.verdict == (MAY_RISE if line.certain == "no" else NOT_JUDGED)


def test_with_too_many_unknown_nothing_is_worked_out() -> None:
    """6 of 24 households without a status are a quarter; 7 of 25 are more, on either date."""
    assert found(fall((8, 24, 0), (6, 18, 6))).verdict != TOO_MANY
    for base, *counts in ((25, (8, 24, 0), (6, 18, 7)), (24, (8, 18, 7), (6, 24, 0))):
        line = fall(*counts)
        assert (line.status, line.certain) == ("unmeasured", "yes")
        assert pd.isna(line.percent) and pd.isna(line.target_count)
        assert found(line) == Leeway(7, base, verdict=TOO_MANY)


# --- in words -------------------------------------------------------------------------------------


LINES = {
    (SAME, "met"): share(98, 4, 127),
    (SAME, "on_track"): share(80, 4, 127),
    (SAME, "behind"): share(40, 4, 127),
    (WOULD_BE_MET, "some"): share(96, 4, 127),
    (WOULD_BE_MET, "all"): share(94, 4, 127),
    (WOULD_BE_ON_TRACK, "some"): share(71, 4, 127),
    (WOULD_BE_ON_TRACK, "all"): share(70, 4, 127),
    (ALL_UNKNOWN, ""): share(0, 9, 9),
    (MAY_FALL, ""): fall((127, 531, 1), (100, 533, 0)),
    (WOULD_BE_MET, "fall"): fall((20, 80, 0), (16, 80, 4)),
    (TOO_MANY, ""): fall((62, 62, 178), (50, 62, 178)),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_has_a_sentence_of_its_own(language: str) -> None:
    words, said = Words(language), {}
    for (verdict, which), line in LINES.items():
        one = left_open(line, AIMS)
        assert one is not None
        assert one.verdict == verdict, which
        said[verdict, which] = verdict_text(line, one, words)
    assert len(set(said.values())) == len(said)
    undecided = {"vi": "hưa đủ cơ sở kết luận", "en": "ot decided"}[language]
    for (verdict, _), text in said.items():
        assert (undecided in text) == (
            Leeway(1, 1, verdict=verdict).hangs and verdict != ALL_UNKNOWN
        )
    assert {verdict for verdict, _ in said} | {NOT_JUDGED, MAY_RISE} == set(VERDICTS)


def test_the_certain_is_said_before_the_assumption() -> None:
    line = LINES[SAME, "met"]
    ends, random = sentences(line, left_open(line, AIMS), AIMS, Words("vi"))
    assert ends.startswith("4 hộ chưa rõ: tỷ lệ thật nằm giữa 77,17\u00a0% ")
    assert "80,31\u00a0%" in ends
    assert random.startswith("Nếu những hộ chưa rõ cũng giống 123 hộ đã rõ ")
    line = LINES[MAY_FALL, ""]
    (poor,) = sentences(line, left_open(line, AIMS), AIMS, Words("vi"))
    assert "5,11 điểm %" in poor
    assert "5,30 điểm %" in poor


def test_a_place_where_all_is_known_has_no_table() -> None:
    line = share(98, 0, 127)
    lines = pd.DataFrame([line._asdict()])
    assert leeway_table(lines, AIMS, Words("vi")).html == ""
    lines = pd.DataFrame([line._asdict(), LINES[SAME, "met"]._asdict()])
    html = leeway_table(lines, AIMS, Words("vi"))._repr_html_()
    assert html.count("<tr>") == 2
    assert f"{QUARTER}/commune/changed_mindset" in html
