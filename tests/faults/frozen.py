"""A database that accepts connections and requests, and answers nothing: behind a relay that holds answers back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, quote, urlsplit


class Relay:
    """Carries bytes between clients and the server; while `frozen`, it carries none back."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._flows = asyncio.Event()
        self._flows.set()
        self._tasks: set[asyncio.Task[None]] = set()

    def freeze(self) -> None:
        """From now on, nothing is answered."""
        self._flows.clear()

    def thaw(self) -> None:
        """Answer again, also what was asked meanwhile."""
        self._flows.set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry the bytes of a connection, in both directions."""
        inner_reader, inner_writer = await asyncio.open_unix_connection(self._socket)
        for task in (
            asyncio.create_task(self._carry(reader, inner_writer)),
            asyncio.create_task(self._carry(inner_reader, writer, self._flows)),
        ):
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        flows: asyncio.Event | None = None,
    ) -> None:
        try:
            while data := await reader.read(1 << 16):
                if flows is not None:
                    await flows.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def close(self) -> None:
        """End every connection."""
        self.thaw()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def behind_relay(url: str) -> AsyncIterator[tuple[str, Relay]]:
    """Give the URL at which the database is to be had through a relay, and the relay."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    relay = Relay(f"{query['host'][0]}/.s.PGSQL.{query.get('port', ['5432'])[0]}")
    server = await asyncio.start_server(relay.take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user, password = parts.username or "", parts.password
    login = quote(user) + (f":{password}" if password else "")
    try:
        yield f"postgresql://{login}@127.0.0.1:{port}{parts.path}", relay
    finally:
        server.close()
        await relay.close()
        await server.wait_closed()
