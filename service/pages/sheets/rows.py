"""Rows: the events that each row of a table stands for, or every fault of the table. `events` calls it."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Final

from events.access.principal import RECORD
from events.recording.envelope import Envelopes, Malformed
from events.vocabulary.catalogue import VOCABULARY
from service.pages.sheets import ids
from service.pages.sheets.columns import (
    ATTRIBUTES,
    ID,
    TIME,
    TYPE,
    Layout,
    Part,
    meant,
    plain,
)
from service.pages.sheets.files.table import (
    WIDE,
    Bounds,
    Row,
    SheetFault,
    Table,
    Unreadable,
    Value,
    shortly,
)
from service.pages.sheets.filled import Filled
from service.pages.sheets.layouts import known_names, layout_called
from service.pages.sheets.names import Names
from service.pages.sheets.sheet_event import SheetEvent, detail_of
from service.pages.sheets.values import Unfit, Unzoned, text_of

SOURCE: Final = "urn:howcanwe:sheets"
"""The source of the events of sheets, unless the sender gives another one."""
COLUMNS_MAX: Final = 500
"""The most columns of a table that is read, and the last that is written into. No type has a tenth of that."""
HELP: Final = "(help)"
"""What the row of a template that explains its columns has as its id. It is not read."""
_ENVELOPES: Final = Envelopes(VOCABULARY)
_ANY: Final = ids.random_of("")
_BETWEEN: Final = re.compile("[,;\t]")
_UNKNOWN_TIME: Final = ("9999-12-30T00:00:00+00:00", False)
"""The time of an event whose time cannot be read. It is after everything, so that nothing else is wrong by it."""


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """What a sheet does not say itself. `type` is that of all rows, `id` the title of the column with their keys."""

    type: str | None = None
    id: str | None = None
    zone: tzinfo | None = None
    source: str = SOURCE
    bounds: Bounds = WIDE
    names: Names = field(default_factory=Names)
    """What cells call subjects whose kind they leave out, and organisations."""
    organisation: str | None = None
    """The key of the organisation that records the file, which is meant where a row names none."""


@dataclass
class Rows:
    """Reads the rows of a table. `faults` has everything that is wrong, once `events` has been exhausted."""

    table: Table
    options: SheetOptions
    layout: Layout | None
    """The layout of rows that do not name a type themselves."""
    faults: list[SheetFault] = field(default_factory=list)
    has_unread: bool = False
    """Whether a row has no known type, so that nobody knows what it is about."""
    _assumed: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """The rows that leave out what has a default, by the titles of the column and of the default."""
    _left_open: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """The rows without an event, by the title of a column that it needs and by what follows."""
    _new: dict[str, int] = field(default_factory=dict)
    """The columns that the table does not have yet, by their names."""

    def events(self) -> Iterator[SheetEvent]:
        """Yield the events of each row, also of those with faults, as far as they can be read."""
        if self.table.merged:
            for cells in self.table.merged:
                self._fault(f"The cells {cells} are merged. Split them, and fill in each.")
        if not self.table.rows:
            return
        header, *rows = self.table.rows
        if len(header.cells) > COLUMNS_MAX:
            # Each title is compared with all others, and with the known ones.
            self._fault(f"The first row has more than {COLUMNS_MAX} columns.", header.number)
            return
        columns = self._columns(header)
        # What a column without a known title is about is missing in every row.
        is_sound = not self.faults
        for row in rows:
            yield from self._events(row, columns, is_sound)

    def notes(self) -> Iterator[str]:
        """Yield in sentences what was read into rows that leave it out, and what they leave open."""
        for (title, default), rows in self._assumed.items():
            what = f"'{title}' is recorded as '{default}'"
            yield f"{self.table.place()}: {what} where it is empty (row {shortly(rows)})"
        for (title, follows), rows in self._left_open.items():
            yield f"{self.table.place()}: '{title}' is empty (row {shortly(rows)}), so {follows}"

    def _fault(self, detail: str, row: int | None = None, column: int | None = None) -> None:
        self.faults.append(SheetFault(self.table.place(row, column), detail))

    @property
    def _key(self) -> str | None:
        return None if self.options.id is None else plain(self.options.id)

    def _columns(self, header: Row) -> dict[int, str | None]:
        """Return what the first row calls each column, in plain letters; None where that is a fault."""
        known = known_names() if self.layout is None else self.layout.names
        of = "any type" if self.layout is None else self.layout.name
        found: dict[int, str | None] = {}
        for column, cell in header.cells.items():
            title = None
            try:
                title = None if isinstance(cell, Unreadable) else plain(text_of(cell))
                detail = cell.detail if isinstance(cell, Unreadable) else None
            except Unfit as unfit:
                detail = str(unfit)
            if title is not None and title in found.values():
                detail = f"The column {title!r} is there twice."
            elif title is not None and title not in known and title not in (self._key, TYPE):
                detail = f"{title!r} is no field of {of}.{_advice(title, known)}"
            if detail is not None:
                self._fault(detail, header.number, column)
            found[column] = title if detail is None else None
        if self._key is not None and self._key not in found.values():
            self._fault(f"There is no column {self.options.id!r}.", header.number)
        return found

    def _events(
        self, row: Row, columns: Mapping[int, str | None], is_sound: bool
    ) -> list[SheetEvent]:
        """Return the events of a row; they are not sound if it has a fault, or if the table is not."""
        before = len(self.faults)
        values: dict[str, tuple[int, Value]] = {}
        unread: dict[str, int] = {}
        for column, cell in row.cells.items():
            title = columns.get(column)
            if isinstance(cell, Unreadable):
                self._fault(cell.detail, row.number, column)
                if title is not None:
                    unread[title] = column
            elif title is not None:
                values[title] = (column, cell)
            elif column not in columns:
                self._fault("The column has no title in the first row.", row.number, column)
        is_at_fault = len(self.faults) > before
        is_help = values.get(ID, (0, None))[1] == HELP
        # A row of a template that nobody has filled in has an id only.
        if is_help or (values.keys() <= {ID} and not is_at_fault):
            return []
        layout = self._layout(row, values)
        if layout is None:
            self.has_unread = True
            return []
        filled = self._filled(row, layout, values, unread)
        places = {
            layout.names[title]: column
            for column, title in columns.items()
            if title is not None and title in layout.names
        }
        for name, reason in layout.needed.items():
            if name not in filled.columns and name not in filled.given:
                detail = f"{layout.titles[name]!r} is not filled in. {reason}"
                self._fault(detail, row.number, places.get(name))
        is_right = is_sound and len(self.faults) == before
        if not is_right and filled.id_of(layout) is None:
            # What cannot be read is in no content, so rows with faults may seem to be the same.
            filled.attributes[ID] = str(self.table.place(row.number))
        found = list(self._events_of(row, layout, filled, places))
        for event in found:
            self._check(event, before)
        is_right = is_sound and len(self.faults) == before
        return found if is_right else [replace(one, is_sound=False) for one in found]

    def _layout(self, row: Row, values: Mapping[str, tuple[int, Value]]) -> Layout | None:
        column, value = values.get(TYPE, (None, None))
        if value is None:
            if self.layout is None:
                self._fault("The row has no type.", row.number)
            return self.layout
        found = layout_called(str(value))
        if found is None:
            self._fault(f"{str(value)!r} is no type of events.", row.number, column)
        return found

    def _filled(
        self,
        row: Row,
        layout: Layout,
        values: Mapping[str, tuple[int, Value]],
        unread: Mapping[str, int],
    ) -> Filled:
        names, filled = layout.names, Filled(organisation=self.options.organisation)
        filled.columns |= {names[title]: at for title, at in unread.items() if title in names}
        for title, (column, value) in values.items():
            try:
                if title == self._key:
                    filled.key = text_of(value)
                if title in names:
                    first = filled.columns.setdefault(names[title], column)
                    if first != column:
                        letter = self.table.place(row.number, first).letter
                        self._fault(f"column {letter} is the same field.", row.number, column)
                    filled.take(layout, names[title], value, self.options.names, self.options.zone)
                elif title not in (TYPE, self._key):
                    self._fault(f"{layout.name} has no field {title!r}.", row.number, column)
            except Unfit as unfit:
                self._fault(str(unfit), row.number, column)
                if isinstance(unfit, Unzoned):
                    filled.times[names[title]] = unfit.in_utc, False
        filled.complete(layout, self.options.names)
        for name in filled.assumed:
            about = layout.titles[name], layout.default_of(name)
            self._assumed.setdefault(about, []).append(row.number)
        for name in filled.left_open:
            about = layout.titles[name], layout.left_open[name]
            self._left_open.setdefault(about, []).append(row.number)
        if TIME not in filled.columns and TIME not in filled.times:
            self._fault("The row has no time: when did it happen?", row.number)
        self._check_parts(row, layout, filled)
        filled.times.setdefault(TIME, _UNKNOWN_TIME)
        return filled

    def _check_parts(self, row: Row, layout: Layout, filled: Filled) -> None:
        """Add the faults of a row that becomes several events."""
        contained = {name for part in filled.parts(layout) for name in part.columns.values()}
        for name, column in filled.columns.items():
            if name in layout.fields and name not in contained:
                detail = "This says more about something that the row leaves out."
                self._fault(
                    f"{detail} {layout.conditions.get(name, '')}".strip(), row.number, column
                )
        at = filled.times.get(TIME)
        for name in layout.times:
            earlier = filled.times.get(name)
            if (
                at
                and earlier
                and datetime.fromisoformat(earlier[0]) > datetime.fromisoformat(at[0])
            ):
                detail = f"This is later than {layout.titles[TIME]!r}."
                self._fault(detail, row.number, filled.columns[name])

    def _events_of(
        self, row: Row, layout: Layout, filled: Filled, places: Mapping[str, int]
    ) -> Iterator[SheetEvent]:
        """Yield the events that a row becomes. What one creates, the later ones name."""
        parts = filled.parts(layout)
        id_ = filled.id_of(layout) or self._id_of_content(parts[0], filled)
        created: dict[str, str] = {}
        for part in parts:
            event_id = f"{id_}{part.ending}"
            data = filled.data(part, ids.random_of(event_id), created)
            for reference in part.kind.references:
                if reference.creates:
                    created[reference.kinds[0]] = data[reference.field]
            event = {
                "specversion": "1.0",
                "id": event_id,
                "source": self.options.source,
                "type": part.kind.wire_name,
                **filled.attributes_of(part),
                "data": data,
            }
            made = {name: data[field] for field, name in part.columns.items() if field in data}
            made = {name: key for name, key in made.items() if name in layout.made}
            own = {} if filled.key is not None and ID not in places else {ID: id_}
            at = {
                places.get(name) or self._new_column(name): text
                for name, text in {**own, **made}.items()
                if name not in filled.columns
            }
            kept = {column: text for column, text in at.items() if column <= COLUMNS_MAX}
            header = self.table.rows[0].number
            new = {(header, self._new[name]): name for name in self._new if self._new[name] in kept}
            yield SheetEvent(
                self.table.place(row.number),
                event,
                _pointers(part, places),
                kept,
                new,
                self.table.titles,
                since=self._since(part, layout, filled),
            )

    def _since(self, part: Part, layout: Layout, filled: Filled) -> str:
        """Return what the table calls the first column that makes a row become an event; "" if every row does."""
        of_it = [name for name in part.columns.values() if name in part.any_of]
        name = next((name for name in of_it if name in filled.columns), "")
        return self.table.titles.get(filled.columns.get(name, 0), layout.titles.get(name, ""))

    def _new_column(self, name: str) -> int:
        """Return the column that the table gets for ids or keys that it has no column for."""
        return self._new.setdefault(name, self._columns_count + len(self._new) + 1)

    @cached_property
    def _columns_count(self) -> int:
        return max(max(row.cells) for row in self.table.rows)

    def _id_of_content(self, first: Part, filled: Filled) -> str:
        """Return the id of a row that has none, by the first event that it becomes."""
        content = filled.data(first, _ANY, {}, with_made=False)
        return ids.of_content({**filled.attributes_of(first), TYPE: first.kind.wire_name}, content)

    def _check(self, event: SheetEvent, since: int) -> None:
        """Add the faults of an event's form, which the recorder would find.

        A cell that several events of its row contain has its fault once. Of a row with faults, only those of further
        cells are added: its events lack what cannot be read.
        """
        known = {fault.place for fault in self.faults[since:] if fault.place.column is not None}
        is_whole = len(self.faults) == since
        try:
            _ENVELOPES.read(event.content, RECORD)
        except Malformed as malformed:
            for fault in malformed.faults:
                place = event.place_of(fault.pointer)
                is_of_a_cell = fault.pointer.count("/") > 1 or place.column is not None
                if place not in known and (is_whole or is_of_a_cell):
                    self.faults.append(SheetFault(place, detail_of(event, fault)))


def _advice(title: str, known: Collection[str]) -> str:
    """Return what to do about a title that is not known, as the end of a sentence; "" if nobody can say."""
    parts = [plain(part) for part in _BETWEEN.split(title)]
    if len(parts) > 1 and any(part in known for part in parts):
        return " Each title needs a cell of its own."
    return meant(title, known)


def _pointers(part: Part, places: Mapping[str, int]) -> Mapping[str, int]:
    """Return the columns of the parts of an event by their JSON pointers, also of those that are empty."""
    found = {
        f"/data/{name.replace('.', '/')}": places[column]
        for name, column in part.columns.items()
        if column in places
    }
    time = part.time if part.time in places else TIME
    attributes = {name: name for name in ATTRIBUTES} | {TIME: time}
    return found | {f"/{name}": places[at] for name, at in attributes.items() if at in places}
