"""Who was let in, by what, and until when."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from events.access.principal import PUBLIC, Principal


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who was let in: as whom, by which key (None for a token, or nobody's), and until when.

    `secret_hash` tells a key's secret from the one that it gets when it is rotated.
    """

    viewer: Principal
    key_id: str | None = None
    secret_hash: bytes | None = None
    expires: datetime | None = None

    def has_expired(self) -> bool:
        """Say whether its time is over."""
        return self.expires is not None and self.expires <= datetime.now(UTC)


ANYBODY: Final = Session(PUBLIC)
"""Who comes without a key."""
