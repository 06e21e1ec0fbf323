"""What the client returns of the events that were given to it. Receipts and faults are those of the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.lines.recorded import Receipt
from events.vocabulary.faults import Advice, Fault


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """An event that a lenient request did not record.

    `index` is its place among the events that were given, `quarantine_id` the id of its entry in the quarantine (None
    if the quarantine is full).
    """

    index: int
    quarantine_id: str | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of several events: a receipt for each that is recorded, in order, and those that were refused."""

    receipts: tuple[Receipt, ...] = ()
    refused: tuple[RefusedEvent, ...] = ()

    @property
    def position(self) -> int:
        """The highest position of a receipt, 0 without receipts. Reads with this `min_position` have all of them."""
        return max((receipt.position for receipt in self.receipts), default=0)


def joined(results: Sequence[BatchResult]) -> BatchResult:
    """Return the results of several requests as one."""
    return BatchResult(
        tuple(receipt for result in results for receipt in result.receipts),
        tuple(refused for result in results for refused in result.refused),
    )


@dataclass(frozen=True, slots=True)
class Validated:
    """What recording an event would have done: whether it is a repeat, its streams and versions, and its warnings."""

    source: str
    id: str
    streams: Mapping[str, int]
    repeated: bool
    warnings: tuple[Advice, ...]
