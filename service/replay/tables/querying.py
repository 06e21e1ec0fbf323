"""Queries over tables, answered by DuckDB: from a log, or from a folder or file that was written before."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

from service.replay.errors import ReplayError
from service.replay.manifests.stamp import Stamp
from service.replay.tables import database_file
from service.replay.tables.dictionary import FILE
from service.replay.tables.files import PARQUET, checked, is_folder_of_tables
from service.replay.tables.log_tables import LogTables


class Answer(NamedTuple):
    """The answer to a query."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


class TablesToAsk:
    """Tables in DuckDB that queries read. They can change nothing, and read no other file."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        for setting in ("TimeZone = 'UTC'", "enable_external_access = false"):
            connection.execute(f"set {setting}")
        connection.execute("set lock_configuration = true")

    @classmethod
    def of(cls, tables: LogTables) -> Self:
        """Return the tables of a log. Raises PackageMissing."""
        connection = database_file.duckdb().connect()
        database_file.fill(connection, tables)
        return cls(connection)

    @classmethod
    def written(cls, source: str | None) -> Self | None:
        """Return the tables in a folder or a DuckDB file, None if the source is neither.

        Raises NotWhole if the folder is not as it was written, or the file was cut.
        """
        if source is None or "://" in source:
            return None
        path = Path(source)
        with Stamp(path, path / FILE).reading():
            return cls._opened(path)

    @classmethod
    def _opened(cls, path: Path) -> Self | None:
        package = database_file.duckdb()
        try:
            if path.suffix == database_file.SUFFIX and path.is_file():
                return cls(database_file.opened(path))
            if not is_folder_of_tables(path):
                return None
            connection = package.connect()
            for name, file in checked(path).items():
                if file.suffix != PARQUET:
                    raise ReplayError(
                        f"{path} has CSV files, without types; expected Parquet files or DuckDB"
                    )
                create = (
                    f"create table {database_file.quoted(name)} as select * from read_parquet(?)"
                )
                connection.execute(create, [str(file)])
            database_file.add_views(connection)
            return cls(connection)
        except package.Error as error:
            raise ReplayError(f"{path} cannot be read: {error}") from None

    def answer(self, query: str) -> Answer:
        """Return the answer to a query. Raises ReplayError if it is none, or changes something."""
        package = database_file.duckdb()
        reading = (package.StatementType.SELECT, package.StatementType.EXPLAIN)
        try:
            statements = self._connection.extract_statements(query)
            if len(statements) != 1 or statements[0].type not in reading:
                raise ReplayError("expected one query that reads, such as select * from failures")
            found = self._connection.execute(statements[0])
            columns = [column[0] for column in found.description]
            return Answer(columns, found.fetchall())
        except package.Error as error:
            raise ReplayError(str(error)) from None

    def close(self) -> None:
        """Close the database."""
        self._connection.close()
