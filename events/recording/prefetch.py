"""Prefetching: loads the streams that a group's judgement is going to read, in two statements.

Without it the recorder would load them one by one, as the judgement finds them missing.
"""

from collections.abc import Sequence
from typing import Final

from events.lines.candidate import Candidate
from events.recording.request import Request
from events.state.loading import StateSource, load_streams
from events.state.state_cache import StateCache
from events.vocabulary.stream import Kind, Stream, stream_of

_RELATED: Final[tuple[Kind, ...]] = ("organisation", "cohort", "question", "iteration")


async def prefetch(requests: Sequence[Request], cache: StateCache, source: StateSource) -> None:
    """Load the subjects that the requests name, then the subjects that these belong to."""
    named: dict[Stream, None] = {}
    for request in requests:
        named |= dict.fromkeys(request.expected)
        for candidate in request.events:
            if isinstance(candidate, Candidate):
                for mention in candidate.event.mentions:
                    named[mention.stream] = None
                if candidate.event.acting_person is not None:
                    named[candidate.event.acting_person] = None
        if request.sender.organisation:
            named[stream_of("organisation", request.sender.organisation)] = None
    related: dict[Stream, None] = {}
    for state in await load_streams(named, cache, source):
        for kind in _RELATED:
            key = getattr(state, kind, None)
            if key is not None:
                related[stream_of(kind, key)] = None
    await load_streams(related, cache, source)
