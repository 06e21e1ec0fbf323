"""The master key: it wraps the person keys, and seals what waits in quarantine."""

import os
from pathlib import Path

from service.errors import MasterKeyError, OthersMayRead
from service.secrets.secret_file import made_secret, read_secret
from service.settings import Settings

KEY_BYTES = 32


def master_key(settings: Settings) -> bytes | None:
    """Return the master key from the settings, else from its file; None where there is no file.

    Raises MasterKeyError where it is malformed, or others may read its file.
    """
    if settings.master_key is not None:
        return _decoded(settings.master_key.get_secret_value().encode(), "HOWCANWE_MASTER_KEY")
    try:
        return read_master_key(master_key_path(settings))
    except FileNotFoundError:
        return None


def new_master_key(settings: Settings) -> bytes:
    """Make the master key's file; return the key in it: another process may have been faster.

    Raises MasterKeyError where it cannot be kept. A file that the settings name is its owner's to make.
    """
    path = master_key_path(settings)
    if settings.master_key_file is not None:
        raise MasterKeyError(f"there is no master key file {path}")
    try:
        return _decoded(made_secret(path, os.urandom(KEY_BYTES).hex().encode() + b"\n"), path)
    except OSError as error:
        raise MasterKeyError(f"no master key can be kept in {path}: {error.strerror}") from None
    except OthersMayRead as error:
        raise MasterKeyError(str(error)) from None


def master_key_place(settings: Settings) -> str:
    """Return where the master key is looked for, in words."""
    if settings.master_key is not None:
        return "HOWCANWE_MASTER_KEY"
    return str(master_key_path(settings))


def master_key_path(settings: Settings) -> Path:
    """Return the file that the master key is in, where the settings do not hold it themselves."""
    return settings.master_key_file or settings.data / "master.key"


def read_master_key(path: Path) -> bytes:
    """Return the master key in a file. Raises FileNotFoundError, or MasterKeyError where it cannot be used."""
    try:
        return _decoded(read_secret(path), path)
    except FileNotFoundError:
        raise
    except OthersMayRead:
        raise MasterKeyError(
            f"others may read the master key file {path}: make its mode 0600"
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
        raise MasterKeyError(f"the master key in {where} is not {2 * KEY_BYTES} hex digits")
    return key
