"""Personal data: encrypted per person, so that forgetting a person is destroying one key.

Each person has a key of their own (AES-256-GCM). It is stored outside the log, wrapped by the master key. The log's
lines have only ciphertext, so hashes stay valid when the key is gone. The recorder seals; the visible log reads.
"""

from base64 import b64decode, b64encode
from os import urandom
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.vocabulary.faults import EventsError
from events.vocabulary.fields.definitions import SEALED_PREFIX
from events.vocabulary.stream import stream_of

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class NoMasterKey(EventsError):
    """There is no master key, so personal data can be neither sealed nor read."""

    def __init__(self) -> None:
        super().__init__(
            "no master key is set, so a person cannot be introduced (HOWCANWE_MASTER_KEY_FILE)"
        )


class WrongMasterKey(EventsError):
    """The master key is not the one that the person keys were wrapped with."""

    def __init__(self) -> None:
        super().__init__(
            "the master key is not the one that this log's person keys were wrapped with"
        )


class Vault:
    """Wraps the keys of persons with the master key."""

    def __init__(self, master_key: bytes | None) -> None:
        if master_key is not None and len(master_key) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        self._master = AESGCM(master_key) if master_key else None

    def new_key(self, person: str) -> tuple[bytes, bytes]:
        """Return a fresh key for the person, and the same wrapped. Raises NoMasterKey."""
        key = AESGCM.generate_key(bit_length=256)
        return key, self.wrap(person, key)

    def wrap(self, person: str, key: bytes) -> bytes:
        """Return a person's key, wrapped by the master key."""
        if self._master is None:
            raise NoMasterKey
        nonce = urandom(_NONCE_BYTES)
        return nonce + self._master.encrypt(nonce, key, stream_of("person", person).encode())

    def unwrap(self, person: str, wrapped: bytes) -> bytes:
        """Return the key that was wrapped. Raises NoMasterKey or WrongMasterKey."""
        if self._master is None:
            raise NoMasterKey
        try:
            return self._master.decrypt(
                wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], stream_of("person", person).encode()
            )
        except InvalidTag:
            raise WrongMasterKey from None


def seal(key: bytes, person: str, field: str, value: str) -> str:
    """Return `value` encrypted for the line; the result is bound to its person and field."""
    nonce = urandom(_NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(
        nonce, value.encode(), f"{stream_of('person', person)}/{field}".encode()
    )
    return SEALED_PREFIX + b64encode(sealed).decode()


def unseal(key: bytes, person: str, field: str, sealed: str) -> str:
    """Return the value that was sealed. Raises InvalidTag if the key, person, field or text is another."""
    raw = b64decode(sealed.removeprefix(SEALED_PREFIX))
    plain = AESGCM(key).decrypt(
        raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], f"{stream_of('person', person)}/{field}".encode()
    )
    return plain.decode()
