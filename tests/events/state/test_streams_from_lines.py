"""The streams of events follow from their lines alone."""

import pytest

from events.log import EventLog
from events.state.streams_from_lines import recorded_in
from projections.folding.step import linked
from projections.in_memory.rows import fold
from projections.updating.digest import rows_digest
from tests.projections.generated import record_generated
from tests.projections.stories import published


async def check(log: EventLog) -> None:
    recorded = [event async for event in log.read()]
    learned = list(recorded_in(event.line for event in recorded))
    assert [(one.position, one.line) for one in learned] == [
        (one.position, one.line) for one in recorded
    ]
    assert [list(one.streams.items()) for one in learned] == [
        list(one.streams.items()) for one in recorded
    ]


async def test_the_published_record_has_the_streams_that_the_log_gave_it(log: EventLog) -> None:
    await log.append(published())
    await check(log)


@pytest.mark.parametrize("seed", range(3))
async def test_so_does_a_generated_log(log: EventLog, seed: int) -> None:
    await record_generated(log, seed)
    await check(log)


async def test_lines_alone_fold_into_the_same_rows(log: EventLog) -> None:
    await record_generated(log, 9)
    recorded = [event async for event in log.read()]
    from_lines = fold(linked(recorded_in(event.line for event in recorded), log.catalogue))
    assert rows_digest(from_lines) == rows_digest(fold(linked(recorded, log.catalogue)))
