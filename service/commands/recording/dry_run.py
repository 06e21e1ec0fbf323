"""Checks a file of events without recording any: what `howcanwe record --dry-run` says, here or of a server."""

from collections.abc import Collection, Iterable

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.faults import Fault
from events.vocabulary.stream import Stream
from service.commands.console.options import report
from service.commands.recording.counts import Counts
from service.commands.recording.event_texts import EventText, report_faults
from service.pages.sheets.sheet_event import ALONE


class DryRun:
    """Counts what recording a file would do.

    A request is judged by the log as it is. So of events that name what earlier requests of the file name too,
    only faults of the form are certain; the others may be gone once the earlier events are recorded.
    """

    def __init__(self) -> None:
        self._named: set[Stream] = set()
        self._counts = Counts()
        self.checked = 0
        self.refused = 0
        self._dependent = 0
        self._uncertain = 0

    def report(self) -> None:
        """Write the counts to standard error."""
        dependent = f" and {self._dependent} that build on them" if self._dependent else ""
        report(
            f"{self.checked} checked and nothing recorded: {self.refused} would be refused{dependent}, "
            f"{self._counts.repeated} are already in the log"
        )
        self._counts.report_incomparable()
        if self._uncertain:
            report(
                f"{self._uncertain} build on earlier events of the file, so only their form could be checked"
            )

    def take(
        self,
        batch: list[EventText],
        repeated: int,
        faults: Collection[Fault],
        dependent: Collection[int] = (),
    ) -> None:
        """Count a batch: how many of its events are in the log already, and the faults of the others.

        `dependent` are the indexes of those that only build on others with faults.
        """
        later = self._later(batch)
        self._counts.repeated += repeated
        self._dependent += len({*dependent} - later)
        self._uncertain += len({*dependent} & later)
        if faults and not self._counts.add_incomparable(faults):
            self._judge(faults, batch, later)
        self.checked += len(batch)

    def _later(self, batch: list[EventText]) -> set[int]:
        """Return which events of a batch build on earlier requests, or on events of the batch that do."""
        later: set[int] = set()
        named: set[Stream] = set()
        for index, event in enumerate(batch):
            names = _names(event)
            named |= names
            if not names.isdisjoint(self._named):
                later.add(index)
                self._named |= names
        self._named |= named
        return later

    def _judge(self, faults: Iterable[Fault], batch: list[EventText], later: set[int]) -> None:
        certain = [fault for fault in faults if fault.index not in later or fault.rule in ALONE]
        refused = {fault.index for fault in certain}
        self.refused += len(refused)
        self._uncertain += len({fault.index for fault in faults} - refused)
        report_faults(certain, batch)


def _names(event: EventText) -> set[Stream]:
    """Return the subjects that an event names, as far as it is well-formed."""
    value = event.value
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        return set()
    found = VOCABULARY.find(str(value.get("type")))
    return set() if found is None else {one.stream for one in found[0].mentions(value["data"])}
