"""The Word documents that are sent upward: complete by themselves, blank where nobody wrote."""

import re
import shutil
from collections.abc import Collection
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from docx import Document
from docx.document import Document as WordDocument
from made_samples import copied

from campaign_lib.base.editions import PUBLIC
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.reports import batch
from campaign_lib.pipeline.reports.batch import word_file, write_word
from campaign_lib.pipeline.reports.planned import Planner
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import Locks
from campaign_lib.stories.commune import commune_report
from campaign_lib.stories.documents import DOCUMENTS, document_of
from campaign_lib.stories.first_screen import STATUSES
from campaign_lib.stories.telling import masthead
from campaign_lib.words import LANGUAGES, Words

RAW = Path(__file__).parents[2] / "data" / "raw"
VI = Words("vi")
#: A page's signs, and its ranges of what is unknown, which a report upward has no place for.
OF_SCREENS = re.compile(r"[✔▲▼◐●○≠]|(?<![,.])\b95 %|\(Ký")
#: What only somebody with the pages in front of them could follow.
OF_PAGES = re.compile(
    r"\d{4}Q\d|mã của con số|mục lục|[Tt]rang này|báo cáo Chất lượng|figure's reference|"
    r"index page|this page|report Data quality"
)


def written(
    processed: Processed, quarters: Collection[str], folder: Path, language: str = "vi"
) -> dict[tuple[str, str], WordDocument]:
    """Write all documents of some quarters; give them by quarter and the notebook of their page."""
    words, found = Words(language), {}
    for key, report in Planner(processed, words).all().items():
        if key.notebook in DOCUMENTS and key.quarter in quarters:
            path = write_word(processed, key, report, folder, words)
            found[key.quarter, key.notebook] = Document(str(path))
    return found


def text_of(document: WordDocument) -> str:
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    text = "\n".join([*(line.text for line in document.paragraphs), *cells])
    return text.replace("\u00a0", " ")


@pytest.fixture(scope="module")
def of_the_sample(
    built_sample: Processed, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str, str], str]:
    """The texts of all documents of two quarters, by quarter, notebook and language."""
    return {
        (quarter, name, language): text_of(document)
        for language in LANGUAGES
        for (quarter, name), document in written(
            built_sample, ("2024Q2", "2024Q4"), tmp_path_factory.mktemp("documents"), language
        ).items()
    }


def test_every_document_is_in_the_office_s_own_template_where_raw_has_one(
    built_sample: Processed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Document()
    own.add_paragraph("UBND XÃ (mẫu hư cấu)")
    own.save(str(tmp_path / "letter.docx"))
    monkeypatch.setattr(batch, "raw_folder", lambda processed: tmp_path)
    texts = list(map(text_of, written(built_sample, ("2024Q4",), tmp_path / "r").values()))
    assert len(texts) == 2
    assert all(text.startswith("UBND XÃ (mẫu hư cấu)") and "Kính gửi" in text for text in texts)


def test_review_and_assessment_have_a_document_of_their_own(
    of_the_sample: dict[tuple[str, str, str], str],
) -> None:
    assert {(quarter, name) for quarter, name, _ in of_the_sample} == {
        ("2024Q2", "commune_report"),
        ("2024Q2", "three_year_review"),
        ("2024Q4", "commune_report"),
        ("2024Q4", "annual_assessment"),
    }


def test_documents_speak_of_no_page_and_of_no_household(
    of_the_sample: dict[tuple[str, str, str], str],
) -> None:
    homes = pd.read_csv(RAW / "households.csv", dtype="str", keep_default_na=False)
    for text in of_the_sample.values():
        assert not OF_PAGES.search(text) and not OF_SCREENS.search(text)
        assert not re.search(r"\bT\d-\d{3}\b", text)
        assert not [name for name in set(homes["head_name"]) - {""} if name in text]


def test_the_letter_of_a_revised_quarter_names_no_row_and_no_household(tmp_path: Path) -> None:
    file, today = copied(tmp_path, "2024Q1") / "survey" / "2024Q1.csv", date(2024, 12, 31)
    build(tmp_path, today)
    Locks(tmp_path).lock(Processed(tmp_path / "processed"), "2024Q1", today, force=False)
    answers = pd.read_csv(file, dtype="str", keep_default_na=False)
    answers["informed"] = "no"
    answers.to_csv(file, index=False)
    build(tmp_path, today)
    data = Processed(tmp_path / "processed")
    assert "survey/2024Q1.csv" in str(commune_report(data, "2024Q1").revisions())
    letter = text_of(written(data, ["2024Q1"], tmp_path)["2024Q1", "commune_report"])
    assert VI("what_changed.revision.sent_says") in letter
    assert not OF_PAGES.search(letter)
    assert not re.search(r"survey/|\bT\d-\d{3}\b", letter)


def test_a_document_says_what_it_stands_on_and_who_gets_it(
    of_the_sample: dict[tuple[str, str, str], str],
) -> None:
    for (_, _, language), text in of_the_sample.items():
        words = Words(language)
        assert "Kế hoạch số 48/KH-UBND ngày 22/02/2024" in text
        blank = {"number": words("letter.blank"), "date": words("letter.blank_date")}
        named = {"commune": "Đăk Tơ Lung", "year": 2024}
        assert words("letter.carried_out", **blank, **named) in text  # the plan says neither
        to = re.findall(r"^- (.*) \((b/c|đ/b|p/h|t/h)\);$", text, flags=re.MULTILINE)
        assert to[0] == ("Ban Chỉ đạo Cuộc vận động xã", "b/c")
        assert [why for _, why in to] == ["b/c"] * 4 + ["đ/b", "p/h", "t/h", "t/h"]
        assert "KON RẪY" in text
        assert words("letter.to", body=words("letter.to_district", district="Kon Rẫy")) in text
        above, file = (words(f"letter.recipients.{name}") for name in ("above", "file"))
        assert text.index(above) < text.index(f"- {to[0][0]}") < text.index(file)


def test_a_letter_begins_with_its_verdict_as_a_sentence(
    of_the_sample: dict[tuple[str, str, str], str],
) -> None:
    first = {
        ("2024Q4", "commune_report"): "Đến hết quý IV năm 2024, xã đạt 4 trên 10 chỉ tiêu của kế "
        "hoạch năm; 6 chỉ tiêu chậm so với lộ trình.",
        ("2024Q4", "annual_assessment"): "Kế hoạch chưa đạt trọn: 4 trên 10 chỉ tiêu đạt.",
    }
    for (quarter, name), said in first.items():
        assert f"\nI. ĐÁNH GIÁ CHUNG\n{said}\n" in of_the_sample[quarter, name, "vi"]


def test_what_an_officer_wrote_stands_in_page_and_document(
    of_the_sample: dict[tuple[str, str, str], str], built_sample: Processed
) -> None:
    remarks = pd.read_csv(RAW / "remarks.csv", dtype="str").set_index(["quarter", "part"])["text"]
    labels = {
        "general": "Đánh giá chung", "strengths": "Ưu điểm", "limits": "Hạn chế",
        "causes": "Nguyên nhân", "proposals": "Kiến nghị, đề xuất", "direction": "Phương hướng",
    }  # fmt: skip
    pages = {
        quarter: "".join(part.text for _, part in commune_report(built_sample, quarter).sections())
        for quarter in {quarter for quarter, _, _ in of_the_sample}
    }
    for (quarter, name, language), text in of_the_sample.items():
        for part, label in labels.items():
            said = remarks.get((quarter, part), VI("remarks.blank", part=label))
            if language == "vi":
                assert said in text, (quarter, name, part)
                assert said in pages[quarter]
            elif (quarter, part) in remarks:
                assert said in text  # in the language that it was written in
    assert ("2024Q4", "direction") not in remarks and ("2024Q4", "causes") in remarks


def test_the_public_letter_counts_what_can_be_published(built_sample: Processed) -> None:
    parts = {"quarter": "2024Q4"}
    made = document_of("commune_report", parts, "2024Q4", built_sample, VI, PUBLIC)
    told = {name: part.text for name, part in made.parts}
    shown = built_sample.rows("public_results", {"quarter": ["2024Q4"], "level": ["commune"]})
    judged = int(shown["status"].isin(STATUSES).sum())
    assert f"xã đạt {(shown['status'] == 'met').sum()} trên {judged} chỉ tiêu" in told["general"]
    assert not any(told[name] for name in ("assessment", "proposals"))
    assert "Thôn 7: chậm" not in told["results"]


@pytest.mark.parametrize(
    ("quarter", "said"),
    [
        ("2024Q2", "Nhiệm vụ quý III năm 2024"),
        ("2024Q4", "Chưa có kế hoạch năm 2025; phương hướng quý I năm 2025 lấy từ những chỉ tiêu"),
    ],
)
def test_the_direction_says_what_it_is_taken_from(
    of_the_sample: dict[tuple[str, str, str], str], quarter: str, said: str
) -> None:
    assert said in of_the_sample[quarter, "commune_report", "vi"]


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    """A commune without a district, whose plan has a number; next year's has a task."""
    folder = tmp_path_factory.mktemp("changed")
    raw = copied(folder, "2024Q4")
    plan = raw / "plans" / "2024.toml"
    lines = plan.read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if not line.startswith(("district =", "basis ="))]
    at = said.index('province = "Kon Tum"')
    said[at:at] = ['number = "07/KH-UBND"', "issued_on = 2024-03-01"]
    plan.write_text("\n".join(said), encoding="utf-8")
    task = (
        '[[tasks]]\nid = "t"\nquarter = "Q1"\nowner = "x"\nsection = "I"\nvi = "Họp."\nen = "Meet."'
    )
    (raw / "plans" / "2025.toml").write_text(
        f"year = 2025\nillustrative = true\n{task}\n", encoding="utf-8"
    )
    (raw / "remarks.csv").unlink()
    build(folder, date(2025, 2, 1))
    return Processed(folder / "processed")


@pytest.fixture(scope="module")
def of_the_changed(changed: Processed, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("documents")
    return text_of(written(changed, ["2024Q4"], folder)["2024Q4", "commune_report"])


def test_a_commune_without_a_district_reports_to_its_province(
    changed: Processed, of_the_changed: str
) -> None:
    text = of_the_changed
    assert "UBND TỈNH KON TUM" in text and "HUYỆN" not in text
    assert "Kính gửi: Ủy ban nhân dân tỉnh Kon Tum." in text
    assert not re.search(r"huyện\s*[,.;\n]", text)
    assert "Kế hoạch số 07/KH-UBND ngày 01/03/2024 của Ủy ban nhân dân xã Đăk Tơ Lung" in text
    assert text.count("chưa ghi)") == 6  # nobody wrote anything
    first = commune_report(changed, "2024Q4").first_screen().text
    assert "Xã Đăk Tơ Lung, tỉnh Kon Tum." in first


def test_a_page_names_what_the_plan_names_and_leaves_nothing_dangling() -> None:
    named = {"illustrative": False, "commune": "A", "district": "", "province": ""}
    assert masthead("Trang", named, VI).text.endswith("\n\nXã A.")
    assert masthead("Trang", named | {"province": "B"}, VI).text.endswith("Xã A, tỉnh B.")
    assert masthead("Trang", named | {"commune": ""}, VI).text.endswith("Trang")


def test_after_the_last_quarter_the_direction_is_the_next_year_s_plan(of_the_changed: str) -> None:
    assert "Nhiệm vụ quý I năm 2025" in of_the_changed and "Họp." in of_the_changed


def test_without_a_plan_all_that_it_would_say_is_blank(tmp_path: Path) -> None:
    raw = copied(tmp_path, "2024Q4")
    shutil.rmtree(raw / "plans")
    build(tmp_path, date(2025, 2, 1))
    found = written(Processed(tmp_path / "processed"), ["2024Q4"], tmp_path)
    text = text_of(found["2024Q4", "commune_report"])
    assert "UBND TỈNH …………" in text and "HUYỆN" not in text
    assert "Đến hết quý" not in text  # nothing to judge by
    assert "xã ………… về Cuộc vận động năm 2024" in text
    assert "- Ban Chỉ đạo Cuộc vận động xã (b/c);" in text


def test_a_document_lies_beside_its_page(built_sample: Processed) -> None:
    for key in Planner(built_sample, VI).all():
        if key.notebook in DOCUMENTS:
            assert word_file(Path("x"), key) == Path("x", key.target).with_suffix(".docx")
