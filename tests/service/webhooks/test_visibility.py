"""What is delivered is what the key may see at the time of delivery, and nothing once the key has ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from events.access.principal import Role
from tests.events.samples import asked, formed, framed, joined, planned
from tests.events.samples import shown as leveled
from tests.service.app import Api
from tests.service.webhooks.delivering import (
    StoppedClock,
    deliverer,
    hooked,
    reached,
    running,
    shown,
    until,
)
from tests.service.webhooks.receiver import OK, Received, Receiver, receiving, status


@asynccontextmanager
async def hanging_at(position: int) -> AsyncIterator[tuple[Receiver, asyncio.Event]]:
    """A receiver that answers about one event only after the event is set."""
    goes_on = asyncio.Event()

    async def answer(received: Received) -> bytes:
        if received.position == position:
            await goes_on.wait()
        return OK

    async with receiving(answer) as receiver:
        yield receiver, goes_on


async def revoke(api: Api, who: str) -> None:
    id_ = api.keys[who].split("_")[1]
    response = await api.client.delete(f"/keys/{id_}", headers=api.headers("admin"))
    assert response.status_code == 204


async def test_a_key_gets_what_it_may_see_and_nothing_else(story: Api, receiver: Receiver) -> None:
    await story.record(
        [
            asked("hidden", cohort="heritage", visibility="private"),
            asked("shared", cohort="heritage"),
            asked("elsewhere", "library", visibility="private"),
        ]
    )
    async with receiving() as archives:
        await hooked(story, receiver, "mill", after=6)
        webhook = await hooked(story, archives, "archive", after=6)
        async with running(deliverer(story.service)):
            await receiver.has_received(2)
            await reached(story, webhook, 9, "archive")
        assert receiver.positions == [7, 8]
        assert archives.positions == [8]
    assert [one["position"] for one in await story.lines("archive", "?after=6")] == [8]


async def test_what_was_narrowed_before_its_turn_is_never_sent(story: Api) -> None:
    await story.record([framed(cohort="heritage"), planned()])
    async with hanging_at(7) as (receiver, goes_on):
        webhook = await hooked(story, receiver, "archive", after=6)
        async with running(deliverer(story.service)):
            await receiver.has_received(1)
            await story.record([leveled("iteration/trial", "private")])
            goes_on.set()
            await reached(story, webhook, 9, "archive")
            assert receiver.positions == [7]
            # Its turn is over, so it does not come when it may be seen again.
            await story.record([leveled("iteration/trial", "cohort"), asked(cohort="heritage")])
            await receiver.has(lambda: receiver.positions[-1] == 11)
    assert 8 not in receiver.positions


async def test_what_is_narrowed_while_it_fails_is_not_sent_again(story: Api) -> None:
    await story.record([framed(cohort="heritage"), planned()])
    clock = StoppedClock()
    async with receiving(lambda received: status(500)) as receiver:
        webhook = await hooked(story, receiver, "archive", after=7)
        async with running(deliverer(story.service, clock)):
            await receiver.has_received(1)

            async def has_failed() -> bool:
                return bool((await shown(story, webhook, "archive"))["failures"])

            await until(has_failed)
            await story.record([leveled("iteration/trial", "private")])
            receiver.answer = lambda received: OK
            clock.move(seconds=10)
            await reached(story, webhook, 9, "archive")
    assert receiver.positions == [8]


async def test_a_key_that_is_revoked_in_the_middle_ends_its_webhook_at_once(story: Api) -> None:
    async with hanging_at(3) as (receiver, goes_on):
        webhook = await hooked(story, receiver, "mill", after=0)
        runs = deliverer(story.service)

        async def is_over() -> bool:
            return runs.progress.webhooks == 0

        async with running(runs):
            await receiver.has(lambda: receiver.positions[-1:] == [3])
            await revoke(story, "mill")
            # The delivery under way is cut: the receiver has not answered yet.
            await until(is_over)
            goes_on.set()
            await story.record([asked(cohort="heritage")])
            async with receiving() as other:
                await hooked(story, other, "archive", after=0)
                await other.has_received(7)
        assert receiver.positions == [1, 2, 3]
    assert await story.execute("select count(*) from webhooks where id = $1", webhook["id"]) == 0


async def test_a_key_that_expires_delivers_nothing_more(story: Api) -> None:
    async with hanging_at(3) as (receiver, goes_on):
        webhook = await hooked(story, receiver, "mill", after=0)
        async with running(deliverer(story.service)):
            await receiver.has(lambda: receiver.positions[-1:] == [3])
            await story.service.log.ask(
                lambda connection: connection.execute(
                    "update keys set expires_at = now() where id = $1", webhook["key"]
                )
            )
            goes_on.set()
            async with receiving() as other:
                await hooked(story, other, "archive", after=0)
                await other.has_received(6)
        assert receiver.positions == [1, 2, 3]
    (found,) = await story.service.webhooks.all(webhook["key"])
    assert found.as_json()["state"] == "ended"


async def test_a_key_that_is_rotated_goes_on_delivering(story: Api, receiver: Receiver) -> None:
    await hooked(story, receiver, "mill", after=0)
    id_ = story.keys["mill"].split("_")[1]
    story.keys["mill"] = await story.service.keys.rotate(id_, granted_by="test")
    async with running(deliverer(story.service)):
        await receiver.has_received(6)


async def test_a_key_that_ends_with_another_membership_delivers_nothing_more(
    story: Api, receiver: Receiver
) -> None:
    key = await story.key(Role.ORGANISATION, organisation="archive", cohorts=("heritage",))
    await hooked(story, receiver, key, after=0)
    async with running(deliverer(story.service)):
        await receiver.has_received(6)
        await story.record([formed("other"), joined("archive", "other")])
        async with receiving() as others:
            await hooked(story, others, after=0)
            await others.has_received(8)

        async def is_removed() -> bool:
            return not await story.execute(
                "select count(*) from webhooks where key_id <> 'x' and position = 6"
            )

        await until(is_removed)
    assert receiver.positions[:6] == [1, 2, 3, 4, 5, 6]
    assert 8 not in receiver.positions
