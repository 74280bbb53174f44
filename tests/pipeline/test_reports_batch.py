"""Many reports: only what is needed is made, a failure stays alone, a stop loses nothing."""

import io
import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from made_notebooks import DEADLY, build_or_die, notebook, write

from campaign_lib.pipeline import engine
from campaign_lib.pipeline.engine import NotebookFailed, TimeLimitReached
from campaign_lib.pipeline.reports import batch
from campaign_lib.pipeline.reports.index import state_of
from campaign_lib.pipeline.reports.report import Manifest, Report, State, file_name, report_hash
from campaign_lib.pipeline.reports.run import Order, Outcome, Setting, at_once, make, make_all
from campaign_lib.store.processed import Processed
from campaign_lib.words.progress import HowFar, ProgressLine

Run = Callable[..., object]


def report(village: str, path: Path = Path("r.ipynb"), built_from: str = "h1") -> Report:
    parameters = {"village": village, "language": "vi"}
    return Report(path, parameters, f"2024Q3/{village}.html", f"Thôn {village}", built_from)


@pytest.fixture
def ran(monkeypatch) -> list[str]:
    """Villages whose notebook was run; BAD fails, LONG is too slow, STOP is where Ctrl-C comes."""
    villages: list[str] = []

    def run(path: Path, parameters: dict[str, str], **_: object) -> object:
        village = parameters["village"]
        villages.append(village)
        if village == "BAD":
            raise NotebookFailed(notebook("1 / 0"), "KeyError", "'<nhà>'", "where it was")
        if village == "LONG":
            raise TimeLimitReached(notebook("forever"), "CellTimeoutError", "longer than 9 s")
        if village == "STOP":
            raise KeyboardInterrupt
        return notebook(f"print({village!r})")

    monkeypatch.setattr(engine, "run_notebook", run)
    return villages


def manifest(folder: Path) -> dict[str, dict[str, object]]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_real_notebooks_several_at_once(tmp_path: Path) -> None:
    good = write(tmp_path / "good.ipynb", "print(village)")
    bad = write(tmp_path / "bad.ipynb", "print('begun')", "raise ValueError('sai')")
    slow = write(tmp_path / "slow.ipynb", "import time\ntime.sleep(60)")
    folder = tmp_path / "reports"
    wanted = [report("T1", good), report("T2", bad), report("T3", slow), report("T4", good)]
    outcomes = make(wanted, folder, jobs=2, time_limit=3)
    assert [outcome.report for outcome in outcomes] == wanted
    assert [outcome.state for outcome in outcomes] == ["fresh", "failed", "failed", "fresh"]
    for village in ("T1", "T4"):
        assert f">{village}</pre>" in (folder / f"2024Q3/{village}.html").read_text("utf-8")
    assert "begun" in (folder / "2024Q3/T2.failed.ipynb").read_text("utf-8")
    assert "ValueError: sai" in (folder / "2024Q3/T2.failed.txt").read_text("utf-8")
    again = make(wanted[:1], folder, jobs=2)
    assert [outcome.built for outcome in again] == [False]


def test_fresh_ones_are_skipped_and_force_makes_them_too(tmp_path: Path, ran: list[str]) -> None:
    wanted = [report("T1"), report("T2")]
    make(wanted, tmp_path)
    assert [o.built for o in make(wanted, tmp_path)] == [False, False]
    assert ran == ["T1", "T2"]
    make(wanted, tmp_path, force=True)
    assert ran == ["T1", "T2"] * 2


def test_changed_hash_and_missing_page_are_made_again(tmp_path: Path, ran: list[str]) -> None:
    make([report("T1"), report("T2"), report("T3")], tmp_path)
    (tmp_path / "2024Q3/T2.html").unlink()
    ran.clear()
    make([report("T1", built_from="h2"), report("T2"), report("T3")], tmp_path)
    assert ran == ["T1", "T2"]


def test_manifest_tells_of_each_report_and_keeps_the_others(tmp_path: Path, ran: list[str]) -> None:
    make([report("T1"), report("BAD")], tmp_path)
    make([report("T2")], tmp_path)
    lines = manifest(tmp_path)
    assert sorted(lines) == ["2024Q3/BAD.html", "2024Q3/T1.html", "2024Q3/T2.html"]
    line = lines["2024Q3/T1.html"]
    assert line["parameters"] == {"village": "T1", "language": "vi"}
    assert (line["hash"], line["state"]) == ("h1", "fresh")
    assert float(line["seconds"]) >= 0
    assert lines["2024Q3/BAD.html"]["state"] == "failed"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"a": {"b": 1}}'])
def test_damaged_manifest_means_making_all(tmp_path: Path, ran: list[str], text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    make([report("T1")], tmp_path)
    assert list(manifest(tmp_path)) == ["2024Q3/T1.html"]


def test_failure_leaves_a_page_and_the_details(tmp_path: Path, ran: list[str]) -> None:
    outcomes = make([report("BAD"), report("T1")], tmp_path)
    assert [o.state for o in outcomes] == ["failed", "fresh"]
    assert "KeyError" in outcomes[0].error
    page = (tmp_path / "2024Q3/BAD.html").read_text("utf-8")
    assert '<html lang="vi">' in page
    assert "KeyError: &#39;&lt;nhà&gt;&#39;" in page
    for name in ("BAD.failed.ipynb", "BAD.failed.txt"):
        assert f'href="{name}"' in page
    assert "where it was" in (tmp_path / "2024Q3/BAD.failed.txt").read_text("utf-8")
    assert "1 / 0" in (tmp_path / "2024Q3/BAD.failed.ipynb").read_text("utf-8")


#: A story of three sections: one stands, one falls at once, one only when it is drawn.
STORY = """
class Drawn:
    def _repr_html_(self):
        raise KeyError('<hình>')

class Page:
    def stands(self):
        print('đứng vững')

    def falls(self):
        raise ValueError('sai <số>')

    def drawn(self):
        return Drawn()

page = Page()
"""


def test_a_section_that_fails_leaves_a_box_and_the_others_stand(tmp_path: Path) -> None:
    story = write(tmp_path / "s.ipynb", STORY, "page.falls()", "page.stands()", "page.drawn()")
    folder, told = tmp_path / "reports", list[HowFar]()
    (outcome,) = make([report("T1", story)], folder, progress=told.append)
    assert (outcome.state, told[-1].in_part, told[-1].failed) == ("in_part", 1, 0)
    page = (folder / "2024Q3/T1.html").read_text("utf-8")
    assert page.index("ValueError: sai &lt;số&gt;") < page.index("đứng vững</pre>")
    assert page.count('<div class="warning">') == 2
    assert page.count("Phần này của trang chưa lập được") == 2
    assert "KeyError: &#x27;&lt;hình&gt;&#x27;" in page
    assert "papermill" not in page
    assert "object at 0x" not in page  # what stands in for what could not be drawn
    assert "raise KeyError" in (folder / "2024Q3/T1.failed.txt").read_text("utf-8")
    assert manifest(folder)["2024Q3/T1.html"]["state"] == "in_part"
    line = json.loads((folder / "runs.jsonl").read_text("utf-8"))
    assert (line["outcome"], line["error"]) == ("in_part", outcome.error)
    assert state_of(report("T1", story), Manifest.read(folder)) == "in_part"
    # The next run tries again, and clears up where nothing fails any more.
    write(story, STORY, "page.stands()")
    (again,) = make([report("T1", story)], folder)
    assert (again.state, again.built) == ("fresh", True)
    assert [path.name for path in (folder / "2024Q3").iterdir()] == ["T1.html"]


def test_a_public_page_says_of_a_section_only_that_it_failed(tmp_path: Path) -> None:
    parameters = 'village = language = edition = ""'
    story = write(tmp_path / "s.ipynb", parameters, STORY, "page.falls()", "page.stands()")
    named = {"village": "T1", "language": "en", "edition": "public"}
    make([Report(story, named, "2024Q3/T1.html", "T1", "h1")], tmp_path / "reports")
    page = (tmp_path / "reports/2024Q3/T1.html").read_text("utf-8")
    assert "This section of the page could not be made" in page
    assert "ValueError" not in page
    assert [path.name for path in (tmp_path / "reports/2024Q3").iterdir()] == ["T1.html"]


@pytest.mark.parametrize(
    "cells",
    [
        ("raise ValueError('mở')", "page.stands()"),  # how the notebook begins
        (STORY, "page.falls()"),  # nothing of it stands
        (STORY, "page.falls()", "1 / 0", "page.stands()"),  # no section
    ],
)
def test_a_page_fails_as_a_whole_where_it_does_not_begin_or_nothing_stands(
    tmp_path: Path, cells: tuple[str, ...]
) -> None:
    (outcome,) = make([report("T1", write(tmp_path / "s.ipynb", *cells))], tmp_path / "reports")
    assert outcome.state == "failed"
    page = (tmp_path / "reports/2024Q3/T1.html").read_text("utf-8")
    assert "Chưa lập được báo cáo này" in page


@pytest.mark.parametrize("state", ["fresh", "in_part", "failed"])
def test_a_page_that_failed_in_part_is_counted_told_and_has_no_document(
    built_sample: Processed, tmp_path: Path, monkeypatch, capsys, state: State
) -> None:
    def made(orders: list[Order], **_: object) -> list[list[Outcome]]:
        return [[Outcome(one, state, error="vì sao") for one in order.reports] for order in orders]

    documents: list[str] = []
    monkeypatch.setattr(batch, "make_all", made)
    monkeypatch.setattr(batch, "write_word", lambda _, key, *__: documents.append(key.target))
    count = batch.make_reports(built_sample, tmp_path, batch.Wish(["2024Q4"], word=True))
    said = capsys.readouterr().err
    assert (count == 0) == (state == "fresh") == bool(documents)
    assert ("Chỉ lập được một phần 2024Q4/commune.html: vì sao" in said) == (state == "in_part")
    assert ("Không lập được 2024Q4/commune.html: vì sao" in said) == (state == "failed")


def test_failed_one_is_retried_and_success_clears_up(
    tmp_path: Path, ran: list[str], monkeypatch
) -> None:
    make([report("BAD")], tmp_path)
    make([report("BAD")], tmp_path)
    assert ran == ["BAD", "BAD"]
    monkeypatch.setattr(engine, "run_notebook", lambda *_, **__: notebook("1"))
    (outcome,) = make([report("BAD")], tmp_path)
    assert outcome.state == "fresh"
    assert [path.name for path in (tmp_path / "2024Q3").iterdir()] == ["BAD.html"]


def test_error_of_the_export_stays_with_its_report(
    tmp_path: Path, ran: list[str], monkeypatch
) -> None:
    monkeypatch.setattr("campaign_lib.show.pages.export", lambda *_, **__: 1 / 0)
    (outcome,) = make([report("T1")], tmp_path)
    assert outcome.state == "failed"
    assert "ZeroDivisionError" in (tmp_path / "2024Q3/T1.failed.txt").read_text("utf-8")


def test_sentence_of_the_user_s_mistake_is_shown_as_it_is(tmp_path: Path, monkeypatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise NotebookFailed(notebook(), "CampaignError", "T9 is not a village: T1, T2.", "")

    monkeypatch.setattr(engine, "run_notebook", run)
    (outcome,) = make([report("T9")], tmp_path)
    assert outcome.error == "T9 is not a village: T1, T2."


def test_time_limit_has_a_sentence_of_its_own(tmp_path: Path, ran: list[str]) -> None:
    (outcome,) = make([report("LONG")], tmp_path, time_limit=9)
    assert outcome.error == "Chạy quá lâu nên đã dừng, giới hạn là 9 giây."


def test_stopped_run_goes_on_where_it_was(tmp_path: Path, ran: list[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        make([report("T1"), report("T2"), report("STOP"), report("T4")], tmp_path)
    assert sorted(manifest(tmp_path)) == ["2024Q3/T1.html", "2024Q3/T2.html"]
    ran.clear()
    make([report("T1"), report("T2"), report("T4")], tmp_path)
    assert ran == ["T4"]


def test_ctrl_c_is_none_of_the_report_s_failings(tmp_path: Path, monkeypatch) -> None:
    """A library that takes its kernel down may raise an error of its own in the stop's place."""

    def run(*_: object, **__: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise NotebookFailed(notebook(), "RuntimeError", "the kernel died") from None

    monkeypatch.setattr(engine, "run_notebook", run)
    for reports in ([report("T1")], [report("T1"), report("T2")]):
        with pytest.raises(KeyboardInterrupt):
            make(reports, tmp_path)
        assert not list(tmp_path.glob("2024Q3/*"))


def test_page_under_replacement_is_not_taken_for_fresh(tmp_path: Path, ran: list[str]) -> None:
    make([report("T1")], tmp_path)
    with pytest.raises(KeyboardInterrupt):
        make([report("STOP"), report("T1", built_from="h2")], tmp_path)
    ran.clear()
    make([report("T1")], tmp_path)
    assert ran == ["T1"]


def test_lost_process_costs_only_its_own_report(tmp_path: Path) -> None:
    wanted = [report(village) for village in ("T1", DEADLY, "T2", "T3")]
    work = [(one, Setting(tmp_path, 9, {})) for one in wanted]
    states = {o.report.target: o.state for _, o in at_once(work, 2, build_or_die)}
    deadly = f"2024Q3/{DEADLY}.html"
    assert states == {r.target: "failed" if r.target == deadly else "fresh" for r in wanted}
    assert (tmp_path / deadly).is_file()


def test_two_reports_may_not_want_one_page(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="same page"):
        make([report("T1"), report("t1")], tmp_path)


@pytest.mark.parametrize("target", ["../T1.html", "/T1.html", "2024Q3/../../x.html", "x.exe"])
def test_page_stays_in_its_folder(target: str) -> None:
    with pytest.raises(ValueError, match="no page"):
        Report(Path("r.ipynb"), {}, target, "t", "h")


@pytest.mark.parametrize("code", ["T1", "T-12_b", "24682"])
def test_plain_code_is_its_own_file_name(code: str) -> None:
    assert file_name(code) == code


ODD = [
    "Thôn 1", "Thon 1", "a/b", "a\\b", "..", "../..", "a:b", "con", "COM1", "commune", "Index",
    "", " ", "T1.", "-T1", "x" * 300, "làng", "lang?", "<b>", "T1\n", "村",
]  # fmt: skip


def test_odd_codes_get_safe_names_of_their_own() -> None:
    names = [file_name(code) for code in ODD]
    assert len({name.lower() for name in names}) == len(ODD)
    for code, name in zip(ODD, names, strict=True):
        assert name != code
        assert name.isascii()
        assert name.replace("-", "").replace("_", "").isalnum()
        assert len(name) <= 40
    assert file_name("Đăk Pơ").startswith("Dak-Po-")


def test_hash_changes_with_everything_a_page_is_built_from() -> None:
    first = (b"notebook", {"village": "T1"}, "slice", "code", {"pandas": "3.0"})
    other = (b"changed", {"village": "T2"}, "other", "newer", {"pandas": "3.1"})
    variants = [(*first[:i], other[i], *first[i + 1 :]) for i in range(len(first))]
    assert len({report_hash(*variant) for variant in [first, *variants]}) == len(first) + 1
    one, two = {"a": "1", "b": "2"}, {"b": "2", "a": "1"}
    assert report_hash(b"", one, "", "", {}) == report_hash(b"", two, "", "", {})


def test_progress_is_told_after_each_report(tmp_path: Path, ran: list[str]) -> None:
    make([report("T1")], tmp_path)
    told: list[HowFar] = []
    make([report("T1"), report("T2"), report("BAD")], tmp_path, progress=told.append)
    assert [(p.built, p.failed, p.kept, p.left) for p in told] == [
        (0, 0, 1, 2),
        (1, 0, 1, 1),
        (1, 1, 1, 0),
    ]


def test_several_communes_are_one_run_with_a_list_each(tmp_path: Path, ran: list[str]) -> None:
    """X1 has one page that is fresh and one to make, X2 one that fails and one to make."""
    top = tmp_path / "reports"
    make([report("T1")], top / "X1")
    ran.clear()
    told: list[HowFar] = []
    x1, x2 = [report("T1"), report("T2")], [report("BAD"), report("T2")]
    orders = [Order(x1, top / "X1", name="Xã Một"), Order(x2, top / "X2", name="Xã Hai")]
    outcomes = make_all(orders, progress=told.append)
    assert [[o.state for o in own] for own in outcomes] == [["fresh", "fresh"], ["failed", "fresh"]]
    assert ran == ["T2", "BAD", "T2"]
    assert [(p.built, p.failed, p.kept, p.left, p.name) for p in told] == [
        (0, 0, 1, 3, "Xã Một"),
        (1, 0, 1, 2, "Xã Một"),
        (1, 1, 1, 1, "Xã Hai"),
        (2, 1, 1, 0, "Xã Hai"),
    ]
    states = {
        name: {page: line["state"] for page, line in manifest(top / name).items()}
        for name in ("X1", "X2")
    }
    assert states["X1"] == {"2024Q3/T1.html": "fresh", "2024Q3/T2.html": "fresh"}
    assert states["X2"] == {"2024Q3/BAD.html": "failed", "2024Q3/T2.html": "fresh"}
    logs = [(top / name / "runs.jsonl").read_text("utf-8").splitlines() for name in ("X1", "X2")]
    runs = {json.loads(line)["run"] for line in [*logs[0][1:], *logs[1]]}
    assert ([len(lines) for lines in logs], len(runs)) == ([3, 2], 1)


def test_public_pages_of_several_communes_are_in_one_list(tmp_path: Path, ran: list[str]) -> None:
    public = tmp_path / "public"
    orders = [Order([report("T1")], public / name, tmp_path) for name in ("X1", "X2")]
    make_all(orders)
    pages = ["public/X1/2024Q3/T1.html", "public/X2/2024Q3/T1.html"]
    assert sorted(manifest(tmp_path)) == pages
    make_all(orders)
    assert ran == ["T1", "T1"]


def test_progress_names_the_commune() -> None:
    stream = io.StringIO()
    far = HowFar(built=0, failed=0, kept=1, left=4, seconds=0, name="Xã Một")
    ProgressLine("vi", stream)(far)
    assert stream.getvalue() == "Xong 1/5 · lỗi 0 · còn 4 · Xã Một\n"


def test_progress_on_no_terminal_is_plain_lines() -> None:
    stream, clock = io.StringIO(), iter(range(0, 1000, 100))
    line = ProgressLine("vi", stream, now=lambda: next(clock))
    line(HowFar(built=0, failed=0, kept=1, left=4, seconds=0))
    line(HowFar(built=2, failed=1, kept=1, left=1, seconds=30))
    line(HowFar(built=3, failed=1, kept=1, left=0, seconds=240))
    assert stream.getvalue().splitlines() == [
        "Xong 1/5 · lỗi 0 · còn 4",
        "Xong 3/5 · lỗi 1 · còn 1 · khoảng 10 giây nữa",
        "Xong: lập mới 3, giữ nguyên 1, lỗi 1, hết 4 phút.",
    ]


def test_progress_tells_what_was_made_in_part() -> None:
    stream = io.StringIO()
    ProgressLine("vi", stream)(HowFar(built=1, failed=1, kept=2, left=0, seconds=3, in_part=2))
    ProgressLine("en", stream)(HowFar(built=1, failed=1, kept=2, left=1, seconds=8, in_part=2))
    assert stream.getvalue().splitlines() == [
        "Xong: lập mới 1, giữ nguyên 2, lỗi 1 (thiếu phần: 2), hết 3 giây.",
        "Done 3 of 7 · failed 1 (and 2 in part) · left 1 · about 2 s to go",
    ]


def test_progress_on_a_terminal_is_one_line() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    line = ProgressLine("en", stream)
    line(HowFar(built=0, failed=0, kept=0, left=2, seconds=0))
    line(HowFar(built=2, failed=0, kept=0, left=0, seconds=3))
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().endswith("\n")
