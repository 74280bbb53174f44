"""Drawings keep their labels apart, whatever the figures are, and say their numbers."""

from collections.abc import Sequence
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.show.charts import answers_chart, trend_panel
from campaign_lib.show.panels import LETTERS, Row, Told, apart, rows_chart
from campaign_lib.words import Words

PLACES = st.lists(st.floats(0, 100), max_size=8)


@given(PLACES, st.floats(1, 12))
def test_places_are_moved_apart_and_no_further(wanted: list[float], gap: float) -> None:
    found = apart(wanted, gap, 0, 100)
    in_order = np.array(found)[np.argsort(wanted, kind="stable")]
    assert (np.diff(in_order) >= gap - 1e-6).all()
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in found)
    if len(wanted) < 2 or np.diff(sorted(wanted)).min() >= gap:
        assert found == pytest.approx(wanted)


def test_places_at_one_place_stay_in_their_order() -> None:
    assert apart([50, 50, 50], 10, 0, 100) == [50, 60, 70]
    assert apart([95, 0, 95], 10, 0, 100) == [90, 0, 100]


def texts(html: str) -> list[str]:
    svg = ElementTree.fromstring(f"<main>{html}</main>").iter("text")
    return [" ".join("".join(element.itertext()).split()) for element in svg]


def trend(*rows: Sequence[float]) -> list[str]:
    names = ["numerator", "path_count", "target_count"]
    quarters = [f"2024Q{n}" for n in range(1, 5)]
    own = pd.DataFrame(rows, columns=names, index=quarters, dtype=float)
    return texts(trend_panel("Ti vi", own, Words("vi")))


NONE = float("nan")


def test_a_trend_says_what_each_of_its_lines_is() -> None:
    drawn = trend((1, 3, 12), (520, 6, 12), (4, 9, 12), (NONE, NONE, NONE))
    assert drawn[:8] == ["I", "1", "II", "520", "III", "4", "IV", "–"]
    assert drawn[8:] == ["■ 4 đạt", "━ 9 lộ trình", "◆ 12 chỉ tiêu"]


def test_a_trend_without_a_target_or_without_anything_is_drawn() -> None:
    assert trend(*[(1, NONE, NONE)] * 4)[8:] == ["■ 1 đạt"]
    assert trend(*[(NONE, NONE, NONE)] * 4)[8:] == []


def test_numbers_stand_behind_a_short_label_and_below_a_long_one() -> None:
    told = (Told("sure", "5", "đạt"), Told("target", "7", "chỉ tiêu"))
    rows = [Row(label, (("sure", 0.0, 5.0),), told) for label in ("Thôn 1", "x" * (LETTERS - 5))]
    chart = rows_chart(
        {"": rows}, Words("vi"), title="Bao nhiêu?", answer="", alt="", source="", frame=None
    )
    drawn = texts(chart.draw())
    assert drawn == ["Thôn 1", "■ 5 đạt ◆ 7 chỉ tiêu", "x" * (LETTERS - 5), "■ 5 đạt ◆ 7 chỉ tiêu"]
    ends = [chart.draw().count(f'text-anchor="{one}"') for one in ("end", "start")]
    assert ends == [1, 3]


def test_the_numbers_of_a_chart_are_behind_it_as_a_table() -> None:
    counts = pd.DataFrame(
        {"label": ["Nhà", "Xe <1>"], "yes": [3, 0], "no": [1, 4], "unknown": [0, 2]}
    )
    chart = answers_chart(counts, "Có gì?", Words("vi"), "Nguồn")
    assert chart.answer == "Nhiều hộ trả lời có nhất: Nhà (3); ít nhất: Xe <1> (0)."
    assert chart.behind is not None
    (table,) = chart.behind.inner.blocks
    assert [column.label for column in table.columns] == ["", "có", "không", "không rõ"]
    assert table.rows == (("Nhà", "3", "1", "0"), ("Xe <1>", "0", "4", "2"))
    assert "Xe &lt;1&gt;" in chart.draw()
