"""Parses lines into Arrow columns of their members. `formats.columns` makes its tables from them.

Lines of similar types are parsed together: Arrow fills every field that an object lacks, and of the hundred fields of
all types, an event has few.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from events.recording.envelope import NAMED_EXTENSIONS, extension_text
from events.vocabulary.catalogue import Catalogue, EventKind, JsonObject
from service.replay.event import ReplayedEvent, decoded
from service.replay.formats.arrays import integers, texts

DATA: Final = "data_"
"""Before the name of a field of the data, in the name of its column."""

_TYPE: Final = '"type":"(?P<type>[^"]*)"'
"""The apparent type of a line: its type as a log writes it; in another spelling, possibly another text."""


@dataclass(frozen=True, slots=True)
class Members:
    """The events of a page: the type of each, and columns of their members and lines."""

    kinds: Sequence[EventKind]
    columns: Mapping[str, Any]


class LineParser:
    """Parses pages of lines into columns: those of the envelope, and one for each field that types in the page have.

    Columns have the given Arrow types; those of the fields `objects` have the JSON text. Almost everything is done by
    Arrow for a whole page, without the GIL.
    """

    def __init__(
        self,
        arrow: Any,
        catalogue: Catalogue,
        envelope: Mapping[str, Any],
        data: Mapping[str, Any],
        objects: frozenset[str],
    ) -> None:
        self._arrow = arrow
        self._catalogue = catalogue
        self._objects = objects
        self._kinds = {name: kind for kind in catalogue.kinds for name in kind.wire_names}
        self._current = {
            kind.wire_name for kind in catalogue.kinds if objects.isdisjoint(kind.fields)
        }
        fields: dict[str, set[str]] = defaultdict(set)
        for kind in catalogue.kinds:
            fields[_noun(kind)] |= kind.fields
        self._nouns = list(fields)
        self._options = [
            self._options_of(envelope, {name: data[name] for name in data if name in named})
            for named in fields.values()
        ]

    def parsed(self, page: bytes) -> Members:
        """Return what the lines say, with their data in the current version. Raises UnknownType."""
        arrow = self._arrow
        lines = self._split(page)
        try:
            types = arrow.compute.extract_regex(lines, _TYPE).field("type")
            found = self._members(types, self._ended(page, lines), self._current)
        except (_Misread, arrow.ArrowInvalid):
            # Arrow accepts only one spelling of an integer and one type for each extension.
            events = list(decoded(page, self._catalogue))
            types = texts(arrow, [event.content["type"] for event in events])
            converted = self._converted(events)
            ended = self._ended(converted, self._split(converted))
            found = self._members(types, ended, self._kinds.keys())
        return Members(found.kinds, {**found.columns, "line": lines})

    def _split(self, page: bytes) -> Any:
        """Return a column of the lines of a page."""
        arrow = self._arrow
        text = [None, arrow.py_buffer(array("i", (0, len(page) - 1))), arrow.py_buffer(page)]
        whole = arrow.Array.from_buffers(arrow.string(), 1, text)
        return arrow.compute.split_pattern(whole, "\n").flatten()

    def _ended(self, page: bytes, lines: Any) -> Any:
        """Return a column of the lines of a page with their newlines, which shares the page's memory."""
        arrow = self._arrow
        count = len(lines) + 1
        before = arrow.Array.from_buffers(arrow.int32(), count, [None, lines.buffers()[1]])
        newlines = arrow.Array.from_buffers(
            arrow.int32(), count, [None, arrow.py_buffer(array("i", range(count)))]
        )
        ends = arrow.compute.add(before, newlines).buffers()[1]
        return arrow.Array.from_buffers(
            arrow.string(), len(lines), [None, ends, arrow.py_buffer(page)]
        )

    def _members(self, types: Any, lines: Any, readable: Collection[str]) -> Members:
        """Return the members of lines of these types; those of types that are not `readable` are converted first.

        Raises UnknownType, ArrowInvalid, and _Misread if a type is another.
        """
        arrow, compute = self._arrow, self._arrow.compute
        encoded = types.dictionary_encode()
        names = encoded.dictionary.to_pylist()
        if types.null_count or not self._kinds.keys() >= set(names):
            raise _Misread
        kinds = [self._kinds[name] for name in names]
        groups = [
            (name not in readable, self._nouns.index(_noun(kind)))
            for name, kind in zip(names, kinds, strict=True)
        ]
        numbered = sorted(set(groups))
        numbers = integers(arrow, map(numbered.index, groups)).take(encoded.indices)
        order = compute.array_sort_indices(numbers)
        tables, end = [], 0
        for found in numbers.take(order).value_counts().to_pylist():
            begin, end = end, end + found["counts"]
            is_converted, noun = numbered[found["values"]]
            text = lines.take(order[begin:end]).buffers()[2]
            if is_converted:
                text = arrow.py_buffer(self._converted(decoded(bytes(text), self._catalogue)))
            tables.append(self._read(noun, text, end - begin))
        # Fields that a table lacks become nulls.
        table = arrow.concat_tables(tables, promote_options="default")
        [batch] = table.take(compute.sort_indices(order)).combine_chunks().to_batches()
        if not batch.column("type").equals(types):
            raise _Misread
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        return Members([kinds[index] for index in encoded.indices.to_pylist()], columns)

    def _read(self, noun: int, lines: Any, count: int) -> Any:
        """Return a table of this many lines of similar types, without fields that none of them has.

        Raises ArrowInvalid, and _Misread.
        """
        arrow = self._arrow
        # One block, because Arrow refuses a line that is longer than a block.
        read = arrow.json.read_json(
            arrow.BufferReader(lines),
            arrow.json.ReadOptions(use_threads=False, block_size=lines.size + 1),
            self._options[noun],
        )
        if read.num_rows != count:
            raise _Misread
        table = read.flatten()
        table = table.rename_columns(
            [name.replace("data.", DATA, 1) for name in table.column_names]
        )
        return table.select(
            [
                name
                for name in table.column_names
                if not name.startswith(DATA) or table.column(name).null_count < count
            ]
        )

    def _options_of(self, envelope: Mapping[str, Any], data: Mapping[str, Any]) -> Any:
        """Return how lines with these fields of data are parsed."""
        arrow = self._arrow
        members = [*envelope.items(), ("data", arrow.struct(list(data.items())))]
        return arrow.json.ParseOptions(
            explicit_schema=arrow.schema(members), unexpected_field_behavior="ignore"
        )

    def _converted(self, events: Iterable[ReplayedEvent]) -> bytes:
        """Return lines with current data, integers in one spelling, and extensions as text."""
        return b"".join(map(self._line, events))

    def _line(self, event: ReplayedEvent) -> bytes:
        content = event.content
        extensions = {name: extension_text(content.get(name)) for name in NAMED_EXTENSIONS}
        flat = {**content, **extensions, "data": self._flat(event.data)}
        return orjson.dumps(flat, option=orjson.OPT_APPEND_NEWLINE)

    def _flat(self, data: JsonObject) -> JsonObject:
        """Return the data with each object without fields of its own as its JSON text."""
        return {
            name: orjson.dumps(value).decode() if name in self._objects else value
            for name, value in data.items()
        }


class _Misread(Exception):
    """A line has another type than it seemed to have."""


def _noun(kind: EventKind) -> str:
    """Return what a type is about; types with the same noun share fields."""
    return kind.name.partition(".")[0]
