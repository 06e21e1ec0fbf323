"""The runner: takes what the log has beyond the checkpoint into the read models, and follows live."""

import asyncio
from typing import Final, Self

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from events.log import EventLog
from events.store.connections import Unavailable
from events.store.reading import Selection
from projections import store
from projections.batch import Taken, take
from projections.fingerprint import schema_name
from projections.fold import Undigested
from projections.models import PROJECTIONS
from projections.projection import Projection
from projections.reading import ReadModels
from projections.state import Phase, Progress, State

# Small enough for the HTTP door beside it not to notice.
BATCH_EVENTS_MAX: Final = 250
INTERVAL_SECONDS: Final = 0.025
RETRY_SECONDS: Final = 1.0

LOST: Final = (
    Unavailable,
    DBAPIError,
    PoolTimeoutError,
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)
"""How the database's absence shows, whoever notices it."""

_REFUSED_DATA: Final = ("22", "23")  # classes of SQLSTATE: data exception, constraint violation

_log = structlog.get_logger(__name__)


class Runner:
    """Keeps this build's read models at the log's head. Use `run()`, beside others on the same database if need be.

    Rows and checkpoint change in one transaction, and whoever writes holds the checkpoint's row: a crash at any
    statement changes nothing, and two processes never write at once. `read_models` is where the rows are read.
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
    ) -> None:
        self.schema = schema or schema_name()
        self.read_models = ReadModels(url or log.url, self.schema)
        self._log = log
        self._projections = projections
        self._engine = store.writing_engine(url or log.url, self.schema)
        self._progress = Progress()
        self._batch_events_max = batch_events_max
        self._interval_seconds = interval_seconds
        self._retry_seconds = retry_seconds

    async def close(self) -> None:
        """Let go of the database; `run` must have ended."""
        await self._engine.dispose()
        await self.read_models.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    @property
    def state(self) -> State:
        """What the runner is doing, for readiness."""
        return self._progress.state

    @property
    def position(self) -> int:
        """The position up to which the read models are known to be complete."""
        return self.state.position

    async def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Return whether the read models reach the position in this time."""
        return await self._progress.wait_for(position, timeout_seconds)

    async def run(self) -> None:
        """Project until cancelled; the database may come and go. Returns only where an event could not be digested."""
        while True:
            try:
                await self.prepare()
                await self._follow()
            except Undigested as undigested:
                self._becomes(Phase.STOPPED, undigested=undigested)
                _log.error(
                    "projections stopped", position=undigested.position, error=str(undigested)
                )
                return
            except Exception as error:
                # The database is away, or something worse: it is said once, and tried again.
                trouble = str(getattr(error, "orig", error)) or type(error).__name__
                if self.state.trouble != trouble:
                    unforeseen = None if isinstance(error, LOST) else error
                    _log.warning("projections wait", trouble=trouble, exc_info=unforeseen)
                self._becomes(Phase.WAITING, trouble=trouble)
                await asyncio.sleep(self._retry_seconds)

    async def prepare(self) -> None:
        """Make the read models' schema where it is missing, and learn how far they are."""
        async with self._engine.begin() as connection:
            await store.prepare(connection, self.schema)
            self._progress.reaches(await store.position(connection))

    async def catch_up(self) -> None:
        """Project everything recorded by now. Raises Undigested, or what the database's absence raises."""
        await self.prepare()
        head = await self._log.head()
        while self.position < head:
            await self._advance()

    async def _follow(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            if await self._advance() < self._batch_events_max:
                self._becomes(Phase.FOLLOWING)
                # What comes at the same time is taken together; what comes after a silence is taken at once.
                await asyncio.sleep(max(0.0, began + self._interval_seconds - clock()))
                await self._log.announcer.wait_beyond(self.position)

    async def _advance(self) -> int:
        """Take the next batch; return how many events there were to take.

        Where the database refuses what a batch says, events are taken one by one, to stop at the one.
        """
        try:
            taken = await self._take(self._batch_events_max)
        except (DBAPIError, asyncpg.PostgresError) as error:
            if not _refuses_data(error):
                raise
            taken = await self._take_one()
        self._progress.reaches(taken.position)
        if taken.undigested is not None:
            raise taken.undigested
        return taken.events

    async def _take(self, events_max: int) -> Taken:
        async with self._engine.begin() as connection:
            return await take(connection, self._log, self._projections, events_max)

    async def _take_one(self) -> Taken:
        try:
            return await self._take(1)
        except (DBAPIError, asyncpg.PostgresError) as error:
            if not _refuses_data(error):
                raise
            await self.prepare()
            [recorded] = await self._log.page(Selection(), after=self.position, limit=1)
            type_ = str(recorded.content["type"])
            undigested = Undigested(recorded.position, type_, error)
            return Taken(self.position, 0, undigested)

    def _becomes(
        self, phase: Phase, *, undigested: Undigested | None = None, trouble: str | None = None
    ) -> None:
        self._progress.becomes(State(phase, self.position, undigested, trouble))


def _refuses_data(error: DBAPIError | asyncpg.PostgresError) -> bool:
    """Say whether the database refused what it was given, and would do so again."""
    source = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(source, "sqlstate", "")).startswith(_REFUSED_DATA)
