"""Thousands of deliveries through a receiver that fails, cuts and is slow, by processes that are killed."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import pytest

from events.access.principal import Role
from tests.events.samples import asked
from tests.events.samples import shown as leveled
from tests.processes import ROOT, environment
from tests.service.app import Api, open_api
from tests.service.webhooks.delivering import deliverer, ended, hooked, numbered, reached
from tests.service.webhooks.receiver import OK, Received, Receiver, receiving, status

WHO: Final = ("facilitator", "mill", "archive", "evaluator")
FAILS: Final = 0.3
FAILURES_IN_A_ROW_MAX: Final = 5
SLOW_SECONDS: Final = 0.02
SLOW: Final = 0.05
LONG_SECONDS: Final = 1_200

Starting = Callable[[Api], AbstractAsyncContextManager[None]]
"""Starts a process that delivers; it is killed at the end of the context."""


@asynccontextmanager
async def in_this_process(api: Api) -> AsyncIterator[None]:
    """A deliverer with connections of its own, which ends as if it were killed."""
    async with open_api(api.service.log.url, webhooks_allow_private=True) as other:
        task = asyncio.create_task(deliverer(other.service).run(numbered))
        yield
        await ended(task)


@asynccontextmanager
async def in_a_process_of_its_own(api: Api) -> AsyncIterator[None]:
    """A process that delivers, and is killed."""
    call = (sys.executable, "-m", "tests.service.webhooks.process", api.service.log.url)
    with subprocess.Popen(call, cwd=ROOT, env=environment()) as process:
        try:
            yield
        finally:
            process.kill()


@dataclass
class Unreliable:
    """Answers that fail 30 % of the time, by a status or by breaking off, and are slow at times.

    From some message on, those of the webhook `held` wait until it is `released`.
    """

    dice: Random = field(default_factory=lambda: Random(20261129))
    attempts: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    held: str | None = None
    held_after: int = 0
    holds: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, received: Received) -> bytes:
        """Answer. No message fails so often that its webhook would be parked."""
        message = received.headers["webhook-id"]
        self.attempts[message] += 1
        _, webhook, _ = message.split("_")
        self.messages[webhook] += self.attempts[message] == 1
        if webhook == self.held and self.messages[webhook] > self.held_after:
            self.holds.set()
            await self.released.wait()
        if self.dice.random() < SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        if self.dice.random() >= FAILS or self.attempts[message] > FAILURES_IN_A_ROW_MAX:
            return OK
        self.failed += 1
        return self.dice.choice([status(500), status(429), b""])


def of(receiver: Receiver, webhook: dict[str, Any]) -> list[int]:
    """Return the positions that arrived for a webhook."""
    ids = [one.headers["webhook-id"] for one in receiver.received]
    mine = f"msg_{webhook['id']}_"
    return [int(id_.removeprefix(mine)) for id_ in ids if id_.startswith(mine)]


def without_repeats(positions: list[int]) -> list[int]:
    """Return the positions without what repeats the one before."""
    pairs = zip([0, *positions], positions, strict=False)
    return [position for before, position in pairs if position != before]


async def endured(api: Api, start: Starting, events: int, seconds: float) -> int:
    """Record so many events, deliver them through all that goes wrong, and check it; return how many were delivered."""
    dice = Random(events)
    levels = [dice.choice(["cohort", "cohort", "private"]) for _ in range(events)]
    asks = [
        asked(f"ask-{number}", "mill", cohort="heritage", visibility=level)
        for number, level in enumerate(levels)
    ]
    unreliable = Unreliable()
    async with asyncio.timeout(seconds), receiving(unreliable) as receiver:
        hooks = {who: await hooked(api, receiver, who) for who in WHO}
        revoked = await hooked(api, receiver, "library")
        ending = await hooked(api, receiver, who := await api.key(Role.ANALYST), after=0)
        await api.record(asks)
        last = max(n for n, level in enumerate(levels) if level == "cohort")
        unreliable.held = hooks["archive"]["id"]
        unreliable.held_after = levels.count("cohort") // 2
        head = await api.head()

        async def has_some(part: float) -> None:
            mine = hooks["mill"]["id"]
            await receiver.has(lambda: unreliable.messages[mine] >= part * events, seconds)

        async with start(api):
            await has_some(0.25)
        async with start(api):
            # In the middle, a key is revoked, and an event narrowed whose turn has not come.
            await unreliable.holds.wait()
            await api.service.keys.revoke(who.split("_")[1], granted_by="test")
            arrived = len(of(receiver, ending))
            await api.record([leveled(f"ask/ask-{last}", "private")])
            unreliable.released.set()
            await has_some(0.75)
        async with start(api):
            for who in WHO:
                await reached(api, hooks[who], head + 1, who, seconds)
    assert len(of(receiver, ending)) <= arrived + 1
    assert of(receiver, revoked) == []
    hidden = head - events + last + 1
    for who, webhook in hooks.items():
        expected = [line["position"] for line in await api.lines(who, f"?after={head - events}")]
        got = of(receiver, webhook)
        assert without_repeats(got) == expected, who
        assert (hidden in got) == (who not in ("archive",))
    assert unreliable.failed > 0.2 * len(receiver.received)
    return sum(len(without_repeats(of(receiver, webhook))) for webhook in hooks.values())


async def test_everything_arrives_in_order_through_failures_and_kills(story: Api) -> None:
    assert await endured(story, in_this_process, 40, 120) > 100


@pytest.mark.long
async def test_ten_thousand_deliveries_arrive_in_order_through_failures_and_kills(
    story: Api,
) -> None:
    delivered = await endured(story, in_a_process_of_its_own, 3_500, LONG_SECONDS)
    assert delivered >= 10_000
