"""A signal that ends a command is never lost, whenever it comes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.processes import PATIENCE_S, Process, data_folder, environment, run, servers_in, until

RUNS_ON_S: Final = 2.0

AS_IT_COMES_UP = """
import signal, sys
from service.postgres.postmaster import Postmaster

class Going:
    def __del__(self):
        # What is raised here is lost, as wherever an object goes.
        signal.raise_signal(NUMBER)

ready_on = Postmaster.ready_on

def ready(postmaster):
    socket = ready_on(postmaster)
    if socket is not None:
        Going()
    return socket

Postmaster.ready_on = ready
from service.cli import main
sys.argv = ["howcanwe", "record", "-", "--data", sys.argv[1]]
main()
"""

TO_ANOTHER_THREAD = """
import asyncio, signal, sys, threading, time
from pathlib import Path
from typing import Final
from service.commands.console.input import lines_of

main = threading.get_native_id()

def asleep():
    return Path(f"/proc/self/task/{main}/stat").read_text().rpartition(")")[2].split()[0] == "S"

def send():
    while not reading or not asleep():
        time.sleep(0.01)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)

reading = []
threading.Thread(target=send, daemon=True).start()

async def read():
    for line in lines_of(sys.stdin.buffer, "-"):
        reading.append(line)

try:
    asyncio.run(read())
except KeyboardInterrupt:
    print(reading)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder in which nothing is left running."""
    with data_folder() as data:
        yield data


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_that_comes_as_the_embedded_server_comes_up_ends_the_command(
    data: Path, number: signal.Signals
) -> None:
    script = AS_IT_COMES_UP.replace("NUMBER", str(int(number)))
    read, write = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, "-c", script, data],
            stdin=read,
            capture_output=True,
            env=environment(),
            timeout=PATIENCE_S,
        )
    finally:
        os.close(read)
        os.close(write)
    assert done.returncode == 128 + number, done.stderr
    assert b"Traceback" not in done.stderr
    assert not servers_in(data.parent)


def test_one_that_another_thread_takes_ends_the_wait_for_input() -> None:
    read, write = os.pipe()
    try:
        os.write(write, b"one\ntwo")
        done = subprocess.run(
            [sys.executable, "-c", TO_ANOTHER_THREAD],
            stdin=read,
            capture_output=True,
            env=environment(),
            timeout=PATIENCE_S,
        )
    finally:
        os.close(read)
        os.close(write)
    assert (done.returncode, done.stdout) == (0, b"[b'one\\n']\n"), done.stderr


@pytest.mark.parametrize("arguments", [("serve", "--port", "0"), ("replay", "--follow")])
def test_a_process_started_to_ignore_a_hangup_survives_one(
    data: Path, arguments: tuple[str, ...]
) -> None:
    done = run("record", "-", "--data", data, stdin=b"")
    assert done.returncode == 0, done.stderr
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = Process(*arguments, "--data", data)
    finally:
        signal.signal(signal.SIGHUP, before)
    try:
        until(lambda: bool(servers_in(data.parent)), "the embedded server")
        if arguments[0] == "serve":
            until(lambda: process.says("serving on"), "the service")
        process.send(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.popen.wait(RUNS_ON_S)
    finally:
        process.stop(signal.SIGTERM)
