"""What the tests of forms share: what the forms of a campaign with awkward names ask."""

from pathlib import Path

import pytest
from form_campaign import TODAY, written_campaign

from campaign_lib.intake import read_homes
from campaign_lib.office.forms import Made, Questionnaire, questionnaire_of, write_forms
from campaign_lib.office.forms.questionnaire import Village


@pytest.fixture(scope="session")
def campaign_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder above raw/; nobody changes what is in it."""
    return written_campaign(tmp_path_factory.mktemp("forms"))


@pytest.fixture(scope="session")
def asked(campaign_folder: Path) -> Questionnaire:
    """What is asked in the third quarter, and whom."""
    return questionnaire_of(read_homes(campaign_folder / "raw", TODAY), TODAY, "2024Q3")


@pytest.fixture(scope="session")
def village(asked: Questionnaire) -> Village:
    """Village A."""
    return asked.villages[0]


@pytest.fixture(scope="session")
def made(asked: Questionnaire, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """All forms of the third quarter in Vietnamese."""
    return write_forms(tmp_path_factory.mktemp("made"), asked, "vi")
