"""Deliveries: signed, in order, at least once, and tried again for three days."""

import asyncio
from typing import Any

import pytest
import standardwebhooks

from service.errors import TooManyTrials
from service.webhooks import courier
from service.webhooks.deliverer import ended
from service.webhooks.lease import Lease
from service.webhooks.messages import of_test
from service.webhooks.schedule import DELAYS
from service.webhooks.sender import TRIALS_MAX, Sender
from tests.events.samples import formed, noted, registered
from tests.service.app import Api
from tests.service.conftest import Messages
from tests.service.webhooks.delivering import (
    Clock,
    StoppedClock,
    deliverer,
    hooked,
    reached,
    running,
    sender,
    shown,
    until,
)
from tests.service.webhooks.receiver import OK, Received, Receiver, receiving, status


async def test_every_event_arrives_once_in_order_as_the_log_has_it(
    story: Api, receiver: Receiver
) -> None:
    await hooked(story, receiver, after=0)
    async with running(deliverer(story.service)):
        await receiver.has_received(6)
        await story.record([noted("organisation/mill"), noted("organisation/archive")])
        received = await receiver.has_received(8)
    assert receiver.positions == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [one.json for one in received] == await story.lines()
    assert {one.headers["content-type"] for one in received} == {"application/cloudevents+json"}
    assert {one.path for one in received} == {"/in"}
    assert receiver.connections == 1


async def test_without_a_position_only_new_events_arrive(story: Api, receiver: Receiver) -> None:
    await hooked(story, receiver)
    await story.record([noted("organisation/mill")])
    async with running(deliverer(story.service)):
        await receiver.has_received(1)
    assert receiver.positions == [7]


async def test_the_library_of_standard_webhooks_verifies_what_arrives(
    story: Api, receiver: Receiver
) -> None:
    webhook = await hooked(story, receiver, after=5)
    async with running(deliverer(story.service)):
        (received,) = await receiver.has_received(1)
    verifier = standardwebhooks.Webhook(webhook["secret"])
    assert verifier.verify(received.body, received.headers) == received.json
    assert received.headers["webhook-id"] == f"msg_{webhook['id']}_6"
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verifier.verify(received.body.replace(b"mill", b"mull") + b" ", received.headers)


async def test_only_what_is_wanted_arrives(story: Api, receiver: Receiver) -> None:
    await story.record([formed("other"), noted("cohort/other"), noted("organisation/library")])
    cases: list[tuple[dict[str, Any], list[int]]] = [
        ({"types": ["organisation.joined"]}, [5, 6]),
        ({"types": ["org.howcanwe.organisation.registered.v1"]}, [2, 3, 4]),
        ({"streams": ["organisation/mill"]}, [2, 5]),
        ({"cohorts": ["other"]}, [7, 8]),
        ({"cohorts": ["heritage"], "types": ["organisation.joined"]}, [5, 6]),
        ({"cohorts": ["heritage"], "streams": ["organisation/archive"]}, [6]),
    ]
    hooks = [await hooked(story, receiver, after=0, **given) for given, _ in cases]
    async with running(deliverer(story.service)):
        await receiver.has_received(sum(len(positions) for _, positions in cases))
    for webhook, (_, positions) in zip(hooks, cases, strict=True):
        ids = [f"msg_{webhook['id']}_{position}" for position in positions]
        assert [
            one.headers["webhook-id"]
            for one in receiver.received
            if one.headers["webhook-id"].startswith(f"msg_{webhook['id']}_")
        ] == ids


async def test_a_failed_delivery_is_repeated_with_the_same_id_before_the_next(story: Api) -> None:
    answers = iter([status(500), status(404), status(302, "location: /elsewhere"), b""])
    async with receiving(lambda received: next(answers, OK)) as receiver:
        webhook = await hooked(story, receiver, after=4)
        clock = Clock()
        async with running(deliverer(story.service, clock)):
            received = await receiver.has_received(6)
            await reached(story, webhook, 6)
    assert receiver.positions == [5, 5, 5, 5, 5, 6]
    assert len({one.headers["webhook-id"] for one in received[:5]}) == 1
    assert {one.path for one in received} == {"/in"}
    assert all(one.is_signed_with(webhook["secret"]) for one in received)
    assert [round(seconds) for seconds in clock.pauses] == [
        round(delay.total_seconds() * 1.1) for delay in DELAYS[:4]
    ]
    found = await shown(story, webhook)
    assert (found["state"], found["failures"], found["failing_since"]) == ("active", 0, None)


async def test_after_three_days_a_webhook_is_parked_and_starts_again_when_told(story: Api) -> None:
    async with receiving(lambda received: status(503, body=b"a secret text")) as receiver:
        webhook = await hooked(story, receiver, after=5)
        clock = Clock()
        began = clock.time
        async with running(deliverer(story.service, clock)) as _:
            await receiver.has_received(len(DELAYS) + 1)

            async def is_parked() -> bool:
                return bool((await shown(story, webhook))["state"] == "parked")

            await until(is_parked)
            assert 3 <= (clock.time - began).days < 4
            response = await story.get(f"/webhooks/{webhook['id']}")
            assert "a secret text" not in response.text
            found = response.json()
            assert (found["last_status"], found["last_trouble"], found["position"]) == (
                503,
                None,
                5,
            )
            assert found["failing_since"] is not None and found["next_attempt"] is None
            receiver.answer = lambda received: OK
            await story.client.post(
                f"/webhooks/{webhook['id']}/replay", headers=story.headers("facilitator")
            )
            await reached(story, webhook, 6)
    assert (await shown(story, webhook))["state"] == "active"


async def test_a_receiver_that_is_gone_parks_its_webhook_at_once(story: Api) -> None:
    async with receiving(lambda received: status(410)) as receiver:
        webhook = await hooked(story, receiver, after=0)
        async with running(deliverer(story.service)):

            async def is_parked() -> bool:
                return bool((await shown(story, webhook))["state"] == "parked")

            await until(is_parked)
    assert receiver.positions == [1]
    assert (await shown(story, webhook))["last_status"] == 410


async def test_a_webhook_that_fails_or_hangs_does_not_hold_up_others(
    story: Api, receiver: Receiver
) -> None:
    hangs = asyncio.Event()

    async def never(received: Received) -> bytes:
        await hangs.wait()
        return OK

    async with receiving(never) as hanging, receiving(lambda received: status(500)) as failing:
        await hooked(story, hanging, after=0)
        webhook = await hooked(story, failing, after=0)
        await hooked(story, receiver, after=0)
        async with running(deliverer(story.service, StoppedClock())):
            await receiver.has_received(6)
            await hanging.has_received(1)
            await failing.has_received(1)
            found = await shown(story, webhook)
        assert receiver.positions == [1, 2, 3, 4, 5, 6]
        assert found["state"] == "failing" and found["next_attempt"] is not None


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        pytest.param(b"", "connection", id="interrupted"),
        pytest.param(b"not HTTP at all\r\n\r\n", "connection", id="not HTTP"),
        pytest.param(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000, "connection", id="huge head"),
    ],
)
async def test_what_prevented_an_answer_is_shown(story: Api, answer: bytes, trouble: str) -> None:
    async with receiving(lambda received: answer) as receiver:
        webhook = await hooked(story, receiver, after=5)
        clock = StoppedClock()
        async with running(deliverer(story.service, clock)):

            async def has_failed() -> bool:
                return bool((await shown(story, webhook))["failures"])

            await until(has_failed)
        found = await shown(story, webhook)
        assert (found["last_status"], found["last_trouble"]) == (None, trouble)


async def test_a_receiver_that_does_not_answer_in_time_has_failed(story: Api) -> None:
    never = asyncio.Event()

    async def hang(received: Received) -> bytes:
        await never.wait()
        return OK

    async with receiving(hang) as receiver:
        webhook = await hooked(story, receiver, after=5)
        clock = StoppedClock()
        async with running(deliverer(story.service, clock, by=sender(clock, seconds_max=0.05))):

            async def has_failed() -> bool:
                return bool((await shown(story, webhook))["failures"])

            await until(has_failed)
        assert (await shown(story, webhook))["last_trouble"] == "timeout"


async def test_of_a_huge_answer_little_is_read_and_its_status_counts(story: Api) -> None:
    huge = status(200, body=b"x" * 5_000_000)
    async with receiving(lambda received: huge) as receiver:
        webhook = await hooked(story, receiver, after=4)
        async with running(deliverer(story.service)):
            await reached(story, webhook, 6)
        assert receiver.connections == 2
    assert receiver.positions == [5, 6]


async def test_a_change_is_noticed_while_it_waits_for_another_attempt(
    story: Api, receiver: Receiver
) -> None:
    async with receiving(lambda received: status(500)) as failing:
        webhook = await hooked(story, failing, after=5)
        async with running(deliverer(story.service, StoppedClock())):
            await failing.has_received(1)
            await story.client.patch(
                f"/webhooks/{webhook['id']}",
                json={"url": receiver.url},
                headers=story.headers("facilitator"),
            )
            await receiver.has_received(1)
            await reached(story, webhook, 6)


async def test_events_of_many_pages_that_are_not_wanted_are_passed_over(
    story: Api, receiver: Receiver
) -> None:
    await story.record([noted("organisation/mill") for _ in range(300)])
    await story.record([registered("latecomer")])
    webhook = await hooked(story, receiver, after=6, types=["organisation.registered"])
    async with running(deliverer(story.service)) as _:
        await reached(story, webhook, 307)
    assert receiver.positions == [307]


async def test_what_is_not_wanted_is_over_even_if_a_later_change_wants_it(
    story: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "UNSTORED_SECONDS_MAX", 0.05)
    webhook = await hooked(story, receiver, types=["learning.captured"])
    await story.record([noted("organisation/mill")] * 3)
    async with running(deliverer(story.service)):
        await reached(story, webhook, 9)
        wanted = {"types": ["note.added"]}
        await story.client.patch(
            f"/webhooks/{webhook['id']}", json=wanted, headers=story.headers("facilitator")
        )
        await story.record([noted("organisation/mill")])
        await receiver.has_received(1)
    assert receiver.positions == [10]


async def test_deliveries_survive_an_unforeseen_error(
    story: Api, receiver: Receiver, messages: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def running_once(lease: Lease) -> Any:
        monkeypatch.undo()
        raise ValueError("'xml' is not a valid Form")

    monkeypatch.setattr(Lease, "running", running_once)
    await hooked(story, receiver, after=5)
    async with running(deliverer(story.service)) as task:
        await receiver.has_received(1)
        assert not task.done()
    assert any("webhooks are not delivered" in line for line in messages.lines)


async def test_a_webhook_that_cannot_be_read_does_not_hold_up_others(
    story: Api, receiver: Receiver, messages: Messages
) -> None:
    odd = await hooked(story, receiver, after=5)
    await hooked(story, receiver, after=5)
    await story.execute("update webhooks set format = $2 where id = $1", odd["id"], "xml")
    async with running(deliverer(story.service)):
        await receiver.has_received(1)
    assert any(odd["id"] in line for line in messages.lines)


async def test_who_waits_for_the_end_of_a_task_can_be_cancelled() -> None:
    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(60)

    task = asyncio.create_task(slow())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(ended(task))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_tests_of_webhooks_are_few_at_once_and_hold_up_no_delivery(story: Api) -> None:
    sends: Sender = sender(connections_max=1)
    never = asyncio.Event()

    async def hang(received: Received) -> bytes:
        await never.wait()
        return OK

    async with receiving(hang) as silent, receiving() as receiver:
        hanging = await story.service.webhooks.find(None, (await hooked(story, silent))["id"])
        tests = [asyncio.create_task(sends.once(hanging, of_test)) for _ in range(TRIALS_MAX)]
        await silent.has_received(TRIALS_MAX)
        with pytest.raises(TooManyTrials):
            await sends.once(hanging, of_test)
        await hooked(story, receiver, after=5)
        async with running(deliverer(story.service, by=sends)):
            await receiver.has_received(1)
        for one in tests:
            one.cancel()
        await asyncio.gather(*tests, return_exceptions=True)
        never.set()
