"""Parses lines into Arrow columns of their members. `formats.columns` makes its tables from them.

Lines of similar types are parsed together: Arrow fills every field that an object lacks, and of the hundred fields of
all types, an event has few.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

import orjson

from events.recording.envelope import NAMED_EXTENSIONS, extension_text
from events.vocabulary.catalogue import Catalogue, EventKind, JsonObject
from service.replay.event import decoded

DATA: Final = "data_"
"""Before the name of a field of the data, in the name of its column."""

_TYPE: Final = b'"type":"'
"""What stands before the type in a line that a log wrote."""


@dataclass(frozen=True, slots=True)
class Members:
    """The events of a page: the type of each, and columns of their members and lines."""

    kinds: Sequence[EventKind]
    columns: Mapping[str, Any]


class LineParser:
    """Parses pages of lines into columns: those of the envelope, and one for each field that types in the page have.

    Columns have the given Arrow types; those of the fields `objects` have the JSON text.
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
        self._nouns = {name.encode(): _noun(kind) for name, kind in self._kinds.items()}
        self._understood = {
            kind.wire_name.encode() for kind in catalogue.kinds if objects.isdisjoint(kind.fields)
        }
        fields: dict[str, set[str]] = defaultdict(set)
        for kind in catalogue.kinds:
            fields[_noun(kind)] |= kind.fields
        self._options = {
            noun: self._options_of(envelope, {name: data[name] for name in data if name in named})
            for noun, named in fields.items()
        }

    def parsed(self, page: bytes) -> Members:
        """Return what the lines say, with their data in the current version. Raises UnknownType."""
        arrow = self._arrow
        lines = page[:-1].split(b"\n")
        types = [_apparent_type(line) for line in lines]
        try:
            found = self._members(
                types,
                [
                    line if type_ in self._understood else self._converted(line)
                    for type_, line in zip(types, lines, strict=True)
                ],
            )
        except (_Misread, arrow.ArrowInvalid):
            # Arrow accepts only one spelling of an integer and one type for each extension.
            types = [event.content["type"].encode() for event in decoded(page, self._catalogue)]
            found = self._members(types, [self._converted(line) for line in lines])
        return Members(found.kinds, {**found.columns, "line": self._texts(lines)})

    def _texts(self, lines: Sequence[bytes]) -> Any:
        """Return a column of these lines."""
        arrow = self._arrow
        ends = arrow.array(accumulate(map(len, lines), initial=0), arrow.int32())
        buffers = [None, ends.buffers()[1], arrow.py_buffer(b"".join(lines))]
        return arrow.Array.from_buffers(arrow.string(), len(lines), buffers)

    def _members(self, types: Sequence[bytes], lines: Sequence[bytes]) -> Members:
        """Return the members of lines of these types. Raises ArrowInvalid, and _Misread if a type is another."""
        arrow = self._arrow
        rows: dict[str, list[int]] = defaultdict(list)
        for row, type_ in enumerate(types):
            rows[self._nouns.get(type_, "")].append(row)
        if "" in rows:
            raise _Misread
        tables = [self._read(noun, [lines[row] for row in found]) for noun, found in rows.items()]
        order = arrow.compute.sort_indices(
            arrow.array([row for found in rows.values() for row in found])
        )
        # Fields that a table lacks become nulls.
        table = arrow.concat_tables(tables, promote_options="default").take(order)
        names = table.column("type").to_pylist()
        if b"\n".join(types).decode() != "\n".join(names):
            raise _Misread
        columns = {name: table.column(name).combine_chunks() for name in table.column_names}
        return Members([self._kinds[name] for name in names], columns)

    def _read(self, noun: str, lines: Sequence[bytes]) -> Any:
        """Return a table of lines of similar types. Raises ArrowInvalid, and _Misread."""
        arrow = self._arrow
        text = b"\n".join(lines)
        # One block, because Arrow refuses a line that is longer than a block.
        options = arrow.json.ReadOptions(use_threads=False, block_size=len(text) + 1)
        read = arrow.json.read_json(arrow.BufferReader(text), options, self._options[noun])
        if read.num_rows != len(lines):
            raise _Misread
        table = read.flatten()
        return table.rename_columns([name.replace("data.", DATA, 1) for name in table.column_names])

    def _options_of(self, envelope: Mapping[str, Any], data: Mapping[str, Any]) -> Any:
        """Return how lines with these fields of data are parsed."""
        arrow = self._arrow
        members = [*envelope.items(), ("data", arrow.struct(list(data.items())))]
        return arrow.json.ParseOptions(
            explicit_schema=arrow.schema(members), unexpected_field_behavior="ignore"
        )

    def _converted(self, line: bytes) -> bytes:
        """Return the line with its data in the current version, integers in one spelling, and extensions as text.

        Raises UnknownType.
        """
        [event] = decoded(line, self._catalogue)
        content = event.content
        extensions = {name: extension_text(content.get(name)) for name in NAMED_EXTENSIONS}
        return orjson.dumps({**content, **extensions, "data": self._flat(event.data)})

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


def _apparent_type(line: bytes) -> bytes:
    """Return the type of a line as a log writes it; of another spelling, possibly another text."""
    begin = line.find(_TYPE) + len(_TYPE)
    return line[begin : line.find(b'"', begin)]
