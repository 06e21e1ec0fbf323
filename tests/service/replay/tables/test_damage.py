"""Tables in files that are damaged, changed or incomplete are never read as whole."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from howcanwe import NotWhole, ReplayError
from projections.tables.tables import TABLES
from service.replay.tables.files import TableFormat, checked, checked_file, write_tables
from service.replay.tables.log_tables import LogTables
from service.replay.tables.querying import TablesToAsk


def damaged(out: Path, how: str) -> None:
    """Damage a folder of tables."""
    path = out / "learnings.parquet"
    content = path.read_bytes()
    match how:
        case "cut":
            path.write_bytes(content[:-100])
        case "flipped":
            middle = len(content) // 2
            path.write_bytes(
                content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
            )
        case "missing":
            path.unlink()
        case "renamed":
            path.rename(out / "lessons.parquet")
        case "mixed":
            shutil.copy(out / "failures.parquet", path)
        case "added":
            (out / "more.parquet").write_bytes(content)
        case "undescribed":
            (out / "tables.json").write_bytes(b'{"howcanwe": "tables"}')
        case "swapped":
            text = (out / "tables.json").read_bytes()
            for one, other in (("failures", "?"), ("learnings", "failures"), ("?", "learnings")):
                text = text.replace(f'"name": "{one}"'.encode(), f'"name": "{other}"'.encode(), 1)
            (out / "tables.json").write_bytes(text)


@pytest.mark.parametrize(
    "how", ["cut", "flipped", "missing", "renamed", "mixed", "added", "undescribed", "swapped"]
)
def test_a_folder_that_is_not_as_it_was_written_is_not_read(
    tables: LogTables, tmp_path: Path, how: str
) -> None:
    out = tmp_path / "tables"
    write_tables(tables, out, TableFormat.PARQUET)
    asked = TablesToAsk.written(str(out))
    assert asked is not None
    asked.close()
    damaged(out, how)
    with pytest.raises(NotWhole):
        TablesToAsk.written(str(out))


@pytest.mark.parametrize(
    ("written", "changed"),
    [(b'"viewer": "facilitator"', b'"viewer": "public"'), (b"A row", b"B row")],
    ids=["viewer", "words"],
)
def test_a_dictionary_that_is_not_as_it_was_written_is_not_read(
    tables: LogTables, tmp_path: Path, written: bytes, changed: bytes
) -> None:
    out = tmp_path / "tables"
    write_tables(tables, out, TableFormat.PARQUET)
    dictionary = out / "tables.json"
    before = dictionary.read_bytes()
    assert written in before
    dictionary.write_bytes(before.replace(written, changed, 1))
    with pytest.raises(NotWhole, match=r"tables\.json is not what was written"):
        checked(out)


def test_a_duckdb_file_that_was_cut_is_not_read(tables: LogTables, tmp_path: Path) -> None:
    out = tmp_path / "tables.duckdb"
    write_tables(tables, out, TableFormat.DUCKDB)
    assert checked_file(out) == len(TABLES)
    text = out.read_bytes()
    out.write_bytes(text[:2_000])
    with pytest.raises(ReplayError, match="cannot be read"):
        TablesToAsk.written(str(out))
    # DuckDB reads what comes before, and does not miss the rest.
    for missing in (1, 4_096, 300_000, len(text) // 2):
        out.write_bytes(text[:-missing])
        for read in (TablesToAsk.written, lambda name: checked_file(Path(name))):
            with pytest.raises(NotWhole, match="is truncated"):
                read(str(out))


@pytest.mark.parametrize("form", [TableFormat.DUCKDB, TableFormat.XLSX])
def test_a_file_of_tables_in_which_a_bit_has_flipped_is_never_called_whole(
    tables: LogTables, tmp_path: Path, form: TableFormat
) -> None:
    out = tmp_path / f"tables.{form.value}"
    write_tables(tables, out, form)
    text = out.read_bytes()
    assert checked_file(out) >= len(TABLES)
    for part in range(1, 8):
        at = len(text) * part // 8
        out.write_bytes(text[:at] + bytes([text[at] ^ 4]) + text[at + 1 :])
        with pytest.raises(NotWhole):
            checked_file(out)
    out.write_bytes(text[: len(text) // 2])
    with pytest.raises(NotWhole):
        checked_file(out)


def test_a_duckdb_file_that_was_changed_is_not_read_or_has_the_same_rows(
    tables: LogTables, tmp_path: Path
) -> None:
    out, random = tmp_path / "tables.duckdb", Random(7)
    write_tables(tables, out, TableFormat.DUCKDB)
    text, expected = out.read_bytes(), _all_rows(out)
    refused = 0
    for _ in range(12):
        at = random.randrange(len(text))
        out.write_bytes(text[:at] + bytes([text[at] ^ 1 << random.randrange(8)]) + text[at + 1 :])
        try:
            found = _all_rows(out)
        except ReplayError:
            refused += 1
        else:
            # A file has space that no table uses.
            assert found == expected
    assert refused


def _all_rows(out: Path) -> Mapping[str, Any]:
    asked = TablesToAsk.written(str(out))
    assert asked is not None
    try:
        return {name: asked.answer(f'select * from "{name}"').rows for name in TABLES}
    finally:
        asked.close()


@pytest.mark.parametrize("form", [TableFormat.PARQUET, TableFormat.CSV])
def test_a_file_that_is_missing_is_named_in_words(
    tables: LogTables, tmp_path: Path, form: TableFormat
) -> None:
    out = tmp_path / "tables"
    write_tables(tables, out, form)
    missing = out / f"notes.{form.value}"
    missing.unlink()
    for read in (checked, lambda folder: TablesToAsk.written(str(folder))):
        with pytest.raises(NotWhole) as refused:
            read(out)
        assert str(refused.value) == f"{missing} is missing"


def test_a_file_that_cannot_be_read_is_named_in_words(tables: LogTables, tmp_path: Path) -> None:
    out = tmp_path / "tables"
    write_tables(tables, out, TableFormat.PARQUET)
    (out / "notes.parquet").unlink()
    (out / "notes.parquet").mkdir()
    with pytest.raises(NotWhole) as refused:
        checked(out)
    assert str(refused.value) == f"{out / 'notes.parquet'} cannot be read: Is a directory"
