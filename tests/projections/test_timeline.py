"""The timelines: an entry per event and organisation concerned, in order of time, then position."""

import pytest

from events.log import EventLog
from projections.runner import Runner
from tests.projections.stories import Tell, cohort


async def positions(runner: Runner, organisation: str) -> list[int]:
    await runner.catch_up()
    return [e.place.position for e in await runner.read_models.timeline(organisation, None, 100)]


async def test_a_pairing_is_on_the_timeline_of_each_of_its_organisations(
    log: EventLog, runner: Runner, tell: Tell
) -> None:
    await log.append(cohort(tell))
    assert await positions(runner, "mill") == [2, 4, 6]
    assert await positions(runner, "farm") == [3, 5, 6]


async def test_what_is_told_late_stands_where_it_happened(
    log: EventLog, runner: Runner, tell: Tell
) -> None:
    await log.append(cohort(tell))
    note = tell("note.added", "2024-12-24", about="organisation/mill", text="Before it all.")
    same = tell("note.added", "2025-01-04", about="organisation/mill", text="At the same time.")
    await log.append([note, same])
    assert await positions(runner, "mill") == [7, 2, 4, 6, 8]


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_pages_of_any_size_give_every_entry_once(
    log: EventLog, runner: Runner, tell: Tell, limit: int
) -> None:
    await log.append(cohort(tell))
    await runner.catch_up()
    place, found = None, []
    while page := await runner.read_models.timeline("mill", place, limit):
        assert len(page) <= limit
        found += [entry.place.position for entry in page]
        place = page[-1].place
    assert found == [2, 4, 6]
    assert await runner.read_models.timeline_length("mill") == 3


async def test_an_entry_serves_its_event_as_recorded(
    log: EventLog, runner: Runner, tell: Tell
) -> None:
    await log.append(cohort(tell))
    await runner.catch_up()
    for entry in await runner.read_models.timeline("mill", None, 100):
        recorded = await log.event(entry.place.position)
        assert recorded is not None
        assert (entry.recorded.line, entry.recorded.streams) == (recorded.line, recorded.streams)


async def test_a_voided_event_keeps_its_entry_and_says_what_took_it_back(
    log: EventLog, runner: Runner, tell: Tell
) -> None:
    await log.append(cohort(tell))
    note = tell("note.added", "2025-02-01", about="organisation/mill", text="Wrong.")
    [receipt] = await log.append([note])
    void = tell("event.voided", "2025-02-02", event=receipt.position, reason="wrong")
    [voiding] = await log.append([void])
    await runner.catch_up()
    entries = await runner.read_models.timeline("mill", None, 100)
    marks = {entry.place.position: entry.voided_by for entry in entries}
    assert marks == {2: None, 4: None, 6: None, 7: voiding.position, 8: None}
    assert await runner.read_models.voids([2, 7]) == {7: voiding.position}
