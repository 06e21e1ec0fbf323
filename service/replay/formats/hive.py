"""Windows in partitions: a folder of Parquet files for each cohort or month, as Hive has them, for very large logs.

Files are `<out>/cohort=<key>/month=<YYYY-MM>/window-<number>.parquet`. Each partition has a file for every window that
has events in it. Readers add the columns of the partitions from the folders' names.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Final

from service.replay.errors import ReplayError
from service.replay.formats.columns import Columns, pyarrow
from service.replay.formats.parquet import Writing, is_small, name, options, write_group
from service.replay.manifests.manifest import ExportedFile, exported

COLUMNS: Final = ("cohort", "month")
"""The columns by which an export can be partitioned."""

_NONE: Final = "__HIVE_DEFAULT_PARTITION__"
"""The name of the folder for events without a cohort, as readers of partitioned Parquet expect."""

_Part = tuple[str | None, ...]


def partition_of(text: str) -> tuple[str, ...]:
    """Return the columns in a text such as `cohort,month`. Raises ReplayError for others."""
    names = tuple(text.split(","))
    if len(set(names)) < len(names) or not set(names) <= set(COLUMNS):
        raise ReplayError(f"an export is partitioned by cohort, by month or by both; not by {text}")
    return names


class HiveWindow:
    """Pages of events, grouped by partition in memory; threads write the files when the window is closed."""

    def __init__(
        self,
        out: Path,
        number: int,
        columns: Columns,
        partition: Sequence[str],
        threads: Executor,
    ) -> None:
        self._arrow = pyarrow()
        self._out = out
        self._number = number
        self._partition = partition
        self._threads = threads
        self._schema = self._arrow.schema(
            [field for field in columns.schema if field.name not in partition]
        )
        self._types = set(self._schema.types)
        self._parts: dict[_Part, list[Any]] = {}

    def add(self, table: Any) -> None:
        """Add a page."""
        arrow = self._arrow
        keys = zip(*(table.column(name).to_pylist() for name in self._partition), strict=True)
        rows: dict[_Part, list[int]] = {}
        for index, key in enumerate(keys):
            rows.setdefault(key, []).append(index)
        filled = [
            name for name in self._schema.names if table.column(name).null_count < table.num_rows
        ]
        # Sort all rows once; each part is a slice of the result.
        order = arrow.array([index for indices in rows.values() for index in indices])
        arranged = table.select(filled).take(order)
        begin = 0
        for key, indices in rows.items():
            self._parts.setdefault(key, []).append(arranged.slice(begin, len(indices)))
            begin += len(indices)

    def close(self) -> Writing:
        """Start to write the files; afterwards the window is empty."""
        parts, self._parts = self._parts, {}
        ordered = sorted(parts, key=lambda key: [value or "" for value in key])
        return Writing([self._threads.submit(self._write, key, parts[key]) for key in ordered])

    def _write(self, part: _Part, slices: list[Any]) -> tuple[Path, ExportedFile]:
        arrow = self._arrow
        folder = self._out
        for column, value in zip(self._partition, part, strict=True):
            folder /= f"{column}={value or _NONE}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name(self._number)
        # The columns that are entirely null differ from page to page.
        rows = arrow.concat_tables(slices, promote_options="default").combine_chunks()
        slices.clear()
        columns = dict(zip(rows.column_names, rows.columns, strict=True))
        nulls = {type_: arrow.nulls(rows.num_rows, type_) for type_ in self._types}
        table = arrow.Table.from_arrays(
            [columns.get(field.name, nulls[field.type]) for field in self._schema],
            schema=self._schema,
        )
        chosen = options(self._schema, small=is_small(table.num_rows))
        with arrow.parquet.ParquetWriter(path.absolute(), self._schema, **chosen) as file:
            write_group(file, table)
        return path, exported(path, self._out)
