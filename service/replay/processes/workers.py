"""Runs shares in processes of their own and waits for them. If one fails or is killed, all of them end."""

import os
import pickle
import random
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final, Self

from service.replay.errors import ReplayError
from service.replay.processes.messages import packed
from service.replay.processes.share import Folded, Share

_MODULE: Final = "service.replay.processes.worker"
_SEEDS: Final = 2**32


def folded_by_workers(shares: Sequence[Share]) -> list[Folded]:
    """Fold each share in a process of its own; return what each of them has folded.

    Raises ReplayError if one of them failed or was killed; then none of them is left.
    """
    jobs = [packed(share) for share in shares]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path),
        # The same in all of them: a key's hash decides who folds its row.
        "PYTHONHASHSEED": str(random.SystemRandom().randrange(_SEEDS)),
    }
    with ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(len(jobs)))
        workers = [stack.enter_context(_Worker(environment)) for _ in jobs]
        answers = [
            threads.submit(worker.answer, job) for worker, job in zip(workers, jobs, strict=True)
        ]
        for answer in as_completed(answers):
            answer.result()
        return [answer.result() for answer in answers]


class _Worker:
    """A process that folds one share. It is gone when the context ends."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        # -P: a file in the current folder is not taken for a module.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.wait()

    def answer(self, job: bytes) -> Folded:
        """Send the process its job and return the answer. Raises ReplayError."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        with process.stdout, process.stdin:
            # A process that was killed does not read.
            with suppress(BrokenPipeError):
                process.stdin.write(job)
                process.stdin.flush()
            text = process.stdout.read()
            code = process.wait()
        if code:
            raise ReplayError(_lost(code))
        answer: Folded | ReplayError = pickle.loads(text)
        if isinstance(answer, ReplayError):
            raise answer
        return answer


def _lost(code: int) -> str:
    if code > 0:
        return f"a process of the fold failed with exit code {code}; its output is above"
    return (
        f"a process of the fold was ended by signal {-code} ({signal.strsignal(-code)}), so the fold is not complete; "
        "if memory ran out, use fewer processes"
    )
