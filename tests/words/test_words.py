"""Words: complete in both languages, written the language's way, and a gap is never silent."""

import math
import re
import subprocess
import sys
import unicodedata
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from campaign_lib.codebook import codebook
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, IDS
from campaign_lib.plan import FORMULAS, TASK_QUARTERS, THRESHOLDS, read_plan
from campaign_lib.plan.targets import RANKS
from campaign_lib.words import LANGUAGES, MISSING, MissingWord, Words, WordsError, read_texts, texts

VI, EN = Words("vi"), Words("en")
NBSP = "\u00a0"
STEPS = {q.__name__ for one in ALL for part in one.parts() for q in part.questions}
PARTS = {part.name for one in ALL for part in one.parts()}


def keys_under(*starts: str) -> set[str]:
    return {key for key in texts() if key.startswith(tuple(f"{start}." for start in starts))}


# --- complete: every code that is shown has its words, and no words are left over ----------------


def test_every_step_has_its_words_and_none_is_left_over() -> None:
    assert len(STEPS) > 20
    wanted = {
        f"indicators.steps.{step}.{what}" for step in STEPS for what in ("label", "why", "caveat")
    }
    assert keys_under("indicators.steps") == wanted


def test_every_indicator_has_its_words_and_none_is_left_over() -> None:
    whats = ("label", "short", "definition", "unit", "next")
    said = keys_under("indicators") - keys_under("indicators.steps")
    assert said == {f"indicators.{id}.{what}" for id in IDS for what in whats}


def test_every_part_has_a_label() -> None:
    assert keys_under("parts") == {f"parts.{part}.label" for part in PARTS}


def test_every_code_has_its_words(root: Path) -> None:
    owners = {task.owner for task in read_plan(root / "data/raw/plans/2024.toml").tasks}
    units = {one.unit for one in ALL}
    wanted = {
        *(f"status.{name}.{what}" for name in STATUSES for what in STATUS_WORDS),
        *(f"unit.{name}.{what}" for name in units for what in ("one", "many")),
        *(f"level.{name}" for name in ("village", "commune")),
        *(f"answer.{name}" for name in ("yes", "no", "unknown")),
        *(f"owner.{name}" for name in owners),
        *(f"task_quarter.{name}" for name in TASK_QUARTERS),
        *(f"formula.{name}.{what}" for name in FORMULAS for what in ("label", "how")),
    }
    assert keys_under("codes") == {f"codes.{key}" for key in wanted}


STATUS_WORDS = ("label", "mark", "meaning")
STATUSES = (*RANKS, "no_target", "hidden")


@pytest.mark.parametrize("language", LANGUAGES)
def test_statuses_differ_without_colour(language: str) -> None:
    words = Words(language)
    for what in STATUS_WORDS:
        said = {words(f"codes.status.{name}.{what}") for name in STATUSES}
        assert len(said) == len(STATUSES) == 6
    assert all(len(words(f"codes.status.{name}.mark")) == 1 for name in STATUSES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_steps_have_the_same_label(language: str) -> None:
    labels = [texts()[f"indicators.steps.{step}.label"].by_language[language] for step in STEPS]
    assert len(set(labels)) == len(labels)


def test_thresholds_are_named_after_the_plans_parameters() -> None:
    steps = keys_under("indicators.steps")
    asked = {key: VI.placeholders(key) for key in steps if VI.placeholders(key)}
    named = {key.split(".")[2]: names for key, names in asked.items() if key.endswith(".label")}
    assert named["income_above_district_mean"] == {"district_mean_income"}
    assert named["has_essential_goods"] == {"essential_goods_needed"}
    assert {key.split(".")[2] for key in asked} == named.keys()
    assert frozenset().union(*named.values()) == set(THRESHOLDS)
    assert frozenset().union(*asked.values()) == set(THRESHOLDS)


def test_only_what_to_do_next_names_a_number_and_it_is_the_shortfall() -> None:
    for key in keys_under("indicators", "parts", "codes") - keys_under("indicators.steps"):
        wanted = {"shortfall"} if key.endswith(".next") else set()
        assert VI.placeholders(key) == wanted, key


def test_thresholds_of_the_plan_stand_in_the_sentence(root: Path) -> None:
    plan = read_plan(root / "data/raw/plans/2024.toml").parameters
    mean, goods = plan["district_mean_income"], plan["essential_goods_needed"]
    key = "indicators.steps.income_above_district_mean.label"
    assert mean == 1850
    assert VI(key, district_mean_income=mean) == "Thu nhập trên 1.850 nghìn đồng/người/tháng"
    assert "above 1,850 thousand" in EN(key, district_mean_income=mean)
    assert f" {goods} " in VI(
        "indicators.steps.has_essential_goods.label", essential_goods_needed=goods
    )


# --- agreed: what a report says can be copied into a raw file ------------------------------------


def test_the_codebook_has_every_indicator_in_the_order_of_the_plan() -> None:
    column = codebook().tables["allocation"].column("indicator")
    assert tuple(answer.code for answer in column.answers) == IDS


def test_answers_are_those_of_the_codebook() -> None:
    for answer in codebook().tables["survey"].column("informed").answers:
        key = f"codes.answer.{answer.code}"
        assert (VI(key), EN(key)) == (answer.vi, answer.en)
    assert VI("codes.answer.unknown").lower() in codebook().unknown


def test_the_unit_of_an_indicator_is_the_unit_it_counts() -> None:
    for one in ALL:
        for words in (VI, EN):
            assert words(f"indicators.{one.id}.unit") == words(f"codes.unit.{one.unit}.many")


def test_nothing_is_said_as_one_speaks() -> None:
    """What is sent up is written; these have been there."""
    spoken = ("chưa ngã ngũ", "thôn cần đến trước", "không rõ vì sao", "chưa có thì")
    said = {key: text.by_language["vi"].casefold() for key, text in texts().items()}
    assert [key for key, text in said.items() if any(one in text for one in spoken)] == []


def test_every_text_is_one_clean_line() -> None:
    for key, text in texts().items():
        for said in text.by_language.values():
            assert unicodedata.is_normalized("NFC", said), f"{key}: accents in two pieces"
            assert said == said.strip(), f"{key}: space at an end"
            assert "  " not in said, f"{key}: two spaces"
            assert "\n" not in said, f"{key}: more than one line"


#: hòa and tùy, as official papers of the commune write them; hoà and tùy are the newer spelling.
NEWER_SPELLING = re.compile(r"(?<!q)(?:u[ỳýỷỹỵ]|o[àáảãạèéẻẽẹ])(?!\w)", re.IGNORECASE)


def test_accents_stand_on_the_same_letter_everywhere() -> None:
    for key, text in texts().items():
        assert not NEWER_SPELLING.search(text.by_language["vi"]), key


# --- numbers, dates, quarters, lists -------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (0, 0, "0", "0"),
        (1234.5, 1, "1.234,5", "1,234.5"),
        (1234567, 0, "1.234.567", "1,234,567"),
        (np.int64(1850), 0, "1.850", "1,850"),
        (np.float64(5.12), 2, "5,12", "5.12"),
        (7, 2, "7,00", "7.00"),
        (2.5, 0, "3", "3"),
        (-2.5, 0, "−3", "−3"),
        (-0.001, 2, "0,00", "0.00"),
        (Fraction(1, 8), 2, "0,13", "0.13"),
    ],
)
def test_numbers(value: object, decimals: int, vi: str, en: str) -> None:
    assert (VI.number(value, decimals), EN.number(value, decimals)) == (vi, en)


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (77.17, "77,17", "77.17"),
        (Decimal("77.17"), "77,17", "77.17"),
        (100, "100,00", "100.00"),
        (25.2, "25,20", "25.20"),
        # A float of 1.005 lies a little below it; what it shows is what is rounded.
        (1.005, "1,01", "1.01"),
        (Decimal("30.705"), "30,71", "30.71"),
        (-5.125, "−5,13", "−5.13"),
    ],
)
def test_percentages_show_two_decimals_and_an_unbroken_sign(
    value: object, vi: str, en: str
) -> None:
    assert (VI.percent(value), EN.percent(value)) == (f"{vi}{NBSP}%", f"{en}{NBSP}%")


def test_percentages_with_other_decimals() -> None:
    assert VI.percent(12.34, 1) == f"12,3{NBSP}%"
    assert EN.percent(12.5, 0) == f"13{NBSP}%"


def test_every_hundredth_of_a_percent_is_printed_as_it_is() -> None:
    for value in range(10001):
        plain = f"{value // 100},{value % 100:02d}{NBSP}%"
        assert VI.percent(value / 100) == plain


def test_money() -> None:
    assert (VI.money(1234.5), EN.money(1234.5)) == ("1.234,5 triệu đồng", "1,234.5 million đồng")
    assert VI.money(0.1 + 0.2) == "0,3 triệu đồng"
    assert VI.money(12) == "12 triệu đồng"


@pytest.mark.parametrize("day", [date(2023, 12, 1), pd.Timestamp("2023-12-01 00:00")])
def test_dates(day: date) -> None:
    assert (VI.date(day), EN.date(day)) == ("01/12/2023", "1 December 2023")


def test_quarters() -> None:
    assert [VI.quarter(f"2024Q{n}") for n in (1, 2, 3, 4)] == [
        "quý I năm 2024", "quý II năm 2024", "quý III năm 2024", "quý IV năm 2024",
    ]  # fmt: skip
    assert [EN.quarter(f"2024Q{n}").split()[0] for n in (1, 2, 3, 4)] == [
        "first", "second", "third", "fourth",
    ]  # fmt: skip
    assert EN.quarter("2024Q3") == "third quarter of 2024"
    assert (VI.quarter_short("2024Q3"), EN.quarter_short("2024Q3")) == ("III/2024", "Q3 2024")


def test_lists() -> None:
    assert (VI.listed(["a", "b", "c"]), EN.listed("abc")) == ("a, b và c", "a, b and c")
    assert (VI.listed(["a", "b"]), EN.listed(["a"]), EN.listed(iter([]))) == ("a và b", "a", "")


@pytest.mark.parametrize("value", [None, math.nan, np.nan, pd.NA, pd.NaT, Decimal("NaN")])
def test_missing_is_a_dash_everywhere(value: object) -> None:
    words = Words("en")
    assert words.number(value) == words.percent(value) == words.money(value) == MISSING == "–"
    assert words.date(value) == MISSING  # type: ignore[arg-type]
    assert words("formats.money", number=value) == "– million đồng"


def test_values_in_a_text_are_written_the_languages_way() -> None:
    key = "indicators.changed_mindset.next"
    assert "1.234 hộ" in VI(key, shortfall=1234)
    assert ": 1,234;" in EN(key, shortfall=np.int64(1234))
    assert ": 2.5;" in EN(key, shortfall=2.5)
    assert ": 31 December 2023;" in EN(key, shortfall=date(2023, 12, 31))
    assert ": {x} 1234;" in EN(key, shortfall="{x} 1234")
    assert EN("formats.quarter.q1", year=2024) == "first quarter of 2024"


# --- faults of ours, and the one of a user -------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    ["indicators.steps.no_such_step.label", "indicators.steps", "indicators.steps.takes_part", ""],
)
def test_a_missing_key_is_an_error(key: str) -> None:
    assert not VI.has(key)
    for ask in (VI, VI.placeholders):
        with pytest.raises(MissingWord, match="no text under"):
            ask(key)


def test_has() -> None:
    assert VI.has("indicators.steps.takes_part.label")


def test_a_value_too_few_or_too_many_is_an_error() -> None:
    with pytest.raises(MissingWord, match=r"needs the values \(shortfall\), and was given \(\)"):
        VI("indicators.informed.next")
    with pytest.raises(MissingWord, match=r"was given \(shortfall\)"):
        VI("indicators.informed.label", shortfall=3)
    assert issubclass(MissingWord, LookupError)


def test_values_that_no_language_can_write() -> None:
    with pytest.raises(TypeError, match="shortfall is True"):
        VI("indicators.informed.next", shortfall=True)
    with pytest.raises(TypeError, match="not a number"):
        VI.number("12")
    with pytest.raises(ValueError, match="2024-3"):
        VI.quarter("2024-3")


@pytest.mark.parametrize("language", ["fr", "VI", ""])
def test_another_language_is_a_users_mistake(language: str) -> None:
    with pytest.raises(CampaignError, match="vi or en"):
        Words(language)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('a.vi = "x"', r"sample\.toml: sample\.a has vi; a text has exactly vi, en"),
        ('[t.a]\nvi = "x"\nen = "x"\nfr = "x"', r"sample\.toml: sample\.t\.a has en, fr, vi"),
        ('a.vi = "x"\na.en = " "', r"sample\.toml: sample\.a\.en is empty"),
        ('a.vi = "x"\na.en = 3', r"sample\.toml: sample\.a\.en is empty or no text"),
        ('a.vi = "{n} x"\na.en = "x"', r"sample\.toml: sample\.a has .* one language only: n"),
        ('a.vi = "{n}"\na.en = "{m}"', r"one language only: m, n"),
        ('a.vi = "{n:d}"\na.en = "{n:d}"', r"sample\.a\.vi has a placeholder that is no plain"),
        ('a.vi = "{}"\na.en = "{}"', r"sample\.a\.vi has a placeholder that is no plain name"),
        ('a.vi = "{"\na.en = "x"', r"sample\.a\.vi has a stray brace"),
        ('a = "x"', r"sample\.toml: sample\.a stands in no language"),
        ('"a.b".vi = "x"\n"a.b".en = "x"', r"a name with a dot in it"),
        ('a.vi = ', r"sample\.toml: not a readable TOML file"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_named_with_its_key(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "sample.toml").write_text(content, encoding="utf-8")
    with pytest.raises(WordsError, match=why):
        read_texts(tmp_path)


def test_every_file_of_a_folder_is_read_under_its_stem(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('a.vi = "{n} à"\na.en = "{n} a"', encoding="utf-8")
    (tmp_path / "two.toml").write_text('[b.c]\nd.vi = "x"\nd.en = "y"', encoding="utf-8")
    found = read_texts(tmp_path)
    assert found.keys() == {"one.a", "two.b.c.d"}
    assert found["one.a"].by_language == {"vi": "{n} à", "en": "{n} a"}
    assert found["one.a"].placeholders == {"n"}


def test_both_languages_stand_on_neighbouring_lines(root: Path) -> None:
    for path in sorted((root / "campaign_lib/words").glob("*.toml")):
        lines = [line for line in path.read_text("utf-8").splitlines() if " = " in line]
        lines = [line for line in lines if not line.startswith("#")]
        names = [line.split(" = ")[0].strip() for line in lines]
        for first, second in zip(names[::2], names[1::2], strict=True):
            assert (first[-2:], second[-2:]) == LANGUAGES, f"{path.name}: {first}"
            assert first[:-2] == second[:-2], f"{path.name}: {first}"


def test_words_can_be_had_without_pandas() -> None:
    code = "import sys, campaign_lib.words; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
