"""The runner: applies the events after the checkpoint to the read models, and follows the log. The service runs it."""

import asyncio
import time
from collections.abc import Callable
from typing import Final, Self

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from events.log import EventLog
from events.store.connections import AWAY, Unavailable, trouble_in
from projections.folding.fold import HandlersByType, Undigested
from projections.folding.projection import Projection
from projections.models import PROJECTIONS
from projections.queries.read_models import ReadModels
from projections.store import statements
from projections.store.progress import Phase, Progress, ReadModelState
from projections.updating import builds, views
from projections.updating.batch import Taken, take
from projections.updating.digest import stored_digest
from projections.updating.log_pages import LogPages

# Small enough not to slow down HTTP requests in the same process.
BATCH_EVENTS_MAX: Final = 250
INTERVAL_SECONDS: Final = 0.025
RETRY_SECONDS: Final = 1.0
REPORT_SECONDS: Final = 10.0
ANALYZED_EVENTS_MIN: Final = 1_000
"""After how many events, at least, PostgreSQL is given new statistics of the read models."""

LOST: Final = (Unavailable, DBAPIError, PoolTimeoutError, *AWAY, asyncpg.PostgresError)
"""The errors that mean that the database is away, from the log, the driver or the pool."""

_REFUSED_DATA: Final = ("22", "23")  # classes of SQLSTATE: data exception, constraint violation

_log = structlog.get_logger(__name__)


class Runner:
    """Keeps this build's read models at the log's head. Use `run()`; several processes may do so on one database.

    Rows and checkpoint change in one transaction that locks the checkpoint's row: a crash at any statement changes
    nothing, and two processes never write at once. `read_models` is the engine for reading the rows. `schema` names
    another schema than the build's own.
    """

    def __init__(
        self,
        log: EventLog,
        url: str | None = None,
        *,
        schema: str | None = None,
        projections: tuple[Projection, ...] = PROJECTIONS,
        batch_events_max: int = BATCH_EVENTS_MAX,
        interval_seconds: float = INTERVAL_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.read_models = ReadModels(url or log.url)
        self.schema = schema
        """The schema of the read models; None until `prepare` has found it."""
        self._log = log
        self._plan = HandlersByType(projections)
        self._tables = [projection.table for projection in projections]
        self._connections = statements.writing_engine(url or log.url)
        self.engine = self._connections
        """The connections that write rows and checkpoint, in the schema as soon as that is known."""
        self._engine_schema: str | None = None
        self._clock = clock
        self._progress = Progress(clock)
        self._pages = LogPages(log, batch_events_max)
        self._one_by_one = LogPages(log, 1)
        self._interval_seconds = interval_seconds
        self._retry_seconds = retry_seconds
        self._reported = clock()
        self._analyzed: int | None = None
        self._is_shown = False

    async def close(self) -> None:
        """Close the connections to the database; `run` must have ended."""
        await self._pages.close()
        await self._one_by_one.close()
        await self.engine.dispose()
        await self.read_models.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    @property
    def state(self) -> ReadModelState:
        """The state of the runner and of its read models."""
        return self._progress.state

    @property
    def seconds_waiting(self) -> float:
        """For how long it has been waiting for the database, 0 if it is not."""
        return self._progress.seconds_waiting

    @property
    def position(self) -> int:
        """The position up to which the read models are known to be complete."""
        return self.state.position

    @property
    def lag_seconds(self) -> float:
        """Return 0: this is the primary."""
        return 0.0

    async def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Return whether the read models reach the position in this time."""
        return await self._progress.wait_for(position, timeout_seconds)

    async def run(self) -> None:
        """Project until cancelled, also while the database is away. Returns only if an event cannot be digested."""
        while True:
            try:
                await self.prepare()
                await self._follow()
            except Undigested as undigested:
                self._progress.becomes(Phase.STOPPED, undigested=undigested)
                # The error's own message is left out: it may quote the event.
                _log.error(
                    "projections stopped",
                    position=undigested.position,
                    type=undigested.type,
                    error=type(undigested.error).__name__,
                )
                return
            except Exception as error:
                # The database is away or failed. It is logged once, and tried again.
                trouble = trouble_of(error)
                if self.state.trouble != trouble:
                    unforeseen = None if isinstance(error, LOST) else error
                    _log.warning("projections wait", trouble=trouble, exc_info=unforeseen)
                self._progress.becomes(Phase.WAITING, trouble=trouble)
                await asyncio.sleep(self._retry_seconds)

    async def prepare(self) -> None:
        """Create the read models' schema if it is missing, hold it, and read its position."""
        async with self.engine.begin() as connection:
            if self.schema is None:
                self.schema = await builds.prepare_own(connection)
            else:
                await builds.create(connection, self.schema)
        if self._engine_schema != self.schema:
            # Not made of the present engine: each schema would add a layer to it.
            self.engine = statements.within(self._connections, self.schema)
            self._engine_schema = self.schema
        async with self.engine.begin() as connection:
            await builds.use(connection, self.schema)
            position = await statements.position(connection)
        self.read_models.use(self.schema)
        if self._analyzed is None:
            self._analyzed = position
        self._progress.reaches(position, await self._log.head())

    async def catch_up(
        self, on_batch: Callable[[ReadModelState], None] = lambda state: None
    ) -> None:
        """Project all events that are recorded now; `on_batch` is called with the state after each batch.

        Raises Undigested, or one of `LOST` if the database is away.
        """
        await self.prepare()
        head = self.state.head
        while self.position < head:
            await self._advance()
            on_batch(self.state)
        await self._analyze()

    async def digest(self) -> tuple[int, str]:
        """Return the position of the read models and the digest of all their rows, from one snapshot."""
        return await stored_digest(self.engine)

    async def _follow(self) -> None:
        while True:
            began = self._clock()
            if await self._advance() < self._pages.events_max:
                await self._analyze()
                self._progress.becomes(Phase.FOLLOWING)
                await self._show()
                # Events that arrive within the interval are applied together; after a pause, they are applied at once.
                await asyncio.sleep(max(0.0, began + self._interval_seconds - self._clock()))
                await self._log.announcer.wait_beyond(self.position)
            else:
                await self._report()

    async def _show(self) -> None:
        """Let the views for analysts show these read models from now on, once. Without them, nothing changes."""
        if self._is_shown:
            return
        self._is_shown = True
        try:
            async with self.engine.begin() as connection:
                await views.follow(connection)
        except DBAPIError as error:
            _log.warning("the views for analysts show an earlier build", error=str(error.orig))

    async def _analyze(self) -> None:
        """Give PostgreSQL statistics of the read models once they have doubled.

        Autovacuum does that too, but a minute later. Until then the planner takes new tables for small ones, and a page
        of many rows is cut off at its time limit.
        """
        analyzed = self._analyzed or 0
        if self.position - analyzed >= max(ANALYZED_EVENTS_MIN, analyzed):
            async with self.engine.begin() as connection:
                await statements.analyze(connection, self._tables)
            self._analyzed = self.position

    async def _report(self) -> None:
        """Log from time to time the progress of catching up."""
        if self._clock() - self._reported < REPORT_SECONDS:
            return
        self._reported = self._clock()
        self._progress.reaches(self.position, await self._log.head())
        state = self.state
        left = None if state.seconds_left is None else round(state.seconds_left)
        _log.info(
            "projections catch up",
            position=state.position,
            head=state.head,
            events_per_second=round(state.rate or 0),
            seconds_left=left,
        )

    async def _advance(self) -> int:
        """Apply the next batch; return how many events it had.

        If the database refuses the rows of a batch, its events are applied one by one, to stop at the one that fails.
        """
        try:
            taken = await self._take(self._pages)
        except (DBAPIError, asyncpg.PostgresError) as error:
            if not _refuses_data(error):
                raise
            taken = await self._take_one()
        self._progress.reaches(taken.position)
        if taken.undigested is not None:
            raise taken.undigested
        return taken.events

    async def _take(self, pages: LogPages) -> Taken:
        async with self.engine.begin() as connection:
            return await take(connection, self._log, self._plan, pages)

    async def _take_one(self) -> Taken:
        try:
            return await self._take(self._one_by_one)
        except (DBAPIError, asyncpg.PostgresError) as error:
            if not _refuses_data(error):
                raise
            await self.prepare()
            steps = (await self._one_by_one.after(self.position)).steps
            if not steps:
                # Another process has taken the event meanwhile.
                raise
            [step] = steps
            undigested = Undigested(step.position, step.content["type"], error)
            return Taken(self.position, 0, undigested)


def trouble_of(error: Exception) -> str:
    """Return the reason for waiting, without quoting an event: for an unexpected error only its class name."""
    if (trouble := trouble_in(error)) is not None:
        return trouble
    source = getattr(error, "orig", error)
    return str(source) or type(source).__name__ if isinstance(error, LOST) else type(error).__name__


def _refuses_data(error: DBAPIError | asyncpg.PostgresError) -> bool:
    """Return whether the database refused the data, and would refuse it again."""
    source = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(source, "sqlstate", "")).startswith(_REFUSED_DATA)
