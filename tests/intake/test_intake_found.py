"""What the fuzzer found once, read again; and the fuzzer itself for a moment (`make fuzz`)."""

from pathlib import Path
from random import Random

import pytest
from fuzz.cases import FOUND, Case, keep, lay, load, smaller
from fuzz.mutations import injured, packed, unpacked
from fuzz.reading import READ, REFUSED, Outcome, outcome
from fuzz.seeds import seeds, tables
from intake_files import workbook

CASES = sorted(FOUND.glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_was_found_is_mended(tmp_path: Path, path: Path) -> None:
    lay(tmp_path, load(path))
    found = outcome(tmp_path)
    assert not found.failed, found


def test_there_are_cases() -> None:
    assert CASES


@pytest.mark.slow
def test_nothing_is_wrong_with_what_the_fuzzer_begins_with(tmp_path: Path) -> None:
    """Each kind of seed is read; the others of its kind differ by their table only."""
    kinds = {
        (Path(file).suffix, Path(file).parts[0], content[:2]): Case(file, content)
        for file, content in seeds()
    }
    for number, case in enumerate(kinds.values()):
        lay(tmp_path / str(number), case)
        assert outcome(tmp_path / str(number)).what == READ, case.file


def test_the_same_seed_injures_alike_and_others_differ() -> None:
    contents = [content for _, content in seeds()]

    def many(seed: int) -> list[bytes]:
        chance = Random(seed)
        return [injured(file, content, contents, chance) for file, content in seeds()]

    assert many(1) == many(1)
    differing = sum(one != content for one, content in zip(many(1), contents, strict=True))
    assert differing > len(contents) * 0.8
    assert sum(map(bytes.__ne__, many(1), many(2))) > len(contents) * 0.8


@pytest.mark.parametrize("seed", range(12))
def test_injured_files_are_read_or_refused(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    file, content = chance.choice(seeds())
    lay(tmp_path, Case(file, injured(file, content, [content], chance)))
    found = outcome(tmp_path)
    assert found.what in (READ, REFUSED), found


def test_a_failure_is_told_from_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, Case("models.csv", b"model\n"))
    assert outcome(tmp_path).what == REFUSED
    monkeypatch.setattr("fuzz.reading.read_campaign", lambda *_: 1 // 0)
    assert outcome(tmp_path).failed
    assert outcome(tmp_path).what.startswith("ZeroDivisionError in ")


def test_a_case_is_kept_as_it_was(tmp_path: Path) -> None:
    for case in (Case("models.csv", b"a,\x00\xff", "why"), Case("survey/2024Q1.csv", b"x\n", "")):
        assert load(keep(case, tmp_path)) == case


def test_a_case_is_made_smaller_as_long_as_it_fails() -> None:
    text = Case("models.csv", tables()["models.csv"] + b"BAD" + b"x" * 5000)
    assert smaller(text, lambda content: b"BAD" in content).content in (b"BAD", b"BADx", b"xBAD")
    book = Case("models.xlsx", workbook({"A": [["a"] * 30, ["BAD"]]}))
    made = smaller(book, lambda content: b"BAD" in b"".join(unpacked(content).values()))
    assert len(unpacked(made.content)) == 1
    assert len(made.content) < len(book.content) / 4
    untouched = Case("models.xlsx", packed({"a": b"b"}))
    assert smaller(untouched, lambda _: False) == untouched
    assert not Outcome(READ).failed
