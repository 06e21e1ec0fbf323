"""A load that keeps count: many posters at once, each of which sends an event again until it knows the outcome."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Final, Self

import httpx
import orjson

from events.lines.chain import line_hash
from events.lines.recorded import Recorded
from tests.events.samples import EventJson, at, begun, noted
from tests.processes import PATIENCE_S

POSTERS: Final = 12
AGAIN_S: Final = 0.02
NDJSON: Final = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The service's word about an event."""

    position: int
    hash: str
    sent_s: float


@dataclass(slots=True)
class Load:
    """Posters against one address, and the answers they received.

    `acknowledged` holds each event's receipt by its id; `given_up` the ids of events whose fate nobody asked for again
    after a failure: each of them may be in the log, once.
    """

    address: str
    key: str
    random: Random
    acknowledged: dict[str, Acknowledged] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    refused_503: int = 0
    unknown: int = 0
    cut: int = 0
    stopping: bool = False
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    async def begin(self) -> None:
        """Record the cohort that the events are about."""
        events = [
            {"id": f"begun-{n}", "source": "urn:load", "time": at(), **event}
            for n, event in enumerate(begun())
        ]
        async with self._client() as client:
            await self._settle(client, events, patient=True)

    @asynccontextmanager
    async def running(self, posters: int = POSTERS) -> AsyncIterator[Self]:
        """Inside, the posters post; afterwards each knows what came of its last event."""
        self._tasks = tasks = [asyncio.create_task(self._post(n)) for n in range(posters)]
        try:
            yield self
        finally:
            self.stopping = True
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(*tasks)

    async def resumes(self, events: int = 50) -> float:
        """Wait until so many events that were sent from now on are acknowledged; return the seconds to the first."""
        began = time.monotonic()
        first: float | None = None
        async with asyncio.timeout(PATIENCE_S):
            while True:
                count = sum(receipt.sent_s > began for receipt in self.acknowledged.values())
                if count and first is None:
                    first = time.monotonic() - began
                if count >= events and first is not None:
                    return first
                for task in self._tasks:
                    assert not task.done(), f"a poster stopped: {task.exception()}"
                await asyncio.sleep(AGAIN_S)

    def check(self, log: list[Recorded]) -> None:
        """Check that each acknowledged event is in the log once, as acknowledged, and that every event was sent."""
        assert [recorded.position for recorded in log] == list(range(1, len(log) + 1))
        found = {recorded.content["id"]: recorded for recorded in log}
        assert len(found) == len(log), "an event was recorded twice"
        lost = self.acknowledged.keys() - found.keys()
        assert not lost, f"acknowledged and lost: {lost}"
        assert found.keys() <= self.acknowledged.keys() | self.given_up
        for id_, receipt in self.acknowledged.items():
            assert (found[id_].position, line_hash(found[id_].line)) == (
                receipt.position,
                receipt.hash,
            )

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.address,
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": NDJSON},
            timeout=PATIENCE_S,
            trust_env=False,
        )

    async def _post(self, poster: int) -> None:
        number = 0
        async with self._client() as client:
            while not self.stopping:
                events: list[EventJson] = []
                for _ in range(self.random.choice((1, 1, 1, 5, 20))):
                    number += 1
                    note = noted("organisation/mill", text=f"The {number}th of poster {poster}.")
                    identity = {"id": f"{poster}-{number}", "source": "urn:load", "time": at(1)}
                    events.append({**identity, **note})
                await self._settle(client, events, patient=self.random.random() < 0.8)

    async def _settle(
        self, client: httpx.AsyncClient, events: list[EventJson], *, patient: bool
    ) -> None:
        """Send the events until they are acknowledged; who is not patient gives up after the first failure."""
        body = b"\n".join(orjson.dumps(event) for event in events)
        while True:
            sent_s = time.monotonic()
            try:
                answer = await client.post("/events", content=body)
            except httpx.TransportError:
                self.cut += 1
            else:
                if answer.status_code in (200, 201):
                    self._keep(answer, sent_s)
                    return
                assert answer.status_code == 503, answer.text
                assert int(answer.headers["retry-after"]) > 0
                self.refused_503 += 1
                self.unknown += answer.json()["errors"][0]["rule"] == "commit.unknown"
            if not patient:
                self.given_up |= {event["id"] for event in events}
                return
            await asyncio.sleep(AGAIN_S)

    def _keep(self, answer: httpx.Response, sent_s: float) -> None:
        for receipt in answer.json()["receipts"]:
            self.acknowledged[receipt["id"]] = Acknowledged(
                receipt["position"], receipt["hash"], sent_s
            )
