"""A FastAPI route that gives the entries of a timeline as the graph does: JSON by orjson, from one statement."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import orjson
import uvicorn
from fastapi import FastAPI, Header, Response

from events.log import EventLog
from events.store.connections import asyncpg_url
from projections.builds import own_schema
from projections.store import engine
from service.keys import Keys
from service.settings import Settings

PAGE = """
select t.position, t.occurred_at, t.type, e.event->>'time' as time, t.subject, o.key, o.name
from {schema}.timeline t join events e using (position)
left join {schema}.organisations o on o.key = coalesce(e.event->'data'->>'organisation', e.event->'data'->>'by')
where t.organisation = $1 and t.position > $2 order by t.position limit $3
"""


def create_app(url: str) -> FastAPI:
    """Return the application over the read models in the database at `url`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        reading = engine(url, connections_max=1)
        async with reading.connect() as connection:
            app.state.schema = await own_schema(connection)
        await reading.dispose()
        async with (
            asyncpg.create_pool(asyncpg_url(url), min_size=1) as pool,
            await EventLog.open(url) as log,
        ):
            app.state.pool = pool
            app.state.keys = Keys(pool, log.memberships, cache_seconds=Settings().key_cache_seconds)
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/timeline")
    async def timeline(
        organisation: str, first: int, authorization: Annotated[str, Header()], after: int = 0
    ) -> Response:
        await app.state.keys.sender(authorization.removeprefix("Bearer "))
        statement = PAGE.format(schema=app.state.schema)
        rows = await app.state.pool.fetch(statement, organisation, after, first)
        nodes = [
            {
                "position": row["position"],
                "time": row["time"],
                "type": row["type"].replace(".", "_").upper(),
                "subject": {"stream": row["subject"]} if row["subject"] else None,
                "organisation": {"name": row["name"]} if row["key"] else None,
            }
            for row in rows
        ]
        return Response(orjson.dumps({"nodes": nodes}), media_type="application/json")

    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--database-url")
    parser.add_argument("--port", type=int)
    given = parser.parse_args()
    uvicorn.run(
        create_app(given.database_url), port=given.port, access_log=False, log_level="error"
    )
