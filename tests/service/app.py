"""The HTTP API over a fresh database, with keys of each role, as the tests of `service/http` use it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

import asyncpg
import httpx
import orjson
from fastapi import FastAPI
from pydantic import SecretStr

from events.access.principal import PUBLIC, Role
from events.store.connections import asyncpg_url
from events.store.timestamps import teach
from service.access.grant import EVERY_COHORT, Grant
from service.app import create_app
from service.event_files import batches
from service.graphql.context import Context
from service.opening import opened
from service.services import Service
from service.settings import Settings
from tests.conftest import MASTER_KEY
from tests.events.samples import EventJson, at, begun, introduced
from tests.service.graphql.client import caught_up

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
NDJSON: Final = "application/x-ndjson"
SSE: Final = "text/event-stream"
PROBLEM: Final = "application/problem+json"
SOURCE: Final = "https://example.org/workshops"
READ_SECONDS_MAX: Final = 60
BATCH_EVENTS_MAX: Final = 100
PERSONAL: Final = ("Grace Hopper", "grace@example.org")

_NUMBERS: Final = count(1)


def complete(event: EventJson) -> EventJson:
    """Return the event with an id, a source and a time."""
    number = next(_NUMBERS)
    return {"id": f"event-{number}", "source": SOURCE, "time": at(2 + number / 3600), **event}


def ndjson(events: Sequence[Any]) -> bytes:
    """Return the events as lines."""
    return b"".join(orjson.dumps(event) + b"\n" for event in events)


def settings(**given: Any) -> Settings:
    """Return the settings of a service under test; nothing of them comes from a file.

    A query may take long: the machine may be busy with other tests.
    """
    defaults = {
        "master_key": SecretStr(MASTER_KEY.hex()),
        "key_cache_seconds": 0,
        "graphql_seconds_max": 120,
    }
    return Settings(**{**defaults, **given})


class Api:
    """An application, a client, and keys of these: `facilitator`, `mill`, `archive`, `library`, `guest` (of mill, in
    heritage), `evaluator` (of heritage), `analyst`, `admin`.
    """

    def __init__(
        self, app: FastAPI, service: Service, client: httpx.AsyncClient, *, lives: bool = False
    ) -> None:
        self.app = app
        self.lives = lives
        self.service = service
        self.client = client
        self.keys: dict[str, str] = {}

    async def cut_keys(self) -> None:
        """Make a key of each role."""
        self.keys["facilitator"] = await self.key(Role.FACILITATOR)
        self.keys["evaluator"] = await self.key(Role.EVALUATOR, cohorts=("heritage",))
        self.keys["analyst"] = await self.key(Role.ANALYST)
        self.keys["admin"] = await self.key(Role.ADMIN)
        for organisation in ("mill", "archive", "library"):
            self.keys[organisation] = await self.key(Role.ORGANISATION, organisation=organisation)
        self.keys["guest"] = await self.guest("mill", "heritage")

    async def guest(self, organisation: str, cohort: str) -> str:
        """Make a key as those have who sign in with the code of a workshop."""
        end = datetime.now(UTC) + timedelta(hours=12)
        return await self.key(
            Role.GUEST,
            organisation=organisation,
            cohorts=(cohort,),
            expires=end,
            invitation="workshop",
        )

    async def key(self, role: Role, **limits: Any) -> str:
        """Make a key; a facilitator's is for everything, unless cohorts are named."""
        if role is Role.FACILITATOR:
            limits = {"cohorts": (EVERY_COHORT,), **limits}
        key = await self.service.keys.create(Grant(role, **limits))
        self.keys.setdefault(key, key)
        return key

    def headers(self, who: str | None, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the headers with which `who` (a name of a key, or a key; None: nobody) comes."""
        sent = {} if who is None else {"authorization": f"Bearer {self.keys.get(who, who)}"}
        return {**sent, **(more or {})}

    async def send(
        self,
        body: bytes,
        media: str | None = STRUCTURED,
        who: str | None = "facilitator",
        to: str = "/events",
        **headers: str,
    ) -> httpx.Response:
        """Post a body as it is; underscores in the headers' names stand for dashes."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if media is not None:
            given["content-type"] = media
        return await self.client.post(to, content=body, headers=self.headers(who, given))

    async def post(
        self,
        *events: EventJson,
        who: str | None = "facilitator",
        to: str = "/events",
        **headers: str,
    ) -> httpx.Response:
        """Post one event in structured mode, several as a batch; what they lack is filled in."""
        whole = [complete(event) for event in events]
        if len(whole) == 1:
            return await self.send(orjson.dumps(whole[0]), STRUCTURED, who, to, **headers)
        return await self.send(orjson.dumps(whole), BATCH, who, to, **headers)

    async def record(self, events: Iterable[EventJson], who: str = "facilitator") -> None:
        """Record the events; if the read models are running, they have them afterwards.

        Where the service asks to try again, as it may on a loaded machine, the same batch is sent again.
        """
        for batch in batches(map(complete, events), BATCH_EVENTS_MAX):
            body = orjson.dumps(batch)
            async with asyncio.timeout(READ_SECONDS_MAX):
                while (answer := await self.send(body, BATCH, who)).status_code == 503:
                    await asyncio.sleep(int(answer.headers["retry-after"]))
            assert answer.status_code in (200, 201), answer.text
        if self.lives:
            await caught_up(self.service)

    async def get(
        self, path: str, who: str | None = "facilitator", **headers: str
    ) -> httpx.Response:
        """Get a path."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(path, headers=self.headers(who, given))

    async def context(self, who: str | None) -> Context:
        """Return the context of an operation of GraphQL that `who` asks."""
        header = self.headers(who).get("authorization")
        service = self.service
        return Context(
            log=service.log,
            served=service.served,
            insights=service.insights,
            evaluators=service.evaluators.of,
            viewer=PUBLIC if header is None else await service.authenticated(header),
            limits=self.app.state.limits,
            authorization=header,
            authenticate=service.authenticated,
        )

    async def begin(self) -> None:
        """Record a cohort with two organisations, mill and archive, and a third outside, library.

        If the read models are running, they have it afterwards.
        """
        await self.record(begun())

    async def lines(self, who: str | None = "facilitator", query: str = "") -> list[Any]:
        """Return the events that `GET /events` gives."""
        response = await self.get(f"/events{query}", who)
        assert response.status_code == 200, response.text
        return [orjson.loads(line) for line in response.content.splitlines()]

    async def head(self) -> int:
        """Return the position of the last event."""
        return await self.service.log.head()

    async def execute(self, statement: str, *arguments: Any) -> Any:
        """Run a statement in the database itself; return its first value."""
        return await self.service.log.ask(
            lambda connection: connection.fetchval(statement, *arguments)
        )

    @asynccontextmanager
    async def pool(self) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
        """Connections to the same database, as another process has them."""
        url = asyncpg_url(self.service.log.url)
        async with asyncpg.create_pool(url, init=teach, min_size=0) as pool:
            yield pool


@asynccontextmanager
async def open_api(url: str, *, lives: bool = False, **given: Any) -> AsyncIterator[Api]:
    """Open the application over the database; with `lives`, its read models run beside it."""
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(opened(settings(**given), url))
        app = create_app(service)
        if lives:
            await stack.enter_async_context(app.router.lifespan_context(app))
        # An unexpected exception is an answer here, as it is for a client; the tests look at the status.
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://test")
        )
        api = Api(app, service, client, lives=lives)
        await api.cut_keys()
        yield api


def person(**more: Any) -> EventJson:
    """Return a person whose name and address are not to be found anywhere."""
    return introduced(**{"name": PERSONAL[0], "email": PERSONAL[1], **more})


def problem(response: httpx.Response, status: int) -> list[dict[str, Any]]:
    """Check that the response is a refusal with this status, in the form of all refusals; return its errors."""
    assert response.status_code == status, f"{response.status_code}: {response.text[:2_000]}"
    body = checked_problem(response)
    assert body["errors"], "a refusal says what was expected"
    errors: list[dict[str, Any]] = body["errors"]
    return errors


def checked_problem(response: httpx.Response) -> dict[str, Any]:
    """Check the form of a refusal; return its body."""
    assert response.headers["content-type"] == PROBLEM
    body: dict[str, Any] = orjson.loads(response.content)
    assert {"type", "title", "status", "detail", "errors"} <= set(body)
    assert set(body) <= {
        *("type", "title", "status", "detail", "errors", "receipts", "quarantined"),
        *("position", "lag"),
    }
    assert body["status"] == response.status_code
    assert body["type"].startswith("urn:howcanwe:problem:")
    for error in body["errors"]:
        assert set(error) == {"index", "pointer", "rule", "detail"}
        assert error["index"] is None or isinstance(error["index"], int)
        assert error["pointer"] == "" or error["pointer"].startswith("/")
        assert error["rule"] and error["detail"].endswith(".")
    return body


def faults_in(errors: Sequence[Mapping[str, Any]]) -> list[tuple[int | None, str, str]]:
    """Return index, rule and pointer of each error."""
    return [(error["index"], error["rule"], error["pointer"]) for error in errors]
