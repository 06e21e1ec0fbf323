"""Walking a chain of lines, wherever they come from: nothing is needed but these, and checkpoints if there are any."""

from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from events.lines.chain import GENESIS, line_hash
from events.vocabulary.times import moment

_CHANGED: Final = "its text is not the one whose hash the event after it carries"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first position that does not hold, and why."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A log that holds: how many events, and the hash of the last."""

    events: int
    hash: str


Marks = Mapping[int, str]
"""Checkpoints: the hash that the event at a position had when somebody wrote it down (at 0, `GENESIS`)."""


def marked_fault(marks: Marks, position: int, hash_: str) -> str | None:
    """Return what a checkpoint has against this hash at this position."""
    if marks.get(position, hash_) == hash_:
        return None
    return "its hash is not the one in the checkpoint: it or an event before it was changed"


def missing_fault(marks: Marks, position: int) -> Broken | None:
    """Return what checkpoints know of beyond the last position: a tail that was cut off."""
    beyond = [marked for marked in marks if marked > position]
    if not beyond:
        return None
    return Broken(
        position + 1, f"the event is missing; a checkpoint knows of position {min(beyond)}"
    )


class ChainCheck:
    """Walks lines one by one, from the log's first on; `marks` are compared on the way."""

    def __init__(self, marks: Marks | None = None) -> None:
        self._marks = marks or {}
        self._position = 0
        self._hash = GENESIS
        self._recorded_us = 0
        self._unlinked: Broken | None = None

    def take(self, line: bytes) -> Broken | None:
        """Take in the next line, without its newline; return the first position that does not hold, if known by now.

        Where two neighbours do not fit, the line after them tells which of the two was changed; `end` if there is none.
        """
        position = self._position + 1
        hash_ = line_hash(line)
        if self._unlinked is not None:
            vouched = _previous(line) == self._hash
            first = self._unlinked.position
            return Broken(first - 1, _CHANGED) if vouched and first > 1 else self._unlinked
        reason = self._fault(line, position)
        if reason is not None:
            return Broken(position, reason)
        if _previous(line) != self._hash:
            self._unlinked = Broken(
                position, "its previoushash is not the hash of the event before it"
            )
        else:
            reason = marked_fault(self._marks, position, hash_)
        self._position, self._hash = position, hash_
        return None if reason is None else Broken(position, reason)

    def end(self) -> Whole | Broken:
        """Return what the lines are: whole, or broken somewhere."""
        if self._unlinked is not None:
            either = "; one of the two was changed" if self._unlinked.position > 1 else ""
            return Broken(self._unlinked.position, self._unlinked.reason + either)
        return missing_fault(self._marks, self._position) or Whole(self._position, self._hash)

    def _fault(self, line: bytes, position: int) -> str | None:
        try:
            content: Any = orjson.loads(line)
            told = content["position"]
            recorded_us = moment(content["recordedtime"])
        except (KeyError, TypeError, ValueError):
            return "its text is not an event"
        if told != position or isinstance(told, bool):
            between = isinstance(told, int) and told > position
            return (
                f"the event is missing; the next one is at position {told}"
                if between
                else (f"its text says position {told}")
            )
        if recorded_us < self._recorded_us:
            return "its recordedtime is before that of the event before it"
        self._recorded_us = recorded_us
        return None


async def check_chain(
    lines: AsyncIterable[bytes] | Iterable[bytes], marks: Marks | None = None
) -> Whole | Broken:
    """Return that the lines (without their newlines) are a log from its first event on, or what does not hold first."""
    walk = ChainCheck(marks)
    if isinstance(lines, AsyncIterable):
        async for line in lines:
            if (broken := walk.take(line)) is not None:
                return broken
    else:
        for line in lines:
            if (broken := walk.take(line)) is not None:
                return broken
    return walk.end()


def _previous(line: bytes) -> object:
    try:
        return orjson.loads(line)["previoushash"]
    except (KeyError, TypeError, ValueError):
        return None
