"""The tasks of a worker in a distributed fold: read lines, find the streams of events, fold a bucket."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import orjson

from events.lines.recorded import UnknownType, read_event
from events.state.creation_index import CreationIndex, streams_about
from events.state.placement import Naming, naming
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import Stream
from projections.folding.fold import Undigested
from projections.folding.garbage_collector import collector_paused
from projections.in_memory.partition import fold_parts, parts_of
from projections.updating.digest import TableSum, table_sums
from service.replay.cluster.parquet_rows import ParquetRows
from service.replay.cluster.partitions import Partition
from service.replay.errors import ReplayError
from service.replay.processes.held import Held, steps_of

Named = Sequence[tuple[int, bytes, Naming]]
"""Events by position and line, with what they name, which says all that is needed to find their streams."""

StreamsByPosition = Mapping[int, tuple[Stream, ...]]
"""The streams of events that other events are about, by position."""

EVENTS: Final = ""
"""Used instead of a table's name for the number of events in what was folded, each counted once."""


@dataclass(slots=True)
class Bucket:
    """Events that are folded together, and the parts of the log (see `projections.in_memory.partition`) they are of."""

    parts: set[str] = field(default_factory=set)
    held: list[Held] = field(default_factory=list)


Buckets = dict[int, Bucket]
"""The buckets of some events, by number. An event is in every bucket that has one of its parts."""


def read(piece: Partition) -> tuple[Named, CreationIndex]:
    """Return what the events of a partition name, except those about other events, and what they create.

    Each line is parsed here for all that is asked of it until it is folded.
    """
    with _task():
        created = CreationIndex()
        named = []
        for line in piece.lines():
            event = read_event(orjson.loads(line), VOCABULARY)
            created.learn(event, line)
            if event.about_event is None:
                named.append((event.position, line, naming(event)))
        return named, created


def creations(parts: Sequence[CreationIndex]) -> CreationIndex:
    """Return the index of who created which subject in the whole log, from what `read` found in each partition."""
    with _task():
        return CreationIndex.of(parts)


def placed(named: Named, known: CreationIndex, buckets: int) -> tuple[Buckets, StreamsByPosition]:
    """Return the events of a partition in their buckets, and the streams of those that other events are about."""
    with _task():
        dealt = _Dealt(known, buckets)
        stood = {}
        # Many events have the same streams, which are sent and held once.
        same: dict[tuple[Stream, ...], tuple[Stream, ...]] = {}
        for position, line, names in named:
            streams = known.streams(names, position)
            streams = same.setdefault(streams, streams)
            if position in known.asked_for:
                stood[position] = streams
            dealt.add((position, line, streams))
        return dealt.buckets, stood


def placed_about(known: CreationIndex, found: Sequence[StreamsByPosition], buckets: int) -> Buckets:
    """Return the events about other events in their buckets, which are those of the other events."""
    with _task():
        about = [
            (position, read_event(orjson.loads(line), VOCABULARY).about_event or 0)
            for position, line in known.about
        ]
        streams = streams_about(
            about, {position: at for stood in found for position, at in stood.items()}
        )
        dealt = _Dealt(known, buckets)
        for position, line in known.about:
            dealt.add((position, line, streams[position]))
        return dealt.buckets


def folded(number: int, pieces: Sequence[Bucket], out: ParquetRows) -> dict[str, TableSum]:
    """Fold the events of a bucket, from all partitions, into `out`; return the sums of its tables."""
    with _task():
        ours = {part for piece in pieces for part in piece.parts}
        steps = steps_of(chain.from_iterable(piece.held for piece in pieces))
        tables = fold_parts(steps, ours.__contains__)
        out.write(number, tables)
        events = sum(parts_of(step.streams)[0] in ours for step in steps)
        return {EVENTS: TableSum(events), **table_sums(tables)}


class _Dealt:
    """Events in the buckets of the organisations that they affect."""

    def __init__(self, known: CreationIndex, buckets: int) -> None:
        self._order = known.organisations
        self._count = buckets
        self.buckets: Buckets = {}

    def add(self, held: Held) -> None:
        numbers = set()
        for part in parts_of(held[2]):
            number = self._number(part)
            bucket = self.buckets.setdefault(number, Bucket())
            bucket.parts.add(part)
            if number not in numbers:
                numbers.add(number)
                bucket.held.append(held)

    def _number(self, part: str) -> int:
        # Assign neighbours, not hashes: organisations registered together work together, and share events.
        order = self._order
        return order.get(part, 0) * self._count // len(order) if order else 0


@contextmanager
def _task() -> Iterator[None]:
    """Pause the collector, and turn errors into ones that can be sent from one process to another."""
    try:
        with collector_paused():
            yield
    except (UnknownType, Undigested) as error:
        raise ReplayError(str(error)) from None
