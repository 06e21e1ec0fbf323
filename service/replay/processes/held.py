"""Events that wait to be folded. Processes of one machine and workers of a cluster hold them in the same way."""

from collections.abc import Iterable
from typing import Final

import orjson

from events.lines.recorded import read_event
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import Stream
from projections.folding.step import Step, link

FOLDED_EVENTS: Final = 25_000
"""About this many events are folded at once: as steps with their rows they take 12 KB each, as lines 1 KB."""

Held = tuple[int, bytes, tuple[Stream, ...]]
"""An event that waits to be folded: its position, its line and its streams. This takes a tenth of a step's memory."""


def steps_of(held: Iterable[Held]) -> list[Step]:
    """Return the steps of these events in the order of the log, linked."""
    steps = [
        Step(read_event(orjson.loads(line), VOCABULARY, streams))
        for _, line, streams in sorted(held)
    ]
    link(steps)
    return steps
