"""The tasks of a worker in a distributed fold: read lines, find the streams of events, fold a bucket."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import merge
from operator import itemgetter
from typing import Any, Final

import orjson

from events.lines.recorded import Recorded, UnknownType, read_event
from events.state.creation_index import CreationIndex, streams_about
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream
from projections.folding.fold import Undigested
from projections.folding.step import linked
from projections.in_memory.partition import fold_parts, parts_of
from projections.updating.digest import TableSum, table_sums
from service.replay.cluster.parquet_rows import ParquetRows
from service.replay.cluster.partitions import Partition
from service.replay.errors import ReplayError

_BETWEEN: Final = "\n"
_COLUMNS: Final = ("bucket", "position", "ours", "streams", "line")
_TEXT: Final = "string[pyarrow]"


StreamsByPosition = Mapping[int, tuple[Stream, ...]]
"""The streams of events that other events are about, by position."""

EVENTS: Final = ""
"""Used instead of a table's name for the number of events in what was folded, each counted once."""


class PlacedEvents:
    """Events with the buckets of organisations in which they will be folded, as columns."""

    def __init__(self, creations: CreationIndex, buckets: int) -> None:
        self._order = creations.organisations
        self._buckets = buckets
        self._rows: list[tuple[int, int, str, str, str]] = []

    def add(self, position: int, line: bytes, streams: Sequence[Stream]) -> None:
        """Add an event, once for every bucket with an organisation that it affects."""
        ours: dict[int, list[str]] = {}
        for part in parts_of(streams):
            ours.setdefault(self._bucket(part), []).append(part)
        text, joined = line.decode(), _BETWEEN.join(streams)
        self._rows += (
            (bucket, position, _BETWEEN.join(found), joined, text) for bucket, found in ours.items()
        )

    def frame(self) -> Any:
        """Return the columns as a pandas frame."""
        return _frame(list(zip(*self._rows, strict=True)))

    @staticmethod
    def empty_frame() -> Any:
        """Return a frame with these columns and no rows."""
        return _frame([])

    def _bucket(self, part: str) -> int:
        # Assign neighbours, not hashes: organisations registered together work together, and share events.
        order = self._order
        return order.get(part, 0) * self._buckets // len(order) if order else 0


def read(piece: Partition) -> tuple[bytes, bytes]:
    """Return the lines of a partition, and those of them that `creations` needs."""
    with _sentences():
        lines, learned = piece.lines(), CreationIndex.types()
        typed = zip(piece.types(), lines, strict=True)
        return b"\n".join(lines), b"\n".join(line for type_, line in typed if type_ in learned)


def creations(pieces: Sequence[bytes]) -> CreationIndex:
    """Return the index of who created which subject in the whole log, from the lines that `read` found."""
    with _sentences():
        known = CreationIndex()
        # Each partition is in the order of the log, but partitions may overlap.
        for _, event, line in merge(*map(_events, filter(None, pieces)), key=itemgetter(0)):
            known.learn(event, line)
        return known


def _events(lines: bytes) -> Iterator[tuple[int, Event, bytes]]:
    for line in lines.split(b"\n"):
        event = read_event(orjson.loads(line), VOCABULARY)
        yield event.position, event, line


def placed(lines: bytes, known: CreationIndex, buckets: int) -> tuple[Any, StreamsByPosition]:
    """Return the events of a partition with their buckets, except those about other events."""
    with _sentences():
        rows = PlacedEvents(known, buckets)
        stood = {}
        for line in filter(None, lines.split(b"\n")):
            event = read_event(orjson.loads(line), VOCABULARY)
            if event.about_event is not None:
                continue
            streams = known.streams(event)
            if event.position in known.asked_for:
                stood[event.position] = streams
            rows.add(event.position, line, streams)
        return rows.frame(), stood


def placed_about(known: CreationIndex, found: Sequence[StreamsByPosition], buckets: int) -> Any:
    """Return the events about other events with their buckets, which are those of the other events."""
    with _sentences():
        events = [(read_event(orjson.loads(line), VOCABULARY), line) for line in known.about]
        streams = streams_about(
            ((event.position, event.about_event or 0) for event, _ in events),
            {position: at for stood in found for position, at in stood.items()},
        )
        rows = PlacedEvents(known, buckets)
        for event, line in events:
            rows.add(event.position, line, streams[event.position])
        return rows.frame()


def folded(frame: Any, out: ParquetRows) -> Any:
    """Fold the events of a bucket, which is the frame's index, into `out`; return the sums of its tables."""
    if not len(frame):
        return sums_frame({})
    with _sentences():
        rows = frame.sort_values("position")
        ours = {part for joined in rows["ours"].unique() for part in joined.split(_BETWEEN)}
        steps = linked(
            (
                Recorded(
                    position, line.encode(), dict.fromkeys(filter(None, joined.split(_BETWEEN)), 0)
                )
                for position, joined, line in zip(
                    rows["position"], rows["streams"], rows["line"], strict=True
                )
            ),
            VOCABULARY,
        )
        tables = fold_parts(steps, ours.__contains__)
        out.write(int(frame.index[0]), tables)
        events = sum(parts_of(step.streams)[0] in ours for step in steps)
        return sums_frame({EVENTS: TableSum(events), **table_sums(tables)})


def sums_frame(sums: Mapping[str, TableSum]) -> Any:
    """Return the sums of tables as a pandas frame."""
    import pandas

    return pandas.DataFrame(
        {
            "table": pandas.Series([str(name) for name in sums], dtype=_TEXT),
            "rows": pandas.Series([one.rows for one in sums.values()], dtype="int64"),
            "sum": pandas.Series([f"{one.sum:064x}" for one in sums.values()], dtype=_TEXT),
        }
    )


def _frame(columns: Sequence[Sequence[Any]]) -> Any:
    import pandas

    kinds = ("int64", "int64", _TEXT, _TEXT, _TEXT)
    given = columns or [()] * len(_COLUMNS)
    return pandas.DataFrame(
        {
            name: pandas.Series(list(column), dtype=kind)
            for name, kind, column in zip(_COLUMNS, kinds, given, strict=True)
        }
    )


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn errors into ones that can be sent from one process to another."""
    try:
        yield
    except (UnknownType, Undigested) as error:
        raise ReplayError(str(error)) from None
