"""The timelines: an entry per event and organisation concerned, in order of time, then position."""

import pytest
from sqlalchemy import delete, select

from events.access.audience import ViewerTokens, tokens
from events.access.principal import Role
from events.log import EventLog
from projections.models.record import Entries, Timeline, Voids
from projections.queries.timelines import Chosen, counts
from projections.queries.viewers.audience_sql import token_values
from projections.store import statements
from projections.updating.runner import Runner
from tests.projections.stories import MakeEvent, cohort

timeline, voids = Timeline.table, Voids.table

FOUNDED = 6
"""The last position of the cohort that each test begins with."""


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
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    assert await positions(runner, "mill") == [2, 4, 6]
    assert await positions(runner, "farm") == [3, 5, 6]


async def test_an_event_recorded_late_is_placed_by_when_it_happened(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    note = make_event("note.added", "2024-12-24", about="organisation/mill", text="Before it all.")
    same = make_event(
        "note.added", "2025-01-04", about="organisation/mill", text="At the same time."
    )
    await log.append([note, same])
    assert await positions(runner, "mill") == [7, 2, 4, 6, 8]


async def test_a_voided_event_keeps_its_entry_and_says_what_took_it_back(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    note = make_event("note.added", "2025-02-01", about="organisation/mill", text="Wrong.")
    [receipt] = await log.append([note])
    void = make_event("event.voided", "2025-02-02", event=receipt.position, reason="wrong")
    [voiding] = await log.append([void])
    assert dict(await entries(runner, "mill")) == {
        2: None,
        4: None,
        6: None,
        7: voiding.position,
        8: None,
    }
    later = await runner.read_models.touched([2, 7])
    assert {place: about.voided_by for place, about in later.items()} == {
        2: None,
        7: voiding.position,
    }


async def test_an_entry_is_apart_as_long_as_it_has_a_level_of_its_own(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    framed = make_event(
        "question.framed", "2025-01-05", question="q", organisation="mill", text="How can we know?"
    )
    note = make_event("note.added", "2025-01-06", about="question/q", text="Because.")
    [*_, noted] = await log.append([framed, note])
    assert await apart(runner) == []
    of = f"event/{noted.position}"
    change = make_event("visibility.changed", "2025-01-07", of=of, visibility="public")
    [changed] = await log.append([change])
    assert await apart(runner) == [noted.position, changed.position]
    void = make_event("event.voided", "2025-01-08", event=changed.position, reason="wrong")
    [voiding] = await log.append([void])
    assert await apart(runner) == [changed.position, voiding.position]


async def apart(runner: Runner) -> list[int]:
    """Return the positions of entries after the foundation that are seen by more than their subject."""
    await runner.catch_up()
    statement = select(timeline.c.position).where(
        timeline.c.stream == "organisation/mill", timeline.c.apart, timeline.c.position > FOUNDED
    )
    return [row.position for row in await runner.read_models.rows(statement.order_by("position"))]


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.ANALYST, Role.PUBLIC])
async def test_the_audience_of_a_plain_entry_is_in_its_row(
    log: EventLog, runner: Runner, make_event: MakeEvent, role: Role
) -> None:
    await log.append(cohort(make_event))
    for day, level in enumerate((None, "public", "private"), 10):
        key, date = f"q{day}", f"2025-01-{day}"
        framed = make_event(
            "question.framed",
            date,
            level,
            question=key,
            organisation="mill",
            text="How can we know?",
        )
        await log.append(
            [framed, make_event("note.added", date, about=f"question/{key}", text="So.")]
        )
    await runner.catch_up()
    held = token_values(ViewerTokens(tokens(role)))
    chosen = Chosen("organisation", await log.head(), types=("question.framed", "note.added"))
    [before] = await runner.read_models.rows(counts(chosen, ["mill"]), held)
    async with statements.within(
        statements.writing_engine(log.url), str(runner.schema)
    ).begin() as connection:
        await connection.execute(delete(Entries.table))
    [after] = await runner.read_models.rows(counts(chosen, ["mill"]), held)
    assert after.filtered == before.filtered == {Role.FACILITATOR: 6, Role.ANALYST: 4}.get(role, 2)
