"""Writes tables as a folder of Parquet or CSV files with their dictionary, as one DuckDB file or as one workbook."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

import orjson

from service.replay.errors import NotWhole, ReplayError
from service.replay.formats.columns import pyarrow
from service.replay.manifests.stamp import Stamp
from service.replay.tables import database_file, workbook
from service.replay.tables.dictionary import FILE, dictionary, is_as_written
from service.replay.tables.log_tables import LogTable, LogTables
from service.replay.tables.text_files import CsvFor, write_csv

PARQUET: Final = ".parquet"
_PART: Final = ".howcanwe-part"
_OLD: Final = ".howcanwe-old"
"""The ends of hidden names beside tables while they are replaced. What has such a name is removed."""


class TableFormat(Enum):
    """The form of tables: `PARQUET` and `CSV` are folders, `DUCKDB` and `XLSX` are files."""

    PARQUET = "parquet"
    CSV = "csv"
    DUCKDB = "duckdb"
    XLSX = "xlsx"

    @classmethod
    def of(cls, out: Path, given: "TableFormat | None") -> "TableFormat":
        """Return the form by the name of `out`, or the one given for a folder. Raises ReplayError if they differ."""
        named = _BY_SUFFIX.get(out.suffix)
        if out.suffix in _OF_OTHER_FILES and not out.is_dir():
            raise ReplayError(
                f"{out} would be a folder, with a file for each table; name it without {out.suffix}, "
                "or name a .duckdb or .xlsx file"
            )
        if named is not None and given not in (None, named):
            raise ReplayError(f"{out} is the name of a {named.value} file")
        if named is None and given in _BY_SUFFIX.values():
            assert given is not None
            raise ReplayError(f"the name of a {given.value} file ends in .{given.value}")
        return named or given or cls.PARQUET


_BY_SUFFIX: Final = {".duckdb": TableFormat.DUCKDB, ".xlsx": TableFormat.XLSX}
_OF_OTHER_FILES: Final = frozenset(
    (".csv", ".tsv", ".parquet", ".json", ".ndjson", ".xls", ".ods", ".db", ".sqlite", ".zip")
)
"""Who names one of these expects a single file."""


def write_tables(
    tables: LogTables, out: Path, form: TableFormat, csv_for: CsvFor = CsvFor.PROGRAMS
) -> None:
    """Write the tables; afterwards `out` has all of them, or is as it was before. Earlier tables are replaced.

    What a link leads to is replaced, and the link stays. Raises ReplayError if it cannot be written, or if `out` is
    something else than tables.
    """
    with _writing(out):
        out = out.resolve()
        match form:
            case TableFormat.PARQUET:
                _folder(tables, out, PARQUET, _write_parquet)
            case TableFormat.CSV:
                _folder(tables, out, ".csv", lambda table, path: write_csv(table, path, csv_for))
            case TableFormat.DUCKDB:
                _file(out, lambda path: database_file.write_database(tables, path))
            case TableFormat.XLSX:
                _file(out, lambda path: workbook.write_workbook(tables, path))


def checked(folder: Path) -> Mapping[str, Path]:
    """Return the files of a folder of tables by the tables' names, compared with the dictionary. Raises NotWhole."""
    with Stamp(folder, folder / FILE).reading():
        return _checked(folder)


def _checked(folder: Path) -> Mapping[str, Path]:
    try:
        found: Any = orjson.loads((folder / FILE).read_bytes())
        if found["howcanwe"] != "tables":
            raise ValueError("it does not describe tables")
        if not is_as_written(found):
            raise ValueError(f"{FILE} is not what was written: its hash differs")
        described = {one["name"]: one for one in found["resources"]}
        paths = {name: folder / Path(one["path"]).name for name, one in described.items()}
        for name, path in paths.items():
            if path.stem != name:
                raise NotWhole(f"{path} is not the file of {name}")
            if _described(path) != {key: described[name][key] for key in ("path", "bytes", "hash")}:
                raise NotWhole(f"{path} is not what was written: its size or its hash differs")
    except OSError as error:
        is_missing = isinstance(error, FileNotFoundError)
        reason = "is missing" if is_missing else f"cannot be read: {error.strerror or error}"
        raise NotWhole(f"{error.filename or folder} {reason}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise NotWhole(f"{folder} is not a whole folder of tables: {error}") from None
    if (
        more := {path.name for path in folder.iterdir()}
        - {path.name for path in paths.values()}
        - {FILE}
    ):
        raise NotWhole(f"{folder} has files that are no part of it: {', '.join(sorted(more))}")
    return paths


def is_folder_of_tables(path: Path) -> bool:
    """Return whether a folder has the dictionary of tables."""
    return (path / FILE).is_file()


def is_file_of_tables(path: Path) -> bool:
    """Return whether this is the name of a DuckDB file or a workbook."""
    return path.suffix in _BY_SUFFIX


def checked_file(path: Path) -> int:
    """Return how many tables a DuckDB file or a workbook has, after comparing all of it with its checksums.

    They notice what was cut or damaged, and not what a program wrote into the file later. Raises ReplayError, NotWhole.
    """
    with Stamp(path).reading():
        if not path.is_file():
            raise ReplayError(f"{path} cannot be read: there is no such file")
        if _BY_SUFFIX[path.suffix] is TableFormat.DUCKDB:
            return database_file.check(path)
        return workbook.check(path)


def _folder(
    tables: LogTables, out: Path, suffix: str, write: Callable[[LogTable, Path], None]
) -> None:
    if out.exists() and not is_folder_of_tables(out) and (not out.is_dir() or any(out.iterdir())):
        raise ReplayError(f"{out} exists and is no folder of tables; name another, or remove it")
    part, old = _beside(out, _PART), _beside(out, _OLD)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    files = {}
    for name, table in tables.items():
        path = part / f"{name}{suffix}"
        write(table, path)
        files[name] = _described(path)
    text = orjson.dumps(
        dictionary(tables, files), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )
    (part / FILE).write_bytes(text)
    if out.exists():
        shutil.rmtree(old, ignore_errors=True)
        out.rename(old)
    part.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _file(out: Path, write: Callable[[Path], None]) -> None:
    part = _beside(out, _PART)
    part.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    try:
        write(part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _beside(out: Path, suffix: str) -> Path:
    return out.with_name(f".{out.name}{suffix}")


def _described(path: Path) -> Mapping[str, Any]:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return {"path": path.name, "bytes": path.stat().st_size, "hash": f"sha256:{digest}"}


def _write_parquet(table: LogTable, path: Path) -> None:
    pyarrow().parquet.write_table(
        table.to_arrow(), path.absolute(), compression="zstd", write_page_checksum=True
    )


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ReplayError(f"{out} cannot be written: {error.strerror or error}") from None
