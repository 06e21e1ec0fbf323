"""Reading ahead: what comes next is fetched while its reader is busy with what came last."""

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")


async def read_ahead(pages: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Yield the pages, one of them fetched before it is asked for; afterwards nothing is being fetched.

    A reader that pauses holds that one in memory, and nothing of the database.
    """
    coming = asyncio.ensure_future(anext(pages, None))
    try:
        while (page := await coming) is not None:
            coming = asyncio.ensure_future(anext(pages, None))
            yield page
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
