"""What a viewer is offered to amend is what the recorder would take, for every event of the sample cohort."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from events.access.principal import PUBLIC, Principal, Role
from events.log import EventLog
from events.vocabulary.event import Event
from events.vocabulary.faults import Refused
from service.event_files import batches
from service.samples import demo
from tests.events.record import SOURCE
from tests.events.samples import EventJson, at, corrected, voided

COHORT = frozenset({"heritage-2024"})
AMEND = ("everything", "facilitator", "organisation")
WRITERS = {
    "everything": Principal("record", Role.FACILITATOR),
    "facilitator": Principal("own", Role.FACILITATOR, COHORT),
    "elsewhere": Principal("other", Role.FACILITATOR, frozenset({"none"})),
    "organisation": Principal("mill", Role.ORGANISATION, organisation="mill-museum"),
    "guest": Principal("guest", Role.GUEST, COHORT, "mill-museum"),
}
READERS = {
    "evaluator": Principal("eva", Role.EVALUATOR, COHORT),
    "analyst": Principal("ana", Role.ANALYST),
    "admin": Principal("adm", Role.ADMIN),
    "public": PUBLIC,
}


@pytest.fixture
async def demo_log(log: EventLog) -> EventLog:
    """The log of the sample cohort, with corrections, of which one was undone, and a change of who sees a note."""
    for batch in batches(map(orjson.loads, demo.lines()), 100):
        await log.append(batch)
    [note] = [one for one in await _events(log) if one.kind.name == "note.added"][:1]
    last = max(one.position for one in await _events(log))
    for event in (
        corrected(note.position, text="Rewritten."),
        corrected(note.position, text="Written again."),
        voided(last + 2),
    ):
        await log.append([_complete(event, str(len(await _events(log))))])
    return log


def _complete(event: EventJson, id_: str) -> EventJson:
    return {"id": id_, "source": SOURCE, "time": at(0).replace("2025", "2026"), **event}


async def _events(log: EventLog) -> list[Event]:
    return [one.event(log.catalogue) async for one in log.read()]


async def _refused(log: EventLog, event: EventJson, sender: Principal) -> set[str]:
    """Return the rules by which the recorder would refuse an event."""
    checked = [log.check(_complete(event, "dry"), sender)]
    try:
        await log.record(checked, sender=sender, dry=True)
    except Refused as refused:
        return {fault.rule for fault in refused.faults}
    return set()


@pytest.mark.parametrize("who", WRITERS)
async def test_what_is_voidable_is_what_the_recorder_would_let_be_voided(
    demo_log: EventLog, who: str
) -> None:
    viewer = WRITERS[who]
    events = await _events(demo_log)
    found = await demo_log.amendable([event.position for event in events], viewer)
    assert any(one.voidable for one in found.values()) == (who in AMEND)
    for event in events:
        refused = await _refused(demo_log, voided(event.position), viewer)
        assert found[event.position].voidable == (refused == set()), (event.position, refused)


@pytest.mark.parametrize("who", WRITERS)
async def test_the_fields_are_those_that_the_recorder_would_let_be_corrected(
    demo_log: EventLog, who: str
) -> None:
    viewer = WRITERS[who]
    events = await _events(demo_log)
    found = await demo_log.amendable([event.position for event in events], viewer)
    assert any(one.fields for one in found.values()) == (who in AMEND)
    for event in events:
        offered = found[event.position].fields
        for field, value in _other(event.data).items():
            refused = await _refused(demo_log, corrected(event.position, **{field: value}), viewer)
            assert (field in offered) == (refused == set()), (event.position, field, refused)


def _other(data: Mapping[str, Any]) -> Mapping[str, str]:
    """Return other values for the texts of an event that need not keep any form."""
    names = ("intended", "statement", "title", "hypothesis", "summary", "narrative", "degree")
    return {name: f"{data[name]} Really." for name in names if name in data}


@pytest.mark.parametrize("who", READERS)
async def test_those_who_only_read_amend_nothing(demo_log: EventLog, who: str) -> None:
    positions = [event.position for event in await _events(demo_log)]
    found = await demo_log.amendable(positions, READERS[who])
    assert not any(one.voidable or one.fields for one in found.values())


async def test_a_guest_voids_only_what_the_same_key_recorded(demo_log: EventLog) -> None:
    guest = WRITERS["guest"]
    event = {
        "specversion": "1.0",
        "type": "org.howcanwe.note.added.v1",
        "data": {"about": "question/mill-labels", "organisation": "mill-museum", "text": "Mine."},
    }
    time = {"time": "2024-05-01T10:00:00Z"}
    [own] = await demo_log.append([{**_complete(event, "own"), **time}], sender=guest)
    [other] = await demo_log.append(
        [{**_complete(event, "other"), **time}], sender=WRITERS["organisation"]
    )
    found = await demo_log.amendable([own.position, other.position], guest)
    assert (found[own.position].voidable, found[other.position].voidable) == (True, False)
    assert found[own.position].fields == ()


async def test_what_does_not_exist_or_is_hidden_is_alike(demo_log: EventLog) -> None:
    events = await _events(demo_log)
    peer = Principal("theatre", Role.ORGANISATION, organisation="village-theatre")
    hidden = [
        event.position for event in events if not await demo_log.visible_event(event.position, peer)
    ]
    assert hidden
    unknown = events[-1].position + 1
    found = await demo_log.amendable([*hidden, unknown], peer)
    assert {found[position] for position in hidden} == {found[unknown]}
