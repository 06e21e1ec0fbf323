"""The published record, the whole way: from its file through `howcanwe record`, out of HTTP and GraphQL."""

import asyncio
from pathlib import Path
from typing import Any

import orjson

from tests.conftest import MASTER_KEY
from tests.processes import run
from tests.projections.stories import PUBLISHED
from tests.service.app import Api, open_api

ASKED = """
query ($after: String) {
    events(first: 7, after: $after) { nodes { position data line } pageInfo { hasNextPage endCursor } }
}
"""
TIMELINES = """query ($key: String!) { organisation(key: $key) {
    timeline(first: 100) { nodes { ... on TimelineEntry { position } } } } }"""


async def ask(api: Api, query: str, **variables: Any) -> Any:
    """Return the data of an answer without errors, given once the read models have everything."""
    head = await api.head()
    response = await api.client.post(
        "/graphql",
        json={"query": query, "variables": variables},
        headers=api.headers("facilitator", {"Min-Position": str(head)}),
    )
    assert "errors" not in response.json(), response.text
    return response.json()["data"]


async def test_it_goes_in_from_its_file_and_comes_out_unchanged_at_both_routes(
    database_url: str, tmp_path: Path
) -> None:
    sent = [orjson.loads(line) for line in PUBLISHED.read_bytes().splitlines()]
    recording = ("record", PUBLISHED, "--database-url", database_url, "--data", tmp_path)
    for _ in range(2):
        settings = {"HOWCANWE_MASTER_KEY": MASTER_KEY.hex()}
        done = await asyncio.to_thread(run, *recording, settings=settings)
        assert done.returncode == 0, done.stderr
    async with open_api(database_url, lives=True, min_position_seconds=60) as api:
        lines = (await api.get("/events")).content.splitlines()
        replayed = [orjson.loads(line) for line in lines]
        assert [
            {name: event[name] for name in original}
            for event, original in zip(replayed, sent, strict=True)
        ] == sent

        nodes: list[Any] = []
        page: dict[str, Any] = {"hasNextPage": True, "endCursor": None}
        while page["hasNextPage"]:
            events = (await ask(api, ASKED, after=page["endCursor"]))["events"]
            nodes += events["nodes"]
            page = events["pageInfo"]
        assert [node["line"].encode() for node in nodes] == lines
        assert [node["data"] for node in nodes] == [event["data"] for event in sent]

        for event in sent:
            if event["type"] == "org.howcanwe.organisation.registered.v1":
                key = event["data"]["organisation"]
                entries = (await ask(api, TIMELINES, key=key))["organisation"]["timeline"]["nodes"]
                stream = await api.lines(query=f"?stream=organisation/{key}")
                assert {node["position"] for node in entries} == {one["position"] for one in stream}
                assert entries
