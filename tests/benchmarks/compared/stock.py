"""The timeline by Strawberry as its documentation has it, its caches on, over the rows that the plain route has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import strawberry
from fastapi import FastAPI, Request
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.fastapi import GraphQLRouter
from strawberry.scalars import JSON

from tests.benchmarks.compared.page import pages
from tests.benchmarks.servers import serve


@strawberry.type
class Subject:
    """What an entry is about."""

    stream: str


@strawberry.type
class Event:
    """The event itself."""

    data: JSON


@strawberry.type
class TimelineEntry:
    """An entry of a timeline."""

    position: int
    time: str
    type: str
    subject: Subject | None
    organisation: "Organisation | None"
    event: Event | None


@strawberry.type
class Timeline:
    """A page of a timeline."""

    nodes: list[TimelineEntry]


@strawberry.type
class Organisation:
    """An organisation."""

    key: strawberry.Private[str]
    name: str

    @strawberry.field
    async def timeline(self, info: strawberry.Info[Any, None], first: int) -> Timeline:
        """Return what happened to it."""
        request: Request = info.context["request"]
        rows = await request.app.state.pages.fetch(
            self.key, first, request.headers.get("authorization")
        )
        return Timeline(nodes=[_entry(row) for row in rows])


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry.field
    async def organisation(self, key: str) -> Organisation | None:
        """Return an organisation. Only its timeline is asked for here."""
        return Organisation(key=key, name="")


def _entry(row: Any) -> TimelineEntry:
    return TimelineEntry(
        position=row["position"],
        time=row["time"],
        type=row["type"].replace(".", "_").upper(),
        subject=Subject(stream=row["stream"]) if row["stream"] else None,
        organisation=Organisation(key=row["key"], name=row["name"]) if row["key"] else None,
        event=Event(data=JSON(orjson.loads(row["data"]))) if row["data"] else None,
    )


def create_app(url: str) -> FastAPI:
    """Return the application over the read models in the database at `url`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with pages(url) as app.state.pages:
            yield

    app = FastAPI(lifespan=lifespan)
    schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache])
    app.include_router(GraphQLRouter(schema), prefix="/graphql")
    return app


if __name__ == "__main__":
    serve(create_app)
