"""Encrypts what has to be read again, such as secrets that sign, with the master key, for one purpose and owner."""

from collections.abc import Sequence
from contextlib import suppress
from enum import Enum
from os import urandom
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.errors import SealedOtherwise

_NONCE_BYTES: Final = 12


class Purpose(Enum):
    """What is encrypted. Each purpose has a key of its own, derived from the master key."""

    WEBHOOK = b"howcanwe webhooks"
    """A webhook's address, which may be a secret, too, and its secrets."""
    HOOK = b"howcanwe hooks"
    """The secret with which a form tool signs."""


def sealed(master_key: bytes, purpose: Purpose, owner: str, content: Any) -> bytes:
    """Return the content, encrypted for its owner: the id of a webhook, the name of a hook."""
    nonce = urandom(_NONCE_BYTES)
    cipher = _cipher(master_key, purpose)
    return nonce + cipher.encrypt(nonce, orjson.dumps(content), owner.encode())


def unsealed(master_key: bytes, purpose: Purpose, owner: str, content: bytes) -> Any:
    """Return the content. Raises SealedOtherwise if another master key encrypted it."""
    nonce, encrypted = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
    try:
        cipher = _cipher(master_key, purpose)
        return orjson.loads(cipher.decrypt(nonce, encrypted, owner.encode()))
    except InvalidTag:
        raise SealedOtherwise(purpose.name.lower(), owner) from None


def resealed(
    old: Sequence[bytes], new: bytes, purpose: Purpose, owner: str, content: bytes
) -> bytes | None:
    """Return the content encrypted with a new master key; None if none of the keys, old or new, encrypted it."""
    for key in (new, *old):
        with suppress(SealedOtherwise):
            return sealed(new, purpose, owner, unsealed(key, purpose, owner, content))
    return None


def _cipher(master_key: bytes, purpose: Purpose) -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.value).derive(master_key)
    return AESGCM(key)
