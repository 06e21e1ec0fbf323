"""The master key, which wraps the person keys and seals the events in quarantine."""

import os
from pathlib import Path

from service.errors import MasterKeyError, OthersMayRead
from service.secrets.secret_file import made_secret, read_secret
from service.settings import Settings

KEY_BYTES = 32


def master_key(settings: Settings) -> bytes | None:
    """Return the master key from the settings, else from its file; None if there is no file.

    Raises MasterKeyError if it is malformed, or other users may read its file.
    """
    if settings.master_key is not None:
        return _decoded(settings.master_key.get_secret_value().encode(), "HOWCANWE_MASTER_KEY")
    try:
        return read_master_key(master_key_path(settings))
    except FileNotFoundError:
        return None


def new_master_key(settings: Settings) -> bytes:
    """Create the master key's file and return the key in it, which another process may have written first.

    Raises MasterKeyError if it cannot be written. A file that the settings name is never created here.
    """
    path = master_key_path(settings)
    if settings.master_key_file is not None:
        raise MasterKeyError(f"there is no master key file {path}")
    try:
        return _decoded(made_secret(path, os.urandom(KEY_BYTES).hex().encode() + b"\n"), path)
    except OSError as error:
        raise MasterKeyError(
            f"the master key file {path} cannot be written: {error.strerror}"
        ) from None
    except OthersMayRead as error:
        raise MasterKeyError(str(error)) from None


def master_key_place(settings: Settings) -> str:
    """Return where the master key is expected, as text for messages."""
    if settings.master_key is not None:
        return "HOWCANWE_MASTER_KEY"
    return str(master_key_path(settings))


def master_key_path(settings: Settings) -> Path:
    """Return the path of the master key's file, which is used if the settings do not hold the key itself."""
    return settings.master_key_file or settings.data / "master.key"


def read_master_key(path: Path) -> bytes:
    """Return the master key in a file. Raises FileNotFoundError, or MasterKeyError if it cannot be used."""
    try:
        return _decoded(read_secret(path), path)
    except FileNotFoundError:
        raise
    except OthersMayRead:
        raise MasterKeyError(
            f"other users may read the master key file {path}; set its mode to 0600"
        ) from None
    except OSError as error:
        raise MasterKeyError(
            f"the master key file {path} cannot be read: {error.strerror}"
        ) from None


def _decoded(text: bytes, where: str | Path) -> bytes:
    try:
        key = bytes.fromhex(text.decode("ascii", errors="replace").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise MasterKeyError(
            f"the master key in {where} is malformed: expected {2 * KEY_BYTES} hex digits"
        )
    return key
