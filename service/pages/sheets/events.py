"""The events of a workbook or a CSV file, in the order in which they happened. `howcanwe record` calls it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.values.times import moment
from service.pages.sheets.columns import TYPE, plain
from service.pages.sheets.files.csv_file import table_of
from service.pages.sheets.files.table import Place, SheetFault, SheetsRefused, Table, Unreadable
from service.pages.sheets.files.workbook import tables_of
from service.pages.sheets.layouts import layout_called
from service.pages.sheets.rows import Rows, SheetEvent, SheetOptions

START: Final = "Start here"
LISTS: Final = "Lists"
"""The sheets of a template that contain no events."""


@dataclass(frozen=True, slots=True)
class SheetEvents:
    """What a file says: its events, and in sentences what a reader of it should know."""

    events: Sequence[SheetEvent]
    notes: Sequence[str]


def of_workbook(content: bytes, options: SheetOptions) -> SheetEvents:
    """Return the events of a workbook. Raises ValueError for none, and SheetsRefused with every fault."""
    return _events(tables_of(content, options.bounds), options)


def of_csv(lines: Iterable[bytes], options: SheetOptions) -> SheetEvents:
    """Return the events of a CSV file. Raises ValueError for none, and SheetsRefused with every fault."""
    return _events([table_of(lines, options.bounds)], options)


def _events(tables: Iterable[Table], options: SheetOptions) -> SheetEvents:
    given = None if options.type is None else layout_called(options.type)
    if options.type is not None and given is None:
        raise ValueError(f"{options.type!r} is no type of events")
    faults: list[SheetFault] = []
    notes: list[str] = []
    events: list[SheetEvent] = []
    for table in tables:
        if not table.rows or (table.name is not None and table.name in (START, LISTS)):
            continue
        layout = given or (None if table.name is None else layout_called(table.name))
        if layout is None and not _has_types(table):
            detail = "the first row has no column 'type', and no type is given"
            if table.name is None:
                raise ValueError(f"{detail}; choose one, in a command by --type")
            notes.append(
                f"{table.place()} is not read: its name is no type of events, and {detail}"
            )
            continue
        if table.hidden:
            notes.append(f"{table.place()}: {_hidden(table)}")
        rows = Rows(table, options, layout)
        events += rows.events()
        faults += rows.faults
    faults += _repeated(events)
    if faults:
        raise SheetsRefused(faults)
    return SheetEvents(_in_order(events), notes)


def _has_types(table: Table) -> bool:
    return any(
        not isinstance(cell, Unreadable) and plain(str(cell)) == TYPE
        for cell in table.rows[0].cells.values()
    )


def _hidden(table: Table) -> str:
    numbers = sorted(table.hidden)
    shown = ", ".join(map(str, numbers[:10])) + (", …" if len(numbers) > 10 else "")
    return f"hidden rows are read, too: {shown}"


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
