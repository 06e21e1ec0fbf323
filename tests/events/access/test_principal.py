"""Who may record what."""

from dataclasses import replace
from typing import Final

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role, may_grant
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.faults import Refused
from tests.events import samples as sample
from tests.events.record import Record
from tests.events.samples import EventJson

IN = {"cohort": "heritage"}
EVERYTHING: Final = Principal(id="all", role=Role.FACILITATOR)
HERITAGE: Final = Principal(id="heritage", role=Role.FACILITATOR, cohorts=frozenset({"heritage"}))
NEXT: Final = Principal(id="next", role=Role.FACILITATOR, cohorts=frozenset({"next"}))
MILL: Final = Principal(id="mill", role=Role.ORGANISATION, organisation="mill")
GUEST: Final = Principal(
    id="guest", role=Role.GUEST, organisation="mill", cohorts=frozenset({"heritage"})
)
ARCHIVE: Final = Principal(id="archive", role=Role.ORGANISATION, organisation="archive")
ADMIN: Final = Principal(id="admin", role=Role.ADMIN)
ANALYST: Final = Principal(id="analyst", role=Role.ANALYST)
EVALUATOR: Final = Principal(id="evaluator", role=Role.EVALUATOR, cohorts=frozenset({"heritage"}))
EVERYBODY: Final = (
    *(EVERYTHING, RECORD, HERITAGE, NEXT, MILL, GUEST, ARCHIVE),
    *(EVALUATOR, ADMIN, ANALYST, PUBLIC),
)
ALL_SEE: Final = {"visibility": "public"}

SETTING: list[EventJson] = [
    sample.formed("next", time="2024-03-01T09:00:00Z", **ALL_SEE),
    sample.paired(**ALL_SEE),
    sample.framed(**IN, **ALL_SEE),
    sample.planned(**ALL_SEE),
    sample.planned("plan", **ALL_SEE),
    sample.started(),
    sample.captured(**IN, **ALL_SEE),
    sample.captured("theirs", "archive", **IN, **ALL_SEE),
    sample.failed(**IN, **ALL_SEE),
    sample.asked("ask", "archive", **IN, **ALL_SEE),
    sample.shared(by="archive", **ALL_SEE),
    sample.harvested(**IN, **ALL_SEE),
    sample.harvested("theirs", "archive", **IN, **ALL_SEE),
    sample.released(**IN, **ALL_SEE),
    sample.released("joint", organisation=None, **IN, **ALL_SEE),
    sample.introduced(),
    sample.framed("apart", **ALL_SEE),
    sample.held(**ALL_SEE),
    sample.committed(**IN, **ALL_SEE),
    sample.committed("apart", **ALL_SEE),
]

THE_FACILITATOR = "all record heritage"
MILL_OR_ITS_FACILITATOR = f"{THE_FACILITATOR} mill"
MILL_AND_ITS_GUESTS = f"{MILL_OR_ITS_FACILITATOR} guest"
ALLOWED: list[tuple[EventJson, str]] = [
    (sample.formed("heritage2"), "all record"),
    (sample.cohort_revised(), THE_FACILITATOR),
    (sample.cohort_revised("next"), "all record next"),
    (sample.closed(), THE_FACILITATOR),
    (sample.closed("next"), "all record next"),
    (sample.registered("park"), f"{THE_FACILITATOR} next"),
    (sample.renamed(), THE_FACILITATOR),
    (sample.renamed("library"), "all record"),
    (sample.joined("library"), THE_FACILITATOR),
    (sample.joined("mill", "next"), "all record next"),
    (sample.left("mill"), THE_FACILITATOR),
    (sample.paired(pairing="other"), THE_FACILITATOR),
    (sample.held("other"), THE_FACILITATOR),
    (sample.held("other", "next"), "all record next"),
    (sample.shared("other", by="mill"), MILL_AND_ITS_GUESTS),
    (sample.pairing_ended(), f"{MILL_OR_ITS_FACILITATOR} archive"),
    (sample.noted("question/question", organisation="mill"), MILL_AND_ITS_GUESTS),
    (sample.noted("question/question", organisation="archive"), f"{THE_FACILITATOR} archive"),
    (sample.shown("question/question", "cohort"), MILL_OR_ITS_FACILITATOR),
    (sample.shown("organisation/mill", "public"), MILL_OR_ITS_FACILITATOR),
    (sample.shown("pairing/pair", "cohort"), f"{MILL_OR_ITS_FACILITATOR} archive"),
    (sample.shown("cohort/heritage", "public"), THE_FACILITATOR),
    (sample.shown("session/session", "cohort"), THE_FACILITATOR),
    (sample.shown("commitment/commitment", "cohort"), MILL_OR_ITS_FACILITATOR),
    (sample.noted("session/session", organisation="mill"), MILL_AND_ITS_GUESTS),
    (sample.shown("question/heritage-question", "public"), THE_FACILITATOR),
    (sample.assessed(**IN), MILL_AND_ITS_GUESTS),
    (sample.assessed(), MILL_OR_ITS_FACILITATOR),
    (sample.framed("new", **IN), MILL_AND_ITS_GUESTS),
    (sample.framed("new"), MILL_OR_ITS_FACILITATOR),
    (sample.reframed(), MILL_OR_ITS_FACILITATOR),
    (sample.reframed("apart"), MILL_OR_ITS_FACILITATOR),
    (sample.question_closed(), MILL_OR_ITS_FACILITATOR),
    (sample.question_closed("heritage-question"), THE_FACILITATOR),
    (sample.planned("new"), MILL_AND_ITS_GUESTS),
    (sample.revised("plan"), MILL_OR_ITS_FACILITATOR),
    (sample.started("plan"), MILL_OR_ITS_FACILITATOR),
    (sample.observed(), MILL_AND_ITS_GUESTS),
    (sample.took_part(), MILL_AND_ITS_GUESTS),
    (sample.concluded(), MILL_OR_ITS_FACILITATOR),
    (sample.failed("new", **IN), MILL_AND_ITS_GUESTS),
    (sample.reclassified(), MILL_OR_ITS_FACILITATOR),
    (sample.captured("new", **IN), MILL_AND_ITS_GUESTS),
    (sample.learning_revised(), MILL_OR_ITS_FACILITATOR),
    (sample.challenged("theirs", "mill"), MILL_AND_ITS_GUESTS),
    (sample.adopted("theirs", "mill"), MILL_AND_ITS_GUESTS),
    (sample.reviewed(), MILL_OR_ITS_FACILITATOR),
    (sample.reviewed(**IN), MILL_AND_ITS_GUESTS),
    (sample.met(), MILL_AND_ITS_GUESTS),
    (sample.asked("new"), MILL_OR_ITS_FACILITATOR),
    (sample.asked("new", **IN), MILL_AND_ITS_GUESTS),
    (sample.asked("new", **IN, visibility="pair"), MILL_OR_ITS_FACILITATOR),
    (sample.helped(organisation="mill"), MILL_AND_ITS_GUESTS),
    (sample.used(), MILL_AND_ITS_GUESTS),
    (sample.harvested("new"), MILL_OR_ITS_FACILITATOR),
    (sample.substantiated("theirs", "mill"), MILL_AND_ITS_GUESTS),
    (sample.checked_in(), MILL_AND_ITS_GUESTS),
    (sample.released("new", **IN), MILL_OR_ITS_FACILITATOR),
    (sample.released("new", **IN, visibility="cohort"), MILL_AND_ITS_GUESTS),
    (sample.released("new", organisation=None, **IN), THE_FACILITATOR),
    (sample.withdrawn(), MILL_OR_ITS_FACILITATOR),
    (sample.withdrawn("joint"), THE_FACILITATOR),
    (sample.committed("new", **IN), MILL_AND_ITS_GUESTS),
    (sample.committed("new", session="session"), MILL_AND_ITS_GUESTS),
    (sample.committed("new"), MILL_OR_ITS_FACILITATOR),
    (sample.settled(), MILL_OR_ITS_FACILITATOR),
    (sample.settled("apart"), MILL_OR_ITS_FACILITATOR),
    (sample.introduced("ada"), MILL_OR_ITS_FACILITATOR),
    (sample.forgotten(), f"{MILL_OR_ITS_FACILITATOR} admin"),
]


async def _who_may(story: Record, event: EventJson) -> set[str]:
    """Return the ids of the senders from whom the event would be taken; nothing is recorded."""
    allowed = set()
    for sender in EVERYBODY:
        try:
            await story.record({**event, "id": "asked"}, sender=sender, dry=True)
        except Refused as refused:
            refusal = {fault.rule for fault in refused.faults}
            assert refusal <= {"sender.not_allowed", "subject.unknown", "field"}, refusal
        else:
            allowed.add(sender.id)
    return allowed


async def test_each_event_is_taken_from_these_senders_only(story: Record) -> None:
    await story.add(*SETTING)
    found = [(event["type"], await _who_may(story, event)) for event, _ in ALLOWED]
    assert found == [(event["type"], set(senders.split())) for event, senders in ALLOWED]


def test_every_type_is_in_the_table_but_voids_and_corrections() -> None:
    types = {event["type"] for event, _ in ALLOWED}
    assert {kind.wire_name for kind in VOCABULARY.kinds} - types == {
        "org.howcanwe.event.voided.v1",
        "org.howcanwe.event.corrected.v1",
    }


async def test_a_facilitator_forms_only_the_cohorts_it_is_named_for(record: Record) -> None:
    assert await record.faults(sample.formed("heritage"), sender=HERITAGE) == []
    assert await record.faults(sample.formed("other"), sender=HERITAGE) == [
        ("sender.not_allowed", "/type")
    ]


async def test_a_facilitator_has_the_work_outside_cohorts_of_organisations_ever_in_its_own(
    story: Record,
) -> None:
    await story.add(sample.left("mill"))
    assert await story.faults(sample.framed("apart"), sender=HERITAGE) == []
    assert await story.faults(sample.framed("apart2", "library"), sender=HERITAGE) == [
        ("sender.not_allowed", "/type")
    ]


@pytest.mark.parametrize(
    ("event", "senders"),
    [
        (sample.assessed(**IN), MILL_OR_ITS_FACILITATOR),
        (sample.noted("question/question"), THE_FACILITATOR),
        (sample.noted("question/question", organisation="archive"), f"{THE_FACILITATOR} archive"),
        (sample.joined("library"), THE_FACILITATOR),
        (sample.shared("new"), THE_FACILITATOR),
        (sample.observed(), MILL_OR_ITS_FACILITATOR),
    ],
    ids=["assessed", "noted", "noted by an organisation", "joined", "shared", "observed"],
)
async def test_an_event_may_be_voided_by_its_organisation_and_the_facilitators_of_its_cohort(
    story: Record, event: EventJson, senders: str
) -> None:
    await story.add(*SETTING)
    receipt = await story.add_one(event)
    assert await _who_may(story, sample.voided(receipt.position)) == set(senders.split())


async def test_an_events_level_is_changed_by_its_organisation_or_its_facilitator(
    story: Record,
) -> None:
    await story.add(*SETTING)
    receipt = await story.add_one(sample.challenged("learning", "archive"))
    change = sample.shown(f"event/{receipt.position}", "private")
    assert await _who_may(story, change) == {"all", "record", "heritage", "archive"}


async def test_an_admin_forgets_any_person_without_seeing_one(story: Record) -> None:
    await story.add(sample.introduced())
    assert await story.faults(sample.forgotten(), sender=ADMIN) == []
    assert await story.faults(sample.forgotten("nobody"), sender=ADMIN) == [
        ("subject.unknown", "/data/person")
    ]


async def test_a_key_that_may_not_see_a_person_cannot_find_out_that_it_is_there(
    story: Record,
) -> None:
    await story.add(sample.introduced())
    for person in ("grace", "nobody"):
        assert await story.faults(sample.forgotten(person), sender=ARCHIVE) == [
            ("subject.unknown", "/data/person")
        ]


async def test_a_refusal_names_the_type_that_the_key_may_not_record(story: Record) -> None:
    with pytest.raises(Refused) as refused:
        await story.add(sample.closed(), sender=MILL)
    [fault] = refused.value.faults
    assert fault.rule == "sender.not_allowed" and "cohort.closed" in fault.detail


@pytest.mark.parametrize(
    ("role", "organisation", "cohorts", "senders"),
    [
        (Role.FACILITATOR, None, ["heritage"], "admin"),
        (Role.ANALYST, None, [], "admin"),
        (Role.ADMIN, None, [], "admin"),
        (Role.ORGANISATION, "mill", [], "admin"),
        (Role.ORGANISATION, "mill", ["heritage"], "all record heritage admin"),
        (Role.ORGANISATION, "mill", ["next"], "all record next admin"),
        (Role.ORGANISATION, "mill", ["heritage", "next"], "all record admin"),
        (Role.EVALUATOR, None, ["heritage"], "all record heritage admin"),
        (Role.EVALUATOR, None, ["heritage", "next"], "all record admin"),
        (Role.GUEST, "mill", ["heritage"], "all record heritage mill admin"),
        (Role.GUEST, "archive", ["next"], "all record next archive admin"),
    ],
)
def test_keys_are_granted_by_admins_and_by_facilitators_in_their_cohorts(
    role: Role, organisation: str | None, cohorts: list[str], senders: str
) -> None:
    """An organisation lets in guests of its own."""
    granting = {sender.id for sender in EVERYBODY if may_grant(sender, role, organisation, cohorts)}
    assert granting == set(senders.split())


async def test_a_guest_voids_only_what_the_same_guest_recorded(story: Record) -> None:
    await story.add(*SETTING)
    other = replace(GUEST, id="other")
    theirs = await story.add_one(sample.failed("spilt", **IN), sender=other)
    of_mill = await story.add_one(sample.failed("spoilt", **IN), sender=MILL)
    mine = await story.add_one(sample.failed("burnt", **IN), sender=GUEST)
    for receipt in (theirs, of_mill):
        assert await story.faults(sample.voided(receipt.position), sender=GUEST) == [
            ("sender.not_allowed", "/type")
        ]
    # The organisation and its facilitators keep what they may do.
    assert await _who_may(story, sample.voided(mine.position)) == set(MILL_AND_ITS_GUESTS.split())
    assert await story.faults(sample.voided(mine.position), sender=GUEST) == []


async def test_a_guest_corrects_nothing_not_even_its_own(story: Record) -> None:
    await story.add(*SETTING)
    mine = await story.add_one(sample.failed("burnt", **IN), sender=GUEST)
    correction = sample.corrected(mine.position, actual="The scones were burnt.")
    assert await story.faults(correction, sender=MILL) == []
    assert await story.faults(correction, sender=GUEST) == [("sender.not_allowed", "/type")]


@pytest.mark.parametrize(
    "event",
    [
        sample.failed("new", **IN, visibility="private"),
        sample.failed("new", **IN, visibility="public"),
        sample.failed("new", **IN, failure_cause="deviance"),
        sample.framed("new"),
        sample.captured("new", cohort="next"),
        sample.failed("new", "archive", **IN),
        sample.noted("question/question", organisation="archive"),
        sample.helped("ask", "archive"),
    ],
    ids=[
        "private",
        "public",
        "private by default",
        "outside",
        "elsewhere",
        "other",
        "note",
        "help",
    ],
)
async def test_a_guest_records_only_for_its_organisation_what_its_cohort_sees(
    story: Record, event: EventJson
) -> None:
    await story.add(*SETTING)
    assert ("sender.not_allowed", "/type") in await story.faults(event, sender=GUEST)


async def test_a_guest_is_told_what_it_may_record(story: Record) -> None:
    with pytest.raises(Refused) as refused:
        await story.add(sample.closed(), sender=GUEST)
    [fault] = refused.value.faults
    assert "a guest of mill in heritage: it records what creates or adds there" in fault.detail


async def test_a_receipt_names_the_sender_as_actor(story: Record) -> None:
    receipt = await story.add_one(sample.framed(), sender=MILL)
    recorded = await story.log.event(receipt.position)
    assert recorded is not None and recorded.content["actor"] == "service/mill"


@pytest.mark.parametrize(
    ("event", "sender", "reason"),
    [
        (
            sample.renamed("library"),
            HERITAGE,
            "This key is for a facilitator of heritage; the event belongs to library, which was never a member there"
            " (hosts are no members).",
        ),
        (
            sample.closed("next"),
            HERITAGE,
            "This key is for a facilitator of heritage; the event belongs to the cohort next.",
        ),
        (sample.framed(organisation="archive"), MILL, "This key is for the organisation mill."),
    ],
)
async def test_a_refusal_says_for_whom_the_key_is(
    story: Record, event: EventJson, sender: Principal, reason: str
) -> None:
    await story.add(SETTING[0], sample.cohort_revised(hosts=["library"]))
    with pytest.raises(Refused) as refused:
        await story.add(event, sender=sender)
    [fault] = refused.value.faults
    assert fault.rule == "sender.not_allowed" and fault.detail.endswith(f". {reason}")
