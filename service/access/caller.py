"""Callers: which principal a key or a token stands for, and until when."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from events.access.principal import PUBLIC, Principal


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the principal, the key (None for a token or without a key), and the expiry.

    `secret_hash` shows whether the key has been rotated since. `name` is that of the key's or token's holder, if it has
    one. `session` is the hash of the session's secret; None if the request came with its key or token.
    """

    viewer: Principal
    key_id: str | None = None
    secret_hash: bytes | None = None
    expires: datetime | None = None
    name: str | None = None
    session: bytes | None = None

    def has_expired(self) -> bool:
        """Return whether the key, token or session has expired."""
        return self.expires is not None and self.expires <= datetime.now(UTC)


ANYBODY: Final = Caller(PUBLIC)
"""The caller of a request without a key."""
