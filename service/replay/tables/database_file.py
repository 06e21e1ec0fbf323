"""Tables in DuckDB: one file with comments and with views that name what the keys stand for, or tables in memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from projections.models import SUBJECTS
from projections.models.titles import TITLES
from projections.tables.tables import TABLES, AnalystTable
from service.replay.errors import PackageMissing, ReplayError
from service.replay.tables.log_tables import LogTable, LogTables

SUFFIX: Final = ".duckdb"
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
    try:
        with package.connect(str(path)) as connection:
            fill(connection, tables)
    except package.Error as error:
        raise ReplayError(f"{path} cannot be written: {error}") from None


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
