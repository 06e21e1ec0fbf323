"""Files that hold a secret: mode 0600, written atomically."""

import os
from contextlib import suppress
from pathlib import Path

from service.errors import OthersMayRead


def read_secret(path: Path) -> bytes:
    """Return the file's content. Raises OSError, or OthersMayRead."""
    if path.stat().st_mode & 0o077:
        raise OthersMayRead(path)
    return path.read_bytes()


def made_secret(path: Path, secret: bytes) -> bytes:
    """Write the secret to a new file; return the file's content, which another process may have written first.

    Raises OSError, or OthersMayRead.
    """
    draft = _draft(path, secret)
    try:
        # Linking fails if another process was first; its secret is used.
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
