"""A log with every kind of event that a replay may meet."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from events.lines.chain import GENESIS, line_hash
from events.lines.recorded import read_event
from events.log import EventLog
from events.vocabulary.catalogue import VOCABULARY
from service.event_files import batches
from service.samples.generator import generate

CHAIN = "select event::text from events order by position"
STREAMS = "select stream, version, position from stream_events order by stream, version"
STATES = "select stream, state::text from subjects order by stream"
ROWS = """
select position, source, id, type, occurred_at, recorded_at, streams::text from events order by position
"""


async def fill(log: EventLog, cohorts: int = 2, seed: int = 7, scale: float = 1.0) -> int:
    """Record invented cohorts, voids, changed levels, persons and forgotten ones among them; return how many events."""
    count = 0
    for batch in batches(generate(cohorts=cohorts, seed=seed, scale=scale), 200):
        count += len(await log.append(batch))
    return count


async def table(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Return what a statement gives."""
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


async def whole(url: str) -> list[list[tuple[Any, ...]]]:
    """Return everything that a log keeps but persons' keys and who sent what."""
    return [await table(url, statement) for statement in (ROWS, CHAIN, STREAMS, STATES)]


def contents(path: Path) -> dict[str, bytes]:
    """Return the bytes of a file, or of every file of a folder, by name."""
    if path.is_dir():
        return {
            found.relative_to(path).as_posix(): found.read_bytes()
            for found in sorted(path.rglob("*"))
            if found.is_file()
        }
    return {path.name: path.read_bytes()}


def parsed(lines: bytes) -> Sequence[Any]:
    """Return the events of lines."""
    return [orjson.loads(line) for line in lines.splitlines()]


def chained(cohorts: int, scale: float, seed: int = 7) -> bytes:
    """Return the lines of invented cohorts, chained as a log does it, without the time that recording takes."""
    return chain(generate(cohorts=cohorts, seed=seed, scale=scale))


def chain(events: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the lines of events, chained as a log does it."""
    lines: list[bytes] = []
    previous = GENESIS
    subjects: list[str | None] = [None]
    for position, event in enumerate(events, 1):
        content = {"actor": "service/record", **event, "position": position}
        read = read_event(content, VOCABULARY)
        subjects.append(read.subject or subjects[read.about_event or 0])
        line = orjson.dumps(
            content
            | {
                "subject": subjects[position],
                "recordedtime": "2026-01-05T09:00:00+00:00",
                "dataschema": f"urn:howcanwe:event-type:{event['type']}",
                "previoushash": previous,
                "salt": f"{position:032x}",
            }
        )
        lines.append(line)
        previous = line_hash(line)
    return b"".join(line + b"\n" for line in lines)
