"""What has expired does not stay in the database of a running service, even if nobody comes any more."""

import asyncio

import asyncpg
import pytest

from service.operations.expiry import Expiry
from service.privacy.uploads import UploadedFile
from tests.events.samples import noted
from tests.service.access.signing_in.browser import signed_in
from tests.service.app import Api, open_api
from tests.service.conftest import Messages

LEFT = """
select (select count(*) from uploads) + (select count(*) from sessions)
    + (select count(*) from links) + (select count(*) from quarantine)
"""
LATER = [
    "update uploads set made_at = made_at - interval '25 hours'",
    "update links set expires_at = expires_at - interval '11 minutes'",
    "update sessions set last_used_at = last_used_at - interval '13 hours'"
    " where not hash in (select session from uploads)",
    "update quarantine set received_at = received_at - interval '31 days'",
]


async def with_everything(api: Api) -> None:
    """Keep one of everything that expires, and a second session with a file."""
    await signed_in(api, "mill")
    secret = await signed_in(api, "mill")
    assert await api.service.uploads.keep(secret, UploadedFile("howcanwe.csv", b"Id")) is not None
    await api.service.links.make(api.keys["mill"].split("_")[1], "test")
    refused = await api.post(noted("organisation/nobody"), prefer="handling=lenient")
    assert refused.json()["quarantined"]
    assert await api.execute(LEFT) == 5


async def test_what_has_expired_is_deleted_without_a_request(api: Api) -> None:
    await with_everything(api)
    async with api.pool() as pool:
        for statement in LATER:
            await pool.execute(statement)
    async with open_api(api.service.log.url, lives=True), asyncio.timeout(60):
        while await api.execute(LEFT) > 1:
            await asyncio.sleep(0.01)
    # The session with the file continues.
    assert await api.execute("select count(*) from sessions") == 1


async def test_what_has_not_expired_stays(api: Api) -> None:
    await with_everything(api)
    await api.service.expiry.look()
    assert await api.execute(LEFT) == 5


async def test_it_goes_on_after_the_database_was_away_until_nothing_is_left(
    messages: Messages,
) -> None:
    answers: list[int | Exception] = [
        asyncpg.PostgresError("away"),
        ConnectionRefusedError(),
        2,
        1,
        0,
        0,
    ]
    done = asyncio.Event()

    async def expire() -> int:
        if len(answers) == 1:
            done.set()
            return 0
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    running = asyncio.create_task(Expiry([expire], every_seconds=0.001).run())
    await asyncio.wait_for(done.wait(), 60)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (
        len([line for line in messages.lines if "what has expired is deleted later" in line]) == 2
    )
