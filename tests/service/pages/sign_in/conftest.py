"""What the tests of signing in at an OpenID provider share: the provider, and a service that trusts it."""

from collections.abc import AsyncIterator

import pytest

from tests.service.access.oidc.issuer import Issuer, issuing
from tests.service.app import Api
from tests.service.conftest import Messages, assert_discreet
from tests.service.pages.sign_in.provider import MILL, OIDC, trusting


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """A provider on a port of this machine, at which a member of mill signs in."""
    async with issuing() as issuer:
        issuer.habits.person = MILL
        yield issuer


@pytest.fixture
async def service(database_url: str, issuer: Issuer, messages: Messages) -> AsyncIterator[Api]:
    """The service; afterwards no message may contain anything secret of the provider."""
    async with trusting(database_url, issuer) as api:
        yield api
        assert_discreet(messages, api)
        for secret in issuer.secrets:
            assert not [line for line in messages.lines if secret in line and not is_ours(line)]


def is_ours(line: str) -> bool:
    """Say whether the client of these tests logged the line, with the address that it visited."""
    return line.startswith("HTTP Request: GET http") and f"{OIDC}?" in line
