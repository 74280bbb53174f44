"""What inspectors found: each cell is read as the survey reads an answer to the row's question."""

import numpy as np
import pandas as pd

from campaign_lib.codebook import codebook
from campaign_lib.intake.cells import rows_with_each
from campaign_lib.intake.drafts import REFUSED, Draft
from campaign_lib.intake.values import UnreadableError, is_unknown, reader_of, shown


def read_findings(draft: Draft) -> None:
    """Read the column `found` by question; what cannot be read refuses its row."""
    asked = codebook().tables["survey"]
    cells = draft.cells("found")
    found = draft.frame["found"].to_numpy(dtype=object)
    numbers, questions = pd.factorize(draft.frame["question"])
    for question, rows in zip(questions, rows_with_each(numbers, len(questions)), strict=True):
        codes, number = np.unique(cells.codes[rows], return_inverse=True)
        read = reader_of(asked.column(question), [cells.distinct[code] for code in codes])
        for code, of_code in zip(codes, rows_with_each(number, len(codes)), strict=True):
            cell, here = cells.distinct[code], rows[of_code]
            if is_unknown(cell):
                continue  # already refused: a required cell
            try:
                found[here] = shown(read(cell))
            except UnreadableError as reason:
                draft.note_rows(here, "found", f"{reason} (question {question})", REFUSED)
    draft.frame["found"] = pd.Series(found, index=draft.frame.index, dtype="str")
