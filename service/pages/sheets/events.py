"""The events of a workbook or a CSV file, in their order of time, and the file with the ids that they were given."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.faults import EventsError, Fault
from events.vocabulary.types.cohorts import CohortFormed
from events.vocabulary.values.times import moment
from service.pages.sheets.columns import PRECISION, TYPE, Layout, plain
from service.pages.sheets.files.completed import completed_csv, completed_workbook
from service.pages.sheets.files.csv_file import table_of
from service.pages.sheets.files.table import (
    FAULTS_SHOWN_MAX,
    Place,
    SheetFault,
    Table,
    Unreadable,
    shortly,
)
from service.pages.sheets.files.workbook import tables_of
from service.pages.sheets.layouts import layout_called
from service.pages.sheets.names import NAMING, Formed
from service.pages.sheets.rows import Rows, SheetOptions
from service.pages.sheets.sheet_event import SheetEvent, certain, kind_of_event

START: Final = "Start here"
MORE: Final = "More about this workbook"
LISTS: Final = "Lists"
WITHOUT_EVENTS: Final = (START, MORE, LISTS)
"""The sheets of a template that contain no events."""


@dataclass(frozen=True, slots=True)
class SheetEvents:
    """What a file says: its events, and in sentences what a reader of it should know."""

    events: Sequence[SheetEvent]
    notes: Sequence[str]


class SheetsRefused(EventsError):
    """Nothing of the file is recorded. The message has every fault with its place, up to a number, a line each.

    `events` are those of all rows that have a known type; `has_unread` says that another row has none.
    """

    def __init__(
        self,
        faults: Sequence[SheetFault],
        events: Sequence[SheetEvent] = (),
        *,
        has_unread: bool = False,
    ) -> None:
        self.faults = tuple(faults)
        self.events = events
        self.has_unread = has_unread
        shown = [str(fault) for fault in self.faults[:FAULTS_SHOWN_MAX]]
        if len(self.faults) > len(shown):
            shown.append(f"and {len(self.faults) - len(shown)} more faults")
        places = {fault.place for fault in self.faults}
        what = "cell" if all(place.column for place in places) else "place"
        number = f"1 {what}" if len(places) == 1 else f"{len(places)} {what}s"
        shown.append(f"nothing is recorded: {number} to correct")
        super().__init__("\n".join(shown))

    def with_those_of(self, judged: Iterable[Fault]) -> "SheetsRefused":
        """Return the same with the faults that the record has for the events, as far as these are certain."""
        more = certain(self.events, judged, has_unread=self.has_unread)
        known = {fault.place for fault in self.faults if fault.place.column is not None}
        new = [fault for fault in more if fault.place not in known]
        return SheetsRefused([*self.faults, *new], self.events, has_unread=self.has_unread)


def of_workbook(content: bytes, options: SheetOptions) -> SheetEvents:
    """Return the events of a workbook. Raises ValueError for none, and SheetsRefused with every fault."""
    return _events(tables_of(content, options.bounds), options)


def of_csv(lines: Iterable[bytes], options: SheetOptions) -> SheetEvents:
    """Return the events of a CSV file. Raises ValueError for none, and SheetsRefused with every fault."""
    return _events([table_of(lines, options.bounds)], options)


def with_ids(content: bytes, events: Iterable[SheetEvent], *, is_workbook: bool) -> bytes | None:
    """Return the file of these events with the ids and keys that were made for their rows; all else stays as it is.

    A sheet without columns for them gets these after its last one. None if the rows have all of them already. Raises
    ValueError if a sheet is not written in UTF-8.
    """
    cells: dict[str, dict[tuple[int, int], str]] = defaultdict(dict)
    for event in events:
        if event.made:
            made = {(event.place.row or 0, column): text for column, text in event.made.items()}
            cells[event.place.sheet or ""] |= {**event.added, **made}
    if not cells:
        return None
    return completed_workbook(content, cells) if is_workbook else completed_csv(content, cells[""])


def _events(tables: Sequence[Table], options: SheetOptions) -> SheetEvents:
    given = None if options.type is None else layout_called(options.type)
    if options.type is not None and given is None:
        raise ValueError(f"{options.type!r} is no type of events")
    reading = _Reading(options, given)
    reading.read(tables)
    while options.names.look_up():
        reading = _Reading(options, given)
        reading.read(tables)
    reading.faults += _repeated(reading.events)
    events = _with_later(_in_order(reading.events))
    if reading.faults:
        raise SheetsRefused(reading.faults, events, has_unread=reading.has_unread)
    return SheetEvents(events, reading.notes)


@dataclass
class _Reading:
    """What has been read of the tables of a file. `given` is the layout of all rows; None if their tables say it."""

    options: SheetOptions
    given: Layout | None
    faults: list[SheetFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    events: list[SheetEvent] = field(default_factory=list)
    has_unread: bool = False

    def read(self, tables: Iterable[Table]) -> None:
        """Read the tables. Raises ValueError for a file that is a table without types."""
        for table in tables:
            if table.rows and (table.name is None or table.name not in WITHOUT_EVENTS):
                self._read(table)

    def _read(self, table: Table) -> None:
        layout = self.given or (None if table.name is None else layout_called(table.name))
        if layout is None and not _has_types(table):
            detail = "the first row has no column 'type', and no type is given"
            if table.name is None:
                raise ValueError(f"{detail}; choose one, in a command by --type")
            self.notes.append(
                f"{table.place()} is not read: its name is no type of events, and {detail}"
            )
            return
        if table.hidden:
            hidden = shortly(table.hidden)
            self.notes.append(f"{table.place()}: hidden rows are read, too: {hidden}")
        rows = Rows(table, self.options, layout)
        found = list(rows.events())
        for event in found:
            self._take(event)
        self.events += found
        self.faults += rows.faults
        self.notes += rows.notes()
        self.has_unread |= rows.has_unread

    def _take(self, event: SheetEvent) -> None:
        """Take what the event creates, by what other rows may call it."""
        data, kind, names = event.content["data"], kind_of_event(event), self.options.names
        for reference in kind.references:
            if reference.creates and reference.field in data:
                of = reference.creates
                names.create(of, data[reference.field], data.get(NAMING.get(of, "")))
        if kind.model is CohortFormed:
            time = event.content["time"], PRECISION in event.content
            names.form(Formed(data["cohort"], time))


def _has_types(table: Table) -> bool:
    return any(
        not isinstance(cell, Unreadable) and plain(str(cell)) == TYPE
        for cell in table.rows[0].cells.values()
    )


def _repeated(events: Iterable[SheetEvent]) -> Iterable[SheetFault]:
    """Yield a fault for each row that has the id of an earlier one."""
    places: dict[str, Place] = {}
    reported: set[Place] = set()
    for event in events:
        first = places.setdefault(event.content["id"], event.place)
        if first != event.place and event.place not in reported:
            reported.add(event.place)
            yield SheetFault(
                event.place_of("/id"),
                f"The row has the id of {first}, or the same content. Delete one of them, or "
                "give each an id of its own.",
            )


def _in_order(events: Iterable[SheetEvent]) -> Sequence[SheetEvent]:
    """Return events by when they happened; at the same time, what the vocabulary has first comes first."""
    places = {kind.wire_name: place for place, kind in enumerate(VOCABULARY.kinds)}
    return sorted(events, key=lambda e: (moment(e.content["time"]), places[e.content["type"]]))


def _with_later(events: Sequence[SheetEvent]) -> Sequence[SheetEvent]:
    """Return events in order, each with what it names that a later one creates."""
    created: dict[str, SheetEvent] = {}
    found = []
    for event in reversed(events):
        kind, data = kind_of_event(event), event.content["data"]
        later = {
            one.pointer: f"It is created later, on {by.content['time'][:10]} ({by.place})."
            for one in kind.mentions(data)
            if (by := created.get(one.stream)) is not None
        }
        for reference in kind.references:
            if reference.creates and reference.field in data:
                created[f"{reference.creates}/{data[reference.field]}"] = event
        found.append(replace(event, later=later) if later else event)
    return found[::-1]
