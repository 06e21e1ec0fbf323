"""Following the log: every event once and in order, first the recorded ones, then new ones."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing

import asyncpg
import pytest

from events.lines.recorded import Recorded
from events.log import EventLog
from events.reading import announcer as announcer_module
from events.reading.announcer import Announcer
from events.store.reading import Selection, head_position
from events.vocabulary.values.times import moment
from tests.events.record import Record
from tests.events.samples import at, framed, noted

SECONDS_MAX = 20.0
NEVER = 3_600.0


class DeafAnnouncer(Announcer):
    """Hears no notification: it has only its poll."""

    def _notified(self, connection: object, pid: int, channel: str, payload: object) -> None:
        pass


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[EventLog]:
    """The same log as another process has it open; it would poll only once in an hour."""
    async with await EventLog.open(database_url) as log:
        log.announcer = Announcer(database_url, poll_seconds=NEVER)
        yield log


def closing(
    events: AsyncIterator[Recorded],
) -> AbstractAsyncContextManager[AsyncIterator[Recorded]]:
    """Drop the events at the end of the block."""
    assert isinstance(events, AsyncGenerator)
    return aclosing(events)


async def end_listening(announcer: Announcer, database_url: str) -> None:
    """End the connection of the announcer, as soon as it is there and nobody else reads."""
    while announcer.head == 0:
        await asyncio.sleep(0.01)
    connection = await asyncpg.connect(database_url)
    try:
        while not await connection.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
            " and query = 'select position from events order by position desc limit 1'"
        ):
            await asyncio.sleep(0.01)
    finally:
        await connection.close()


async def take(events: AsyncIterator[Recorded], number: int) -> list[int]:
    """Return the positions of the next events, as many as asked for."""

    async def collect() -> list[int]:
        return [(await anext(events)).position for _ in range(number)]

    return await asyncio.wait_for(collect(), SECONDS_MAX)


async def test_a_follower_catches_up_then_goes_live(story: Record) -> None:
    async with closing(story.log.follow(after=2)) as events:
        assert await take(events, 4) == [3, 4, 5, 6]
        waiting = asyncio.create_task(take(events, 2))
        await story.add(framed())
        await story.add(noted("question/question"))
        assert await waiting == [7, 8]


async def test_a_follower_is_woken_by_what_another_process_records(
    story: Record, other: EventLog
) -> None:
    async with closing(other.follow()) as events:
        assert await take(events, 6) == [1, 2, 3, 4, 5, 6]
        for position in (7, 8, 9):
            waiting = asyncio.create_task(take(events, 1))
            await story.add(noted("cohort/heritage"))
            assert await waiting == [position]


async def test_a_follower_finds_events_without_a_notification(
    story: Record, other: EventLog, database_url: str
) -> None:
    other.announcer = DeafAnnouncer(database_url, poll_seconds=0.02)
    async with closing(other.follow(after=6)) as events:
        for position in (7, 8):
            waiting = asyncio.create_task(take(events, 1))
            await story.add(noted("cohort/heritage"))
            assert await waiting == [position]


async def test_a_follower_survives_the_end_of_its_listening_connection(
    story: Record, other: EventLog, database_url: str
) -> None:
    other.announcer = Announcer(database_url, poll_seconds=0.02)
    async with closing(other.follow(after=6)) as events:
        waiting = asyncio.create_task(take(events, 1))
        await asyncio.wait_for(end_listening(other.announcer, database_url), SECONDS_MAX)
        await story.add(noted("cohort/heritage"))
        assert await waiting == [7]


async def test_waiting_readers_are_woken_after_an_unforeseen_error_of_the_listening_connection(
    story: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    async def broken_once(connection: asyncpg.Connection) -> int:
        asked.append(connection)
        if len(asked) == 1:
            raise asyncpg.InternalClientError("cannot switch to state 12")
        return await head_position(connection)

    monkeypatch.setattr(announcer_module, "head_position", broken_once)
    announcer = Announcer(story.log.url, poll_seconds=0.02)
    try:
        await asyncio.wait_for(announcer.wait_beyond(0), 10)
    finally:
        await announcer.close()
    assert len(asked) >= 2


async def test_a_follower_of_a_stream_sees_it_alone(story: Record, other: EventLog) -> None:
    async with closing(other.follow(stream="question/question")) as events:
        waiting = asyncio.create_task(take(events, 2))
        await story.add(framed(), framed("x"))
        await story.add(noted("cohort/heritage"), noted("question/question"))
        assert await waiting == [7, 10]


async def test_a_follower_of_a_selection_sees_it_alone(story: Record) -> None:
    chosen = Selection(types=("org.howcanwe.note.added.v1",))
    async with closing(story.log.follow(selection=chosen)) as events:
        waiting = asyncio.create_task(take(events, 1))
        await story.add(framed(), noted("question/question"))
        assert await waiting == [8]


async def test_two_followers_miss_nothing_and_see_nothing_twice_while_many_record(
    story: Record, other: EventLog
) -> None:
    whole = 8 * 20

    async def work(log: EventLog, name: str) -> None:
        for number in range(20):
            event = noted("cohort/heritage", id=f"{name}-{number}", time=at(2))
            await log.append([story.complete(event)])

    async with closing(story.log.follow(after=6)) as one, closing(other.follow(after=6)) as two:
        followers = [asyncio.create_task(take(events, whole)) for events in (one, two)]
        await asyncio.gather(*(work(log, f"w{n}") for n, log in enumerate([story.log, other] * 4)))
        for follower in followers:
            assert await follower == list(range(7, 7 + whole))


@pytest.mark.parametrize(
    ("selection", "positions"),
    [
        (Selection(), [1, 2, 3, 4, 5, 6]),
        (Selection(after=4), [5, 6]),
        (Selection(through=2), [1, 2]),
        (Selection(types=("org.howcanwe.organisation.joined.v1",)), [5, 6]),
        (
            Selection(
                types=("org.howcanwe.organisation.joined.v1", "org.howcanwe.cohort.formed.v1")
            ),
            [1, 5, 6],
        ),
        (Selection(streams=("organisation/mill", "organisation/library")), [2, 4, 5]),
        (Selection(streams=("organisation/mill",), after=2), [5]),
        (Selection(streams=("organisation/none",)), []),
    ],
)
async def test_a_selection_is_read_in_order(
    story: Record, selection: Selection, positions: list[int]
) -> None:
    assert [
        r.position async for r in story.log.read(selection=selection, page_events=2)
    ] == positions


async def test_a_selection_by_time_is_half_open(story: Record) -> None:
    chosen = Selection(from_us=moment(at(1)), to_us=moment(at(2)))
    assert [r.position async for r in story.log.read(selection=chosen)] == [5, 6]
    chosen = Selection(from_us=moment(at(0)), to_us=moment(at(1)))
    assert [r.position async for r in story.log.read(selection=chosen)] == [1, 2, 3, 4]
