"""`open_log`, the entry point for analysts: a log's events as an iterator or as data frames."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY, Catalogue
from events.vocabulary.stream import KINDS, is_stream
from events.vocabulary.values.times import moment, moment_of
from service.replay.amendments import Amendments
from service.replay.cohorts import CohortIndex
from service.replay.errors import ReplayError
from service.replay.event import ReplayedEvent, decoded
from service.replay.formats.frames import pandas_frame, polars_frame
from service.replay.line_pages import PAGE_EVENTS, pages
from service.replay.source import Source, check_endless
from service.replay.sources.address import source_of

if TYPE_CHECKING:
    from service.replay.tables.log_tables import LogTable, LogTables

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class ReplayLog:
    """The events of a log, or a selection of them, oldest first. Each iteration reads the source again.

    Every method raises ReplayError if the source cannot be read. Close the log at the end; it is a context manager.
    """

    def __init__(
        self, source: Source, selection: Selection | None = None, catalogue: Catalogue = VOCABULARY
    ) -> None:
        self._source = source
        self._catalogue = catalogue
        self.selection = selection or Selection()

    @property
    def source(self) -> Source:
        """Where it is read."""
        return self._source

    def __iter__(self) -> Iterator[ReplayedEvent]:
        for chunk in self._source.chunks(self.selection):
            yield from decoded(chunk, self._catalogue)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the source."""
        self._source.close()

    def head(self) -> int:
        """Return the position of the log's last event, 0 if there is none."""
        return self._source.head()

    def select(
        self,
        *,
        after: int | None = None,
        through: int | None = None,
        stream: str | Sequence[str] = (),
        type: str | Sequence[str] = (),
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
    ) -> "ReplayLog":
        """Return a selection of the log; closing either closes both.

        `after` and `through` are positions; `from_` and `to` are times of events, of which `to` is exclusive, and a
        date is the beginning of its day in UTC. `stream`
        and `type` (short or full names) may be several. Raises ReplayError for an unknown type, or a malformed stream
        or time.
        """
        mine = self.selection
        chosen = replace(
            mine,
            after=mine.after if after is None else after,
            through=mine.through if through is None else through,
            streams=stream_names(_several(stream)) or mine.streams,
            types=wire_names(_several(type), self._catalogue) or mine.types,
            from_us=mine.from_us if from_ is None else _moment(from_),
            to_us=mine.to_us if to is None else _moment(to),
        )
        return ReplayLog(self._source, chosen, self._catalogue)

    def follow(self) -> Iterator[ReplayedEvent]:
        """Yield the events so far, then each new one, without end.

        Raises ReplayError if the selection has an end.
        """
        check_endless(self.selection)
        for item in self._source.follow(self.selection):
            if isinstance(item, bytes):
                yield from decoded(item, self._catalogue)

    def lines(self) -> Iterator[bytes]:
        """Yield the exact lines in chunks, each line with its newline."""
        return self._source.chunks(self.selection)

    def batches(self) -> Iterator[Any]:
        """Yield Arrow tables, of which only one is held in memory at a time. Needs the extra `arrow`."""
        from service.replay.formats.columns import Columns

        cohorts = CohortIndex(self._catalogue)
        cohorts.catch_up(self._source, self.selection.after)
        through = self.selection.through
        amendments = Amendments.until(
            self._source, self._source.head() if through is None else through, self._catalogue
        )
        columns = Columns(self._catalogue, cohorts, amendments)
        for page in pages(self.lines(), PAGE_EVENTS):
            yield columns.table(page)

    def tables(self, *, as_of: int | None = None, viewer: str | None = None) -> "LogTables":
        """Return the tables of the log, such as `failures`, by name: what was recorded, as it stands.

        Voids, corrections and reclassifications are applied. `as_of` is a position: the rows are as they stood after
        that event. `viewer` is, for a database or an exported file, who sees them: `facilitator` (the default, who sees
        everything), `facilitator:COHORT,…`, `organisation:KEY`, `evaluator:COHORT,…`, `analyst` or `public`. On a
        server, the key is the viewer. A table is iterated as rows, or becomes a frame with `to_arrow()`, `to_pandas()`
        or `to_polars()`. Raises ReplayError for a selection of events.
        """
        from service.replay.tables.reading import tables_of

        if self.selection != Selection():
            raise ReplayError("tables are made of all events of a log; give `as_of` instead")
        return tables_of(self._source, viewer, as_of, self._catalogue)

    def table(
        self, name: str, *, as_of: int | None = None, viewer: str | None = None
    ) -> "LogTable":
        """Return one of the tables (see `tables`). For several, call `tables` once."""
        return self.tables(as_of=as_of, viewer=viewer)[name]

    def to_arrow(self) -> Any:
        """Return the events as a pyarrow.Table. Needs the extra `arrow`."""
        from service.replay.formats.columns import Columns, pyarrow

        amendments, cohorts = Amendments(self._catalogue), CohortIndex(self._catalogue)
        schema = Columns(self._catalogue, cohorts, amendments).schema
        return pyarrow().concat_tables([schema.empty_table(), *self.batches()])

    def to_pandas(self) -> Any:
        """Return the events as a pandas.DataFrame with Arrow types. Needs the extra `pandas`."""
        return pandas_frame(self.to_arrow)

    def to_polars(self) -> Any:
        """Return the events as a polars.DataFrame. Needs the extra `polars`."""
        return polars_frame(self.to_arrow)


def open_log(source: str | Path, key: str | None = None) -> ReplayLog:
    """Open the log at a server's URL, in a database (postgresql://…), or in an exported file or folder.

    `key` is sent to a server; by default it is the environment variable HOWCANWE_KEY. Raises ReplayError.
    """
    return ReplayLog(source_of(source, key))


def stream_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of streams unchanged. Raises ReplayError for a malformed name."""
    for name in names:
        if not is_stream(name):
            raise ReplayError(
                f"there is no stream {name!r}; expected <kind>/<key>, the kind one of {', '.join(KINDS)}"
            )
    return tuple(names)


def wire_names(types: Sequence[str], catalogue: Catalogue = VOCABULARY) -> tuple[str, ...]:
    """Return the full names of these types, in every version. Raises ReplayError for an unknown type."""
    found: dict[str, None] = {}
    for name in types:
        versions = catalogue.versions(name)
        if not versions:
            raise ReplayError(f"there is no event type {name}; expected {catalogue.expected(name)}")
        found |= dict.fromkeys(versions)
    return tuple(found)


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _moment(time: str | datetime) -> int:
    if isinstance(time, datetime):
        if time.tzinfo is None:
            raise ReplayError(f"{time} has no time zone")
        return moment_of(time)
    try:
        return moment(f"{time}T00:00:00Z" if _DATE.fullmatch(time) else time)
    except ValueError as error:
        raise ReplayError(
            f"{time!r} is not a time: {error}; expected a day such as 2024-05-01 or a time such as 2024-05-01T09:00:00Z"
        ) from None
