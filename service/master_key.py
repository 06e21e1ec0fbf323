"""The master key: it wraps the person keys, and seals what waits in quarantine."""

import os
from pathlib import Path

from service.errors import MasterKeyError
from service.settings import Settings

KEY_BYTES = 32


def master_key(settings: Settings) -> bytes:
    """Return the master key from the settings, else from its file, which is made where there is none.

    Raises MasterKeyError where it is malformed, or others may read its file.
    """
    if settings.master_key is not None:
        return _decoded(settings.master_key.get_secret_value(), "HOWCANWE_MASTER_KEY")
    path = settings.master_key_file or settings.data / "master.key"
    try:
        return _read(path)
    except FileNotFoundError:
        if settings.master_key_file is not None:
            raise MasterKeyError(f"there is no master key file {path}") from None
    except OSError as error:
        raise MasterKeyError(
            f"the master key file {path} cannot be read: {error.strerror}"
        ) from None
    try:
        return _made(path)
    except OSError as error:
        raise MasterKeyError(f"no master key can be kept in {path}: {error.strerror}") from None


def _read(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise MasterKeyError(f"others may read the master key file {path}: make its mode 0600")
    return _decoded(path.read_text("ascii", errors="replace"), str(path))


def _made(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = os.urandom(KEY_BYTES)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(descriptor)
    try:
        # A link fails where another process was faster: its key counts.
        os.link(draft, path)
    except FileExistsError:
        return _read(path)
    finally:
        draft.unlink()
    return key


def _decoded(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"the master key in {where} is not {2 * KEY_BYTES} hex digits")
    return key
