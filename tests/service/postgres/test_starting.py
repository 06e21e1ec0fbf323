"""The embedded PostgreSQL: starting and stopping."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest

from service.postgres import EmbeddedPostgres, NotStarted
from tests.service.postgres.servers import (
    ask,
    end,
    first_line_of,
    gone,
    pid_of,
    socket_of,
    user_process,
)


async def test_a_fresh_folder_gets_a_server_that_answers_at_the_url(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:
        assert postgres.url.startswith("postgresql://howcanwe@/howcanwe?host=/")
        assert await ask(postgres.url, "SELECT current_database() || current_user") == (
            "howcanwehowcanwe"
        )


async def test_the_server_is_durable_local_and_the_same_everywhere(data: Path) -> None:
    expected = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "TimeZone": "UTC",
        "server_encoding": "UTF8",
        "jit": "off",
    }
    with EmbeddedPostgres(data) as postgres:
        found = {name: await ask(postgres.url, f"SHOW {name}") for name in expected}
        locale = (
            "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = $$howcanwe$$"
        )
        assert await ask(postgres.url, locale) == "bC.UTF-8"
    assert found == expected


async def test_the_environment_of_the_caller_changes_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PGPORT": "1",
        "PGDATA": "/nowhere",
        "PGHOST": "nowhere.invalid",
        "PGTARGETSESSIONATTRS": "standby",
        "LC_ALL": "xx_XX",
        "LANG": "xx_XX",
        "TZ": "Asia/Kathmandu",
    }.items():
        monkeypatch.setenv(name, value)
    with EmbeddedPostgres(data) as postgres:
        monkeypatch.delenv("PGTARGETSESSIONATTRS")
        assert await ask(postgres.url, "SHOW log_timezone") == "UTC"


async def test_data_is_there_after_a_restart(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:
        first = pid_of(data)
        await ask(postgres.url, "CREATE TABLE kept AS SELECT 7 AS seven")
    with EmbeddedPostgres(data) as postgres:
        assert pid_of(data) != first
        assert await ask(postgres.url, "SELECT seven FROM kept") == 7


async def test_a_database_that_was_dropped_is_created_again(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:
        other = postgres.url.replace("/howcanwe?", "/postgres?")
        await ask(other, "DROP DATABASE howcanwe")
    with EmbeddedPostgres(data) as postgres:
        assert await ask(postgres.url, "SELECT 1") == 1


async def test_nothing_runs_after_stop(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    postgres.start()
    pid = pid_of(data)
    family = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    assert len(family) > 3
    postgres.stop()
    assert all(gone(member) for member in family)
    assert not (data / "postgres" / "postmaster.pid").exists()
    with pytest.raises(NotStarted, match="has not been started"):
        _ = postgres.url
    postgres.stop()


async def test_the_last_user_stops_the_server(data: Path) -> None:
    first, second = EmbeddedPostgres(data), EmbeddedPostgres(data)
    assert first.start() == second.start()
    pid = pid_of(data)
    first.stop()
    assert await ask(second.url, "SELECT 1") == 1
    assert pid_of(data) == pid
    second.stop()
    assert gone(pid)


async def test_a_process_beside_keeps_the_server_until_it_ends_too(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:
        pid = pid_of(data)
        beside = user_process(data)
        assert first_line_of(beside) == postgres.url
    assert not gone(pid)
    end(beside)
    assert gone(pid)


async def test_two_processes_start_at_the_same_moment_on_a_fresh_folder(data: Path) -> None:
    processes = [user_process(data) for _ in range(3)]
    urls = {first_line_of(process) for process in processes}
    assert len(urls) == 1
    assert await ask(urls.pop(), "SELECT 1") == 1
    pid = pid_of(data)
    for process in processes:
        end(process)
    assert gone(pid)


async def test_the_server_holds_none_of_our_locks(data: Path) -> None:
    with EmbeddedPostgres(data):
        server = psutil.Process(pid_of(data))
        for process in (server, *server.children()):
            links = Path(f"/proc/{process.pid}/fd").glob("*")
            assert not [link for link in links if ".lock" in os.readlink(link)]  # noqa: PTH115


async def test_a_deep_folder_has_its_socket_in_the_temp_folder(data: Path) -> None:
    deep = data / ("a-long-name-" * 8) / 'another one, with a comma & a "quote"'
    with EmbeddedPostgres(deep) as postgres:
        assert await ask(postgres.url, "SELECT 1") == 1
        folder = socket_of(postgres.url)
        assert folder.is_relative_to(tempfile.gettempdir())
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


async def test_an_odd_folder_name_survives_the_url(data: Path) -> None:
    with EmbeddedPostgres(data / 'ö, "x" & y%20?#') as postgres:
        assert await ask(postgres.url, "SELECT 1") == 1


async def test_the_way_in_is_peer_and_never_trust(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:
        methods = "SELECT array_agg(DISTINCT auth_method) FROM pg_hba_file_rules"
        assert await ask(postgres.url, methods) == ["peer"]
        socket = socket_of(postgres.url)
        assert socket.stat().st_mode & 0o777 == 0o700
        assert (data / "postgres").stat().st_mode & 0o777 == 0o700


async def test_the_log_is_bounded(data: Path) -> None:
    with EmbeddedPostgres(data):
        pass
    log = data / "postgres.log"
    assert log.stat().st_mode & 0o777 == 0o600
    os.truncate(log, 9 * 1024 * 1024)
    with EmbeddedPostgres(data) as postgres:
        assert log.stat().st_size < 1024 * 1024
        with pytest.raises(asyncpg.PostgresError):
            await ask(postgres.url, "SELECT 'a secret'::int")
    assert "SELECT" not in log.read_text()
