"""The standby: this build's read models as a streaming replica has them, behind those of its primary."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Self

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from events.store.replica import Check, NotAReplica
from projections.folding.tables import READ_MODELS, checkpoint, log_events
from projections.queries.read_models import ReadModels
from projections.queries.unreadable import gave_way
from projections.store import statements
from projections.store.progress import Phase, Progress, ReadModelState
from projections.updating import builds
from projections.updating.replica_lag import Lag
from projections.updating.runner import BATCH_EVENTS_MAX, LOST, RETRY_SECONDS, trouble_of

POLL_SECONDS: Final = 0.1

_log = structlog.get_logger(__name__)


class ReplicaFollower:
    """Knows how far the read models on a replica are. Use `run()`; nobody writes there, and nobody is notified.

    A runner keeps the rows, on the primary: they arrive with its checkpoint, in one transaction, so that whatever a
    position promises is there with it. They are served once they have caught up with the log as the replica has it.
    `primary` gives the position of the read models there; `check` holds each new connection against the primary;
    `renew` is called where other connections to the replica may lead elsewhere by now.
    """

    def __init__(
        self,
        url: str,
        primary: Callable[[], int],
        check: Check,
        *,
        renew: Callable[[], Awaitable[None]],
        poll_seconds: float = POLL_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.read_models = ReadModels(url, check=check)
        self.is_foreign = False
        """Whether what was found in its place is no replica of the primary; the state's trouble says why."""
        self._url = url
        self._renew = renew
        self._engine = statements.engine(
            url, connections_max=1, check=check, application_name="howcanwe standby"
        )
        self._progress = Progress(clock)
        self._lag = Lag(primary, clock)
        self._schema: str | None = None
        self._first_head: int | None = None
        self._poll_seconds = poll_seconds
        self._retry_seconds = retry_seconds

    async def close(self) -> None:
        """Let go of the replica; `run` must have ended."""
        await self._engine.dispose()
        await self.read_models.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    @property
    def state(self) -> ReadModelState:
        """How the read models stand on the replica; `head` is the log's there."""
        return self._progress.state

    @property
    def position(self) -> int:
        """The position up to which the read models on the replica are known to be complete."""
        return self.state.position

    @property
    def lag_seconds(self) -> float:
        """For how long the primary has had what the replica has not; 0 if it has everything."""
        return self._lag.seconds(self.position)

    async def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Return whether the read models on the replica reach the position in this time."""
        return await self._progress.wait_for(position, timeout_seconds)

    async def run(self) -> None:
        """Look until cancelled; the replica may come and go."""
        while True:
            seconds = self._poll_seconds
            try:
                await self._look()
            except Exception as error:
                if not gave_way(error):
                    self._waits(error)
                    # What is behind the connections may have become another server, as by a promotion.
                    await self._engine.dispose()
                    await self.read_models.close()
                    await self._renew()
                    seconds = self._retry_seconds
            self._lag.measure(self.position)
            await asyncio.sleep(seconds)

    def _waits(self, error: Exception) -> None:
        """Note that the replica is away, or something worse: it is said once, and tried again."""
        trouble = trouble_of(error)
        self.is_foreign = isinstance(error, NotAReplica)
        if self.state.trouble != trouble:
            unforeseen = None if isinstance(error, LOST) else error
            _log.warning("the replica is waited for", trouble=trouble, exc_info=unforeseen)
        self._progress.becomes(Phase.WAITING, trouble=trouble)
        # Another schema may have taken the place of the one that was known.
        self._schema = None

    async def _look(self) -> None:
        """Learn how far the read models on the replica are; no snapshot is held, for it would hold up the replay."""
        async with self._engine.connect() as connection:
            self._schema = self._schema or await builds.own_schema(connection)
            if self._schema is None:
                self._progress.becomes(Phase.CATCHING_UP)
                return
            position, head, is_in_recovery = await _standing(connection, self._schema)
        if not is_in_recovery:
            raise NotAReplica(self._url, "it is not in recovery any more")
        self.is_foreign = False
        self.read_models.use(self._schema)
        self.read_models.has(position)
        self._progress.reaches(position, head)
        if self._first_head is None:
            self._first_head = head
        # A schema that was made just now is empty, however short the log is.
        is_filled = position >= self._first_head and self.state.lag < BATCH_EVENTS_MAX
        if self.state.has_caught_up or is_filled:
            self._progress.becomes(Phase.FOLLOWING)
        else:
            self._progress.becomes(Phase.CATCHING_UP)


async def _standing(connection: AsyncConnection, schema: str) -> tuple[int, int, bool]:
    """Return how far the read models are, and the log, of one moment, and whether it still is a replica."""
    connection = await connection.execution_options(schema_translate_map={READ_MODELS: schema})
    head = select(func.max(log_events.c.position)).scalar_subquery()
    asked = select(checkpoint.c.position, head, func.pg_is_in_recovery())
    position, last, is_in_recovery = (await connection.execute(asked)).one()
    return position, last or 0, is_in_recovery
