"""Errors in words: each has its text and gives all its values, and no text is left over."""

import ast
import itertools
import pickle
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from made_notebooks import notebook

from campaign_lib import cli
from campaign_lib.base.files import write_text
from campaign_lib.base.quarters import Quarter
from campaign_lib.cli.frame import campaign
from campaign_lib.cli.making import quarters_of
from campaign_lib.errors import LANGUAGES, CampaignError, MissingWord, plain, reason, spoken, texts
from campaign_lib.indicators import find
from campaign_lib.intake import read_campaign
from campaign_lib.intake.sources import read_sheet, tables_in
from campaign_lib.intake.sources.workbook import COMPOUND
from campaign_lib.pipeline import engine
from campaign_lib.pipeline.engine import NotebookFailed, find_notebook
from campaign_lib.pipeline.opening import parameters_of
from campaign_lib.pipeline.reports.report import Report
from campaign_lib.pipeline.reports.run import make
from campaign_lib.plan import read_plan
from campaign_lib.recount import recount
from campaign_lib.recount.recompute import recompute
from campaign_lib.store.processed import Processed
from campaign_lib.stories.desk import NoSuchNameError
from campaign_lib.words import Words
from campaign_lib.words.console import MisuseError
from campaign_lib.words.spelling import hint
from campaign_sample import write_sample

ROOT = Path(__file__).resolve().parents[2]
#: What makes a message from a key, and what stands before the key.
MAKERS = {
    **dict.fromkeys(("CampaignError", "MisuseError", "NoSuchNameError"), "errors."),
    "wrong": "errors.plan.",
    "sentence": "problems.",
    "Message": "",
}
#: What a maker gives of its own: the plan's reader names the file and the place in it.
GIVEN = {"wrong": {"file", "where"}}
#: Keys that a site puts together, or passes on.
ANY = "?"


class Made(NamedTuple):
    """A place in the code where a message is made: which texts it may be, and its values."""

    keys: set[str]
    values: set[str] | None
    where: str


def constants(node: ast.expr) -> set[str]:
    """Give the texts that an expression can be; what is not known beforehand is `ANY`."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return constants(one) | constants(other)
        case ast.JoinedStr(values=parts):
            ways = [{part.value} if isinstance(part, ast.Constant) else {ANY} for part in parts]
            return {"".join(way) for way in itertools.product(*ways)}
    return {ANY}


def made_in(source: str, file: str) -> Iterator[Made]:
    """List the messages that a module makes."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        at = 1 if name == "wrong" else 0
        if name not in MAKERS or len(node.args) <= at:
            continue
        key, start = node.args[at], MAKERS[name]
        values: set[str] | None = {one.arg for one in node.keywords if one.arg}
        if any(one.arg is None for one in node.keywords):
            values = None
        keys = {f"{start}{one}" for one in constants(key)}
        where = f"{file}:{node.lineno}"
        yield Made(keys, None if values is None else values | GIVEN.get(name, set()), where)


@cache
def all_made() -> list[Made]:
    """List the messages that the whole code makes."""
    return [
        made
        for folder in ("campaign_lib", "campaign_sample")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for made in made_in(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    ]


def test_every_error_has_its_text_and_gives_all_that_it_wants() -> None:
    assert len(all_made()) > 100
    for made in all_made():
        for key in made.keys:
            if ANY in key:
                start = key.partition(ANY)[0]
                assert start in ("", "errors.", "problems.") or any(
                    one.startswith(start) for one in texts()
                )
                continue
            assert key in texts(), made.where
            if made.values is not None:
                assert made.values == texts()[key].placeholders, made.where


def test_no_text_of_an_error_is_left_over() -> None:
    keys = {key for made in all_made() for key in made.keys}
    starts = tuple(
        {key.partition(ANY)[0] for key in keys if ANY in key} - {"", "errors.", "problems."}
    )
    plan = {key for key in texts() if key.startswith("errors.what.")}
    assert {f"errors.what.{what}" for what in typed_in_a_plan()} <= plan
    # Reasons come from the computer and from readers of files.
    known = (*starts, "errors.reason.", "errors.byte.")
    texts_of_both = (*texts("errors"), *texts("problems"))
    left = {key for key in texts_of_both if key not in keys and not key.startswith(known)}
    assert left == set()


def typed_in_a_plan() -> Iterator[str]:
    """Name what a key of a plan must be, where its reader says so."""
    tree = ast.parse((ROOT / "campaign_lib/plan/__init__.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "typed":
            assert isinstance(node.args[3], ast.Constant)
            yield str(node.args[3].value)


def test_what_is_read_off_a_source() -> None:
    source = (
        "raise CampaignError('a.b', x=1, y=2)\n"
        "raise CampaignError('a.b' if z else 'a.c', **values)\n"
        "raise self.wrong('year', 'k', value=1)\n"
        "Message(f'errors.what.{what}')\n"
        "sentence('row.again')\n"
        "raise ValueError('no')\n"
    )
    assert list(made_in(source, "f")) == [
        Made({"errors.a.b"}, {"x", "y"}, "f:1"),
        Made({"errors.a.b", "errors.a.c"}, None, "f:2"),
        Made({"errors.plan.k"}, {"file", "where", "value"}, "f:3"),
        Made({"errors.what.?"}, set(), "f:4"),
        Made({"problems.row.again"}, set(), "f:5"),
    ]


# --- what an error is -----------------------------------------------------------------------------


def test_an_error_is_said_in_each_language_and_is_english_by_itself() -> None:
    error = CampaignError("asked.quarter", code="'x'")
    assert error.said("vi").startswith("'x' không phải quý:")
    assert (
        str(error)
        == error.said("en")
        == "'x' is not a quarter: write the year, Q and 1 to 4, such as 2024Q3."
    )


def test_an_error_speaks_as_the_process_does(monkeypatch: pytest.MonkeyPatch) -> None:
    error = CampaignError("sample.quarters")
    with spoken("vi"):
        assert str(error) == error.said("vi")
        with spoken("en"):
            assert str(error) == error.said("en")
    monkeypatch.setenv("CAMPAIGN_LANGUAGE", "vi")
    assert str(error) == error.said("vi")
    monkeypatch.setenv("CAMPAIGN_LANGUAGE", "fr")
    assert str(error) == error.said("en")


def test_a_notebook_shows_both_languages() -> None:
    error = CampaignError("asked.quarter", code="\x1b[2J")
    assert error._render_traceback_() == [
        plain(error.said("vi")),
        plain(error.said("en")),
    ]
    assert "\x1b" not in "".join(error._render_traceback_())


@pytest.mark.parametrize("kind", [CampaignError, MisuseError, NoSuchNameError])
def test_an_error_goes_from_one_process_to_another(kind: type[CampaignError]) -> None:
    error = kind("asked.place", name="'x'", hint=hint("x", ["T1"]), commune=Path("commune"))
    there = pickle.loads(pickle.dumps(error))
    assert type(there) is kind
    for language in LANGUAGES:
        assert there.said(language) == error.said(language)


def test_a_day_is_written_the_languages_way() -> None:
    error = CampaignError("folder.locked", quarter="2024Q1", day=date(2024, 3, 31))
    assert "31/03/2024" in error.said("vi")
    assert "2024-03-31" in error.said("en")


def test_a_message_in_a_message_is_said_in_the_same_language() -> None:
    inner = CampaignError("asked.quarter", code="'x'")
    outer = CampaignError("reports.page", sentence=inner)
    assert [outer.said(language) for language in LANGUAGES] == [
        inner.said(language) for language in LANGUAGES
    ]


def test_values_are_kept_whatever_signs_they_have() -> None:
    value = "{a} is not {b}; known are x"
    assert value in CampaignError("asked.quarter", code=value).said("vi")


@pytest.mark.parametrize(
    "error",
    [
        CampaignError("asked.never"),
        CampaignError("asked.quarter"),
        CampaignError("asked.quarter", code="x", more="y"),
    ],
)
def test_an_error_without_words_is_a_fault_of_ours(error: CampaignError) -> None:
    with pytest.raises(MissingWord):
        error.said("vi")


@pytest.mark.parametrize(
    ("error", "vietnamese", "english"),
    [
        (OSError(28, "x"), "ổ đĩa đã đầy", "No space left on device"),
        (OSError(9999, "odd"), "odd", "odd"),
        ("Cannot declare ('a',) twice (at line 3, column 5)", "mục ('a',) có hai lần, ở dòng 3, ",
         "Cannot declare ('a',) twice (at line 3, column 5)"),
        ("Unterminated string (at end of document)", "chữ chưa đóng bằng dấu ngoặc kép, ở cuối",
         "Unterminated string (at end of document)"),
        ("never said before", "never said before", "never said before"),
        (UnicodeDecodeError("utf-8", b"a\xff", 1, 2, "invalid start byte"),
         "byte 0xff ở vị trí 1 không theo utf-8: không thể là byte đầu của một ký tự",
         "'utf-8' codec can't decode byte 0xff in position 1: invalid start byte"),
    ],
)  # fmt: skip
def test_the_reasons_of_others_have_their_words(
    error: BaseException | str, vietnamese: str, english: str
) -> None:
    said = CampaignError("reports.log", file="f", detail=reason(error))
    assert said.said("vi").startswith(f"Không ghi được f: {vietnamese}")
    assert said.said("en") == f"f cannot be written: {english}."


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
    (plan("year = \n2024"), "2024.toml: không đọc được tệp kế hoạch (giá trị không đúng cách"),
    (plan("year 2024"), "(thiếu dấu = sau tên khóa, ở dòng 1, cột 6)"),
    (plan('year = 2024\ncommune = "x'), "chưa đóng bằng dấu ngoặc kép, ở cuối tệp"),
    (plan("year = 2024\nyear = 2024"), "khóa này đã có giá trị ở trên, ở "),
    (plan(""), "2024.toml: chưa ghi year; phải là một năm, ví dụ 2024."),
    (plan("year = '2024'"), "dòng 1 (year) phải là một năm, ví dụ 2024."),
    (plan("year = 2023"), "dòng 1 (year) là 2023, nhưng tên tệp ghi 2024; hãy đổi tên tệp"),
    (
        plan("year = 2024\nfolk = 1"),
        "dòng 2 (folk): kế hoạch không có mục này; các mục có là baseline, ",
    ),
    (plan("year = 2024\ntargets = 1"), "dòng 2 (targets) phải là một mục có các khóa bên dưới."),
    (
        plan("year = 2024\n[targets.informed]\nat_least = 77"),
        "dòng 3 (targets.informed.at_least) là 77; hãy ghi số",
    ),
    (plan("year = 2024\n[targets.informed]\nat_least = '7.123'"), "chỉ in đến 2 chữ số thập phân"),
    (
        plan("year = 2024\n[[tasks]]\nid = 1"),
        "2024.toml: dòng 3 (nhiệm vụ 1.id): mỗi nhiệm vụ phải có đủ id, quarter, ",
    ),
    (sheet("x.csv", b""), "x.csv: tệp trống; hãy lấy lại tệp có số liệu, hoặc bỏ tệp này đi."),
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
    (lambda _: find_notebook("nowhere"), "chương trình cài chưa đủ, hãy cài lại"),
    (
        lambda _: parameters_of({"In": ["# Parameters\nvilage = 1"]}, "village"),
        "'vilage' không phải tham số ở đây",
    ),
    (lambda _: parameters_of({}, "village"), "Tham số village phải là chữ hoặc số, không phải"),
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
    vietnamese = caught.value.said("vi").replace(str(tmp_path), "")
    assert said in vietnamese
    listed = re.compile(r"các mục có là [\w, ]+")  # names of a plan's keys
    assert ENGLISH.findall(listed.sub("", vietnamese)) == []


def test_the_words_themselves_are_all_vietnamese() -> None:
    for key, text in texts().items():
        if key.startswith(("errors.", "problems.", "command.", "progress.", "check.")):
            own = re.sub(
                r"\{\w+\}|--\w+|\((?:internal|public|column)\)", "", text.by_language["vi"]
            )
            assert ENGLISH.findall(own) == [], key


# --- where users meet them -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "vietnamese", "english"),
    [
        ("fly", "Không có lệnh 'fly'; các lệnh có là", "No such command 'fly'; known"),
        (
            "build --zzz",
            "Không có tùy chọn --zzz; hiện có --scheduler, --help.",
            "No such option --zzz; known",
        ),
        ("reports --forc", "Có phải là --force không?", "did you mean --force?"),
        ("audit", "Thiếu 'INDICATOR' sau tên lệnh.", "Missing argument 'INDICATOR'."),
        ("audit informed", "Thiếu tùy chọn '--quarter'.", "Missing option '--quarter'."),
        (
            "check --language fr",
            "--language chưa đúng: 'fr' không phải một trong vi, en.",
            "'fr' i",
        ),
        ("reports --jobs 0", "--jobs chưa đúng: '0' không phải số nguyên từ 1 trở lên.", "from 1."),
        ("reports --jobs", "Sau tùy chọn --jobs phải có giá trị.", "--jobs requires a value."),
        ("reports --force=2", "Tùy chọn --force không nhận giá trị nào.", "does not take a value."),
        (
            "sample x --villages many",
            "'many' không phải số nguyên.",
            "'many' is not a whole number",
        ),
        ("build now", "Thừa now ở cuối lệnh.", "Got unexpected now at the end."),
        ("build now then", "Thừa now then ở cuối lệnh.", "Got unexpected now then at the end."),
        (
            "--today 31/02/2024 check",
            "'31/02/2024' không phải một ngày có thật",
            "is not a day that",
        ),
        ("lock", "Hãy ghi một quý, hoặc dùng --list;", "Name one quarter, or ask for --list;"),
        ("", "Thiếu tên lệnh; các lệnh có là", "Missing command; known are"),
    ],
)
def test_bad_usage_is_said_in_one_language(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    vietnamese: str,
    english: str,
) -> None:
    for language, start, said in (
        ("vi", "Lệnh chưa đúng: ", vietnamese),
        ("en", "Bad usage: ", english),
    ):
        monkeypatch.setenv("CAMPAIGN_LANGUAGE", language)
        assert cli.main(typed.split()) == 2
        line = capsys.readouterr().err
        assert (line.startswith(start), line.count("\n")) == (True, 1)
        assert said.casefold() in line.casefold()
        if language == "vi":
            own = re.sub(r"--\w+|\bcampaign\b|các lệnh có là .*", "", line)
            assert ENGLISH.findall(own) == []


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "vi"),
        ({"LC_ALL": "C.UTF-8"}, "vi"),
        ({"LC_ALL": "", "LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "vi_VN.UTF-8", "LANG": "en_US.UTF-8"}, "vi"),
        ({"LC_ALL": "", "LC_MESSAGES": "en_GB", "LANG": "vi_VN"}, "en"),
        ({"LC_ALL": "fr_FR.UTF-8", "LANG": "en_US.UTF-8"}, "vi"),
        ({"LC_ALL": "vi_VN.UTF-8", "CAMPAIGN_LANGUAGE": "en"}, "en"),
        ({"LC_ALL": "en_US.UTF-8", "CAMPAIGN_LANGUAGE": "vi"}, "vi"),
    ],
)
def test_the_environment_says_which_language(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    language: str,
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "CAMPAIGN_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["fly"]) == 2
    starts = {"vi": "Lệnh chưa đúng", "en": "Bad usage"}
    assert capsys.readouterr().err.startswith(starts[language])


def test_a_strange_language_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_LANGUAGE", "fr")
    assert cli.main(["--help"]) == 2
    assert capsys.readouterr().err == (
        "Lỗi: 'fr' không phải ngôn ngữ của chương trình này; hãy ghi vi hoặc en.\n"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", "Lỗi: {raw}: không có thư mục này; --data là thư mục chứa raw/.\n"),
        ("en", "Error: {raw}: there is no such folder; --data names the folder above raw/.\n"),
    ],
)
def test_an_error_is_one_line_in_the_language_of_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, language: str, said: str
) -> None:
    assert cli.main(["--data", str(tmp_path), "check", "--language", language]) == 2
    assert capsys.readouterr().err == said.format(raw=tmp_path / "raw")


def test_a_system_s_refusal_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "raw")

    monkeypatch.setattr("campaign_lib.pipeline.build.build", refuse)
    assert cli.main(["build"]) == 2
    assert capsys.readouterr().err == "Lỗi: raw: máy không cho làm việc này (không có quyền).\n"


COMMANDS = ["", *campaign.commands]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_whole_and_in_one_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    told = {}
    for language in LANGUAGES:
        monkeypatch.setenv("CAMPAIGN_LANGUAGE", language)
        assert cli.main([*command.split(), "--help"]) == 0
        told[language] = capsys.readouterr().out
    of = campaign.commands[command] if command else campaign
    for option in (name for param in of.params for name in param.opts if name.startswith("--")):
        assert all(f"{option} " in said or f"{option}\n" in said for said in told.values())
    assert told["en"].startswith("Usage: campaign")
    assert told["vi"].startswith("Cách dùng: campaign")
    names = r"--\w+|\[[^\]]*\]|\b[A-Z]+\b|^  \w+|\((?:internal|public)\)"
    assert ENGLISH.findall(re.sub(names, "", told["vi"], flags=re.MULTILINE)) == []
    assert re.search("[ạảấầậốồộớờợứừựếềệ]", told["en"]) is None


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", "'T9' không phải thôn nào; hiện có A, B (hoặc commune)."),
        ("en", "'T9' is not a village; known are A, B (or commune)."),
    ],
)
def test_a_failed_report_says_what_its_notebook_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    def run(*_: object, environment: Mapping[str, str], **__: object) -> None:
        error = CampaignError("asked.place", name="'T9'", hint=hint("T9", "AB"), commune="commune")
        value = error.said(environment["CAMPAIGN_LANGUAGE"])
        raise NotebookFailed(notebook(), "CampaignError", value, "")

    monkeypatch.setattr(engine, "run_notebook", run)
    report = Report(Path("r.ipynb"), {"language": language}, "T9.html", "T9", "h1")
    (outcome,) = make([report], tmp_path)
    assert outcome.error == said
    page = (tmp_path / "T9.html").read_text(encoding="utf-8")
    assert said.replace("'", "&#39;") in page
