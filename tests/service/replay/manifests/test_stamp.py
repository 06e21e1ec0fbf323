"""A file or folder that is changed while a command reads it: the command says so, and what to do."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.replay.cluster.partitions import partitions_of
from service.replay.errors import NotWhole
from service.replay.formats import parquet
from service.replay.manifests import manifest
from service.replay.manifests.manifest import place
from service.replay.manifests.stamp import Changed, Stamp
from service.replay.tables import files
from tests.service.replay.logs import chained
from tests.service.replay.test_again import done, refused

pytest.importorskip("pyarrow", reason="columns need the extra `arrow`")

FEWER = 60


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The first lines of a log."""
    path = tmp_path / "lines.ndjson"
    path.write_bytes(b"".join(chained(1, 0.5).splitlines(keepends=True)[:FEWER]))
    return path


def continued(log: Path, out: Path) -> None:
    """Let the export get the rest of the log."""
    log.write_bytes(chained(1, 0.5))
    done("replay", log, "--out", out)


def removed(log: Path, out: Path) -> None:
    """Remove the export."""
    place(out).unlink()
    shutil.rmtree(out)


def begun(log: Path, out: Path) -> None:
    """Let the export be continued, up to where its last file is to be written again."""
    place(out).rename(out.with_name(out.name + ".journal.json"))
    next(out.glob("*.parquet")).unlink()


CHANGES = [continued, removed, begun]
EXPECTED = "was changed while it was read; run the command again when nothing writes to it any more"


def first_before(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, change: Callable[[], None]
) -> None:
    """Let something happen just before a function is called for the first time."""
    original = getattr(owner, name)

    def called(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(owner, name, original)
        change()
        return original(*given, **named)

    monkeypatch.setattr(owner, name, called)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "command",
    [
        ("replay",),
        ("tables", "--out", "tables"),
        ("report", "--cohort", "c0000"),
        ("insights", "--figure", "funnel"),
        ("sql", "select 1"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_folder_that_is_changed_while_it_is_read_is_reported_in_a_sentence(
    log: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    change: Callable[[Path, Path], None],
) -> None:
    out = tmp_path / "log.parquet"
    monkeypatch.chdir(tmp_path)
    done("replay", log, "--out", out)
    first_before(monkeypatch, parquet, "windows", lambda: change(log, out))
    message = refused(*command, out)
    assert EXPECTED in message and str(out) in message


@pytest.mark.parametrize("change", CHANGES)
def test_a_folder_that_is_changed_while_it_is_verified_is_reported_in_a_sentence(
    log: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path, Path], None],
) -> None:
    out = tmp_path / "log.parquet"
    done("replay", log, "--out", out)
    first_before(monkeypatch, manifest, "digest", lambda: change(log, out))
    assert EXPECTED in refused("verify", out)


@pytest.mark.parametrize("command", [("verify",), ("sql", "select count(*) from failures")])
def test_tables_that_are_replaced_while_they_are_read_are_reported_in_a_sentence(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    pytest.importorskip("duckdb", reason="queries need the extra `tables`")
    out = tmp_path / "tables"
    done("tables", log, "--out", out)
    log.write_bytes(chained(1, 0.5))

    def replaced() -> None:
        done("tables", log, "--out", out)

    first_before(monkeypatch, files, "is_as_written", replaced)
    assert EXPECTED in refused(*command, out)


def test_a_folder_that_is_removed_while_workers_read_it_is_reported_in_a_sentence(
    log: Path, tmp_path: Path
) -> None:
    pytest.importorskip("fsspec", reason="pieces of a folder need the extra `cluster`")
    out = tmp_path / "log.parquet"
    done("replay", log, "--out", out)
    [piece] = partitions_of(str(out))
    removed(log, out)
    with pytest.raises(NotWhole, match="run the command again"):
        piece.lines()


def test_what_was_not_changed_is_not_reported_as_changed(tmp_path: Path) -> None:
    stamp = Stamp(tmp_path)
    with pytest.raises(Exception, match="cannot be read") as caught, stamp.reading():
        tmp_path.read_bytes()
    assert not isinstance(caught.value, Changed)
