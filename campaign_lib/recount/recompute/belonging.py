"""Which lines of a table are parts of which others, as its column `part_of` says."""

from collections import defaultdict
from collections.abc import Sequence

from campaign_lib.codebook import folded, tidy
from campaign_lib.errors import CampaignError
from campaign_lib.intake.sources import Sheet

_BETWEEN = ";"


def totals_of(
    places: Sequence[str], whats: Sequence[str], part_of: Sequence[str], sheet: Sheet
) -> list[tuple[int, ...]]:
    """Give, for each line, the positions of those that it is part of.

    Named is another place, where the same is counted; or what else is counted at the same place.

    Args:
        places: what each line is about.
        whats: what it counts; "" where the table does not say.
        part_of: its totals, with `;` between.
        sheet: where the lines stand, for who has to be told.

    Raises:
        CampaignError: a total is not there, or not there once.
    """
    names = [(folded(place), folded(what)) for place, what in zip(places, whats, strict=True)]
    positions: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for position, line in enumerate(names):
        positions[line].append(position)
    found = []
    for position, cell in enumerate(part_of):
        place, what = names[position]
        totals = []
        for name in filter(None, map(tidy, cell.split(_BETWEEN))):
            wanted = {(folded(name), what), (place, folded(name))}
            fitting = [at for total in wanted for at in positions.get(total, ()) if at != position]
            if len(fitting) != 1:
                several = "more than one other row is" if fitting else "no other row is"
                raise CampaignError(
                    f"{sheet.file}: row {sheet.rows[position]} says that it is part of {name!r}, "
                    f"but {several} that; write the total's place as it stands in its own row."
                )
            totals.append(fitting[0])
        found.append(tuple(totals))
    return found
