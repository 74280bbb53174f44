"""How a notebook begins: its parameters are checked, and the campaign is opened for it."""

import importlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.errors import CampaignError
from campaign_lib.pipeline.build import bring_up_to_date
from campaign_lib.show import charts
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit import AuditStory
from campaign_lib.stories.desk import Desk, Names
from campaign_lib.stories.figure import Figure, Rule
from campaign_lib.stories.lab import furnish
from campaign_lib.words import LANGUAGES, Words
from campaign_lib.words.progress import shown
from campaign_lib.words.spelling import hint

Told = TypeVar("Told")

#: Where the campaign is, if not in the nearest folder `data`.
DATA = "CAMPAIGN_DATA"
#: Set by a batch, which has built already: the folder to read as it is.
PROCESSED = "CAMPAIGN_PROCESSED"
#: Which commune a notebook is about, in a folder that holds several.
COMMUNE = "CAMPAIGN_COMMUNE"
#: How a cell of parameters begins: ours in the notebooks, and the one that papermill puts in.
_PARAMETERS = ("# Tham số", "# Parameters")
_ASSIGNED = re.compile(r"^(\w+)\s*=(?!=)", re.MULTILINE)


def open_campaign(
    data: str | Path | None = None, commune: str | None = None, language: str = "vi"
) -> Desk:
    """Open a campaign for an analyst, built anew if its files or our code changed.

    Args:
        data: the folder that holds `raw`; by default the one that CAMPAIGN_DATA names, or else the
            nearest `data` at or above here.
        commune: key or name of one of several communes in the folder; by default the one that
            CAMPAIGN_COMMUNE names, or else all of them together.
        language: vi or en, what answers and charts speak.

    Returns:
        The desk: frames `results`, `steps`, `panel`, `table[NAME]`, `cohort[QUARTER]`,
        `count[INDICATOR]`; `audit[INDICATOR, QUARTER, PLACE]`; `village`, `commune_report`,
        `targets` and `chart`, which show themselves. It shows what can be asked of it.

    Raises:
        CampaignError: no such language, folder or commune, or it cannot be built.
    """
    words = Words(language)
    processed = _opened(data)
    commune = os.environ.get(COMMUNE, "") if commune is None else commune
    whole = processed.has_all and not commune
    return Desk(processed if whole else processed.of_commune(commune), words)


def open_built() -> Processed:
    """Open the tables that a report notebook is about, built anew if anything changed.

    Raises:
        CampaignError: as `open_campaign`, and where there are several communes and none is named.
    """
    processed = _opened(None)
    return (
        processed if PROCESSED in os.environ else processed.of_commune(os.environ.get(COMMUNE, ""))
    )


def _opened(data: str | Path | None) -> Processed:
    ready = os.environ.get(PROCESSED)
    if ready and data is None:  # a batch, whose pages have their own style and addresses
        return Processed(Path(ready))
    furnish(AuditStory, Desk, Figure, Names, Rule)
    folder = find_data() if data is None else Path(data).expanduser()
    with shown() as tell:
        bring_up_to_date(folder, date.today(), tell)
    return Processed(folder / "processed")


def open_report(story: Callable[..., Told], namespace: Mapping[str, Any]) -> Told:
    """Check a notebook's parameters, which are those of its story, and open the campaign for it.

    Args:
        story: takes the campaign, then a text for each parameter.
        namespace: the notebook's `globals()`.

    Raises:
        CampaignError: as `parameters_of` and `open_built`, and what the story refuses.
    """
    _, *known = signature(story).parameters
    return story(open_built(), **parameters_of(namespace, *known))


def find_data() -> Path:
    """Give the campaign's folder; raises CampaignError as `open_campaign` does."""
    named = os.environ.get(DATA)
    if named:
        return Path(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "data" / "raw").is_dir():
            return folder / "data"
    raise CampaignError("folder.no_data", folder=here, variable=DATA)


def parameters_of(namespace: Mapping[str, Any], *known: str) -> dict[str, str]:
    """Take a notebook's parameters out of its names, and refuse one that it does not know.

    Args:
        namespace: the notebook's `globals()`; what was defined outside its cell of parameters, such
            as a variable of one's own, is nobody's slip. IPython lists the cells that ran as `In`.
        known: the parameters that it has. Digits are text too: papermill makes numbers of them.

    Raises:
        CampaignError: a name that is no parameter (a slip such as `vilage`), or one without text.
    """
    cells = reversed(namespace.get("In", ()))
    cell = next((one for one in cells if one.startswith(_PARAMETERS)), "")
    for name in _ASSIGNED.findall(cell):
        if name not in known:
            raise CampaignError("asked.parameter", name=repr(name), hint=hint(name, known))
    given = {name: _text(namespace.get(name)) for name in known}
    for name, text in given.items():
        if not text:
            value = repr(namespace.get(name))
            raise CampaignError("asked.parameter_text", name=name, value=value)
    return given


def _text(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value).strip() if is_number or isinstance(value, str) else ""


# What every story does first: read the words and the codebook, find the fonts. Done once for many.
#
# A process from which many reports are forked calls `lay_out`, and its children find all this done.

#: Imported by pandas and matplotlib only when a table is read, hashed or drawn. Reading one here
#: would start threads, and a process with threads cannot be forked safely.
_LATE = (
    *("matplotlib.backends.backend_svg", "pandas.io.formats.csvs", "pyarrow.dataset"),
    *("pyarrow.parquet", "pandas.core.arrays.arrow.extension_types"),
)


def lay_out(late: Iterable[str] = _LATE) -> None:
    """Do the things that take time once and leave nothing behind but what is remembered."""
    for name in late:
        importlib.import_module(name)
    codebook()
    answers = pd.DataFrame({"label": ["…"], "yes": [1], "no": [1], "unknown": [1]})
    for language in LANGUAGES:
        words = Words(language)
        charts.answers_chart(answers, "", words, "")
        words.percent(1.5)
        words.date(date.today())
        words.quarter(str(Quarter(date.today().year, 1)))
