"""Delivers one webhook: event after event, in order, and none before the one before it has been taken."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from random import random
from typing import Final

import httpx
import structlog

from events.access.principal import Principal
from events.lines.recorded import Recorded
from events.log import EventLog
from events.store.connections import AWAY, Unavailable
from service.access.keys import Keys
from service.error_origins import trace
from service.webhooks import messages
from service.webhooks.lease import Lease
from service.webhooks.messages import Message
from service.webhooks.schedule import delay_after
from service.webhooks.sender import Outcome, Sender, Trouble
from service.webhooks.webhook import Form, Webhook

PAGE_EVENTS_MAX: Final = 1_000
_LOOKED_AT_ONCE_FACTOR: Final = 10
_MOMENT_SECONDS: Final = 1.0
UNSTORED_SECONDS_MAX: Final = 5.0
"""How long the position may be stored late while nothing is delivered: not every event is worth a write."""

Summarise = Callable[[int, Principal], Awaitable[str]]
"""Returns the sentence about the event at a position, as the principal may read it."""

Pause = Callable[[float], Awaitable[None]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Means:
    """What couriers work with. `now` and `pause` are the clock, `count` is called with each outcome."""

    log: EventLog
    keys: Keys
    sender: Sender
    summarise: Summarise
    count: Callable[[Outcome], None]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    pause: Pause = asyncio.sleep
    random: Callable[[], float] = random


class Courier:
    """Delivers a webhook as it was when the courier began. A changed webhook needs another courier."""

    def __init__(self, webhook: Webhook, lease: Lease, means: Means) -> None:
        self._webhook = webhook
        self._lease = lease
        self._means = means
        self._failures = webhook.failures
        self._next_attempt = webhook.next_attempt
        self._stored = webhook.position
        self._store_at = 0.0
        self.position = webhook.position
        """Everything up to here was delivered, or is not to be delivered."""

    async def run(self) -> None:
        """Deliver until the webhook is parked, has been changed, or its key has ended.

        Raises what a lost connection to the database raises.
        """
        async with self._means.sender.client() as client:
            while True:
                await self._wait()
                async with self._means.sender.place():
                    # Who may see the event is asked now, when it is its turn, and not while it waits.
                    outcome = await self._attempt(client)
                if outcome is None:
                    return
                if outcome is _NOTHING:
                    await self._wait_beyond()

    async def _wait(self) -> None:
        while self._next_attempt is not None:
            seconds = (self._next_attempt - self._means.now()).total_seconds()
            if seconds <= 0:
                return
            await self._means.pause(seconds)

    async def _wait_beyond(self) -> None:
        """Wait for the next event. A position that moved is stored after a while, so that it stays true."""
        beyond = self._means.log.announcer.wait_beyond(self.position)
        if self.position == self._stored:
            await beyond
            return
        try:
            async with asyncio.timeout_at(self._store_at):
                await beyond
        except TimeoutError:
            await self._leave_out()

    async def _leave_out(self) -> None:
        """Store that nothing up to the position is delivered later, not even by another process."""
        webhook = self._webhook
        await self._lease.left_out(webhook.id, webhook.generation, self.position)
        self._stored = self.position

    async def _attempt(self, client: httpx.AsyncClient) -> Outcome | None:
        """Try to deliver the next event; None if nothing more is to be delivered, _NOTHING if there is no event yet."""
        webhook, means = self._webhook, self._means
        viewer = await means.keys.present(webhook.key_id)
        if viewer is None:
            # By the database's clock, it may have a moment left: the deliverer would send another courier at once.
            await means.pause(_MOMENT_SECONDS)
            return None
        recorded = await self._next(viewer)
        if recorded is None:
            return _NOTHING
        try:
            message = await self._message(recorded, viewer)
        except (Unavailable, *AWAY):
            raise
        except Exception as error:
            # Another attempt may succeed, and other webhooks continue.
            _log.error(
                "a webhook's message could not be made", webhook=webhook.id, trace=trace(error)
            )
            message = None
        if not await self._lease.is_current(webhook.id, webhook.generation):
            return None
        outcome = (
            Outcome(trouble=Trouble.INTERNAL)
            if message is None
            else await means.sender.send(client, webhook, message)
        )
        means.count(outcome)
        return outcome if await self._store(recorded.position, outcome) else None

    async def _next(self, viewer: Principal) -> Recorded | None:
        """Return the next event that is to be delivered and that the viewer may see now; what is before it is left out.

        Pages grow while nothing is found, and are short otherwise: what follows is looked at when it is its turn.
        """
        webhook, log = self._webhook, self._means.log
        before, size = self.position, 1
        head = await log.head()
        has_left_out = False
        while self.position < head:
            selection = webhook.wanted.selection.between(self.position, head)
            page = await log.page(selection, after=self.position, limit=size)
            wanted = [one for one in page if webhook.wanted.is_of_cohort([*one.streams])]
            seen = await log.visible(wanted, viewer) if wanted else []
            if seen:
                self.position = seen[0].position - 1
                if has_left_out or seen[0].position != wanted[0].position:
                    await self._leave_out()
                return seen[0]
            has_left_out = has_left_out or bool(wanted)
            self.position = page[-1].position if len(page) == size else head
            size = min(size * _LOOKED_AT_ONCE_FACTOR, PAGE_EVENTS_MAX)
        if has_left_out:
            await self._leave_out()
        elif self.position > self._stored >= before:
            self._store_at = asyncio.get_running_loop().time() + UNSTORED_SECONDS_MAX
        return None

    async def _message(self, recorded: Recorded, viewer: Principal) -> Message:
        if self._webhook.wanted.form is Form.SLACK:
            summary = await self._means.summarise(recorded.position, viewer)
            return messages.of_summary(self._webhook, recorded, summary)
        return messages.of_event(self._webhook, recorded)

    async def _store(self, position: int, outcome: Outcome) -> bool:
        """Store the outcome; return whether there is another attempt, or another event."""
        webhook, now = self._webhook, self._means.now()
        if outcome.is_success:
            self.position = self._stored = position
            self._failures, self._next_attempt = 0, None
            await self._lease.delivered(webhook.id, webhook.generation, position, now, outcome)
            return True
        self._failures += 1
        delay = (
            None
            if outcome.is_gone
            else delay_after(self._failures, self._means.random, outcome.retry_after_seconds)
        )
        self._next_attempt = None if delay is None else now + delay
        # What was left out before the event stays so.
        self._stored = self.position
        await self._lease.failed(
            webhook.id, webhook.generation, self.position, now, self._next_attempt, outcome
        )
        if delay is None:
            _log.warning("a webhook is parked", webhook=webhook.id, status=outcome.status)
        return delay is not None


_NOTHING: Final = Outcome()
"""Stands for an attempt for which there was no event."""
