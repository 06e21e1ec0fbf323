"""Reads the tables of any source: folded from the events of a log, or row by row from a server."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Date, DateTime

from events.vocabulary.catalogue import VOCABULARY, Catalogue
from projections.tables.columns import TableColumn
from projections.tables.rows import TableRows
from projections.tables.tables import TABLES, AnalystTable
from service.replay.errors import NotWhole, PartOfLog, ReplayError
from service.replay.source import Source
from service.replay.sources.server import ServerSource
from service.replay.tables.folded import folded
from service.replay.tables.log_tables import LogTables
from service.replay.tables.viewer import UNRESTRICTED


def tables_of(
    source: Source,
    viewer: str | None = None,
    as_of: int | None = None,
    catalogue: Catalogue = VOCABULARY,
) -> LogTables:
    """Return the tables of a source at a position (None: its end).

    A database or an exported file has them as a viewer may see them (`facilitator`, `facilitator:COHORT,…`,
    `organisation:KEY`, `evaluator:COHORT,…`, `analyst` or `public`), by default without restriction. A server has them
    as the key may see them; those of an earlier position need a key that sees everything. Raises ReplayError.
    """
    if not isinstance(source, ServerSource):
        return folded(source, UNRESTRICTED if viewer is None else viewer, as_of, catalogue)
    if viewer is not None:
        raise ReplayError(
            "a viewer is for a database or a file; on a server, the key is the viewer"
        )
    if as_of is None:
        return _served(source)
    try:
        found = folded(source, UNRESTRICTED, as_of, catalogue)
    except PartOfLog:
        raise NotWhole(
            "tables need all events up to the position: on a server, those of an earlier position need a key that "
            "sees everything"
        ) from None
    return LogTables({name: one.rows for name, one in found.items()}, as_of, source.viewer)


def _served(server: ServerSource) -> LogTables:
    """Return the tables that a server has now. They are complete up to a position that was its last one."""
    position = server.head()
    rows = {
        name: _table(table, list(server.rows(name, position))) for name, table in TABLES.items()
    }
    return LogTables(rows, position, server.viewer)


def _table(table: AnalystTable, rows: list[Mapping[str, Any]]) -> TableRows:
    return TableRows(table, {column.name: [*_values(column, rows)] for column in table.columns})


def _values(column: TableColumn, rows: list[Mapping[str, Any]]) -> Iterator[Any]:
    read = next((read for kind, read in _READ if isinstance(column.type, kind)), None)
    for row in rows:
        value = row[column.name]
        yield value if read is None or value is None else read(value)


_READ: Final = ((DateTime, datetime.fromisoformat), (Date, date.fromisoformat))
