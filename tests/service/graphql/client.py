"""GraphQL alone, and a client of it."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from events.access.principal import RECORD, Principal
from events.log import EventLog
from projections.insights.follower import InsightsFollower
from projections.updating.runner import Runner
from service.graphql.context import Context
from service.graphql.documents.documents import Operation
from service.graphql.fetching.reads_after_writes import HEADER as MIN_POSITION
from service.graphql.limits.query_size import Limits
from service.graphql.schema import Schema
from service.graphql.transport.router import Graph, router
from service.problems import Problem
from service.services import Service


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


@dataclass
class Asker:
    """Asks as `viewer`, who can be changed; the read models are caught up before each question."""

    log: EventLog
    runner: Runner
    viewer: Principal = RECORD
    min_position_seconds: float = 0.05
    catches_up: bool = True
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self.insights = InsightsFollower(self.log)
        app = FastAPI()
        app.add_exception_handler(Problem, _refused)
        self.schema = Schema(self.limits)
        self.given_up: list[Operation] = []
        give_up = self.schema.documents.give_up

        def noted(operation: Operation) -> None:
            self.given_up.append(operation)
            give_up(operation)

        self.schema.documents.give_up = noted  # type: ignore[method-assign]
        app.state.graph = Graph(self.schema, self._context)
        app.include_router(router)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://test"
        )

    async def _context(self, connection: HTTPConnection) -> Context:
        return Context(
            log=self.log,
            served=self.runner,
            insights=self.insights,
            viewer=self.viewer,
            limits=replace(self.limits, min_position_seconds=self.min_position_seconds),
            min_position=connection.headers.get(MIN_POSITION),
        )

    async def post(
        self, query: str, headers: dict[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        """Return the answer to a question."""
        if self.catches_up:
            await self.runner.catch_up()
        # Escaped, so that everything that JSON can say can be sent.
        content = json.dumps({"query": query, **body})
        sent = {"Content-Type": "application/json", **(headers or {})}
        return await self.http.post("/graphql", content=content, headers=sent)

    async def ask(self, query: str, **variables: Any) -> Any:
        """Return the data of an answer that has no errors, and whose plan PostgreSQL did not refuse."""
        response = await self.post(query, variables=variables)
        answer = response.json()
        assert "errors" not in answer, answer
        assert not self.given_up, "PostgreSQL refused the plan of this query"
        return answer["data"]

    async def refused(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the extensions of the one error of an answer."""
        response = await self.post(query, variables=variables)
        [error] = response.json()["errors"]
        assert response.status_code == 200
        extensions: dict[str, Any] = error["extensions"]
        return extensions


async def caught_up(service: Service) -> None:
    """Wait until the read models of a running service have everything that is in the log."""
    async with asyncio.timeout(30):
        while not (
            service.runner.state.has_caught_up
            and service.runner.position >= await service.log.head()
        ):
            await asyncio.sleep(0.01)
