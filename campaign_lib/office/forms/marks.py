"""What must be seen before a form is passed on: that it is internal, and whether it is made up."""

from campaign_lib.office.forms.questionnaire import Questionnaire
from campaign_lib.words import LANGUAGES, Words


def marks(asked: Questionnaire, *, short: bool = False) -> list[str]:
    """Say so in both languages, a sentence each, or a word or two where there is little room."""
    length = "short" if short else "long"
    return [both(f"form.{name}.{length}") for name in names_of_marks(asked)]


def names_of_marks(asked: Questionnaire) -> list[str]:
    """Name the marks that a quarter's forms have, as `words/form.toml` does."""
    return ["internal", "made_up"] if asked.made_up else ["internal"]


def both(key: str, **values: object) -> str:
    """Say a text in both languages, Vietnamese first."""
    return " · ".join(Words(language)(key, **values) for language in LANGUAGES)
