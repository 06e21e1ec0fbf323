"""Levels: which one holds for an event, and whom it shows it to."""

import orjson
import pytest

from events.access.principal import PUBLIC
from events.log import EventLog
from service.event_files import batches
from service.samples import demo
from tests.events import samples as sample
from tests.events.access.town import ALL, COHORT, IN, LEVELS, OWN, PAIR, PRIVATE, seen_by, viewers
from tests.events.record import Record
from tests.events.samples import EventJson


@pytest.mark.parametrize(("level", "who"), LEVELS)
async def test_a_subject_of_a_cohort_is_shown_by_its_level(
    town: Record, level: str | None, who: str
) -> None:
    event = sample.framed(**IN) if level is None else sample.framed(**IN, visibility=level)
    assert await seen_by(town, event) == set(who.split())


@pytest.mark.parametrize(
    ("level", "who"),
    [("private", OWN), ("pair", OWN), ("cohort", f"{OWN} analyst"), ("public", ALL)],
)
async def test_outside_cohorts_pair_adds_nobody_and_cohort_only_analysts(
    town: Record, level: str, who: str
) -> None:
    assert await seen_by(town, sample.framed(visibility=level)) == set(who.split())


@pytest.mark.parametrize(("level", "who"), LEVELS[1:])
async def test_a_level_changed_later_holds_for_the_creation_and_all_that_follows_it(
    town: Record, level: str, who: str
) -> None:
    creation = await town.add_one(sample.framed(**IN, visibility="private"))
    note = await town.add_one(sample.noted("question/question"))
    change = await town.add_one(sample.shown("question/question", level))
    for receipt in (creation, note, change):
        assert await viewers(town, receipt.position) == set(who.split())


@pytest.mark.parametrize(
    ("of", "own", "who"),
    [
        ("cohort", "private", PRIVATE),
        ("pair", "public", PAIR),
        ("public", "pair", PAIR),
        ("private", "public", PRIVATE),
        ("public", None, ALL),
    ],
)
async def test_of_two_levels_the_narrower_holds(
    town: Record, of: str, own: str | None, who: str
) -> None:
    await town.add(sample.framed(**IN, visibility=of))
    note = sample.noted("question/question", **({"visibility": own} if own else {}))
    assert await seen_by(town, note) == set(who.split())


async def test_a_level_on_what_moves_a_subject_has_no_effect(town: Record) -> None:
    await town.add(sample.framed(**IN), sample.planned())
    assert await seen_by(town, sample.started(visibility="private")) == set(COHORT.split())
    change = {**sample.shown("organisation/mill", "cohort"), "visibility": "private"}
    assert "analyst" in await seen_by(town, change)


async def test_a_change_of_an_events_level_never_widens_it_beyond_its_subject(
    town: Record,
) -> None:
    await town.add(sample.captured(**IN, visibility="pair"))
    note = await town.add_one(sample.noted("learning/learning", visibility="private"))
    change = await town.add_one(sample.shown(f"event/{note.position}", "public"))
    assert await viewers(town, note.position) == set(PAIR.split())
    assert await viewers(town, change.position) == set(PAIR.split())


@pytest.mark.parametrize(("level", "who"), LEVELS)
async def test_an_event_of_an_organisation_has_its_own_level_in_its_cohort(
    town: Record, level: str | None, who: str
) -> None:
    more = {"visibility": level} if level else {}
    assert await seen_by(town, sample.assessed(**IN, **more)) == set(who.split())


async def test_a_failure_of_cause_deviance_is_private_by_default(town: Record) -> None:
    assert await seen_by(town, sample.failed(**IN, failure_cause="deviance")) == set(OWN.split())


async def test_a_failure_is_hidden_from_evaluators_as_long_as_its_cause_is_deviance(
    town: Record,
) -> None:
    failure = await town.add_one(sample.failed(**IN, visibility="pair"))
    note = await town.add_one(sample.noted("failure/failure"))
    assert await viewers(town, failure.position) == set(PAIR.split())
    to = await town.add_one(sample.reclassified(failure_cause="deviance"))
    for receipt in (failure, note, to):
        assert await viewers(town, receipt.position) == {*OWN.split(), "archive"}
    away = await town.add_one(sample.reclassified(failure_cause="uncertainty", id="away"))
    for receipt in (failure, note, to, away):
        assert await viewers(town, receipt.position) == set(PAIR.split())
    void = await town.add_one(sample.voided(away.position))
    for receipt in (failure, note, to, away, void):
        assert await viewers(town, receipt.position) == {*OWN.split(), "archive"}


@pytest.mark.parametrize(
    ("version", "level", "who"),
    [(1, None, COHORT), (2, None, ALL), (1, "public", ALL), (2, "cohort", COHORT)],
)
async def test_a_publication_is_public_unless_version_1_of_its_type_left_the_level_out(
    town: Record, version: int, level: str | None, who: str
) -> None:
    event = sample.released(**IN) | {"type": f"org.howcanwe.publication.released.v{version}"}
    leveled = event if level is None else event | {"visibility": level}
    receipt = await town.add_one(leveled)
    assert await viewers(town, receipt.position) == set(who.split())
    note = await town.add_one(sample.noted("publication/report"))
    assert await viewers(town, note.position) == set(who.split())
    await town.add(sample.voided(note.position), sample.voided(receipt.position))
    assert await viewers(town, receipt.position) == set(who.split())


async def test_the_demo_shows_a_publication_to_the_public(log: EventLog) -> None:
    for batch in batches(map(orjson.loads, demo.lines()), 100):
        await log.append(batch)
    assert await log.stream_version("publication/keepers-report", PUBLIC) > 0
    assert await log.stream_version("publication/reply-guide", PUBLIC) == 0


async def test_a_person_is_always_private(town: Record) -> None:
    assert await seen_by(town, sample.introduced(visibility="public")) == set(OWN.split())
    assert await seen_by(town, sample.noted("person/grace", visibility="public")) == set(
        OWN.split()
    )
    assert await seen_by(town, sample.shown("person/grace", "public")) == set(OWN.split())


@pytest.mark.parametrize(
    "end",
    [sample.pairing_ended(), sample.closed(), sample.left("archive")],
    ids=["ended", "closed", "left"],
)
async def test_pair_holds_only_while_paired(town: Record, end: EventJson) -> None:
    receipt = await town.add_one(sample.framed(**IN, visibility="pair"))
    await town.add(end)
    assert await viewers(town, receipt.position) == set(PRIVATE.split())


async def test_level_cohort_includes_everyone_who_was_ever_in_it(town: Record) -> None:
    receipt = await town.add_one(sample.framed(**IN))
    await town.add(sample.left("bakery"), sample.joined("library"))
    assert await viewers(town, receipt.position) == {*COHORT.split(), "library"}
