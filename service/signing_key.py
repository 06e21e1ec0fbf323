"""The key that signs checkpoints: an Ed25519 key in a file of its own, mode 0600."""

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

from events.checkpoint import public_bytes
from service.errors import OthersMayRead, SigningKeyError
from service.secret_file import made_secret, read_secret
from service.settings import Settings


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """Return the key from its file, which is made where there is none.

    Raises SigningKeyError where it cannot be used, or others may read its file.
    """
    path = _path(settings)
    try:
        text = read_secret(path)
    except FileNotFoundError:
        try:
            text = made_secret(path, _pem(Ed25519PrivateKey.generate()))
        except OSError as error:
            raise SigningKeyError(f"no key can be kept in {path}: {error.strerror}") from None
    except OSError as error:
        raise SigningKeyError(f"the key file {path} cannot be read: {error.strerror}") from None
    except OthersMayRead as error:
        raise SigningKeyError(str(error)) from None
    try:
        key = load_pem_private_key(text, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(f"{path} holds no Ed25519 key in PEM")
    return key


def known_public_key(settings: Settings) -> bytes | None:
    """Return the public key of this installation's checkpoints, None where it has not signed any."""
    return public_bytes(signing_key(settings).public_key()) if _path(settings).exists() else None


def public_pem(key: Ed25519PrivateKey) -> str:
    """Return the public key in PEM, as it is given to others."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_public_key(path: Path) -> bytes:
    """Return the public key in a file, PEM. Raises SigningKeyError."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise SigningKeyError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise SigningKeyError(f"{path} holds no public Ed25519 key in PEM")
    return public_bytes(key)


def _path(settings: Settings) -> Path:
    return settings.signing_key_file or settings.data / "checkpoint.key"


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
