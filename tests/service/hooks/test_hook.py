"""A hook opens with its secret, or with the signature of its tool: as their documentation computes it."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from service.access.credential import hashed
from service.hooks.hook import Hook, new_secret, opens
from service.hooks.tool import Tool

NOW = datetime(2024, 5, 2, tzinfo=UTC)
BODY = b'{"event_type": "form_response"}'


def hook(tool: Tool, secret: str) -> Hook:
    is_signing = tool.signature is not None
    secret_hash, signing = (None, secret) if is_signing else (hashed(secret), None)
    return Hook("a", "key", "", tool, secret_hash, signing, NOW, NOW, None)


def test_secrets_are_random_and_tell_what_they_are() -> None:
    secret = new_secret()
    assert secret.startswith("hcwh_") and len(secret) == len("hcwh_") + 43
    assert secret != new_secret()


@pytest.mark.parametrize(
    ("tool", "header", "prefix"),
    [(Tool.TYPEFORM, "typeform-signature", "sha256="), (Tool.TALLY, "tally-signature", "")],
)
def test_a_signature_is_that_of_the_body_with_the_secret(
    tool: Tool, header: str, prefix: str
) -> None:
    signed = hook(tool, "s")
    signature = tool.signature
    assert signature is not None and signature.header.lower() == header
    value = base64.b64encode(hmac.new(b"s", BODY, hashlib.sha256).digest()).decode()
    assert signed.opens_with({signature.header: prefix + value}, BODY)
    for wrong in ("", prefix, value[:-1], f"{prefix}{value}=", f"sha1={value}", "ä"):
        assert not signed.opens_with({signature.header: wrong}, BODY)
    assert not signed.opens_with({signature.header: prefix + value}, BODY + b" ")
    assert not signed.opens_with({}, BODY)
    # A tool that signs does not send the secret, so that it is in no log.
    assert not opens(signed, {"authorization": "Bearer s"})


def test_a_secret_opens_its_hook_alone() -> None:
    mine = hook(Tool.JSON, "mine")
    assert opens(mine, {"authorization": "Bearer mine"})
    assert opens(mine, {"authorization": "bearer  mine "})
    for header in ("", "Bearer", "Bearer ", "Basic mine", "mine", "Bearer yours", "Bearer mi ne"):
        assert not opens(mine, {"authorization": header})
        assert not opens(None, {"authorization": header})
    assert not opens(None, {"authorization": "Bearer mine"})
    assert not opens(None, {}) and not opens(mine, {})
    assert not mine.opens_with({}, BODY)
