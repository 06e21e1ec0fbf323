"""The timelines: an entry per event and organisation concerned, in order of time, then position."""

from sqlalchemy import select

from events.log import EventLog
from projections.models.record import Timeline, Voids
from projections.runner import Runner
from tests.projections.stories import Tell, cohort

timeline, voids = Timeline.table, Voids.table


async def entries(runner: Runner, organisation: str) -> list[tuple[int, int | None]]:
    """Return the entries of an organisation, in order: each event's position, and that of what took it back."""
    await runner.catch_up()
    statement = (
        select(timeline.c.position, voids.c.voided_by)
        .outerjoin(voids, voids.c.position == timeline.c.position)
        .where(timeline.c.stream == f"organisation/{organisation}")
        .order_by(timeline.c.occurred_at, timeline.c.position)
    )
    return [(row.position, row.voided_by) for row in await runner.read_models.rows(statement)]


async def positions(runner: Runner, organisation: str) -> list[int]:
    return [position for position, _ in await entries(runner, organisation)]


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


async def test_a_voided_event_keeps_its_entry_and_says_what_took_it_back(
    log: EventLog, runner: Runner, tell: Tell
) -> None:
    await log.append(cohort(tell))
    note = tell("note.added", "2025-02-01", about="organisation/mill", text="Wrong.")
    [receipt] = await log.append([note])
    void = tell("event.voided", "2025-02-02", event=receipt.position, reason="wrong")
    [voiding] = await log.append([void])
    assert dict(await entries(runner, "mill")) == {
        2: None,
        4: None,
        6: None,
        7: voiding.position,
        8: None,
    }
    assert await runner.read_models.voids([2, 7]) == {7: voiding.position}
