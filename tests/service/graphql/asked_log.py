"""A log in which events are recorded, an hour apart, and the graph that is asked about them."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from events.log import EventLog
from projections.updating.runner import Runner
from tests.events.samples import at
from tests.service.graphql.client import Asker


class AskedLog:
    """A log with its read models, and who asks the graph."""

    def __init__(self, log: EventLog, runner: Runner) -> None:
        self.log = log
        self.asker = Asker(log, runner)
        self._ids = count(1)

    async def record(self, *events: Mapping[str, Any]) -> int:
        """Record the events, an hour apart; return the position of the last."""
        for event in events:
            number = next(self._ids)
            complete = {"source": "urn:test", "id": str(number), "time": at(10 + number), **event}
            await self.log.append([complete])
        return await self.log.head()
