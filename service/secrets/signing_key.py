"""The signing key of checkpoints: an Ed25519 key in a file of its own, mode 0600."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from events.integrity.checkpoint import public_bytes
from service.errors import OthersMayRead, SigningKeyError
from service.secrets.secret_file import made_secret, read_secret
from service.settings import Settings


def signing_key(settings: Settings) -> Ed25519PrivateKey | None:
    """Return the key from its file, or None if there is no file.

    Raises SigningKeyError if it cannot be used, or other users may read its file.
    """
    path = signing_key_path(settings)
    try:
        return _read(read_secret(path), path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SigningKeyError(f"the key file {path} cannot be read: {error.strerror}") from None
    except OthersMayRead as error:
        raise SigningKeyError(str(error)) from None


def new_signing_key(settings: Settings) -> Ed25519PrivateKey:
    """Create the key's file and return the key in it, which another process may have written first.

    Raises SigningKeyError.
    """
    path = signing_key_path(settings)
    try:
        return _read(made_secret(path, _pem(Ed25519PrivateKey.generate())), path)
    except OSError as error:
        raise SigningKeyError(f"the key file {path} cannot be written: {error.strerror}") from None
    except OthersMayRead as error:
        raise SigningKeyError(str(error)) from None


def signing_key_path(settings: Settings) -> Path:
    """Return the path of the key's file."""
    return settings.signing_key_file or settings.data / "checkpoint.key"


def _read(text: bytes, path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(text, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(f"{path} does not hold an Ed25519 private key in PEM")
    return key


def known_public_key(settings: Settings) -> bytes | None:
    """Return the public key of this installation's checkpoints, or None if it has not signed any."""
    key = signing_key(settings)
    return None if key is None else public_bytes(key.public_key())


def public_pem(public: bytes) -> str:
    """Return a public key in PEM."""
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_public_key(path: Path) -> bytes:
    """Return the public key in a PEM file. Raises SigningKeyError."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise SigningKeyError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise SigningKeyError(f"{path} does not hold an Ed25519 public key in PEM")
    return public_bytes(key)


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
