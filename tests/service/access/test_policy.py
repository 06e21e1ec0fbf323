"""The whole matrix: every route, field and cell, from the routes and the schema; what nobody declared fails here."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from io import BytesIO
from typing import Any, Final
from urllib.parse import quote

import openpyxl
import orjson
import pytest
from fastapi import APIRouter
from graphql import GraphQLObjectType, build_schema

from events.access.policy import (
    RECORDING,
    TABLE,
    Action,
    Relation,
    Role,
    allows,
    may_ever,
    recording,
    shows,
)
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import Visibility
from events.vocabulary.types import EVENT_TYPES, RecordedBy
from service.access import endpoints
from service.app import create_app
from service.errors import UndeclaredEndpoint
from service.graphql.node_ids import opaque
from service.graphql.schema import Schema, sdl
from service.graphql.types.listed import SHAPES
from service.http.resources import health
from service.pages.routes import FILES, PAGES
from tests.events.samples import asked, formed, held, joined, paired, registered
from tests.service.app import BATCH, SSE, Api, open_api, person
from tests.service.assistants.calling import posted
from tests.service.pages.live.streams import opened

NOBODYS_UUID: Final = "00000000-0000-0000-0000-000000000000"
# A request per route that only access can refuse: a permitted client is answered with neither 401 nor 403.
ASKED: Final[Mapping[str, tuple[str, bytes]]] = {
    "POST /events": ("/events", b"[]"),
    "POST /events/validate": ("/events/validate", b"[]"),
    "OPTIONS /events": ("/events", b""),
    "GET /events": ("/events", b""),
    "GET /events/visible": ("/events/visible", b""),
    "GET /events/{position}": ("/events/1", b""),
    "GET /streams/{kind}/{key}": ("/streams/organisation/mill", b""),
    "GET /tables/{table}": ("/tables/failures", b""),
    "GET /quarantine": ("/quarantine", b""),
    "POST /quarantine/{id}/retry": (f"/quarantine/{NOBODYS_UUID}/retry", b""),
    "DELETE /quarantine/{id}": (f"/quarantine/{NOBODYS_UUID}", b""),
    "GET /consumers": ("/consumers", b""),
    "GET /consumers/{name}": ("/consumers/nobodys", b""),
    "PUT /consumers/{name}": ("/consumers/nightly", b'{"position": 0, "hash": "%s"}' % (b"0" * 64)),
    "DELETE /consumers/{name}": ("/consumers/nobodys", b""),
    "GET /webhooks": ("/webhooks", b""),
    "POST /webhooks": ("/webhooks", b'{"url": "https://receiver.example/in"}'),
    "GET /webhooks/sample": ("/webhooks/sample", b""),
    "GET /webhooks/{id}": ("/webhooks/0000000000000000", b""),
    "PATCH /webhooks/{id}": ("/webhooks/0000000000000000", b"{}"),
    "DELETE /webhooks/{id}": ("/webhooks/0000000000000000", b""),
    "POST /webhooks/{id}/replay": ("/webhooks/0000000000000000/replay", b""),
    "POST /webhooks/{id}/rotate": ("/webhooks/0000000000000000/rotate", b""),
    "POST /webhooks/{id}/test": ("/webhooks/0000000000000000/test", b""),
    "GET /keys": ("/keys", b""),
    "POST /keys": ("/keys", b'{"role": "organisation", "organisation": "mill"}'),
    "POST /keys/{id}/rotate": ("/keys/0000000000000000/rotate", b""),
    "DELETE /keys/{id}": ("/keys/0000000000000000", b""),
    "GET /graphql": ("/graphql?query={__typename}", b""),
    "GET /graphql/{asset}": ("/graphql/x", b""),
    "POST /graphql": ("/graphql", b'{"query": "{__typename}"}'),
    "POST /mcp": ("/mcp", b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'),
    "GET /event-types": ("/event-types", b""),
    "GET /event-types/{type}": ("/event-types/x", b""),
    "GET /event-envelope": ("/event-envelope", b""),
    "GET /metrics": ("/metrics", b""),
    "GET /health/live": ("/health/live", b""),
    "GET /health/ready": ("/health/ready", b""),
    "GET /docs": ("/docs", b""),
    "GET /docs/{asset}": ("/docs/favicon.png", b""),
    "GET /openapi.json": ("/openapi.json", b""),
    "GET /asyncapi.json": ("/asyncapi.json", b""),
    "GET /assets/{name}": ("/assets/x", b""),
    "GET /queries/{name}": ("/queries/home.graphql", b""),
    "GET /robots.txt": ("/robots.txt", b""),
    **{
        call: (
            call.split()[1]
            .replace("{kind}", "cohort")
            .replace("{key}", "heritage")
            .replace("{part}", "1"),
            b"",
        )
        for call in endpoints.COMMONS
    },
    "GET /cohorts/{key}/access": ("/cohorts/heritage/access", b""),
    "POST /cohorts/{key}/access": ("/cohorts/heritage/access", b""),
    "POST /cohorts/{key}/access/end": ("/cohorts/heritage/access/end", b""),
    "GET /live": ("/live?cohort=there-is-none", b""),
    "GET /record/sheets": ("/record/sheets", b""),
    "GET /record/sheets/template.xlsx": ("/record/sheets/template.xlsx", b""),
    "GET /record/sheets/recorded": ("/record/sheets/recorded?first=1&last=9", b""),
    "GET /record/sheets/completed": ("/record/sheets/completed", b""),
    "POST /record/sheets": ("/record/sheets", b""),
    "POST /record/sheets/recorded": ("/record/sheets/recorded", b""),
    "GET /record/{type}": ("/record/note.added", b""),
    "POST /record/{type}": ("/record/note.added", b""),
    "GET /record/{type}/subjects": ("/record/note.added/subjects", b""),
    "POST /record/{type}/check": ("/record/note.added/check", b""),
    "GET /record/done/{position}": ("/record/done/1", b""),
    "POST /record/done/{position}": ("/record/done/1", b""),
    "GET /cohorts/{key}/sessions/new": ("/cohorts/heritage/sessions/new", b""),
    "POST /cohorts/{key}/sessions/new": ("/cohorts/heritage/sessions/new", b""),
    "GET /cohorts/{key}/sessions/{session}/notes": ("/cohorts/heritage/sessions/x/notes", b""),
    "POST /cohorts/{key}/sessions/{session}/notes": ("/cohorts/heritage/sessions/x/notes", b""),
    "GET /sign-in": ("/sign-in", b""),
    "POST /sign-in": ("/sign-in", b""),
    "GET /sign-in/oidc": ("/sign-in/oidc", b""),
    "POST /sign-in/oidc": ("/sign-in/oidc", b""),
    "GET /sign-in/sessions": ("/sign-in/sessions", b""),
    "POST /sign-in/sessions": ("/sign-in/sessions", b""),
    "GET /sign-out": ("/sign-out", b""),
    "POST /sign-out": ("/sign-out", b""),
    **{
        page.endpoint: (page.path.replace("{key}", "mill").replace("{figure}", "funnel"), b"")
        for page in (*FILES, *PAGES)
    },
}
NOT_OVER_HTTP: Final = {"WS /graphql"}
NOT_BY_KEY: Final = {"POST /hooks/{name}"}
"""What opens with a secret of its own, with any key or none: tests/service/submissions/test_route.py tries it."""
WHO: Final[Mapping[Role, str | None]] = {
    Role.FACILITATOR: "facilitator",
    Role.ORGANISATION: "mill",
    Role.GUEST: "guest",
    Role.EVALUATOR: "evaluator",
    Role.ANALYST: "analyst",
    Role.ADMIN: "admin",
    Role.PUBLIC: None,
}


def test_every_cell_is_declared() -> None:
    declared = {
        (action, role, relation)
        for action, rows in TABLE.items()
        for role, row in rows.items()
        for relation in row
    }
    assert declared == {(a, role, rel) for a in Action for role in Role for rel in Relation}
    for role in Role:
        for relation in Relation:
            assert isinstance(TABLE[Action.READ][role][relation], Visibility)


def test_every_event_type_is_recorded_by_the_policy() -> None:
    assert RECORDING.keys() == set(RecordedBy)
    for type_ in EVENT_TYPES:
        if type_.recorded_by is not RecordedBy.AMENDER:
            assert may_ever(Role.FACILITATOR, recording(VOCABULARY.of(type_)))


def test_every_route_is_declared_and_nothing_else() -> None:
    assert set(endpoints.endpoints_of(create_app(None))) == endpoints.HTTP.keys()
    assert endpoints.HTTP.keys() == ASKED.keys() | NOT_OVER_HTTP | NOT_BY_KEY


def test_every_field_of_the_graph_is_declared_and_nothing_else() -> None:
    graph = build_schema(sdl())
    fields = {
        f"{name}.{field}"
        for name, type_ in graph.type_map.items()
        if isinstance(type_, GraphQLObjectType)
        for field in type_.fields
    }
    assert set(endpoints.types_of(graph)) == {name for name in endpoints.GRAPH if "." not in name}
    assert {name for name in endpoints.GRAPH if "." in name} <= fields


def test_a_route_that_nobody_declared_keeps_the_service_from_starting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    router = APIRouter()
    router.add_api_route("/cellar", lambda: None)
    monkeypatch.setattr(health, "router", router)
    with pytest.raises(UndeclaredEndpoint, match="GET /cellar"):
        create_app(None)


def test_a_type_of_the_graph_that_nobody_declared_keeps_the_service_from_starting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {name: action for name, action in endpoints.GRAPH.items() if name != "Note"}
    monkeypatch.setattr(endpoints, "GRAPH", known)
    with pytest.raises(UndeclaredEndpoint, match="Note"):
        create_app(None)


@pytest.mark.parametrize("call", sorted(ASKED))
async def test_a_route_lets_in_whom_it_is_for_and_nobody_else(api: Api, call: str) -> None:
    method, _ = call.split(" ")
    path, body = ASKED[call]
    answers = {}
    for role, who in WHO.items():
        media = BATCH if "events" in path else "application/json"
        # Forms are refused unless a page of the service sends them.
        headers = api.headers(who, {"content-type": media, "sec-fetch-site": "same-origin"})
        response = await api.client.request(method, path, content=body, headers=headers)
        answers[role] = response.status_code
    expected = endpoints.HTTP[call]
    for role, status in answers.items():
        if may_ever(role, expected):
            assert status not in (401, 403, 500), (role, status)
        else:
            assert status == (401 if role is Role.PUBLIC else 403), role


def in_relation() -> list[dict[str, Any]]:
    """Return mill, with archive paired, bakery in the same cohort, library outside; all names are public."""
    public = {"visibility": "public"}
    return [
        formed(**public),
        formed("next", **public),
        *(registered(name, **public) for name in ("mill", "archive", "bakery", "library")),
        *(joined(name, **public) for name in ("mill", "archive", "bakery")),
        held(**public),
        paired("mill", "archive", visibility="public"),
    ]


Ask = Callable[[Api, int, str | None], Awaitable[bool]]


async def _lines(api: Api, position: int, who: str | None) -> bool:
    lines = await api.lines(who, f"?after={position - 1}&limit=1")
    return [line["position"] for line in lines] == [position]


async def _page(api: Api, position: int, who: str | None) -> bool:
    page = await api.get(
        "/events?stream=organisation/mill&type=org.howcanwe.help.asked.v1", who, accept=BATCH
    )
    return position in [event["position"] for event in page.json()]


async def _live(api: Api, position: int, who: str | None) -> bool:
    # It ends with what is recorded last, which everybody is given.
    last = await api.head()
    count = len(await api.lines(who, f"?after={position - 1}"))
    live = await api.get(f"/events?after={position - 1}&limit={count}", who, accept=SSE)
    ids = [line for line in live.text.splitlines() if line.startswith("id: ")]
    assert ids[-1] == f"id: {last}"
    return f"id: {position}" in ids


async def _one(api: Api, position: int, who: str | None) -> bool:
    response = await api.get(f"/events/{position}", who)
    assert response.status_code in (200, 404)
    return response.status_code == 200


async def _stream(api: Api, position: int, who: str | None) -> bool:
    response = await api.get(f"/streams/ask/ask-{position}", who)
    version: int = response.json()["version"]
    return version == 1


async def _graph(api: Api, who: str | None, query: str) -> Any:
    response = await api.client.post(
        "/graphql",
        json={"query": query},
        headers=api.headers(who, {"min-position": str(await api.head())}),
    )
    assert "errors" not in response.json(), response.text
    return response.json()["data"]


async def _graph_event(api: Api, position: int, who: str | None) -> bool:
    return (await _graph(api, who, f"{{ event(position: {position}) {{ position }} }}"))[
        "event"
    ] is not None


async def _graph_events(api: Api, position: int, who: str | None) -> bool:
    query = '{ events(first: 100, stream: "organisation/mill") { nodes { position } edges { node { position } } } }'
    data = (await _graph(api, who, query))["events"]
    nodes = [node["position"] for node in data["nodes"]]
    assert nodes == [edge["node"]["position"] for edge in data["edges"]]
    return position in nodes


async def _graph_timeline(api: Api, position: int, who: str | None) -> bool:
    entry = "... on TimelineEntry { position event { position } }"
    listed = f"totalCount nodes {{ {entry} }} edges {{ node {{ {entry} }} }}"
    query = f'{{ organisation(key: "mill") {{ timeline(first: 100) {{ {listed} }} }} }}'
    data = (await _graph(api, who, query))["organisation"]["timeline"]
    nodes = [node["position"] for node in data["nodes"]]
    assert nodes == [edge["node"]["position"] for edge in data["edges"]]
    given = [node["position"] for node in data["nodes"] if node["event"] is not None]
    assert (position in given) <= (position in nodes)
    assert data["totalCount"] == len(nodes)
    return position in nodes


async def _graph_node(api: Api, position: int, who: str | None) -> bool:
    things = (f"event/{position}", f"log/{position}", f"ask/ask-{position}")
    # As of now, and as of an earlier moment.
    ids = [opaque(f"{thing}{then}") for thing in things for then in ("", f"@{position}")]
    asked = " ".join(f'n{n}: node(id: "{id_}") {{ id }}' for n, id_ in enumerate(ids))
    each = list((await _graph(api, who, f"{{ {asked} }}")).values())
    together = f"{{ nodes(ids: {str(ids).replace(chr(39), chr(34))}) {{ id }} }}"
    assert (await _graph(api, who, together))["nodes"] == each
    assert [node["id"] for node in each if node is not None] in ([], ids)
    return each[0] is not None


async def _graph_subjects(api: Api, position: int, who: str | None) -> bool:
    query = f'{{ subjects(streams: ["ask/ask-{position}", "ask/nobodys"]) {{ stream }} }}'
    found, unknown = (await _graph(api, who, query))["subjects"]
    assert unknown is None
    return found is not None


def _followed(given: str) -> Ask:
    """Return how a subscription to a timeline is asked, which is chosen by these arguments."""

    async def asks(api: Api, position: int, who: str | None) -> bool:
        last = await api.head()
        assert await api.service.served.wait_for(last, 10)
        query = f"subscription {{ timeline(after: {position - 1}, {given}) {{ ... on TimelineEntry {{ position }} }} }}"
        schema: Schema = api.app.state.graph.schema
        found = [0]
        async with (
            asyncio.timeout(10),
            aclosing(await schema.stream(query, {}, await api.context(who))) as results,
        ):
            # It ends with what is recorded last, which everybody is given.
            while found[-1] != last:
                result = await anext(results)
                assert not result.errors
                found.append(orjson.loads(orjson.dumps(result.data))["timeline"]["position"])
        return position in found

    return asks


async def _live_of_pages(api: Api, position: int, who: str | None) -> bool:
    # It ends with what is recorded last, which everybody is given.
    last = await api.head()
    async with opened(api, who, organisation="mill", after=position - 1) as stream:
        return position in [one["position"] for one in await stream.until(last)]


async def _pages(api: Api, position: int, who: str | None) -> bool:
    assert await api.service.served.wait_for(await api.head(), 10)
    keys = {"cohorts": "heritage", "organisations": "mill", "asks": f"ask-{position}"}
    sources = []
    for page in PAGES:
        path = page.path.replace("{key}", keys.get(page.path.split("/")[1], "nobodys"))
        response = await api.get(path, who)
        assert response.status_code in (200, 404)
        # A page repeats its own address, also in the link to sign in.
        sources.append(response.text.replace(path, "").replace(quote(path, safe=""), ""))
    return any(f"ask-{position}" in source for source in sources)


async def _form(api: Api, position: int, who: str | None) -> bool:
    assert await api.service.served.wait_for(await api.head(), 10)
    response = await api.get("/record/note.added", who)
    if response.status_code != 200:
        # Those who record nothing have no forms.
        return await _graph_subjects(api, position, who)
    return f"ask-{position}" in response.text


async def _workbook(api: Api, position: int, who: str | None) -> bool:
    assert await api.service.served.wait_for(await api.head(), 10)
    response = await api.get("/record/sheets/template.xlsx", who)
    if response.status_code != 200:
        # Those who record nothing have no sheets.
        return await _graph_subjects(api, position, who)
    made = openpyxl.load_workbook(BytesIO(response.content))
    cells = [str(cell.value) for row in made["Lists"] for cell in row]
    return any(f"ask-{position}" in cell for cell in cells)


async def _table(api: Api, position: int, who: str | None) -> bool:
    head = await api.head()
    response = await api.get(f"/tables/asks?min_position={head}&limit=1000", who)
    assert response.status_code == 200
    return position in {row["position"] for row in response.json()["rows"]}


async def _assistant(api: Api, position: int, who: str | None) -> bool:
    journey = await posted(api, who, "journey", organisation="mill", first=100)
    positions = [entry["position"] for entry in journey["entries"]]
    assert journey["total"] == len(positions)
    found = await posted(api, who, "search", text="ladder", kinds=["ask"], first=100)
    streams = [hit["stream"] for hit in found["hits"]]
    assert found["total"] == len(streams)
    assert (position in positions) is (f"ask/ask-{position}" in streams)
    return position in positions


async def _visible(api: Api, position: int, who: str | None) -> bool:
    response = await api.get(f"/events/visible?after={position - 1}&through={position}", who)
    assert response.json()["ranges"] in ([], [[position, position]])
    return bool(response.json()["ranges"])


WAYS: Final[Mapping[str, Ask]] = {
    "lines": _lines,
    "page": _page,
    "live": _live,
    "GET /events/visible": _visible,
    "GET /events/{position}": _one,
    "GET /streams/{kind}/{key}": _stream,
    "Query.event": _graph_event,
    "Query.events": _graph_events,
    "Query.organisation": _graph_timeline,
    "Query.node": _graph_node,
    "Query.nodes": _graph_node,
    "Query.subjects": _graph_subjects,
    "Subscription.timeline": _followed("kinds: []"),
    "a subscription to an organisation": _followed('organisation: "mill"'),
    "a subscription to cohorts": _followed('cohorts: ["next", "heritage"]'),
    "GET /live": _live_of_pages,
    "pages": _pages,
    "GET /record/{type}": _form,
    "GET /record/sheets/template.xlsx": _workbook,
    "GET /tables/{table}": _table,
    "POST /mcp": _assistant,
}


async def _notes(api: Api, position: int, who: str | None) -> bool:
    assert await api.service.served.wait_for(await api.head(), 10)
    response = await api.get("/cohorts/heritage/sessions/session/notes", who)
    assert response.status_code in (200, 303, 404)
    return f'data-position="{position}"' in response.text


async def _hosting(api: Api, position: int, who: str | None) -> bool:
    response = await api.get("/cohorts/heritage/sessions/new", who)
    assert response.status_code in (200, 303, 404)
    return f"ask-{position}" in response.text


BOUNDED: Final[Mapping[str, Ask]] = {
    "GET /cohorts/{key}/sessions/{session}/notes": _notes,
    "GET /cohorts/{key}/sessions/new": _hosting,
}
"""Pages for a room full of people. They show what every member may see, to those who may record there."""


def test_every_way_to_content_is_asked() -> None:
    types = build_schema(sdl()).type_map
    graph, followed = types["Query"], types["Subscription"]
    assert isinstance(graph, GraphQLObjectType)
    assert isinstance(followed, GraphQLObjectType)
    reading = {call for call, action in endpoints.HTTP.items() if action is Action.READ}
    # What is for anybody shows everybody the same: tests.service.pages.commons.
    reading -= {page.endpoint for page in (*FILES, *PAGES)} | {*endpoints.COMMONS}
    # A form that is shown again lists the same, and what was just recorded is shown to its sender alone.
    reading -= {call for call in reading if call.startswith(("POST /record/", "GET /record/done/"))}
    # What is found while somebody types is a part of the form's lists: tests.service.pages.record.typing.
    reading -= {"GET /record/{type}/subjects"}
    # The former shows names of cohorts alone, the latter what sheets recorded, and a file to the session that sent it:
    # tests.service.pages.sheets.upload.
    reading -= {"GET /record/sheets", "GET /record/sheets/recorded", "GET /record/sheets/completed"}
    # A line that is shown again shows the same.
    reading -= {call for call in reading if call.startswith("POST /cohorts/")} | BOUNDED.keys()
    assert reading - {"GET /events"} - {c for c in reading if "graphql" in c} <= WAYS.keys()
    # Persons have a test of their own, and so has the condition by which every subject is found (tests.projections).
    subjects = {f"Query.{name}" for shape in SHAPES for name in (shape.kind, shape.plural) if name}
    # The viewer's answer holds nothing but the key.
    elsewhere = {"Query.insights", "Query.search", "Query.viewer", "Query.liveCursor"}
    asked = {f"Query.{field}" for field in graph.fields} - elsewhere
    assert asked - (subjects - WAYS.keys()) <= WAYS.keys()
    assert {f"Subscription.{field}" for field in followed.fields} - {
        "Subscription.insights"
    } <= WAYS.keys()


async def test_every_way_to_content_shows_what_the_policy_says(database_url: str) -> None:
    async with open_api(database_url, lives=True) as api:
        assert (await api.post(*in_relation())).status_code == 201
        heritage = {"cohorts": ("heritage",)}
        viewers = {
            (Role.FACILITATOR, Relation.OWN): await api.key(Role.FACILITATOR, **heritage),
            (Role.FACILITATOR, Relation.OTHER): await api.key(Role.FACILITATOR, cohorts=("next",)),
            (Role.ORGANISATION, Relation.OWN): "mill",
            (Role.ORGANISATION, Relation.PAIR): "archive",
            (Role.ORGANISATION, Relation.COHORT): await api.key(
                Role.ORGANISATION, organisation="bakery"
            ),
            (Role.ORGANISATION, Relation.OTHER): "library",
            (Role.GUEST, Relation.OWN): "guest",
            (Role.GUEST, Relation.PAIR): await api.guest("archive", "heritage"),
            (Role.GUEST, Relation.COHORT): await api.guest("bakery", "heritage"),
            (Role.GUEST, Relation.OTHER): await api.guest("library", "next"),
            (Role.EVALUATOR, Relation.OWN): "evaluator",
            (Role.EVALUATOR, Relation.OTHER): await api.key(Role.EVALUATOR, cohorts=("next",)),
            (Role.ANALYST, Relation.OTHER): "analyst",
            (Role.ADMIN, Relation.OTHER): "admin",
            (Role.PUBLIC, Relation.OTHER): None,
        }
        positions = {}
        for level in Visibility:
            position = await api.head() + 1
            event = asked(f"ask-{position}", cohort="heritage", visibility=level.value)
            assert (await api.post(event)).status_code == 201
            positions[level] = position
        # An end to every live stream, and to every subscription to the mill or the cohorts.
        end = joined("mill", "next", visibility="public")
        assert (await api.post(end)).status_code == 201
        assert await _notes(api, positions[Visibility.COHORT], "mill")
        for (role, relation), who in viewers.items():
            for level, position in positions.items():
                for name, asks in WAYS.items():
                    seen = await asks(api, position, who)
                    assert seen is shows(role, relation, level), (name, role, relation, level)
                for name, asks in BOUNDED.items():
                    seen = await asks(api, position, who)
                    assert seen <= shows(role, relation, level), (name, role, relation, level)


async def test_keys_of_organisations_are_made_shown_and_ended_as_the_policy_says(
    story: Api,
) -> None:
    ours = await story.key(Role.FACILITATOR, cohorts=("heritage",))
    others = await story.key(Role.FACILITATOR, cohorts=("next",))
    asks: list[tuple[str | None, Role, Relation]] = [
        (ours, Role.FACILITATOR, Relation.OWN),
        (others, Role.FACILITATOR, Relation.OTHER),
        *((WHO[role], role, Relation.OTHER) for role in WHO if role is not Role.FACILITATOR),
    ]
    for who, role, relation in asks:
        key = await story.key(Role.ORGANISATION, organisation="mill")
        id_ = key.split("_")[1]
        grant = b'{"role": "organisation", "organisation": "mill"}'
        made = await story.send(grant, "application/json", who, "/keys")
        listed = await story.get("/keys", who)
        ended = await story.client.delete(f"/keys/{id_}", headers=story.headers(who))
        may = allows(role, Action.GRANT_ORGANISATION, relation)
        assert (made.status_code == 201) is may, (role, relation)
        is_listed = listed.is_success and id_ in [one["id"] for one in listed.json()["keys"]]
        assert is_listed is may, (role, relation)
        assert (ended.status_code == 204) is may, (role, relation)


async def test_a_name_is_shown_to_whom_the_policy_says(database_url: str) -> None:
    async with open_api(database_url, lives=True) as api:
        assert (await api.post(*in_relation())).status_code == 201
        assert (await api.post(person())).status_code == 201
        ours = await api.key(Role.FACILITATOR, cohorts=("heritage",))
        others = await api.key(Role.FACILITATOR, cohorts=("next",))
        bakery = await api.key(Role.ORGANISATION, organisation="bakery")
        viewers = {
            ours: (Role.FACILITATOR, Relation.OWN),
            "facilitator": (Role.FACILITATOR, Relation.OWN),
            others: (Role.FACILITATOR, Relation.OTHER),
            "mill": (Role.ORGANISATION, Relation.OWN),
            "archive": (Role.ORGANISATION, Relation.PAIR),
            bakery: (Role.ORGANISATION, Relation.COHORT),
            "library": (Role.ORGANISATION, Relation.OTHER),
            "guest": (Role.GUEST, Relation.OWN),
            "evaluator": (Role.EVALUATOR, Relation.OWN),
            "analyst": (Role.ANALYST, Relation.OTHER),
            "admin": (Role.ADMIN, Relation.OTHER),
            None: (Role.PUBLIC, Relation.OTHER),
        }
        query = '{ person(key: "grace") { key organisation { key } role name email } }'
        unknown = '{ person(key: "nobody") { key organisation { key } role name email } }'
        for who, (role, relation) in viewers.items():
            person_shown = (await _graph(api, who, query))["person"]
            if allows(role, Action.READ_PERSONAL, relation):
                assert (person_shown["name"], person_shown["email"]) == (
                    "Grace Hopper",
                    "grace@example.org",
                )
            else:
                assert person_shown is None
            assert (await _graph(api, who, unknown))["person"] is None


async def test_who_evaluates_a_cohort_is_shown_to_whom_the_policy_says(database_url: str) -> None:
    async with open_api(database_url, lives=True) as api:
        assert (await api.post(*in_relation())).status_code == 201
        ours = await api.key(Role.FACILITATOR, cohorts=("heritage",))
        others = await api.key(Role.FACILITATOR, cohorts=("next",))
        viewers = {
            "facilitator": (Role.FACILITATOR, Relation.OWN),
            ours: (Role.FACILITATOR, Relation.OWN),
            others: (Role.FACILITATOR, Relation.OTHER),
            "mill": (Role.ORGANISATION, Relation.COHORT),
            "library": (Role.ORGANISATION, Relation.OTHER),
            "guest": (Role.GUEST, Relation.COHORT),
            "evaluator": (Role.EVALUATOR, Relation.OWN),
            "analyst": (Role.ANALYST, Relation.OTHER),
            "admin": (Role.ADMIN, Relation.OTHER),
            None: (Role.PUBLIC, Relation.OTHER),
        }
        expected = [f"service/{api.keys['evaluator'].split('_')[1]}"]
        for who, (role, relation) in viewers.items():
            found = (await _graph(api, who, '{ cohort(key: "heritage") { evaluators } }'))["cohort"]
            may = allows(role, Action.READ_EVALUATORS, relation)
            assert found == {"evaluators": expected if may else None}, (role, relation)
