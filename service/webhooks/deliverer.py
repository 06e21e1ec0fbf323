"""Delivers all webhooks, in one process of those on a database; if it ends, another one continues."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from random import random
from typing import Final, NamedTuple

import structlog

from events.log import EventLog
from events.store.connections import AWAY, TROUBLES, Unavailable
from service.access.keys import Keys
from service.error_origins import trace
from service.errors import SealedOtherwise
from service.webhooks.courier import Courier, Means, Pause, Summarise
from service.webhooks.lease import SILENCE_SECONDS_MAX, Lease, leased
from service.webhooks.sender import Outcome, Sender
from service.webhooks.webhook import Webhook
from service.webhooks.webhooks import Webhooks

_INTERRUPTED_SECONDS: Final = 60.0

_log = structlog.get_logger(__name__)


class Progress(NamedTuple):
    """How far the deliveries of a process have come.

    `lag_events` is how many positions the webhook that is furthest behind still has before it.
    """

    is_delivering: bool
    webhooks: int
    parked: int
    lag_events: int


class _Errand(NamedTuple):
    generation: int
    courier: Courier
    task: "asyncio.Task[None]"


class Deliverer:
    """Delivers all webhooks while `run()` runs and no other process does.

    `count` is called with the outcome of each attempt. `now`, `pause` and `random` are the clock and the dice.
    """

    def __init__(
        self,
        log: EventLog,
        webhooks: Webhooks,
        keys: Keys,
        sender: Sender,
        *,
        takeover_seconds: float,
        answer_seconds: float,
        silence_seconds: float = SILENCE_SECONDS_MAX,
        count: Callable[[Outcome], None] = lambda outcome: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Pause = asyncio.sleep,
        random: Callable[[], float] = random,
    ) -> None:
        self._log = log
        self._webhooks = webhooks
        self._keys = keys
        self._sender = sender
        self._takeover_seconds = takeover_seconds
        self._answer_seconds = answer_seconds
        self._silence_seconds = silence_seconds
        self._count = count
        self._now = now
        self._pause = pause
        self._random = random
        self._errands: dict[str, _Errand] = {}
        self._unreadable: set[str] = set()
        self._is_delivering = False
        self._parked = 0

    @property
    def progress(self) -> Progress:
        """How far the deliveries of this process have come."""
        head = self._log.announcer.head
        lags = [head - errand.courier.position for errand in self._errands.values()]
        return Progress(self._is_delivering, len(self._errands), self._parked, max([0, *lags]))

    async def run(self, summarise: Summarise) -> None:
        """Deliver until cancelled, whenever no other process does; the database may be unavailable at times."""
        means = Means(
            self._log,
            self._keys,
            self._sender,
            summarise,
            self._count,
            self._now,
            self._pause,
            self._random,
        )
        trouble = None
        while True:
            changed = asyncio.Event()
            try:
                async with leased(
                    self._log.url,
                    every_seconds=self._takeover_seconds,
                    silence_seconds=self._silence_seconds,
                    answer_seconds=self._answer_seconds,
                    pause=asyncio.sleep,
                    on_change=changed.set,
                ) as lease:
                    trouble = None
                    await self._deliver(lease, changed, means)
            except (Unavailable, *AWAY, *TROUBLES) as error:
                if type(error) is not trouble:
                    _log.warning("webhooks are not delivered", trouble=type(error).__name__)
                trouble = type(error)
            except Exception as error:
                # Deliveries survive every error: drivers raise many kinds, and the next attempt may succeed.
                if type(error) is not trouble:
                    _log.error("webhooks are not delivered", trace=trace(error))
                trouble = type(error)
            await asyncio.sleep(self._takeover_seconds)

    async def _deliver(self, lease: Lease, changed: asyncio.Event, means: Means) -> None:
        """Have a courier for each webhook that delivers. Raises what a courier raises, or a lost connection."""
        self._is_delivering = True
        try:
            while True:
                changed.clear()
                await self._bring_up_to_date(lease, means)
                await self._until_changed(changed, lease.look_seconds)
        finally:
            self._is_delivering = False
            errands, self._errands = self._errands, {}
            for errand in errands.values():
                await ended(errand.task)

    async def _bring_up_to_date(self, lease: Lease, means: Means) -> None:
        running = {row["id"]: row for row in await lease.running()}
        self._parked = await lease.parked()
        for webhook_id, errand in [*self._errands.items()]:
            row = running.get(webhook_id)
            if errand.task.done() or row is None or row["generation"] != errand.generation:
                del self._errands[webhook_id]
                await ended(errand.task)
        for webhook_id, row in running.items():
            if webhook_id in self._errands:
                continue
            try:
                webhook = self._webhooks.read(row)
            except Exception as error:
                # It is sealed with another key, or a later release wrote it; the others are delivered.
                if webhook_id not in self._unreadable:
                    known = isinstance(error, SealedOtherwise)
                    _log.warning(
                        str(error) if known else "a webhook cannot be read",
                        webhook=webhook_id,
                        **({} if known else {"trace": trace(error)}),
                    )
                self._unreadable.add(webhook_id)
                continue
            self._errands[webhook_id] = self._sent(webhook, lease, means)

    def _sent(self, webhook: Webhook, lease: Lease, means: Means) -> _Errand:
        courier = Courier(webhook, lease, means)
        task = asyncio.create_task(self._run(courier, webhook), name=f"webhook {webhook.id}")
        return _Errand(webhook.generation, courier, task)

    async def _run(self, courier: Courier, webhook: Webhook) -> None:
        """Let the courier deliver. After an unforeseen error it continues later; the others do not notice."""
        while True:
            try:
                return await courier.run()
            except (Unavailable, *AWAY, *TROUBLES):
                raise
            except Exception as error:
                _log.error("a webhook is interrupted", webhook=webhook.id, trace=trace(error))
                await self._pause(_INTERRUPTED_SECONDS)

    async def _until_changed(self, changed: asyncio.Event, seconds_max: float) -> None:
        """Wait until a webhook was changed or a courier has ended, but not long. Raises what a courier raises."""
        waits = [asyncio.ensure_future(changed.wait())]
        tasks = [errand.task for errand in self._errands.values()]
        try:
            await asyncio.wait(
                [*waits, *tasks], timeout=seconds_max, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waits[0].cancel()
        for task in tasks:
            if task.done():
                task.result()


async def ended(task: "asyncio.Task[None]") -> None:
    """End the task. What it raises is of no interest any more, but those who wait here can be cancelled."""
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()
