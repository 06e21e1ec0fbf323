"""Sums: the parts of a figure in each part of its scope, which are added up instead of computed again.

A figure over everything is the sum of its parts in all places. A place is a cohort, or the work of some organisations
outside cohorts.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, Generic, Self, TypeVar

from projections.insights.measures.numbers import median, quartiles, share

K = TypeVar("K")
V = TypeVar("V")


class Sum(ABC):
    """A field of an answer over a part of a scope, of which several can be added up."""

    @classmethod
    @abstractmethod
    def over(cls, parts: Sequence[Self]) -> Self:
        """Return the sum of one or more parts, which are not changed."""

    @abstractmethod
    def answer(self) -> Any:
        """Return the value for the answer."""


Value = int | Sum
Fields = Mapping[str, Callable[[], Any]]
"""The fields of an answer. Each is computed when it is read, because most requests read only some of them."""


@dataclass(frozen=True, slots=True)
class Share(Sum):
    """The share of some subjects or events among others."""

    part: int
    whole: int

    @classmethod
    def over(cls, parts: Sequence[Self]) -> Self:
        """Return the share over all parts."""
        return cls(sum(one.part for one in parts), sum(one.whole for one in parts))

    def answer(self) -> float | None:
        """Return part ÷ whole, None if the whole is 0."""
        return share(self.part, self.whole)


@dataclass(frozen=True, slots=True)
class Sample(Sum):
    """Numbers of which a figure has the distribution."""

    values: list[float]

    @classmethod
    def over(cls, parts: Sequence[Self]) -> Self:
        """Return the numbers of all parts."""
        return cls(list(chain.from_iterable([one.values for one in parts])))


class Median(Sample):
    """Numbers with a median."""

    __slots__ = ()

    def answer(self) -> float | None:
        """Return the median, None without values."""
        return median(self.values)


class Quartiles(Sample):
    """Numbers with quartiles."""

    __slots__ = ()

    def answer(self) -> list[float] | None:
        """Return the lower quartile, the median and the upper quartile, None without values."""
        return quartiles(self.values)


@dataclass(frozen=True)
class Grouped(ABC, Generic[K, V]):
    """Values grouped by key in a part of a scope. All fields of an answer are computed from them."""

    groups: Mapping[K, Sequence[V]]

    @classmethod
    def over(cls, parts: Sequence[Self]) -> Self:
        """Return the groups of one or more parts together. The parts are not changed."""
        found: dict[K, Sequence[V]] = {}
        for part in parts:
            for key, values in part.groups.items():
                before = found.get(key)
                found[key] = values if before is None else (*before, *values)
        return cls(found)

    @abstractmethod
    def fields(self) -> Fields:
        """Return the fields of the answer."""


Part = Mapping[str, Value] | Grouped[Any, Any]
"""The part of a figure in a part of its scope."""


class Answered(Mapping[str, Any]):
    """An answer whose fields are computed once each, when they are read."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._read: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._read:
            self._read[name] = self._fields[name]()
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def answered(part: Part) -> Answered:
    """Return the answer of a figure from one part."""
    if isinstance(part, Grouped):
        return Answered(part.fields())
    return Answered({name: partial(_answer, value) for name, value in part.items()})


def added(parts: Sequence[Any]) -> Answered:
    """Return the answer of a figure from the sum of one or more parts."""
    first: Part = parts[0]
    if isinstance(first, Grouped):
        return Answered(type(first).over(parts).fields())
    return Answered({name: partial(_added, parts, name) for name in first})


def _answer(value: Value) -> Any:
    return value.answer() if isinstance(value, Sum) else value


def _added(parts: Sequence[Mapping[str, Any]], name: str) -> Any:
    values = [part[name] for part in parts]
    first = values[0]
    return type(first).over(values).answer() if isinstance(first, Sum) else sum(values)
