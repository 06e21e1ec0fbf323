"""What code finds missing is fetched and kept, and the code runs again."""

from collections.abc import Sequence

import pytest

from events.access.principal import RECORD
from events.recording.envelope import Envelopes
from events.state.loading import StreamStates, load_streams, run_loading
from events.state.state_cache import StateCache
from events.state.state_view import NotLoaded
from events.state.subjects import Amendments
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream, event_reference, stream_of
from tests.events.samples import framed

AMENDMENTS = Amendments(voided_by=3)
IDENTITY = ("urn:source", "id")

COHORT = stream_of("cohort", "heritage")
QUESTION = stream_of("question", "question")
A, B, C = (stream_of("ask", key) for key in "abc")


class Source:
    """Has one event, at position 2; notes what it is asked for."""

    def __init__(self, event: Event) -> None:
        self.event_held = event
        self.asked: list[object] = []

    async def streams(self, streams: Sequence[Stream]) -> StreamStates:
        self.asked.append(list(streams))
        return {stream: (len(stream), None) for stream in streams}

    async def event(self, position: int) -> Event | None:
        self.asked.append(position)
        return self.event_held if position == 2 else None

    async def identified(self, identity: tuple[str, str]) -> Event | None:
        self.asked.append(identity)
        return self.event_held if identity == IDENTITY else None

    async def history(self, stream: Stream) -> tuple[Sequence[Event], StreamStates]:
        self.asked.append(stream)
        return [self.event_held], {event_reference(2): (0, AMENDMENTS)}


class Silent(Source):
    """Returns no streams."""

    async def streams(self, streams: Sequence[Stream]) -> StreamStates:
        self.asked.append(list(streams))
        return {}


@pytest.fixture
def source() -> Source:

    sent = {"id": "id", "source": "urn:source", "time": "2024-03-01T12:00:00Z", **framed()}
    return Source(Envelopes(VOCABULARY).read(sent, RECORD).event.at(2, (QUESTION,)))


async def test_everything_that_is_missing_is_fetched_once(source: Source) -> None:
    cache, runs = StateCache(), []

    def step() -> tuple[object, ...]:
        runs.append(1)
        return (
            cache.version(COHORT),
            cache.event(1),
            cache.position(IDENTITY),
            cache.event(2),
            cache.history(QUESTION),
            cache.state(event_reference(2)),
        )

    event = source.event_held
    assert await run_loading(step, cache, source) == (15, None, 2, event, [event], AMENDMENTS)
    # The event at 2 came with its id, its amendments with the history.
    assert source.asked == [[COHORT], 1, IDENTITY, QUESTION]
    assert len(runs) == len(source.asked) + 1
    await run_loading(step, cache, source)
    assert len(source.asked) == 4


async def test_an_id_that_no_event_has_is_asked_for_once(source: Source) -> None:
    cache = StateCache()
    for _ in range(2):
        assert await run_loading(lambda: cache.position(("urn:source", "x")), cache, source) is None
    assert source.asked == [("urn:source", "x")]


async def test_streams_that_are_loaded_are_not_fetched_again(source: Source) -> None:
    cache = StateCache()
    await load_streams([A, B], cache, source)
    assert await load_streams([B, C], cache, source) == [None]
    assert await load_streams([A], cache, source) == []
    assert source.asked == [[A, B], [C]]


async def test_a_source_that_does_not_provide_what_is_missing_ends_the_loop(
    source: Source,
) -> None:
    cache, silent = StateCache(), Silent(source.event_held)
    with pytest.raises(NotLoaded):
        await run_loading(lambda: cache.state(A), cache, silent)
    assert silent.asked == [[A]]


async def test_errors_of_the_code_pass(source: Source) -> None:
    def step() -> None:
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        await run_loading(step, StateCache(), source)
