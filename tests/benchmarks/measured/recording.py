"""Forms, of each kind of who records: their time on the server beside that of the recorder alone."""

import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

import asyncpg

from events.access.policy import Role
from events.access.principal import Principal
from events.log import EventLog
from events.store.connections import asyncpg_url
from events.store.timestamps import teach
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types.cohorts import OrganisationJoined
from events.vocabulary.types.learnings import FailureRecorded
from service.access.grant import EVERY_COHORT, Grant
from service.access.keys import Keys
from service.access.signing_in.cookies import LOOPBACK
from service.access.signing_in.sessions import Sessions, form_token
from service.pages.frame.forms import FORM
from service.pages.record.form import form_of
from service.pages.record.reading import event_of
from tests.benchmarks.bench import Bench
from tests.benchmarks.graph.caller import Caller, calling
from tests.benchmarks.graph.journeys import generated
from tests.benchmarks.graph.viewers import ALL_SEEING, ORGANISATION, holding
from tests.benchmarks.servers import HOST, MASTER_KEY, SERVICE, serving
from tests.benchmarks.table import Row, Skipped

GUEST: Final = "guest of a workshop"
MILLISECONDS_MAX: Final = 60.0
"""How much more a form may take than the recorder alone."""
TIMES: Final = 20
FORM_OF: Final = form_of(VOCABULARY.of(FailureRecorded))
PATH: Final = f"/record/{FORM_OF.kind.name}"


class Signed(NamedTuple):
    """Somebody with a session: what they are called here, its secret, and whom it stands for."""

    name: str
    secret: str
    principal: Principal


class Joined(NamedTuple):
    """A member of a cohort, and a time at which it was one."""

    organisation: str
    cohort: str
    time: datetime

    def form(self) -> Mapping[str, Sequence[str]]:
        """Return a form that says what failed there, a new one each time."""
        return {
            "event.id": [str(uuid4())],
            "event.time": [self.time.strftime("%Y-%m-%dT%H:%M")],
            "event.offset": ["+00:00"],
            "event.precision": ["minute"],
            "event.visibility": ["cohort"],
            "organisation": [self.organisation],
            "cohort": [self.cohort],
            "intended": ["A quiet opening."],
            "actual": ["Nobody came."],
            "why": ["The gate was locked."],
            "degree": ["outright_failure"],
            "for_whom": ["staff", "citizens"],
        }


async def recording(bench: Bench) -> list[Row | Skipped]:
    """Measure a form in as many generated cohorts as the bench says: opened, and sent."""
    journeys = await generated(await bench.database(), bench.cohorts)
    rows: list[Row | Skipped] = []
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(
            await EventLog.open(journeys.url, master_key=bytes.fromhex(MASTER_KEY))
        )
        member = await _member(log, str(journeys.given["organisation"]))
        people = await _signed(journeys.url, log, member)
        server = await stack.enter_async_context(serving(SERVICE, journeys.url))
        caller = await stack.enter_async_context(calling(server))
        await caller.ready()
        for somebody in people:
            rows += await _measured(bench, log, caller, somebody, member)
    return rows


async def _measured(
    bench: Bench, log: EventLog, caller: Caller, somebody: Signed, member: Joined
) -> Sequence[Row]:
    """Return the rows of one who records; the three are measured in turns."""
    opened: list[float] = []
    sent: list[float] = []
    alone: list[float] = []
    for turn in range(bench.rounds + 1):
        for _ in range(TIMES):
            times = (
                await _milliseconds(caller, _get(somebody), b"200"),
                await _milliseconds(caller, _post(somebody, member.form()), b"303"),
            )
            event = event_of(FORM_OF, member.form())
            began = time.perf_counter()
            await log.append([event], sender=somebody.principal)
            own = (time.perf_counter() - began) * 1_000
            # The first turn warms up.
            if turn:
                opened.append(times[0])
                sent.append(times[1])
                alone.append(own)
    return [
        _row(f"form `{PATH}`, {somebody.name}: opened, median", median(opened), median(alone)),
        _row(f"form `{PATH}`, {somebody.name}: sent, median", median(sent), median(alone)),
    ]


def _row(what: str, ours: float, alone: float) -> Row:
    met = ours - alone <= MILLISECONDS_MAX
    target = f"≤ {MILLISECONDS_MAX:g} more"
    return Row(what, ours, "ms", "the recorder alone", alone, None, target, met)


async def _member(log: EventLog, organisation: str) -> Joined:
    """Return a cohort that the organisation joined, and the day after."""
    async for recorded in log.read(stream=f"organisation/{organisation}"):
        event = recorded.event(VOCABULARY)
        if event.is_of(OrganisationJoined):
            joined = datetime.fromisoformat(event.content["time"])
            return Joined(organisation, event.content["data"]["cohort"], joined + timedelta(days=1))
    raise RuntimeError("the organisation joined no cohort")


async def _signed(url: str, log: EventLog, member: Joined) -> Sequence[Signed]:
    """Return somebody of each kind who is signed in."""
    soon = datetime.now(UTC) + timedelta(hours=12)
    guest = Grant(
        Role.GUEST, (member.cohort,), member.organisation, expires=soon, invitation="bench"
    )
    grants = [
        (ALL_SEEING, Grant(Role.FACILITATOR, (EVERY_COHORT,))),
        (ORGANISATION, Grant(Role.ORGANISATION, organisation=member.organisation)),
        (GUEST, guest),
    ]
    viewers = await holding(url, grants)
    async with asyncpg.create_pool(asyncpg_url(url), init=teach, min_size=0, max_size=1) as pool:
        keys = Keys(pool, log.memberships, cache_seconds=0)
        sessions = Sessions(pool, keys, idle_hours=1, days=1, cache_seconds=0)
        found = []
        for viewer in viewers:
            caller = await keys.access((viewer.authorization or "").removeprefix("Bearer "))
            found.append(Signed(viewer.name, await sessions.begin(caller), caller.viewer))
        return found


def _get(somebody: Signed) -> bytes:
    return f"GET {PATH} HTTP/1.1\r\n{_head(somebody)}\r\n".encode()


def _post(somebody: Signed, form: Mapping[str, Sequence[str]]) -> bytes:
    fields = [(name, one) for name, values in form.items() for one in values]
    body = urlencode([*fields, ("token", form_token(somebody.secret))])
    head = f"{_head(somebody)}content-type: {FORM}\r\ncontent-length: {len(body)}\r\n"
    return f"POST {PATH} HTTP/1.1\r\n{head}\r\n{body}".encode()


def _head(somebody: Signed) -> str:
    cookie = f"{LOOPBACK}={somebody.secret}"
    return f"host: {HOST}\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\n"


async def _milliseconds(caller: Caller, request: bytes, expected: bytes) -> float:
    began = time.perf_counter()
    await caller.call(request, expected)
    return (time.perf_counter() - began) * 1_000
