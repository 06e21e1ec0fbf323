"""GraphQL over HTTP: the twenty queries, a timeline beside a plain route, and how soon subscribers have an event."""

import asyncio
import re
import time
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

import httpx
import orjson
from sqlalchemy import func, select
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from events.log import EventLog
from projections.models import SUBJECTS
from projections.models.record import Timeline
from projections.runner import Runner
from service.generator import generate
from service.graphql.identity import opaque
from tests.benchmarks.bench import Bench
from tests.benchmarks.servers import HOST, MASTER_KEY, SERVICE, Server, new_key, serving
from tests.benchmarks.table import Row, compared, limited, shown
from tests.service.graphql_client import Asker
from tests.service.statements import counting

FOLDER: Final = Path(__file__).parents[1] / "data" / "queries"
PLAIN: Final = ("tests.benchmarks.plain",)
BATCH_EVENTS: Final = 1_000
SUBSCRIBERS: Final = 200
EVENTS: Final = 20
LATENCY_MAX_MS: Final = 50
PAGE: Final = """query($key: String!, $first: Int!, $after: String) { organisation(key: $key) {
  timeline(first: $first, after: $after) {
    nodes { ... on TimelineEntry { position time type subject { stream } organisation { name } } }
    pageInfo { endCursor } } } }"""
LIVE: Final = "subscription($key: String!) { timeline(organisation: $key) { ... on TimelineEntry { position } } }"


async def asking(bench: Bench) -> list[Row]:
    """Measure on as many generated cohorts as the bench says."""
    url = await bench.database()
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(
            await EventLog.open(url, master_key=bytes.fromhex(MASTER_KEY))
        )
        await _fill(log, bench.cohorts)
        async with Runner(log) as runner:
            await runner.catch_up()
            given = await _variables(runner)
            statements = await _statements(log, runner, given)
        server = await stack.enter_async_context(serving(SERVICE, url))
        plain = await stack.enter_async_context(serving(PLAIN, url))
        headers = {"authorization": f"Bearer {await new_key(url)}"}
        client = await stack.enter_async_context(httpx.AsyncClient(headers=headers, timeout=60))
        await _ready(client, server)
        rows = [
            await _query(bench, client, server, path, given, statements[path.stem])
            for path in _queries()
        ]
        for pages in (1, 10):
            rows.append(await _timeline(bench, client, server, plain, given["organisation"], pages))
        rows.append(await _live(client, server, headers["authorization"], given["organisation"]))
    return rows


async def _fill(log: EventLog, cohorts: int) -> None:
    batch: list[dict[str, Any]] = []
    for event in generate(cohorts=cohorts, seed=1, positions=False):
        batch.append(event)
        if len(batch) == BATCH_EVENTS:
            await log.append(batch)
            batch = []
    if batch:
        await log.append(batch)


async def _variables(runner: Runner) -> dict[str, Any]:
    """Return what the queries ask for: the organisation with the longest timeline, and the first of each other kind."""
    timeline = Timeline.table.c
    longest = select(timeline.stream).group_by(timeline.stream)
    longest = longest.where(timeline.stream.startswith("organisation/"))
    [row] = await runner.read_models.rows(longest.order_by(func.count().desc()).limit(1))
    given: dict[str, Any] = {
        "organisation": row.stream.partition("/")[2],
        "text": "visitors or members",
    }
    for kind in ("cohort", "question", "iteration", "learning"):
        table = SUBJECTS[kind]
        [row] = await runner.read_models.rows(
            select(table.c.key).order_by(table.c.position).limit(1)
        )
        given[kind] = row.key
    given["id"] = opaque(f"organisation/{given['organisation']}")
    return given


def _queries() -> list[Path]:
    return sorted(FOLDER.glob("*.graphql"))


def _asked(query: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the variables that the query declares."""
    declared = set(re.findall(r"\$(\w+): \w+!", query))
    return {name: value for name, value in given.items() if name in declared}


async def _statements(log: EventLog, runner: Runner, given: dict[str, Any]) -> dict[str, int]:
    """Return how many statements each query takes, of the read models and of the log."""
    asker = Asker(log, runner, catches_up=False)
    found = {}
    async with asker.http:
        for path in _queries():
            query = path.read_text()
            with counting(asker) as sent:
                await asker.ask(query, **_asked(query, given))
            found[path.stem] = len(sent)
    return found


async def _ready(client: httpx.AsyncClient, server: Server) -> None:
    async with asyncio.timeout(60):
        while (await _ask(client, server, "{ __typename }", {})).status_code != 200:
            await asyncio.sleep(0.1)


async def _ask(
    client: httpx.AsyncClient, server: Server, query: str, variables: dict[str, Any]
) -> httpx.Response:
    body = orjson.dumps({"query": query, "variables": variables})
    return await client.post(
        f"http://{HOST}:{server.port}/graphql",
        content=body,
        headers={"content-type": "application/json"},
    )


async def _query(
    bench: Bench,
    client: httpx.AsyncClient,
    server: Server,
    path: Path,
    given: dict[str, Any],
    statements: int,
) -> Row:
    query = path.read_text()
    variables = _asked(query, given)
    answer = (await _ask(client, server, query, variables)).json()
    assert "errors" not in answer, (path.name, answer["errors"])
    times = []
    used = server.processor_seconds()
    begin = time.perf_counter()
    while (now := time.perf_counter()) - begin < bench.seconds:
        await _ask(client, server, query, variables)
        times.append(time.perf_counter() - now)
    elapsed = time.perf_counter() - begin
    processor = (server.processor_seconds() - used) / len(times) * 1e3
    cuts = quantiles(times, n=100, method="inclusive")
    told = (
        f"p50 {cuts[49] * 1e3:.1f} ms, p99 {cuts[98] * 1e3:.1f} ms, CPU {processor:.1f} ms,"
        f" {statements} statements"
    )
    return shown(f"query {path.stem}", len(times) / elapsed, "req/s", told)


async def _timeline(
    bench: Bench,
    client: httpx.AsyncClient,
    server: Server,
    plain: Server,
    organisation: str,
    pages: int,
) -> Row:
    rounds = []
    for _ in range(bench.rounds):
        begin = time.perf_counter()
        ours = await _by_graphql(client, server, organisation, pages)
        between = time.perf_counter()
        theirs = await _by_route(client, plain, organisation, pages)
        end = time.perf_counter()
        rounds.append((ours / (between - begin), theirs / (end - between)))
    return compared(
        f"timeline, {pages * 100:,} entries", "entries/s", "FastAPI and orjson", rounds, None
    )


async def _by_graphql(
    client: httpx.AsyncClient, server: Server, organisation: str, pages: int
) -> int:
    after, found = None, 0
    for _ in range(pages):
        variables = {"key": organisation, "first": 100, "after": after}
        page = (await _ask(client, server, PAGE, variables)).json()["data"]["organisation"][
            "timeline"
        ]
        after = page["pageInfo"]["endCursor"] or after
        found += len(page["nodes"])
    return found


async def _by_route(
    client: httpx.AsyncClient, server: Server, organisation: str, pages: int
) -> int:
    after, found = 0, 0
    for _ in range(pages):
        address = f"http://{HOST}:{server.port}/timeline"
        asked: dict[str, str | int] = {
            "organisation": organisation,
            "first": 100,
            "after": after,
        }
        nodes = (await client.get(address, params=asked)).json()["nodes"]
        after = nodes[-1]["position"] if nodes else after
        found += len(nodes)
    return found


async def _live(
    client: httpx.AsyncClient, server: Server, authorization: str, organisation: str
) -> Row:
    """Return how soon after the start of its post the slowest of a hundred deliveries of an event comes."""
    address = f"ws://{HOST}:{server.port}/graphql"
    async with AsyncExitStack() as stack:
        sockets = []
        for _ in range(SUBSCRIBERS):
            socket = await stack.enter_async_context(
                connect(address, subprotocols=[Subprotocol("graphql-transport-ws")])
            )
            payload = {"authorization": authorization}
            await socket.send(
                orjson.dumps({"type": "connection_init", "payload": payload}).decode()
            )
            await socket.recv()
            asked = {"query": LIVE, "variables": {"key": organisation}}
            message = {"type": "subscribe", "id": "1", "payload": asked}
            await socket.send(orjson.dumps(message).decode())
            # A question behind it is answered when the subscription is there.
            ping = {"type": "subscribe", "id": "2", "payload": {"query": "{ __typename }"}}
            await socket.send(orjson.dumps(ping).decode())
            while orjson.loads(await socket.recv()).get("type") != "complete":
                pass
            sockets.append(socket)
        late = []
        for number in range(EVENTS):
            event = {
                "specversion": "1.0",
                "id": f"live-{number}",
                "source": "urn:bench",
                "type": "org.howcanwe.note.added.v1",
                "time": "2026-01-01T00:00:00Z",
                "data": {"about": f"organisation/{organisation}", "text": "Now."},
            }
            begin = time.perf_counter()
            response = await client.post(
                f"http://{HOST}:{server.port}/events",
                content=orjson.dumps(event),
                headers={"content-type": "application/cloudevents+json"},
            )
            assert response.status_code == 201, response.text
            late += await asyncio.gather(*(_arrival(socket, begin) for socket in sockets))
    p99 = quantiles(late, n=100, method="inclusive")[98] * 1e3
    return limited(f"event to {SUBSCRIBERS} subscribers, p99", p99, "ms", "sent", LATENCY_MAX_MS)


async def _arrival(socket: Any, begin: float) -> float:
    while orjson.loads(await socket.recv())["type"] != "next":
        pass
    return time.perf_counter() - begin
