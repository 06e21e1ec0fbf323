"""Files that hold a secret: mode 0600, written whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

from service.errors import OthersMayRead


def read_secret(path: Path) -> bytes:
    """Return what the file holds. Raises OSError, or OthersMayRead."""
    if path.stat().st_mode & 0o077:
        raise OthersMayRead(path)
    return path.read_bytes()


def made_secret(path: Path, secret: bytes) -> bytes:
    """Keep the secret in a file that is not there yet; return what is in it: another process may have been faster.

    Raises OSError, or OthersMayRead.
    """
    draft = _draft(path, secret)
    try:
        # A link fails where another process was faster: its secret counts.
        os.link(draft, path)
    except FileExistsError:
        return read_secret(path)
    finally:
        draft.unlink()
    return secret


def _draft(path: Path, secret: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(descriptor)
    return draft
