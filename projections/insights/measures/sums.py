"""Sums: what a figure gives of each part of its scope, so that parts are added up instead of computed again.

A figure over everything is the sum of its parts, one for each place: a cohort, or what some
organisations do outside cohorts.
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
        """Return the sum of one or more parts, which stay as they are."""

    @abstractmethod
    def answer(self) -> Any:
        """Return the value as answers have it."""


Value = int | Sum
Fields = Mapping[str, Callable[[], Any]]
"""The fields of an answer, each computed when it is read: hardly anybody reads all of them."""


@dataclass(frozen=True, slots=True)
class Share(Sum):
    """A number of things among others."""

    part: int
    whole: int

    @classmethod
    def over(cls, parts: Sequence[Self]) -> Self:
        """Return the share of all of them."""
        return cls(sum(one.part for one in parts), sum(one.whole for one in parts))

    def answer(self) -> float | None:
        """Return part ÷ whole, None of nothing."""
        return share(self.part, self.whole)


@dataclass(frozen=True, slots=True)
class Sample(Sum):
    """Numbers of which the figure tells how they are distributed."""

    values: list[float]

    @classmethod
    def over(cls, parts: Sequence[Self]) -> Self:
        """Return all the numbers."""
        return cls(list(chain.from_iterable([one.values for one in parts])))


class Median(Sample):
    """Numbers with a median."""

    __slots__ = ()

    def answer(self) -> float | None:
        """Return the median, None of nothing."""
        return median(self.values)


class Quartiles(Sample):
    """Numbers with quartiles."""

    __slots__ = ()

    def answer(self) -> list[float] | None:
        """Return lower, median and upper quartile, None of nothing."""
        return quartiles(self.values)


@dataclass(frozen=True)
class Grouped(ABC, Generic[K, V]):
    """What is said of each of several things in a part of a scope; all fields of an answer come from it."""

    groups: Mapping[K, Sequence[V]]

    @classmethod
    def over(cls, parts: Sequence[Self]) -> Self:
        """Return what is said in one or more parts, which stay as they are."""
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
"""What a figure gives of a part of its scope."""


class Answered(Mapping[str, Any]):
    """An answer of which each field is computed once, when it is read."""

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
    """Return the answer of a figure over a part."""
    if isinstance(part, Grouped):
        return Answered(part.fields())
    return Answered({name: partial(_answer, value) for name, value in part.items()})


def added(parts: Sequence[Any]) -> Answered:
    """Return the answer of a figure over one or more of its parts together."""
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
