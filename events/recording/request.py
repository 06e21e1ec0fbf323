"""A request to record events, and its outcome. `EventLog` makes one; the recorder answers it."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from events.access.principal import Principal
from events.lines.candidate import Candidate
from events.lines.recorded import Receipt
from events.recording.envelope import Malformed
from events.vocabulary.faults import Fault
from events.vocabulary.stream import Stream
from events.vocabulary.values.identity import is_identity

Identity = tuple[str, str]
"""The source and id of an event."""


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """The outcome of a request's events.

    `receipts` are those of recorded and repeated events, in the order sent. `refused` are the faults of events that a
    lenient request leaves out, by index. `would` are the receipts that the events of a dry run would have received.
    """

    receipts: tuple[Receipt, ...]
    refused: Mapping[int, tuple[Fault, ...]] = field(default_factory=dict)
    would: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """The events of one submission. They are recorded once: later, it is the same submission or a conflict.

    `events` are the identities of its events, `others` those that it would also have with other answers.
    """

    events: frozenset[Identity]
    others: frozenset[Identity]

    @property
    def identities(self) -> list[Identity]:
        """All of them, but for those that no event may have."""
        return [one for one in self.events | self.others if is_identity(*one)]

    def differs(self, recorded: Set[Identity]) -> bool:
        """Return whether it was recorded with other events; `recorded` are its identities that are in the log."""
        return bool(recorded) and recorded != self.events


@dataclass(slots=True)
class Request:
    """Events to record together: all or none; if `lenient`, those that are not refused; if `dry`, they are only judged.

    `expected` are the versions that streams must be at. `whole` is the submission that the events are, if they are one.
    """

    events: Sequence[Candidate | Malformed]
    sender: Principal
    expected: Mapping[Stream, int]
    lenient: bool
    dry: bool
    whole: Whole | None
    done: "asyncio.Future[RequestOutcome]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def identities(self) -> list[Identity]:
        """Those of its events that are well-formed, and of the submission."""
        own = [event.identity for event in self.events if isinstance(event, Candidate)]
        return own if self.whole is None else [*own, *self.whole.identities]
