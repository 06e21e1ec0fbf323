"""Revocation: a stream ends with its access, even after the check has failed in between."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from typing import cast

import asyncpg
import pytest

from events.access.principal import PUBLIC
from service.access.caller import Caller
from service.access.keys import Keys
from service.access.revocation import Revocations
from service.access.signing_in.sessions import Sessions
from service.errors import AccessEnded
from tests.service.conftest import Messages

PATIENCE_SECONDS = 10


class Lost:
    """Keys of which one is valid until the driver has failed three times, in an unforeseen way; or sessions."""

    def __init__(self) -> None:
        self.failures = 0

    async def secret_hashes(self, ids: Collection[str]) -> dict[str, bytes]:
        """Return the hashes of the keys that are good."""
        self._fail()
        return {}

    async def open(self, sessions: Collection[bytes]) -> set[bytes]:
        """Return the sessions that have not ended."""
        self._fail()
        return set()

    def _fail(self) -> None:
        if self.failures < 3:
            self.failures += 1
            raise asyncpg.InternalClientError("got result for unknown protocol state 3")


@pytest.mark.parametrize(
    "caller", [Caller(PUBLIC, "key", b"hash"), Caller(PUBLIC, session=b"hash")]
)
async def test_a_failed_check_is_logged_once_and_the_next_one_ends_what_was_revoked(
    messages: Messages, caller: Caller
) -> None:
    lost = Lost()
    revocation = Revocations(cast(Keys, lost), cast(Sessions, lost), every_seconds=0.05)
    async with asyncio.timeout(PATIENCE_SECONDS):
        with revocation.monitored(caller) as ended:
            await ended.wait()
    assert lost.failures == 3
    logged = [line for line in messages.lines if "could not be looked up" in line]
    assert len(logged) == 1 and "InternalClientError" in logged[0]


class Revoked:
    """Keys of which none is valid any more."""

    async def secret_hashes(self, ids: Collection[str]) -> dict[str, bytes]:
        """Return the hashes of the keys that are good."""
        return {}


async def test_what_has_an_end_of_its_own_is_not_taken_for_whole_when_the_key_is_revoked() -> None:
    revocations = Revocations(cast(Keys, Revoked()), cast(Sessions, Revoked()), every_seconds=0.05)

    async def lines() -> AsyncGenerator[int, None]:
        yield 1
        await asyncio.Event().wait()
        yield 2

    seen = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(AccessEnded):
            async for line in revocations.whole(Caller(PUBLIC, "key", b"hash"), lines()):
                seen.append(line)
    assert seen == [1]
