"""The one error that a user of this project can meet."""


class CampaignError(Exception):
    """What went wrong, in one sentence that says where, what, and what to do about it.

    The command line prints the sentence and ends with exit status 2; everything else that is
    raised is a fault of ours and keeps its traceback.
    """
