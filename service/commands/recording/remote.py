"""Records events at a server, or checks them there, with the client that programs use."""

from collections.abc import Callable, Iterable
from io import BufferedReader
from typing import Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.faults import Fault
from events.vocabulary.stream import Stream
from service.client.client import Client
from service.client.errors import Problem, Unreachable
from service.client.plans.setup import Setup
from service.commands.console.options import report
from service.commands.recording.counts import Counts
from service.commands.recording.event_texts import EventText, batches_of
from service.commands.recording.local import text_of
from service.pages.sheets.rows import SheetOptions

ALONE: Final = frozenset({"field", "json", "event.conflict"})
"""The rules that look at an event alone, and not at what earlier events did."""


class RemoteRecording:
    """Records a file of events at a server, and counts what came of them.

    With `lenient`, what is refused is put into quarantine, and the rest is recorded.
    """

    def __init__(self, sheets: SheetOptions, *, lenient: bool = False) -> None:
        self._begun = False
        self._sheets = sheets
        self._lenient = lenient
        self._counts = Counts()
        self._refused = 0

    def report(self) -> None:
        """Write the counts to standard error, if recording has begun."""
        if self._begun:
            refused = f", {self._refused} refused and in the quarantine" if self._refused else ""
            self._counts.report(refused)

    def run(self, source: BufferedReader, client: Client) -> bool:
        """Record the file request by request; return whether all of it is in the log now."""
        self._begun = True
        counts = self._counts
        for batch in _batches(
            source, self._sheets, "recording", lambda: counts.recorded + counts.repeated
        ):
            if not self._take(client, batch):
                return False
        return not self._refused

    def _take(self, client: Client, batch: list[EventText]) -> bool:
        try:
            result = client.record([event.text for event in batch], lenient=self._lenient)
        except (Problem, Unreachable) as error:
            self._counts.add(error.receipts)
            done = len(error.receipts)
            if isinstance(error, Problem) and (
                there := self._counts.add_incomparable(error.faults)
            ):
                rest = range(done, len(batch))
                return self._take(client, [batch[index] for index in rest if index not in there])
            _explain(error, batch)
            report(f"nothing is recorded from {batch[done].place} on")
            return False
        self._counts.add(result.receipts)
        self._refused += len(result.refused)
        _report_faults([fault for one in result.refused for fault in one.faults], batch)
        return True


class DryRun:
    """Checks a file of events at a server, and counts what recording it would do.

    A server judges a request by the log as it is. So of events that name what earlier requests of the file name too,
    only faults of the form are certain; the others may be gone once the earlier events are recorded.
    """

    def __init__(self, sheets: SheetOptions) -> None:
        self._begun = False
        self._sheets = sheets
        self._named: set[Stream] = set()
        self._counts = Counts()
        self._checked = 0
        self._refused = 0
        self._uncertain = 0

    def report(self) -> None:
        """Write the counts to standard error, if the check has begun."""
        if not self._begun:
            return
        report(
            f"{self._checked} checked and nothing recorded: {self._refused} would be refused, "
            f"{self._counts.repeated} are already in the log"
        )
        self._counts.report_incomparable()
        if self._uncertain:
            report(
                f"{self._uncertain} build on earlier events of the file, so only their form could be checked"
            )

    def run(self, source: BufferedReader, client: Client) -> bool:
        """Check the file request by request; return whether no event is known to be refused."""
        self._begun = True
        for batch in _batches(source, self._sheets, "checking", lambda: self._checked):
            if not self._take(client, batch, self._later(batch)):
                return False
            self._checked += len(batch)
        return not self._refused

    def _take(self, client: Client, batch: list[EventText], later: set[int]) -> bool:
        try:
            judged = client.validate([event.text for event in batch])
        except Unreachable as error:
            report(error.reason)
            return False
        except Problem as problem:
            if not problem.faults or any(fault.index is None for fault in problem.faults):
                _explain(problem, batch)
                return False
            if not self._counts.add_incomparable(problem.faults):
                self._judge(problem.faults, batch, later)
        else:
            self._counts.repeated += sum(one.repeated for one in judged)
        return True

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
        self._refused += len(refused)
        self._uncertain += len({fault.index for fault in faults} - refused)
        _report_faults(certain, batch)


def _batches(
    source: BufferedReader, sheets: SheetOptions, what: str, done: Callable[[], int]
) -> Iterable[list[EventText]]:
    limits = Setup()
    return batches_of(
        source,
        limits.batch_events_max,
        limits.body_bytes_max,
        what=what,
        done=done,
        sheets=sheets,
    )


def _names(event: EventText) -> set[Stream]:
    """Return the subjects that an event names, as far as it is well-formed."""
    value = event.value
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        return set()
    found = VOCABULARY.find(str(value.get("type")))
    return set() if found is None else {one.stream for one in found[0].mentions(value["data"])}


def _explain(error: Problem | Unreachable, batch: list[EventText]) -> None:
    """Report an error of a request, each fault with its place."""
    if isinstance(error, Unreachable):
        report(f"{error.reason}; run the command again to resume")
        return
    if not any(fault.index is not None for fault in error.faults):
        # What is wrong is not one of the events, unless a single one is too large.
        place = f"{batch[len(error.receipts)].place}: " if error.status == 413 else ""
        report(f"{place}the server answered {error.status}: {error.detail}")
    _report_faults(error.faults, batch)


def _report_faults(faults: Iterable[Fault], batch: list[EventText]) -> None:
    for fault in faults:
        if fault.index is None:
            report(fault.detail)
        else:
            report(f"{batch[fault.index].place_of(fault.pointer)}: {text_of(fault)}")
