"""`POST /events` with one event, beside a FastAPI route that records nothing."""

from contextlib import AsyncExitStack

from events.log import EventLog
from tests.benchmarks.bench import Bench
from tests.benchmarks.load.load import Load
from tests.benchmarks.load.worker import Worker
from tests.benchmarks.servers import BARE, SERVICE, STILL, Server, new_key, serving
from tests.benchmarks.table import Row, compared

CONNECTIONS = 64
NAME = "post"


async def posting(bench: Bench) -> list[Row]:
    """Measure with the projection running in the service, and with it stopped; another round is followed."""
    return [
        await _compared(bench, "projecting", SERVICE),
        await _compared(bench, "not projecting", STILL),
    ]


async def _compared(bench: Bench, which: str, command: tuple[str, ...]) -> Row:
    url = await bench.database()
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(await EventLog.open(url))
        prepared = len(await log.append(Load(NAME).foundation()))
        key = await new_key(url)
        service = await stack.enter_async_context(serving(command, url))
        bare = await stack.enter_async_context(serving(BARE, url))
        posters = {
            server: await Worker.start("poster", server.port, key, NAME, CONNECTIONS)
            for server in (service, bare)
        }
        positions: list[int] = []

        async def rate(server: Server) -> float:
            result = await posters[server].answer_to(bench.seconds)
            if set(result["answers"]) != {"201"}:
                bench.tally.broken.append(f"POST /events was answered {result['answers']}")
            positions.extend(result["positions"])
            return float(result["answers"].get("201", 0) / result["seconds"])

        rounds = [(await rate(service), await rate(bare)) for _ in range(bench.rounds + 1)]
        follower = await Worker.start("follower", url)
        await rate(service)
        for poster in posters.values():
            await poster.end()
        head = await log.head()
        bench.tally.followed(await follower.answer_to(head), head)
        await follower.end()
        await bench.tally.check(log, prepared, positions)
        await bench.tally.check_chain(log)
    what = f"POST /events, {CONNECTIONS} connections, {which}"
    return compared(what, "events/s", "a route that records nothing", rounds[1:], 0.6)
