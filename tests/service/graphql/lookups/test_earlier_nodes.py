"""By an id of the past, a node has the values of then, for viewers who may see it now."""

from typing import Any

import orjson

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from events.vocabulary.values.times import moment
from service.graphql.node_ids import opaque
from tests.projections.stories import MakeEvent
from tests.service.graphql.client import Asker
from tests.service.graphql.lookups.framed import ID, framed, text_of


async def test_the_past_does_not_take_the_place_of_today(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await framed(log, make_event)
    query = """query($asOf: AsOf) { organisation(key: "mill") { journey(asOf: $asOf) {
      id position questions(first: 1, where: {organisation: ["mill"]}) { nodes { id text } }
      memberships(first: 1) { nodes { id cohort { id } } } } } }"""

    async def shown(as_of: Any) -> tuple[str, ...]:
        journey = (await asker.ask(query, asOf=as_of))["organisation"]["journey"]
        [question] = journey["questions"]["nodes"]
        [member] = journey["memberships"]["nodes"]
        ids = (journey["id"], question["id"], member["id"], member["cohort"]["id"])
        found = (await asker.ask(ID, id=question["id"]))["node"]
        assert (found["id"], found["text"]) == (question["id"], question["text"])
        return (*map(text_of, ids), question["text"])

    plain = ("journey/mill", "question/wheel", "membership/4", "cohort/valley")
    before, after = "How can we turn the wheel?", "How can we repair it?"
    assert await shown(None) == (*plain, after)
    # The cohort is no organisation's, and here it is as mill's journey shows it.
    at: tuple[str, ...] = ("@7", "@7", "@7", "@7;mill")
    assert await shown({"position": 7}) == (*map(str.__add__, plain, at), before)
    # A time at which something was recorded is the position that held then.
    recorded = await log.event(7)
    assert recorded is not None
    taken_in = orjson.loads(recorded.line)["recordedtime"]
    through = await log.position_at(moment(taken_in))
    at = (*(f"@{through}" for _ in range(3)), f"@{through};mill")
    assert (await shown({"recordedAt": taken_in}))[:4] == tuple(map(str.__add__, plain, at))
    # As of a time at which something happened, the recording position counts, too.
    happened = "@8,2025-02-02T00:00:00.000000Z"
    at = (*(happened for _ in range(3)), f"{happened};mill")
    assert await shown({"occurredAt": "2025-02-02T00:00:00Z"}) == (
        *map(str.__add__, plain, at),
        before,
    )


async def test_a_timeline_below_a_journey_ends_when_it_did(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await framed(log, make_event)
    await log.append([make_event("event.voided", "2025-02-04", event=8, reason="Too soon.")])
    query = """query($asOf: AsOf) { organisation(key: "mill") { journey(asOf: $asOf) { organisation {
      timeline(last: 9) { totalCount liveCursor nodes { ... on TimelineEntry { id position voidedBy
        event { id voidedBy } } } } } } } }"""

    async def shown(as_of: Any) -> list[tuple[int, Any, str]]:
        found = (await asker.ask(query, asOf=as_of))["organisation"]["journey"]["organisation"]
        nodes = found["timeline"]["nodes"]
        assert found["timeline"]["totalCount"] == len(nodes)
        assert all(node["event"]["voidedBy"] == node["voidedBy"] for node in nodes)
        return [
            (node["position"], node["voidedBy"], text_of(node["event"]["id"]))
            for node in nodes[-2:]
        ]

    assert await shown(None) == [(8, 9, "log/8"), (9, None, "log/9")]
    assert await shown({"position": 9}) == [(8, 9, "log/8@9;mill"), (9, None, "log/9@9;mill")]
    assert await shown({"position": 8}) == [(7, None, "log/7@8"), (8, None, "log/8@8;mill")]
    until = [
        (6, None, "log/6@9,2025-02-01T07:00:00.000000Z;mill"),
        (7, None, "log/7@9,2025-02-01T07:00:00.000000Z"),
    ]
    assert await shown({"occurredAt": "2025-02-01T07:00:00Z"}) == until


async def test_a_viewer_who_may_see_a_subject_now_sees_its_earlier_state_by_an_id(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    def learned(statement: str, level: str) -> dict[str, Any]:
        return make_event(
            "learning.captured",
            "2025-02-01",
            level,
            learning="l",
            organisation="mill",
            cohort="valley",
            statement=statement,
            loop="single",
            evidence_level=1,
            **{"from": ["question/shared"]},
        )

    void = make_event("event.voided", "2025-03-02", event=7, reason="wrong")
    await log.append([learned("A secret.", "private")])
    await log.append([void])
    await log.append([learned("For everybody.", "public")])
    await log.append(
        [make_event("visibility.changed", "2025-03-03", of="learning/l", visibility="private")]
    )
    own = Principal("mill", Role.ORGANISATION, organisation="mill")
    for viewer, position, expected in (
        (RECORD, 7, "A secret."),
        (RECORD, 8, None),
        (own, 7, None),
        *((viewer, 9, "For everybody.") for viewer in (RECORD, own)),
        *((PUBLIC, position, None) for position in (7, 8, 9, 10)),
    ):
        asker.viewer = viewer
        id_ = opaque(f"learning/l@{position}")
        node = (await asker.ask(ID, id=id_))["node"]
        assert node == (expected and {"id": id_, "statement": expected}), (viewer, position)
