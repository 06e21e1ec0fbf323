"""Reading ahead: while a page is used, the next one is fetched, and no further one."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from events.reading.read_ahead import read_ahead


class Pages:
    """Pages that show how many were asked for, and whether anything is still being fetched."""

    def __init__(self, *pages: bytes, waits: asyncio.Event | None = None) -> None:
        self.fetched = 0
        self.ended = asyncio.Event()
        self._pages = pages
        self._waits = waits

    async def read(self) -> AsyncGenerator[bytes, None]:
        try:
            for page in self._pages:
                self.fetched += 1
                if self.fetched > 1 and self._waits is not None:
                    await self._waits.wait()
                yield page
        finally:
            self.ended.set()


async def test_every_page_comes_once_and_in_order() -> None:
    pages = Pages(b"1", b"2", b"3")
    assert [page async for page in read_ahead(pages.read())] == [b"1", b"2", b"3"]
    assert pages.ended.is_set()


async def test_of_a_reader_that_pauses_one_page_is_fetched_ahead_and_no_more() -> None:
    pages = Pages(b"1", b"2", b"3", b"4")
    reading = read_ahead(pages.read())
    assert await anext(reading) == b"1"
    for _ in range(10):
        await asyncio.sleep(0)
    assert pages.fetched == 2
    await reading.aclose()


async def test_a_reader_that_goes_away_leaves_nothing_being_fetched() -> None:
    pages = Pages(b"1", b"2", waits=asyncio.Event())
    reading = read_ahead(pages.read())
    assert await anext(reading) == b"1"
    await asyncio.sleep(0)
    assert pages.fetched == 2
    await reading.aclose()
    assert pages.ended.is_set()


async def test_an_error_of_a_page_is_raised_after_the_pages_before_it() -> None:
    async def failing() -> AsyncGenerator[bytes, None]:
        yield b"1"
        raise OSError("the disk is gone")

    reading = read_ahead(failing())
    assert await anext(reading) == b"1"
    with pytest.raises(OSError, match="the disk is gone"):
        await anext(reading)
