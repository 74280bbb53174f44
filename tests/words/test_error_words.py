"""Errors in words: every sentence that is raised has its Vietnamese, and no text is left over."""

import ast
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from made_notebooks import notebook

from campaign_lib import cli
from campaign_lib.base.files import write_text
from campaign_lib.base.quarters import Quarter
from campaign_lib.cli.making import quarters_of
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import find
from campaign_lib.intake import read_campaign
from campaign_lib.intake.problem_list import told as problem_told
from campaign_lib.intake.sources import read_sheet, tables_in
from campaign_lib.intake.sources.old_workbook import COMPOUND
from campaign_lib.pipeline import engine
from campaign_lib.pipeline.engine import NotebookFailed
from campaign_lib.pipeline.notebooks import find_notebook
from campaign_lib.pipeline.opening import parameters_of
from campaign_lib.pipeline.reports import Report, make
from campaign_lib.plan import read_plan
from campaign_lib.recount import recount
from campaign_lib.recount.recompute import recompute
from campaign_lib.store.processed import Processed
from campaign_lib.words import MissingWord, Words, texts
from campaign_lib.words.found import bilingual, told, vietnamese_of
from campaign_sample import write_sample

LIBRARY = Path(__file__).resolve().parents[2] / "campaign_lib"
ERROR = "CampaignError"
HOLE = "{}"
Function = ast.FunctionDef | ast.AsyncFunctionDef


# --- what the code says, read off its source -----------------------------------------------------


def spoken(node: ast.expr, local: dict[str, ast.expr]) -> set[str]:
    """Give every wording that an expression can have, values as holes.

    A local name counts as what it was set to, so that parts of a sentence that are put into a
    variable first belong to the sentence.
    """
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.JoinedStr(values=parts):
            return {"".join(way) for way in itertools.product(*(spoken(p, local) for p in parts))}
        case ast.FormattedValue(value=value) if not isinstance(value, ast.Constant):
            return spoken(value, local)
        case ast.IfExp(body=one, orelse=other):
            return spoken(one, local) | spoken(other, local)
        case ast.BoolOp(values=ways):
            return set().union(*(spoken(way, local) for way in ways))
        case ast.Name(id=name) if name in local:
            return spoken(local[name], {key: local[key] for key in local.keys() - {name}})
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(between)), attr="join")):
            return {HOLE if between == ", " else f"{HOLE}{between}{HOLE}"}
    return {HOLE}


def set_in(function: Function) -> dict[str, ast.expr]:
    """Give what a function's names are set to, if it is words."""
    return {
        node.targets[0].id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.JoinedStr | ast.IfExp | ast.Constant)
    }


def calls(tree: ast.AST, name: str) -> Iterator[tuple[ast.Call, dict[str, ast.expr]]]:
    """Give each call of a function or method, with the names of the function it stands in."""
    for function in ast.walk(tree):
        if isinstance(function, Function):
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    called = node.func
                    if name == getattr(called, "attr", getattr(called, "id", "")):
                        yield node, set_in(function)


def raised(source: str) -> set[str]:
    """List the sentences that a module raises; pure holes pass on what another one says."""
    tree = ast.parse(source)
    found = set()
    for call, local in calls(tree, ERROR):
        found |= spoken(call.args[0], local)
    for call, local in calls(tree, "wrong"):  # the plan's reader: it puts file and key before
        found |= {f"{HOLE}: {HOLE} {why}." for why in spoken(call.args[1], local)}
    return {closed(sentence) for sentence in found} - {HOLE, f"{HOLE}: {HOLE} {HOLE}."}


def closed(sentence: str) -> str:
    """Make placeholders holes, and neighbouring holes one."""
    return re.sub(r"(\{\})+", HOLE, re.sub(r"\{\w+\}", HOLE, sentence))


SOURCES = {
    path: path.read_text(encoding="utf-8")
    for folder in (LIBRARY, LIBRARY.with_name("campaign_sample"))
    for path in sorted(folder.rglob("*.py"))
}
SAID = {
    sentence: path.relative_to(LIBRARY.parent).as_posix()
    for path, source in SOURCES.items()
    for sentence in raised(source)
}
#: What the console says of errors that are none of the library's own.
CONSOLE = "errors.file.system"


def english_of(start: str, *but: str) -> dict[str, str]:
    """Give the English of the errors' texts below `start`, closed, by key."""
    return {
        key: closed(text.by_language["en"])
        for key, text in texts().items()
        if key.startswith(start) and not key.startswith(but)
    }


@pytest.mark.parametrize(
    "sentence", sorted(SAID), ids=lambda sentence: f"{SAID[sentence]}: {sentence}"
)
def test_every_error_has_its_vietnamese_letter_by_letter(sentence: str) -> None:
    assert sentence in english_of("errors.", "errors.piece.", "errors.usage.").values()
    count = itertools.count(1)
    filled = re.sub(r"\{\}", lambda _: f"‹{next(count)}›", sentence)
    said = vietnamese_of(filled, "errors")
    for value in re.findall(r"‹\d+›", filled):
        assert value in said


def test_no_text_of_an_error_is_left_over() -> None:
    known = english_of("errors.", "errors.piece.", "errors.usage.", CONSOLE)
    assert len(SAID) > 50
    assert {key for key, english in known.items() if english not in SAID} == set()


def test_what_a_plan_must_hold_has_its_words() -> None:
    tree = ast.parse(SOURCES[LIBRARY / "plan/__init__.py"])
    wanted = {
        call.args[3].value
        for call, _ in calls(tree, "typed")
        if isinstance(call.args[3], ast.Constant)
    }
    assert wanted == set(english_of("errors.piece.what.").values())


# --- the rule itself -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise CampaignError('No.')", {"No."}),
        ("raise CampaignError(f'{a}{b!r}: no {c:>3}.')", {"{}: no {}."}),
        ("raise CampaignError(f'one '\n f'{a}')", {"one {}"}),
        ("x = 'red' if a else f'as {b}'\n raise CampaignError(f'is {x}')", {"is red", "is as {}"}),
        ("raise CampaignError(f'{a or \"none\"}!')", {"{}!", "none!"}),
        ("raise CampaignError(f\"{', '.join(a)} {' or '.join(b)}\")", {"{} {} or {}"}),
        ("raise self.wrong(f'{a}.b', f'is {c}')", {"{}: {} is {}."}),
        ("raise CampaignError(error.value)", set()),
        ("raise ValueError('No.')", set()),
    ],
)
def test_what_is_read_off_a_source(body: str, said: set[str]) -> None:
    assert raised(f"def f():\n {body}\n") == said


def test_a_sentence_without_vietnamese_is_said_in_english() -> None:
    with pytest.raises(MissingWord, match=r"errors\.toml has no Vietnamese for: Never said\."):
        vietnamese_of("Never said.", "errors")
    assert (
        told("Never said.", "errors", "vi") == bilingual("Never said.", "errors") == "Never said."
    )


def test_values_are_kept_whatever_signs_they_have() -> None:
    value = "{a} is not {b}; known are x\n(or y)"
    english = f"{value!r} is not an indicator; known are informed."
    assert value.replace("\n", "\\n") in vietnamese_of(english, "errors")


def test_problems_are_told_by_language() -> None:
    known = "yes (Có), no (Không)"
    english = f"not an answer to this column; known are {known} (question has_tv)"
    said = f"không phải câu trả lời của cột này; chỉ nhận {known} (câu hỏi has_tv)"
    assert (problem_told(english, "vi"), problem_told(english, "en")) == (said, english)


def test_the_columns_of_a_key_are_listed_in_vietnamese() -> None:
    english = "several rows with this village and quarter and purpose that differ; leave only"
    said = problem_told(f"{english} the right one", "vi")
    assert said.startswith("nhiều dòng cùng Thôn (village) và Quý (quarter) và Mục đích (")


def test_a_day_in_a_problem_is_written_the_languages_way() -> None:
    english = "no poverty status on the baseline date 2023-12-31"
    assert problem_told(english, "vi").endswith(" ngày mốc 31/12/2023")


# --- real errors ---------------------------------------------------------------------------------

#: English words that a Vietnamese sentence cannot have; names of files and columns may.
ENGLISH = re.compile(
    r"\b(the|is|are|not|no|of|or|and|must|cannot|known|write|such|as|keep|there|ask|has|have|it|"
    r"found|missing|invalid|expected|error|value|option|argument|end|at|line|column|number|one|"
    r"directory|permission|denied|byte is)\b",
    re.IGNORECASE,
)
TODAY = date(2025, 2, 1)


def plan(content: str) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        (folder / "2024.toml").write_text(content, encoding="utf-8")
        return read_plan(folder / "2024.toml")

    return read


def sheet(name: str, content: bytes) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        (folder / name).write_bytes(content)
        return recompute(folder / name) if name.startswith("figures") else read_table(folder, name)

    return read


def read_table(folder: Path, name: str) -> object:
    sheets = read_sheet(folder / name, name)
    return list(sheets.rows)


def twice(folder: Path) -> object:
    for name in ("households.csv", "households.xlsx"):
        (folder / name).touch()
    return tables_in(folder)


def over_a_folder(folder: Path) -> None:
    (folder / "đã có").mkdir()
    write_text(folder / "đã có", "x")


def below_a_file(folder: Path) -> None:
    (folder / "file").touch()
    write_text(folder / "file" / "x", "x")


def sample(*asked: object) -> Callable[[Path], object]:
    return lambda folder: write_sample(folder, *asked)  # type: ignore[arg-type]


Provoked = tuple[Callable[[Path], object], str]
REAL: Iterable[Provoked] = [
    (plan("year = \n2024"), "2024.toml: không đọc được như tệp TOML (giá trị không đúng cách"),
    (plan("year 2024"), "(thiếu dấu = sau tên khóa, ở dòng 1, cột 6)"),
    (plan('year = 2024\ncommune = "x'), "chưa đóng bằng dấu ngoặc kép, ở cuối tệp"),
    (plan("year = 2024\nyear = 2024"), "khóa này đã có giá trị ở trên, ở "),
    (plan(""), "2024.toml: thiếu year, phải là một năm, ví dụ 2024."),
    (plan("year = '2024'"), "year phải là một năm, ví dụ 2024."),
    (plan("year = 2023"), "year là 2023, nhưng tên tệp ghi 2024; hãy đổi tên tệp"),
    (plan("year = 2024\nfolk = 1"), "kế hoạch không có mục folk; các mục có là baseline, "),
    (plan("year = 2024\ntargets = 1"), "targets phải là một mục có các khóa bên dưới."),
    (plan("year = 2024\n[targets.informed]\nat_least = 77"), "informed.at_least là 77; hãy ghi số"),
    (plan("year = 2024\n[targets.informed]\nat_least = '7.123'"), "chỉ in đến 2 chữ số thập phân"),
    (plan("year = 2024\n[[tasks]]\nid = 1"), "2024.toml: nhiệm vụ 1 phải có đủ id, quarter, "),
    (sheet("x.csv", b""), "x.csv: tệp trống; dòng đầu phải là các tiêu đề cột."),
    (sheet("x.csv", b"\xef\xbb\xbfa\n\xff"), "không phải UTF-8; hãy lưu tệp thành CSV UTF-8"),
    (sheet("x.csv", b'a,b\n"1,2'), "không tách được dòng 2 thành các ô (tệp hết mà dấu ngoặc kép"),
    (sheet("x.xlsx", b"PK"), "không phải tệp Excel, dù tên tệp ghi như vậy"),
    (sheet("x.xls", COMPOUND), "không đọc được như tệp Excel (không nhận ra dạng tệp)"),
    (sheet("figures.csv", b"place,numerator\n1,2"), "không có cột denominator; tiêu đề của cột"),
    (twice, "Có cả households.csv và households.xlsx trong "),
    (lambda folder: read_sheet(folder / "y.csv", "y.csv"), "(không có tệp hay thư mục này)."),
    (lambda folder: read_campaign(folder / "raw", TODAY), "không có thư mục này; --data là"),
    (lambda folder: read_campaign(folder, TODAY), "Thiếu tệp villages.csv ("),
    (over_a_folder, "tệp cũ vẫn nguyên vẹn."),
    (below_a_file, "tệp cũ vẫn nguyên vẹn."),
    (Processed, "ở đây chưa tính gì; hãy chạy `campaign build`."),
    (recount, "ở đây không có bảng để đếm lại; hãy chạy `campaign build` trước."),
    (
        lambda _: find("happiness"),
        "'happiness' không phải mã chỉ tiêu; hiện có covered_by_plan",
    ),
    (lambda _: Quarter.parse("quý 1"), "'quý 1' không phải quý: hãy ghi năm, chữ Q và số 1 đến 4"),
    (lambda _: Words("fr"), "hãy ghi vi hoặc en."),
    (lambda _: find_notebook("nowhere"), "hãy lấy trọn bộ chương trình và chạy `make setup`"),
    (lambda _: parameters_of({"vilage": "T1"}, "village"), "'vilage' không phải tham số ở đây"),
    (lambda _: parameters_of({"village": 1}, "village"), "Tham số village phải là chữ, không phải"),
    (lambda _: quarters_of("2024Q3..2024Q1"), "2024Q1 đứng trước 2024Q3; hãy ghi quý đầu"),
    (sample(0, 10, (Quarter(2024, 1),), 1), "phải có ít nhất một thôn."),
    (sample(8, 3, (Quarter(2024, 1),), 1), "3 hộ cho 8 thôn: mỗi thôn phải có ít nhất một hộ."),
    (sample(8, 80, (), 1), "phải có ít nhất một quý, ví dụ 2024Q1."),
    (sample(8, 80, (Quarter(2024, 1),), 1, 4), "từ 0 đến 3 năm trước đó, không phải 4 năm."),
]


@pytest.mark.parametrize(("provoke", "said"), REAL, ids=[said for _, said in REAL])
def test_a_real_error_is_all_vietnamese(
    tmp_path: Path, provoke: Callable[[Path], object], said: str
) -> None:
    with pytest.raises(CampaignError) as caught:
        provoke(tmp_path)
    vietnamese = vietnamese_of(str(caught.value), "errors").replace(str(tmp_path), "")
    assert said in vietnamese
    assert ENGLISH.findall(vietnamese) == []


def test_the_words_themselves_are_all_vietnamese() -> None:
    for key, text in texts().items():
        if key.startswith(("errors.", "problems.")):
            plain = re.sub(r"\{\w+\}", "", text.by_language["vi"])
            assert ENGLISH.findall(plain) == [], key


# --- where users meet them -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("fly", "Không có lệnh 'fly'; các lệnh có là sample, form, check, build"),
        ("build --zzz", "Không có tùy chọn"),
        ("reports --forc", "Có phải là"),
        ("audit", "Thiếu 'INDICATOR' sau tên lệnh."),
        ("audit informed", "Thiếu tùy chọn '--quarter'."),
        ("audit informed --quarter 2024Q1 --language fr", "'fr' không phải một trong 'vi', 'en'."),
        ("reports --jobs 0", "Giá trị của '--jobs' chưa đúng: 0 không nằm trong khoảng x>=1."),
        ("reports --jobs", "Sau tùy chọn '--jobs' phải có giá trị."),
        ("reports --force=2", "Tùy chọn '--force' không nhận giá trị nào."),
        ("sample x --villages many", "'many' không phải số nguyên."),
        ("build now", "Thừa now ở cuối lệnh."),
        ("build now then", "Thừa now then ở cuối lệnh."),
        ("--today 31/02/2024 check", "'31/02/2024' không phải một ngày có thật, viết theo dạng"),
        ("", "Thiếu tên lệnh."),
    ],
)
def test_bad_usage_is_said_in_vietnamese_first(
    capsys: pytest.CaptureFixture[str], typed: str, said: str
) -> None:
    assert cli.main(typed.split()) == 2
    line = capsys.readouterr().err
    start, vietnamese, english, *_ = line.removesuffix("\n").split(" · ")
    assert (start, line.count("\n")) == ("Lệnh chưa đúng", 1)
    assert said in vietnamese.removeprefix("Bad usage: ")
    assert ENGLISH.findall(vietnamese.removeprefix("Bad usage: ")) == []
    assert ENGLISH.search(english) or english.startswith(("Got", "Missing", "No such"))


def test_an_error_is_one_line_in_both_languages(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["--data", str(tmp_path), "check"]) == 2
    raw = tmp_path / "raw"
    assert capsys.readouterr().err == (
        f"Lỗi · Error: {raw}: không có thư mục này; --data là thư mục chứa raw/. · "
        f"{raw}: there is no such folder; --data names the folder above raw/.\n"
    )


def test_a_system_s_refusal_is_one_line_in_both_languages(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "raw")

    monkeypatch.setattr("campaign_lib.pipeline.build.build", refuse)
    assert cli.main(["build"]) == 2
    assert capsys.readouterr().err == (
        "Lỗi · Error: raw: máy không cho làm việc này (không có quyền). · "
        "raw: the computer refuses this (Permission denied).\n"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", "'T9' không phải thôn nào; hiện có T1, T2 (hoặc commune)."),
        ("en", "'T9' is not a village; known are T1, T2 (or commune)."),
    ],
)
def test_a_failed_report_says_it_in_its_own_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    sentence = "'T9' is not a village; known are T1, T2 (or commune)."

    def run(*_: object, **__: object) -> None:
        raise NotebookFailed(notebook(), "CampaignError", sentence, "")

    monkeypatch.setattr(engine, "run_notebook", run)
    report = Report(Path("r.ipynb"), {"language": language}, "T9.html", "T9", "h1")
    (outcome,) = make([report], tmp_path)
    assert outcome.error == said
    page = (tmp_path / "T9.html").read_text(encoding="utf-8")
    assert said.replace("'", "&#39;") in page
