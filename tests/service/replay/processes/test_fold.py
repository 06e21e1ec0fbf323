"""Folding a log by processes: the rows of one process, or an error."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest

from howcanwe import PROJECTIONS, fold, open_log
from projections.updating.digest import rows_digest
from service.replay.cluster.parquet_rows import DIGEST, ParquetRows
from service.replay.cluster.partitions import lines_of
from service.replay.cluster.process_fold import fold_together
from service.replay.errors import ReplayError
from service.replay.processes import messages
from service.replay.processes.fold import fold_in_processes
from service.replay.processes.share import Share
from tests.processes import ROOT, ended, environment, run, until
from tests.service.replay.logs import chained
from tests.service.replay.processes.shares import (
    EveryEvent,
    Failing,
    HeldLines,
    Killing,
    KillingRows,
    LearningsByMonth,
)

pytest.importorskip("cloudpickle", reason="projections of your own need the extra `cluster`")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "log.ndjson"
    path.write_bytes(chained(3, 0.5))
    return path


def test_two_processes_fold_the_rows_of_one(file: Path) -> None:
    class Mine(LearningsByMonth):
        """A class that no other process can import."""

    projections = (*PROJECTIONS, Mine(), EveryEvent())
    with open_log(file) as log:
        one, two = fold(projections, log), fold(projections, log, processes=2)
    assert one == two
    assert rows_digest(one) == rows_digest(two)


async def test_they_read_a_database_by_themselves(filled_url: str) -> None:
    with open_log(filled_url) as log:
        assert fold(LearningsByMonth(), log, processes=2) == fold(LearningsByMonth(), log)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda one: one.name)
def test_a_process_that_is_killed_is_an_error_and_no_process_is_left(
    file: Path, number: signal.Signals
) -> None:
    with open_log(file) as log, pytest.raises(ReplayError, match=f"ended by signal {int(number)}"):
        fold([Killing(os.getpid(), number), EveryEvent()], log, processes=2)
    assert folding(psutil.Process()) == []


def test_rows_of_a_process_that_was_killed_are_never_called_complete(
    file: Path, tmp_path: Path
) -> None:
    out = KillingRows(str(tmp_path / "out"))
    out.begin()
    with pytest.raises(ReplayError, match="ended by signal 9"):
        fold_together(lines_of(str(file)), 2, out)
    assert not (tmp_path / "out" / DIGEST).exists()


def test_processes_end_with_the_one_that_started_them(file: Path, tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from howcanwe import fold, open_log
from tests.service.replay.processes.shares import Blocking
with open_log({str(file)!r}) as log:
    fold(Blocking(Path({str(tmp_path)!r})), log, processes=2)
"""
    with subprocess.Popen([sys.executable, "-c", code], env=environment(), cwd=ROOT) as parent:
        until(lambda: len(list(tmp_path.iterdir())) == 2, "both processes")
        parent.kill()
    for found in tmp_path.iterdir():
        until(lambda pid=int(found.name): ended(pid), "the end of a process")  # type: ignore[misc]


def test_an_event_that_cannot_be_folded_is_reported(file: Path) -> None:
    with open_log(file) as log, pytest.raises(ReplayError, match="one too many"):
        fold(Failing(), log, processes=2)


def test_a_log_that_grows_between_two_readings_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = HeldLines(chained(1, 0.3))
    packed = messages.packed

    def shorter(share: Share) -> bytes:
        text = lines.text if share.number else lines.text[: lines.text.rindex(b"\n", 0, -1) + 1]
        return packed(Share(HeldLines(text), share.projections, share.number, share.of))

    monkeypatch.setattr("service.replay.processes.workers.packed", shorter)
    with pytest.raises(ReplayError, match="different events"):
        fold_in_processes(lines, [LearningsByMonth()], 2)


def test_events_that_are_no_log_are_refused(file: Path) -> None:
    with open_log(file) as log, pytest.raises(ReplayError, match="open_log"):
        fold(LearningsByMonth(), list(log), processes=2)


def test_the_command_folds_by_processes_to_the_digest_of_one(
    filled_url: str, tmp_path: Path
) -> None:
    export, digests = tmp_path / "log.parquet", set()
    assert run("replay", filled_url, "--out", export).returncode == 0
    for number, (source, *options) in enumerate(
        [
            (f"file://{export}", "--engine", "processes", "--workers", "2"),
            (filled_url, "--workers", "2"),
            (str(export),),
        ]
    ):
        out = tmp_path / str(number)
        ran = run("replay", source, "--fold", "journeys", "--out", out, *options)
        assert ran.returncode == 0, ran.stderr.decode()
        digests.add(ran.stdout)
        assert ("--engine" in options) != ("--engine" in ran.stderr.decode())
        check_rows(out)
    assert len(digests) == 1


def check_rows(out: Path) -> None:
    """Read every table, as analysts do."""
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    assert {path.name for path in out.iterdir()} == {*(found.name for found in PROJECTIONS), DIGEST}
    assert parquet.read_table(out / "learnings").num_rows
    ParquetRows(str(out / "more")).begin()


def folding(test: psutil.Process) -> list[int]:
    """Return the processes of folds that are left."""
    return [
        found.pid
        for found in test.children(recursive=True)
        if "service.replay.processes.worker" in " ".join(_command(found))
    ]


def _command(process: psutil.Process) -> list[str]:
    """Return the command line of a process; nothing if it has ended, as children of other tests may have."""
    try:
        line: list[str] = process.cmdline()
    except psutil.NoSuchProcess:
        return []
    return line
