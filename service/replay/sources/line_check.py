"""Lines one by one, as a file holds them: is each one JSON, behind the one before it, and its neighbour by its hash?"""

from collections.abc import Iterable, Iterator
from typing import Final

import orjson

from events.lines.chain import line_hash
from service.replay.errors import NotWhole
from service.replay.origin import LogMark

_NO_LINE: Final = (
    "each has a position and a previoushash (howcanwe record takes events that have none)"
)


class LineCheck:
    """Counts lines that pass through it. Neighbours in the log must be a chain; between others, nothing can be said."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.events = 0
        self.first: LogMark | None = None
        self.last: LogMark | None = None

    def passed(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the chunks, each of whole lines. Raises NotWhole at the first line that does not hold."""
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
            behind = f", behind position {last.position}" if last else ""
            reason = error if isinstance(error, ValueError) else _NO_LINE
            raise NotWhole(
                f"{self._name}, line {self.events + 1}{behind}, is no event of a log: {reason}"
            ) from None
        if last is not None and not follows:
            raise NotWhole(f"{self._name}: position {position} stands behind {last.position}")
        if last is not None and position == last.position + 1 and previous != last.hash:
            raise NotWhole(f"{self._name}: the chain breaks at position {position}")
        self.last = LogMark(position, line_hash(line))
        self.first = self.first or self.last
        self.events += 1
