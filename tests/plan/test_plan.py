"""The plan of a year: what it says is kept to the last decimal, and each slip is named."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from campaign_lib.base.quarters import CALENDAR, DECREE_09_2019
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import IDS
from campaign_lib.intake.plans import read_plans
from campaign_lib.plan import (
    DECISION_59_2015,
    DECREE_07_2021,
    PARAMETERS,
    Plan,
    PlanError,
    Target,
    Task,
    plan_of,
    read_plan,
)

QUARTERLY = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1))
TASK = """
[[tasks]]
id = "2024-Q1-1"
quarter = "Q1"
owner = "officer"
section = "III.1"
vi = "Soạn kế hoạch."
en = "Draft the plan."
"""
WHOLE = f"""
year = 2024
commune = "Đăk Tơ Lung"
district = "Kon Rẫy"
province = "Kon Tum"
calendar = "calendar"
baseline = 2023-06-30
path = ["0.1", "0.333333", "0.75", "1"]
poverty_standard = "decision_59_2015"
illustrative = true
number = "07/KH-UBND"
issued_on = 2024-03-01
basis = ["Kế hoạch   số 1", "Kết luận số 2"]
recipients = [["Ban Chỉ đạo", "b/c"], ["Lưu"]]
[parameters]
district_mean_income = "1850.5"
essential_goods_needed = 3
poverty_reduction_formula = "relative"
[targets.changed_mindset]
at_least = "77.17"
section = "II.2"
[targets.front_models]
at_least = 1
at_most = 2
section = "II.5"
{TASK}"""
LONG = "1" * 40
#: What may stand below [parameters]: each of them, and where its value comes from.
KNOWN = sorted(f"{name}{note}" for name in PARAMETERS for note in ("", "_date", "_source"))


def given(mean: float | None, goods: int, formula: str) -> dict[str, object]:
    """Give all parameters, of which a plan says these three."""
    said = {"district_mean_income": mean, "essential_goods_needed": goods}
    defaults = {name: one.default for name, one in PARAMETERS.items()}
    return {**defaults, **said, "poverty_reduction_formula": formula}


def write(folder: Path, content: str | bytes, name: str = "2024.toml") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(CampaignError) as caught:
        read_plan(path)
    return str(caught.value)


# --- what is read ---


def test_a_whole_plan(tmp_path: Path) -> None:
    assert read_plan(write(tmp_path, WHOLE)) == Plan(
        year=2024,
        baseline=date(2023, 6, 30),
        commune="Đăk Tơ Lung",
        district="Kon Rẫy",
        province="Kon Tum",
        calendar=CALENDAR,
        path=(Fraction(1, 10), Fraction(333333, 10**6), Fraction(3, 4), Fraction(1)),
        poverty_standard=DECISION_59_2015,
        illustrative=True,
        number="07/KH-UBND",
        issued_on=date(2024, 3, 1),
        basis=("Kế hoạch số 1", "Kết luận số 2"),
        recipients=("Ban Chỉ đạo (b/c)", "Lưu"),
        parameters=given(1850.5, 3, "relative"),
        targets={"changed_mindset": Target(7717, "II.2"), "front_models": Target(1, "II.5", 2)},
        tasks=(Task("2024-Q1-1", "Q1", "officer", "III.1", "Soạn kế hoạch.", "Draft the plan."),),
    )


def test_a_year_alone_is_a_plan_with_the_usual_rest(tmp_path: Path) -> None:
    plan = read_plan(write(tmp_path, "year = 2024"))
    assert plan == Plan(year=2024, baseline=date(2023, 12, 31))
    assert (plan.calendar, plan.path, plan.illustrative) == (DECREE_09_2019, QUARTERLY, False)
    assert plan.parameters == given(None, 2, "points")
    assert (plan.targets, plan.tasks) == ({}, ())
    assert plan.poverty_standard == DECREE_07_2021
    # Another year's is that of its baseline date, as of a year without a plan.
    old = read_plan(write(tmp_path, "year = 2021", "2021.toml"))
    assert old.poverty_standard == plan_of({}, 2021).poverty_standard == DECISION_59_2015


@pytest.mark.parametrize(
    ("printed", "hundredths"),
    [
        ("77.17", 7717),
        ("50.39", 5039),
        ("30.71", 3071),
        ("25.20", 2520),
        ("25.2", 2520),
        ("5.12", 512),
        ("0.29", 29),  # 0.29 * 100 is 28.999999999999996 among floats
        ("0", 0),
        ("0.01", 1),
        ("99.99", 9999),
        ("100", 10000),
        ("100.00", 10000),
    ],
)
def test_percentages_are_exact(tmp_path: Path, printed: str, hundredths: int) -> None:
    plan = read_plan(write(tmp_path, f'year = 2024\n[targets.informed]\nat_least = "{printed}"'))
    assert plan.targets == {"informed": Target(hundredths, "")}


@pytest.mark.parametrize(
    ("table", "key", "said", "sentence"),
    [
        ("parameters", "district_mean_income", "2.000", 'write "2" or "2000"'),
        ("parameters", "district_mean_income", "1.850", 'write "1.85" or "1850"'),
        ("targets.informed", "at_least", "77.170", 'write "77.17" or "77170"'),
        ("targets.informed", "at_least", "0.8", 'write "80" if 80 % is meant, or "0.80"'),
        ("targets.poverty_reduction", "at_least", "0.5", 'write "50" if 50 % is meant, or "0.50"'),
        ("parameters", "district_mean_income", "1_850", "write the number in quotes with a dot"),
        ("parameters", "district_mean_income", "1e3", "write the number in quotes with a dot"),
    ],
)
def test_a_number_that_can_be_read_in_two_ways_is_refused(
    tmp_path: Path, table: str, key: str, said: str, sentence: str
) -> None:
    path = write(tmp_path, f'year = 2024\n[{table}]\n{key} = "{said}"')
    assert sentence in refusal(path)


def test_what_can_be_read_in_one_way_is_read(tmp_path: Path) -> None:
    plan = read_plan(
        write(
            tmp_path,
            'year = 2024\npath = ["0.125", "0.250", "0.500", "1"]\n'
            '[parameters]\ndistrict_mean_income = "1850.50"\n'
            '[targets.informed]\nat_least = "0.80"\n[targets.poverty_reduction]\nat_least = "0"',
        )
    )
    assert plan.path[0] == Fraction(1, 8)
    assert plan.parameters["district_mean_income"] == 1850.5
    assert plan.targets == {"informed": Target(80, ""), "poverty_reduction": Target(0, "")}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_plan_may_be_saved_as_unicode_text(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    plan = read_plan(write(tmp_path, f'{mark}year = 2024\ncommune = "Đăk"'.encode(encoding)))
    assert (plan.year, plan.commune) == (2024, "Đăk")


def test_a_source_and_a_date_may_stand_beside_each_parameter(tmp_path: Path) -> None:
    noted = """
        year = 2024
        [parameters]
        district_mean_income = "1850"
        district_mean_income_source = "Niên giám"
        district_mean_income_date = 2023-12-31
        essential_goods_needed_source = "Ban Chỉ đạo"
        poverty_reduction_formula_source = "Kế hoạch"
        """
    assert read_plan(write(tmp_path, noted)).parameters == given(1850.0, 2, "points")


def test_windows_signs_at_the_beginning_do_not_matter(tmp_path: Path) -> None:
    assert read_plan(write(tmp_path, b"\xef\xbb\xbfyear = 2024\r\n")).year == 2024


# --- years and days ---


def test_no_folder_and_no_file_are_no_plan(tmp_path: Path) -> None:
    assert read_plans(tmp_path / "plans") == {}
    assert read_plans(tmp_path) == {}


def test_a_file_for_each_year(tmp_path: Path) -> None:
    for year in (2025, 2024):
        write(tmp_path, f"year = {year}", f"{year}.toml")
    write(tmp_path, "no plan", "notes.txt")
    plans = read_plans(tmp_path)
    assert list(plans) == [2024, 2025]
    assert plan_of(plans, 2025) is plans[2025]


def test_a_year_without_a_plan_has_the_usual_baseline_and_no_targets() -> None:
    plan = plan_of({}, 2026)
    assert (plan.year, plan.baseline, plan.targets) == (2026, date(2025, 12, 31), {})


@pytest.mark.parametrize(
    ("baseline", "anniversary"),
    [
        (date(2023, 12, 31), date(2024, 12, 31)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(2024, 2, 29), date(2025, 2, 28)),  # 2025 has no 29 February
    ],
)
def test_anniversary(baseline: date, anniversary: date) -> None:
    assert Plan(year=2024, baseline=baseline).anniversary == anniversary


# --- what is refused: the sentence names the file, the key, and what to do ---

KEYS_OF_A_PLAN = (
    "baseline, basis, calendar, commune, district, illustrative, issued_on, number, parameters, "
    "path, poverty_standard, province, recipients, targets, tasks, year"
)
TEXTS = 'a list of texts in brackets, such as ["Plan No. 1/KH-UBND"]'
PAIRS = 'a list of pairs of who gets it and what for, such as [["Party committee", "b/c"]]'
ASK_QUOTES = 'write the number in quotes with a dot, such as "77.17"'
CALENDARS = (
    "decree_09_2019 (Reporting quarters of Decree 09/2019/NĐ-CP); calendar (Calendar quarters)"
)
STANDARDS = "decision_59_2015 (Decision 59/2015/QĐ-TTg); decree_07_2021 (Decree 07/2021/NĐ-CP)"
TEXTS_OF_A_TASK = "each task must have the texts id, quarter, owner, section, vi, in quotes."


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("target = 5", f"line 2 (target) is not a key of a plan; known are {KEYS_OF_A_PLAN}."),
        ("commune = 5", "line 2 (commune) must be text in quotes."),
        ("district = true", "line 2 (district) must be text in quotes."),
        ("province = []", "line 2 (province) must be text in quotes."),
        (
            'calendar = "lunar"',
            f"line 2 (calendar) is 'lunar'; it must be one of {CALENDARS}.",
        ),
        ("calendar = []", f"line 2 (calendar) is []; it must be one of {CALENDARS}."),
        (
            'poverty_standard = "2021"',
            f"line 2 (poverty_standard) is '2021'; it must be one of {STANDARDS}.",
        ),
        (
            'baseline = "2023-12-31"',
            "line 2 (baseline) must be a date without quotes, such as 2023-12-31.",
        ),
        (
            "baseline = 2023-12-31T00:00:00",
            "line 2 (baseline) must be a date without quotes, such as 2023-12-31.",
        ),
        (
            "baseline = 9999-12-31",  # has no anniversary
            "line 2 (baseline) must be a date without quotes, such as 2023-12-31.",
        ),
        ("illustrative = 1", "line 2 (illustrative) must be yes (true) or no (false)."),
        ("number = 7", "line 2 (number) must be text in quotes."),
        (
            'issued_on = "2024-03-01"',
            "line 2 (issued_on) must be a date without quotes, such as 2023-12-31.",
        ),
        ('basis = "Kế hoạch"', f"line 2 (basis) must be {TEXTS}."),
        ("basis = [1]", f"line 2 (basis) must be {TEXTS}."),
        ('basis = [" "]', f"line 2 (basis) must be {TEXTS}."),
        ('recipients = ["Ban Chỉ đạo"]', f"line 2 (recipients) must be {PAIRS}."),
        ('recipients = [["Ban Chỉ đạo", "b/c", "x"]]', f"line 2 (recipients) must be {PAIRS}."),
        ("recipients = [[]]", f"line 2 (recipients) must be {PAIRS}."),
        ('illustrative = "true"', "line 2 (illustrative) must be yes (true) or no (false)."),
        ("parameters = 5", "line 2 (parameters) must be a table."),
        ("targets = []", "line 2 (targets) must be a table."),
        ("tasks = 5", "line 2 (tasks) must be a list of [[tasks]]."),
        # path
        ('path = "0.25"', "line 2 (path) must list four shares, one for each quarter."),
        ('path = ["0.5", "1"]', "line 2 (path) must list four shares, one for each quarter."),
        ("path = [0.25, 0.5, 0.75, 1]", f"line 2 (path.1) is 0.25; {ASK_QUOTES}."),
        (
            'path = ["0.25", "0.5", "0.75", "1.1"]',
            "line 2 (path.4) is 1.1; it must not be below 0 or above 1.",
        ),
        (
            'path = ["-0.1", "0.5", "0.75", "1"]',
            "line 2 (path.1) is -0.1; it must not be below 0 or above 1.",
        ),
        (
            'path = ["0.5", "0.25", "0.75", "1"]',
            "line 2 (path.2) must not fall from one quarter to the next.",
        ),
        (
            'path = ["0.1234567", "0.5", "0.75", "1"]',
            "line 2 (path.1) is 0.1234567; at most 6 decimals are printed, so write at most 6.",
        ),
        # parameters
        (
            "parameters.mean = 5",
            f"line 2 (parameters.mean) is not a key of a plan; known are {', '.join(KNOWN)}.",
        ),
        (
            "parameters.district_mean_income = 1850",
            f"line 2 (parameters.district_mean_income) is 1850; {ASK_QUOTES}.",
        ),
        (
            'parameters.district_mean_income = "1.850,5"',
            f"line 2 (parameters.district_mean_income) is '1.850,5'; {ASK_QUOTES}.",
        ),
        (
            'parameters.district_mean_income = "NaN"',
            f"line 2 (parameters.district_mean_income) is 'NaN'; {ASK_QUOTES}.",
        ),
        (
            'parameters.district_mean_income = "1.85"',  # 1.850 as an English table has it
            "line 2 (parameters.district_mean_income) is 1.85; it must be 50 to 1000000.",
        ),
        (
            'parameters.district_mean_income = "-1"',
            "line 2 (parameters.district_mean_income) is -1; it must not be below 0 or above "
            "1000000.",
        ),
        (
            f'parameters.district_mean_income = "{LONG}"',
            f"line 2 (parameters.district_mean_income) is {LONG}; it must not be below 0 or above "
            "1000000.",
        ),
        (
            'parameters.district_mean_income = "1850.1234"',
            "line 2 (parameters.district_mean_income) is 1850.1234; at most 3 decimals are "
            "printed, so "
            "write at most 3.",
        ),
        (
            'parameters.essential_goods_needed = "2"',
            "line 2 (parameters.essential_goods_needed) is '2'; write a whole number without "
            "quotes, such as 2.",
        ),
        (
            "parameters.essential_goods_needed = 6",
            "line 2 (parameters.essential_goods_needed) is 6; it must be 1 to 5.",
        ),
        (
            "parameters.essential_goods_needed = 0",
            "line 2 (parameters.essential_goods_needed) is 0; it must be 1 to 5.",
        ),
        (
            'parameters.poverty_reduction_formula = "share"',
            "line 2 (parameters.poverty_reduction_formula) is 'share'; it must be one of points "
            "(Fall in percentage points); relative (Fall relative to the first rate); escaped "
            "(Share of households no longer poor).",
        ),
        # targets
        ('targets.informed = "50"', "line 2 (targets.informed) must be a table with at_least."),
        (
            'targets.informed.section = "II.1"',
            "line 2 (targets.informed) must be a table with at_least.",
        ),
        (
            "targets.informed.at_least = 50",
            f"line 2 (targets.informed.at_least) is 50; {ASK_QUOTES}.",
        ),
        (
            'targets.informed.at_least = "77,17"',
            f"line 2 (targets.informed.at_least) is '77,17'; {ASK_QUOTES}.",
        ),
        (
            'targets.informed.at_least = "100.01"',
            "line 2 (targets.informed.at_least) is 100.01; it must not be below 0 or above 100.",
        ),
        (
            'targets.informed.at_least = "77.165"',
            "line 2 (targets.informed.at_least) is 77.165; at most 2 decimals are printed, so "
            "write at "
            "most 2.",
        ),
        (
            'targets.informed = { at_least = "50", section = 2 }',
            "line 2 (targets.informed.section) must be text in quotes.",
        ),
        (
            'targets.informed = { at_least = "50", at_most = "60" }',
            "line 2 (targets.informed.at_most) is not a key of a plan; known are at_least, "
            "section.",
        ),
        (
            'targets.front_models = { at_least = 1, most = "2" }',
            "line 2 (targets.front_models.most) is not a key of a plan; known are at_least, "
            "at_most, "
            "section.",
        ),
        (
            "targets.front_models.at_least = -1",
            "line 2 (targets.front_models.at_least) is -1; write a whole number without quotes, "
            "such as 2.",
        ),
        (
            "targets.front_models = { at_least = 1, at_most = 1.5 }",
            "line 2 (targets.front_models.at_most) is 1.5; write a whole number without quotes, "
            "such as 2.",
        ),
        (
            "targets.front_models = { at_least = 3, at_most = 2 }",
            "line 2 (targets.front_models.at_most) is 2, less than what is asked at least (3); "
            "correct one of the two.",
        ),
        (
            "targets.front_models.at_least = true",
            "line 2 (targets.front_models.at_least) is True; write a whole number without "
            "quotes, such as 2.",
        ),
        # tasks
        ("tasks = [5]", f"line 2 (task 1.id): {TEXTS_OF_A_TASK}"),
        (
            'tasks = [{ id = "1", quarter = "Q1" }]',
            f"line 2 (task 1.owner): {TEXTS_OF_A_TASK}",
        ),
        (TASK.replace('"Q1"', "1"), f"line 5 (task 1.quarter): {TEXTS_OF_A_TASK}"),
        (
            TASK.replace('"Q1"', '"Q5"'),
            "line 5 (task 1.quarter) is 'Q5'; it must be one of Q1 (First quarter); Q2 (Second "
            "quarter); Q3 (Third quarter); Q4 (Fourth quarter); all (All year).",
        ),
        (
            f'{TASK}\nby = "officer"',
            "line 11 (task 1.by) is not a key of a plan; known are en, id, owner, quarter, "
            "section, vi.",
        ),
        (
            TASK + TASK,
            "line 12 (task 2.id): the id 2024-Q1-1 is there twice; give each task an id of its "
            "own.",
        ),
        (
            "\n[targets.informed]\nat_least = '9'\n\n[targets.infromed]\nat_least = '9'",
            f"line 6 (targets.infromed): infromed is not an indicator; known are {', '.join(IDS)}.",
        ),
    ],
)
def test_a_broken_key_is_named(tmp_path: Path, line: str, sentence: str) -> None:
    assert refusal(write(tmp_path, f"year = 2024\n{line}")) == f"2024.toml: {sentence}"


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = """
commune = "Mẫu"
calender = "calendar"
path = ["1", "0.5", "0.75", "1"]
[targets]
informed.at_least = "101"
applies_science.at_least = "9"
[[tasks]]
id = "1"
[[tasks]]
id = "2"
"""
    with pytest.raises(PlanError) as caught:
        read_plan(write(tmp_path, text))
    where = ["(calender)", "year is missing", "(path.2)", "informed.at_least", "task 1", "task 2"]
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.each) == len(where)
    assert all(one in line for one, line in zip(where, lines, strict=True))
    assert caught.value.commune == "Mẫu"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("2024", "", "year is missing: it must be a year such as 2024."),
        ("2024", 'year = "2024"', "line 1 (year) must be a year such as 2024."),
        ("2024", "year = true", "line 1 (year) must be a year such as 2024."),
        (
            "2024",
            "year = 2025",
            "line 1 (year) is 2025, but the file's name says 2024; rename the file or correct "
            "the year.",
        ),
        (
            "plan",
            "year = 2024",
            "line 1 (year) is 2024, but the file's name says plan; rename the file or correct "
            "the year.",
        ),
        ("0", "year = 0", "line 1 (year) is 0; it must be a year such as 2024."),
        ("12024", "year = 12024", "line 1 (year) is 12024; it must be a year such as 2024."),
    ],
)
def test_a_plan_says_its_year_twice(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    file = f"{name}.toml"
    assert refusal(write(tmp_path, content, file)) == f"{file}: {sentence}"


@pytest.mark.parametrize("content", ["year 2024", "year = 2024\nyear = 2024", b"year = '\xff'"])
def test_what_is_no_toml_is_named(tmp_path: Path, content: str | bytes) -> None:
    assert refusal(write(tmp_path, content)).startswith("2024.toml: not a readable TOML file (")


def test_a_plan_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "2024.toml").mkdir()
    assert refusal(tmp_path / "2024.toml").startswith("2024.toml: is no file")
    assert refusal(tmp_path / "2025.toml").startswith("2025.toml: cannot be opened (")


def test_one_broken_file_among_several_is_named(tmp_path: Path) -> None:
    write(tmp_path, "year = 2024")
    write(tmp_path, "year = 2026", "2025.toml")
    with pytest.raises(CampaignError, match=r"^2025\.toml: line 1 \(year\) is 2026"):
        read_plans(tmp_path)


# --- where a key stands ---


def test_a_slip_is_told_by_its_line_in_a_whole_plan(tmp_path: Path) -> None:
    """Also below tables, and where a text before it looks like a key."""
    slip = WHOLE.replace('at_least = "77.17"', 'at_least = "77,17"')
    slip = slip.replace('commune = "', '# commune = 5\ncommune = "', 1)
    line = slip.splitlines().index('at_least = "77,17"') + 1
    assert f"line {line} (targets.changed_mindset.at_least) is '77,17'" in refusal(
        write(tmp_path, slip)
    )


def test_a_task_may_have_no_english(tmp_path: Path) -> None:
    plan = read_plan(write(tmp_path, f"year = 2024\n{TASK}".replace('en = "Draft the plan."', "")))
    assert plan.tasks == (Task("2024-Q1-1", "Q1", "officer", "III.1", "Soạn kế hoạch.", ""),)


def test_a_plan_says_which_parameters_it_leaves_to_their_defaults(tmp_path: Path) -> None:
    assert read_plan(write(tmp_path, "year = 2024")).unsaid == tuple(PARAMETERS)
    unsaid = read_plan(write(tmp_path, WHOLE)).unsaid
    assert unsaid == ("unlisted_households",)
