"""GraphQL: recorded events come out as they were recorded, page by page, to viewers who may see them."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from projections.updating.runner import Runner
from service.graphql.roots import event_log
from tests.projections.stories import MakeEvent, cohort, event_maker, published
from tests.service.graphql.client import Asker
from tests.service.statements import counting

FIELDS = """
fragment All on Event {
  position eventId source type subject time recordedTime actor visibility organisation data line voidedBy
}
"""
TIMELINE = """
query Timeline($key: String!, $first: Int!, $after: String) {
  organisation(key: $key) {
    key name sector purpose country
    timeline(first: $first, after: $after) {
      totalCount
      edges { cursor node { ... on TimelineEntry { position } } }
      nodes { ... on TimelineEntry { position event { ...All } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""
EVENTS = """
query Events($first: Int!, $after: String, $stream: String, $type: String) {
  events(first: $first, after: $after, stream: $stream, type: $type) {
    edges { cursor node { position } }
    nodes { ...All }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
MILL = Principal("key-mill", Role.ORGANISATION, organisation="mill")
FARM = Principal("key-farm", Role.ORGANISATION, organisation="farm")
ANALYST = Principal("key-analyst", Role.ANALYST)


@pytest.fixture
def make_event() -> MakeEvent:
    """Make events, each with an id of its own."""
    return event_maker()


@pytest.fixture
async def asker(log: EventLog) -> AsyncIterator[Asker]:
    """A GraphQL client, as facilitator of everything."""
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        async with asker.http:
            yield asker


async def all_events(asker: Asker, first: int = 7, **selection: Any) -> list[dict[str, Any]]:
    """Return every event of the selection, page by page."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        data = await asker.ask(EVENTS + FIELDS, first=first, after=after, **selection)
        page = data["events"]
        assert [edge["node"]["position"] for edge in page["edges"]] == [
            node["position"] for node in page["nodes"]
        ]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


async def timeline(asker: Asker, key: str, first: int = 100) -> dict[str, Any]:
    """Return an organisation's timeline from its beginning, in one page."""
    data = await asker.ask(TIMELINE + FIELDS, key=key, first=first)
    found: dict[str, Any] = data["organisation"]["timeline"]
    return found


def positions(page: dict[str, Any]) -> list[int]:
    return [node["position"] for node in page["nodes"]]


# What was recorded


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


# Page by page


@pytest.mark.parametrize("first", [1, 2, 3, 4])
@pytest.mark.parametrize("viewer", [RECORD, MILL], ids=["facilitator", "organisation"])
async def test_pages_of_a_timeline_give_every_entry_once(
    log: EventLog, asker: Asker, make_event: MakeEvent, first: int, viewer: Principal
) -> None:
    await log.append(cohort(make_event))
    asker.viewer = viewer
    found: list[int] = []
    after = None
    while True:
        data = await asker.ask(TIMELINE + FIELDS, key="mill", first=first, after=after)
        page = data["organisation"]["timeline"]
        info = page["pageInfo"]
        found += positions(page)
        assert page["totalCount"] == 3
        assert info["hasPreviousPage"] is (after is not None)
        assert info["startCursor"] == page["edges"][0]["cursor"]
        assert info["endCursor"] == page["edges"][-1]["cursor"]
        after = info["endCursor"]
        if not info["hasNextPage"]:
            break
    assert found == [2, 4, 6]


async def test_the_log_can_be_narrowed_to_a_stream_and_a_type(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    joined = "org.howcanwe.organisation.joined.v1"
    assert [e["position"] for e in await all_events(asker, stream="cohort/valley")] == [1, 4, 5, 6]
    for name in (joined, "organisation.joined"):
        assert [e["position"] for e in await all_events(asker, first=1, type=name)] == [4, 5]
    farm = "organisation/farm"
    assert [e["position"] for e in await all_events(asker, stream=farm, type=joined)] == [5]
    assert await all_events(asker, stream="organisation/nobody") == []


async def test_the_end_of_a_list_has_no_cursors(asker: Asker) -> None:
    page = (await asker.ask(EVENTS + FIELDS, first=1))["events"]
    assert page["nodes"] == []
    assert page["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


@pytest.mark.parametrize("viewer", [RECORD, MILL], ids=["facilitator", "organisation"])
async def test_the_number_of_statements_does_not_depend_on_the_number_of_entries(
    log: EventLog, asker: Asker, make_event: MakeEvent, viewer: Principal
) -> None:
    await log.append(cohort(make_event))
    asker.viewer = viewer
    await asker.runner.catch_up()
    asker.catches_up = False
    # What a viewer holds is asked once.
    await timeline(asker, "mill")
    with counting(asker) as few:
        await timeline(asker, "mill")
        await asker.ask(EVENTS + FIELDS, first=100)
    notes = [
        make_event("note.added", "2025-02-01", about="organisation/mill", text=str(n))
        for n in range(50)
    ]
    await log.append(notes)
    await asker.runner.catch_up()
    with counting(asker) as many:
        assert len((await timeline(asker, "mill"))["nodes"]) == 53
        await asker.ask(EVENTS + FIELDS, first=100)
    assert len(many) == len(few)


async def test_statements_have_the_same_text_for_every_viewer_from_whom_something_may_be_hidden(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(
        [
            *cohort(make_event),
            make_event("note.added", "2025-02-01", about="cohort/valley", text="Hm."),
        ]
    )
    query = """{
      organisation(key: "mill") { name timeline(first: 5) { totalCount nodes { ... on TimelineEntry { position } } } }
      cohorts(first: 5) { nodes { title notes(first: 2) { nodes { text } } organisations(first: 3) { totalCount } } }
      search(text: "water", first: 5) { totalCount nodes { fragments { text } } } }"""
    # All have something to be shown, so that each place of the query is come to.
    await log.append(
        [
            make_event("visibility.changed", "2025-02-01", of=of, visibility="public")
            for of in ("cohort/valley", "question/shared")
        ]
    )
    texts = {}
    for viewer in (
        MILL,
        Principal("new", Role.ORGANISATION, organisation="new"),
        Principal("guest", Role.GUEST, frozenset({"valley"}), "mill"),
        Principal("some", Role.FACILITATOR, cohorts=frozenset({"valley"})),
        Principal("evaluator", Role.EVALUATOR, cohorts=frozenset({"valley"})),
        Principal("analyst", Role.ANALYST),
        Principal("admin", Role.ADMIN),
        PUBLIC,
    ):
        asker.viewer = viewer
        await asker.ask(query)
        asker.catches_up = False
        with counting(asker) as sent:
            await asker.ask(query)
        texts[viewer.role, viewer.organisation] = sorted(sent)
    [first, *others] = texts.values()
    # Search is asked beside what is compiled.
    assert len(first) == 2
    assert all(other == first for other in others)


# To whom it may be shown


async def test_hidden_items_are_answered_as_unknown(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    mindset = {
        "organisation": "mill",
        "cohort": "valley",
        "framing": "citizen",
        "participation_level": "involve",
    }
    await log.append(
        [
            make_event("mindset.assessed", "2025-02-01", "private", **mindset),
            make_event("mindset.assessed", "2025-02-02", "pair", **mindset),
            make_event("mindset.assessed", "2025-02-03", **mindset),
            # Its cohort is not public: its line would show that it is in it.
            make_event("mindset.assessed", "2025-02-04", "public", **mindset),
            make_event(
                "note.added", "2025-02-05", "public", about="organisation/mill", text="Hello."
            ),
        ]
    )
    seen = {
        RECORD: [2, 4, 6, 7, 8, 9, 10, 11],
        MILL: [2, 4, 6, 7, 8, 9, 10, 11],
        FARM: [2, 4, 6, 8, 9, 10, 11],
        ANALYST: [2, 4, 6, 9, 10, 11],
        Principal("guest", Role.GUEST, frozenset({"valley"}), "mill"): [2, 4, 6, 9, 10, 11],
        PUBLIC: [2, 11],
    }
    for viewer, expected in seen.items():
        asker.viewer = viewer
        page = await timeline(asker, "mill")
        # The entry alone may be shown: that it is in a cohort which is not public is left out of it.
        entries = sorted({*expected, 10})
        assert positions(page) == entries
        assert page["totalCount"] == len(entries)
        given = [node["position"] for node in page["nodes"] if node["event"] is not None]
        assert given == expected
        own = await all_events(asker, first=2, stream="organisation/mill")
        assert [event["position"] for event in own] == expected
        for position in range(7, 12):
            found = await asker.ask(f"{{ event(position: {position}) {{ position }} }}")
            assert (found["event"] is not None) is (position in expected)


async def test_a_hidden_organisation_is_not_there(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    asker.viewer = PUBLIC
    found = await asker.ask(
        '{ mill: organisation(key: "mill") { key } farm: organisation(key: "farm") { key } }'
    )
    assert found == {"mill": {"key": "mill"}, "farm": None}
    assert await all_events(asker, stream="organisation/farm") == []


async def test_narrowing_a_level_holds_as_soon_as_the_read_models_have_it(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    await asker.runner.catch_up()
    change = make_event(
        "visibility.changed", "2025-02-01", of="organisation/mill", visibility="cohort"
    )
    await log.append([change])
    asker.viewer = PUBLIC
    assert (await asker.ask('{ organisation(key: "mill") { key } }'))["organisation"] is None


@pytest.mark.parametrize("scanned", [1, 2, 3])
async def test_a_long_log_of_which_one_sees_little_is_read_in_bounds(
    log: EventLog,
    asker: Asker,
    make_event: MakeEvent,
    monkeypatch: pytest.MonkeyPatch,
    scanned: int,
) -> None:
    await log.append(cohort(make_event))
    monkeypatch.setattr(event_log, "SCAN_EVENTS", 1)
    monkeypatch.setattr(event_log, "SCAN_EVENTS_MAX", scanned)
    asker.viewer = PUBLIC
    assert [event["position"] for event in await all_events(asker)] == [2]
    assert positions(await timeline(asker, "mill", first=1)) == [2]
