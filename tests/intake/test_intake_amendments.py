"""corrections.csv: what it changes before cells are interpreted, and what it is refused for."""

import pytest
from intake_files import Reads, counts, csv_text, example, lines, rows, write_campaign

from campaign_lib.intake import read_homes

NAMES = ("file", "key", "column", "old", "new", "who", "when", "why")
SURVEY = "survey/2024Q1.csv"
#: Two forms: H01 with a kind of house that nobody offers, H02 without an income.
FORMS = [
    {**example("survey", 1), "house": "nhà tre", "income": "1.500"},
    {**example("survey", 2), "income": "kr"},
]
HOUSE = (SURVEY, "H01", "house", "nhà tre", "simple")


def table(*corrections: tuple[str, ...]) -> str:
    """Write corrections, all by one person on one day."""
    whole = [(*one, "Y Thu", "2025-01-10", "đã hỏi lại") for one in corrections]
    return csv_text(NAMES, [dict(zip(NAMES, one, strict=True)) for one in whole])


def reading(reads: Reads, *corrections: tuple[str, ...], **files: object):  # type: ignore[no-untyped-def]
    forms = {"survey/2024Q1": FORMS, **files}
    return reads({**forms, "corrections": table(*corrections)})


def refused(campaign: object) -> list[tuple[int | None, str]]:
    """Give row and column of each refused correction."""
    return [
        (line.row, line.column)
        for line in lines(campaign)  # type: ignore[arg-type]
        if line.file == "corrections.csv" and line.action == "row refused"
    ]


def test_a_cell_is_read_as_corrected_and_the_correction_listed(reads: Reads) -> None:
    campaign = reading(reads, HOUSE, (SURVEY, "H02", "income", "KR", "1.200"))
    answers = rows(campaign, "survey")
    assert (answers[2]["house"], answers[3]["income"]) == ("simple", 1200)
    assert answers[2]["income"] == 1500
    told = campaign.problems[campaign.problems["action"] == "corrected"]
    assert told[["file", "row", "column", "value"]].values.tolist() == [
        [SURVEY, 2, "house", "simple"],
        [SURVEY, 3, "income", "1.200"],
    ]
    assert told["problem"].iloc[0] == (
        "corrected, it said “nhà tre” (corrections.csv 2: Y Thu, 2025-01-10: đã hỏi lại)"
    )
    assert list(told["household"]) == ["H01", "H02"]
    assert "set to unknown" not in {line.action for line in lines(campaign)}
    assert counts(campaign, "corrections.csv") == (2, 2, 0, 0)


def test_file_column_and_key_may_be_written_as_in_any_raw_cell(reads: Reads) -> None:
    campaign = reading(reads, ("SURVEY/2024q1.CSV", " h01 ", "Loại nhà ở", "NHÀ TRE", "Đơn sơ"))
    found = rows(campaign, "survey")[2]["house"]
    assert (found, refused(campaign)) == ("simple", [])


@pytest.mark.parametrize(
    ("correction", "column"),
    [
        (("survey/2023Q4.csv", "H01", "house", "nhà tre", "simple"), "file"),
        (("corrections.csv", "H01", "house", "nhà tre", "simple"), "file"),
        (("plans/2024.toml", "2024", "year", "2024", "2025"), "file"),
        ((SURVEY, "H99", "house", "nhà tre", "simple"), "key"),
        ((SURVEY, "H01;2024-01-10", "house", "nhà tre", "simple"), "key"),
        ((SURVEY, "H01", "roof", "nhà tre", "simple"), "column"),
        ((SURVEY, "H01", "house", "solid", "simple"), "old"),
        ((SURVEY, "H01", "house", "", "simple"), "old"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    reads: Reads, correction: tuple[str, ...], column: str
) -> None:
    campaign = reading(reads, correction)
    assert refused(campaign) == [(2, column)]
    assert rows(campaign, "survey")[2]["house"] is None
    assert "corrected" not in {line.action for line in lines(campaign)}
    assert counts(campaign, "corrections.csv") == (1, 0, 1, 0)


def test_two_that_differ_about_one_cell_are_both_refused(reads: Reads) -> None:
    by_code = reading(reads, HOUSE, (*HOUSE[:4], "frail"))
    assert refused(by_code) == [(2, "file"), (3, "file")]
    by_label = reading(reads, HOUSE, (SURVEY, "H01", "Loại nhà ở", "nhà tre", "frail"))
    assert refused(by_label) == [(2, "new"), (3, "new")]
    for campaign in (by_code, by_label):
        assert rows(campaign, "survey")[2]["house"] is None


def test_old_tells_which_of_two_rows_with_one_key_is_meant(reads: Reads) -> None:
    later = {**FORMS[0], "surveyed_on": "2024-02-01", "house": "solid"}
    twice = {"survey/2024Q1": [FORMS[0], later]}
    told = reading(reads, (SURVEY, "H01", "house", "solid", "frail"), **twice)
    assert rows(told, "survey")[3]["house"] == "frail"
    unclear = reading(reads, (SURVEY, "H01", "income", "1500", "1600"), **twice)
    assert refused(unclear) == [(2, "old")]
    same = {"survey/2024Q1": [FORMS[0], {**later, "house": "nhà tre"}]}
    assert refused(reading(reads, HOUSE, **same)) == [(2, "key")]


def test_keys_and_refused_rows_can_be_put_right(reads: Reads) -> None:
    stranger = {**example("survey", 3), "household": "H0 3"}
    files = {"survey/2024Q1": [stranger]}
    campaign = reading(reads, (SURVEY, "H0 3", "household", "H0 3", "H03"), **files)
    assert rows(campaign, "survey")[2]["household"] == "H03"
    stay = {**example("households", 1), "joined_on": "31/02/2019"}
    fix = ("households.csv", "E1;31/02/2019", "joined_on", "31/02/2019", "28/02/2019")
    assert rows(reading(reads, fix, households=[stay]), "households")[62]["joined_on"] == (
        "2019-02-28"
    )


def test_an_old_number_no_longer_speaks_for_its_column(reads: Reads) -> None:
    forms = [{**FORMS[0], "income": "1.500"}, {**FORMS[1], "income": "1234.5"}]
    campaign = reading(
        reads, (SURVEY, "H02", "income", "1234.5", "1.234,5"), **{"survey/2024Q1": forms}
    )
    assert [row["income"] for row in rows(campaign, "survey").values()] == [1500, 1234.5]


def test_cells_are_found_on_every_sheet_and_in_every_file_of_a_quarter(reads: Reads) -> None:
    """Each has its columns in another order; `house` is missing where H03 and H04 are."""
    heads = [
        ["household", "surveyed_on", "house", "income"],
        ["income", "surveyed_on", "household"],
    ]
    book = {
        "a": [heads[0], ["H01", "2024-01-10", "solid", 1500], ["H02", "2024-01-10", "frail", 900]],
        "b": [heads[1], [1500, "2024-01-10", "H03"], [700, "2024-01-10", "H04"]],
    }
    more = csv_text(
        heads[0], [dict(zip(heads[0], ("H05", "2024-01-10", "solid", 800), strict=True))]
    )
    campaign = reads(
        {
            "survey/2024Q1/x.xlsx": book,
            "survey/2024Q1": None,
            "survey/2024Q1/y.csv": more,
            "corrections": table(
                ("survey/2024Q1/x.xlsx", "H02", "income", "900", "1900"),
                ("survey/2024Q1/x.xlsx", "H04", "income", "700", "1700"),
                ("survey/2024Q1/y.csv", "H05", "income", "800", "1800"),
                ("survey/2024Q1/x.xlsx", "H05", "income", "800", "1"),
                ("survey/2024Q1/x.xlsx", "H03", "house", "", "solid"),
            ),
        }
    )
    assert refused(campaign) == [(5, "key"), (6, "key")]
    answers = campaign.tables["survey"].set_index("household")["income"].to_dict()
    assert answers == {"H01": 1500, "H02": 1900, "H03": 1500, "H04": 1700, "H05": 1800}
    told = campaign.problems[campaign.problems["action"] == "corrected"]
    assert told[["file", "sheet", "row", "household"]].values.tolist() == [
        ["survey/2024Q1/x.xlsx", "a", 3, "H02"],
        ["survey/2024Q1/x.xlsx", "b", 3, "H04"],
        ["survey/2024Q1/y.csv", "", 2, "H05"],
    ]


def test_many_corrections_of_rows_with_one_key_are_told_apart(reads: Reads) -> None:
    """All rows of a village begin with its key: the quarter, the purpose and `old` decide."""
    money = [{**example("funding", n), "planned": n % 7, "disbursed": ""} for n in range(1, 41)]
    whole = [
        ("funding.csv", f"A;2024Q1;other;việc {n}", "planned", str(n % 7), "50")
        for n in range(1, 21)
    ]
    by_village = [
        ("funding.csv", key, "planned", old, "60")
        for key, old in (("A", "3"), ("A;2024Q1", "9"), ("A;2024Q2", "3"), ("A;2024Q1;other", "4"))
    ]
    campaign = reads({"funding": money, "corrections": table(*whole, *by_village)})
    assert refused(campaign) == [(22, "key"), (23, "old"), (24, "key"), (25, "key")]
    planned = [row["planned"] for row in rows(campaign, "funding").values()]
    assert planned == [50] * 20 + [n % 7 for n in range(21, 41)]


def test_forms_are_made_for_the_corrected_register(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from intake_files import TODAY

    fix = ("households.csv", "H01", "village", "A", "B")
    write_campaign(tmp_path, {"corrections": table(fix)})
    homes = read_homes(tmp_path, TODAY).stays.set_index("household")["village"]
    assert (homes["H01"], homes["H02"]) == ("B", "A")
