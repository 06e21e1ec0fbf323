"""Ids of what is hidden or was never there, and ids that no node gave."""

from typing import Any

import pytest

from events.access.principal import PUBLIC, RECORD
from events.log import EventLog
from service.graphql.node_ids import opaque
from tests.projections.stories import MakeEvent
from tests.service.graphql.client import Asker
from tests.service.graphql.lookups.framed import ID, framed, text_of
from tests.service.statements import counting


@pytest.mark.parametrize(
    "hidden",
    [
        *("learning/l", "learning/l@9", "event/7", "event/7@9", "log/7", "note/8", "note/8@9;mill"),
        *("log/8@9;mill", "organisation/farm@9", "journey/farm", "journey/farm@9"),
        *("membership/4", "membership/5@9", "cohort/valley@9;farm"),
    ],
)
async def test_hidden_items_are_null_like_unknown_ones_at_the_same_cost(
    asker: Asker, log: EventLog, make_event: MakeEvent, hidden: str
) -> None:
    await log.append(
        [
            make_event(
                "learning.captured",
                "2025-02-01",
                "private",
                learning="l",
                organisation="mill",
                statement="A secret.",
                loop="single",
                evidence_level=1,
                **{"from": ["question/shared"]},
            ),
            make_event("note.added", "2025-02-01", "private", about="learning/l", text="Psst."),
            make_event("note.added", "2025-02-01", "private", about="learning/l", text="Psst."),
        ]
    )
    assert (await asker.ask(ID, id=opaque(hidden)))["node"]["id"] == opaque(hidden)
    asker.viewer = PUBLIC
    kind, _, rest = hidden.partition("/")
    name, at, then = rest.partition("@")
    unknown = (
        f"{kind}/{'999' if name.isdigit() else 'nobodys'}{at}{then.replace('farm', 'nobodys')}"
    )
    sent = []
    for what in (hidden, unknown, unknown, hidden):
        with counting(asker) as statements:
            assert (await asker.ask(ID, id=opaque(what)))["node"] is None, what
        sent.append(len(statements))
    # What the first question found out about who asks is known from then on.
    assert sent[1] == sent[2] == sent[3]


@pytest.mark.parametrize(
    "text",
    [
        *("x", "question/", "question/a b", "note/x", "note/0", "note/07", "Note/7", "nothing/7"),
        *("question/wheel@", "question/wheel@07", "question/wheel@-1", "question/wheel@7,soon"),
        *("question/wheel@7,2025-02-01T00:00:00Z", "question/wheel@7;", "question/wheel;mill"),
        f"note/{2**53}",
        f"question/wheel@{2**53}",
    ],
)
async def test_an_invalid_id_is_refused(asker: Asker, text: str) -> None:
    expected = {"code": "argument.malformed", "argument": "id"}
    assert await asker.refused(ID, id=opaque(text)) == expected
    many = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    ids = [opaque("question/wheel"), opaque(text)]
    assert await asker.refused(many, ids=ids) == {**expected, "argument": "ids.1"}


async def test_an_id_that_no_node_gave_leads_nowhere(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await framed(log, make_event)
    for text in ("question/wheel@7;mill", "cohort/valley@7", "note/7", "membership/9"):
        assert (await asker.ask(ID, id=opaque(text)))["node"] is None
    late = await asker.post(ID, variables={"id": opaque("question/wheel@9000")})
    assert late.json()["errors"][0]["extensions"]["code"] == "position.not_reached"


async def test_a_membership_does_not_give_away_an_earlier_joining(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    def part(name: str, day: str, level: str | None = None, **more: Any) -> dict[str, Any]:
        return make_event(name, day, level, organisation="mill", cohort="valley", **more)

    await log.append(
        [
            make_event("visibility.changed", "2025-02-01", of="cohort/valley", visibility="public"),
            part("organisation.left", "2025-02-02", reason="capacity"),
            part("organisation.joined", "2025-02-03", "public"),
        ]
    )
    query = """query($asOf: AsOf) { organisation(key: "mill") { journey(asOf: $asOf) { memberships(first: 9) {
      totalCount nodes { id stays { joinedPosition } } } } } }"""
    by_id = "query($id: ID!) { node(id: $id) { id } }"
    for viewer, expected in ((RECORD, "membership/4"), (PUBLIC, "membership/9")):
        asker.viewer = viewer
        found = (await asker.ask(query))["organisation"]["journey"]["memberships"]["nodes"]
        assert text_of(found[0]["id"]) == expected
        assert (await asker.ask(by_id, id=found[0]["id"]))["node"] == {"id": found[0]["id"]}
        other = {"membership/4": "membership/9"}.get(expected, "membership/4")
        assert (await asker.ask(by_id, id=opaque(other)))["node"] is None
    # Nor do the events before the public one reveal it.
    for position, count in ((8, 0), (9, 1)):
        data = await asker.ask(query, asOf={"position": position})
        assert data["organisation"]["journey"]["memberships"]["totalCount"] == count
