"""The one error that a user of this project can meet."""

from collections.abc import Callable
from typing import ClassVar


class CampaignError(Exception):
    """What went wrong, in one sentence that says where, what, and what to do about it.

    The command line prints the sentence and ends with exit status 2; everything else that is
    raised is a fault of ours and keeps its traceback.
    """

    #: How a notebook says the sentence; `stories.opening` has it said in both languages.
    spoken: ClassVar[Callable[[str], str]] = str

    def _render_traceback_(self) -> list[str]:
        """Give what IPython shows of the error: its sentence, and no page of code."""
        return [type(self).spoken(str(self))]
