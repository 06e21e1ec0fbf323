"""Either of the two clients, as tests use both alike."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from service.client.async_client import AsyncClient
from service.client.client import Client


@dataclass(frozen=True)
class Either:
    """A client whose methods are called by name; a synchronous one works in a thread."""

    client: Client | AsyncClient

    async def do(self, method: str, *given: Any, **named: Any) -> Any:
        """Return what a method returns."""
        call: Callable[..., Any] = getattr(self.client, method)
        if isinstance(self.client, Client):
            return await asyncio.to_thread(call, *given, **named)
        return await call(*given, **named)

    async def all(self, method: str, *given: Any, **named: Any) -> list[Any]:
        """Return everything that a method yields."""
        call: Callable[..., Any] = getattr(self.client, method)
        if isinstance(self.client, Client):
            return await asyncio.to_thread(lambda: list(call(*given, **named)))
        return [item async for item in call(*given, **named)]

    async def take(self, count: int, values: Any) -> list[Any]:
        """Return the next values of what a method yields."""
        if isinstance(self.client, Client):
            return await asyncio.to_thread(lambda: list(islice(values, count)))
        return [await anext(values) for _ in range(count)]

    async def end(self, values: Any) -> None:
        """Close what a method yields."""
        if isinstance(self.client, Client):
            await asyncio.to_thread(values.close)
        else:
            await values.aclose()

    async def close(self) -> None:
        """Close the client."""
        await self.do("close")
