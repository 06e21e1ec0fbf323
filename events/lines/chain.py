"""The hash chain: each event's line has the SHA-256 of the line before it. Recording and verification use it."""

from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex
from typing import Final

from events.lines.candidate import Candidate
from events.vocabulary.values.times import as_text

SALT_BYTES: Final = 16
GENESIS: Final = "0" * 64
"""The `previoushash` of the first event."""


def line_hash(line: bytes) -> str:
    """Return the lower-case hex SHA-256 of an event's line (UTF-8, without the newline)."""
    return sha256(line).hexdigest()


def salts(count: int) -> list[str]:
    """Return `count` salts of 128 random bits each.

    A line has one, so that the next event's `previoushash` cannot be used to confirm a guess at an event's content.
    """
    digits = token_hex(SALT_BYTES * count)
    return [
        digits[begin : begin + 2 * SALT_BYTES] for begin in range(0, len(digits), 2 * SALT_BYTES)
    ]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log: its last position (0 if empty), that event's hash, and when it was recorded (µs)."""

    position: int = 0
    hash: str = GENESIS
    recorded_us: int = 0

    def extended(
        self, candidate: Candidate, subject: str | None, recorded_us: int, salt: str
    ) -> tuple["Head", bytes]:
        """Return the head after one more event, and the event's line."""
        line = candidate.line(
            subject=subject,
            position=self.position + 1,
            recorded_time=as_text(recorded_us),
            previous_hash=self.hash,
            salt=salt,
        )
        return Head(self.position + 1, line_hash(line), recorded_us), line
