"""The kinds of viewers that ask: each sees another part of the same log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from events.access.principal import Role
from events.log import EventLog
from events.store.connections import asyncpg_url, connect
from events.store.schema import prepare
from events.store.timestamps import teach
from service.access.grant import EVERY_COHORT, Grant
from service.access.keys import Keys
from service.store.schema import SERVICE

ALL_SEEING: Final = "facilitator of everything"
FACILITATOR: Final = "facilitator of a cohort"
ORGANISATION: Final = "organisation"
EVALUATOR: Final = "evaluator"
ANALYST: Final = "analyst"
PUBLIC: Final = "public"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A viewer; the public has no `authorization`."""

    name: str
    authorization: str | None = None


async def viewers_of(url: str, cohort: str, organisation: str) -> list[Viewer]:
    """Return a viewer of each kind, with new keys: of this cohort and this organisation where it has one."""
    found = await holding(
        url,
        [
            (ALL_SEEING, Grant(Role.FACILITATOR, (EVERY_COHORT,))),
            (FACILITATOR, Grant(Role.FACILITATOR, (cohort,))),
            (ORGANISATION, Grant(Role.ORGANISATION, organisation=organisation)),
            (EVALUATOR, Grant(Role.EVALUATOR, (cohort,))),
            (ANALYST, Grant(Role.ANALYST)),
        ],
    )
    return [*found, Viewer(PUBLIC)]


async def holding(url: str, grants: Sequence[tuple[str, Grant]]) -> list[Viewer]:
    """Return viewers with these names, each with a new key that allows what is granted."""
    connection = await connect(url)
    try:
        await prepare(connection, url, SERVICE)
    finally:
        await connection.close()
    async with (
        await EventLog.open(url) as log,
        asyncpg.create_pool(asyncpg_url(url), init=teach, min_size=0, max_size=1) as pool,
    ):
        keys = Keys(pool, log.memberships, cache_seconds=0)
        return [Viewer(name, f"Bearer {await keys.create(grant)}") for name, grant in grants]
