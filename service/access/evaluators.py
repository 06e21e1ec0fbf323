"""Who evaluates a cohort: the holders of valid keys with the role evaluator, and of tokens that have been used."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import asyncpg

from events.access.policy import Role
from service.access.caller import Caller

_NOTED_MAX: Final = 10_000

_FIND: Final = """
select cohort, name
from (
    select unnest(cohorts) collate "C" as cohort, coalesce(name, 'service/' || id) collate "C" as name from keys
    where role = 'evaluator' and revoked_at is null and cohorts && $1 and (expires_at is null or expires_at > $2)
    union all
    select cohort, coalesce(name, 'service/' || id) collate "C" from evaluating_tokens where expires_at > $2
) evaluator
where cohort = any($1)
order by name
"""
_NOTE: Final = """
insert into evaluating_tokens (cohort, id, name, expires_at)
select unnest($1::text[]), $2, $3, $4
on conflict (cohort, id) do update
    set name = excluded.name, expires_at = greatest(evaluating_tokens.expires_at, excluded.expires_at)
"""


class Evaluators:
    """Finds the evaluators of cohorts.

    They are shown by the name of the key or token, and without a name as the actor that stands for it. The service does
    not issue tokens: it knows the holder of a token from the first use of the token until it expires.
    """

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self._noted: set[Caller] = set()

    async def of(self, cohorts: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the names of those who evaluate each of the cohorts now, without repeats, in order."""
        found: dict[str, dict[str, None]] = {cohort: {} for cohort in cohorts}
        for row in await self._pool.fetch(_FIND, sorted(found), datetime.now(UTC)):
            found[row["cohort"]][row["name"]] = None
        return {cohort: list(names) for cohort, names in found.items()}

    async def note(self, caller: Caller) -> None:
        """Store for which cohorts the caller's token is an evaluator's, if it is one."""
        viewer = caller.viewer
        if viewer.role is not Role.EVALUATOR or caller in self._noted:
            return
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "delete from evaluating_tokens where expires_at <= $1", datetime.now(UTC)
            )
            await connection.execute(
                _NOTE, sorted(viewer.cohorts), viewer.id, caller.name, caller.expires
            )
        if len(self._noted) >= _NOTED_MAX:
            self._noted.clear()
        self._noted.add(caller)
