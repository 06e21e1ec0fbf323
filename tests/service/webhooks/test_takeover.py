"""One process delivers, and another one takes over; what was under way is repeated, and nothing is lost."""

import asyncio
from datetime import timedelta

import pytest

from tests.events.samples import asked, noted
from tests.events.samples import shown as leveled
from tests.service.app import Api, open_api
from tests.service.webhooks.delivering import (
    Clock,
    StoppedClock,
    deliverer,
    ended,
    hooked,
    numbered,
    reached,
    running,
    shown,
    until,
)
from tests.service.webhooks.receiver import OK, Received, Receiver, receiving, status

KILL = """
select count(pg_terminate_backend(pid)) from pg_locks
where locktype = 'advisory' and mode = 'ExclusiveLock' and granted and pid <> pg_backend_pid()
    and database = (select oid from pg_database where datname = current_database())
"""


async def test_only_one_of_two_processes_delivers(story: Api, receiver: Receiver) -> None:
    await hooked(story, receiver, after=0)
    async with open_api(story.service.log.url, webhooks_allow_private=True) as other:
        first, second = deliverer(story.service), deliverer(other.service)
        async with running(first), running(second):
            await receiver.has_received(6)
            await story.record([noted("organisation/mill")])
            await receiver.has_received(7)
            delivering = [one.progress.is_delivering for one in (first, second)]
    assert sorted(delivering) == [False, True]
    assert receiver.positions == [1, 2, 3, 4, 5, 6, 7]


async def test_another_process_repeats_what_was_under_way_when_the_first_one_ended(
    story: Api,
) -> None:
    hangs = asyncio.Event()

    async def answer(received: Received) -> bytes:
        if len(receiver.received) == 3:
            hangs.set()
            await asyncio.Event().wait()
        return OK

    async with receiving(answer) as receiver:
        webhook = await hooked(story, receiver, after=0)
        async with open_api(story.service.log.url, webhooks_allow_private=True) as other:
            first = asyncio.create_task(deliverer(story.service).run(numbered))
            await hangs.wait()
            async with running(deliverer(other.service)):
                await ended(first)
                await reached(story, webhook, 6)
    assert receiver.positions == [1, 2, 3, 3, 4, 5, 6]
    ids = [one.headers["webhook-id"] for one in receiver.received]
    assert ids[2] == ids[3]


async def test_a_process_that_lost_its_lock_delivers_nothing_until_it_has_it_again(
    story: Api,
) -> None:
    lost = asyncio.Event()

    async def answer(received: Received) -> bytes:
        if len(receiver.received) == 3:
            assert await story.execute(KILL) == 1
            lost.set()
        return OK

    async with receiving(answer) as receiver:
        webhook = await hooked(story, receiver, after=0)
        async with (
            open_api(story.service.log.url, webhooks_allow_private=True) as other,
            running(deliverer(story.service)),
        ):
            await lost.wait()
            async with running(deliverer(other.service)):
                await reached(story, webhook, 6)
    assert receiver.positions == [1, 2, 3, 3, 4, 5, 6]


async def test_a_webhook_that_another_process_creates_is_delivered_at_once(
    story: Api, receiver: Receiver
) -> None:
    runs = deliverer(story.service)
    async with running(runs):

        async def delivers() -> bool:
            return runs.progress.is_delivering

        await until(delivers)
        async with open_api(story.service.log.url, webhooks_allow_private=True) as other:
            await hooked(other, receiver, after=0)
            await receiver.has_received(6)


@pytest.mark.parametrize("fails", [False, True], ids=["nothing after it", "the next one fails"])
async def test_what_one_process_left_out_no_other_sends_when_it_may_be_seen(
    story: Api, fails: bool
) -> None:
    await story.record([asked("first", cohort="heritage", visibility="private")])
    async with receiving(lambda received: status(500)) as receiver:
        webhook = await hooked(story, receiver, "archive", after=6)
        runs = deliverer(story.service, StoppedClock())
        async with running(runs):
            if fails:
                await story.record([asked("second", cohort="heritage")])

            async def has_left_out() -> bool:
                found = await shown(story, webhook, "archive")
                return bool(found["position"] == 7 and found["failures"] == fails)

            await until(has_left_out)
        await story.record([leveled("ask/first", "cohort"), asked("third", cohort="heritage")])
        receiver.answer = lambda received: OK
        async with open_api(story.service.log.url, webhooks_allow_private=True) as other:
            # Its clock is later, so that it is time for another attempt.
            clock = Clock()
            clock.time += timedelta(minutes=1)
            async with running(deliverer(other.service, clock)):
                await reached(story, webhook, 9 + fails, "archive")
    assert 7 not in receiver.positions
    assert receiver.positions[-1] == 9 + fails
