"""The state of this build's read models on a streaming replica. The service uses it when it serves from a replica."""

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
from projections.queries.unreadable import was_cancelled
from projections.store import statements
from projections.store.progress import Phase, Progress, ReadModelState
from projections.updating import builds
from projections.updating.replica_lag import Lag
from projections.updating.runner import BATCH_EVENTS_MAX, LOST, RETRY_SECONDS, trouble_of

POLL_SECONDS: Final = 0.1

_log = structlog.get_logger(__name__)


class ReplicaFollower:
    """Knows the position of the read models on a replica. Use `run()`, which polls: a replica sends no notifications.

    A runner on the primary writes the rows. They arrive together with its checkpoint, in one transaction, so the rows
    are complete up to the checkpoint. They are served once they have caught up with the replica's log.
    `primary` returns the position of the primary's read models; `check` compares each new connection with the primary;
    `renew` is called if other connections to the replica may lead to another server now.
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
        """Whether the database is not a replica of the primary; the state's `trouble` has the reason."""
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
        """Close the connections to the replica; `run` must have ended."""
        await self._engine.dispose()
        await self.read_models.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    @property
    def state(self) -> ReadModelState:
        """The state of the read models on the replica; `head` is that of the replica's log."""
        return self._progress.state

    @property
    def position(self) -> int:
        """The position up to which the read models on the replica are known to be complete."""
        return self.state.position

    @property
    def lag_seconds(self) -> float:
        """For how long the primary has had events that the replica does not have; 0 if it has all of them."""
        return self._lag.seconds(self.position)

    async def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Return whether the read models on the replica reach the position in this time."""
        return await self._progress.wait_for(position, timeout_seconds)

    async def run(self) -> None:
        """Poll until cancelled, also while the replica is away."""
        while True:
            seconds = self._poll_seconds
            try:
                await self._look()
            except Exception as error:
                if not was_cancelled(error):
                    self._waits(error)
                    # The connections may lead to another server now, for example after a promotion.
                    await self._engine.dispose()
                    await self.read_models.close()
                    await self._renew()
                    seconds = self._retry_seconds
            self._lag.measure(self.position)
            await asyncio.sleep(seconds)

    def _waits(self, error: Exception) -> None:
        """Note that the replica is away or failed; log it once. The caller tries again."""
        trouble = trouble_of(error)
        self.is_foreign = isinstance(error, NotAReplica)
        if self.state.trouble != trouble:
            unforeseen = None if isinstance(error, LOST) else error
            _log.warning("the replica is waited for", trouble=trouble, exc_info=unforeseen)
        self._progress.becomes(Phase.WAITING, trouble=trouble)
        # The known schema may have been replaced by another.
        self._schema = None

    async def _look(self) -> None:
        """Read the position of the read models on the replica, without a snapshot, which would delay its replay."""
        async with self._engine.connect() as connection:
            self._schema = self._schema or await builds.own_schema(connection)
            if self._schema is None:
                self._progress.becomes(Phase.CATCHING_UP)
                return
            position, head, is_in_recovery = await _positions(connection, self._schema)
        if not is_in_recovery:
            raise NotAReplica(self._url, "it is no longer in recovery")
        self.is_foreign = False
        self.read_models.use(self._schema)
        self.read_models.has(position)
        self._progress.reaches(position, head)
        if self._first_head is None:
            self._first_head = head
        # A schema that was just created is empty, even if the log is short.
        is_filled = position >= self._first_head and self.state.lag < BATCH_EVENTS_MAX
        if self.state.has_caught_up or is_filled:
            self._progress.becomes(Phase.FOLLOWING)
        else:
            self._progress.becomes(Phase.CATCHING_UP)


async def _positions(connection: AsyncConnection, schema: str) -> tuple[int, int, bool]:
    """Return the positions of the read models and of the log, read at once, and whether it is still a replica."""
    connection = await connection.execution_options(schema_translate_map={READ_MODELS: schema})
    head = select(func.max(log_events.c.position)).scalar_subquery()
    asked = select(checkpoint.c.position, head, func.pg_is_in_recovery())
    position, last, is_in_recovery = (await connection.execute(asked)).one()
    return position, last or 0, is_in_recovery
