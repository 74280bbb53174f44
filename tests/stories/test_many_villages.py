"""A commune of more villages than a page can set side by side: every section of it is told."""

from collections.abc import Callable

import pandas as pd
import pytest
from page_tables import table_of

from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators import ALL
from campaign_lib.pipeline.build import build
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit import place as audit_of_place
from campaign_lib.stories.audit.place import FEW, audit_place
from campaign_lib.stories.commune import commune_report
from campaign_lib.stories.data_quality import data_quality
from campaign_lib.stories.inspection import inspection
from campaign_lib.stories.sharing import target_allocation
from campaign_lib.stories.telling import sections_of
from campaign_lib.words import Words
from campaign_sample.writing import write_sample

QUARTER = "2024Q3"  # the sample's quarter with visits
MANY = (FEW + 5, pytest.param(300, marks=pytest.mark.slow))


@pytest.fixture(scope="module", params=MANY)
def many(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Processed:
    data = tmp_path_factory.mktemp("many")
    write_sample(data, request.param, 8 * request.param, (Quarter.parse(QUARTER),), 1)
    build(data, pd.Timestamp("2025-04-01").date())
    return Processed(data / "processed")


@pytest.mark.parametrize("tell", [commune_report, inspection, data_quality, target_allocation])
def test_every_section_of_the_commune_is_told(many: Processed, tell: Callable[..., object]) -> None:
    given = {target_allocation: ("2024",), inspection: (QUARTER, "1", "30")}
    story = tell(many, *given.get(tell, (QUARTER,)))
    for section in sections_of(story):
        told = getattr(story, section)
        assert str(told() if callable(told) else told)


def lines_of(processed: Processed, level: str) -> pd.DataFrame:
    lines = processed.results
    return lines[(lines["quarter"] == QUARTER) & (lines["level"] == level)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_audit_has_all_villages_in_one_table_and_how_figures_come_about_folded(
    many: Processed, language: str
) -> None:
    words = Words(language)
    story = audit_place(many, "commune", QUARTER, language)
    first, figures = story.first_screen().html, story.figures().html
    rows = table_of(first, words("audit_place.villages.all"))[1:]
    assert [row[0] for row in rows] == list(many.villages.values())
    own = lines_of(many, "village").set_index(["place", "indicator"])
    ids = [one.id for one in ALL if one.by_village]
    for code, row in zip(many.villages, rows, strict=True):
        for id, cell in zip(ids, row[1:], strict=True):
            line = own.loc[(code, id)]
            unknown = f" ({line['unknown']}?)" if line["unknown"] else ""
            assert cell.endswith(f"\u00a0{line['numerator']}/{line['denominator']}{unknown}")
    # Where a printed reference leads stands outside of what is folded away; no village is below.
    assert figures.count(f"<summary>{words('audit_place.how')}</summary>") == len(ALL)
    for one in ALL:
        before, heading, _ = figures.partition(f'<h2 id="{one.id}">')
        assert heading
        assert before.count("<details") == before.count("</details>")
        label = words(f"indicators.{one.id}.label")
        assert words("audit_place.villages.caption", label=label) not in figures


def test_what_villages_have_adds_up_to_the_commune_s_count(many: Processed) -> None:
    """Of households and areas; an activity may be the whole commune's."""
    villages = lines_of(many, "village").groupby("indicator")[["numerator", "denominator"]].sum()
    commune = lines_of(many, "commune").set_index("indicator")[["numerator", "denominator"]]
    alike = commune.index.difference(["integrated_activities", "front_models"])
    pd.testing.assert_frame_equal(villages.loc[alike], commune.loc[alike], check_dtype=False)


def test_few_villages_stay_open_and_each_figure_has_its_own(
    built_sample: Processed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample has eight villages: at the limit all is open, above it figures are folded."""
    caption, how = map(Words("vi").under("audit_place"), ("villages.all", "how"))
    monkeypatch.setattr(audit_of_place, "FEW", 8)
    few = audit_place(built_sample, "commune", QUARTER)
    assert caption not in few.first_screen().html
    assert how not in few.figures().html
    monkeypatch.setattr(audit_of_place, "FEW", 7)
    above = audit_place(built_sample, "commune", QUARTER)
    assert caption in above.first_screen().html
    assert above.figures().html.count(how) == len(ALL)
    # A village's page is as ever.
    assert caption not in audit_place(built_sample, "T4", QUARTER).first_screen().html
