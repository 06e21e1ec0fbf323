"""What resolvers are given: the log, the read models, and who asks."""

import asyncio
from collections.abc import Awaitable, Callable

from events.access.principal import PUBLIC, Principal, Role
from events.log import EventLog
from projections.insights.follower import InsightsFollower
from projections.queries.read_models import ServedReadModels
from projections.updating.runner import LOST
from service.graphql.limits.query_size import Limits

Authenticate = Callable[[str], Awaitable[Principal]]
"""Returns who comes with an `Authorization` header's value. Raises KeyRefused."""

Pace = Callable[[str], int]
"""Counts a request of a key, by its id, and returns how many seconds too early it is."""


def any_pace(key: str) -> int:
    """Return 0: nobody comes too early."""
    return 0


async def nobody(authorization: str) -> Principal:
    """Return the public, whoever comes."""
    return PUBLIC


class Context:
    """One request's context, or one connection's.

    `log` and `served` may be a replica's. `persons` is the log by which names are unlocked (else `log`): always the
    primary's, where a key that was destroyed is gone at once. `authorization` is what the viewer came with, if
    anything: while something goes on for them, it is looked at again with `authenticate`. `stopping` ends what goes on;
    `pace` counts what is asked on a connection, which comes from `address`; `min_position` is the header of that name.
    """

    def __init__(
        self,
        *,
        log: EventLog,
        served: ServedReadModels,
        insights: InsightsFollower,
        viewer: Principal,
        persons: EventLog | None = None,
        limits: Limits | None = None,
        authorization: str | None = None,
        authenticate: Authenticate = nobody,
        stopping: asyncio.Event | None = None,
        pace: Pace = any_pace,
        address: str = "",
        min_position: str | None = None,
    ) -> None:
        self.log = log
        self.served = served
        self.persons = persons or log
        self.insights = insights
        self.viewer = viewer
        self.limits = limits or Limits()
        self.authorization = authorization
        self.authenticate = authenticate
        self.stopping = stopping or asyncio.Event()
        self.pace = pace
        self.address = address
        self.min_position = min_position

    @property
    def asker(self) -> str:
        """Whose turn it is when something is asked: the key's, or without one the address's."""
        viewer = self.viewer
        return f"address {self.address}" if viewer.role is Role.PUBLIC else f"key {viewer.id}"

    def becomes(self, viewer: Principal, authorization: str) -> None:
        """Go on for somebody who said who they are after connecting."""
        self.viewer = viewer
        self.authorization = authorization

    async def check(self) -> None:
        """Hold what goes on to who asked for it. Raises KeyRefused where the key is no longer good."""
        if self.authorization is not None:
            try:
                viewer = await self.authenticate(self.authorization)
            except LOST:
                # While the database is away nobody can have revoked anything.
                return
            if viewer != self.viewer:
                self.becomes(viewer, self.authorization)
