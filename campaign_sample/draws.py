"""Chance that is the same everywhere: named streams of numbers, and what is drawn from them.

Only `Generator.random` is used, and only sums and products follow it: the sample must come out
byte for byte alike on every machine, and numpy's other distributions may change between versions.
Each table draws from streams of its own, so that a change in one leaves the others as they were.
"""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Texts = NDArray[np.object_]


def uniform(seed: int, name: str, count: int) -> Floats:
    """Draw `count` numbers from [0, 1) out of the stream called `name`."""
    sequence = np.random.SeedSequence([seed, zlib.crc32(name.encode())])
    return np.random.Generator(np.random.PCG64(sequence)).random(count)


def choose(draws: Floats, weights: Sequence[float]) -> Whole:
    """Turn uniform `draws` into positions 0, 1, ... that occur as often as their `weights` say."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    positions: Whole = np.searchsorted(edges[:-1], draws * edges[-1], side="right").astype(np.int64)
    return positions


def whole(draws: Floats, least: int, most: int) -> Whole:
    """Turn uniform `draws` into whole numbers from `least` to `most`, both included."""
    return least + np.floor(draws * (most - least + 1)).astype(np.int64)


def standing(score: Floats, group: Flags) -> Floats:
    """Give each unit's place in its own group (members of `group`, and the rest): 0 worst, 1 best.

    With places instead of scores, a share of 0.8 picks 80 % of a group at any size and seed.
    """
    places = np.empty(len(score))
    for chosen in (group, ~group):
        order = np.argsort(score[chosen], kind="stable")
        ranks = np.empty(len(order))
        ranks[order] = np.arange(len(order)) + 0.5
        places[chosen] = ranks / max(len(order), 1)
    return places


def pick(words: Sequence[str], positions: Whole) -> Texts:
    """Give the word at each position."""
    return np.array(words, dtype=object)[positions]


def yes_no(flags: Flags) -> Texts:
    """Write flags as the codes of a yes/no question."""
    return pick(("no", "yes"), flags.astype(np.int64))


def written(days: Days) -> Texts:
    """Write days as ISO dates, and NaT as an empty cell."""
    texts = np.datetime_as_string(days, unit="D").astype(object)
    texts[np.isnat(days)] = ""
    return texts


def shared_out(total: int, weights: Whole) -> Whole:
    """Share `total` units out in proportion to whole `weights`, at least one each."""
    spare = total - len(weights)
    parts: Whole = weights * spare // weights.sum()
    remainders = weights * spare % weights.sum()
    parts[np.argsort(-remainders, kind="stable")[: spare - int(parts.sum())]] += 1
    return parts + 1
