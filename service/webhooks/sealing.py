"""Encrypts the addresses and the secrets of webhooks with the master key. An address may be a secret, too."""

from collections.abc import Sequence
from contextlib import suppress
from os import urandom
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.errors import SealedOtherwise

_NONCE_BYTES: Final = 12
_INFO: Final = b"howcanwe webhooks"


def sealed(master_key: bytes, webhook_id: str, content: Any) -> bytes:
    """Return the content, encrypted for this webhook."""
    nonce = urandom(_NONCE_BYTES)
    return nonce + _cipher(master_key).encrypt(nonce, orjson.dumps(content), webhook_id.encode())


def unsealed(master_key: bytes, webhook_id: str, content: bytes) -> Any:
    """Return the content. Raises SealedOtherwise if another master key encrypted it."""
    nonce, encrypted = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
    try:
        return orjson.loads(_cipher(master_key).decrypt(nonce, encrypted, webhook_id.encode()))
    except InvalidTag:
        raise SealedOtherwise(webhook_id) from None


def resealed(old: Sequence[bytes], new: bytes, webhook_id: str, content: bytes) -> bytes | None:
    """Return the content encrypted with a new master key; None if none of the keys, old or new, encrypted it."""
    for key in (new, *old):
        with suppress(SealedOtherwise):
            return sealed(new, webhook_id, unsealed(key, webhook_id, content))
    return None


def _cipher(master_key: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(master_key))
