"""The organisations, as they registered."""

from typing import Any

from sqlalchemy import select

from events.log import EventLog
from projections.models.cohorts import Organisations
from projections.updating.runner import Runner
from tests.projections.rows import rows_of
from tests.projections.stories import MakeEvent, cohort

organisations = Organisations.table.c


async def found(runner: Runner, key: str) -> list[tuple[Any, ...]]:
    """Return the organisation with this key as it registered; nothing where there is none."""
    await runner.catch_up()
    columns = (
        organisations.name,
        organisations.sector,
        organisations.purpose,
        organisations.country,
    )
    rows = await runner.read_models.rows(select(*columns).where(organisations.key == key))
    return [tuple(row) for row in rows]


async def test_an_organisation_is_as_it_registered(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    mill = ("The Mill", "museums", "To keep turning", "GB")
    assert await found(runner, "mill") == [mill]
    assert await found(runner, "nobody") == []


async def test_a_voided_registration_leaves_nothing(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    await log.append(
        [
            make_event(
                "organisation.registered", "2025-01-01", organisation="x", name="X", sector="y"
            )
        ]
    )
    await log.append([make_event("event.voided", "2025-01-02", event=1, reason="twice")])
    assert await found(runner, "x") == []


async def test_a_key_can_be_used_again_after_that(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    def registered(name: str) -> dict[str, object]:
        return make_event(
            "organisation.registered", "2025-01-01", organisation="x", name=name, sector="y"
        )

    await log.append([registered("First")])
    await log.append([make_event("event.voided", "2025-01-02", event=1, reason="twice")])
    await log.append([registered("Second")])
    [(name, *_)] = await found(runner, "x")
    assert name == "Second"


async def test_a_level_is_the_last_one_given_and_not_voided(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    async def level() -> str:
        await runner.catch_up()
        rows = (await rows_of(runner))["organisations"]
        level = [*Organisations.table.c].index(Organisations.table.c.level)
        return str(next(row[level] for row in rows if row[0] == "mill"))

    await log.append(cohort(make_event))
    assert await level() == "public"
    change = make_event(
        "visibility.changed", "2025-02-01", of="organisation/mill", visibility="cohort"
    )
    [receipt] = await log.append([change])
    assert await level() == "cohort"
    await log.append(
        [make_event("event.voided", "2025-02-02", event=receipt.position, reason="a slip")]
    )
    assert await level() == "public"
