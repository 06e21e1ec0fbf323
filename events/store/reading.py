"""Reads pages of lines from the log's tables, by position, in short statements. `EventLog` uses it.

Each page is a statement of its own, so no reader holds a snapshot open between pages. Lines are the stored bytes.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import orjson

from events.lines.recorded import Recorded
from events.vocabulary.values.times import as_datetime

if TYPE_CHECKING:
    # What reads files only needs `Selection`, and no driver.
    import asyncpg

# A bytea value arrives as it is stored. COPY would double backslashes or look for quotes in every line, and the process
# that reads it would wake up for every 8 KiB.
_LINES: Final = (
    "select convert_to(event::text, 'UTF8') from events where position > $1 and position <= $2"
    " order by position"
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events to read: up to the position `through`, of any of the streams, of any of the types, and by `time`.

    `types` are full names; `from_us` (inclusive) and `to_us` (exclusive) bound the events' `time`; `identity` is the
    (source, id) of a single event. Empty fields do not restrict the selection.
    """

    after: int = 0
    through: int | None = None
    streams: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    from_us: int | None = None
    to_us: int | None = None
    identity: tuple[str, str] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether events are left out only by position."""
        return not (
            self.streams
            or self.types
            or self.identity
            or self.from_us is not None
            or self.to_us is not None
        )

    def between(self, after: int, through: int) -> "Selection":
        """Return the part of the selection after one position, up to and including another."""
        return replace(self, after=after, through=through)


def _where(selection: Selection, after: int) -> tuple[str, list[Any]]:
    arguments: list[Any] = [after]
    conditions = ["e.position > $1"]

    def condition(text: str, value: Any) -> None:
        arguments.append(value)
        conditions.append(text.format(f"${len(arguments)}"))

    if selection.through is not None:
        condition("e.position <= {}", selection.through)
    if selection.types:
        condition("e.type = any({}::text[])", list(selection.types))
    if selection.from_us is not None:
        condition("e.occurred_at >= {}", as_datetime(selection.from_us))
    if selection.to_us is not None:
        condition("e.occurred_at < {}", as_datetime(selection.to_us))
    if selection.identity is not None:
        source, id_ = selection.identity
        condition("e.source = {}", source)
        condition("e.id = {}", id_)
    if selection.streams:
        condition(
            "e.position in (select s.position from stream_events s"
            " where s.stream = any({}::text[]) and s.position > $1)",
            list(selection.streams),
        )
    return " and ".join(conditions), arguments


async def head_position(connection: "asyncpg.Connection") -> int:
    """Return the position of the last event, 0 if there is none."""
    position: int | None = await connection.fetchval(
        "select position from events order by position desc limit 1"
    )
    return position or 0


async def position_at(connection: "asyncpg.Connection", recorded_us: int) -> int:
    """Return the last position that was recorded at or before a time, 0 if there is none.

    `recorded_at` never decreases and positions have no gaps, so a binary search finds it.
    """
    moment = as_datetime(recorded_us)
    before, after = 0, await head_position(connection) + 1
    while after - before > 1:
        middle = (before + after) // 2
        recorded = await connection.fetchval(
            "select recorded_at from events where position = $1", middle
        )
        before, after = (middle, after) if recorded <= moment else (before, middle)
    return before


async def page(
    connection: "asyncpg.Connection", selection: Selection, after: int, limit: int
) -> list[Recorded]:
    """Return the next events of the selection after a position, at most `limit`."""
    where, arguments = _where(selection, after)
    rows = await connection.fetch(
        "select e.position, e.event::text as line, e.streams::text as streams"
        f" from events e where {where} order by e.position limit {int(limit)}",
        *arguments,
    )
    return [
        Recorded(row["position"], row["line"].encode(), orjson.loads(row["streams"]))
        for row in rows
    ]


async def lines(connection: "asyncpg.Connection", after: int, through: int) -> bytes:
    """Return the stored lines of the positions after `after`, up to `through`, each with its newline."""
    found = [line for (line,) in await connection.fetch(_LINES, after, through)]
    # The last line has its newline, too.
    return b"\n".join([*found, b""])


async def stream_version(connection: "asyncpg.Connection", stream: str) -> int:
    """Return the number of events in a stream."""
    version: int | None = await connection.fetchval(
        "select version from stream_events where stream = $1 order by version desc limit 1", stream
    )
    return version or 0
