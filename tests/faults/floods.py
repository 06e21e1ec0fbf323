"""Attacks below HTTP: headers without end, and connections that begin a request and say no more.

Each takes the service's address, ends by itself, and returns how often it was answered how (`tests.faults.attack`).
"""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

MIB: Final = 1024 * 1024
TRICKLE_SECONDS: Final = 4.0
HEAD: Final = b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: a"
BODY: Final = (
    b"POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/cloudevents+json\r\n"
    b"Content-Length: 1000\r\n\r\n{"
)


async def long_headers(address: str, *, size_mib: int, at_once: int) -> "Counter[str]":
    """Send so many headers at once, each of so many MiB in pieces, and read what is answered."""

    async def one() -> str:
        reader, writer = await _connected(address)
        with suppress(ConnectionError):
            writer.write(HEAD)
            for _ in range(size_mib):
                writer.write(b"a" * MIB)
                await writer.drain()
            writer.write(b"\r\n\r\n")
        return await _answered(reader, writer)

    return Counter(await asyncio.gather(*(one() for _ in range(at_once))))


async def silence(
    address: str, *, headers: int, bodies: int, seconds: float = 12.0
) -> "Counter[str]":
    """Begin so many requests within their headers, and so many within their bodies; a byte now and then, no more.

    Those that the service has not ended after `seconds` are counted as open.
    """
    begun = [HEAD] * headers + [BODY] * bodies

    async def one(text: bytes) -> str:
        reader, writer = await _connected(address)
        answered = asyncio.create_task(_answered(reader, writer))
        with suppress(ConnectionError):
            writer.write(text)
            for _ in range(int(seconds / TRICKLE_SECONDS)):
                if (await asyncio.wait([answered], timeout=TRICKLE_SECONDS))[0]:
                    return answered.result()
                writer.write(b"a")
        answered.cancel()
        writer.close()
        return "open"

    return Counter(await asyncio.gather(*map(one, begun)))


async def _connected(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(address)
    return await asyncio.open_connection(parts.hostname, parts.port)


async def _answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    """Return the status of the answer, or how the connection ended without one."""
    try:
        line = await reader.readline()
        while await reader.read(MIB):
            pass
    except ConnectionError as error:
        return type(error).__name__
    finally:
        writer.close()
    return line.split()[1].decode() if line else "ended"
