"""Asks the graph of the log in a database, as an unrestricted facilitator, without a server."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson

from events.access.principal import RECORD
from service.errors import QueryRefused
from service.graphql.context import Context
from service.graphql.limits.query_size import Limits
from service.graphql.schema import Schema
from service.opening import opened
from service.pages.sheets.names import Ask, Query
from service.settings import Settings


async def answers_here(
    settings: Settings, url: str, queries: Sequence[Query]
) -> Sequence[Mapping[str, Any]]:
    """Return the answers to queries, once the read models have the whole log. Raises QueryRefused."""
    async with opened(settings, url) as service:
        await service.runner.catch_up()
        schema = Schema(Limits())
        answers = []
        for document, variables in queries:
            context = Context(
                log=service.log, served=service.runner, insights=service.insights, viewer=RECORD
            )
            result = await schema.execute(document, dict(variables), context)
            if result.data is None:
                raise QueryRefused(str(result.errors))
            answers.append(orjson.loads(orjson.dumps(result.data)))
        return answers


def asking_here(settings: Settings, url: str) -> Ask:
    """Return what asks, also while another loop runs in the same thread."""

    def ask(queries: Sequence[Query]) -> Sequence[Mapping[str, Any]]:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, answers_here(settings, url, queries)).result()

    return ask
