"""Uploaded files: each session has its last one, which nobody else can read, for a day."""

from uuid import uuid4

import pytest

from service.privacy.uploads import UploadedFile
from tests.service.access.signing_in.browser import signed_in
from tests.service.app import Api

FILE = UploadedFile("Grüße\n.xlsx", bytes(range(256)) + b"Ada Lovelace")


async def test_a_session_has_its_last_file(api: Api) -> None:
    uploads, secret = api.service.uploads, await signed_in(api, "mill")
    first = await uploads.keep(secret, FILE)
    assert first is not None
    assert await uploads.has(secret, first)
    assert await uploads.find(secret, first) == FILE
    other = UploadedFile("", b"")
    second = await uploads.keep(secret, other)
    assert second is not None and second != first
    assert not await uploads.has(secret, first)
    assert await uploads.find(secret, first) is None
    assert await uploads.find(secret, second) == other


async def test_nobody_else_can_read_it(api: Api) -> None:
    uploads, secret = api.service.uploads, await signed_in(api, "mill")
    id_ = await uploads.keep(secret, FILE)
    assert id_ is not None
    # Another session of the same key is another browser.
    other = await signed_in(api, "mill")
    assert await uploads.find(other, id_) is None
    stored = await api.execute("select position('Lovelace'::bytea in sealed) from uploads")
    assert stored == 0


@pytest.mark.parametrize(
    "statement",
    ["delete from sessions", "update uploads set made_at = now() - interval '25 hours'"],
    ids=["the session ends", "a day has passed"],
)
async def test_it_is_gone_in_the_end(api: Api, statement: str) -> None:
    uploads, secret = api.service.uploads, await signed_in(api, "mill")
    id_ = await uploads.keep(secret, FILE)
    assert id_ is not None
    async with api.pool() as pool:
        await pool.execute(statement)
    assert not await uploads.has(secret, id_)
    assert await uploads.find(secret, id_) is None
    kept = await signed_in(api, "mill")
    await uploads.keep(kept, FILE)
    await uploads.expire()
    assert await uploads.expire() == 0
    assert await api.execute("select count(*) from uploads") == 1


async def test_nothing_is_kept_for_a_session_that_has_ended(api: Api) -> None:
    assert await api.service.uploads.keep(str(uuid4()), FILE) is None
