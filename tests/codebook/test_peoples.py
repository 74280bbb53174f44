"""Names of peoples: the official ones, other names, local groups, as offices write them."""

from collections import Counter

import duckdb
import pyarrow as pa
import pytest

from campaign_lib.codebook import codebook, ethnic_group, folded
from campaign_lib.recount import raw

#: As registers have them, and the decision of 1979.
WRITTEN = {
    "Xơ Đăng (Xơ Teng)": "xo_dang",
    "Tơ-đra": "xo_dang",
    "Tơ - đrá": "xo_dang",
    "Ha-lăng": "xo_dang",
    "Ca-dong": "xo_dang",
    "Dân tộc Xơ Đăng": "xo_dang",
    "dân tộc: XƠ-ĐĂNG": "xo_dang",
    "Người Mơ-nâm": "xo_dang",
    "Xơ Đăng/Tơ Đrá": "xo_dang",
    "Xơ Đăng - Hà Lăng": "xo_dang",
    "Gié - Triêng": "gie_trieng",
    "Giẻ–Triêng": "gie_trieng",
    "Hre": "hre",
    "H’rê": "hre",
    "Khơ-me": "khmer",
    "Bru-Vân Kiều": "bru_van_kieu",
    "Sán Chay (Cao Lan - Sán Chỉ)": "san_chay",
    "Cơ-ho (K'Ho)": "co_ho",
    "Đồng bào dân tộc Ba-na": "ba_na",
    "Hmông (Mèo)": "hmong",
    "H'Mông": "hmong",
    "Tà-ôi (Tôi-ôi)": "ta_oi",
    "Kinh (Việt)": "kinh",
    "người Kinh": "kinh",
}
#: Two peoples at once, half a name, another tone: nobody's.
NOBODY = [
    "Kinh - Xơ Đăng", "Xơ Đăng (Kinh)", "Thái (Tày)", "Xờ Đăng", "Xo Dang", "dân tộc", "người",
    "()", "Xơ", "Xơ Đăng Tơ Đra", "Xơ Đăng người Thái", "Chil", "23", "Xơ Đăng (lai)",
]  # fmt: skip


@pytest.mark.parametrize("text", [*WRITTEN, *NOBODY])
def test_a_name_is_one_peoples_or_nobodys(text: str) -> None:
    assert ethnic_group(text) == WRITTEN.get(text)


def test_no_name_is_two_peoples() -> None:
    groups = codebook().ethnic_groups
    assert len(groups) == 54
    for group in groups:
        for name in (group.name, *group.also):
            for way in (name, name.replace(" ", "-"), name.upper(), f"Dân tộc {name}"):
                assert ethnic_group(way) == group.code, way
    spelt = Counter((g.code, folded(n)) for g in groups for n in (g.name, *g.also))
    assert max(spelt.values()) == 1


def test_the_second_reading_means_the_same_peoples() -> None:
    folder = raw._FOLDER
    with duckdb.connect() as sql:
        sql.execute((folder / "words.sql").read_text(encoding="utf-8"))
        groups = codebook().ethnic_groups
        names = [(g.code, n) for g in groups for n in (g.name, *g.also)]
        sql.execute("CREATE TABLE groups (code VARCHAR, spelling VARCHAR)")
        sql.executemany("INSERT INTO groups VALUES (?, people(?))", names)
        texts = [*WRITTEN, *NOBODY, *(name for _, name in names)]
        sql.register("written", pa.table({"text": texts}))
        sql.execute(
            "CREATE TABLE seen AS SELECT folded(text) AS spelling, 'ethnicity' AS type FROM written"
        )
        statements = (folder / "cells.sql").read_text(encoding="utf-8").split(";\n\n")
        (peoples,) = (one for one in statements if "TABLE peoples" in one)
        sql.execute(peoples)
        found = dict(sql.execute("SELECT spelling, code FROM peoples").fetchall())
    assert {t: found.get(folded(t)) for t in texts} == {t: ethnic_group(t) for t in texts}
