"""PostGraphile, which serves the same entries from views: they have the graph's condition, and foreign keys for it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
import orjson

from events.store.connections import asyncpg_url
from events.vocabulary.terms import Visibility
from tests.benchmarks.compared.page import pages
from tests.benchmarks.graph.viewers import Viewer
from tests.benchmarks.servers import Server, free_port, running
from tests.service.packages import install

PACKAGE: Final = "postgraphile@4"
"""The newest that runs on the versions of Node.js that the frontends' tests run on: 5 needs Node.js 22."""
PROGRAM: Final = Path(__file__).with_suffix(".mjs")
VIEWS: Final = PROGRAM.with_suffix(".sql")

ALL_TIMELINES: Final = """query($stream: String!, $first: Int!) {
  allTimelines(condition: {stream: $stream}, orderBy: [OCCURRED_AT_ASC, POSITION_ASC], first: $first) { nodes {
    position time type subject: subjectBySubject { stream }
    organisation: organisationByOrganisation { name } event: eventByPosition { data } } } }"""


@asynccontextmanager
async def postgraphile(url: str, viewers: Sequence[Viewer]) -> AsyncIterator[Server]:
    """Serve the database at `url` to these viewers. Raises NotInstalled."""
    folder = await asyncio.to_thread(install, "postgraphile", PACKAGE)
    held = {}
    async with pages(url) as found:
        for viewer in viewers:
            tokens = await found.tokens(viewer.authorization)
            names = ("tokens", *(level.value for level in Visibility))
            held[viewer.authorization or ""] = {
                f"viewer.{name}": _array(some) for name, some in zip(names, tokens, strict=True)
            }
        connection = await asyncpg.connect(asyncpg_url(url))
        await connection.execute(VIEWS.read_text().replace("{schema}", str(found.schema)))
        await connection.close()
    port = free_port()
    program = ("node", str(PROGRAM), str(folder), asyncpg_url(url), str(port))
    environment = {"NODE_ENV": "production"}
    async with running(program, port, environment=environment, stdin=orjson.dumps(held)) as server:
        yield server


def nodes_of(answer: Any) -> Any:
    """Return the entries of an answer as the graph has them: here, positions are texts."""
    nodes = answer["data"]["allTimelines"]["nodes"]
    return [{**node, "position": int(node["position"])} for node in nodes]


def _array(tokens: Sequence[str]) -> str:
    """Return an array as PostgreSQL reads it."""
    quoted = ",".join(f'"{token}"' for token in tokens)
    return f"{{{quoted}}}"
