"""The frontends' guide, as it is written: its live snippets resume a subscription, nothing lost, nothing twice."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from service.graphql.live.feeds import EntryFeed
from service.graphql.schema import Schema
from tests.service.frontends.guide import PREAMBLE, blocks
from tests.service.frontends.test_clients import PACKAGES
from tests.service.graphql.client import caught_up
from tests.service.graphql.live.test_live import IN_TIME_SECONDS, note
from tests.service.packages import installed
from tests.service.serving import Served, serving

CLIENTS: Final = ("graphql-ws", "graphql-sse", "Apollo Client", "urql")
LINES_MAX: Final = 8


class Between:
    """A proxy on a port of this machine, whose connections can be cut."""

    def __init__(self, port: int) -> None:
        self.port = 0
        self._to = port
        self._open = True
        self._writers: set[asyncio.StreamWriter] = set()
        self.refused = asyncio.Event()

    def cut(self) -> None:
        """Cut every connection, and let none in."""
        self._open = False
        for writer in self._writers:
            writer.transport.abort()

    def let_in(self) -> None:
        """Let connections in again."""
        self._open = True

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Between"]:
        """Listen; afterwards nothing is left."""
        async with await asyncio.start_server(self._connected, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            try:
                yield self
            finally:
                self.cut()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self.refused.set()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, back}
        with suppress(ConnectionError):
            await asyncio.gather(_copied(reader, back), _copied(there, writer))
        self._writers -= {writer, back}


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy what comes; what comes within a moment arrives together, as over any network."""
    while found := await reader.read(1):
        await asyncio.sleep(0.02)
        writer.write(found + await reader.read(65_536))
        await writer.drain()
    writer.close()


@asynccontextmanager
async def running(folder: Path, snippet: str, *arguments: str) -> AsyncIterator[Any]:
    """Run a program beside the packages it imports; give what it prints."""
    handle, path = tempfile.mkstemp(suffix=".mjs", dir=folder)
    with os.fdopen(handle, "w") as file:
        file.write(PREAMBLE + blocks("js", "Live and resume")[0] + snippet)
    process = await asyncio.create_subprocess_exec(
        "node", path, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        yield process.stdout
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        Path(path).unlink()


async def shown(lines: Any, number: int) -> list[int]:
    """Return the positions of the next entries that are shown."""
    found = []
    for _ in range(number):
        line = await asyncio.wait_for(lines.readline(), IN_TIME_SECONDS)
        assert line.startswith(b"{"), line + await lines.read(2_000)
        found.append(orjson.loads(line)["position"])
    return found


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[Served]:
    """A served cohort, its read models running."""
    async with serving(database_url) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        yield served


@pytest.mark.parametrize("client", CLIENTS)
async def test_f08_the_guides_snippet_resumes_without_loss(
    served: Served, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await asyncio.to_thread(installed, "clients", *PACKAGES)
    began: asyncio.Queue[int] = asyncio.Queue()
    behind = EntryFeed.behind

    def noticed(entries: EntryFeed, position: int) -> Any:
        began.put_nowait(position)
        return behind(entries, position)

    monkeypatch.setattr(EntryFeed, "behind", noticed)
    [snippet] = blocks("js", client)
    async with (
        asyncio.timeout(3 * IN_TIME_SECONDS),
        Between(served.port).listening() as between,
        running(
            folder,
            snippet,
            f"http://127.0.0.1:{between.port}/graphql",
            served.api.keys["facilitator"],
        ) as lines,
    ):
        assert await began.get() == 6
        await note(served, 2)
        assert await shown(lines, 2) == [7, 8]
        between.cut()
        await note(served, 2)
        # A client that comes again is not let in at once.
        await between.refused.wait()
        between.let_in()
        assert await began.get() == 8
        await note(served)
        assert await shown(lines, 3) == [9, 10, 11]
        assert began.empty()


@pytest.mark.parametrize("client", CLIENTS)
def test_a_snippet_has_eight_lines_beside_its_imports(client: str) -> None:
    [snippet] = blocks("js", client)
    lines = [line for line in snippet.splitlines() if line and not line.startswith("import ")]
    assert len(lines) <= LINES_MAX


def test_the_guides_queries_fit_the_schema() -> None:
    schema = Schema()
    for section in ("Live and resume", "What is sent, and when"):
        for query in blocks("graphql", section):
            schema.documents.document(query)
