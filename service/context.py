"""What the doors share: the open log, the keys, the quarantine, the read models' runner, the settings."""

import asyncio
from dataclasses import dataclass, field
from typing import Final, cast

from starlette.requests import HTTPConnection

from events.faults import Fault
from events.log import EventLog
from events.senders import PUBLIC, Role, Sender
from projections.runner import Runner
from service.errors import KeyRefused
from service.keys import Keys
from service.problems import Problem
from service.quarantine import Quarantine
from service.settings import Settings

_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="howcanwe"'}


@dataclass(slots=True)
class Service:
    """The parts of a running service. `stopping` is set when it is asked to end, so that live streams end with it."""

    settings: Settings
    log: EventLog
    keys: Keys
    quarantine: Quarantine
    runner: Runner
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def viewer(self, request: HTTPConnection) -> Sender:
        """Return who asks: the key's owner, or the public where none is sent. Raises Problem (401) for a bad key."""
        header = request.headers.get("authorization")
        if header is None:
            return PUBLIC
        try:
            return await self.authenticated(header)
        except KeyRefused:
            raise _key_required("the key is not known, or no longer good") from None

    async def authenticated(self, authorization: str) -> Sender:
        """Return the owner of the key in an `Authorization` header's value. Raises KeyRefused."""
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise KeyRefused
        return await self.keys.sender(key.strip())

    async def sender(self, request: HTTPConnection) -> Sender:
        """Return who records. Raises Problem (401) without a good key."""
        viewer = await self.viewer(request)
        if viewer.role is Role.PUBLIC:
            raise _key_required("a key, sent as Authorization: Bearer <key>")
        return viewer


def _key_required(detail: str) -> Problem:
    return Problem(401, detail, (Fault("key.required", "", detail, None),), _CHALLENGE)


def service_of(request: HTTPConnection) -> Service:
    """Return the service that a request came to."""
    return cast(Service, request.app.state.service)
