"""The embedded PostgreSQL: the remains of an earlier process are adopted, waited for or reported."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest
import structlog

from service.postgres import EmbeddedPostgres, InUseElsewhere, StartInterrupted
from tests.service.postgres.servers import (
    IS_ROOT,
    ask,
    end,
    first_line_of,
    gone,
    pid_of,
    until,
    user_process,
)


def answers(data: Path) -> bool:
    return "ready" in (data / "postgres" / "postmaster.pid").read_text()


async def test_an_orphan_is_adopted(data: Path) -> None:
    starter = user_process(data)
    url = first_line_of(starter)
    pid = pid_of(data)
    starter.kill()
    end(starter)
    with EmbeddedPostgres(data) as postgres:
        assert postgres.url == url
        assert pid_of(data) == pid
        assert await ask(url, "SELECT 1") == 1
    assert gone(pid)


async def test_an_orphan_that_is_shutting_down_is_waited_for(data: Path) -> None:
    starter = user_process(data)
    url = first_line_of(starter)
    pid = pid_of(data)
    client = await asyncpg.connect(url)
    starter.kill()
    end(starter)
    # A smart shutdown: it lasts as long as a client stays.
    os.kill(pid, signal.SIGTERM)
    await until(lambda: not answers(data))
    postgres = EmbeddedPostgres(data)
    with structlog.testing.capture_logs() as lines:
        start = asyncio.create_task(asyncio.to_thread(postgres.start))
        await until(lambda: any("Waiting" in line["event"] for line in lines))
    assert not start.done()
    await client.close()
    assert await ask(await start, "SELECT 1") == 1
    assert gone(pid)
    postgres.stop()


async def test_stop_interrupts_a_start_that_waits(data: Path) -> None:
    starter = user_process(data)
    client = await asyncpg.connect(first_line_of(starter))
    pid = pid_of(data)
    os.kill(pid, signal.SIGTERM)
    await until(lambda: not answers(data))
    postgres = EmbeddedPostgres(data)
    start = threading.Event()

    def wait_for_it() -> None:
        start.set()
        postgres.start()

    task = asyncio.create_task(asyncio.to_thread(wait_for_it))
    await until(start.is_set)
    while not task.done():  # a stop that comes before the start has begun changes nothing
        postgres.stop()
        await asyncio.sleep(0.01)
    with pytest.raises(StartInterrupted, match="interrupted"):
        await task
    await client.close()
    end(starter)
    assert gone(pid)


async def test_a_stale_pid_file_of_an_unrelated_process_does_not_stop_the_start(
    data: Path,
) -> None:
    with EmbeddedPostgres(data):
        pid_file = data / "postgres" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        owner = pid_file.stat()
    unrelated = subprocess.Popen(["sleep", "600"], user=owner.st_uid if IS_ROOT else None)
    try:
        lines[0] = str(unrelated.pid)
        pid_file.write_text("\n".join(lines) + "\n")
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        folder = data / "postgres.socket"
        folder.mkdir(mode=0o700)
        os.chown(folder, owner.st_uid, owner.st_gid)
        lock = folder / ".s.PGSQL.5432.lock"
        lock.write_text("\n".join(lines) + "\n")
        os.chown(lock, owner.st_uid, owner.st_gid)
        with EmbeddedPostgres(data) as postgres:
            assert pid_of(data) != unrelated.pid
            assert await ask(postgres.url, "SELECT 1") == 1
        assert unrelated.poll() is None
    finally:
        unrelated.kill()
        unrelated.wait()


@pytest.mark.parametrize("remains", ["", "\n", "12x\n", "4194999\n/somewhere\n1\n"])
async def test_a_broken_pid_file_does_not_stop_the_start(data: Path, remains: str) -> None:
    with EmbeddedPostgres(data):
        pass
    pid_file = data / "postgres" / "postmaster.pid"
    pid_file.write_text(remains)
    owner = pid_file.parent.stat()
    os.chown(pid_file, owner.st_uid, owner.st_gid)
    with EmbeddedPostgres(data) as postgres:
        assert await ask(postgres.url, "SELECT 1") == 1


async def test_a_server_that_cannot_be_seen_is_left_alone(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedPostgres(data) as postgres:
        # As in another container: the socket is there, the pid is not.
        monkeypatch.setattr("service.postgres.postmaster.Postmaster.find", lambda _: None)
        with pytest.raises(InUseElsewhere, match="cannot be seen"):
            EmbeddedPostgres(data).start()
        monkeypatch.undo()
        assert await ask(postgres.url, "SELECT 1") == 1


async def test_an_initdb_whose_starter_was_killed_is_waited_for_and_begun_again(
    data: Path,
) -> None:
    starter = user_process(data)
    await until(lambda: any(data.glob("postgres.new-*/base")))
    (orphan,) = initdbs(data)
    orphan.suspend()
    starter.kill()
    end(starter)
    assert not (data / "postgres").exists()
    postgres = EmbeddedPostgres(data)
    starting = threading.Thread(target=postgres.start)
    starting.start()
    try:
        await asyncio.sleep(2)
        assert starting.is_alive(), "it did not wait for the initdb that is at work"
        assert list(data.glob("postgres.new-*/base")), "what initdb writes to was removed"
    finally:
        orphan.resume()
        await asyncio.to_thread(starting.join)
    try:
        assert await ask(postgres.url, "SELECT 1") == 1
        await until(lambda: gone(orphan.pid))
        assert not list(data.glob("postgres.new-*"))
    finally:
        postgres.stop()


def initdbs(data: Path) -> list[psutil.Process]:
    """The initdb processes that make a cluster in the folder `data`."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(
            word.startswith(f"--pgdata={data}/postgres.new-")
            for word in process.info["cmdline"] or ()
        )
    ]
