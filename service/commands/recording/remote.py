"""Records events at a server, or checks them there, with the client that programs use."""

from collections.abc import Callable, Iterable, Sequence
from io import BufferedReader

from events.vocabulary.faults import Fault
from service.client.client import Client
from service.client.errors import Problem, Unreachable
from service.client.plans.setup import Setup
from service.client.results import Validated
from service.commands.console.options import report
from service.commands.recording.cohort_pages import CohortPages
from service.commands.recording.counts import Counts
from service.commands.recording.dry_run import DryRun
from service.commands.recording.event_texts import (
    EventText,
    are_of_others,
    batches_of,
    first_batch,
    nothing_from,
    report_faults,
)
from service.pages.sheets.events import SheetsRefused
from service.pages.sheets.rows import SheetOptions


class RemoteRecording:
    """Records a file of events at a server, and counts what came of them.

    With `lenient`, what is refused is put into quarantine, and the rest is recorded. `ids` gets the ids of the events
    that are in the log.
    """

    def __init__(
        self, sheets: SheetOptions, ids: set[str] | None = None, *, lenient: bool = False
    ) -> None:
        self._begun = False
        self._sheets = sheets
        self._lenient = lenient
        self._counts = Counts(ids=ids)
        self._refused = 0
        self.pages = CohortPages()

    def report(self) -> None:
        """Write the counts to standard error, if recording has begun."""
        if self._begun:
            refused = f", {self._refused} refused and in the quarantine" if self._refused else ""
            self._counts.report(refused)

    def run(self, source: BufferedReader, client: Client) -> bool:
        """Record the file request by request; return whether all of it is in the log now."""
        self._begun = True
        counts = self._counts
        try:
            for batch in _batches(
                source, self._sheets, "recording", lambda: counts.recorded + counts.repeated
            ):
                if not self._take(client, batch):
                    return False
        except SheetsRefused as refused:
            # It says itself that nothing is recorded.
            self._begun = False
            raise _with_rules(client, refused) from None
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
            faults = error.faults if isinstance(error, Problem) else ()
            if are_of_others(faults, batch):
                self._counts.of_others += len(batch)
            else:
                report(nothing_from(batch[done], faults))
            return False
        self._counts.add(result.receipts)
        refused = {fault.index for one in result.refused for fault in one.faults}
        self.pages.take(event for index, event in enumerate(batch) if index not in refused)
        self._refused += len(result.refused)
        report_faults([fault for one in result.refused for fault in one.faults], batch)
        return True


class RemoteDryRun:
    """Checks a file of events at a server, and counts what recording it would do."""

    def __init__(self, sheets: SheetOptions) -> None:
        self._begun = False
        self._sheets = sheets
        self._counts = DryRun()

    def report(self) -> None:
        """Write the counts to standard error, if the check has begun."""
        if self._begun:
            self._counts.report()

    def run(self, source: BufferedReader, client: Client) -> bool:
        """Check the file request by request; return whether no event is known to be refused."""
        self._begun = True
        try:
            for batch in _batches(source, self._sheets, "checking", lambda: self._counts.checked):
                if not self._take(client, batch):
                    return False
        except SheetsRefused as refused:
            # It says itself that nothing is recorded.
            self._begun = False
            raise _with_rules(client, refused) from None
        return not self._counts.refused

    def _take(self, client: Client, batch: list[EventText]) -> bool:
        """Check a batch, then what is left of it without the events that have faults, and so on."""
        faults: Sequence[Fault] | None = None
        dependent: set[int] = set()
        left = list(range(len(batch)))
        judged: Sequence[Validated] | None = None
        while judged is None:
            try:
                judged = client.validate([batch[index].text for index in left])
            except Unreachable as error:
                report(error.reason)
                return False
            except Problem as problem:
                if not _is_about_events(problem):
                    _explain(problem, batch)
                    return False
                refused = {left[fault.index] for fault in problem.faults if fault.index is not None}
                if faults is None:
                    faults = problem.faults
                else:
                    dependent |= refused
                left = [index for index in left if index not in refused]
        self._counts.take(batch, sum(one.repeated for one in judged), faults or (), dependent)
        return True


def _is_about_events(problem: Problem) -> bool:
    """Return whether all that is wrong are the events of the request."""
    return bool(problem.faults) and all(fault.index is not None for fault in problem.faults)


def _with_rules(client: Client, refused: SheetsRefused) -> SheetsRefused:
    """Return the faults of sheets with those that the server has for their rows, if it answers."""
    limits = Setup()
    batch = first_batch(refused, limits.batch_events_max, limits.body_bytes_max)
    try:
        client.validate([event.text for event in batch])
    except Unreachable:
        return refused
    except Problem as problem:
        return refused.with_those_of(problem.faults) if _is_about_events(problem) else refused
    return refused


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


def _explain(error: Problem | Unreachable, batch: list[EventText]) -> None:
    """Report an error of a request, each fault with its place."""
    if isinstance(error, Unreachable):
        report(f"{error.reason}; run the command again to resume")
        return
    if not any(fault.index is not None for fault in error.faults):
        # What is wrong is not one of the events, unless a single one is too large.
        place = f"{batch[len(error.receipts)].place}: " if error.status == 413 else ""
        report(f"{place}the server answered {error.status}: {error.detail}")
    report_faults(error.faults, batch)
