"""What Tab completes in a notebook: names that are known, and questions that take them.

IPython completes keys in square brackets from `_ipython_key_completions_`, whatever letters they
have (`2024Q4` and `Thôn 4` are no names of Python), and attributes from what an object has.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import update_wrapper
from itertools import accumulate, product
from typing import Generic, ParamSpec, TypeVar

from campaign_lib.errors import CampaignError
from campaign_lib.show.display import Column, Table

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")
#: So many keys are offered at most: with 800 villages and 20 quarters Tab still answers at once.
_MOST_KEYS = 100_000


class NoSuchNameError(CampaignError, AttributeError):
    """An unknown name was asked for with a dot: a user's mistake, and what Python expects."""


class ShortCall(Generic[_Asked, _Answer]):
    """Something to ask in round brackets, or in square ones, where Tab completes the names.

    ``village("T4", "2024Q3")`` is the same as ``village["T4", "2024Q3"]``.
    """

    def __init__(self, answer: Callable[_Asked, _Answer], *names: Sequence[str]) -> None:
        """Take the method that answers, and the names that each of its arguments may be."""
        self._answer, self._names = answer, names
        update_wrapper(self, answer)  # help and Shift+Tab tell of the method

    def __call__(self, *asked: _Asked.args, **named: _Asked.kwargs) -> _Answer:
        """Ask in round brackets."""
        return self._answer(*asked, **named)

    def __getitem__(self, asked: str | tuple[str, ...]) -> _Answer:
        answer: Callable[..., _Answer] = self._answer
        return answer(*(asked if isinstance(asked, tuple) else (asked,)))

    def _ipython_key_completions_(self) -> list[str | tuple[str, ...]]:
        sizes = accumulate((len(names) for names in self._names), lambda one, two: one * two)
        most = max(1, sum(size <= _MOST_KEYS for size in sizes))
        keys: list[str | tuple[str, ...]] = [*self._names[0]]
        for count in range(2, most + 1):
            keys += product(*self._names[:count])
        return keys

    def __repr__(self) -> str:
        return str(self.__doc__).partition("\n")[0]


class Names:
    """Known codes: ``names["2024Q4"]`` or, where a code is a name of Python, ``names.T4``.

    Both give the code, so that it can be asked with.
    """

    def __init__(
        self,
        labels: Mapping[str, str],
        find: Callable[[str], str],
        headings: tuple[str, str, str],
        spellings: Collection[str] = (),
    ) -> None:
        """Take what is known.

        Args:
            labels: what each code means.
            find: gives a code by any of its spellings, or raises CampaignError.
            headings: what the names are, and what stands over the codes and over the labels.
            spellings: what `find` understands beside the codes.
        """
        self._labels, self._find, self._headings = labels, find, headings
        self._spellings = [*labels, *spellings]
        vars(self).update({code: code for code in labels if code.isidentifier()})

    def __getitem__(self, name: str) -> str:
        return self._find(name)

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._find(name)
        except CampaignError as error:
            raise NoSuchNameError(error.key, **error.message.values) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)

    def _ipython_key_completions_(self) -> list[str]:
        return self._spellings

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()

    def __repr__(self) -> str:
        return str(self._table())

    def _table(self) -> Table:
        caption, *columns = self._headings
        return Table(caption, tuple(map(Column, columns)), tuple(self._labels.items()))
