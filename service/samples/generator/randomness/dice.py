"""Chance that falls the same way on every machine."""

from collections.abc import Sequence
from hashlib import sha256
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws that depend on the salt and on the calls before, and on nothing else.

    Everything is made of `Random.random()` and of exact arithmetic: that sequence is the only one
    Python promises to keep between versions, and logarithms differ between C libraries.
    """

    __slots__ = ("_roll",)

    def __init__(self, *salt: int | str) -> None:
        text = "/".join(str(part) for part in salt)
        self._roll = Random(int.from_bytes(sha256(text.encode()).digest(), "big")).random

    def chance(self, share: float) -> bool:
        """True in this share of the calls."""
        return self._roll() < share

    def below(self, limit: int) -> int:
        """An integer from 0 to `limit` - 1."""
        return int(self._roll() * limit)

    def between(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        return low + int(self._roll() * (high - low + 1))

    def pick(self, things: Sequence[T]) -> T:
        """One of the things, each as likely; IndexError if there is none."""
        return things[int(self._roll() * len(things))]

    def some(self, things: Sequence[T], low: int, high: int) -> list[T]:
        """From `low` to `high` different things (fewer where there are not as many)."""
        left = list(things)
        count = min(self.between(low, high), len(left))
        for place in range(count):
            other = place + int(self._roll() * (len(left) - place))
            left[place], left[other] = left[other], left[place]
        return left[:count]

    def rounded(self, number: float) -> int:
        """One of the two integers around the number, which is the mean of many draws."""
        whole = int(number)
        return whole + (self._roll() < number - whole)
