"""How this program was called, so that the commands that it prints can be run as they are printed."""

import shlex
import shutil
import sys
from pathlib import Path


def program() -> str:
    """Return what calls this program in the shell from which it was called."""
    called = Path(sys.argv[0])
    found = shutil.which(called.name)
    # A shell that finds a program by its name alone passes its whole path.
    is_found = found is not None and called.exists() and Path(found).samefile(called)
    return called.name if is_found else shlex.quote(sys.argv[0])


def printed(*words: str) -> str:
    """Return a call of this program with these words, for a shell."""
    return " ".join([program(), *map(shlex.quote, words)])
