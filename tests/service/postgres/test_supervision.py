"""The embedded PostgreSQL, killed and brought back."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest
import structlog

from service.postgres import EmbeddedPostgres
from tests.service.postgres.servers import (
    PATIENCE_S,
    ask,
    end,
    first_line_of,
    gone,
    pid_of,
    until,
    user_process,
)


@asynccontextmanager
async def supervised(postgres: EmbeddedPostgres) -> AsyncIterator[None]:
    """`supervise()` runs meanwhile."""
    task = asyncio.create_task(postgres.supervise())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def events(lines: Iterable[Mapping[str, Any]]) -> list[str]:
    return [line["event"] for line in lines]


async def test_a_killed_server_comes_back_with_its_data(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres, structlog.testing.capture_logs() as lines:
        await ask(postgres.url, "CREATE TABLE kept AS SELECT 7 AS seven")
        url, pid = postgres.url, pid_of(data)
        async with supervised(postgres):
            os.kill(pid, signal.SIGKILL)
            await until(lambda: "PostgreSQL is running again" in events(lines))
        assert postgres.url == url
        assert pid_of(data) != pid
        assert await ask(url, "SELECT seven FROM kept") == 7
    assert [line["log_level"] for line in lines] == ["warning", "info"]


async def test_a_killed_server_comes_back_while_its_backend_is_busy(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres, structlog.testing.capture_logs() as lines:
        busy = await asyncpg.connect(postgres.url)
        backend = busy.get_server_pid()
        work = asyncio.create_task(busy.execute("DO $$BEGIN LOOP PERFORM 1; END LOOP; END$$"))
        await until(lambda: psutil.Process(backend).cpu_times().user > 0.05)
        async with supervised(postgres):
            os.kill(pid_of(data), signal.SIGKILL)
            await until(lambda: "PostgreSQL is running again" in events(lines))
        assert gone(backend)
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await work
        assert await ask(postgres.url, "SELECT 1") == 1


async def test_an_adopted_server_is_supervised_too(data: Path) -> None:
    starter = user_process(data)
    first_line_of(starter)
    with EmbeddedPostgres(data) as postgres, structlog.testing.capture_logs() as lines:
        starter.kill()
        end(starter)
        async with supervised(postgres):
            os.kill(pid_of(data), signal.SIGKILL)
            await until(lambda: "PostgreSQL is running again" in events(lines))
        assert await ask(postgres.url, "SELECT 1") == 1


async def test_supervision_does_not_undo_a_stop(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    postgres.start()
    pid = pid_of(data)
    task = asyncio.create_task(postgres.supervise())
    await asyncio.to_thread(postgres.stop)
    await asyncio.wait_for(task, PATIENCE_S)
    assert gone(pid)
    assert not (data / "postgres" / "postmaster.pid").exists()


async def test_a_recovery_that_takes_long_can_be_cancelled_and_stopped(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedPostgres(data) as postgres, structlog.testing.capture_logs() as lines:
        first = pid_of(data)
        async with supervised(postgres):
            monkeypatch.setattr("service.postgres.postmaster.Postmaster.ready_on", lambda _: None)
            os.kill(first, signal.SIGKILL)
            await until(lambda: any(event.startswith("Waiting") for event in events(lines)))
        second = pid_of(data)
        assert second != first
        postgres.stop()
        assert gone(second)


async def test_supervision_does_not_make_a_new_cluster_where_one_is_gone(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres, structlog.testing.capture_logs() as lines:
        pid = pid_of(data)
        (data / "postgres").rename(data / "elsewhere")
        async with supervised(postgres):
            os.kill(pid, signal.SIGKILL)
            await until(lambda: any(line["log_level"] == "error" for line in lines))
        assert "no longer exists" in next(line["reason"] for line in lines if "reason" in line)
        assert not (data / "postgres").exists()
