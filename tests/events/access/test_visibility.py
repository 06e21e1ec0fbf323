"""Who sees what of a cohort, an organisation, a pairing and a session, and of subjects that were voided."""

from typing import Final

import pytest

from events.access.principal import PUBLIC, Principal, Role
from tests.events import samples as sample
from tests.events.access.town import (
    ALL,
    COHORT,
    IN,
    KEYS,
    LEVELS,
    OWN,
    PAIR,
    PRIVATE,
    VIEWERS,
    seen_by,
    viewers,
)
from tests.events.record import Record
from tests.events.samples import at

OVERSEERS: Final = "facilitator heritage evaluator"


async def test_a_pairing_belongs_to_its_members(town: Record) -> None:
    event = sample.paired("mill", "bakery", pairing="other", visibility="private")
    assert await seen_by(town, event) == {*PRIVATE.split(), "bakery"}


async def test_its_cohort_can_be_that_of_its_iteration(town: Record) -> None:
    await town.add(sample.framed(**IN, visibility="public"), sample.planned(visibility="public"))
    assert await seen_by(town, sample.reviewed(iteration="trial")) == set(COHORT.split())
    assert await seen_by(town, sample.reviewed()) == {*OWN.split(), "analyst"}


async def test_an_organisation_sees_the_events_in_which_it_acts(town: Record) -> None:
    await town.add(sample.captured(**IN, visibility="public"))
    event = sample.challenged(organisation="library", visibility="private")
    assert await seen_by(town, event) == {*PRIVATE.split(), "library"}


async def test_an_event_is_given_only_to_those_who_see_every_subject_it_names(
    town: Record,
) -> None:
    await town.add(sample.framed("secret", **IN, visibility="private"))
    event = sample.captured(**IN, visibility="public", from_=["question/secret"])
    assert await seen_by(town, event) == set(PRIVATE.split())


async def test_joinings_and_the_registered_are_seen_by_every_key(town: Record) -> None:
    assert await seen_by(town, sample.registered("park")) == set(KEYS.split())
    assert await seen_by(town, sample.formed("third")) == set(KEYS.split())
    assert await seen_by(town, sample.joined("library", visibility="private")) == {
        *KEYS.split(),
    }


async def test_joinings_are_seen_by_the_public_where_recorded_as_public(town: Record) -> None:
    assert await seen_by(town, sample.joined("library", visibility="public")) == set(ALL.split())
    await town.add(sample.registered("park"))
    assert await seen_by(town, sample.joined("park", visibility="public")) == set(KEYS.split())


async def test_leavings_are_for_the_cohort_at_every_given_level(town: Record) -> None:
    assert await seen_by(town, sample.left("mill", visibility="public")) == set(COHORT.split())


async def test_what_happens_to_a_cohort_later_has_its_level(record: Record) -> None:
    await record.add(sample.formed(time=at(0)), sample.formed("next", time=at(0)))
    names = ("mill", "archive", "bakery", "library")
    await record.add(*(sample.registered(name, time=at(0)) for name in names))
    await record.add(*(sample.joined(name, time=at(1)) for name in names[:3]))
    assert await seen_by(record, sample.closed()) == set(COHORT.split())


@pytest.mark.parametrize(
    ("level", "who"),
    [
        (None, COHORT),
        ("private", OVERSEERS),
        ("pair", OVERSEERS),
        ("cohort", COHORT),
        ("public", ALL),
    ],
)
async def test_a_session_has_no_owner_whoever_attended_it(
    town: Record, level: str | None, who: str
) -> None:
    more = {"visibility": level} if level else {}
    event = sample.held(attended=["mill", "library"], **more)
    receipt = await town.add_one(event)
    assert await viewers(town, receipt.position) == set(who.split())
    note = await town.add_one(sample.noted("session/session"))
    change = await town.add_one(sample.shown("session/session", "private"))
    for position in (receipt.position, note.position, change.position):
        assert await viewers(town, position) == set(OVERSEERS.split())


@pytest.mark.parametrize(("level", "who"), LEVELS)
async def test_a_commitment_is_its_organisations(town: Record, level: str | None, who: str) -> None:
    more = {"visibility": level} if level else {}
    await town.add(sample.held(visibility="public"))
    making = await town.add_one(sample.committed(session="session", **more))
    settling = await town.add_one(sample.settled())
    for receipt in (making, settling):
        assert await viewers(town, receipt.position) == set(who.split())


async def test_an_evaluator_sees_the_sessions_and_commitments_of_its_cohort(town: Record) -> None:
    private = {"visibility": "private"}
    held = await town.add_one(sample.held(**private))
    committed = await town.add_one(sample.committed(session="session", **private))
    for cohort, sees in (("heritage", True), ("next", False)):
        evaluator = Principal(id="e", role=Role.EVALUATOR, cohorts=frozenset({cohort}))
        for receipt in (held, committed):
            recorded = await town.log.event(receipt.position)
            assert recorded is not None
            assert bool(await town.log.visible([recorded], evaluator)) is sees


@pytest.mark.parametrize("given", [None, "private", "public"])
@pytest.mark.parametrize(("level", "who"), [("cohort", KEYS), ("public", ALL)])
async def test_what_renames_or_revises_is_seen_as_its_subject_is_whatever_level_is_given(
    town: Record, level: str, who: str, given: str | None
) -> None:
    await town.add(
        *(sample.shown(f"organisation/{name}", level) for name in ("mill", "library")),
        sample.shown("cohort/heritage", level),
    )
    more = {"visibility": given} if given else {}
    renaming = await town.add_one(sample.renamed(**more))
    revision = await town.add_one(sample.cohort_revised(hosts=["library"], **more))
    for receipt in (renaming, revision):
        assert await viewers(town, receipt.position) == set(who.split())
    void = await town.add_one(sample.voided(renaming.position))
    assert await viewers(town, void.position) == set(who.split())


async def test_a_host_sees_no_more_for_it(town: Record) -> None:
    await town.add(sample.cohort_revised(hosts=["library"]))
    assert await seen_by(town, sample.framed(**IN)) == set(COHORT.split())
    own = sample.framed("theirs", "library", **IN)
    assert await seen_by(town, own) == {*COHORT.split(), "library"}


async def test_a_page_is_thinned_out_in_order(town: Record) -> None:
    await town.add(
        sample.framed(**IN), sample.framed("secret", **IN, visibility="private"), sample.planned()
    )
    page = [recorded async for recorded in town.log.read(after=10)]
    seen = await town.log.visible(page, VIEWERS["bakery"])
    assert [recorded.position for recorded in seen] == [11, 13]
    assert await town.log.visible([], PUBLIC) == []


@pytest.mark.parametrize(
    "viewer",
    [
        Principal(id="f", role=Role.FACILITATOR, cohorts=frozenset({"unknown"})),
        Principal(id="e", role=Role.EVALUATOR, cohorts=frozenset({"unknown"})),
        Principal(id="o", role=Role.ORGANISATION, organisation="unknown"),
    ],
    ids=lambda viewer: viewer.role,
)
async def test_a_key_for_what_is_not_recorded_yet_shows_what_every_key_does(
    town: Record, viewer: Principal
) -> None:
    joining = await town.log.event(7)
    await town.add(sample.framed("open", visibility="public"), sample.framed("members", **IN))
    page = [recorded async for recorded in town.log.read(after=6)]
    seen = [recorded.position for recorded in await town.log.visible(page, viewer)]
    assert joining is not None and joining.event(town.log.catalogue).kind.name == (
        "organisation.joined"
    )
    assert seen == [7, 8, 9, 11]


async def test_a_name_is_shown_to_its_organisation_and_to_the_facilitators_of_it(
    town: Record,
) -> None:
    await town.add(sample.introduced())
    shown = {name for name, viewer in VIEWERS.items() if await town.log.personal(["grace"], viewer)}
    assert shown == set(OWN.split())


async def test_hidden_subjects_are_unknown_on_the_write_side_too(town: Record) -> None:
    await town.add(sample.captured(**IN, visibility="pair"))
    adoption = sample.adopted(organisation="bakery")
    assert await town.faults(adoption, sender=VIEWERS["bakery"]) == [
        ("subject.unknown", "/data/learning")
    ]
    assert await town.faults(sample.adopted(), sender=VIEWERS["archive"]) == []
    await town.add(sample.pairing_ended())
    assert await town.faults(sample.adopted(), sender=VIEWERS["archive"]) == [
        ("subject.unknown", "/data/learning")
    ]


async def test_a_voided_creation_is_given_to_those_who_would_get_it_without_the_void(
    town: Record,
) -> None:
    creation = await town.add_one(sample.framed(**IN))
    note = await town.add_one(sample.noted("question/question"))
    void = await town.add_one(sample.voided(creation.position))
    for receipt in (creation, note, void):
        assert await viewers(town, receipt.position) == set(COHORT.split())


async def test_once_a_key_is_used_again_earlier_events_stay_with_the_earlier_subject(
    town: Record,
) -> None:
    creation = await town.add_one(sample.framed(**IN))
    note = await town.add_one(sample.noted("question/question"))
    change = await town.add_one(sample.shown("question/question", "pair"))
    void_of_change = await town.add_one(sample.voided(change.position))
    narrowed = await town.add_one(sample.shown("question/question", "private"))
    await town.add(
        sample.voided(narrowed.position), sample.shown("question/question", "pair", id="last")
    )
    assert await town.faults(sample.voided(creation.position)) == [
        ("void.dependants", "/data/event")
    ]
    last = await town.log.head()
    await town.add(sample.voided(last))
    assert await viewers(town, creation.position) == set(COHORT.split())
    void = await town.add_one(sample.voided(creation.position))
    await town.add(sample.framed(organisation="archive", visibility="public"))
    for receipt in (creation, note, change, void_of_change, void):
        assert await viewers(town, receipt.position) == set(COHORT.split())
    assert await viewers(town, await town.log.head()) == set(ALL.split())


async def test_observations_follow_their_iteration(town: Record) -> None:
    await town.add(sample.framed(**IN), sample.planned(visibility="pair"), sample.started())
    assert await seen_by(town, sample.observed()) == set(PAIR.split())
