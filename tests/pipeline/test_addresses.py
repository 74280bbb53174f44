"""Where pages stand, and how one leads to another: files that open from any folder, offline."""

from pathlib import PurePosixPath

import pytest

from campaign_lib.base.figures import Figure
from campaign_lib.errors import CampaignError
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.reports.planned import COMMUNE_REPORT, KINDS
from campaign_lib.pipeline.reports.report import (
    AUDIT,
    VILLAGE,
    address_of,
    file_name,
    target_of,
    way_to,
)
from campaign_lib.show.pages import nowhere, with_addresses

ODD = ("T4", "commune", "audit", "inspection", "Đăk Pơ", "a/b", "..", "con", "index")


def test_the_names_of_the_contract() -> None:
    assert target_of(VILLAGE, "T4", "2024Q3") == "2024Q3/T4.html"
    assert target_of(COMMUNE_REPORT, COMMUNE, "2024Q3") == "2024Q3/commune.html"


def test_no_two_pages_of_a_quarter_share_a_file() -> None:
    targets = [target_of(kind.notebook, COMMUNE, "2024Q3") for kind in KINDS]
    targets.append(target_of(AUDIT, COMMUNE, "2024Q3"))
    villages = [code for code in ODD if code != COMMUNE]
    targets += [target_of(kind, code, "2024Q3") for kind in (VILLAGE, AUDIT) for code in villages]
    folded = [target.lower() for target in targets]
    assert len(set(folded)) == len(folded)
    assert all(PurePosixPath(target).parts[0] == "2024Q3" for target in targets)
    assert not any(".." in PurePosixPath(target).parts for target in targets)


@pytest.mark.parametrize(
    ("target", "here", "way"),
    [
        ("index.html", "2024Q3/T4.html", "../index.html"),
        ("2024Q3/audit/T4.html", "2024Q3/T4.html", "../2024Q3/audit/T4.html"),
        ("2024Q2/T4.html", "2024Q3/audit/T4.html", "../../2024Q2/T4.html"),
        ("2024Q2/T4.html", "index.html", "2024Q2/T4.html"),
    ],
)
def test_the_way_from_page_to_page(target: str, here: str, way: str) -> None:
    assert way_to(target, here) == way


@pytest.mark.parametrize("code", ODD)
def test_a_figure_leads_to_its_part_of_the_audit_page(code: str) -> None:
    reference = str(Figure("2024Q3", code, "changed_mindset"))
    address = address_of("figure", reference, "2024Q3/T1.html", "internal")
    own = COMMUNE if code == COMMUNE else file_name(code)
    assert address == f"../2024Q3/audit/{own}.html#changed_mindset"
    assert address_of("figure", reference, "2024Q3/T1.html", "public") is None


def test_on_its_own_page_a_figure_is_a_step_away() -> None:
    here = target_of(AUDIT, "T4", "2024Q3")
    assert address_of("figure", "2024Q3/T4/informed", here, "internal") == "#informed"


def test_a_place_leads_to_its_report_in_both_editions() -> None:
    for edition in ("internal", "public"):
        address = address_of("page", "2024Q3/T4", "2024Q3/commune.html", edition)
        assert address == "../2024Q3/T4.html"


def test_links_are_filled_in_and_those_without_an_address_go() -> None:
    page = (
        '<td><a class="traced" href="figure:2024Q3/A &amp; B/informed">3/4</a></td>'
        '<td><a class="traced" href="page:2024Q3/T4">Thôn 4</a></td><a href="x">x</a>'
    )
    asked = []

    def resolve(kind: str, name: str) -> str | None:
        asked.append((kind, name))
        return f"there?{kind}&more" if kind == "page" else None

    filled = with_addresses(page, resolve)
    assert asked == [("figure", "2024Q3/A & B/informed"), ("page", "2024Q3/T4")]
    assert filled == (
        '<td>3/4</td><td><a class="traced" href="there?page&amp;more">Thôn 4</a></td>'
        '<a href="x">x</a>'
    )
    assert "figure:" not in with_addresses(page, nowhere)


@pytest.mark.parametrize("place", ["T4", "commune", "a/b", "Đăk Tơ"])
def test_references_are_read_as_they_are_written(place: str) -> None:
    figure = Figure("2024Q3", place, "informed")
    assert Figure.parse(f" {figure} ") == figure


@pytest.mark.parametrize("text", ["", "2024Q3", "2024Q3/T4", "/T4/informed", "2024Q3//informed"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(CampaignError, match="is no figure's reference"):
        Figure.parse(text)
