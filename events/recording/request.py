"""A request to record events, and what becomes of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from events.access.principal import Principal
from events.lines.candidate import Candidate
from events.lines.recorded import Receipt
from events.recording.envelope import Malformed
from events.vocabulary.faults import Fault
from events.vocabulary.stream import Stream


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """What became of a request's events.

    `receipts` are of those recorded or repeated, in the order sent; `refused` are those refused leniently, by index.
    `would` are the receipts that events which were only judged would have been given now.
    """

    receipts: tuple[Receipt, ...]
    refused: Mapping[int, tuple[Fault, ...]] = field(default_factory=dict)
    would: tuple[Receipt, ...] = ()


@dataclass(slots=True)
class Request:
    """Events to be recorded together: all or none, or, if `lenient`, those that can be. `dry` ones are only judged.

    `expected` are versions that streams must be at.
    """

    events: Sequence[Candidate | Malformed]
    sender: Principal
    expected: Mapping[Stream, int]
    lenient: bool
    dry: bool
    done: "asyncio.Future[RequestOutcome]"

    @property
    def identities(self) -> list[tuple[str, str]]:
        """The events' (source, id), as far as they are well-formed."""
        return [event.identity for event in self.events if isinstance(event, Candidate)]
