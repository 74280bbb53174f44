"""Where the notebooks are: in the folder `notebooks` beside the package, as in a clone."""

from pathlib import Path

from campaign_lib.errors import CampaignError

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"


def find_notebook(name: str) -> Path:
    """Give a notebook's file by its name, such as ``audit_indicator``.

    Raises:
        CampaignError: it is not there: the package was installed away from its notebooks.
    """
    path = FOLDER / f"{name}.ipynb"
    if not path.is_file():
        raise CampaignError("folder.no_notebook", file=path)
    return path
