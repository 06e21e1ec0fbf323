"""Refolding: computes the subjects' states again if folds of another release computed them.

The recorder calls it before its first event. It is one transaction under the log's lock: before its commit everybody
finds the old states, and afterwards the new ones, also if the process is killed on the way. Only the states of one page
of events are held in memory.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import asyncpg

from events.state.draft import Draft
from events.state.fingerprint import state_fingerprint
from events.state.loading import StreamStates, load_streams, run_loading
from events.state.state_cache import StateCache
from events.state.subjects import State
from events.store import appending, reading, states
from events.store.reading import Selection
from events.store.table_source import PastTableSource
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream

PAGE_EVENTS: Final = 1_000


async def refold(connection: asyncpg.Connection, catalogue: Catalogue) -> bool:
    """Compute the states again unless the folds of this code made them. Return whether it was needed.

    Raises UnknownType, and then nothing has changed.
    """
    fingerprint = state_fingerprint()
    if await states.noted_folds(connection) == fingerprint:
        return False
    async with connection.transaction():
        await appending.lock(connection)
        # Another process may have been first.
        if await states.noted_folds(connection) == fingerprint:
            return False
        await states.begin(connection)
        position = 0
        while page := await reading.page(connection, Selection(), position, PAGE_EVENTS):
            changed = await _folded(
                connection, catalogue, [recorded.event(catalogue) for recorded in page]
            )
            await states.put_aside(connection, changed)
            position = page[-1].position
        await states.note_folds(connection, fingerprint)
        await states.take_over(connection)
    return True


async def _folded(
    connection: asyncpg.Connection, catalogue: Catalogue, events: Sequence[Event]
) -> Mapping[Stream, State | None]:
    """Return the states that the events change, as they are after the last one."""
    cache = StateCache()
    changed: dict[Stream, State | None] = {}
    named = {mention.stream for event in events for mention in event.mentions}
    await load_streams(named, cache, _RefoldedSource(connection, catalogue, through=0))
    for event in events:
        source = _RefoldedSource(connection, catalogue, through=event.position - 1)
        after = await run_loading(partial(Draft(cache).changed_by, event), cache, source)
        cache.keep_streams({stream: (0, state) for stream, state in after.items()})
        cache.forget_events()
        changed |= after
    return changed


class _RefoldedSource(PastTableSource):
    """Fetches the states that were computed again; their versions do not matter to folds and are 0."""

    async def streams(self, streams: Sequence[Stream]) -> StreamStates:
        """Return the state of every one of the streams."""
        found = await states.aside(self._connection, streams)
        return {stream: (0, state) for stream, state in found.items()}
