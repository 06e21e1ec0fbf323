"""A FastAPI route that takes the same body and checks the same key as `POST /events`, and records nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal, Union

import asyncpg
from fastapi import FastAPI, Header
from pydantic import AwareDatetime, BaseModel, Field, create_model

from events.log import EventLog
from events.store.connections import asyncpg_url
from events.vocabulary.catalogue import VOCABULARY
from service.access.keys import Keys
from service.settings import Settings
from tests.benchmarks.servers import serve


class Envelope(BaseModel):
    """What every CloudEvent has."""

    specversion: Literal["1.0"]
    id: Annotated[str, Field(min_length=1, max_length=256)]
    source: Annotated[str, Field(min_length=1, max_length=1024)]
    time: AwareDatetime
    actor: str


def any_event() -> Any:
    """Return the vocabulary as one pydantic type: the model is chosen by `type`, the data is validated."""
    models = []
    for kind in VOCABULARY.kinds:
        fields: dict[str, Any] = {"type": Literal[kind.wire_name], "data": kind.model}
        models.append(create_model(kind.wire_name, __base__=Envelope, **fields))
    return Annotated[Union[tuple(models)], Field(discriminator="type")]  # noqa: UP007


def create_app(url: str) -> FastAPI:
    """Return the application; keys are looked up in the database at `url`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            asyncpg.create_pool(asyncpg_url(url), min_size=0) as pool,
            await EventLog.open(url) as log,
        ):
            app.state.keys = Keys(pool, log.memberships, cache_seconds=Settings().key_cache_seconds)
            yield

    app = FastAPI(lifespan=lifespan)

    async def take(event: Any, authorization: str) -> dict[str, list[str]]:
        await app.state.keys.sender(authorization.removeprefix("Bearer "))
        return {"receipts": []}

    take.__annotations__ |= {"event": any_event(), "authorization": Annotated[str, Header()]}
    app.post("/events", status_code=201)(take)
    return app


if __name__ == "__main__":
    serve(create_app)
