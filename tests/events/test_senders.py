"""Who may record what."""

from typing import Final

import pytest

from events.catalogue import VOCABULARY
from events.faults import Refused
from events.senders import PUBLIC, RECORD, Role, Sender
from tests.events.record import Record
from tests.events.telling import (
    Told,
    adopted,
    asked,
    assessed,
    captured,
    challenged,
    checked_in,
    closed,
    concluded,
    failed,
    forgotten,
    formed,
    framed,
    harvested,
    helped,
    introduced,
    joined,
    learning_revised,
    left,
    met,
    noted,
    observed,
    paired,
    pairing_ended,
    planned,
    question_closed,
    reclassified,
    reframed,
    registered,
    released,
    reviewed,
    revised,
    shared,
    shown,
    started,
    substantiated,
    took_part,
    used,
    voided,
    withdrawn,
)

IN = {"cohort": "heritage"}
EVERYTHING: Final = Sender(id="all", role=Role.FACILITATOR)
HERITAGE: Final = Sender(id="heritage", role=Role.FACILITATOR, cohorts=frozenset({"heritage"}))
NEXT: Final = Sender(id="next", role=Role.FACILITATOR, cohorts=frozenset({"next"}))
MILL: Final = Sender(id="mill", role=Role.ORGANISATION, organisation="mill")
ARCHIVE: Final = Sender(id="archive", role=Role.ORGANISATION, organisation="archive")
ADMIN: Final = Sender(id="admin", role=Role.ADMIN)
ANALYST: Final = Sender(id="analyst", role=Role.ANALYST)
EVERYBODY: Final = (EVERYTHING, RECORD, HERITAGE, NEXT, MILL, ARCHIVE, ADMIN, ANALYST, PUBLIC)
ALL_SEE: Final = {"visibility": "public"}

SETTING: list[Told] = [
    formed("next", time="2024-03-01T09:00:00Z", **ALL_SEE),
    paired(**ALL_SEE),
    framed(**IN, **ALL_SEE),
    planned(**ALL_SEE),
    planned("plan", **ALL_SEE),
    started(),
    captured(**IN, **ALL_SEE),
    captured("theirs", "archive", **IN, **ALL_SEE),
    failed(**IN, **ALL_SEE),
    asked("ask", "archive", **IN, **ALL_SEE),
    shared(by="archive", **ALL_SEE),
    harvested(**IN, **ALL_SEE),
    harvested("theirs", "archive", **IN, **ALL_SEE),
    released(**IN, **ALL_SEE),
    released("joint", organisation=None, **IN, **ALL_SEE),
    introduced(),
    framed("apart", **ALL_SEE),
]

THE_FACILITATOR = "all record heritage"
MILL_OR_ITS_FACILITATOR = f"{THE_FACILITATOR} mill"
ALLOWED: list[tuple[Told, str]] = [
    (formed("heritage2"), "all record"),
    (closed(), THE_FACILITATOR),
    (closed("next"), "all record next"),
    (registered("park"), f"{THE_FACILITATOR} next"),
    (joined("library"), THE_FACILITATOR),
    (joined("mill", "next"), "all record next"),
    (left("mill"), THE_FACILITATOR),
    (paired(pairing="other"), THE_FACILITATOR),
    (shared("other", by="mill"), MILL_OR_ITS_FACILITATOR),
    (pairing_ended(), f"{MILL_OR_ITS_FACILITATOR} archive"),
    (noted("question/question", organisation="mill"), MILL_OR_ITS_FACILITATOR),
    (noted("question/question", organisation="archive"), f"{THE_FACILITATOR} archive"),
    (shown("question/question", "cohort"), MILL_OR_ITS_FACILITATOR),
    (shown("organisation/mill", "public"), MILL_OR_ITS_FACILITATOR),
    (shown("pairing/pair", "cohort"), f"{MILL_OR_ITS_FACILITATOR} archive"),
    (shown("cohort/heritage", "public"), THE_FACILITATOR),
    (shown("question/heritage-question", "public"), THE_FACILITATOR),
    (assessed(**IN), MILL_OR_ITS_FACILITATOR),
    (assessed(), MILL_OR_ITS_FACILITATOR),
    (framed("new", **IN), MILL_OR_ITS_FACILITATOR),
    (framed("new"), MILL_OR_ITS_FACILITATOR),
    (reframed(), MILL_OR_ITS_FACILITATOR),
    (reframed("apart"), MILL_OR_ITS_FACILITATOR),
    (question_closed(), MILL_OR_ITS_FACILITATOR),
    (question_closed("heritage-question"), THE_FACILITATOR),
    (planned("new"), MILL_OR_ITS_FACILITATOR),
    (revised("plan"), MILL_OR_ITS_FACILITATOR),
    (started("plan"), MILL_OR_ITS_FACILITATOR),
    (observed(), MILL_OR_ITS_FACILITATOR),
    (took_part(), MILL_OR_ITS_FACILITATOR),
    (concluded(), MILL_OR_ITS_FACILITATOR),
    (failed("new", **IN), MILL_OR_ITS_FACILITATOR),
    (reclassified(), MILL_OR_ITS_FACILITATOR),
    (captured("new", **IN), MILL_OR_ITS_FACILITATOR),
    (learning_revised(), MILL_OR_ITS_FACILITATOR),
    (challenged("theirs", "mill"), MILL_OR_ITS_FACILITATOR),
    (adopted("theirs", "mill"), MILL_OR_ITS_FACILITATOR),
    (reviewed(), MILL_OR_ITS_FACILITATOR),
    (met(), MILL_OR_ITS_FACILITATOR),
    (asked("new"), MILL_OR_ITS_FACILITATOR),
    (helped(organisation="mill"), MILL_OR_ITS_FACILITATOR),
    (used(), MILL_OR_ITS_FACILITATOR),
    (harvested("new"), MILL_OR_ITS_FACILITATOR),
    (substantiated("theirs", "mill"), MILL_OR_ITS_FACILITATOR),
    (checked_in(), MILL_OR_ITS_FACILITATOR),
    (released("new", **IN), MILL_OR_ITS_FACILITATOR),
    (released("new", organisation=None, **IN), THE_FACILITATOR),
    (withdrawn(), MILL_OR_ITS_FACILITATOR),
    (withdrawn("joint"), THE_FACILITATOR),
    (introduced("ada"), MILL_OR_ITS_FACILITATOR),
    (forgotten(), f"{MILL_OR_ITS_FACILITATOR} admin"),
]


async def _who_may(story: Record, event: Told) -> set[str]:
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


def test_every_type_is_in_the_table_but_the_void() -> None:
    told = {event["type"] for event, _ in ALLOWED}
    assert {kind.wire_name for kind in VOCABULARY.kinds} - told == {"org.howcanwe.event.voided.v1"}


async def test_a_facilitator_forms_only_the_cohorts_it_is_named_for(record: Record) -> None:
    assert await record.faults(formed("heritage"), sender=HERITAGE) == []
    assert await record.faults(formed("other"), sender=HERITAGE) == [
        ("sender.not_allowed", "/type")
    ]


async def test_a_facilitator_has_the_work_outside_cohorts_of_organisations_ever_in_its_own(
    story: Record,
) -> None:
    await story.add(left("mill"))
    assert await story.faults(framed("apart"), sender=HERITAGE) == []
    assert await story.faults(framed("apart2", "library"), sender=HERITAGE) == [
        ("sender.not_allowed", "/type")
    ]


@pytest.mark.parametrize(
    ("event", "senders"),
    [
        (assessed(**IN), MILL_OR_ITS_FACILITATOR),
        (noted("question/question"), f"{THE_FACILITATOR} next"),
        (noted("question/question", organisation="archive"), f"{THE_FACILITATOR} archive"),
        (joined("library"), THE_FACILITATOR),
        (shared("new"), THE_FACILITATOR),
        (observed(), MILL_OR_ITS_FACILITATOR),
    ],
    ids=["assessed", "noted", "noted by an organisation", "joined", "shared", "observed"],
)
async def test_an_event_is_voided_by_whoever_might_have_recorded_it(
    story: Record, event: Told, senders: str
) -> None:
    await story.add(*SETTING)
    receipt = await story.add_one(event)
    assert await _who_may(story, voided(receipt.position)) == set(senders.split())


async def test_an_events_level_is_changed_by_its_organisation_or_its_facilitator(
    story: Record,
) -> None:
    await story.add(*SETTING)
    receipt = await story.add_one(challenged("learning", "archive"))
    change = shown(f"event/{receipt.position}", "private")
    assert await _who_may(story, change) == {"all", "record", "heritage", "archive"}


async def test_an_admin_forgets_any_person_without_seeing_one(story: Record) -> None:
    await story.add(introduced())
    assert await story.faults(forgotten(), sender=ADMIN) == []
    assert await story.faults(forgotten("nobody"), sender=ADMIN) == [
        ("subject.unknown", "/data/person")
    ]


async def test_a_receipt_names_the_sender_as_actor(story: Record) -> None:
    receipt = await story.add_one(framed(), sender=MILL)
    recorded = await story.log.event(receipt.position)
    assert recorded is not None and recorded.content["actor"] == "service/mill"
