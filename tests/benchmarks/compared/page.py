"""A page of an organisation's timeline by a handwritten statement: served beside us, with a key or without."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg

from events.access.audience import column
from events.access.principal import PUBLIC, Principal
from events.log import EventLog
from events.store.connections import asyncpg_url
from events.vocabulary.terms import Visibility
from projections.queries.read_models import ReadModels
from projections.store.statements import engine
from projections.updating.builds import own_schema
from service.access.keys import Keys
from service.settings import Settings

STATEMENT: Final = """
with page as (
    select t.position, t.occurred_at, t.type, own.subject, own.organisation, j.position as judged, j.names
    from {schema}.timeline t
    join {schema}.entries own on own.position = t.position
    join {schema}.entries j on j.position = own.judged
    left join {schema}.subjects s on s.stream = j.subject and s.position <= j.position
    left join lateral (
        select f.audience, f.below from {schema}.former_subjects f
        where s.stream is null and f.stream = j.subject and f.position <= j.position and f.ended > j.position
    ) former on true
    where t.stream = 'organisation/' || $1 and case
        when j.creates then coalesce(s.audience, former.audience) && $3
        when 'organisation:' || j.organisation = any($3) then true
        when j.audience is not null then j.audience && $3
        else coalesce(s.below, former.below) && case j.level
            when 'private' then $4 when 'pair' then $5 when 'cohort' then $6 when 'public' then $7 else $3
        end
    end
    order by t.occurred_at, t.position limit $2
)
select page.position, e.event->>'time' as time, page.type, s.stream, o.key, o.name,
    case when not exists (
        select from unnest(page.names) name
        left join {schema}.subjects n on n.stream = name and n.position <= page.judged
        left join lateral (
            select f.audience from {schema}.former_subjects f
            where n.stream is null and f.stream = name and f.position <= page.judged and f.ended > page.judged
        ) former on true
        where not coalesce(coalesce(n.audience, former.audience) && $3, false)
    ) then (e.event->'data')::text end as data
from page
join events e on e.position = page.position
left join {schema}.subjects s on s.stream = page.subject and s.audience && $3
left join {schema}.organisations o on o.key = page.organisation and o.audience && $3
order by page.occurred_at, page.position
"""
"""The condition is the graph's: audiences meet the viewer's tokens, `$3`, or those that count for an event's level."""


class Pages:
    """Pages of timelines in one database, for clients with a key and for those without one."""

    def __init__(
        self, pool: "asyncpg.Pool[Any]", keys: Keys, read_models: ReadModels, seconds: float
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._read_models = read_models
        self._seconds = seconds
        self.schema = read_models.schema
        self._statement = STATEMENT.format(schema=self.schema)
        self._held: dict[Principal, tuple[float, Sequence[Sequence[str]]]] = {}

    async def fetch(
        self, organisation: str, first: int, authorization: str | None
    ) -> Sequence[Any]:
        """Return the rows of the first entries that the client may see."""
        tokens = await self.tokens(authorization)
        rows: Sequence[Any] = await self._pool.fetch(self._statement, organisation, first, *tokens)
        return rows

    async def tokens(self, authorization: str | None) -> Sequence[Sequence[str]]:
        """Return what the viewer holds, and of that what counts at each level; remembered as long as keys are."""
        sender = PUBLIC
        if authorization is not None:
            sender = await self._keys.sender(authorization.removeprefix("Bearer "))
        at, held = self._held.get(sender, (0.0, ()))
        now = time.monotonic()
        if not held or now - at > self._seconds:
            viewer = await self._read_models.viewer(sender)
            held = [column(viewer.tokens), *(column(viewer.at(level)) for level in Visibility)]
            self._held[sender] = now, held
        return held


@asynccontextmanager
async def pages(url: str) -> AsyncIterator[Pages]:
    """Give the pages of the timelines in the database at `url`."""
    reading = engine(url, connections_max=1)
    async with reading.connect() as connection:
        schema = await own_schema(connection)
    await reading.dispose()
    read_models = ReadModels(url, readers_max=1)
    assert schema is not None
    read_models.use(schema)
    seconds = Settings().key_cache_seconds
    try:
        async with (
            asyncpg.create_pool(asyncpg_url(url), min_size=1) as pool,
            await EventLog.open(url) as log,
        ):
            keys = Keys(pool, log.memberships, cache_seconds=seconds)
            yield Pages(pool, keys, read_models, seconds)
    finally:
        await read_models.close()
