"""A request to record events, and its outcome. `EventLog` makes one; the recorder answers it."""

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
    """The outcome of a request's events.

    `receipts` are those of recorded and repeated events, in the order sent. `refused` are the faults of events that a
    lenient request leaves out, by index. `would` are the receipts that the events of a dry run would have received.
    """

    receipts: tuple[Receipt, ...]
    refused: Mapping[int, tuple[Fault, ...]] = field(default_factory=dict)
    would: tuple[Receipt, ...] = ()


@dataclass(slots=True)
class Request:
    """Events to record together: all or none; if `lenient`, those that are not refused; if `dry`, they are only judged.

    `expected` are the versions that streams must be at.
    """

    events: Sequence[Candidate | Malformed]
    sender: Principal
    expected: Mapping[Stream, int]
    lenient: bool
    dry: bool
    done: "asyncio.Future[RequestOutcome]"

    @property
    def identities(self) -> list[tuple[str, str]]:
        """The source and id of each event that is well-formed."""
        return [event.identity for event in self.events if isinstance(event, Candidate)]
