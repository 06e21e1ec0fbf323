"""A page of a timeline, of each kind of viewer: beside a plain route and Strawberry as it comes, and in memory."""

import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from statistics import median
from typing import Any, Final

import orjson

from events.log import EventLog
from projections.updating.runner import Runner
from service.commands.read_models import REBUILD_BATCH_EVENTS
from service.event_files import batches
from service.samples.generator import generate
from tests.benchmarks.bench import Bench
from tests.benchmarks.compared.postgraphile import ALL_TIMELINES, nodes_of, postgraphile
from tests.benchmarks.graph.caller import Caller, asked, calling, get
from tests.benchmarks.graph.viewers import Viewer, viewers_of
from tests.benchmarks.servers import MASTER_KEY, PLAIN, SERVICE, STOCK, Server, serving
from tests.benchmarks.table import Row, Skipped, compared, limited
from tests.service.packages import NotInstalled

SIZES: Final = (100, 1_000)
SCALE: Final = 40.0
"""How much there is of the one cohort: of an organisation there, the public sees more than a thousand entries."""
SECONDS: Final = 0.5
"""How long each side is asked in a round."""
PLAIN_MIN: Final = 0.75
STOCK_MIN: Final = 5.0
POSTGRAPHILE_MIN: Final = 1.0
APART_MAX: Final = 1.3
GROWTH_MAX_MIB: Final = 8.0
"""What an allocator may need more of, in pieces it keeps, without growing."""
MIB: Final = 1 << 20

PAGE: Final = """query($key: String!, $first: Int!) { organisation(key: $key) { timeline(first: $first) { nodes {
  ... on TimelineEntry {
    position time type subject { stream } organisation { name } event { data } } } } } }"""


async def timelines(bench: Bench) -> list[Row | Skipped]:
    """Measure on one cohort with a great many events."""
    url = await bench.database()
    async with AsyncExitStack() as stack:
        organisation = await _fill(url)
        viewers = await viewers_of(url, "c0000", organisation)
        most = {"HOWCANWE_GRAPHQL_LIST_SIZE_MAX": str(max(SIZES))}
        server = await stack.enter_async_context(serving(SERVICE, url, **most))
        servers = [
            server,
            await stack.enter_async_context(serving(PLAIN, url)),
            await stack.enter_async_context(serving(STOCK, url)),
        ]
        callers = [await stack.enter_async_context(calling(one)) for one in servers]
        await callers[0].ready()
        rows: list[Row | Skipped] = []
        for size in SIZES:
            rows += await _beside(bench, callers, viewers, organisation, size)
        rows.append(await _memory(bench, server, callers[0], viewers, organisation))
        try:
            peer = await stack.enter_async_context(postgraphile(url, viewers))
        except NotInstalled as error:
            return [*rows, Skipped("timelines beside PostGraphile", str(error))]
        both = [callers[0], await stack.enter_async_context(calling(peer))]
        for size in SIZES:
            rows += await _beside_postgraphile(bench, both, viewers, organisation, size)
    return rows


async def _fill(url: str) -> str:
    """Record the cohort, and return the organisation of which there is most to see."""
    key = bytes.fromhex(MASTER_KEY)
    streams: dict[str, int] = {}
    async with await EventLog.open(url, master_key=key) as log:
        events = generate(cohorts=1, seed=2, scale=SCALE, positions=False)
        for batch in batches(events, 1_000):
            for receipt in await log.append(batch):
                for stream in receipt.streams:
                    streams[stream] = streams.get(stream, 0) + 1
        async with Runner(log, batch_events_max=REBUILD_BATCH_EVENTS) as runner:
            await runner.catch_up()
    organisations = [stream for stream in streams if stream.startswith("organisation/")]
    return max(organisations, key=streams.__getitem__).removeprefix("organisation/")


def _requests(viewer: Viewer, organisation: str, size: int) -> list[bytes]:
    """Return what is asked of the service, of the plain route, and of Strawberry as it comes."""
    same = asked(PAGE, {"key": organisation, "first": size}, viewer.authorization)
    path = f"/timeline?organisation={organisation}&first={size}"
    return [same, get(path, viewer.authorization), same]


async def _beside(
    bench: Bench,
    callers: Sequence[Caller],
    viewers: Sequence[Viewer],
    organisation: str,
    size: int,
) -> list[Row]:
    """Return how fast pages of this size come to each kind of viewer, from each server in turn."""
    requests = {viewer: _requests(viewer, organisation, size) for viewer in viewers}
    for of_viewer in requests.values():
        ours, *others = await _answers(callers, of_viewer)
        assert all(other["data"] == ours["data"] for other in others)
        assert len(_nodes(ours)) == size
    taken = await _in_turns(bench, callers, requests)
    rows = [
        *_compared(taken, size, 1, "FastAPI and orjson", PLAIN_MIN),
        *_compared(taken, size, 2, "Strawberry", STOCK_MIN),
    ]
    each = {viewer: median(seconds[0] for seconds in rounds) for viewer, rounds in taken.items()}
    slow, fast = max(each, key=each.__getitem__), min(each, key=each.__getitem__)
    rows.append(
        limited(
            f"timeline of {size:,}, slowest kind of viewer to fastest",
            each[slow] / each[fast],
            "",
            f"{slow.name} to {fast.name}",
            APART_MAX,
        )
    )
    return rows


async def _beside_postgraphile(
    bench: Bench,
    callers: Sequence[Caller],
    viewers: Sequence[Viewer],
    organisation: str,
    size: int,
) -> list[Row]:
    """Return how fast pages of this size come to each kind of viewer, beside PostGraphile's."""
    stream = {"stream": f"organisation/{organisation}", "first": size}
    requests = {
        viewer: [
            _requests(viewer, organisation, size)[0],
            asked(ALL_TIMELINES, stream, viewer.authorization),
        ]
        for viewer in viewers
    }
    for of_viewer in requests.values():
        ours, theirs = await _answers(callers, of_viewer)
        assert _nodes(ours) == nodes_of(theirs)
    taken = await _in_turns(bench, callers, requests)
    return _compared(taken, size, 1, "PostGraphile", POSTGRAPHILE_MIN)


Requests = Mapping[Viewer, Sequence[bytes]]
Taken = Mapping[Viewer, Sequence[Sequence[float]]]
"""Of each viewer, of each round, the seconds that an answer of each server took."""


async def _in_turns(bench: Bench, callers: Sequence[Caller], requests: Requests) -> Taken:
    """Ask all servers as all viewers, in turns."""
    taken: dict[Viewer, list[list[float]]] = {viewer: [] for viewer in requests}
    for _ in range(bench.rounds):
        for viewer, of_viewer in requests.items():
            pairs = zip(callers, of_viewer, strict=True)
            taken[viewer].append([await _seconds(caller, one) for caller, one in pairs])
    return taken


def _compared(taken: Taken, size: int, at: int, beside: str, at_least: float) -> list[Row]:
    """Return a row for each viewer: the first server's rate beside that of the one at this place."""
    found = []
    for viewer, rounds in taken.items():
        rates = [(size / seconds[0], size / seconds[at]) for seconds in rounds]
        what = f"timeline of {size:,}, {viewer.name}"
        found.append(compared(what, "entries/s", beside, rates, at_least))
    return found


async def _answers(callers: Sequence[Caller], requests: Sequence[bytes]) -> list[Any]:
    pairs = zip(callers, requests, strict=True)
    return [orjson.loads(await caller.call(request)) for caller, request in pairs]


def _nodes(answer: Any) -> Any:
    return answer["data"]["organisation"]["timeline"]["nodes"]


async def _seconds(caller: Caller, request: bytes) -> float:
    """Return how long an answer takes, asked one after the other."""
    await caller.call(request)
    count, begin = 0, time.perf_counter()
    while (now := time.perf_counter()) - begin < SECONDS:
        await caller.call(request)
        count += 1
    return (now - begin) / count


async def _memory(
    bench: Bench,
    server: Server,
    caller: Caller,
    viewers: Sequence[Viewer],
    organisation: str,
) -> Row:
    """Return how much the service grows while the longest pages are asked for, after a tenth of the requests."""
    count = bench.pages
    requests = [_requests(viewer, organisation, max(SIZES))[0] for viewer in viewers]
    for number in range(count // 10):
        await caller.call(requests[number % len(requests)])
    before = server.own_memory()
    for number in range(count):
        await caller.call(requests[number % len(requests)])
    growth = (server.own_memory() - before) / MIB
    what = f"memory of the service over {count:,} timelines of {max(SIZES):,}"
    return limited(what, growth, "MiB", f"{before / MIB:,.0f} MiB before", GROWTH_MAX_MIB)
