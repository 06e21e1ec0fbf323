"""What a webhook delivers is as described: its messages, and the headers of Standard Webhooks."""

from collections.abc import AsyncIterator
from typing import Final

import pytest

from service.http.asyncapi.document import asyncapi
from tests.service.app import Api, open_api
from tests.service.http.asyncapi.described import message
from tests.service.webhooks.delivering import deliverer, hooked, running
from tests.service.webhooks.receiver import Received, Receiver, receiving

STANDARD: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")


@pytest.fixture
async def story(database_url: str) -> AsyncIterator[Api]:
    """The API over a small cohort; webhooks may deliver to this machine."""
    async with open_api(database_url, webhooks_allow_private=True) as api:
        await api.begin()
        yield api


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that takes everything."""
    async with receiving() as receiver:
        yield receiver


def check(received: Received, name: str) -> None:
    """Fail if what arrived is not the message with this name."""
    message(name, "payload").validate(received.json)
    message(name, "headers").validate({one: received.headers[one] for one in STANDARD})
    described = asyncapi()["components"]["messages"][name]
    assert received.headers["content-type"] == described["contentType"]


async def test_events_are_delivered_as_described(story: Api, receiver: Receiver) -> None:
    await hooked(story, receiver, after=0)
    async with running(deliverer(story.service)):
        for received in await receiver.has_received(6):
            check(received, "deliveredEvent")
    assert not message("deliveredEvent", "payload").is_valid({"type": received.json["type"]})


async def test_texts_are_delivered_as_described(story: Api, receiver: Receiver) -> None:
    await hooked(story, receiver, after=5, format="slack")
    async with running(deliverer(story.service)):
        [received] = await receiver.has_received(1)
    check(received, "deliveredText")


async def test_a_test_is_delivered_as_described_also_with_two_secrets(
    story: Api, receiver: Receiver
) -> None:
    webhook = await hooked(story, receiver)
    address = f"/webhooks/{webhook['id']}"
    headers = story.headers("facilitator")
    await story.client.post(f"{address}/rotate", headers=headers)
    await story.client.post(f"{address}/test", headers=headers)
    [received] = await receiver.has_received(1)
    check(received, "test")
    assert len(received.headers["webhook-signature"].split(" ")) == 2
