"""What the targets mean: each of them in words, the same in both editions, without a household."""

import pytest

from campaign_lib.base.editions import EDITIONS
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share
from campaign_lib.store.processed import Processed
from campaign_lib.stories.targets_explained import targets_explained
from campaign_lib.words import LANGUAGES, Words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_target_is_told_with_what_is_asked(built_sample: Processed, language: str) -> None:
    words = Words(language)
    story = targets_explained(built_sample, "2024Q4", language)
    text = str(story.targets())
    for indicator in ALL:
        assert words(f"indicators.{indicator.id}.definition") in text
        if isinstance(indicator, Share) and len(indicator.counts) > 1:
            asked = [one.__name__ for one in indicator.counts]
            fixed = [
                one for one in asked if not words.placeholders(f"indicators.steps.{one}.label")
            ]
            assert all(words(f"indicators.steps.{one}.label") in text for one in fixed)
    assert words("audit.definition.target_percent", percent=words.percent(77.17)) in text
    assert words("codes.formula.points.how") in text


def test_both_editions_explain_the_same(built_sample: Processed) -> None:
    ours, theirs = (targets_explained(built_sample, "2024Q4", "vi", one) for one in EDITIONS)
    assert str(ours.targets()) == str(theirs.targets())
    hidden = Words("vi")("codes.status.hidden.label")
    assert hidden in str(theirs.verdicts()) and hidden not in str(ours.verdicts())


def test_a_year_without_a_plan_has_no_targets(built_sample: Processed) -> None:
    with pytest.raises(CampaignError):
        targets_explained(built_sample, "2031Q1")
