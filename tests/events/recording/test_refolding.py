"""States that another release made are folded again, before anything is recorded."""

import asyncio

import asyncpg
import pytest

from events.integrity.verify import Verifier, Whole
from events.log import EventLog
from events.recording.refolding import refold
from events.state.fingerprint import state_fingerprint
from events.store.connections import Trouble, Unavailable, connect
from tests.conftest import MASTER_KEY
from tests.databases import execute
from tests.events.record import Record
from tests.events.samples import framed, noted, reframed, registered
from tests.projections.generated import record_generated
from tests.releases import RELEASES, restored_tables

STATES = "select stream, state::text from subjects order by stream"


async def states(url: str) -> list[tuple[str, str]]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(STATES)]
    finally:
        await connection.close()


async def folds(url: str) -> str | None:
    connection = await asyncpg.connect(url)
    try:
        found: str | None = await connection.fetchval("select fingerprint from folds")
        return found
    finally:
        await connection.close()


async def fold_otherwise(url: str, fingerprint: str = "another") -> None:
    """Leave the states as another release might have them: one other, one missing, one too many."""
    await execute(
        url,
        f"""
        update folds set fingerprint = '{fingerprint}';
        set howcanwe.folds = '{fingerprint}';
        update subjects set state = state || '{{"moved_us": 1}}' where stream = 'organisation/mill';
        delete from subjects where stream = 'organisation/archive';
        insert into subjects values ('organisation/nobody', '{{"position": 1, "moved_us": 1, "level": "cohort"}}');
        """,
    )


async def whole(log: EventLog) -> int:
    found = await Verifier(log).run()
    assert isinstance(found, Whole), found
    return found.events


@pytest.mark.parametrize("kept", ["whole", "first-instant"])
async def test_a_log_of_the_first_release_is_intact_is_folded_again_and_recorded_on(
    server_url: str, kept: str
) -> None:
    async with (
        restored_tables(server_url, RELEASES / "0.1.0" / kept) as url,
        await EventLog.open(url) as log,
    ):
        head = await whole(log)
        assert await folds(url) is None
        await Record(log).add(registered("park", id="park"))
        assert await folds(url) == state_fingerprint()
        assert await whole(log) == head + 1


async def test_states_folded_otherwise_by_another_release_verify_and_are_corrected_before_recording(
    story: Record, database_url: str
) -> None:
    await story.add(framed())
    before = await states(database_url)
    await fold_otherwise(database_url)
    async with await EventLog.open(database_url, master_key=MASTER_KEY) as log:
        head = await whole(log)
        assert await states(database_url) != before
        await log.refold()
        assert await states(database_url) == before
        await Record(log).add(reframed(id="again"))
        assert await whole(log) == head + 1


@pytest.mark.parametrize("seed", range(3))
async def test_folding_again_gives_what_recording_gave(
    log: EventLog, database_url: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await record_generated(log, seed, cohorts=1, meddled=40)
    before = await states(database_url)
    await execute(
        database_url,
        "set howcanwe.folds = 'another'; update folds set fingerprint = 'another'; delete from subjects",
    )
    # Pages so short that the events that an event depends on are in earlier ones.
    monkeypatch.setattr("events.recording.refolding.PAGE_EVENTS", 7)
    async with await EventLog.open(database_url) as another:
        await another.refold()
    assert await states(database_url) == before


async def test_several_processes_fold_again_at_once_and_record(
    story: Record, database_url: str
) -> None:
    await fold_otherwise(database_url)
    logs = [await EventLog.open(database_url) for _ in range(4)]
    try:
        await asyncio.gather(
            *(Record(log).add(registered(f"o{n}", id=f"o{n}")) for n, log in enumerate(logs))
        )
        await whole(logs[0])
    finally:
        for log in logs:
            await log.close()


async def test_a_kill_in_the_middle_of_it_leaves_all_as_it_was(
    story: Record, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fold_otherwise(database_url)
    before = await states(database_url)

    async def killed(connection: asyncpg.Connection) -> None:
        connection.terminate()
        raise OSError

    connection = await connect(database_url)
    with monkeypatch.context() as patched:
        patched.setattr("events.store.states.take_over", killed)
        with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
            await refold(connection, story.log.catalogue)
    assert await states(database_url) == before
    assert await folds(database_url) == "another"
    async with await EventLog.open(database_url) as log:
        await Record(log).add(registered("park", id="park"))
        await whole(log)


async def test_a_process_of_another_release_writes_no_states_any_more(
    story: Record, database_url: str
) -> None:
    await story.add(framed())
    await execute(database_url, "update folds set fingerprint = 'a later release''s'")
    with pytest.raises(Unavailable, match="another release has taken over the recording") as caught:
        await story.add(reframed())
    assert caught.value.trouble is Trouble.SUPERSEDED
    # Nor does it take over again.
    with pytest.raises(Unavailable, match="another release has taken over the recording"):
        await story.add(reframed())
    await story.add(noted("question/question"))
