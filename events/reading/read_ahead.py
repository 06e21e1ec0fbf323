"""Reading ahead: the next page is fetched while its reader processes the last one. `EventLog` uses it."""

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")


async def read_ahead(pages: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Yield the pages, each fetched before it is requested; at the end no fetch is running.

    A reader that pauses holds one page in memory and no resources of the database.
    """
    coming = asyncio.ensure_future(anext(pages, None))
    try:
        while (page := await coming) is not None:
            coming = asyncio.ensure_future(anext(pages, None))
            yield page
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
