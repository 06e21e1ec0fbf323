"""Every way to an event, each as a question whether somebody is shown it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from io import BytesIO
from typing import Any, Final
from urllib.parse import quote

import openpyxl
import orjson

from service.graphql.node_ids import opaque
from service.graphql.schema import Schema
from service.pages.routes import PAGES
from tests.service.app import BATCH, SSE, Api
from tests.service.assistants.calling import posted
from tests.service.pages.live.streams import opened

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


async def graph_answer(api: Api, who: str | None, query: str) -> Any:
    response = await api.client.post(
        "/graphql",
        json={"query": query},
        headers=api.headers(who, {"min-position": str(await api.head())}),
    )
    assert "errors" not in response.json(), response.text
    return response.json()["data"]


async def _graph_event(api: Api, position: int, who: str | None) -> bool:
    return (await graph_answer(api, who, f"{{ event(position: {position}) {{ position }} }}"))[
        "event"
    ] is not None


async def _graph_events(api: Api, position: int, who: str | None) -> bool:
    query = '{ events(first: 100, stream: "organisation/mill") { nodes { position } edges { node { position } } } }'
    data = (await graph_answer(api, who, query))["events"]
    nodes = [node["position"] for node in data["nodes"]]
    assert nodes == [edge["node"]["position"] for edge in data["edges"]]
    return position in nodes


async def _graph_timeline(api: Api, position: int, who: str | None) -> bool:
    entry = "... on TimelineEntry { position event { position } }"
    listed = f"totalCount nodes {{ {entry} }} edges {{ node {{ {entry} }} }}"
    query = f'{{ organisation(key: "mill") {{ timeline(first: 100) {{ {listed} }} }} }}'
    data = (await graph_answer(api, who, query))["organisation"]["timeline"]
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
    each = list((await graph_answer(api, who, f"{{ {asked} }}")).values())
    together = f"{{ nodes(ids: {str(ids).replace(chr(39), chr(34))}) {{ id }} }}"
    assert (await graph_answer(api, who, together))["nodes"] == each
    assert [node["id"] for node in each if node is not None] in ([], ids)
    return each[0] is not None


async def _graph_subjects(api: Api, position: int, who: str | None) -> bool:
    query = f'{{ subjects(streams: ["ask/ask-{position}", "ask/nobodys"]) {{ stream }} }}'
    found, unknown = (await graph_answer(api, who, query))["subjects"]
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


async def notes_shown(api: Api, position: int, who: str | None) -> bool:
    assert await api.service.served.wait_for(await api.head(), 10)
    response = await api.get("/cohorts/heritage/sessions/session/notes", who)
    assert response.status_code in (200, 303, 404)
    return f'data-position="{position}"' in response.text


async def _hosting(api: Api, position: int, who: str | None) -> bool:
    response = await api.get("/cohorts/heritage/sessions/new", who)
    assert response.status_code in (200, 303, 404)
    return f"ask-{position}" in response.text


BOUNDED: Final[Mapping[str, Ask]] = {
    "GET /cohorts/{key}/sessions/{session}/notes": notes_shown,
    "GET /cohorts/{key}/sessions/new": _hosting,
}
"""Pages for a room full of people. They show what every member may see, to those who may record there."""
