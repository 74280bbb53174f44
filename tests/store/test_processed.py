"""What was built, opened again: the names that it knows."""

from datetime import date
from pathlib import Path

import pytest

from campaign_lib.errors import CampaignError
from campaign_lib.store.processed import Processed

TODAY = date(2025, 2, 1)
QUARTERS = ("2021Q4", "2022Q4", "2023Q4", "2024Q1", "2024Q2", "2024Q3", "2024Q4")


@pytest.fixture(scope="session")
def sample(built_sample: Processed) -> Processed:
    return built_sample


def test_where_nothing_was_built_we_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CampaignError) as caught:
        Processed(tmp_path)
    assert str(caught.value) == (f"{tmp_path}: nothing has been built here; run `campaign build`.")


@pytest.mark.parametrize("code", ["2024Q3", "2024q3", " 2024Q3 "])
def test_a_known_quarter(sample: Processed, code: str) -> None:
    assert sample.known_quarter(code) == "2024Q3"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("1999Q3", f"1999Q3 has no survey here; known are {', '.join(QUARTERS)}."),
        ("Q3", "'Q3' is not a quarter: write the year, Q and 1 to 4, such as 2024Q3."),
    ],
)
def test_an_unknown_quarter(sample: Processed, code: str, sentence: str) -> None:
    with pytest.raises(CampaignError) as caught:
        sample.known_quarter(code)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("T1", "T1"),
        ("t1", "T1"),
        ("Thôn 1", "T1"),
        ("THÔN 1", "T1"),
        (" thôn  1 ", "T1"),
        ("Tho\N{COMBINING CIRCUMFLEX ACCENT}n 1", "T1"),  # as some keyboards and macOS write it
        ("commune", "commune"),
        ("Commune", "commune"),
    ],
)
def test_a_known_place(sample: Processed, name: str, place: str) -> None:
    assert sample.known_place(name) == place


@pytest.mark.parametrize("name", ["T9", "Thôn", "", "../T1"])
def test_an_unknown_place(sample: Processed, name: str) -> None:
    with pytest.raises(CampaignError) as caught:
        sample.known_place(name)
    assert str(caught.value) == (
        f"{name!r} is not a village; known are T1, T2, T3, T4, T5, T6, T7, T8 (or commune)."
    )


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("Thon 4", "T4 (Thôn 4)"), ("Thon 1x", "T1 (Thôn 1)"), ("T04", "T4 (Thôn 4)"), ("xa", "")],
)
def test_the_nearest_village_is_offered(sample: Processed, name: str, nearest: str) -> None:
    with pytest.raises(CampaignError) as caught:
        sample.known_place(name)
    asked = f"did you mean {nearest}? Known are T1, T2" if nearest else "known are T1, T2"
    assert str(caught.value).startswith(f"{name!r} is not a village; {asked}")


def test_a_misspelt_quarter_is_answered_with_the_nearest(sample: Processed) -> None:
    with pytest.raises(CampaignError, match=r"2042Q3 has no .*; did you mean 2024Q3\? Known are"):
        sample.known_quarter("2042q3")


def test_quarters_and_villages(sample: Processed) -> None:
    assert sample.quarters == QUARTERS
    assert list(sample.villages) == [f"T{n}" for n in range(1, 9)]
    assert sample.villages["T1"] == "Thôn 1"
    assert sample.is_made_up("2024Q3")
    assert not sample.is_made_up("2025Q1")
