"""docs/security.md keeps its word: each answer has a test, and no code runs what it is given."""

import ast
import re
from pathlib import Path

import pytest
from advisories import judge

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
#: Calls that run a text, or make objects of bytes that somebody else may have written.
_RUNS_TEXT = {
    *("eval", "exec", "compile", "__import__"),
    *("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"),
    *("pickle.load", "pickle.loads", "marshal.loads", "yaml.load", "yaml.unsafe_load"),
    *("pandas.read_pickle", "pd.read_pickle", "pandas.eval", "pd.eval", "tempfile.mktemp"),
}


def rows() -> list[list[str]]:
    """Give the cells of each threat's row."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if not row[0].startswith("mối nguy")]


def risky_calls(source: str) -> list[str]:
    """List calls that run a text: by name, with a shell, or with a command in one text."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        shell = any(k.arg == "shell" and ast.unparse(k.value) != "False" for k in node.keywords)
        if name in _RUNS_TEXT or shell:
            found.append(f"line {node.lineno}: {name}")
    return found


def test_every_threat_has_an_answer_and_a_test_that_exists() -> None:
    assert len(rows()) >= 15
    for threat, answer, tests in rows():
        assert threat and answer
        named = TEST.findall(tests)
        assert named, f"no test is named: {threat}"
        for file, name in named:
            source = (ROOT / file).read_text(encoding="utf-8")
            assert re.search(rf"^\s*def {name}\(", source, re.M), f"{file}::{name}"


FILES = sorted((ROOT / "campaign_lib").rglob("*.py"))


def test_the_library_runs_no_text() -> None:
    found = {file.name: risky_calls(file.read_text(encoding="utf-8")) for file in FILES}
    assert {name: calls for name, calls in found.items() if calls} == {}


@pytest.mark.parametrize(
    ("source", "risky"),
    [
        ("eval(cell)", True),
        ("import os\nos.system(name)", True),
        ("subprocess.run(command, shell=True)", True),
        ("subprocess.run(command, shell=False)", False),
        ("pickle.loads(content)", True),
        ("re.compile(pattern)", False),
        ("connection.execute(sql)", False),
    ],
)
def test_the_rule_itself(source: str, risky: bool) -> None:
    assert bool(risky_calls(source)) is risky


def test_a_known_hole_is_named_and_an_unasked_package_is_no_hole() -> None:
    hole = {"id": "X-1", "fix_versions": ["1.1"]}
    fine = {"name": "b", "version": "2", "vulns": []}
    unasked = {"name": "c", "skip_reason": "not found"}
    bad = judge([{"name": "a", "version": "1.0", "vulns": [hole]}, fine, unasked])
    assert bad.holes
    assert bad.sentences[0] == "a 1.0: X-1; mended in 1.1"
    assert "2 of 3" in bad.sentences[-1]
    assert not judge([fine, unasked]).holes
    nothing = judge([unasked])
    assert not nothing.holes
    assert "nothing is known" in nothing.sentences[0]
