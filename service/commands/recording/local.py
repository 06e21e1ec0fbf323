"""Records events in the log of a database, as an unrestricted facilitator."""

from io import BufferedReader
from typing import Final

from events.access.principal import RECORD
from events.log import EventLog
from events.recording.envelope import Malformed
from events.vocabulary.faults import Fault, Refused
from service.commands.console.options import report
from service.commands.recording.counts import Counts
from service.commands.recording.event_texts import EventText, batches_of
from service.operations.clock import ahead_seconds
from service.pages.sheets.rows import SheetOptions
from service.privacy.persons import prepared
from service.secrets.installation import own_master_key
from service.settings import Settings

BATCH_EVENTS: Final = 500


class Recording:
    """Records a file of events, and counts what came of them."""

    def __init__(self, sheets: SheetOptions) -> None:
        self._begun = False
        self._sheets = sheets
        self._counts = Counts()

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
        async with await EventLog.open(url, master_key=master_key) as log:
            self._begun = True
            for batch in batches_of(
                source,
                BATCH_EVENTS,
                what="recording",
                done=lambda: self._counts.recorded + self._counts.repeated,
                sheets=self._sheets,
            ):
                if not await self._take(log, batch):
                    return False
        return True

    async def _take(self, log: EventLog, batch: list[EventText]) -> bool:
        checked = [
            event.value if isinstance(event.value, Malformed) else log.check(event.value, RECORD)
            for event in batch
        ]
        try:
            outcome = await log.record(checked, sender=RECORD)
        except Refused as refused:
            if there := self._counts.add_incomparable(refused.faults):
                return await self._take(
                    log, [event for index, event in enumerate(batch) if index not in there]
                )
            for fault in refused.faults:
                report(f"{batch[fault.index or 0].place_of(fault.pointer)}: {text_of(fault)}")
            report(f"nothing is recorded from {batch[0].place} on")
            return False
        self._counts.add(outcome.receipts)
        return True


def text_of(fault: Fault) -> str:
    """Return a fault in words, without its place in the file."""
    if fault.rule == "json":
        return fault.detail
    return f"{fault.rule} at {fault.pointer or '/'}: {fault.detail}"
