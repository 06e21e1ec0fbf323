"""Standard output, whose reader may stop reading, as `head` does."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

STANDARD_OUTPUT: Final = "-"
"""The name by which `--out` means standard output. A file of this name is `./-`."""


@contextmanager
def quiet_pipe() -> Iterator[None]:
    """End with exit code 0 if the reader closes the pipe."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(0) from None
