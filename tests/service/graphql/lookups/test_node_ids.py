"""An id identifies one set of values, now and in the past, for every item of a list."""

from collections.abc import AsyncIterator
from typing import Any, Final

import orjson
import pytest
from graphql import GraphQLObjectType, get_named_type, is_abstract_type, is_leaf_type

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from projections.updating.runner import Runner
from service.graphql.limits.query_size import Limits
from service.graphql.node_ids import opaque
from service.graphql.schema import Schema
from service.samples.generator import generate
from tests.projections.stories import MakeEvent
from tests.service.graphql.client import Asker
from tests.service.graphql.lookups.framed import framed, text_of
from tests.service.statements import counting

GRAPH: Final = Schema().graph
NODES: Final = {
    name: type_
    for name, type_ in GRAPH.type_map.items()
    if isinstance(type_, GraphQLObjectType)
    and "Node" in {interface.name for interface in type_.interfaces}
}
LARGE: Final = Limits(
    tokens_max=10**6,
    characters_max=10**6,
    cost_max=10**9,
    aliases_max=10**6,
    list_size_max=500,
    pasts_max=50,
    seconds_max=120,
)
THE_ID: Final = "__typename ... on Node { id }"


def selected(type_: GraphQLObjectType, rows: str = THE_ID) -> str:
    """Return a selection of all that a type has; of other nodes, their ids, or of those in lists the `rows`."""
    found = ["__typename"]
    for name, field in type_.fields.items():
        below: Any = get_named_type(field.type)
        # Types may disagree about a field of the same name.
        selection = "id" if name == "id" else f"{type_.name}_{name}: {name}"
        if is_leaf_type(below):
            found.append(selection)
        elif below.name.endswith("Connection"):
            end = "last" if name == "timeline" else "first"
            found.append(f"{selection}({end}: 4) {{ totalCount nodes {{ {rows} }} }}")
        elif isinstance(below, GraphQLObjectType) and below.name not in NODES:
            found.append(f"{selection} {{ {selected(below)} }}")
        else:
            found.append(f"{selection} {{ {THE_ID} }}")
    return " ".join(found)


EACH: Final = " ".join(f"... on {name} {{ {selected(type_)} }}" for name, type_ in NODES.items())
WHOLE: Final = f"__typename ... on Node {{ id }} {EACH}"
THEN: Final = f"""query($key: String!, $asOf: AsOf) {{ organisation(key: $key) {{ journey(asOf: $asOf) {{
  {selected(NODES["Journey"], "...Whole")}
  organisation {{ {selected(NODES["Organisation"], "...Whole")} }}
  cohorts: memberships(first: 4) {{ nodes {{ cohort {{ {selected(NODES["Cohort"], "...Whole")} }} }} }}
}} }} }}
fragment Whole on Node {{ {WHOLE} }}"""
BY_IDS: Final = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {WHOLE} }} }}"
BY_ID: Final = f"query($id: ID!) {{ node(id: $id) {{ {WHOLE} }} }}"


Cache = dict[tuple[str, str], dict[str, Any]]


def cached(answer: Any, cache: Cache) -> Any:
    """Take an answer into a cache as clients do; return what refers to it. A node has one value per field."""
    if isinstance(answer, list):
        return [cached(value, cache) for value in answer]
    if not isinstance(answer, dict):
        return answer
    found = {name: cached(value, cache) for name, value in answer.items()}
    if "id" not in found:
        return found
    name = (found["__typename"], found["id"])
    known = cache.setdefault(name, {})
    for field, value in found.items():
        assert known.setdefault(field, value) == value, (name, field)
    return name


@pytest.fixture
async def generated(log: EventLog) -> AsyncIterator[Asker]:
    """A GraphQL client over a log with a generated cohort."""
    events = list(generate(cohorts=1, seed=6, positions=False))
    for start in range(0, len(events), 200):
        await log.append(events[start : start + 200])
    async with Runner(log) as runner:
        await runner.catch_up()
        asker = Asker(log, runner, catches_up=False, limits=LARGE)
        async with asker.http:
            yield asker


async def organisations(asker: Asker) -> list[str]:
    """Return the keys of all organisations, those with the most entries first."""
    data = await asker.ask(
        "{ organisations(first: 100) { nodes { key timeline(first: 1) { totalCount } } } }"
    )
    busiest = sorted(
        data["organisations"]["nodes"], key=lambda node: -node["timeline"]["totalCount"]
    )
    return [node["key"] for node in busiest]


def viewer_of(name: str, organisation: str) -> Principal:
    """Return a viewer, by their role."""
    return {
        "facilitator": RECORD,
        "organisation": Principal("own", Role.ORGANISATION, organisation=organisation),
        "evaluator": Principal("evaluator", Role.EVALUATOR, frozenset({"c0000"})),
        "analyst": Principal("analyst", Role.ANALYST),
        "public": PUBLIC,
    }[name]


@pytest.mark.generated
@pytest.mark.parametrize(
    ("viewer", "of"),
    [
        *(("facilitator", of) for of in ("now", "position", "recordedAt", "occurredAt")),
        *(("organisation", of) for of in ("now", "position")),
        *(
            ("analyst", "occurredAt"),
            ("evaluator", "position"),
            ("public", "position"),
            ("public", "now"),
        ),
    ],
)
async def test_by_its_id_a_node_has_the_values_that_it_has_below_the_journey(
    generated: Asker, log: EventLog, viewer: str, of: str
) -> None:
    asker = generated
    _, key, *_ = await organisations(asker)
    asker.viewer = viewer_of(viewer, key)
    middle = await log.event(await log.head() * 3 // 4)
    assert middle is not None
    content = orjson.loads(middle.line)
    as_of = {
        "now": None,
        "position": {"position": middle.position},
        "recordedAt": {"recordedAt": content["recordedtime"]},
        "occurredAt": {"occurredAt": content["time"]},
    }[of]
    below: Cache = {}
    cached(await asker.ask(THEN, key=key, asOf=as_of), below)
    if as_of is not None:
        today: Cache = {}
        cached(await asker.ask(THEN, key=key, asOf=None), today)
        assert not today.keys() & below.keys()
    ids = sorted(id_ for _, id_ in below)
    nodes = (await asker.ask(BY_IDS, ids=ids))["nodes"]
    assert [node and node["id"] for node in nodes] == ids
    cached(nodes, below)
    if viewer == "facilitator":
        assert len({name for name, _ in below}) > 20
        # What the ids lead to has further ids.
        more = sorted({id_ for _, id_ in below} - set(ids))[:200]
        nodes = (await asker.ask(BY_IDS, ids=more))["nodes"]
        assert [node and node["id"] for node in nodes] == more
        cached(nodes, below)


async def test_two_events_that_their_sources_call_alike_are_two(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    note = {
        **make_event("note.added", "2025-02-01", about="organisation/mill", text="A."),
        "id": "note-1",
    }
    await log.append([{**note, "source": "urn:a"}, {**note, "source": "urn:b"}])
    one = "id eventId source ... on Node { id }"
    data = await asker.ask(
        f"{{ a: event(position: 7) {{ {one} }} b: event(position: 8) {{ {one} }} "
        f"events(first: 9) {{ nodes {{ {one} }} }} }}"
    )
    assert [data[name]["eventId"] for name in "ab"] == ["note-1", "note-1"]
    assert [text_of(data[name]["id"]) for name in "ab"] == ["log/7", "log/8"]
    assert data["events"]["nodes"][-2:] == [data["a"], data["b"]]
    node = "query($id: ID!) { node(id: $id) { ... on Event { source } } }"
    assert (await asker.ask(node, id=data["b"]["id"]))["node"] == {"source": "urn:b"}


async def test_many_are_found_together(asker: Asker, log: EventLog, make_event: MakeEvent) -> None:
    await framed(log, make_event)
    streams = [
        "question/wheel",
        "organisation/farm",
        "question/nobodys",
        "organisation/mill",
        "question/wheel",
    ]
    things = [
        *streams[:4],
        "pairing/pair",
        "event/8",
        "log/8",
        "questionFraming/8",
        "membership/5",
        "journey/mill",
    ]
    things += [f"{thing}@8" for thing in ("question/wheel", "questionFraming/7", "event/7")]
    asked = """query($ids: [ID!]!, $streams: [String!]!) {
      nodes(ids: $ids) { id } subjects(streams: $streams) { stream } }"""

    async def shown(ids: list[str], streams: list[str]) -> tuple[Any, Any, int]:
        with counting(asker) as sent:
            data = await asker.ask(asked, ids=[opaque(id_) for id_ in ids], streams=streams)
        return (
            [node and text_of(node["id"]) for node in data["nodes"]],
            [subject and subject["stream"] for subject in data["subjects"]],
            len(sent),
        )

    await shown(things, streams)
    nodes, subjects, statements = await shown(things, streams)
    assert nodes == [None if "nobodys" in thing else thing for thing in things]
    assert subjects == [None if "nobodys" in stream else stream for stream in streams]
    few, many = await shown(things[:3], streams[:1]), await shown(things * 7, streams * 9)
    assert few[2] < many[2] == statements
    assert (await shown([], []))[:2] == ([], [])


async def test_how_many_are_asked_for_at_once_is_bounded(
    log: EventLog, asker: Asker, make_event: MakeEvent
) -> None:
    await framed(log, make_event)
    limits = Limits(list_size_max=3, pasts_max=2, cost_max=30)
    few = Asker(log, asker.runner, limits=limits)
    nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    subjects = "query($streams: [String!]!) { subjects(streams: $streams) { id key } }"
    ids = [opaque(f"question/wheel@{position}") for position in (7, 8)]
    async with few.http:
        assert len((await few.ask(nodes, ids=ids * 1))["nodes"]) == 2
        assert await few.refused(nodes, ids=ids * 2) == {
            "code": "argument.too_many",
            "argument": "ids",
        }
        streams = ["question/wheel"] * 4
        expected = {"code": "argument.too_many", "argument": "streams"}
        assert await few.refused(subjects, streams=streams) == expected
        # They cost as much as a list of as many.
        assert (await few.refused(subjects, streams=streams * 4))["code"] == "query.too_costly"
        inline = '{ subjects(streams: ["question/a", "question/b", "question/c"]) { key } }'
        answer = (await few.post(inline)).json()
        assert answer["extensions"]["cost"]["requested"] == 4
        pasts = [*ids, opaque("question/wheel@6")]
        assert (await few.ask(nodes, ids=pasts[1:]))["nodes"][0] is not None
        await log.append(
            [make_event("note.added", "2025-02-05", about="question/wheel", text="Hm.")]
        )
        pasts = [*ids, opaque("question/wheel@9")]
        assert await few.refused(nodes, ids=pasts) == {
            "code": "argument.too_many",
            "argument": "ids",
        }


def test_every_item_of_a_list_is_a_node() -> None:
    rows = {
        get_named_type(type_.fields["node"].type)
        for name, type_ in GRAPH.type_map.items()
        if isinstance(type_, GraphQLObjectType) and name.endswith("Edge") and "node" in type_.fields
    }
    each = {
        one
        for row in rows
        for one in (GRAPH.get_possible_types(row) if is_abstract_type(row) else [row])
    }
    # What a search finds depends on what was searched for: what it is of is the node.
    assert {one.name for one in each} - NODES.keys() == {"SearchHit"}


@pytest.mark.parametrize("name", ["type", "then", "parent"])
async def test_an_alias_may_have_any_name(asker: Asker, name: str) -> None:
    query = f"""query($id: ID!) {{ node(id: $id) {{ ... on Pairing {{ {name}: cohort {{ key }} }} }}
      organisation(key: "mill") {{ pairings(first: 1) {{ nodes {{ {name}: cohort {{ key }} }} }}
        timeline(first: 1) {{ nodes {{ __typename ... on TimelineEntry {{ {name}: subject {{ key }} }} }} }} }} }}"""
    data = await asker.ask(query, id=opaque("pairing/pair"))
    assert data["node"] == {name: {"key": "valley"}} == data["organisation"]["pairings"]["nodes"][0]
    assert data["organisation"]["timeline"]["nodes"][0][name] == {"key": "mill"}


async def test_ids_lead_back_to_what_they_are_of(asker: Asker) -> None:
    query = '{ organisation(key: "mill") { id timeline(first: 1) { nodes { ... on TimelineEntry { id } } } } }'
    data = (await asker.ask(query))["organisation"]
    node = "query($id: ID!) { node(id: $id) { __typename id } }"
    assert (await asker.ask(node, id=data["id"]))["node"] == {
        "__typename": "Organisation",
        "id": data["id"],
    }
    entry = data["timeline"]["nodes"][0]["id"]
    assert (await asker.ask(node, id=entry))["node"]["__typename"] == "OrganisationRegistered"
    asker.viewer = PUBLIC
    for id_ in ("x", "", data["id"] + "=", "🌊"):
        assert (await asker.refused(node, id=id_))["argument"] == "id"
