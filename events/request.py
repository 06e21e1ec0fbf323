"""A request to record events, and what becomes of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from events.candidate import Candidate
from events.envelope import Malformed
from events.faults import Fault
from events.recorded import Receipt
from events.senders import Sender


@dataclass(frozen=True, slots=True)
class Outcome:
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
    sender: Sender
    expected: Mapping[str, int]
    lenient: bool
    dry: bool
    done: "asyncio.Future[Outcome]"

    @property
    def identities(self) -> list[tuple[str, str]]:
        """The events' (source, id), as far as they are well-formed."""
        return [event.identity for event in self.events if isinstance(event, Candidate)]
