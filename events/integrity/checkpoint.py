"""Checkpoints: signed statements of the log's head, which `howcanwe checkpoint` makes and `howcanwe verify` reads.

Store them where no one who can change the log can change them.

A checkpoint is one JSON object: `position`, `hash` (of the event there), `time` (when it was signed), `public_key` and
`signature` (both base64). Signed (Ed25519, RFC 8032) are the lines `howcanwe checkpoint v1`, position, hash and time.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Self

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from events.lines.chain import GENESIS
from events.vocabulary.faults import EventsError

_HEADING: Final = "howcanwe checkpoint v1"
_HASH_DIGITS: Final = frozenset("0123456789abcdef")


class CheckpointRefused(EventsError):
    """The text is not a checkpoint, or the expected key did not sign it."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log's last position and that event's hash, with the time (RFC 3339) and the key of the signature."""

    position: int
    hash: str
    time: str
    public_key: bytes
    signature: bytes

    @classmethod
    def signed(cls, key: Ed25519PrivateKey, position: int, hash_: str, time: str) -> Self:
        """Return the checkpoint, signed."""
        public = public_bytes(key.public_key())
        return cls(position, hash_, time, public, key.sign(_signed_text(position, hash_, time)))

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Return the checkpoint in the text. Its signature is valid for the key that it names.

        Raises CheckpointRefused.
        """
        try:
            found: Any = orjson.loads(text)
            position, hash_, time = found["position"], found["hash"], found["time"]
            public = b64decode(found["public_key"], validate=True)
            signature = b64decode(found["signature"], validate=True)
            key = Ed25519PublicKey.from_public_bytes(public)
        except (KeyError, TypeError, ValueError):
            raise CheckpointRefused("this is not a checkpoint") from None
        if (
            type(position) is not int
            or position < 0
            or not isinstance(hash_, str)
            or len(hash_) != len(GENESIS)
            or not _HASH_DIGITS.issuperset(hash_)
            or not isinstance(time, str)
        ):
            raise CheckpointRefused("this is not a checkpoint")
        try:
            key.verify(signature, _signed_text(position, hash_, time))
        except InvalidSignature:
            raise CheckpointRefused(
                f"the signature of the checkpoint of position {position} is not valid"
            ) from None
        return cls(position, hash_, time, public, signature)

    def text(self) -> bytes:
        """Return the checkpoint as it is published: one line, without its newline."""
        return orjson.dumps(
            {
                "position": self.position,
                "hash": self.hash,
                "time": self.time,
                "public_key": b64encode(self.public_key).decode(),
                "signature": b64encode(self.signature).decode(),
            }
        )


def public_bytes(key: Ed25519PublicKey) -> bytes:
    """Return the key's 32 bytes."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def fingerprint(public: bytes) -> str:
    """Return the fingerprint of a public key, for people: hex digits of its SHA-256."""
    return sha256(public).hexdigest()[:32]


def marks_of(checkpoints: Iterable[Checkpoint]) -> dict[int, str]:
    """Return the hashes by position. Raises CheckpointRefused if two contradict each other."""
    marks = {0: GENESIS}
    for checkpoint in checkpoints:
        if marks.setdefault(checkpoint.position, checkpoint.hash) != checkpoint.hash:
            raise CheckpointRefused(
                f"two checkpoints of position {checkpoint.position} contradict each other"
            )
    return marks


def _signed_text(position: int, hash_: str, time: str) -> bytes:
    return "\n".join((_HEADING, str(position), hash_, time)).encode()
