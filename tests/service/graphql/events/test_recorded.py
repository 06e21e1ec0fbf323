"""Recorded events come out of the graph as they were recorded."""

import orjson

from events.log import EventLog
from tests.projections.stories import MakeEvent, cohort, published
from tests.service.graphql.client import Asker
from tests.service.graphql.events.pages import all_events, positions, timeline


async def test_the_published_record_comes_out_unchanged(log: EventLog, asker: Asker) -> None:
    record = published()
    receipts = await log.append(record)
    lines = [recorded.line.decode() async for recorded in log.read()]
    events = await all_events(asker)
    assert len(events) == len(record)
    for sent, receipt, line, event in zip(record, receipts, lines, events, strict=True):
        content = orjson.loads(event["line"])
        assert {name: content[name] for name in sent} == sent
        assert event["line"] == line
        assert event["position"] == receipt.position
        assert event["visibility"] == sent["visibility"].upper()
        assert event["subject"] == content["subject"]
        assert event["recordedTime"] == content["recordedtime"]
        assert event["actor"] == "service/record"
        assert event["voidedBy"] is None
        assert event["eventId"] == sent["id"]
        for name in ("source", "type", "time", "data"):
            assert event[name] == sent[name]


async def test_every_published_organisation_has_its_timeline(log: EventLog, asker: Asker) -> None:
    await log.append(published())
    by_position = {event["position"]: event for event in await all_events(asker)}
    keys = {
        event["data"]["organisation"]
        for event in by_position.values()
        if event["type"] == "org.howcanwe.organisation.registered.v1"
    }
    assert len(keys) > 5
    for key in keys:
        page = await timeline(asker, key)
        events = [node["event"] for node in page["nodes"]]
        assert events == [by_position[position] for position in positions(page)]
        expected = {recorded.position async for recorded in log.read(stream=f"organisation/{key}")}
        assert set(positions(page)) == expected
        assert page["totalCount"] == len(expected)


async def test_an_organisation_is_as_it_registered(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    query = "query($key: String!) { organisation(key: $key) { key name sector purpose country } }"
    assert (await asker.ask(query, key="mill"))["organisation"] == {
        "key": "mill",
        "name": "The Mill",
        "sector": "museums",
        "purpose": "To keep turning",
        "country": "GB",
    }
    assert (await asker.ask(query, key="nobody"))["organisation"] is None


async def test_one_event_is_found_by_its_position(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    query = "query($at: Position!) { event(position: $at) { type organisation } }"
    assert (await asker.ask(query, at=2))["event"] == {
        "type": "org.howcanwe.organisation.registered.v1",
        "organisation": "mill",
    }
    assert (await asker.ask(query, at=99))["event"] is None
    assert (await asker.ask("{ event(position: 9007199254740991) { id } }"))["event"] is None


async def test_a_voided_event_says_what_took_it_back(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    await log.append(
        [make_event("note.added", "2025-02-01", about="organisation/mill", text="Wrong.")]
    )
    await log.append([make_event("event.voided", "2025-02-02", event=7, reason="wrong")])
    assert (await timeline(asker, "mill"))["nodes"][-2]["event"]["voidedBy"] == 8
    assert [e["voidedBy"] for e in await all_events(asker)] == [None] * 6 + [8, None]
    assert (await asker.ask("{ event(position: 7) { voidedBy } }"))["event"]["voidedBy"] == 8


async def test_a_void_by_source_and_id_shows_the_position_of_its_event(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    note = make_event("note.added", "2025-02-01", about="organisation/mill", text="Wrong.")
    await log.append([note])
    named = {"source": note["source"], "id": note["id"]}
    await log.append([make_event("event.voided", "2025-02-02", event=named, reason="wrong")])
    query = """{
      organisation(key: "mill") {
        timeline(last: 2) { nodes { ... on EventVoided { voidedPosition event { data } } } }
      }
      event(position: 7) { voidedBy }
    }"""
    found = await asker.ask(query)
    assert found["event"]["voidedBy"] == 8
    void = found["organisation"]["timeline"]["nodes"][-1]
    assert (void["voidedPosition"], void["event"]["data"]["event"]) == (7, named)
