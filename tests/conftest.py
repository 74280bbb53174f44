"""What all tests share: where the project is."""

from pathlib import Path

import pytest
from hypothesis import settings

# Tests assert behaviour, not seconds: a busy machine makes no example slow enough to fail.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the project."""
    return Path(__file__).resolve().parents[1]
