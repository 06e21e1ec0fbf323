"""The check of a chain of lines, without a database. `howcanwe verify` runs it on exported files."""

from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from events.lines.chain import GENESIS, line_hash
from events.vocabulary.values.times import moment

_CHANGED: Final = "its text is not the one whose hash the event after it carries"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first position that is not valid, and why."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A valid log: the number of its events, and the hash of the last one."""

    events: int
    hash: str


Marks = Mapping[int, str]
"""Checkpoints: the hash that the event at a position had when the checkpoint was made (at 0, `GENESIS`)."""


def marked_fault(marks: Marks, position: int, hash_: str) -> str | None:
    """Return the fault if a checkpoint has another hash at this position, otherwise None."""
    if marks.get(position, hash_) == hash_:
        return None
    return "its hash is not the one in the checkpoint: it or an event before it was changed"


def missing_fault(marks: Marks, position: int) -> Broken | None:
    """Return the fault if a checkpoint has a position after the last one, otherwise None: the log's end was cut off."""
    beyond = [marked for marked in marks if marked > position]
    if not beyond:
        return None
    return Broken(
        position + 1, f"the event is missing; a checkpoint knows of position {min(beyond)}"
    )


class ChainCheck:
    """Checks lines one by one, beginning with the log's first, and compares their hashes with `marks`."""

    def __init__(self, marks: Marks | None = None) -> None:
        self._marks = marks or {}
        self._position = 0
        self._hash = GENESIS
        self._recorded_us = 0
        self._unlinked: Broken | None = None

    def take(self, line: bytes) -> Broken | None:
        """Check the next line (without its newline); return the first position that is not valid, if it is known yet.

        If a line does not fit the one before it, the line after them shows which of the two was changed. If there is
        none, `end` reports the fault.
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
        """Return that all lines are valid, or the first position that is not."""
        if self._unlinked is not None:
            either = "; one of the two was changed" if self._unlinked.position > 1 else ""
            return Broken(self._unlinked.position, self._unlinked.reason + either)
        return missing_fault(self._marks, self._position) or Whole(self._position, self._hash)

    def _fault(self, line: bytes, position: int) -> str | None:
        try:
            content: Any = orjson.loads(line)
            stated = content["position"]
            recorded_us = moment(content["recordedtime"])
        except (KeyError, TypeError, ValueError):
            return "its text is not an event"
        if stated != position or isinstance(stated, bool):
            between = isinstance(stated, int) and stated > position
            return (
                f"the event is missing; the next one is at position {stated}"
                if between
                else (f"its text says position {stated}")
            )
        if recorded_us < self._recorded_us:
            return "its recordedtime is before that of the event before it"
        self._recorded_us = recorded_us
        return None


async def check_chain(
    lines: AsyncIterable[bytes] | Iterable[bytes], marks: Marks | None = None
) -> Whole | Broken:
    """Return that the lines (without newlines) are a whole valid log, or the first position that is not valid."""
    check = ChainCheck(marks)
    if isinstance(lines, AsyncIterable):
        async for line in lines:
            if (broken := check.take(line)) is not None:
                return broken
    else:
        for line in lines:
            if (broken := check.take(line)) is not None:
                return broken
    return check.end()


def _previous(line: bytes) -> object:
    try:
        return orjson.loads(line)["previoushash"]
    except (KeyError, TypeError, ValueError):
        return None
