"""`campaign desk`, spoken to as a browser and as an attacker does: who is let in, what it does."""

import http.client
import io
import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from intake_files import Row, csv_text, example, workbook, write_campaign

from campaign_lib.cli import main
from campaign_lib.errors import CampaignError
from campaign_lib.office.counter.received import Inbox
from campaign_lib.office.counter.server import held
from campaign_lib.office.counter.work import ACTIONS, Work, command_of

TODAY = "2024-03-10"
POOR: list[Row] = [
    {"household": f"H{n:02}", "status": "poor", "valid_from": "2023-12-31"} for n in range(1, 61)
]
FORM = csv_text(
    example("survey", 1), [example("survey", number) for number in range(1, 4)]
).encode()
OTHER = csv_text(
    example("survey", 1), [example("survey", number) for number in range(1, 9)]
).encode()


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return unescape(self.body.decode())


@dataclass
class Visitor:
    """Speaks to a desk; keeps cookies as a browser does."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, way: str, body: bytes = b"", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("Cookie", "; ".join(f"{name}={one}" for name, one in self.cookies.items()))
        connection.putrequest(method, way, skip_host="Host" in sent)
        for name, value in {**sent, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        told = connection.getresponse()
        for cookie in told.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0].strip('"')
        answer = Answer(told.status, dict(told.headers), told.read())
        connection.close()
        return answer

    def page(self) -> Answer:
        return self.ask("GET", "/")

    @property
    def mark(self) -> str:
        """What the page's forms carry, so that no other page can send them."""
        return re.search(r'name="_xsrf" value="([^"]+)"', self.page().text)[1]

    def do(self, way: str, **fields: str) -> Answer:
        body = urlencode({"_xsrf": self.mark, **fields}).encode()
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", way, body, Content_Type=kind)

    def hand_in(self, name: str, content: bytes, quarter: str = "") -> Answer:
        fields = {"_xsrf": self.mark, "quarter": quarter}
        lines = [
            f'--b\r\nContent-Disposition: form-data; name="{one}"\r\n\r\n{value}\r\n'.encode()
            for one, value in fields.items()
        ]
        head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        body = b"".join([*lines, head.encode(), content, b"\r\n--b--\r\n"])
        return self.ask("POST", "/files", body, Content_Type="multipart/form-data; boundary=b")

    def wait(self) -> list[str]:
        """Wait until the command that runs has ended; gives what it said."""
        for _ in range(300):
            told = json.loads(self.ask("GET", "/work").body)
            if not told["running"]:
                return list(told["lines"])
            time.sleep(0.2)
        raise AssertionError("it does not end")


@dataclass
class Desk:
    """A desk that is open in a process of its own."""

    data: Path
    reports: Path
    process: "subprocess.Popen[str] | multiprocessing.process.BaseProcess"
    address: str

    @property
    def port(self) -> int:
        return int(self.address.split(":")[2].partition("/")[0])

    @property
    def token(self) -> str:
        return self.address.partition("token=")[2]

    def visitor(self) -> Visitor:
        found = Visitor(self.port)
        assert found.ask("GET", f"/?token={self.token}").status == 302
        return found


def opened(data: Path, reports: Path, *more: str) -> Desk:
    options = ["--data", str(data), "--reports", str(reports), "--today", TODAY]
    process = subprocess.Popen(
        [sys.executable, "-m", "campaign_lib", *options, "desk", "--no-browser", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    line = process.stdout.readline()
    assert "http://127.0.0.1:" in line, process.communicate()
    return Desk(data, reports, process, line.split()[-1])


@contextmanager
def forked(data: Path) -> Iterator[Desk]:
    """Open a desk in a fork of this process, which has imported already what a desk imports."""
    address, told = os.pipe()

    def run() -> None:
        options = ["--data", str(data), "--reports", str(data / "reports"), "--today", TODAY]
        with os.fdopen(told, "w", buffering=1, encoding="utf-8") as said, redirect_stdout(said):
            main([*options, "desk", "--no-browser"])

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    os.close(told)
    with os.fdopen(address, encoding="utf-8") as said:
        yield Desk(data, data / "reports", process, said.readline().split()[-1])
    process.terminate()
    process.join(30)
    assert process.exitcode == 0


def closed(desk: Desk) -> None:
    if desk.process.poll() is None:
        desk.process.terminate()
    desk.process.communicate(timeout=30)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk on a small campaign whose survey is still to come."""
    folder = tmp_path_factory.mktemp("xã Đăk")
    write_campaign(folder / "raw", {"poverty_status": POOR, "survey/2024Q1": None})
    reports = folder / "reports"
    (reports / "2024Q1").mkdir(parents=True)
    (reports / "2024Q1" / "A.html").write_text("<p>trang</p>", encoding="utf-8")
    (reports / "manifest.json").write_text("{}", encoding="utf-8")
    (folder / "secret.html").write_text("secret", encoding="utf-8")
    (reports / "2024Q1" / "link.html").symlink_to(folder / "secret.html")
    found = opened(folder, reports)
    yield found
    closed(found)


@pytest.fixture
def visitor(desk: Desk) -> Visitor:
    return desk.visitor()


# Who is let in.


@pytest.mark.parametrize(
    ("method", "way"),
    [
        ("GET", "/"),
        ("GET", "/?token=wrong"),
        ("GET", "/work"),
        ("GET", "/pages/2024Q1/A.html"),
        ("GET", "/download/problems.xlsx"),
        ("GET", "/language/en"),
        ("POST", "/do"),
        ("POST", "/files"),
        ("POST", "/close"),
        ("GET", "/nowhere"),
    ],
)
def test_without_the_token_nothing_is_shown_or_done(desk: Desk, method: str, way: str) -> None:
    stranger = Visitor(desk.port)
    answer = stranger.ask(method, way)
    assert answer.status == 403
    assert "Đăk" not in answer.text and "Traceback" not in answer.text
    wrong = Visitor(desk.port, {f"campaign_desk_{desk.port}": "x" * 43})
    assert wrong.ask(method, way).status == 403


def test_the_token_becomes_a_cookie_that_no_script_and_no_site_has(desk: Desk) -> None:
    answer = Visitor(desk.port).ask("GET", f"/?token={desk.token}")
    assert (answer.status, answer.headers["Location"]) == (302, "/")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Strict" in answer.headers["Set-Cookie"]
    page = desk.visitor().page()
    assert page.status == 200
    assert desk.token not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1.evil"])
def test_another_name_of_this_machine_is_refused(desk: Desk, visitor: Visitor, host: str) -> None:
    assert visitor.ask("GET", "/", Host=host).status == 403
    stranger = Visitor(desk.port)
    assert stranger.ask("GET", f"/?token={desk.token}", Host=host).status == 403
    assert not stranger.cookies
    assert visitor.ask("GET", "/", Host=f"localhost:{desk.port}").status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:1"])
def test_another_site_s_page_does_nothing(desk: Desk, visitor: Visitor, origin: str) -> None:
    body = urlencode({"_xsrf": visitor.mark, "action": "form"}).encode()
    kind = {"Content_Type": "application/x-www-form-urlencoded"}
    assert visitor.ask("POST", "/do", body, Origin=origin, **kind).status == 403
    # Nor does one that cannot know what the page's own forms carry.
    assert visitor.ask("POST", "/do", b"action=form", **kind).status == 403
    assert not (desk.data / "forms").exists()


def test_it_listens_on_this_machine_alone(desk: Desk) -> None:
    listening = Path("/proc/net/tcp").read_text(encoding="ascii").split()
    at = [word.partition(":")[0] for word in listening if word.endswith(f":{desk.port:04X}")]
    assert set(at) == {"0100007F"}


@pytest.mark.parametrize(
    "way",
    [
        "/pages/../secret.html",
        "/pages/%2e%2e/secret.html",
        "/pages/2024Q1/..%2f..%2fsecret.html",
        "/pages//etc/passwd",
        "/pages/%2fetc/passwd",
        "/pages/2024Q1/link.html",
        "/pages/manifest.json",
        "/pages/2024Q1/A.html%00.html",
        "/pages/.lock",
        "/download/..%2fmanifest.json",
        "/download/problems-..xlsx",
        "/download/manifest.json",
    ],
)
def test_nothing_beside_the_pages_is_shown(visitor: Visitor, way: str) -> None:
    assert visitor.ask("GET", "/pages/2024Q1/A.html").text == "<p>trang</p>"
    answer = visitor.ask("GET", way)
    assert answer.status in (400, 403, 404)
    assert "secret" not in answer.text and "root:" not in answer.text


def test_a_page_that_was_made_anew_is_shown_anew(desk: Desk, visitor: Visitor) -> None:
    first = visitor.ask("GET", "/pages/2024Q1/A.html")
    assert "Etag" not in first.headers
    assert first.headers["Cache-Control"] == "no-store"


# What it does.


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Callable[..., tuple[Desk, Visitor]]]:
    """Open a desk of one's own on a campaign."""
    there = ExitStack()

    def begin(**files: object) -> tuple[Desk, Visitor]:
        if files.pop("begun", True):
            write_campaign(
                tmp_path / "raw", {"poverty_status": POOR, "survey/2024Q1": None, **files}
            )
        desk = there.enter_context(forked(tmp_path))
        return desk, desk.visitor()

    with there:
        yield begin


def test_a_form_lands_in_its_quarter_and_nothing_is_overwritten(
    own: Callable[..., tuple[Desk, Visitor]],
) -> None:
    desk, visitor = own()
    folder = desk.data / "raw" / "survey" / "2024Q1"
    assert visitor.hand_in("thôn 1.csv", FORM, "2024Q1").status == 303
    (place,) = folder.iterdir()
    assert place.read_bytes() == FORM
    assert re.fullmatch(r"thon-1-[0-9a-f]+\.csv", place.name), "a name that is safe everywhere"
    assert str(place) in visitor.page().text
    # The same once more is no news; another content of this name waits for a decision.
    visitor.hand_in("thôn 1.csv", FORM, "2024Q1")
    visitor.hand_in("thôn 1.csv", OTHER, "2024Q1")
    assert [one.read_bytes() for one in folder.iterdir()] == [FORM]
    page = visitor.page().text
    assert "Quý I/2024 đã có tệp tên này" in page
    (id,) = re.findall(r'name="id" value="([^"]+)"', page)
    visitor.do("/decide", id=id, what="over", quarter="2024Q1")
    assert [one.read_bytes() for one in folder.iterdir()] == [OTHER]
    assert [one.read_bytes() for one in (desk.data / "replaced").iterdir()] == [FORM]
    assert 'name="id"' not in visitor.page().text


def test_a_form_says_itself_which_quarter_it_is_of(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "data", tmp_path / "waiting")
    rows = [[*example("survey", 1)], [*example("survey", 1).values()]]
    by_name = inbox.take("2023q4_T1_Thon-1_noi-bo.csv", FORM, "2024Q1")
    by_sheet = inbox.take("phieu.xlsx", workbook({"2024Q2": rows}), "2024Q1")
    neither = inbox.take("T2024Q25.xlsx", workbook({"Sheet1": rows}), "2024Q1")
    assert [path.parent.name for path in (by_name, by_sheet, neither)] == [
        "2023Q4",
        "2024Q2",
        "2024Q1",
    ]


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("phieu.exe", b"MZ", "counter.kind"),
        ("phieu", FORM, "counter.kind"),
        ("problems-T1.xlsx", b"", "counter.problem_book"),
        ("../../etc/cron.csv.sh", FORM, "counter.kind"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, key: str) -> None:
    inbox = Inbox(tmp_path / "data", tmp_path / "waiting")
    with pytest.raises(CampaignError) as refused:
        inbox.take(name, content, "2024Q1")
    assert refused.value.key == key
    assert inbox.waiting == ()


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/x.csv",
        "..\\..\\x.csv",
        "C:\\x.csv",
        "/x.csv",
        "con.csv",
        "a\x00b.csv",
        "..csv",
    ],
)
def test_a_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    inbox = Inbox(tmp_path / "data", tmp_path / "waiting")
    place = inbox.take(name, FORM, "2024Q1")
    assert place.parent == tmp_path / "data" / "raw" / "survey" / "2024Q1"
    assert place.resolve().parent == place.parent.resolve()
    assert re.fullmatch(r"[A-Za-z0-9_-]+\.csv", place.name)
    assert place.stem.casefold() != "con"
    files = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {place}, "nothing is left where it waited"


def test_a_file_that_nobody_knows_waits(own: Callable[..., tuple[Desk, Visitor]]) -> None:
    desk, visitor = own()
    visitor.hand_in("ghi chú <b>.csv", b"a,b\n1,2\n", "2024Q1")
    page = visitor.page()
    assert b"ghi ch\xc3\xba &lt;b&gt;.csv" in page.body
    (id,) = re.findall(r'name="id" value="([^"]+)"', page.text)
    visitor.do("/decide", id=id, what="drop")
    assert 'name="id"' not in visitor.page().text
    assert not (desk.data / "raw" / "survey").exists()
    visitor.do("/decide", id=id, what="drop")
    assert "tệp này không còn chờ nữa" in visitor.page().text


def test_a_strange_heading_is_told_on_the_page(
    own: Callable[..., tuple[Desk, Visitor]],
) -> None:
    _, visitor = own()
    visitor.hand_in("ds.csv", "Thôn,Gia trưởng,Dân tộc\nThôn 1,A Biu,Ba Na\n".encode(), "2024Q1")
    (id,) = re.findall(r'name="id" value="([^"]+)"', visitor.page().text)
    look = {"id": id, "what": "look", "table": "households", "on": "2024-03-01"}
    visitor.do("/decide", **look, map="Gia trưởng")
    assert "hãy viết “TIÊU ĐỀ=cột”" in visitor.page().text
    visitor.do("/decide", **look, map="\n Gia trưởng = chủ hộ \n")
    page = visitor.page().text
    assert "“Gia trưởng” → Chủ hộ" in page and 'value="write"' in page


def test_a_mistake_is_one_sentence_on_the_page(own: Callable[..., tuple[Desk, Visitor]]) -> None:
    _, visitor = own()
    visitor.hand_in("phieu.pdf", b"%PDF")
    page = visitor.page().text
    assert "tệp phieu.pdf không đọc được" in page
    assert "tệp phieu.pdf" not in visitor.page().text, "it is said once"
    for fields in (
        {"action": "rm"},
        {"action": "check", "quarter": "x"},
        {"action": "village_book", "village": "Z"},
    ):
        visitor.do("/do", **fields)
        assert 'role="alert"' in visitor.page().text
    assert json.loads(visitor.ask("GET", "/work").body) == {"running": False, "lines": []}


def test_buttons_run_commands_and_their_workbooks_can_be_had(
    own: Callable[..., tuple[Desk, Visitor]],
) -> None:
    desk, visitor = own()
    visitor.do("/do", action="form", quarter="2024Q1")
    assert any("2024Q1" in line for line in visitor.wait())
    other = desk.data / "forms" / "2023Q4_A_Thon-1_noi-bo.xlsx"
    other.write_bytes(b"")
    assert 'href="/download/forms-2024Q1.zip"' in visitor.page().text
    packed = visitor.ask("GET", "/download/forms-2024Q1.zip")
    with zipfile.ZipFile(io.BytesIO(packed.body)) as file:
        names = file.namelist()
    assert names and not any("2023Q4" in name for name in names)
    assert "dien-thoai/households.csv" in names
    assert visitor.ask("GET", "/download/forms-2024Q2.zip").status == 404
    visitor.hand_in("phieu.csv", FORM, "2024Q1")
    visitor.do("/do", action="check")
    assert any("problems.csv" in line for line in visitor.wait())
    page = visitor.page().text
    assert '<a href="/download/problems.xlsx">' in page
    assert visitor.ask("GET", "/download/problems.xlsx").body.startswith(b"PK")
    visitor.do("/do", action="village_book", village="A")
    visitor.wait()
    assert visitor.ask("GET", "/download/problems-A.xlsx").body.startswith(b"PK")
    assert visitor.ask("GET", "/download/problems-B.xlsx").status == 404


def test_one_piece_of_work_at_a_time_and_it_can_be_stopped(
    own: Callable[..., tuple[Desk, Visitor]],
) -> None:
    desk, visitor = own(**{"survey/2024Q1": [example("survey", 1)]})
    visitor.do("/do", action="reports", quarter="2024Q1")
    visitor.do("/do", action="check")
    assert "đang có việc chạy" in visitor.page().text
    visitor.do("/stop")
    assert json.loads(visitor.ask("GET", "/work").body)["running"] is False
    assert not list(desk.reports.rglob("*.html"))


def test_the_page_speaks_both_languages(own: Callable[..., tuple[Desk, Visitor]]) -> None:
    _, visitor = own()
    assert '<html lang="vi">' in visitor.page().text
    assert visitor.ask("GET", "/language/en").status == 302
    page = visitor.page().text
    assert '<html lang="en">' in page and "What to do next" in page
    visitor.do("/do", action="form")
    assert any("village workbooks" in line for line in visitor.wait())


def test_an_empty_folder_has_a_page(own: Callable[..., tuple[Desk, Visitor]]) -> None:
    desk, visitor = own(begun=False)
    page = visitor.page()
    assert page.status == 200 and f"campaign init {desk.data}" in page.text


def test_the_page_names_no_address_outside(visitor: Visitor) -> None:
    page = visitor.page().text
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page)
    assert "@import" not in page and "url(" not in page


# One at a time, and how it ends.


def test_a_second_desk_in_a_folder_says_so(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(desk.data), "desk", "--no-browser"]) == 2
    said = capsys.readouterr().err
    assert "đang có một bàn làm việc mở" in said and said.count("\n") == 1


def test_a_folder_is_free_again_after_a_desk(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(CampaignError), held(tmp_path):
        pass
    with held(tmp_path):
        pass


def test_a_port_that_is_taken_is_one_sentence(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path), "desk", "--no-browser", "--port", str(desk.port)]) == 2
    assert f"cổng {desk.port} không dùng được" in capsys.readouterr().err
    assert main(["--data", str(tmp_path), "desk", "--no-browser", "--port", "99999"]) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_with_what_it_runs(tmp_path: Path, how: signal.Signals) -> None:
    write_campaign(
        tmp_path / "raw", {"poverty_status": POOR, "survey/2024Q1": [example("survey", 1)]}
    )
    desk = opened(tmp_path, tmp_path / "reports")
    desk.visitor().do("/do", action="reports", quarter="2024Q1")
    time.sleep(1)
    children = (
        Path(f"/proc/{desk.process.pid}/task/{desk.process.pid}/children").read_text().split()
    )
    assert children
    desk.process.send_signal(how)
    said, errors = desk.process.communicate(timeout=30)
    assert (desk.process.returncode, errors) == (0, "")
    assert "Đã đóng." in said
    assert not any(Path(f"/proc/{one}").exists() for one in children)


def test_it_is_closed_by_its_button(tmp_path: Path) -> None:
    desk = opened(tmp_path, tmp_path / "reports")
    assert desk.visitor().do("/close").text == "Đã đóng. Có thể đóng cửa sổ này.\n"
    desk.process.communicate(timeout=30)
    assert desk.process.returncode == 0


# What the buttons stand for.


def test_every_button_is_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    new = {"data": "d", "commune": "Xã", "province": "T", "year": "2025", "villages": "6"}
    asked = {"quarter": "2024Q1", "village": "A", "forms": "f", "district": "", **new}
    assert "--district" not in command_of("init", asked), "what is not said is left out"
    assert command_of("lock", asked) == ["lock", "2024Q1"]
    for action in ACTIONS:
        words = command_of(action, asked)
        assert main([*words, "--help"]) == 0
        known = capsys.readouterr().out
        assert all(word in known for word in words if word.startswith("--"))
    with pytest.raises(CampaignError):
        command_of("rm -rf", asked)


def test_work_keeps_the_last_lines_of_what_was_said(tmp_path: Path) -> None:
    work = Work(["--data", str(tmp_path)])
    work.start("check", ["check"], "en")
    with pytest.raises(CampaignError):
        work.start("check", ["check"], "en")
    while work.is_running:
        time.sleep(0.05)
    assert work.ended == 2
    assert work.lines[-1].startswith("Error: ") and str(tmp_path / "raw") in work.lines[-1]
