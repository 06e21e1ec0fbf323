"""The context of a request or connection: the log, the read models and the viewer.

`service.app` makes it. The schema passes it to every resolver.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from events.access.principal import PUBLIC, Principal, Role
from events.log import EventLog
from projections.insights.follower import InsightsFollower
from projections.queries.read_models import ServedReadModels
from projections.updating.runner import LOST
from service.graphql.limits.query_size import Limits

Authenticate = Callable[[str], Awaitable[Principal]]
"""Returns the principal for the value of an `Authorization` header. Raises KeyRefused."""

Pace = Callable[[str], int]
"""Counts a request made with the key that has this id, and returns how many seconds too early the request is."""


NamesOfEvaluators = Callable[[Collection[str]], Awaitable[Mapping[str, Sequence[str]]]]
"""Returns the names of those who evaluate each of these cohorts now."""


async def no_evaluators(cohorts: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Return no names for any of the cohorts."""
    return dict.fromkeys(cohorts, ())


def any_pace(key: str) -> int:
    """Return 0: no request is too early."""
    return 0


async def nobody(authorization: str) -> Principal:
    """Return the public principal, for any header."""
    return PUBLIC


class Context:
    """The context of one request, or of one connection.

    - `log` and `served` may belong to a replica.
    - `persons` is the log that decrypts personal data (by default `log`). It is always the primary's, where the key of
      a forgotten person is gone at once.
    - `evaluators` finds out who evaluates cohorts.
    - `authorization` is the value of the viewer's `Authorization` header, or None. While a subscription or a connection
      is open, it is checked again with `authenticate`.
    - `stopping` is set when the service stops, and ends open connections.
    - `pace` counts the requests on a connection, which comes from `address`.
    - `min_position` is the value of the header `Min-Position`.
    """

    def __init__(
        self,
        *,
        log: EventLog,
        served: ServedReadModels,
        insights: InsightsFollower,
        viewer: Principal,
        persons: EventLog | None = None,
        evaluators: NamesOfEvaluators = no_evaluators,
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
        self.evaluators = evaluators
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
        """The party that takes turns: the key, or without a key the address."""
        viewer = self.viewer
        return f"address {self.address}" if viewer.role is Role.PUBLIC else f"key {viewer.id}"

    def becomes(self, viewer: Principal, authorization: str) -> None:
        """Set the viewer of a connection that sent its key after it was opened."""
        self.viewer = viewer
        self.authorization = authorization

    def become_public(self) -> None:
        """Set the viewer to the public, with or without a key: what is asked is for anybody."""
        self.viewer = PUBLIC
        self.authorization = None

    async def check(self) -> None:
        """Check the viewer's key again, and take over its rights. Raises KeyRefused if it is no longer valid."""
        if self.authorization is not None:
            try:
                viewer = await self.authenticate(self.authorization)
            except LOST:
                # No key can be revoked while the database is unavailable.
                return
            if viewer != self.viewer:
                self.becomes(viewer, self.authorization)
