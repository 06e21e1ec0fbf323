"""Random numbers that are the same on every machine."""

from collections.abc import Sequence
from hashlib import sha256
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Random draws that depend only on the salt and on the earlier calls.

    Only `Random.random()` and exact arithmetic are used: Python guarantees only that sequence between versions, and
    logarithms differ between C libraries.
    """

    __slots__ = ("_roll",)

    def __init__(self, *salt: int | str) -> None:
        text = "/".join(str(part) for part in salt)
        self._roll = Random(int.from_bytes(sha256(text.encode()).digest(), "big")).random

    def chance(self, share: float) -> bool:
        """Return True in this share of the calls."""
        return self._roll() < share

    def below(self, limit: int) -> int:
        """Return an integer from 0 to `limit` - 1."""
        return int(self._roll() * limit)

    def between(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        return low + int(self._roll() * (high - low + 1))

    def pick(self, things: Sequence[T]) -> T:
        """Return one of the things with equal probability. Raises IndexError if there is none."""
        return things[int(self._roll() * len(things))]

    def some(self, things: Sequence[T], low: int, high: int) -> list[T]:
        """Return `low` to `high` different things, or fewer if there are not as many."""
        left = list(things)
        count = min(self.between(low, high), len(left))
        for place in range(count):
            other = place + int(self._roll() * (len(left) - place))
            left[place], left[other] = left[other], left[place]
        return left[:count]

    def rounded(self, number: float) -> int:
        """Return one of the two integers around the number, so that the mean of many draws is the number."""
        whole = int(number)
        return whole + (self._roll() < number - whole)
