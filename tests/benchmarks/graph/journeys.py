"""The generated log that is queried, and its queries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from events.log import EventLog
from projections.models import SUBJECTS
from projections.models.record import Timeline
from projections.updating.runner import Runner
from service.commands.read_models import REBUILD_BATCH_EVENTS
from service.event_files import batches
from service.graphql.node_ids import opaque
from service.samples.generator import generate
from tests.benchmarks.servers import MASTER_KEY
from tests.service.graphql.client import Asker
from tests.service.statements import counting

BATCH_EVENTS: Final = 1_000
FOLDER: Final = Path(__file__).parents[2] / "data" / "queries"


@dataclass(frozen=True, eq=False, slots=True)
class Query:
    """A query, the variables that it declares, and how many statements its answer takes."""

    name: str
    text: str
    variables: Mapping[str, Any]
    statements: int


@dataclass(frozen=True, slots=True)
class Journeys:
    """A log of generated cohorts: how many events it has, what can be asked about, and the queries of frontends."""

    url: str
    events: int
    given: Mapping[str, Any]
    queries: Mapping[str, Query]


async def generated(url: str, cohorts: int) -> Journeys:
    """Fill the empty database at `url`, and the read models with it."""
    async with await EventLog.open(url, master_key=bytes.fromhex(MASTER_KEY)) as log:
        for batch in batches(generate(cohorts=cohorts, seed=1, positions=False), BATCH_EVENTS):
            await log.append(batch)
        async with Runner(log, batch_events_max=REBUILD_BATCH_EVENTS) as runner:
            await runner.catch_up()
            given = await _given(runner)
            return Journeys(url, await log.head(), given, await _queries(log, runner, given))


async def _given(runner: Runner) -> Mapping[str, Any]:
    """Return what is asked about: the organisation with the longest timeline, and the first of each other kind."""
    timeline = Timeline.table.c
    longest = select(timeline.stream).group_by(timeline.stream)
    longest = longest.where(timeline.stream.startswith("organisation/"))
    [row] = await runner.read_models.rows(longest.order_by(func.count().desc()).limit(1))
    given: dict[str, Any] = {
        "organisation": row.stream.partition("/")[2],
        "text": "visitors or members",
    }
    for kind, table in SUBJECTS.items():
        statement = select(table.c.key).order_by(table.c.position).limit(1)
        for row in await runner.read_models.rows(statement):
            given.setdefault(kind, row.key)
    given["id"] = opaque(f"organisation/{given['organisation']}")
    return given


async def _queries(log: EventLog, runner: Runner, given: Mapping[str, Any]) -> Mapping[str, Query]:
    """Return the queries by name, with the statements of each counted: of the read models and of the log."""
    asker = Asker(log, runner, catches_up=False)
    found = {}
    async with asker.http:
        for path in sorted(FOLDER.glob("*.graphql")):
            text = path.read_text()
            declared = set(re.findall(r"\$(\w+): \w+!", text))
            variables = {name: value for name, value in given.items() if name in declared}
            with counting(asker) as sent:
                await asker.ask(text, **variables)
            found[path.stem] = Query(path.stem, text, variables, len(sent))
    return found
