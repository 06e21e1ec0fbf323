"""What came of the events of a file: recorded, in the log already, or there but not to be compared."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from events.lines.recorded import Receipt
from events.recording.repeats import FORGOTTEN, KEYLESS
from events.vocabulary.faults import Fault
from service.commands.console.options import report


@dataclass
class Counts:
    """Counts events. `repeated` are all that were in the log already.

    `forgotten` are those of them about persons who have been forgotten, `keyless` those about persons whose keys are
    missing; neither can be compared with the events in the log.
    """

    recorded: int = 0
    repeated: int = 0
    ids: set[str] | None = None
    """The ids of all events that are in the log now; None if nobody asks for them."""
    of_others: int = field(default=0, init=False)
    """The events whose ids the log has from other senders, in requests of such events alone."""
    forgotten: int = field(default=0, init=False)
    keyless: int = field(default=0, init=False)

    def add(self, receipts: Iterable[Receipt]) -> None:
        """Count the events of receipts."""
        for receipt in receipts:
            self.repeated += receipt.repeated
            self.recorded += not receipt.repeated
            if self.ids is not None:
                self.ids.add(receipt.id)

    def add_incomparable(self, faults: Collection[Fault]) -> set[int]:
        """Count the events that only cannot be compared, if nothing else is wrong; return their indexes."""
        forgotten = {fault.index for fault in faults if fault.detail == FORGOTTEN}
        keyless = {fault.index for fault in faults if fault.detail == KEYLESS}
        there = {index for index in forgotten | keyless if index is not None}
        if not all(fault.index in there for fault in faults):
            return set()
        self.forgotten += len(forgotten)
        self.keyless += len(keyless)
        self.repeated += len(there)
        return there

    def report(self, more: str = "") -> None:
        """Write the counts to standard error, `more` behind the first two."""
        others = f", {self.of_others} in it from another sender" if self.of_others else ""
        report(f"{self.recorded} recorded, {self.repeated} already in the log{others}{more}")
        self.report_incomparable()

    def report_incomparable(self) -> None:
        """Write to standard error how many events could not be compared, if any."""
        if self.forgotten:
            report(f"{self.forgotten} of these could not be compared: their persons are forgotten")
        if self.keyless:
            report(
                f"{self.keyless} of these could not be compared: their persons' keys are missing"
            )
