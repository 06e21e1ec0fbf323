"""A process that is frozen loses the right to deliver; when it wakes up, it can at most repeat what was delivered."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest

from events.store.connections import connect
from service.webhooks.lease import Lease
from tests.events.samples import noted
from tests.processes import ROOT, environment
from tests.service.app import Api, open_api
from tests.service.webhooks.delivering import deliverer, hooked, reached, running, until
from tests.service.webhooks.receiver import Receiver

START_SECONDS_MAX = 60
"""A process that starts beside all others may take a while."""


@contextmanager
def freezing(api: Api, when: str, position: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that delivers, and freezes before or after it has sent the event at a position."""
    module = "tests.service.webhooks.process"
    call = (sys.executable, "-m", module, api.service.log.url, when, str(position))
    with subprocess.Popen(call, cwd=ROOT, env=environment()) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("before", id="before it sends"),
        pytest.param("after", id="before it stores that it has sent"),
    ],
)
async def test_nothing_is_lost_and_only_what_the_receiver_has_already_comes_late(
    story: Api, receiver: Receiver, when: str
) -> None:
    webhook = await hooked(story, receiver, after=0)
    with freezing(story, when, 3) as process:

        async def is_frozen() -> bool:
            return bool(psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)

        await until(is_frozen, START_SECONDS_MAX)
        async with open_api(story.service.log.url, webhooks_allow_private=True) as other:
            async with running(deliverer(other.service)):
                await reached(story, webhook, 6)
                os.kill(process.pid, signal.SIGCONT)
            # The process that was frozen takes over again.
            await story.record([noted("organisation/mill")])
            await reached(story, webhook, 7)
    positions = receiver.positions
    assert list(dict.fromkeys(positions)) == [1, 2, 3, 4, 5, 6, 7]
    assert positions.count(3) <= 2
    assert len(positions) <= 8
    ids = {one.position: one.headers["webhook-id"] for one in receiver.received}
    assert [one.headers["webhook-id"] for one in receiver.received] == [ids[n] for n in positions]


async def test_an_answer_that_is_read_late_gives_no_right_to_deliver(
    story: Api, receiver: Receiver
) -> None:
    webhook = await hooked(story, receiver)
    times = iter([0.0, 29.9, 100.0, 130.0])
    connection = await connect(story.service.log.url)
    try:
        lease = Lease(connection, 30, lambda: next(times))
        assert await lease.is_current(webhook["id"], 1)
        assert not await lease.is_current(webhook["id"], 1)
    finally:
        await connection.close()
