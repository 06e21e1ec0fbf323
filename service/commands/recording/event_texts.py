"""Reads the events of a file or of standard input, each with its place, for `howcanwe record`.

A kind of file that is not JSON gets a line in `READERS`, with a function that yields the text of each event. It is
given the file's lines, which joined are its bytes, and what the command says about sheets.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BufferedReader
from itertools import chain
from pathlib import Path, PurePath
from typing import Any, Final

from rich.progress import TaskProgressColumn

from events.recording.envelope import Malformed
from events.recording.repeats import OTHER_SENDER
from events.vocabulary.faults import Fault
from events.vocabulary.values.strict_json import JsonError, elements, parse, unmarked
from service.client.new_event import json_of
from service.commands.console.input import lines_of, standard_input
from service.commands.console.options import report
from service.commands.console.progress import Bar
from service.event_files import batches, may_be_about_an_event
from service.pages.sheets.events import SheetEvents, SheetsRefused, of_csv, of_workbook
from service.pages.sheets.files.table import SheetFault
from service.pages.sheets.rows import SheetOptions
from service.pages.sheets.sheet_event import CONFLICT, SheetEvent, detail_of
from service.replay.export.check import checked
from service.replay.manifests import journal, manifest

STANDARD_INPUT: Final = "-"
COMPRESSED: Final = frozenset({".gz", ".zst"})
_CHANGED: Final = (
    " The row was changed after it was recorded. Record a correction, or give the row another id if it is about "
    "something else."
)

Lines = Iterator[tuple[int, bytes]]
"""The lines of a file from its first one that is not blank, with their numbers."""


@dataclass(frozen=True)
class EventText:
    """The JSON text of an event, and its place in words, such as `line 3`.

    `of_sheet` is the event as its sheet has it; None in a file without sheets.
    """

    place: str
    text: bytes
    of_sheet: SheetEvent | None = None

    def explained(self, fault: Fault) -> str:
        """Return a fault of the event in words, with its place: that of the event, and its column if it has one."""
        sheet = self.of_sheet
        if sheet is None or fault.rule == "json":
            detail = fault.detail if fault.rule == "json" else _text_of(fault)
            return f"{self.place}: {detail}"
        is_changed = fault.rule == CONFLICT and OTHER_SENDER not in fault.detail
        detail = f"{detail_of(sheet, fault)}{_CHANGED if is_changed else ''}"
        return str(SheetFault(sheet.place_of(fault.pointer), detail, fault.rule))

    @cached_property
    def value(self) -> Any:
        """The event's JSON value, or the faults of a text that is not JSON."""
        try:
            return parse(self.text)
        except JsonError as error:
            return Malformed([Fault("json", "", f"{error}.")])

    @property
    def value_if_about_an_event(self) -> Any:
        """The value, if it may be that of an event about another one."""
        return self.value if may_be_about_an_event(self.text) else None


def _each_line(lines: Lines, _: SheetOptions) -> Iterator[EventText]:
    """Yield the events of NDJSON."""
    for number, text in lines:
        if unmarked(text).strip():
            yield EventText(f"line {number}", text.rstrip())


def _document(lines: Lines, _: SheetOptions) -> Iterator[EventText]:
    """Yield the events of one JSON text: an event, or an array of events. Raises ValueError for anything else."""
    first, begin = next(lines)
    # With the blank lines before it, so that an error names the file's line.
    text = b"\n" * (first - 1) + b"".join([unmarked(begin), *(line for _, line in lines)])
    try:
        value = parse(text)
    except JsonError as error:
        raise ValueError(str(error)) from None
    if not isinstance(value, list):
        yield EventText(f"line {first}", text.strip())
        return
    at, line = 0, 1
    for number, element in enumerate(elements(text), 1):
        written = element.encode()
        found = text.index(written, at)
        line += text.count(b"\n", at, found)
        yield EventText(f"event {number} (line {line})", written)
        line += written.count(b"\n")
        at = found + len(written)


def _workbook(lines: Lines, options: SheetOptions) -> Iterator[EventText]:
    """Yield the events of a workbook, once it is known that none has a fault of its form."""
    content = bytearray()
    for _, line in lines:
        content += line
        if len(content) > options.bounds.file_bytes_max:
            break
    return _sheet_events(of_workbook(bytes(content), options))


def _table(lines: Lines, options: SheetOptions) -> Iterator[EventText]:
    """Yield the events of a CSV file, once it is known that none has a fault of its form."""
    first, begin = next(lines)
    # With the blank lines before it, so that rows have the file's numbers.
    blank = [b"\n"] * (first - 1)
    return _sheet_events(
        of_csv(chain(blank, [unmarked(begin)], (line for _, line in lines)), options)
    )


def _sheet_events(sheets: SheetEvents) -> Iterator[EventText]:
    for note in sheets.notes:
        report(note)
    for event in sheets.events:
        yield _text(event)


def _text(event: SheetEvent) -> EventText:
    return EventText(str(event.place), json_of(event.content), event)


def first_batch(
    refused: SheetsRefused, events_max: int, bytes_max: int | None = None
) -> list[EventText]:
    """Return the first events of sheets that are refused, as many as can be checked at once."""
    return next(_batches(map(_text, refused.events), events_max, bytes_max), [])


def _batches(
    events: Iterable[EventText], events_max: int, bytes_max: int | None
) -> Iterator[list[EventText]]:
    return batches(
        events,
        events_max,
        event_of=lambda event: event.value_if_about_an_event,
        bytes_max=bytes_max or 0,
        bytes_of=lambda event: len(event.text) + 1 if bytes_max else 0,
    )


Reader = Callable[[Lines, SheetOptions], Iterator[EventText]]

READERS: Final[dict[str, Reader]] = {
    ".ndjson": _each_line,
    ".jsonl": _each_line,
    ".json": _document,
    ".csv": _table,
    ".xlsx": _workbook,
}
"""How a file is read, by its suffix; one of any other suffix, and standard input, as its beginning says."""


def events_of(source: BufferedReader, name: str, sheets: SheetOptions) -> Iterator[EventText]:
    """Yield the events of a file with this name, decompressed.

    Raises NotWhole for a truncated file, ValueError for a text or a workbook that cannot be read, and SheetsRefused
    for sheets with faults.
    """
    lines: Lines = enumerate(lines_of(source, name), 1)
    for number, text in lines:
        if unmarked(text).strip():
            begin: Lines = iter([(number, text)])
            yield from _reader(name, unmarked(text).strip())(chain(begin, lines), sheets)
            return


def _reader(name: str, first_line: bytes) -> Reader:
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    suffix = next((suffix for suffix in reversed(suffixes) if suffix not in COMPRESSED), "")
    found = READERS.get(suffix, _each_line)
    if found not in (_each_line, _document):
        return found
    if first_line.startswith(b"["):
        return _document
    # Many a file of lines is called .json.
    return _each_line if _is_whole(first_line) else found


def _is_whole(text: bytes) -> bool:
    try:
        parse(text)
    except JsonError:
        return False
    return True


@contextmanager
def opened(file: Path) -> Iterator[BufferedReader]:
    """Open a file, or standard input for `-`. Raises ValueError, and NotWhole for an export that is not whole."""
    if str(file) == STANDARD_INPUT:
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


def batches_of(
    source: BufferedReader,
    events_max: int,
    bytes_max: int | None = None,
    *,
    what: str,
    done: Callable[[], int],
    sheets: SheetOptions,
) -> Iterator[list[EventText]]:
    """Yield the events in batches; show in a terminal how far the file is read, and how many events are `done`."""
    # For a compressed file, the bar shows how much of its compressed bytes has been read.
    size = os.fstat(source.fileno()).st_size if source.seekable() else None
    with Bar(what, size, TaskProgressColumn()) as bar:
        for batch in _batches(events_of(source, str(source.name), sheets), events_max, bytes_max):
            yield batch
            bar.show(source.tell() if size is not None else None, events=done())


def are_of_others(faults: Collection[Fault], batch: Sequence[EventText]) -> bool:
    """Return whether a request has several events, and other senders have recorded events with the ids of all."""
    of_others = [one for one in faults if one.rule == CONFLICT and OTHER_SENDER in one.detail]
    indexes = {fault.index for fault in of_others}
    return len(faults) == len(indexes) == len(batch) > 1


def report_faults(faults: Collection[Fault], batch: Sequence[EventText]) -> None:
    """Report the faults of a request to standard error, each with its place, and once."""
    if are_of_others(faults, batch):
        # The record does not say whether the content is the same, since it is another sender's.
        report(
            f"all these {len(batch)} events were recorded before, with another key or without one; unless the file "
            "was changed since then, nothing is missing"
        )
        return
    lines = (
        fault.detail if fault.index is None else batch[fault.index].explained(fault)
        for fault in faults
    )
    for line in dict.fromkeys(lines):
        report(line)


def nothing_from(event: EventText, faults: Iterable[Fault]) -> str:
    """Return the sentence that nothing is recorded from an event on, and what records the others."""
    sentence = f"nothing is recorded from {event.place} on"
    if any(fault.rule == CONFLICT for fault in faults):
        return f"{sentence}; with --to and --lenient, all that is not refused is recorded"
    return sentence


def _text_of(fault: Fault) -> str:
    """Return a fault in words, without its place in the file."""
    return f"{fault.rule} at {fault.pointer or '/'}: {fault.detail}"
