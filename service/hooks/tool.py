"""Tools: whose form of JSON a hook takes, and how its requests show that they come from there."""

from base64 import b64encode
from enum import StrEnum
from hmac import compare_digest, digest
from typing import Final, NamedTuple


class Signature(NamedTuple):
    """How a tool signs: the header, and what it has before the base64 of the HMAC-SHA256 of the body."""

    header: str
    prefix: str

    def is_of(self, secret: str, body: bytes, given: str) -> bool:
        """Return whether a header's value is the signature of the body with this secret."""
        expected = self.prefix + b64encode(digest(secret.encode(), body, "sha256")).decode()
        return compare_digest(expected.encode(), given.encode())


class Tool(StrEnum):
    """A tool that sends what people filled in."""

    GOOGLE_FORMS = "google-forms"
    """Google Forms, by the Apps Script that the documentation has."""
    MICROSOFT_FORMS = "microsoft-forms"
    """Microsoft Forms, by a flow of Power Automate."""
    TYPEFORM = "typeform"
    TALLY = "tally"
    JSON = "json"
    """Anything else that sends JSON."""

    @property
    def signature(self) -> Signature | None:
        """How the tool signs; None if it does not, and sends the hook's secret instead."""
        return _SIGNATURES.get(self)


_SIGNATURES: Final = {
    # https://www.typeform.com/developers/webhooks/secure-your-webhooks/
    Tool.TYPEFORM: Signature("Typeform-Signature", "sha256="),
    # https://tally.so/help/webhooks
    Tool.TALLY: Signature("Tally-Signature", ""),
}
