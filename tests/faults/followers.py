"""Followers through all faults: each resumes at its position, and must have received every event once, in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import asyncpg
import httpx

from events.lines.chain import line_hash
from events.lines.recorded import Recorded
from events.log import EventLog
from events.store.connections import Unavailable
from tests.processes import PATIENCE_S

AGAIN_S: Final = 0.02
AWAY: Final = (Unavailable, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)


class Follower:
    """What a follower received: positions and hashes, in the order of arrival."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, str]] = []
        self.returns = -1

    @property
    def last(self) -> int:
        """The position up to which everything was seen."""
        return self.seen[-1][0] if self.seen else 0

    async def follow(self) -> None:
        """Follow until cancelled."""
        raise NotImplementedError

    async def saw(self, log: list[Recorded]) -> None:
        """Wait for the log's last event, then check that each event was seen once, in order."""
        async with asyncio.timeout(PATIENCE_S):
            while self.last < len(log):
                await asyncio.sleep(AGAIN_S)
        assert self.seen == [(recorded.position, line_hash(recorded.line)) for recorded in log]


class LogFollower(Follower):
    """Follows through `EventLog.follow`."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    async def follow(self) -> None:
        """Follow until cancelled; the log is opened once and outlives the database's absence."""
        async with await EventLog.open(self._url) as log:
            while True:
                self.returns += 1
                with suppress(*AWAY):
                    async for recorded in log.follow(after=self.last):
                        self.seen.append((recorded.position, line_hash(recorded.line)))
                await asyncio.sleep(AGAIN_S)


class StreamFollower(Follower):
    """Follows server-sent events, coming back with `Last-Event-ID`."""

    def __init__(self, address: str, key: str) -> None:
        super().__init__()
        self._address = address
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}

    async def follow(self) -> None:
        """Follow until cancelled."""
        async with httpx.AsyncClient(
            base_url=self._address, timeout=PATIENCE_S, trust_env=False
        ) as client:
            while True:
                self.returns += 1
                with suppress(httpx.TransportError):
                    await self._once(client)
                await asyncio.sleep(AGAIN_S)

    async def _once(self, client: httpx.AsyncClient) -> None:
        headers = {**self._headers, **({"Last-Event-ID": str(self.last)} if self.seen else {})}
        async with client.stream("GET", "/events", headers=headers) as answer:
            if answer.status_code == 503:
                return
            assert answer.status_code == 200
            fields: dict[str, str] = {}
            async for line in answer.aiter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    continue
                if "data" in fields and "event" not in fields:
                    self.seen.append((int(fields["id"]), line_hash(fields["data"].encode())))
                fields = {}


@asynccontextmanager
async def following(*followers: Follower) -> AsyncIterator[None]:
    """Inside, the followers follow."""
    tasks = [asyncio.create_task(follower.follow()) for follower in followers]
    try:
        yield
        for task in tasks:
            assert not task.done(), f"a follower stopped: {task.exception()}"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
