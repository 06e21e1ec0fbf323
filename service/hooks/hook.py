"""A hook: its name, the key under which it records, its mapping, and what opens it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Final

from service.access.credential import hashed, new_credential
from service.hooks.tool import Tool

SECRET_PREFIX: Final = "hcwh_"
SECRET_BITS: Final = 256

_NOBODYS: Final = bytes(32)
"""Compared with the secret of a request to a hook that does not exist, so that both cases take the same time."""


def new_secret() -> str:
    """Return a new secret for a hook."""
    return SECRET_PREFIX + new_credential(SECRET_BITS)


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook as it is stored. `mapping` is the operator's file.

    A tool that signs has `signing`, the secret that it signs with; any other sends the secret with the hash
    `secret_hash`.
    """

    name: str
    key_id: str
    mapping: str
    tool: Tool
    secret_hash: bytes | None
    signing: str | None = field(repr=False)
    created: datetime
    changed: datetime
    last_recorded: datetime | None
    """When it last recorded a submission, to the minute; None if it never did."""

    def opens_with(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Return whether a request with this body has the tool's signature."""
        signature = self.tool.signature
        if signature is None or self.signing is None:
            return False
        return signature.is_of(self.signing, body, headers.get(signature.header, ""))


def opens(hook: Hook | None, headers: Mapping[str, str]) -> bool:
    """Return whether a request has the secret of a hook, which may not exist. One whose tool signs has none."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    given = hashed(secret.strip()) if scheme.lower() == "bearer" else bytes(len(_NOBODYS))
    expected = None if hook is None else hook.secret_hash
    is_same = compare_digest(_NOBODYS if expected is None else expected, given)
    return is_same and expected is not None
