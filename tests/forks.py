"""`howcanwe` as a process that is forked from one that has loaded it: loading takes a second of a processor.

It is a process like any other, with a working folder, an environment, inputs, outputs and an end of its own. Only what
happens before `main` is not run again, and the order of sets is the same in all.
"""

import atexit
import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from select import select
from tempfile import TemporaryFile
from typing import Final

import orjson

ROOT: Final = Path(__file__).parents[1]
REQUEST_BYTES_MAX: Final = 1 << 17
NUMBER_BYTES: Final = 16

POSSIBLE: Final = sys.platform == "linux" and "COVERAGE_PROCESS_CONFIG" not in os.environ
"""Elsewhere, packets are missing, or libraries do not survive a fork. Coverage begins where a process starts."""

_START: Final = "from tests.forks import fork; fork(); from service.cli import main; main()"


def forked(
    arguments: list[str],
    stdin: bytes,
    environment: Mapping[str, str],
    folder: Path,
    seconds_max: float,
) -> tuple[int, bytes, bytes]:
    """Run `howcanwe` to its end; return its exit code and what it wrote to its outputs."""
    request = orjson.dumps([arguments, dict(environment), str(folder)])
    assert len(request) < REQUEST_BYTES_MAX
    answer, theirs = os.pipe()
    try:
        with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
            given.write(stdin)
            given.seek(0)
            files = [given.fileno(), out.fileno(), err.fileno(), theirs]
            socket.send_fds(_server(), [request], files)
            os.close(theirs)
            pid = int(os.read(answer, NUMBER_BYTES))
            ready, _, _ = select([answer], [], [], seconds_max)
            if not ready:
                os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(arguments, seconds_max)
            code = int(os.read(answer, NUMBER_BYTES))
            out.seek(0)
            err.seek(0)
            return code, out.read(), err.read()
    finally:
        os.close(answer)


@cache
def _server() -> socket.socket:
    """Start the process that forks; return the socket on which it is asked to. It ends with this process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        server = subprocess.Popen(
            [sys.executable, "-c", _START, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def end() -> None:
        ours.close()
        server.wait()

    atexit.register(end)
    return ours


def fork() -> None:
    """Fork for every request, until nobody can make one any more. Returns in each process that is to be `howcanwe`."""
    _load()
    asked = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        request, files, _, _ = socket.recv_fds(asked, REQUEST_BYTES_MAX, 4)
        if not request:
            sys.exit()
        if os.fork() == 0:
            break
        for file in files:
            os.close(file)
    asked.close()
    # Between the two stands one that waits for the end.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, answer = files
    if pid := os.fork():
        for file in streams:
            os.close(file)
        os.write(answer, _number(pid))
        _, status = os.waitpid(pid, 0)
        os.write(answer, _number(os.waitstatus_to_exitcode(status)))
        # It has nothing to tidy up.
        signal.raise_signal(signal.SIGKILL)
    os.close(answer)
    for number, file in enumerate(streams):
        os.dup2(file, number)
        os.close(file)
    arguments, environment, folder = orjson.loads(request)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, closefd=False) for number, mode in enumerate("rww")
    )
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["howcanwe", *arguments]


def _number(number: int) -> bytes:
    return str(number).encode().ljust(NUMBER_BYTES)


def _load() -> None:
    from service.cli import COMMANDS

    for module in {place.partition(":")[0] for place in COMMANDS.values()}:
        import_module(f"service.commands.{module}")
    import_module("service.app")
    # Memory that is not looked through is not copied, either.
    gc.collect()
    gc.freeze()
