"""Tables in DuckDB: one file with comments and with views that name what the keys stand for, or tables in memory."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

from projections.models import SUBJECTS
from projections.models.titles import TITLES
from projections.tables.tables import TABLES, AnalystTable
from service.replay.errors import NotWhole, PackageMissing, ReplayError
from service.replay.tables.log_tables import LogTable, LogTables

SUFFIX: Final = ".duckdb"
_HEADER_BYTES: Final = 3 * 4096
"""The headers of a DuckDB file, before its first block."""
WITH_TITLES: Final = "_with_titles"
"""The end of the name of a view that has, beside each key, the title of what it names."""


def duckdb() -> Any:
    """Return the package duckdb. Raises PackageMissing."""
    try:
        import duckdb
    except ImportError:
        raise PackageMissing("a DuckDB file, or SQL", "duckdb") from None
    return duckdb


def write_database(tables: LogTables, path: Path) -> None:
    """Write a DuckDB file. Raises ReplayError."""
    package = duckdb()
    # What was written ahead to a file of this name that is gone.
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    try:
        with package.connect(str(path)) as connection:
            fill(connection, tables)
    except package.Error as error:
        raise ReplayError(f"{path} cannot be written: {error}") from None


def opened(path: Path) -> Any:
    """Return a connection that reads a file. Raises ReplayError, and NotWhole if the file was cut.

    DuckDB compares each block with its checksum when it reads it, and does not notice that other blocks are missing.
    """
    package = duckdb()
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(package.connect(str(path), read_only=True))
            size = "select block_size * total_blocks from pragma_database_size()"
            [blocks_bytes] = connection.execute(size).fetchone()
        except package.Error as error:
            raise ReplayError(f"{path} cannot be read: {error}") from None
        expected, found = _HEADER_BYTES + blocks_bytes, path.stat().st_size
        if found < expected:
            raise NotWhole(f"{path} is truncated: {found} bytes; expected {expected}")
        stack.pop_all()
    return connection


def check(path: Path) -> int:
    """Read all tables of a file, so that every block is compared with its checksum; return how many tables it has.

    Raises ReplayError, NotWhole.
    """
    package = duckdb()
    with closing(opened(path)) as connection:
        try:
            names = "select schema_name, table_name from duckdb_tables() where not internal"
            found = connection.execute(names).fetchall()
            for name in found:
                table = ".".join(map(quoted, name))
                # A column that nothing asks for would not be read.
                connection.execute(f"select max(hash(columns(*))) from {table}").fetchall()
        except package.Error as error:
            raise NotWhole(f"{path} is not whole: {error}") from None
    return len(found)


def fill(connection: Any, tables: LogTables) -> None:
    """Make all tables, their comments and their views in a database."""
    about = f"As of position {tables.position} of the log, as {tables.viewer} sees it."
    for table in tables.values():
        _create(connection, table, about)
    add_views(connection)


def add_views(connection: Any) -> None:
    """Make the views over the tables, which are there."""
    for table in TABLES.values():
        if view := _view(table):
            connection.execute(view)


def _create(connection: Any, table: LogTable, about: str) -> None:
    connection.register("arriving", table.to_arrow())
    connection.execute(f"create table {quoted(table.name)} as select * from arriving")
    connection.unregister("arriving")
    for comment in _comments(table.definition, about):
        connection.execute(comment)


def _comments(table: AnalystTable, about: str) -> Iterator[str]:
    yield f"comment on table {quoted(table.name)} is {_text(f'{table.description} {about}')}"
    for column in table.columns:
        words = _text(f"{column.title.rstrip('.?')}: {column.description}")
        yield f"comment on column {quoted(table.name)}.{quoted(column.name)} is {words}"


def _view(table: AnalystTable) -> str | None:
    """Return the statement for the view with titles, None if no column of the table names one subject with a title."""
    columns, joins = ["it.*"], []
    for column in table.columns:
        kind = column.refers[0] if column.prefix and not column.is_list else None
        if kind in TITLES:
            named = quoted(f"of_{column.name}")
            columns.append(f"{named}.{quoted(TITLES[kind])} as {quoted(f'{column.name}_title')}")
            joins.append(
                f"left join {quoted(SUBJECTS[kind].name)} as {named} on {named}.key = it.{quoted(column.name)}"
            )
    if not joins:
        return None
    name = quoted(f"{table.name}{WITH_TITLES}")
    return f"create view {name} as select {', '.join(columns)} from {quoted(table.name)} as it {' '.join(joins)}"


def quoted(name: str) -> str:
    """Return a name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
