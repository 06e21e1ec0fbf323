"""How a group is recorded: from the cache, with its ids looked up, under the lock; answered after its commit."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import asyncpg
import pytest
from asyncpg.transaction import Transaction

from events.log import EventLog
from events.recording.recorder import Unstorable
from events.store import appending, lookups
from events.store.appending import AppendResult, Batch
from events.store.connections import OutcomeUnknown, Unavailable
from events.vocabulary.faults import Refused
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import EventJson, framed, noted, planned

RECORDED = "append: recorded"
REPEATED = "append: repeated"
MOVED = "append: moved"
IDS = "look up ids"
LOCK = "lock"
NOTE = noted("organisation/mill")
UNKNOWN_QUESTION = [("subject.unknown", "/data/question")]


class OtherRecord(Record):
    """Gives its events other ids than the first record."""

    def complete(self, event: EventJson) -> EventJson:
        whole = super().complete(event)
        return whole if "id" in event else {**whole, "id": f"other-{whole['id']}"}


@pytest.fixture
def steps(story: Record, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps that recorders take from here on, as far as they distinguish the paths."""
    steps: list[str] = []
    append, identities, lock = appending.append, lookups.identities, appending.lock

    async def appended(connection: asyncpg.Connection, batch: Batch) -> AppendResult:
        result = await append(connection, batch)
        steps.append(f"append: {result}")
        return result

    async def looked_up(connection: asyncpg.Connection, wanted: Any) -> Any:
        steps.append(IDS)
        return await identities(connection, wanted)

    async def locked(connection: asyncpg.Connection) -> None:
        steps.append(LOCK)
        await lock(connection)

    monkeypatch.setattr(appending, "append", appended)
    monkeypatch.setattr(lookups, "identities", looked_up)
    monkeypatch.setattr(appending, "lock", locked)
    return steps


@pytest.fixture
async def other(story: Record, database_url: str) -> AsyncIterator[Record]:
    """Another process that records into the same log."""
    async with await EventLog.open(database_url) as log:
        yield OtherRecord(log)


async def taken(steps: list[str], *groups: Any) -> list[str]:
    """Return the steps that recording the groups takes, one after the other."""
    steps.clear()
    for group in groups:
        await group
    return list(steps)


# One process


async def test_what_is_accepted_takes_one_statement(story: Record, steps: list[str]) -> None:
    assert await taken(steps, story.add(framed()), story.add(planned())) == [RECORDED, RECORDED]


async def test_ids_are_looked_up_before_a_refusal(story: Record, steps: list[str]) -> None:
    assert await taken(steps, story.faults(planned())) == [IDS]


async def test_ids_are_looked_up_for_a_dry_run(story: Record, steps: list[str]) -> None:
    assert await taken(steps, story.record(framed(), dry=True)) == [IDS]


@keeps("event.conflict")
async def test_a_repeat_is_found_when_it_is_appended(story: Record, steps: list[str]) -> None:
    event = story.complete(NOTE)
    await story.add(event)
    assert await taken(steps, story.add(event)) == [REPEATED, IDS]
    assert await taken(steps, story.add(event, framed())) == [REPEATED, IDS, RECORDED]


@keeps("event.conflict")
async def test_a_repeat_in_another_request_of_the_group_harms_no_new_event(
    story: Record, steps: list[str]
) -> None:
    event = story.complete(NOTE)
    first = await story.add_one(event)
    steps.clear()
    (again,), (new,) = await asyncio.gather(story.add(event), story.add(framed()))
    assert steps == [REPEATED, IDS, RECORDED]
    assert again.repeated and again.position == first.position
    assert not new.repeated and new.position == first.position + 1


@breaks("subject.unknown")
async def test_a_refusal_in_another_request_of_the_group_harms_no_new_event(
    story: Record, steps: list[str]
) -> None:
    steps.clear()
    refused, (new,) = await asyncio.gather(story.faults(planned()), story.add(framed("other")))
    assert steps == [IDS, RECORDED]
    assert refused == UNKNOWN_QUESTION
    assert new.position == await story.log.head()


# Two processes


async def test_after_the_head_moved_the_lock_is_taken_until_the_process_is_alone_again(
    story: Record, other: Record, steps: list[str]
) -> None:
    await story.add(NOTE)
    await other.add(NOTE)
    assert await taken(steps, story.add(NOTE)) == [MOVED, LOCK, RECORDED]
    assert await taken(steps, story.add(NOTE)) == [LOCK, RECORDED]
    assert await taken(steps, story.add(NOTE), story.add(NOTE)) == [RECORDED, RECORDED]


async def test_while_another_process_records_each_group_takes_the_lock_at_once(
    story: Record, other: Record, steps: list[str]
) -> None:
    await story.add(framed("a"))
    for name in ("b", "c", "d"):
        await other.add(framed(f"{name}-other"))
        ways = await taken(steps, story.add(framed(name)))
        assert ways == [LOCK, RECORDED]


async def test_loading_finds_that_the_head_moved(
    story: Record, other: Record, steps: list[str]
) -> None:
    await story.add(NOTE)
    await other.add(NOTE)
    # The question is not in the cache yet.
    assert await taken(steps, story.add(framed())) == [LOCK, RECORDED]


async def test_a_refusal_under_the_lock_looks_up_its_ids_too(
    story: Record, other: Record, steps: list[str]
) -> None:
    await story.add(NOTE)
    await other.add(NOTE)
    assert await taken(steps, story.faults(planned())) == [LOCK, IDS]
    assert await story.faults(planned()) == UNKNOWN_QUESTION


@keeps("subject.unknown")
async def test_what_the_cache_refuses_is_accepted_where_another_process_created_the_subject(
    story: Record, other: Record, steps: list[str]
) -> None:
    assert await story.faults(planned()) == UNKNOWN_QUESTION
    await other.add(framed())
    steps.clear()
    assert await story.faults(planned()) == []
    assert steps == [IDS, LOCK, RECORDED]


@breaks("subject.exists")
async def test_what_the_cache_accepts_is_refused_where_another_process_was_first(
    story: Record, other: Record, steps: list[str]
) -> None:
    await story.faults(framed(text="Why?"))
    await other.add(framed())
    steps.clear()
    assert await story.faults(framed()) == [("subject.exists", "/data/question")]
    assert steps == [MOVED, LOCK, IDS]


async def test_a_dry_run_is_judged_on_the_present_head(
    story: Record, other: Record, steps: list[str]
) -> None:
    with pytest.raises(Refused):
        await story.record(planned(), dry=True)
    await other.add(framed())
    steps.clear()
    outcome = await story.record(planned(), dry=True)
    assert steps == [IDS, LOCK, IDS]
    assert [receipt.position for receipt in outcome.would] == [await story.log.head() + 1]


@keeps("event.conflict")
async def test_an_id_that_another_process_recorded_is_a_repeat(
    story: Record, other: Record, steps: list[str]
) -> None:
    await story.add(NOTE)
    event = story.complete(NOTE)
    first = await other.add_one(event)
    steps.clear()
    again = await story.add_one(event)
    assert steps == [MOVED, LOCK, REPEATED, IDS]
    assert again.repeated and again.position == first.position


# Errors


async def test_data_that_the_database_refuses_harms_no_other_request(
    story: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = appending.append

    async def picky(connection: asyncpg.Connection, batch: Batch) -> AppendResult:
        if any(event.id == "unstorable" for event in batch.events):
            raise asyncpg.DataError("it has no place for this")
        return await append(connection, batch)

    monkeypatch.setattr(appending, "append", picky)
    one, bad, two = await asyncio.gather(
        story.add(framed("one")),
        story.add(framed("bad", id="unstorable")),
        story.add(framed("two")),
        return_exceptions=True,
    )
    assert isinstance(bad, Unstorable)
    assert isinstance(one, tuple) and isinstance(two, tuple)
    assert two[0].position == one[0].position + 1 == await story.log.head()


async def test_what_was_recorded_alone_is_answered_so_though_a_later_request_is_lost(
    story: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = appending.append

    async def failing(connection: asyncpg.Connection, batch: Batch) -> AppendResult:
        ids = {event.id for event in batch.events}
        if "unstorable" in ids:
            raise asyncpg.DataError("it has no place for this")
        if "lost" in ids:
            raise ConnectionResetError
        return await append(connection, batch)

    monkeypatch.setattr(appending, "append", failing)
    one, bad, lost, two = await asyncio.gather(
        story.add(framed("one")),
        story.add(framed("bad", id="unstorable")),
        story.add(framed("lost", id="lost")),
        story.add(framed("two")),
        return_exceptions=True,
    )
    assert isinstance(bad, Unstorable)
    assert isinstance(lost, OutcomeUnknown)
    assert isinstance(one, tuple) and isinstance(two, tuple)
    assert two[0].position == one[0].position + 1 == await story.log.head()


async def test_after_a_commit_whose_answer_was_lost_the_same_ids_settle_it(
    story: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = appending.append

    async def lost(connection: asyncpg.Connection, batch: Batch) -> AppendResult:
        await append(connection, batch)
        raise ConnectionResetError

    event = story.complete(framed())
    with monkeypatch.context() as patched:
        patched.setattr(appending, "append", lost)
        with pytest.raises(OutcomeUnknown):
            await story.add(event)
    again = await story.add_one(event)
    assert again.repeated and again.position == await story.log.head()


async def test_what_was_lost_before_it_was_written_was_not_recorded(
    story: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(connection: asyncpg.Connection, streams: Sequence[str]) -> Any:
        raise ConnectionResetError

    event = story.complete(framed())
    with monkeypatch.context() as patched:
        patched.setattr(lookups, "subjects", lost)
        with pytest.raises(Unavailable):
            await story.add(event)
    assert not (await story.add_one(event)).repeated


async def test_nothing_is_announced_whose_commit_under_the_lock_was_lost(
    story: Record, other: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = story.complete(framed("mine"))
    await other.add(framed())
    head = await story.log.head()

    async def lost(transaction: Transaction) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "commit", lost)
        with pytest.raises(OutcomeUnknown):
            await story.add(event)
    # Who waits for more would be woken, find nothing, and ask again at once, without end.
    assert story.log.announcer.head == head == await story.log.head()
    assert not (await story.add_one(event)).repeated


async def test_under_the_lock_too_an_answer_and_its_announcement_follow_the_commit(
    story: Record, other: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit: Callable[[Transaction], Any] = Transaction.commit
    announced: list[int] = []

    async def watched(transaction: Transaction) -> None:
        announced.append(story.log.announcer.head)
        await commit(transaction)

    await other.add(framed())
    head = await story.log.head()
    monkeypatch.setattr(Transaction, "commit", watched)
    receipt = await story.add_one(framed("mine"))
    assert announced == [head]
    assert story.log.announcer.head == receipt.position == head + 1
