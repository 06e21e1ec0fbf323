"""A FastAPI route that gives the entries of a timeline as the graph does: JSON by orjson, from one statement."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import orjson
from fastapi import FastAPI, Header, Response

from tests.benchmarks.compared.page import pages
from tests.benchmarks.servers import serve


def create_app(url: str) -> FastAPI:
    """Return the application over the read models in the database at `url`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with pages(url) as app.state.pages:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/timeline")
    async def timeline(
        organisation: str, first: int, authorization: Annotated[str | None, Header()] = None
    ) -> Response:
        rows = await app.state.pages.fetch(organisation, first, authorization)
        nodes = [
            {
                "position": row["position"],
                "time": row["time"],
                "type": row["type"].replace(".", "_").upper(),
                "subject": {"stream": row["stream"]} if row["stream"] else None,
                "organisation": {"name": row["name"]} if row["key"] else None,
                "event": {"data": orjson.Fragment(row["data"])} if row["data"] else None,
            }
            for row in rows
        ]
        answer = {"data": {"organisation": {"timeline": {"nodes": nodes}}}}
        return Response(orjson.dumps(answer), media_type="application/json")

    return app


if __name__ == "__main__":
    serve(create_app)
