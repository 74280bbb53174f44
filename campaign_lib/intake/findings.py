"""What inspectors found: each cell is read as the survey reads an answer to the row's question."""

from typing import Any

import numpy as np

from campaign_lib.codebook import codebook
from campaign_lib.intake.drafts import REFUSED, Draft
from campaign_lib.intake.values import UnreadableError, is_unknown, reader_of, shown


def read_findings(draft: Draft) -> None:
    """Read the column `found` by question; what cannot be read refuses its row."""
    asked = codebook().tables["survey"]
    cells = draft.cells("found")
    found = draft.frame["found"].copy()
    for question in draft.frame["question"].dropna().unique():
        of_question = (draft.frame["question"] == question).to_numpy()
        codes = np.unique(cells.codes[of_question])
        read = reader_of(asked.column(question), [cells.distinct[code] for code in codes])
        for code in codes:
            cell: Any = cells.distinct[code]
            here = of_question & (cells.codes == code)
            if is_unknown(cell):
                continue  # already refused: a required cell
            try:
                found[here] = shown(read(cell))
            except UnreadableError as reason:
                draft.note(here, "found", f"{reason} (question {question})", REFUSED)
    draft.frame["found"] = found
