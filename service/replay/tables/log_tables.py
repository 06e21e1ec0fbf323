"""The tables of a log in memory, as rows and as data frames."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from projections.folding.tables import Row
from projections.tables.rows import TableRows
from projections.tables.tables import AnalystTable
from service.replay.errors import ReplayError
from service.replay.formats.columns import pyarrow
from service.replay.formats.frames import pandas_frame, polars_frame
from service.replay.tables.arrow_types import arrow_type


class LogTable:
    """A table, whose rows are iterated in the order in which they were recorded; each is a mapping of its values."""

    def __init__(self, rows: TableRows) -> None:
        self.rows = rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<{len(self)} {self.name}>"

    @property
    def definition(self) -> AnalystTable:
        """What the table and its columns mean."""
        return self.rows.table

    @property
    def name(self) -> str:
        """The table's name."""
        return self.rows.table.name

    @cached_property
    def arrow_schema(self) -> Any:
        """The schema of the Arrow table, with the descriptions of the columns. Needs the extra `arrow`."""
        arrow = pyarrow()
        return arrow.schema(
            [
                arrow.field(
                    column.name,
                    arrow_type(column.type),
                    nullable=not column.is_required,
                    metadata={"description": column.description},
                )
                for column in self.rows.table.columns
            ],
            metadata={"description": self.rows.table.description},
        )

    def to_arrow(self) -> Any:
        """Return the rows as a pyarrow.Table. Needs the extra `arrow`."""
        return pyarrow().Table.from_pydict(dict(self.rows.values), schema=self.arrow_schema)

    def to_pandas(self) -> Any:
        """Return the rows as a pandas.DataFrame with Arrow types. Needs the extra `pandas`."""
        return pandas_frame(self.to_arrow)

    def to_polars(self) -> Any:
        """Return the rows as a polars.DataFrame. Needs the extra `polars`."""
        return polars_frame(self.to_arrow)


class LogTables(Mapping[str, LogTable]):
    """The tables of a log by name, all as they stood after the event at `position`.

    `viewer` is the viewer, in the words of `howcanwe tables --viewer`, or the id of the key that asked a server.
    """

    def __init__(self, rows: Mapping[str, TableRows], position: int, viewer: str) -> None:
        self._tables = {name: LogTable(found) for name, found in rows.items()}
        self.position = position
        self.viewer = viewer

    def __getitem__(self, name: str) -> LogTable:
        """Return a table. Raises ReplayError if there is none with this name."""
        try:
            return self._tables[name]
        except KeyError:
            raise ReplayError(
                f"there is no table {name!r}; expected one of {', '.join(self._tables)}"
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __contains__(self, name: object) -> bool:
        return name in self._tables
