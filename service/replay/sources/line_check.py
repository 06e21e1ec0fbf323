"""Checks the lines of a file one by one: JSON, increasing positions, and the hash chain between neighbours."""

from collections.abc import Iterable, Iterator
from typing import Final

import orjson

from events.lines.chain import line_hash
from service.replay.errors import NotWhole
from service.replay.origin import LogMark

_NO_LINE: Final = (
    "it needs a position and a previoushash (howcanwe record takes events without them)"
)


class LineCheck:
    """Checks and counts lines. Neighbouring positions must form a chain; across gaps, nothing can be checked."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.events = 0
        self.first: LogMark | None = None
        self.last: LogMark | None = None

    def passed(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the chunks, which consist of whole lines. Raises NotWhole at the first invalid line."""
        for chunk in chunks:
            for line in chunk[:-1].split(b"\n"):
                self._take(line)
            yield chunk

    def _take(self, line: bytes) -> None:
        last = self.last
        try:
            content = orjson.loads(line)
            position, previous = content["position"], content["previoushash"]
            follows = last is None or position > last.position
        except (ValueError, KeyError, TypeError) as error:
            after = f", after position {last.position}" if last else ""
            reason = error if isinstance(error, ValueError) else _NO_LINE
            raise NotWhole(
                f"{self._name}, line {self.events + 1}{after}, is not an event of a log: {reason}"
            ) from None
        if last is not None and not follows:
            raise NotWhole(f"{self._name}: position {position} follows position {last.position}")
        if last is not None and position == last.position + 1 and previous != last.hash:
            raise NotWhole(f"{self._name}: the hash chain is broken at position {position}")
        self.last = LogMark(position, line_hash(line))
        self.first = self.first or self.last
        self.events += 1
