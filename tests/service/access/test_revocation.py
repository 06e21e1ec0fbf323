"""Revocation: a stream ends with its access, even after the check has failed in between."""

import asyncio
from collections.abc import Collection
from typing import cast

import asyncpg

from events.access.principal import PUBLIC
from service.access.caller import Caller
from service.access.keys import Keys
from service.access.revocation import Revocations
from tests.service.conftest import Messages

PATIENCE_SECONDS = 10


class Lost:
    """Keys of which one is valid until the driver has failed three times, in an unforeseen way."""

    def __init__(self) -> None:
        self.failures = 0

    async def secret_hashes(self, ids: Collection[str]) -> dict[str, bytes]:
        """Return the hashes of the keys that are good."""
        if self.failures < 3:
            self.failures += 1
            raise asyncpg.InternalClientError("got result for unknown protocol state 3")
        return {}


async def test_a_failed_check_is_logged_once_and_the_next_one_ends_what_was_revoked(
    messages: Messages,
) -> None:
    keys = Lost()
    revocation = Revocations(cast(Keys, keys), every_seconds=0.05)
    async with asyncio.timeout(PATIENCE_SECONDS):
        with revocation.monitored(Caller(PUBLIC, "key", b"hash")) as ended:
            await ended.wait()
    assert keys.failures == 3
    logged = [line for line in messages.lines if "could not be looked up" in line]
    assert len(logged) == 1 and "InternalClientError" in logged[0]
