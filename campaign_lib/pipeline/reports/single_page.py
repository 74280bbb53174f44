"""One page from a notebook, by itself: outside the folder of reports, and in no list."""

from collections.abc import Mapping
from pathlib import Path

from campaign_lib.base.whole_files import write_text
from campaign_lib.errors import CampaignError
from campaign_lib.pipeline.engine import NotebookFailed, run_notebook
from campaign_lib.pipeline.notebooks import find_notebook
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.pipeline.reports.run import TIME_LIMIT
from campaign_lib.show.pages import export


def write_page(
    page: Path, notebook: str, parameters: Mapping[str, str], title: str, processed: Path
) -> None:
    """Run a notebook on processed tables as they are, and write its page, whole or not at all.

    Args:
        page: the file.
        notebook: its name, such as ``audit_indicator``.
        parameters: what it is run with; ``language`` is also the page's.
        title: the page's title.
        processed: the folder of processed tables.

    Raises:
        CampaignError: the notebook is not there or refuses its parameters, or the page cannot be
            written.
        NotebookFailed: it has a fault of ours.
    """
    environment = {PROCESSED: str(processed.resolve())}
    path = find_notebook(notebook)
    try:
        ran = run_notebook(path, parameters, time_limit=TIME_LIMIT, environment=environment)
    except NotebookFailed as error:
        if error.error_name == CampaignError.__name__:
            raise CampaignError(error.error_value) from error
        raise
    write_text(page, export(ran, title, parameters["language"]))
