"""A line to the service that breaks when a test wants it to: a form comes through, and its answer gets lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

PIECE_BYTES = 1 << 16


@dataclass
class Line:
    """A proxy at `port`. While it `breaks`, answers to forms get lost; `lost` counts them, `posted` the forms.

    Answers to forms wait while `is_free` is not set.
    """

    to: int
    port: int = 0
    breaks: bool = False
    lost: int = 0
    posted: int = 0
    is_free: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes over a connection, and the answers, until one gets lost or one side ends."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.to)
        is_form = False

        async def onwards() -> None:
            nonlocal is_form
            while piece := await reader.read(PIECE_BYTES):
                is_form = is_form or piece.startswith(b"POST /record/")
                self.posted += piece.startswith(b"POST /record/")
                up_writer.write(piece)
                await up_writer.drain()

        async def back() -> None:
            while piece := await up_reader.read(PIECE_BYTES):
                if self.breaks and is_form:
                    # The service has read the form and answered it.
                    self.lost += 1
                    return
                if is_form:
                    await self.is_free.wait()
                writer.write(piece)
                await writer.drain()

        sides = [asyncio.create_task(side()) for side in (onwards, back)]
        try:
            await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for side in sides:
                side.cancel()
            await asyncio.gather(*sides, return_exceptions=True)
            for one in (writer, up_writer):
                with suppress(OSError):
                    one.close()

    async def end(self) -> None:
        """End every connection."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def line_to(port: int) -> AsyncIterator[Line]:
    """Open a line to what is served at a port of this machine."""
    line = Line(port)
    line.is_free.set()
    server = await asyncio.start_server(line.connect, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        await line.end()
