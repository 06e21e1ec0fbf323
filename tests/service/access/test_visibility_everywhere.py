"""Every route against the naive filter: for random records and every kind of viewer, exactly what they may see."""

import asyncio
import random
from collections.abc import Iterable
from typing import Any

import asyncpg
import orjson
import pytest

from events.access.principal import Role
from events.log import READERS_MAX, EventLog
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.faults import Refused
from service.samples.generator import generate
from tests.naive import LEVELS, TYPES, Line, Naive, Viewer, kind, named
from tests.projections.generated import gatherings
from tests.service.app import BATCH, SSE, Api, open_api

pytestmark = pytest.mark.generated

SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 22))]
SAMPLE = 25


async def record(log: EventLog, seed: int) -> None:
    """Record invented cohorts with random levels, changes of them, and voids; what is refused is left out."""
    chance = random.Random(seed)
    recorded: list[Any] = []
    numbers = iter(range(1, 100_000))

    async def add(event: Any) -> None:
        try:
            (receipt,) = await log.append([event])
        except Refused:
            return
        recorded.append((receipt.position, event))

    generated = list(generate(cohorts=2, seed=seed, scale=0.45, positions=False))
    for event in (*generated, *gatherings(generated, chance)):
        leveled: Any = dict(event)
        if chance.random() < 0.4:
            leveled["visibility"] = chance.choice(LEVELS)
        await add(leveled)
        if chance.random() > 0.2 or not recorded:
            continue
        position, about = chance.choice(recorded[-60:])
        envelope = {
            "specversion": "1.0",
            "source": "urn:second-thoughts",
            "id": str(next(numbers)),
            "time": leveled["time"],
        }
        subjects = [stream for stream, _, _ in named(about)]
        of = chance.choice([f"event/{position}", *subjects, *subjects])
        if chance.random() < 0.3:
            type_, data = "event.voided", {"event": position, "reason": "A slip."}
        else:
            type_, data = "visibility.changed", {"of": of, "visibility": chance.choice(LEVELS)}
        await add({**envelope, "type": VOCABULARY.named(type_).wire_name, "data": data})


async def viewers(api: Api, lines: Iterable[Line]) -> dict[str | None, Viewer]:
    """Return a key for every kind of viewer that makes a difference, with who that is."""
    organisations = [
        line["data"]["organisation"] for line in lines if kind(line) == "organisation.registered"
    ]
    cohorts = [line["data"]["cohort"] for line in lines if kind(line) == "cohort.formed"]
    found: dict[str | None, Viewer] = {
        "facilitator": Viewer("facilitator"),
        "analyst": Viewer("analyst"),
        "admin": Viewer("admin"),
        None: Viewer("public"),
    }
    for cohort in cohorts:
        key = await api.key(Role.FACILITATOR, cohorts=(cohort,))
        found[key] = Viewer("facilitator", cohorts=frozenset({cohort}))
    for some in (cohorts[:1], cohorts):
        key = await api.key(Role.EVALUATOR, cohorts=tuple(some))
        found[key] = Viewer("evaluator", cohorts=frozenset(some))
    for organisation in [*organisations[:2], *organisations[-2:]]:
        key = await api.key(Role.ORGANISATION, organisation=organisation)
        found[key] = Viewer("organisation", organisation=organisation)
    for organisation in organisations[:2]:
        key = await api.guest(organisation, cohorts[0])
        found[key] = Viewer("guest", frozenset(cohorts[:1]), organisation)
    return found


async def pages(api: Api, who: str | None, query: str = "") -> list[int]:
    """Return the positions that the pages give, followed to the last."""
    positions: list[int] = []
    path: str | None = f"/events{query}"
    while path is not None:
        response = await api.get(path, who, accept=BATCH)
        positions += [event["position"] for event in response.json()]
        following = response.links.get("next")
        path = following["url"] if following else None
    return positions


async def graph(api: Api, who: str | None, query: str, **variables: Any) -> Any:
    response = await api.client.post(
        "/graphql",
        json={"query": query, "variables": variables},
        headers=api.headers(who, {"min-position": str(await api.head())}),
    )
    answer = response.json()
    assert "errors" not in answer, answer
    return answer["data"]


async def graph_events(api: Api, who: str | None) -> list[int]:
    """Return the positions that GraphQL gives, page by page."""
    query = """query($after: String) { events(first: 100, after: $after) {
        nodes { position } pageInfo { hasNextPage endCursor } } }"""
    positions: list[int] = []
    after = None
    while True:
        page = (await graph(api, who, query, after=after))["events"]
        positions += [node["position"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return positions
        after = page["pageInfo"]["endCursor"]


async def graph_timeline(api: Api, who: str | None, key: str) -> tuple[int, list[int]] | None:
    """Return what GraphQL gives of a timeline: how many there are, and which."""
    query = """query($key: String!, $after: String) { organisation(key: $key) {
        timeline(first: 100, after: $after) {
            totalCount nodes { ... on TimelineEntry { position event { position } } }
            pageInfo { hasNextPage endCursor } } } }"""
    entries: list[int] = []
    positions: list[int] = []
    after = None
    while True:
        found = (await graph(api, who, query, key=key, after=after))["organisation"]
        if found is None:
            return None
        page = found["timeline"]
        entries += [node["position"] for node in page["nodes"]]
        # An entry may be shown whose line may not be given: it names something that is hidden.
        positions += [node["position"] for node in page["nodes"] if node["event"] is not None]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(entries)
            return len(entries), sorted(positions)
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_route_gives_what_the_naive_filter_gives(database_url: str, seed: int) -> None:
    chance = random.Random(seed)
    async with open_api(database_url, lives=True) as api:
        await record(api.service.log, seed)
        lines = await api.lines()
        assert {kind(line) for line in lines} <= TYPES.keys()
        naive = Naive(lines)
        streams = chance.sample(sorted(naive.things), SAMPLE)
        sampled = chance.sample(range(1, len(lines) + 1), SAMPLE)
        versions = {
            stream: (await api.get(f"/streams/{stream}")).json()["version"] for stream in streams
        }
        voided = {line.get("about") for line in lines if kind(line) == "event.voided"}
        houses = [
            line["data"]["organisation"]
            for line in lines
            if kind(line) == "organisation.registered" and line["position"] not in voided
        ]
        timelines = {key: await graph_timeline(api, "facilitator", key) for key in houses[:3]}
        counts = set()
        for who, viewer in (await viewers(api, lines)).items():
            given = [line["position"] for line in lines if naive.gives(viewer, line)]
            counts.add(len(given))
            assert [line["position"] for line in await api.lines(who)] == given, viewer
            assert await pages(api, who) == given, viewer
            if given:
                live = await api.get(f"/events?limit={len(given)}", who, accept=SSE)
                parts = [part for part in live.text.splitlines() if part.startswith("data: ")]
                assert [orjson.loads(part[6:]).get("type") for part in parts] == [
                    lines[position - 1]["type"] for position in given
                ], viewer
            assert await graph_events(api, who) == given, viewer
            for position in sampled:
                response = await api.get(f"/events/{position}", who)
                assert (response.status_code == 200) is (position in given), (viewer, position)
                assert response.status_code in (200, 404)
            for stream in streams:
                version = (await api.get(f"/streams/{stream}", who)).json()["version"]
                seen = naive.sees(viewer, stream) or viewer == Viewer("facilitator")
                assert version == (versions[stream] if seen else 0), (viewer, stream)
                some = [line["position"] for line in await api.lines(who, f"?stream={stream}")]
                all_ = [line["position"] for line in await api.lines(query=f"?stream={stream}")]
                assert some == [position for position in all_ if position in given]
            for key, whole in timelines.items():
                assert whole is not None
                own = await graph_timeline(api, who, key)
                if own is None:
                    assert not naive.sees(viewer, f"organisation/{key}")
                    continue
                count, positions = own
                assert positions == [position for position in whole[1] if position in given]
                assert len(positions) <= count <= whole[0]
        # The viewers see different parts of the record.
        assert len(counts) >= 6


HIDDEN = "private"


async def test_hidden_items_run_the_same_statements_as_unknown_ones(story: Api) -> None:
    statements: list[str] = []
    event = {
        "type": "org.howcanwe.help.asked.v1",
        "specversion": "1.0",
        "visibility": HIDDEN,
        "data": {"ask": "hidden", "organisation": "mill", "cohort": "heritage", "text": "Help"},
    }
    assert (await story.post(event, who="mill")).status_code == 201
    await collect(story.service.log, statements)
    for who in ("archive", "library", "analyst", "admin", None):
        asked = []
        for path in ("/events/7", "/events/99", "/streams/ask/hidden", "/streams/ask/nobody"):
            statements.clear()
            response = await story.get(path, who)
            # A statement is logged in the loop's next turn.
            await asyncio.sleep(0)
            asked.append((response.status_code, list(statements)))
        assert asked[0] == asked[1]
        assert asked[2] == asked[3]
        assert asked[0][0] == 404 and len(asked[0][1]) > 3


async def collect(log: EventLog, statements: list[str]) -> None:
    """Add every statement from now on to `statements`, on all connections of the log."""
    all_there = asyncio.Barrier(READERS_MAX)

    async def begin(connection: asyncpg.Connection) -> None:
        await all_there.wait()
        # The driver asks for types when it first meets them: let it have met them.
        await connection.fetchval(
            "select 1 where 1 = any($1::bigint[]) or 'a' = any($2::text[])", [], []
        )
        connection.add_query_logger(lambda query: statements.append(query.query))

    await asyncio.gather(*(log.ask(begin) for _ in range(READERS_MAX)))
