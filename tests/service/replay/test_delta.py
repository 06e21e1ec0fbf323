"""Exports as a Delta table: snapshots, amendments of earlier rows, and interruptions."""

import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest

from events.store.reading import Selection
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.types import EVENT_TYPES
from service.errors import ServiceError
from service.replay.errors import NotWhole
from service.replay.export import delta_table
from service.replay.export.check import checked
from service.replay.export.delta_table import DeltaExport
from service.replay.log import open_log
from service.replay.manifests import journal, manifest
from service.replay.manifests.manifest import Manifest
from service.replay.sources.file import file_source
from tests.service.replay.logs import chain
from tests.service.replay.test_again import done, refused
from tests.service.replay.test_amendments import AMENDED, registered

deltalake = pytest.importorskip("deltalake", reason="Delta tables need the extra `delta`")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.ndjson"
    path.write_bytes(chain(AMENDED))
    return path


def export(log: Path, out: Path, lines: int | None = None) -> Manifest:
    """Export the first lines of a log, or all."""
    source = log if lines is None else log.with_name("some.ndjson")
    if lines is not None:
        source.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:lines]))
    return DeltaExport(file_source(source), out, Selection(), _silent).run()


def _silent(events: int, position: int) -> None:
    pass


def rows(out: Path, version: int | None = None) -> list[dict[str, Any]]:
    table = deltalake.DeltaTable(out, version=version).to_pyarrow_table()
    found: list[dict[str, Any]] = table.sort_by("position").to_pylist()
    return found


def test_a_table_has_the_rows_of_the_log(log: Path, tmp_path: Path) -> None:
    made = export(log, tmp_path / "log.delta")
    assert rows(tmp_path / "log.delta") == open_log(log).to_arrow().to_pylist()
    assert (made.events, made.form) == (12, "delta")
    assert checked(tmp_path / "log.delta") == made


def test_the_command_writes_one_by_its_name(log: Path, tmp_path: Path) -> None:
    out = tmp_path / "log.delta"
    assert f"12 events in {out}" in done("replay", log, "--out", out)
    assert "nothing to add" in done("replay", log, "--out", out)
    assert "the export is whole" in done("verify", out)
    assert "does not contain the events' lines" in refused("replay", out)


def test_polars_and_duckdb_read_it(log: Path, tmp_path: Path) -> None:
    polars, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    export(log, tmp_path / "log.delta")
    frame = polars.read_delta(str(tmp_path / "log.delta"))
    assert frame.filter(polars.col("voided_by").is_not_null()).height == 3
    table = deltalake.DeltaTable(tmp_path / "log.delta").to_pyarrow_dataset()
    found = duckdb.from_arrow(table).filter("corrected_by is not null").fetchall()
    assert len(found) == 2


@pytest.mark.parametrize("through", [5, 7, 9, 11])
def test_a_later_run_is_one_more_snapshot_with_later_amendments(
    log: Path, tmp_path: Path, through: int
) -> None:
    out = tmp_path / "log.delta"
    export(log, out, through)
    before = rows(out)
    export(log, out)
    assert rows(out) == open_log(log).to_arrow().to_pylist()
    assert deltalake.DeltaTable(out).version() == 1
    assert rows(out, version=0) == before
    export(log, out)
    assert deltalake.DeltaTable(out).version() == 1


@pytest.mark.parametrize("lines", [4, 11])
def test_a_table_of_a_release_with_fewer_columns_gets_the_others(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    text = log.read_text()
    earlier = Catalogue([found for found in EVENT_TYPES if found.wire_name() in text])
    out = tmp_path / "log.delta"
    with monkeypatch.context() as before:
        before.setattr(delta_table, "VOCABULARY", earlier)
        export(log, out, lines)
    export(log, out)
    assert rows(out) == open_log(log).to_arrow().to_pylist()


def test_small_files_are_put_together(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delta_table, "FILES_MAX", 3)
    log.write_bytes(chain(map(registered, range(1, 7))))
    out = tmp_path / "log.delta"
    for lines in range(2, 7):
        export(log, out, lines)
    assert len(deltalake.DeltaTable(out).file_uris()) <= 3
    assert [row["position"] for row in rows(out)] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("lines", [None, 7])
@pytest.mark.parametrize("method", ["_commit", "_found"])
def test_a_run_that_was_interrupted_is_made_once(
    log: Path, tmp_path: Path, lines: int | None, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "log.delta"
    if lines is not None:
        export(log, out, lines)
    with monkeypatch.context() as killed:
        killed.setattr(DeltaExport, method, _killed)
        with pytest.raises(KeyboardInterrupt):
            export(log, out)
    with pytest.raises(NotWhole):
        checked(out)
    assert export(log, out).events == 12
    assert rows(out) == open_log(log).to_arrow().to_pylist()
    assert not journal.place(out).exists()


def _killed(*arguments: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("what", ["cut", "flipped", "removed", "added", "rolled back"])
def test_a_changed_table_is_neither_whole_nor_continued(
    log: Path, tmp_path: Path, what: str
) -> None:
    whole, out = tmp_path / "whole.delta", tmp_path / "log.delta"
    export(log, whole, 7)
    export(log, whole)
    random = Random(what)
    for name in sorted(path.relative_to(whole) for path in whole.rglob("*") if path.is_file()):
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(whole, out)
        shutil.copy(manifest.place(whole), manifest.place(out))
        assert checked(out).events == 12
        file = out / name
        text, at = file.read_bytes(), random.randrange(file.stat().st_size)
        match what:
            case "cut":
                file.write_bytes(text[:at])
            case "flipped":
                file.write_bytes(text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :])
            case "removed":
                file.unlink()
            case "added":
                shutil.copy(file, file.with_name(f"another-{file.name}"))
            case "rolled back":
                (out / "_delta_log" / f"{1:020}.json").unlink()
        with pytest.raises(ServiceError, match=r"log\.delta"):
            checked(out)
        with pytest.raises(ServiceError, match=r"log\.delta"):
            export(log, out)
