"""The command `howcanwe` as a process of its own, and what it leaves running."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self

import psutil  # type: ignore[import-untyped]  # it ships no types

from tests import forks

# Under nohup this process ignores SIGHUP, and so would those that it starts.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
# So it is with SIGINT where a shell has started it in the background.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT: Final = Path(__file__).parents[1]
PATIENCE_S: Final = 60.0
HANGING_S: Final = 300.0
"""After this, a process or what it was to do counts as hanging. On a busy machine, it takes a minute to start one."""
STEP_S: Final = 0.01
KEY: Final = re.compile(r"hcw_[0-9a-f]{16}_[A-Za-z0-9_-]{43}")
READY: Final = re.compile(r"serving on (https?://\S+)")


def command(*arguments: str | Path) -> list[str]:
    """Return the command line of `howcanwe` with these arguments, which works from every folder."""
    start = "import sys; sys.argv[0] = 'howcanwe'; from service.cli import main; main()"
    return [sys.executable, "-c", start, *map(str, arguments)]


def environment(root: Path = ROOT, **settings: str) -> dict[str, str]:
    """Return the environment of this process, with no settings of ours but these, and with the code in `root`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOWCANWE_")}
    path = os.pathsep.join(filter(None, [str(root), kept.get("PYTHONPATH")]))
    return {**kept, "PYTHONPATH": path, **settings}


def run(
    *arguments: str | Path,
    stdin: bytes | None = None,
    settings: Mapping[str, str] | None = None,
    root: Path = ROOT,
    alone: bool = False,
) -> "subprocess.CompletedProcess[bytes]":
    """Run the `howcanwe` in `root` to its end; `stdin` is what it reads.

    `alone`, it is a process that has nothing in common with another, not even the order of sets.
    """
    call, own = command(*arguments), environment(root, **(settings or {}))
    if forks.POSSIBLE and root == ROOT and not alone:
        given = [str(argument) for argument in arguments]
        ended = forks.forked(given, stdin or b"", own, root, HANGING_S)
        return subprocess.CompletedProcess(call, *ended)
    return subprocess.run(
        call,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        timeout=HANGING_S,
        env=own,
        cwd=root,
    )


def stderr_of(done: "subprocess.CompletedProcess[bytes]") -> str:
    """Return what a command wrote to standard error; never a traceback."""
    text = done.stderr.decode()
    assert "Traceback" not in text, text
    return text


def until(condition: Callable[[], bool], what: str = "what was waited for") -> float:
    """Wait until the condition holds; return the seconds it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + HANGING_S, f"{what} did not come"
        time.sleep(STEP_S)
    return time.monotonic() - began


def ended(pid: int) -> bool:
    """Say whether there is no such process any more."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def postmaster_pid(data: Path) -> int:
    """Return the pid of the PostgreSQL that runs on the data folder."""
    return int((data / "postgres" / "postmaster.pid").read_text().split()[0])


def servers_in(folder: Path) -> list[psutil.Process]:
    """Return the PostgreSQL processes that work somewhere in the folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.name() == "postgres" and Path(process.cwd()).is_relative_to(folder):
                found.append(process)
    return found


@contextmanager
def data_folder() -> Iterator[Path]:
    """Give a data folder that every account can reach; afterwards nothing works in it, which is checked."""
    folder = Path(tempfile.mkdtemp(prefix="hcw-"))
    folder.chmod(0o755)
    try:
        yield folder / "data"
        left = servers_in(folder)
        assert not left, f"a test left its server running: {left}"
    finally:
        for process in servers_in(folder):
            with suppress(psutil.Error):
                process.kill()
        shutil.rmtree(folder, ignore_errors=True)


class Output:
    """What a process writes to one of its outputs, line by line as it comes."""

    def __init__(self, pipe: "subprocess.Popen[bytes]", name: str) -> None:
        self.lines: list[str] = []
        self._stream = getattr(pipe, name)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        """Everything written so far."""
        return "".join(self.lines)

    def _read(self) -> None:
        for line in self._stream:
            self.lines.append(line.decode(errors="replace"))

    def close(self) -> None:
        """Wait for the end of what is written."""
        self._thread.join(HANGING_S)
        self._stream.close()


class Process:
    """A `howcanwe` that runs: in a process group of its own, its outputs read as they come."""

    def __init__(
        self,
        *arguments: str | Path,
        settings: Mapping[str, str] | None = None,
        stdin: int = subprocess.DEVNULL,
        root: Path = ROOT,
    ) -> None:
        self.began = time.monotonic()
        self.popen = subprocess.Popen(
            command(*arguments),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(root, **(settings or {})),
            cwd=root,
            start_new_session=True,
        )
        self.out = Output(self.popen, "stdout")
        self.err = Output(self.popen, "stderr")

    @property
    def pid(self) -> int:
        """The process's pid."""
        return self.popen.pid

    def says(self, text: str) -> bool:
        """Say whether it has written the text to standard error. Fails where it has ended before."""
        if text in self.err.text:
            return True
        assert self.popen.poll() is None, f"it ended: {self.err.text}"
        return False

    def send(self, number: int) -> None:
        """Send a signal to the whole group, as a terminal does."""
        os.killpg(self.pid, number)

    def wait(self) -> int:
        """Wait for its end; return its exit code."""
        code = self.popen.wait(HANGING_S)
        self.out.close()
        self.err.close()
        return code

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal to the group and wait for the end; return the exit code."""
        self.send(number)
        return self.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self.popen.poll() is None:
            self.send(signal.SIGCONT)
            self.popen.kill()
        if self.popen.returncode is None or not self.popen.stderr or not self.popen.stderr.closed:
            self.wait()


class Serving(Process):
    """`howcanwe serve` on a free port."""

    def __init__(
        self,
        data: Path,
        *arguments: str | Path,
        port: int = 0,
        settings: Mapping[str, str] | None = None,
        root: Path = ROOT,
    ) -> None:
        super().__init__(
            "serve", "--data", data, "--port", str(port), *arguments, settings=settings, root=root
        )
        self.data = data

    @property
    def address(self) -> str:
        """Where it serves."""
        match = READY.search(self.err.text)
        assert match is not None, "it is not ready"
        return match.group(1)

    @property
    def port(self) -> int:
        """The port it serves on."""
        return int(self.address.rpartition(":")[2])

    def ready(self) -> Self:
        """Wait until it says that it serves."""
        until(lambda: self.says("serving on "), "the ready line")
        return self


def key_for(data: Path) -> str:
    """Return a new key for the data folder, a facilitator's of everything."""
    made = run("keys", "create", "--role", "facilitator", "--cohort", "*", "--data", data)
    assert made.returncode == 0, made.stderr
    return made.stdout.decode().strip()
