"""Events as columns: makes Arrow tables from lines.

The columns follow from the event types: those of the envelope, `time_utc` (the time without a zone, as clocks in UTC
show it), `cohort` and `month`, `voided_by` and `corrected_by` (positions of later events), then `data_<field>` for each
field of any type, which is null for types without it. `line` is the exact text.
"""

import types
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from functools import cached_property
from importlib.util import find_spec
from typing import Annotated, Any, Final, Union, get_args, get_origin

import orjson
from pydantic import BaseModel

from events.recording.envelope import NAMED_EXTENSIONS, extension_text
from events.vocabulary.catalogue import Catalogue, CatalogueError, JsonObject
from events.vocabulary.values.identity import EventIdentity
from events.vocabulary.values.times import instant
from service.replay.amendments import Amendments
from service.replay.cohorts import CohortIndex
from service.replay.errors import PackageMissing
from service.replay.event import decoded
from service.replay.line_pages import spans_with

ENVELOPE: Final = (
    "id",
    "source",
    "type",
    "subject",
    "actor",
    "visibility",
    "correlationid",
    "causationid",
    "timeprecision",
    "previoushash",
    "salt",
)
DATA: Final = "data_"


def has_pyarrow() -> bool:
    """Return whether the extra `arrow` is installed."""
    return find_spec("pyarrow") is not None


def pyarrow() -> Any:
    """Return the package pyarrow. Raises PackageMissing."""
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.ipc
        import pyarrow.json
        import pyarrow.parquet
    except ImportError:
        raise PackageMissing("a format with columns", "arrow") from None
    return pyarrow


def kind_of(annotation: Any) -> str:
    """Return the kind of value of a field's annotation: string, integer, number, boolean, date, list, money, object."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return kind_of(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        # A reference to an event by source and id is shown as the event's position.
        (inner,) = set(get_args(annotation)) - {type(None), EventIdentity}
        return kind_of(inner)
    if origin is list:
        return "list"
    if origin is dict:
        return "object"
    for python, kind in (
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (date, "date"),
        ((str, Enum), "string"),
        (BaseModel, "money"),
    ):
        if isinstance(annotation, type) and issubclass(annotation, python):
            return kind
    raise CatalogueError(f"there is no column type for {annotation}")


def data_columns(catalogue: Catalogue) -> dict[str, str]:
    """Return the fields of all event types, in the order of the types, with the kind of their values.

    Raises CatalogueError if two types have a field of the same name with values of different kinds.
    """
    found: dict[str, str] = {}
    for event_kind in catalogue.kinds:
        for name, field in event_kind.model.model_fields.items():
            column = field.alias or name
            kind = kind_of(field.annotation)
            if found.setdefault(column, kind) != kind:
                raise CatalogueError(
                    f"{column} is {kind} in {event_kind.name}, but {found[column]} in another type"
                )
    return found


class Columns:
    """Makes tables from lines, one page after another; cohorts follow from earlier pages.

    `read` does most of the work, needs no other page and releases the GIL; `completed` adds what depends on earlier
    pages.
    """

    def __init__(self, catalogue: Catalogue, cohorts: CohortIndex, amendments: Amendments) -> None:
        self._arrow = pyarrow()
        self._catalogue = catalogue
        self._cohorts = cohorts
        self._amendments = amendments
        self._data = data_columns(catalogue)
        self._nothing: dict[tuple[str, int], Any] = {}

    @cached_property
    def schema(self) -> Any:
        """The schema of the tables."""
        arrow = self._arrow
        text, moment = arrow.string(), arrow.timestamp("us", tz="UTC")
        named = [("position", arrow.int64()), ("time", moment), ("time_utc", arrow.timestamp("us"))]
        named += [("recordedtime", moment)]
        named += [(name, text) for name in ENVELOPE]
        named += [("cohort", text), ("month", text)]
        named += [("voided_by", arrow.int64()), ("corrected_by", arrow.int64())]
        named += [(DATA + name, self._type(kind)) for name, kind in self._data.items()]
        named += [("line", text)]
        return arrow.schema(named)

    def table(self, page: bytes) -> Any:
        """Return the lines of a page as a table. Raises UnknownType."""
        return self.completed(self.read(page))

    def read(self, page: bytes) -> dict[str, Any]:
        """Return the columns of a page that depend only on its lines, without empty ones. Raises UnknownType."""
        arrow = self._arrow
        members = self._understood(page)
        kinds = {name: self._catalogue.find(name) for name in members["type"].unique().to_pylist()}
        short = {name: found[0].name for name, found in kinds.items() if found}
        encoded = members["type"].dictionary_encode()
        names = arrow.array([short[name] for name in encoded.dictionary.to_pylist()])
        times = self._moments(members["time"])
        data = members.pop("data")
        made = members | {
            "type": names.take(encoded.indices),
            "time": times,
            "time_utc": times.cast(self.schema.field("time_utc").type),
            "recordedtime": self._moments(members["recordedtime"]),
            "month": arrow.compute.strftime(times, "%Y-%m"),
            "line": arrow.array(page[:-1].split(b"\n"), arrow.binary()).view(arrow.string()),
        }
        for name, kind in self._data.items():
            column = data.field(name)
            if column.null_count < len(column):
                made[DATA + name] = column.cast(self._type(kind)) if kind == "date" else column
        return made

    def completed(self, made: dict[str, Any]) -> Any:
        """Return the table for what `read` returned. Pages must be given in order."""
        named = {
            name: made[DATA + name].to_pylist()
            for name in self._cohorts.relevant_fields
            if DATA + name in made
        }
        positions = made["position"].to_pylist()
        cohorts = self._cohorts.of_page(
            positions,
            made["type"].to_pylist(),
            made["subject"].to_pylist(),
            named,
        )
        made = made | {
            "cohort": self._arrow.array(cohorts, self._arrow.string()),
            **self.amended(positions),
        }
        length = len(cohorts)
        columns = [
            made[field.name] if field.name in made else self.nulls(field.type, length)
            for field in self.schema
        ]
        return self._arrow.Table.from_arrays(columns, schema=self.schema)

    def amended(self, positions: Sequence[int]) -> dict[str, Any]:
        """Return the columns about the amendments of the events at these positions."""
        arrow, number = self._arrow, self._arrow.int64()
        return {
            "voided_by": arrow.array(self._amendments.voided_by(positions), number),
            "corrected_by": arrow.array(self._amendments.corrected_by(positions), number),
        }

    def nulls(self, type_: Any, length: int) -> Any:
        """Return a column of nulls. Columns of one type share memory, because most columns of a page are null."""
        # Exactly this length: a slice of a longer column is written with other bytes.
        key = (str(type_), length)
        if key not in self._nothing:
            self._nothing[key] = self._arrow.nulls(length, type_)
        return self._nothing[key]

    @cached_property
    def _parsing(self) -> Any:
        """The schema for parsing lines: days and times as text, and the fields of all types in one object."""
        arrow = self._arrow
        text = arrow.string()
        data = arrow.struct(
            [
                (name, text if kind == "date" else self._type(kind))
                for name, kind in self._data.items()
            ]
        )
        named = [("position", arrow.int64()), ("time", text), ("recordedtime", text)]
        named += [*((name, text) for name in ENVELOPE), ("data", data)]
        return arrow.json.ParseOptions(
            explicit_schema=arrow.schema(named), unexpected_field_behavior="ignore"
        )

    def _understood(self, page: bytes) -> dict[str, Any]:
        """Return the members of the lines, with their data in the current version."""
        try:
            members = self._parsed(self._flattened(page))
        except self._arrow.ArrowInvalid:
            # Arrow accepts only one spelling of an integer and one type for each extension.
            return self._parsed(self._upcast(page))
        return self._parsed(self._upcast(page)) if self._is_old(members["type"]) else members

    @cached_property
    def _with_objects(self) -> list[bytes]:
        """The full names of the types with an object without fields of its own, which Arrow does not read as text."""
        return [
            name.encode()
            for kind in self._catalogue.kinds
            if "object" in (kind_of(field.annotation) for field in kind.model.model_fields.values())
            for name in kind.wire_names
        ]

    def _flattened(self, page: bytes) -> bytes:
        """Return the page with events of these types as `_upcast` has them. They are few; the others are not parsed."""
        parts, at = [], 0
        for begin, end in spans_with(self._with_objects, page):
            parts += [page[at:begin], self._upcast(page[begin:end]), b"\n"]
            at = end
        return b"".join([*parts, page[at:]])

    def _parsed(self, page: bytes) -> dict[str, Any]:
        """Return the members of the lines, by name."""
        arrow = self._arrow
        table = arrow.json.read_json(
            arrow.BufferReader(page),
            # One block, because Arrow refuses a line that is longer than a block.
            arrow.json.ReadOptions(use_threads=False, block_size=len(page) + 1),
            self._parsing,
        )
        return {name: table.column(name).combine_chunks() for name in table.column_names}

    def _is_old(self, types: Any) -> bool:
        """Return whether an event has an earlier version of its type, or an unknown type."""
        for name in types.unique().to_pylist():
            found = self._catalogue.find(name)
            if found is None or found[1] != found[0].model.version:
                return True
        return False

    def _upcast(self, page: bytes) -> bytes:
        """Return the page with all data in the current version, integers in one spelling, and extensions as text.

        Raises UnknownType.
        """
        return b"\n".join(
            orjson.dumps(
                {**event.content, **_extensions(event.content), "data": self._flat(event.data)}
            )
            for event in decoded(page, self._catalogue)
        )

    def _flat(self, data: JsonObject) -> JsonObject:
        """Return the data with each object without fields of its own as its JSON text."""
        return {
            name: orjson.dumps(value).decode() if self._data[name] == "object" else value
            for name, value in data.items()
        }

    def _moments(self, texts: Any) -> Any:
        arrow, moment = self._arrow, self.schema.field("time").type
        try:
            return texts.cast(moment)
        except arrow.ArrowInvalid:
            # More digits than Arrow parses, lower-case letters, or a leap second.
            return arrow.array([instant(text) for text in texts.to_pylist()], moment)

    def _type(self, kind: str) -> Any:
        arrow = self._arrow
        return {
            "string": arrow.string(),
            "object": arrow.string(),  # its JSON text
            "integer": arrow.int64(),
            "number": arrow.float64(),
            "boolean": arrow.bool_(),
            "date": arrow.date32(),
            "list": arrow.list_(arrow.string()),
            "money": arrow.struct([("amount", arrow.float64()), ("currency", arrow.string())]),
        }[kind]


def _extensions(content: Mapping[str, Any]) -> JsonObject:
    return {name: extension_text(content.get(name)) for name in NAMED_EXTENSIONS}
