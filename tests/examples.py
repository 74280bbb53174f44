"""How many examples a property is tried on: a quarter of them each time, all now and then."""

from hypothesis import settings

#: With `--hypothesis-profile=full`, as .ci/run does beside the slow tests, every example is drawn.
FULL, QUICK = "full", "quick"
SHARE = 4
QUICK_EXAMPLES = 100 // SHARE

# Tests assert behaviour, not seconds: a busy machine makes no example slow enough to fail.
settings.register_profile(FULL, deadline=None)
settings.register_profile(QUICK, deadline=None, max_examples=QUICK_EXAMPLES)


def of(most: int) -> int:
    """Give how many of `most` examples this run draws."""
    profile = settings.default
    full = profile is None or profile.max_examples > QUICK_EXAMPLES
    return most if full else max(2, most // SHARE)
