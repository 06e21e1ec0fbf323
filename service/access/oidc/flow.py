"""One attempt to sign in at the provider: the values that bind its answer to the browser that asked."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac
from typing import Final

from service.access.credential import new_credential

SECRET_BITS: Final = 256
LASTS_SECONDS: Final = 600

_TEXT: Final = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9]{1,12})\.([A-Za-z0-9_-]{0,4000})")


@dataclass(frozen=True, slots=True)
class Flow:
    """An attempt that lasts until `until` (in seconds since 1970) and then leads to `to`.

    The browser alone keeps it, in a cookie. State, nonce and verifier are derived from its secret: the provider learns
    the first two, and no link that somebody else sends has the state of this browser's secret.
    """

    secret: str
    until: int
    to: str

    @classmethod
    def begin(cls, to: str, now: float) -> "Flow":
        """Return a new attempt."""
        return cls(new_credential(SECRET_BITS), int(now) + LASTS_SECONDS, to)

    @classmethod
    def read(cls, text: str) -> "Flow | None":
        """Return the attempt that `text` holds, None if it holds none."""
        if (found := _TEXT.fullmatch(text)) is None:
            return None
        secret, until, to = found.groups()
        try:
            return cls(secret, int(until), urlsafe_b64decode(to + "=" * (-len(to) % 4)).decode())
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """The attempt as the browser keeps it."""
        return f"{self.secret}.{self.until}.{_base64url(self.to.encode())}"

    @property
    def state(self) -> str:
        """What the provider gives back with the browser."""
        return self._derived(b"state")

    @property
    def nonce(self) -> str:
        """What the provider writes into the token."""
        return self._derived(b"nonce")

    @property
    def verifier(self) -> str:
        """What shows the provider that the code is redeemed by who asked for it (PKCE, RFC 7636)."""
        return self._derived(b"verifier")

    @property
    def challenge(self) -> str:
        """The hash of the verifier, by the method S256."""
        return _base64url(sha256(self.verifier.encode()).digest())

    def is_answered_by(self, state: str, now: float) -> bool:
        """Return whether an answer with this state belongs to this attempt and comes in time."""
        return compare_digest(self.state.encode(), state.encode()) and now < self.until

    def _derived(self, what: bytes) -> str:
        return _base64url(hmac(self.secret.encode(), b"howcanwe sign-in " + what, sha256))


def _base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")
