"""The words of the commune's own tables."""

from collections.abc import Callable

from campaign_lib.words import Words


def commune_labels(words: Words, table: str) -> Callable[..., str]:
    """Give the words of one table (`commune_tables.<table>.<name>`) by their last name."""
    return lambda name, **values: words(f"commune_tables.{table}.{name}", **values)
