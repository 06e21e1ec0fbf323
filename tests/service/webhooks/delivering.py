"""Deliverers with a clock of their own, and the webhooks that they deliver."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from events.access.principal import Principal
from service.services import Service
from service.webhooks.addresses import Resolve, resolved
from service.webhooks.courier import Summarise
from service.webhooks.deliverer import Deliverer
from service.webhooks.lease import SILENCE_SECONDS_MAX
from service.webhooks.sender import Outcome, Sender
from tests.service.app import Api
from tests.service.webhooks.receiver import PATIENCE_SECONDS, Receiver

IMPATIENT_SECONDS: Final = 0.05

Sends = TypeVar("Sends", bound=Sender)


@dataclass
class Clock:
    """A clock that is moved on by those who wait for it, so that nobody waits."""

    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    pauses: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """Return its time."""
        return self.time

    async def pause(self, seconds: float) -> None:
        """Move on."""
        self.pauses.append(seconds)
        self.time += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class StoppedClock(Clock):
    """A clock that stands still: those who wait for it wait until the test moves it."""

    def __init__(self) -> None:
        super().__init__()
        self._moved = asyncio.Event()

    async def pause(self, seconds: float) -> None:
        """Wait until it is moved."""
        self.pauses.append(seconds)
        await self._moved.wait()

    def move(self, **by: float) -> None:
        """Move it on."""
        self.time += timedelta(**by)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()


async def numbered(position: int, viewer: Principal) -> str:
    """Return a sentence for a position."""
    return f"Event <{position}> & more."


def sender(
    clock: Clock | None = None,
    *,
    connections_max: int = 10,
    seconds_max: float = PATIENCE_SECONDS,
    bytes_max: int = 10_000,
    allow_private: bool = True,
    resolve: Resolve = resolved,
    kind: type[Sends] = Sender,  # type: ignore[assignment]  # mypy: a default is not of every type
) -> Sends:
    """Return a sender that may deliver to this machine."""
    return kind(
        connections_max=connections_max,
        seconds_max=seconds_max,
        bytes_max=bytes_max,
        allow_private=allow_private,
        resolve=resolve,
        now=(clock or Clock()).now,
    )


def deliverer(
    service: Service,
    clock: Clock | None = None,
    *,
    by: Sender | None = None,
    silence_seconds: float = SILENCE_SECONDS_MAX,
    count: Callable[[Outcome], None] = lambda outcome: None,
) -> Deliverer:
    """Return a deliverer with its own clock."""
    clock = clock or Clock()
    return Deliverer(
        service.log,
        service.webhooks,
        service.keys,
        by or sender(clock),
        takeover_seconds=IMPATIENT_SECONDS,
        answer_seconds=PATIENCE_SECONDS,
        silence_seconds=silence_seconds,
        count=count,
        now=clock.now,
        pause=clock.pause,
        random=lambda: 0.5,
    )


@asynccontextmanager
async def running(
    runs: Deliverer, summarise: Summarise = numbered
) -> AsyncIterator["asyncio.Task[None]"]:
    """Let a deliverer run."""
    task = asyncio.create_task(runs.run(summarise))
    try:
        yield task
    finally:
        await ended(task)


async def ended(task: "asyncio.Task[None]") -> None:
    """End a deliverer, as the end of its process does."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def hooked(
    api: Api, receiver: Receiver, who: str = "facilitator", **given: Any
) -> dict[str, Any]:
    """Create a webhook that delivers to the receiver; return it, with its secret."""
    body = {"url": receiver.url, **given}
    response = await api.client.post("/webhooks", json=body, headers=api.headers(who))
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


async def shown(api: Api, webhook: dict[str, Any], who: str = "facilitator") -> dict[str, Any]:
    """Return a webhook as its owner is shown it."""
    response = await api.get(f"/webhooks/{webhook['id']}", who)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def until(
    condition: Callable[[], Awaitable[bool]], seconds: float = PATIENCE_SECONDS
) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.01)


async def reached(
    api: Api,
    webhook: dict[str, Any],
    position: int,
    who: str = "facilitator",
    seconds: float = PATIENCE_SECONDS,
) -> None:
    """Wait until everything up to the position was delivered or left out."""

    async def is_there() -> bool:
        return bool((await shown(api, webhook, who))["position"] >= position)

    await until(is_there, seconds)
