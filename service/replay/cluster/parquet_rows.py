"""Read models as Parquet: a folder for each table, with a file for each part that was folded separately."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import orjson
from sqlalchemy import JSON, Table

from projections.folding.tables import Row
from projections.in_memory.rows import Tables
from projections.models import PROJECTIONS
from projections.updating.digest import TableSum, digest_of
from service.replay.cluster.partitions import file_system
from service.replay.errors import ReplayError
from service.replay.formats import columns
from service.replay.tables.arrow_types import arrow_type

DIGEST: Final = "digest.json"
"""The file that is written last; if it exists, the folder is complete."""

_PART: Final = f"{DIGEST}.part"
_ROWS: Final = re.compile(r"part-\d{5,}\.parquet")
"""The names of other files, and of those with rows in the folder of a table."""


_NAMES: Final = frozenset(projection.table.name for projection in PROJECTIONS)


class ParquetRows:
    """The read models in a folder at any address that fsspec supports; copies of this write from many machines."""

    def __init__(self, address: str) -> None:
        """Set the folder. A local path is made absolute, since workers may run in other folders."""
        files, root = file_system(address)
        protocols = (files.protocol,) if isinstance(files.protocol, str) else files.protocol
        self.address: str = files.unstrip_protocol(root) if "file" in protocols else address

    def begin(self) -> None:
        """Make the folder; what an interrupted fold left in it is removed.

        Raises ReplayError if it has anything else, such as complete read models.
        """
        with _writing(self.address):
            files, root = file_system(self.address)
            if files.exists(root) and (found := files.find(root, withdirs=True)):
                if not all(_is_unfinished(path.removeprefix(root)) for path in found):
                    raise ReplayError(
                        f"{_shown(self.address)} already exists; name another folder, or remove it"
                    )
                files.rm(root, recursive=True)
            files.makedirs(root, exist_ok=True)

    def write(self, part: int, tables: Tables) -> None:
        """Write the rows of a part; a table without rows gets no file."""
        for projection in PROJECTIONS:
            if rows := tables[projection.name]:
                self._write(projection.table, f"part-{part:05}", rows)

    def end(self, events: int, sums: Mapping[str, TableSum]) -> str:
        """Write the description of the folder's content, with at least one file for every table; return the digest.

        Raises ReplayError if the folder does not have as many rows as were folded, because a worker wrote elsewhere.
        """
        for projection in PROJECTIONS:
            if not sums[projection.name].rows:
                self._write(projection.table, "part-00000", ())
        digest = digest_of(sums)
        rows = {str(name): one.rows for name, one in sorted(sums.items())}
        self._check(rows)
        content = {"howcanwe": "read models", "events": events, "digest": digest, "rows": rows}
        with _writing(self.address):
            files, root = file_system(self.address)
            text = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
            files.pipe_file(f"{root}/{_PART}", text)
            files.mv(f"{root}/{_PART}", f"{root}/{DIGEST}")
        return digest

    def _check(self, rows: Mapping[str, int]) -> None:
        parquet = columns.pyarrow().parquet
        with _writing(self.address):
            files, root = file_system(self.address)
            for name, expected in rows.items():
                found = 0
                for path in files.find(f"{root}/{name}"):
                    with files.open(path, "rb") as file:
                        found += parquet.read_metadata(file).num_rows
                if found != expected:
                    raise ReplayError(
                        f"{_shown(self.address)}/{name} has {found} rows, but {expected} were folded; "
                        "check that every worker can write to this address"
                    )

    def _write(self, table: Table, name: str, rows: Sequence[Row]) -> None:
        pyarrow = columns.pyarrow()
        # From rows as structs, pyarrow makes the columns in half of the time that lists of each column's values take.
        structs = pyarrow.array(_texts(table, rows), pyarrow.struct(list(schema_of(table))))
        with _writing(self.address):
            files, root = file_system(self.address)
            files.makedirs(f"{root}/{table.name}", exist_ok=True)
            with files.open(f"{root}/{table.name}/{name}.parquet", "wb") as file:
                pyarrow.parquet.write_table(
                    pyarrow.Table.from_struct_array(structs),
                    file,
                    compression="zstd",
                    write_page_checksum=True,
                )


def schema_of(table: Table) -> Any:
    """Return the Arrow schema of a table's rows; JSON columns of PostgreSQL become text."""
    arrow = columns.pyarrow()
    return arrow.schema(
        [
            arrow.field(column.name, arrow_type(column.type), nullable=bool(column.nullable))
            for column in table.columns
        ]
    )


def _texts(table: Table, rows: Sequence[Row]) -> Sequence[Row]:
    """Return the rows, with JSON columns as text."""
    names = [column.name for column in table.columns if isinstance(column.type, JSON)]
    if not names:
        return rows
    return [{**row, **{name: _text(row[name]) for name in names}} for row in rows]


def _text(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _is_unfinished(path: str) -> bool:
    """Return whether a file or folder in the folder, other than the digest, is of read models."""
    match path.strip("/").split("/"):
        case [""]:
            return True
        case [name]:
            return name == _PART or name in _NAMES
        case [name, file]:
            return name in _NAMES and _ROWS.fullmatch(file) is not None
    return False


def _shown(address: str) -> str:
    return address.removeprefix("file://")


@contextmanager
def _writing(address: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ReplayError(
            f"{_shown(address)} cannot be written: {error.strerror or error}"
        ) from None
