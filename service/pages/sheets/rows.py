"""Rows: the event that each row of a table stands for, or every fault of the table. `events` calls it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from openpyxl.utils import get_column_letter

from events.access.principal import RECORD
from events.recording.envelope import Envelopes, Malformed
from events.vocabulary.catalogue import VOCABULARY, EventKind, JsonObject
from service.pages.record.form import form_of
from service.pages.record.reading import ID as FORM_ID
from service.pages.record.reading import data_of
from service.pages.sheets import ids
from service.pages.sheets.columns import (
    ATTRIBUTES,
    ID,
    TIME,
    TYPE,
    fields_of,
    kind_called,
    known_names,
    made_by,
    meant,
    names_of,
    plain,
)
from service.pages.sheets.table import Row, Table, Unreadable, Value
from service.pages.sheets.values import Unfit, attribute_of, text_of, texts_of, time_of

SOURCE: Final = "urn:howcanwe:sheets"
"""The source of the events of sheets, unless the sender gives another one."""
HELP: Final = "(help)"
"""What the row of a template that explains its columns has as its id. It is not read."""
_ENVELOPES: Final = Envelopes(VOCABULARY)
_ANY: Final = ids.random_of("")


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """What a sheet does not say itself. `type` is that of all rows, `id` the title of the column with their keys."""

    type: str | None = None
    id: str | None = None
    zone: tzinfo | None = None
    source: str = SOURCE


@dataclass(frozen=True, slots=True)
class SheetEvent:
    """An event that a row stands for, with its place in words, and the places of the parts of its data."""

    place: str
    content: JsonObject
    columns: Mapping[str, str]
    """The columns in words, such as `column F`, by the JSON pointers of what they contain."""


@dataclass
class Rows:
    """Reads the rows of a table. `faults` has everything that is wrong, once `events` has been exhausted."""

    table: Table
    options: SheetOptions
    kind: EventKind | None
    """The type of rows that do not name one themselves."""
    faults: list[str] = field(default_factory=list)

    def events(self) -> Iterator[SheetEvent]:
        """Yield the event of each row that has no fault."""
        if self.table.merged:
            for cells in self.table.merged:
                self._fault(f"The cells {cells} are merged. Split them, and fill in each.")
        if not self.table.rows:
            return
        header, *rows = self.table.rows
        columns = self._columns(header)
        for row in rows:
            found = self._event(row, columns)
            if found is not None:
                yield found

    def _fault(self, detail: str, row: int | None = None, column: int | None = None) -> None:
        self.faults.append(f"{self.table.place(row, column)}: {detail}")

    @property
    def _key(self) -> str | None:
        return None if self.options.id is None else plain(self.options.id)

    def _columns(self, header: Row) -> dict[int, str | None]:
        """Return what the first row calls each column, in plain letters; None where that is a fault."""
        known = known_names() if self.kind is None else names_of(self.kind)
        of = "any type" if self.kind is None else self.kind.name
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
                detail = f"{title!r} is no field of {of}.{meant(title, known)}"
            if detail is not None:
                self._fault(detail, header.number, column)
            found[column] = title if detail is None else None
        if self._key is not None and self._key not in found.values():
            self._fault(f"There is no column {self.options.id!r}.", header.number)
        return found

    def _event(self, row: Row, columns: Mapping[int, str | None]) -> SheetEvent | None:
        before = len(self.faults)
        values: dict[str, tuple[int, Value]] = {}
        for column, cell in row.cells.items():
            title = columns.get(column)
            if isinstance(cell, Unreadable):
                self._fault(cell.detail, row.number, column)
            elif title is not None:
                values[title] = (column, cell)
            elif column not in columns:
                self._fault("The column has no title in the first row.", row.number, column)
        is_at_fault = len(self.faults) > before
        is_help = values.get(ID, (0, None))[1] == HELP
        # A row of a template that nobody has filled in has an id only.
        if is_help or (values.keys() <= {ID} and not is_at_fault):
            return None
        kind = self._kind(row, values)
        filled = None if kind is None else self._filled(row, kind, values)
        if kind is None or filled is None or len(self.faults) > before:
            return None
        found = self._event_of(row, kind, filled)
        self._check(found)
        return found if len(self.faults) == before else None

    def _kind(self, row: Row, values: Mapping[str, tuple[int, Value]]) -> EventKind | None:
        column, value = values.get(TYPE, (None, None))
        if value is None:
            if self.kind is None:
                self._fault("The row has no type.", row.number)
            return self.kind
        found = kind_called(str(value))
        if found is None:
            self._fault(f"{str(value)!r} is no type of events.", row.number, column)
        return found

    def _filled(
        self, row: Row, kind: EventKind, values: Mapping[str, tuple[int, Value]]
    ) -> "_Filled":
        names, filled = names_of(kind), _Filled()
        for title, (column, value) in values.items():
            try:
                if title == self._key:
                    filled.key = text_of(value)
                if title in names:
                    pointer = filled.take(kind, names[title], value, self.options.zone)
                    if pointer in filled.columns:
                        detail = f"{filled.columns[pointer]} is the same field."
                        self._fault(detail, row.number, column)
                    filled.columns[pointer] = f"column {get_column_letter(column)}"
                elif title not in (TYPE, self._key):
                    self._fault(f"{kind.name} has no field {title!r}.", row.number, column)
            except Unfit as unfit:
                self._fault(str(unfit), row.number, column)
        if not any(names.get(title) == TIME for title in values):
            self._fault("The row has no time: when did it happen?", row.number)
        return filled

    def _event_of(self, row: Row, kind: EventKind, filled: "_Filled") -> SheetEvent:
        attributes = {name: one for name, one in filled.attributes.items() if name != TYPE}
        id_ = attributes.pop(ID, None)
        if id_ is None and filled.key is not None:
            id_ = ids.of_key(kind, filled.key)
        if id_ is None:
            content = filled.data(kind, _ANY, with_made=False)
            id_ = ids.of_content({**attributes, TYPE: kind.wire_name}, content)
        event = {
            "specversion": "1.0",
            "id": id_,
            "source": self.options.source,
            "type": kind.wire_name,
            **attributes,
            "data": filled.data(kind, ids.random_of(id_)),
        }
        return SheetEvent(self.table.place(row.number), event, filled.columns)

    def _check(self, event: SheetEvent) -> None:
        """Add the faults of an event's form, which the recorder would find."""
        try:
            _ENVELOPES.read(event.content, RECORD)
        except Malformed as malformed:
            for fault in malformed.faults:
                place = within(event.place, event.columns, fault.pointer)
                self.faults.append(f"{place}: {fault.rule} at {fault.pointer}: {fault.detail}")


@dataclass
class _Filled:
    """What a row contains, for an event of a type."""

    given: dict[str, list[str]] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """The keys that the row itself gives to what it creates."""
    key: str | None = None
    columns: dict[str, str] = field(default_factory=dict)

    def take(self, kind: EventKind, name: str, value: Value, zone: tzinfo | None) -> str:
        """Take the value of a column; return the JSON pointer of what it contains. Raises Unfit."""
        fields = fields_of(kind)
        if name in fields:
            self.given[name] = texts_of(fields[name], value)
        elif name not in ATTRIBUTES:
            self.keys[name] = text_of(value)
        elif name == TIME:
            self.attributes[TIME], is_day = time_of(value, zone)
            if is_day:
                self.attributes.setdefault("timeprecision", "day")
        else:
            self.attributes[name] = attribute_of(name, value)
        is_data = name in fields or name not in ATTRIBUTES
        return f"/data/{name.replace('.', '/')}" if is_data else f"/{name}"

    def data(self, kind: EventKind, random: str, *, with_made: bool = True) -> JsonObject:
        """Return the event's data, with or without the keys that are made of these random bits."""
        data = data_of(form_of(kind), {**self.given, FORM_ID: [random]})
        made = made_by(kind)
        return {
            name: self.keys.get(name, value)
            for name, value in data.items()
            if with_made or name not in made or name in self.keys
        }


def within(place: str, columns: Mapping[str, str], pointer: str) -> str:
    """Return the place of a part of an event in words: that of its row, and its column if it has one."""
    while pointer and pointer not in columns:
        pointer = pointer.rpartition("/")[0]
    return f"{place}, {columns[pointer]}" if pointer else place
