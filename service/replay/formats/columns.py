"""Events as columns: an Arrow table of typed columns, made from lines.

The columns follow from the event types: the envelope's, `cohort` and `month`, then one for each field that any type
has, as `data_<field>`, empty where a type has not got it. `line` is the exact text.
"""

import types
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cached_property
from importlib.util import find_spec
from typing import Annotated, Any, Final, Union, get_args, get_origin

import orjson
from pydantic import BaseModel

from events.recording.envelope import NAMED_EXTENSIONS, extension_text
from events.vocabulary.catalogue import Catalogue, CatalogueError, JsonObject
from events.vocabulary.identity import EventIdentity
from events.vocabulary.times import instant
from service.replay.cohorts import CohortIndex
from service.replay.errors import PackageMissing
from service.replay.event import decoded

ENVELOPE: Final = (
    "id",
    "source",
    "type",
    "subject",
    "actor",
    "visibility",
    "correlationid",
    "causationid",
    "previoushash",
    "salt",
)
DATA: Final = "data_"


def has_pyarrow() -> bool:
    """Say whether the extra `arrow` is installed."""
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
        raise PackageMissing("a form in columns", "arrow") from None
    return pyarrow


def kind_of(annotation: Any) -> str:
    """Return the kind of value that a field's annotation allows: string, integer, number, boolean, date, list, cost."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return kind_of(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        # An event that is named by source and id is shown by its position.
        (inner,) = set(get_args(annotation)) - {type(None), EventIdentity}
        return kind_of(inner)
    if origin is list:
        return "list"
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
    raise CatalogueError(f"no column for {annotation}")


def data_columns(catalogue: Catalogue) -> dict[str, str]:
    """Return the fields of all event types, in the order of the types, with the kind of their values.

    Raises CatalogueError where two types have one field with values of different kinds.
    """
    found: dict[str, str] = {}
    for event_kind in catalogue.kinds:
        for name, field in event_kind.model.model_fields.items():
            column = field.alias or name
            kind = kind_of(field.annotation)
            if found.setdefault(column, kind) != kind:
                raise CatalogueError(
                    f"{column} is {kind} in {event_kind.name}, {found[column]} elsewhere"
                )
    return found


class Columns:
    """Makes tables from lines, one page after another: where cohorts are told by earlier lines, they are remembered.

    `read` does most of it, needs no other page and lets other threads run; `completed` adds what the pages before tell.
    """

    def __init__(self, catalogue: Catalogue, cohorts: CohortIndex) -> None:
        self._arrow = pyarrow()
        self._catalogue = catalogue
        self._cohorts = cohorts
        self._data = data_columns(catalogue)
        self._nothing: dict[tuple[str, int], Any] = {}

    @cached_property
    def schema(self) -> Any:
        """The table's schema."""
        arrow = self._arrow
        text, moment = arrow.string(), arrow.timestamp("us", tz="UTC")
        named = [("position", arrow.int64()), ("time", moment), ("recordedtime", moment)]
        named += [(name, text) for name in ENVELOPE]
        named += [("cohort", text), ("month", text)]
        named += [(DATA + name, self._type(kind)) for name, kind in self._data.items()]
        named += [("line", text)]
        return arrow.schema(named)

    def table(self, page: bytes) -> Any:
        """Return the lines of a page as a table. Raises UnknownType."""
        return self.completed(self.read(page))

    def read(self, page: bytes) -> dict[str, Any]:
        """Return the columns of a page that its lines alone tell, by name, but for empty ones. Raises UnknownType."""
        arrow = self._arrow
        told = self._understood(page)
        kinds = {name: self._catalogue.find(name) for name in told["type"].unique().to_pylist()}
        short = {name: found[0].name for name, found in kinds.items() if found}
        encoded = told["type"].dictionary_encode()
        names = arrow.array([short[name] for name in encoded.dictionary.to_pylist()])
        times = self._moments(told["time"])
        data = told.pop("data")
        made = told | {
            "type": names.take(encoded.indices),
            "time": times,
            "recordedtime": self._moments(told["recordedtime"]),
            "month": arrow.compute.strftime(times, "%Y-%m"),
            "line": arrow.array(page[:-1].split(b"\n"), arrow.binary()).view(arrow.string()),
        }
        for name, kind in self._data.items():
            column = data.field(name)
            if column.null_count < len(column):
                made[DATA + name] = column.cast(self._type(kind)) if kind == "date" else column
        return made

    def completed(self, made: dict[str, Any]) -> Any:
        """Return the table of what `read` returned; pages must come in order."""
        named = {
            name: made[DATA + name].to_pylist()
            for name in self._cohorts.looked_at
            if DATA + name in made
        }
        cohorts = self._cohorts.of_page(
            made["position"].to_pylist(),
            made["type"].to_pylist(),
            made["subject"].to_pylist(),
            named,
        )
        made = made | {"cohort": self._arrow.array(cohorts, self._arrow.string())}
        length = len(cohorts)
        columns = [
            made[field.name] if field.name in made else self.nothing(field.type, length)
            for field in self.schema
        ]
        return self._arrow.Table.from_arrays(columns, schema=self.schema)

    def nothing(self, type_: Any, length: int) -> Any:
        """Return a column of nothing; those of one type share their memory, for most columns of a page are such."""
        # Of exactly this length: a slice of a longer one is written in other bytes.
        key = (str(type_), length)
        if key not in self._nothing:
            self._nothing[key] = self._arrow.nulls(length, type_)
        return self._nothing[key]

    @cached_property
    def _parsing(self) -> Any:
        """What the lines are parsed for: days and moments as text, the fields of all types as one object's."""
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
        """Return what the lines say, their data in the present version."""
        try:
            told = self._told(page)
        except self._arrow.ArrowInvalid:
            # It knows one spelling of an integer, and one type for each extension.
            return self._told(self._upcast(page))
        return self._told(self._upcast(page)) if self._is_old(told["type"]) else told

    def _told(self, page: bytes) -> dict[str, Any]:
        """Return what the lines say, by the name of the member."""
        arrow = self._arrow
        table = arrow.json.read_json(
            arrow.BufferReader(page),
            # One block: a line longer than a block is refused.
            arrow.json.ReadOptions(use_threads=False, block_size=len(page) + 1),
            self._parsing,
        )
        return {name: table.column(name).combine_chunks() for name in table.column_names}

    def _is_old(self, types: Any) -> bool:
        """Say whether an event is in an earlier version of its type, or of a type that there is not."""
        for name in types.unique().to_pylist():
            found = self._catalogue.find(name)
            if found is None or found[1] != found[0].model.version:
                return True
        return False

    def _upcast(self, page: bytes) -> bytes:
        """Return the page with all data in the present version, numbers as they count, and extensions as texts.

        Raises UnknownType.
        """
        return b"\n".join(
            orjson.dumps({**event.content, **_extensions(event.content), "data": event.data})
            for event in decoded(page, self._catalogue)
        )

    def _moments(self, texts: Any) -> Any:
        arrow, moment = self._arrow, self.schema.field("time").type
        try:
            return texts.cast(moment)
        except arrow.ArrowInvalid:
            # More digits than it knows, small letters, or a leap second.
            return arrow.array([instant(text) for text in texts.to_pylist()], moment)

    def _type(self, kind: str) -> Any:
        arrow = self._arrow
        return {
            "string": arrow.string(),
            "integer": arrow.int64(),
            "number": arrow.float64(),
            "boolean": arrow.bool_(),
            "date": arrow.date32(),
            "list": arrow.list_(arrow.string()),
            "money": arrow.struct([("amount", arrow.float64()), ("currency", arrow.string())]),
        }[kind]


def _extensions(content: Mapping[str, Any]) -> JsonObject:
    return {name: extension_text(content.get(name)) for name in NAMED_EXTENSIONS}
