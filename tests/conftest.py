"""What all tests share: where the project is, and its sample campaign, built once for all."""

import gc
import os
import shutil
import sys
from datetime import date
from pathlib import Path

import examples
import pytest
from filelock import FileLock
from hypothesis import settings

from campaign_lib.pipeline.build import build
from campaign_lib.store.processed import Processed

# The syntax of IRIs, which no notebook here has, is checked by grammars that take two seconds to
# build wherever nbformat is imported; jsonschema does without, as the batch has it do.
sys.modules.setdefault("rfc3987_syntax", None)

settings.load_profile(examples.QUICK)  # which the command line may overrule

# The command speaks Vietnamese to whoever says nothing else, whoever runs the tests.
os.environ.pop("CAMPAIGN_LANGUAGE", None)
os.environ["LC_ALL"] = "C.UTF-8"

#: The day on which the shared sample is built: after its last survey.
TODAY = date(2025, 2, 1)


def pytest_collection_finish() -> None:
    """Let the thousands of collected tests be: Python need not look through them for garbage."""
    gc.freeze()


@pytest.fixture
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command speak English."""
    monkeypatch.setenv("CAMPAIGN_LANGUAGE", "en")


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the project."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def sample_data(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample campaign, raw and built: to be read; who changes something takes a copy.

    All workers of a run share it: whoever comes first builds it.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    data = shared / "sample" / "data"
    with FileLock(shared / "sample.lock"):
        if not (data / "processed" / "manifest.json").is_file():
            shutil.copytree(root / "data" / "raw", data / "raw", dirs_exist_ok=True)
            build(data, TODAY)
    return data


@pytest.fixture(scope="session")
def built_sample(sample_data: Path) -> Processed:
    """The sample campaign's processed tables: to be read."""
    return Processed(sample_data / "processed")
