"""Events as columns: makes Arrow tables from lines.

The columns follow from the event types: those of the envelope, `time_utc` (the time without a zone, as clocks in UTC
show it), `cohort` and `month`, `voided_by` and `corrected_by` (positions of later events), then `data_<field>` for each
field of any type, which is null for types without it. `line` is the exact text.
"""

import types
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import Enum
from functools import cached_property
from importlib.util import find_spec
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel

from events.vocabulary.catalogue import Catalogue, CatalogueError
from events.vocabulary.values.identity import EventIdentity
from events.vocabulary.values.times import instant
from service.replay.amendments import Amendments
from service.replay.cohorts import CohortIndex
from service.replay.errors import PackageMissing
from service.replay.formats.arrays import encoded
from service.replay.formats.members import DATA, LineParser, Members

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

    def read(self, page: bytes) -> Members:
        """Return the columns of a page that depend only on its lines. Raises UnknownType."""
        arrow = self._arrow
        found = self._parser.parsed(page)
        columns = {
            name: column
            for name, column in found.columns.items()
            if column.null_count < len(column)
        }
        times = self._moments(columns["time"])
        months = arrow.compute.floor_temporal(times, unit="month").dictionary_encode()
        columns |= {
            "type": encoded(arrow, (kind.name for kind in found.kinds), arrow.string()),
            "time": times,
            "time_utc": times.cast(self.schema.field("time_utc").type),
            "recordedtime": self._moments(columns["recordedtime"]),
            "month": arrow.compute.strftime(months.dictionary, "%Y-%m").take(months.indices),
        }
        days = [DATA + name for name, kind in self._data.items() if kind == "date"]
        columns |= {
            name: columns[name].cast(self._type("date")) for name in days if name in columns
        }
        return replace(found, columns=columns)

    def completed(self, read: Members) -> Any:
        """Return the table for what `read` returned. Pages must be given in order."""
        positions = read.columns["position"].to_pylist()
        fields = {
            name: read.columns[DATA + name].to_pylist()
            for name in self._cohorts.relevant_fields
            if DATA + name in read.columns
        }
        cohorts = self._cohorts.of_page(
            positions, read.kinds, read.columns["subject"].to_pylist(), fields
        )
        made = {
            **read.columns,
            "cohort": encoded(self._arrow, cohorts, self._arrow.string()),
            **self.amended(positions),
        }
        columns = [
            made[field.name] if field.name in made else self.nulls(field.type, len(cohorts))
            for field in self.schema
        ]
        return self._arrow.Table.from_arrays(columns, schema=self.schema)

    def kept(self, table: Any) -> None:
        """Take in what rows that were written before say about amendments."""
        names = ("position", "voided_by", "corrected_by")
        self._amendments.keep(*(table.column(name).to_pylist() for name in names))

    def amended(self, positions: Sequence[int]) -> dict[str, Any]:
        """Return the columns about the amendments of the events at these positions."""
        arrow, number = self._arrow, self._arrow.int64()
        return {
            "voided_by": encoded(arrow, self._amendments.voided_by(positions), number),
            "corrected_by": encoded(arrow, self._amendments.corrected_by(positions), number),
        }

    def nulls(self, type_: Any, length: int) -> Any:
        """Return a column of nulls. Columns of one type share memory, because most columns of a page are null."""
        # Exactly this length: a slice of a longer column is written with other bytes.
        key = (str(type_), length)
        if key not in self._nothing:
            self._nothing[key] = self._arrow.nulls(length, type_)
        return self._nothing[key]

    @cached_property
    def _parser(self) -> LineParser:
        """The parser of lines; it gives days and times as text."""
        arrow = self._arrow
        text, kinds = arrow.string(), self._data.items()
        return LineParser(
            arrow,
            self._catalogue,
            {"position": arrow.int64(), **dict.fromkeys(("time", "recordedtime", *ENVELOPE), text)},
            {name: text if kind == "date" else self._type(kind) for name, kind in kinds},
            frozenset(name for name, kind in kinds if kind == "object"),
        )

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
