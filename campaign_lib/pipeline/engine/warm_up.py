"""What every story does first: read the words and the codebook, find the fonts. Done once for many.

A process from which many reports are forked calls `lay_out`, and its children find all this done.
"""

import importlib
from collections.abc import Iterable
from datetime import date

import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.show import charts
from campaign_lib.words import LANGUAGES, Words

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
