"""`howcanwe record` and `howcanwe generate`: records events of a file, and writes invented ones."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer
from rich.progress import TaskProgressColumn

from events.access.principal import RECORD
from events.log import EventLog
from events.recording.envelope import Malformed
from events.recording.repeats import FORGOTTEN, KEYLESS
from events.vocabulary.faults import Fault, Refused
from events.vocabulary.values.strict_json import JsonError, parse, unmarked
from service.commands.console.input import lines_of, standard_input
from service.commands.console.options import Data, DatabaseUrl, report, sentences, settings_from
from service.commands.console.progress import Bar
from service.database import database
from service.event_files import batches
from service.operations.clock import ahead_seconds
from service.privacy.persons import prepared
from service.replay.export.check import checked
from service.replay.manifests import journal, manifest
from service.samples.generator import generate as generated
from service.secrets.installation import own_master_key
from service.settings import Settings

BATCH_EVENTS: Final = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file: its number, and its JSON value or its faults."""

    number: int
    value: Any


def record(
    file: Annotated[
        Path,
        typer.Argument(
            help="An NDJSON file with an event per line (.gz and .zst too); - for standard input."
        ),
    ],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Record the events of a file, as an unrestricted facilitator.

    Rerun the command to resume after an interruption: events that are in the log already are recognised. The command
    stops at the first batch with a fault, reports all faults of that batch, and ends with exit code 1; earlier batches
    stay recorded.
    """
    settings = settings_from(data=data, database_url=database_url)
    recording = Recording()
    try:
        with sentences(), _opened(file) as source, database(settings) as (url, _):
            done = asyncio.run(recording.run(source, url, settings))
    finally:
        recording.report()
    raise typer.Exit(0 if done else 1)


@contextmanager
def _opened(file: Path) -> Iterator[BufferedReader]:
    if str(file) == "-":
        yield standard_input()
        return
    if journal.is_under_way(file) or manifest.place(file).exists():
        checked(file)
    try:
        source = file.open("rb")
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from None
    with source:
        yield source


def _lines(source: BufferedReader) -> Iterator[Line]:
    for number, text in enumerate(lines_of(source, source.name), 1):
        if unmarked(text).strip():
            try:
                yield Line(number, parse(text.rstrip()))
            except JsonError as error:
                yield Line(number, Malformed([Fault("json", "", f"{error}.")]))


class Recording:
    """Records a file of events, and counts those recorded and those that were in the log already.

    `forgotten` counts events about persons who have been forgotten, `keyless` those about persons whose keys are
    missing; neither can be compared with the events in the log.
    """

    def __init__(self) -> None:
        self._begun = False
        self.recorded = 0
        self.repeated = 0
        self.forgotten = 0
        self.keyless = 0

    def report(self) -> None:
        """Write the counts to standard error, if recording has begun."""
        if not self._begun:
            return
        report(f"{self.recorded} recorded, {self.repeated} already in the log")
        if self.forgotten:
            report(f"{self.forgotten} of these could not be compared: their persons are forgotten")
        if self.keyless:
            report(
                f"{self.keyless} of these could not be compared: their persons' keys are missing"
            )

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
        # For a compressed file, the bar shows how much of its compressed bytes has been read.
        size = os.fstat(source.fileno()).st_size if source.seekable() else None
        with Bar("recording", size, TaskProgressColumn()) as bar:
            async with await EventLog.open(url, master_key=master_key) as log:
                self._begun = True
                for batch in batches(
                    _lines(source), BATCH_EVENTS, event_of=lambda line: line.value
                ):
                    if not await self._take(log, batch):
                        return False
                    done = source.tell() if size is not None else None
                    bar.show(done, events=self.recorded + self.repeated)
        return True

    async def _take(self, log: EventLog, batch: list[Line]) -> bool:
        checked = [
            line.value if isinstance(line.value, Malformed) else log.check(line.value, RECORD)
            for line in batch
        ]
        try:
            outcome = await log.record(checked, sender=RECORD)
        except Refused as refused:
            forgotten = {fault.index for fault in refused.faults if fault.detail == FORGOTTEN}
            keyless = {fault.index for fault in refused.faults if fault.detail == KEYLESS}
            there = forgotten | keyless
            if there and all(fault.index in there for fault in refused.faults):
                self.forgotten += len(forgotten)
                self.keyless += len(keyless)
                self.repeated += len(there)
                return await self._take(
                    log, [line for index, line in enumerate(batch) if index not in there]
                )
            for fault in refused.faults:
                report(f"line {batch[fault.index or 0].number}: {_text_of(fault)}")
            report(f"nothing is recorded from line {batch[0].number} on")
            return False
        repeated = sum(receipt.repeated for receipt in outcome.receipts)
        self.repeated += repeated
        self.recorded += len(outcome.receipts) - repeated
        return True


def _text_of(fault: Fault) -> str:
    if fault.rule == "json":
        return fault.detail
    return f"{fault.rule} at {fault.pointer or '/'}: {fault.detail}"


def generate(
    cohorts: Annotated[int, typer.Option(min=1, help="The number of cohorts.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed gives the same events.")] = 1,
    scale: Annotated[
        float, typer.Option(min=0.01, help="Multiplies the events of each cohort (about 300).")
    ] = 1.0,
    positions: Annotated[
        bool,
        typer.Option(
            help="Include events that refer to others by position; only valid in an empty log."
        ),
    ] = True,
) -> None:
    """Write events of invented cohorts to standard output, as NDJSON. All of them are valid."""
    out = sys.stdout.buffer
    try:
        for event in generated(cohorts=cohorts, seed=seed, scale=scale, positions=positions):
            out.write(orjson.dumps(event) + b"\n")
        out.flush()
    except BrokenPipeError:
        # The reader has closed the pipe.
        sys.stderr.close()
