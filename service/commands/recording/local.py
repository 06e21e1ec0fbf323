"""Records events in the log of a database, or checks them, as an unrestricted facilitator."""

from io import BufferedReader
from typing import Final

from events.access.principal import RECORD
from events.lines.candidate import Candidate
from events.log import EventLog
from events.recording.envelope import Malformed
from events.recording.request import RequestOutcome
from events.vocabulary.faults import Refused
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
from service.commands.recording.graph_here import asking_here
from service.operations.clock import ahead_seconds
from service.pages.sheets.events import SheetsRefused
from service.pages.sheets.rows import SheetOptions
from service.pages.sheets.sheet_event import DEPENDENT
from service.privacy.persons import prepared
from service.secrets.installation import own_master_key
from service.settings import Settings

BATCH_EVENTS: Final = 500
CHECKED_EVENTS: Final = 2_000


class Recording:
    """Records a file of events, and counts what came of them. `ids` gets the ids of those that are in the log."""

    def __init__(self, sheets: SheetOptions, ids: set[str] | None = None) -> None:
        self._begun = False
        self._sheets = sheets
        self._counts = Counts(ids=ids)
        self.pages = CohortPages()

    def report(self) -> None:
        """Write the counts to standard error, if recording has begun."""
        if self._begun:
            self._counts.report()

    async def run(self, source: BufferedReader, url: str, settings: Settings) -> bool:
        """Record the file batch by batch; return whether all of it is in the log now."""
        async with prepared(url) as connection:
            master_key = await own_master_key(connection, settings)
            ahead = await ahead_seconds(connection)
        if abs(ahead) > settings.clock_difference_seconds_max:
            report(
                f"this clock is {ahead:+.1f} seconds ahead of the database's; correct it, or many events will have "
                "the same recorded time"
            )
        self._sheets.names.use(asking_here(settings, url))
        async with await EventLog.open(url, master_key=master_key) as log:
            self._begun = True
            try:
                for batch in batches_of(
                    source,
                    BATCH_EVENTS,
                    what="recording",
                    done=lambda: self._counts.recorded + self._counts.repeated,
                    sheets=self._sheets,
                ):
                    if not await self._take(log, batch):
                        return False
            except SheetsRefused as refused:
                # It says itself that nothing is recorded.
                self._begun = False
                raise await _with_rules(log, refused) from None
        return True

    async def _take(self, log: EventLog, batch: list[EventText]) -> bool:
        try:
            outcome = await log.record(_candidates(log, batch), sender=RECORD)
        except Refused as refused:
            if there := self._counts.add_incomparable(refused.faults):
                return await self._take(
                    log, [event for index, event in enumerate(batch) if index not in there]
                )
            report_faults(refused.faults, batch)
            if are_of_others(refused.faults, batch):
                self._counts.of_others += len(batch)
            else:
                report(nothing_from(batch[0], refused.faults))
            return False
        self._counts.add(outcome.receipts)
        self.pages.take(batch)
        return True


class LocalDryRun:
    """Checks a file of events against the log of a database, and counts what recording it would do."""

    def __init__(self, sheets: SheetOptions) -> None:
        self._begun = False
        self._sheets = sheets
        self._counts = DryRun()

    def report(self) -> None:
        """Write the counts to standard error, if the check has begun."""
        if self._begun:
            self._counts.report()

    async def run(self, source: BufferedReader, url: str, settings: Settings) -> bool:
        """Check the file batch by batch; return whether no event is known to be refused."""
        async with prepared(url) as connection:
            master_key = await own_master_key(connection, settings)
        self._sheets.names.use(asking_here(settings, url))
        async with await EventLog.open(url, master_key=master_key) as log:
            self._begun = True
            try:
                for batch in batches_of(
                    source,
                    CHECKED_EVENTS,
                    what="checking",
                    done=lambda: self._counts.checked,
                    sheets=self._sheets,
                ):
                    await self._take(log, batch)
            except SheetsRefused as refused:
                # It says itself that nothing is recorded.
                self._begun = False
                raise await _with_rules(log, refused) from None
        return not self._counts.refused

    async def _take(self, log: EventLog, batch: list[EventText]) -> None:
        outcome = await _judged(log, batch)
        faults = [fault for found in outcome.refused.values() for fault in found]
        own = [fault for fault in faults if fault.rule != DEPENDENT]
        dependent = outcome.refused.keys() - {fault.index for fault in own}
        repeated = sum(receipt.repeated for receipt in outcome.would)
        self._counts.take(batch, repeated, own, dependent)


async def _judged(log: EventLog, batch: list[EventText]) -> RequestOutcome:
    """Return what recording each event would do if those with faults were left out."""
    return await log.record(_candidates(log, batch), sender=RECORD, lenient=True, dry=True)


async def _with_rules(log: EventLog, refused: SheetsRefused) -> SheetsRefused:
    """Return the faults of sheets with those that the log has for their rows."""
    outcome = await _judged(log, first_batch(refused, CHECKED_EVENTS))
    return refused.with_those_of(fault for found in outcome.refused.values() for fault in found)


def _candidates(log: EventLog, batch: list[EventText]) -> list[Candidate | Malformed]:
    return [
        event.value if isinstance(event.value, Malformed) else log.check(event.value, RECORD)
        for event in batch
    ]
