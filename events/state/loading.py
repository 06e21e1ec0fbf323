"""Loading: runs code that reads the record, and fetches what the code finds missing.

Rules, folds and checks of visibility are plain functions. They read a `StateView`, which raises `NotLoaded` where it
lacks something. `run_loading` is the one place that answers `NotLoaded`: the recorder, the visible log, refolding and
the checks of a whole log call it, each with a source of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from events.state.state_cache import StateCache
from events.state.state_view import NotLoaded
from events.state.subjects import State
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream

T = TypeVar("T")

StreamStates = Mapping[Stream, tuple[int, State | None]]
"""The version and the state of each stream."""


class StateSource(Protocol):
    """Fetches from where the record is stored."""

    async def streams(self, streams: Sequence[Stream]) -> StreamStates:
        """Return the version and the state of every one of the streams."""

    async def event(self, position: int) -> Event | None:
        """Return the event at the position, None if there is none."""

    async def identified(self, identity: tuple[str, str]) -> Event | None:
        """Return the event with this source and id, None if there is none."""

    async def history(self, stream: Stream) -> tuple[Sequence[Event], StreamStates]:
        """Return the events of the stream, oldest first, and the states that were fetched with them."""


async def run_loading(step: Callable[[], T], cache: StateCache, source: StateSource) -> T:
    """Return what `step` returns; what it misses is fetched from the source and kept in the cache.

    `step` reads the cache and runs again after each fetch: what it changes before it raises `NotLoaded` must not matter
    to the next run. Raises NotLoaded if the source does not provide what it was asked for.
    """
    fetched: tuple[object, ...] | None = None
    while True:
        try:
            return step()
        except NotLoaded as missing:
            if missing.args == fetched:
                raise
            await _load(missing, cache, source)
            fetched = missing.args


async def load_streams(
    streams: Iterable[Stream], cache: StateCache, source: StateSource
) -> list[State | None]:
    """Fetch the streams that the cache lacks, all at once; return the states of those."""
    lacking = [stream for stream in streams if not cache.holds(stream)]
    if not lacking:
        return []
    found = await source.streams(lacking)
    cache.keep_streams(found)
    return [state for _, state in found.values()]


async def _load(missing: NotLoaded, cache: StateCache, source: StateSource) -> None:
    await load_streams(missing.streams, cache, source)
    if missing.event is not None:
        cache.keep_event(missing.event, await source.event(missing.event))
    if missing.identity is not None:
        event = await source.identified(missing.identity)
        cache.keep_position(missing.identity, event.position if event else None)
        if event is not None:
            cache.keep_event(event.position, event)
    if missing.history is not None:
        events, states = await source.history(missing.history)
        cache.keep_history(missing.history, events)
        cache.keep_streams(states)
