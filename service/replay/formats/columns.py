"""Events as columns: an Arrow table of typed columns, made from lines.

The columns follow from the event types: the envelope's, `cohort` and `month`, then one for each field that any type
has, as `data_<field>`, empty where a type has not got it. `line` is the exact text.
"""

import gc
import types
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import Enum
from functools import cached_property
from importlib.util import find_spec
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel

from events.catalogue import Catalogue, CatalogueError
from service.replay.cohorts import Cohorts
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

_SOMETIMES: Final = ("subject", "visibility", "correlationid", "causationid")
_ALWAYS: Final = (
    "position",
    "time",
    "recordedtime",
    *(name for name in ENVELOPE if name not in _SOMETIMES),
)


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


def parquet_file(path: Path) -> Any:
    """Return the Parquet file, open for reading."""
    return pyarrow().parquet.ParquetFile(path, memory_map=True)


def kind_of(annotation: Any) -> str:
    """Return the kind of value that a field's annotation allows: string, integer, number, boolean, date, list, cost."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return kind_of(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        (inner,) = [part for part in get_args(annotation) if part is not type(None)]
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


@contextmanager
def _uncollected() -> Iterator[None]:
    """Inside, nothing looks for garbage: a page of decoded events has no cycles, and looking takes half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Columns:
    """Makes tables from lines, one page after another: where cohorts are told by earlier lines, they are remembered."""

    def __init__(self, catalogue: Catalogue, cohorts: Cohorts) -> None:
        self._arrow = pyarrow()
        self._catalogue = catalogue
        self._cohorts = cohorts
        self._data = data_columns(catalogue)
        self._nothing: dict[str, Any] = {}

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
        with _uncollected():
            return self._table(page)

    def _table(self, page: bytes) -> Any:
        arrow = self._arrow
        events = list(decoded(page, self._catalogue))
        contents = [event.content for event in events]
        data: dict[str, list[Any]] = {}
        for index, event in enumerate(events):
            for name, value in event.data.items():
                # Most fields are absent from most events: a column begins where it is first met.
                column = data.get(name)
                if column is None:
                    column = data[name] = [None] * len(events)
                column[index] = value
        types = [event.type for event in events]
        made: dict[str, Any] = {
            name: list(column)
            for name, column in zip(
                _ALWAYS, zip(*map(itemgetter(*_ALWAYS), contents), strict=True), strict=True
            )
        }
        made |= {name: [content.get(name) for content in contents] for name in _SOMETIMES}
        times = self._moments(made["time"])
        made |= {
            "time": times,
            "recordedtime": self._moments(made["recordedtime"]),
            "cohort": self._cohorts.of_page(types, made["subject"], data),
            "month": arrow.compute.strftime(times, "%Y-%m"),
            "line": arrow.array([event.line for event in events], arrow.binary()).view(
                arrow.string()
            ),
            "type": types,
        }
        made |= {DATA + name: self._days(name, column) for name, column in data.items()}
        columns = [
            self._array(made.get(field.name), field.type, len(events)) for field in self.schema
        ]
        return arrow.Table.from_arrays(columns, schema=self.schema)

    def _array(self, values: Any, type_: Any, length: int) -> Any:
        if values is None:
            return self.nothing(type_, length)
        return self._arrow.array(values, type_) if isinstance(values, list) else values

    def nothing(self, type_: Any, length: int) -> Any:
        """Return a column of nothing; those of one type share their memory, for most columns of a page are such."""
        kept = self._nothing.get(str(type_))
        if kept is None or len(kept) < length:
            kept = self._nothing[str(type_)] = self._arrow.nulls(length, type_)
        return kept.slice(0, length)

    def _moments(self, texts: list[str]) -> Any:
        arrow, moment = self._arrow, self.schema.field("time").type
        try:
            return arrow.array(texts, arrow.string()).cast(moment)
        except arrow.ArrowInvalid:
            # More digits than it knows, or small letters: as `events.moments` reads them.
            times = [datetime.fromisoformat(text.upper()).astimezone(UTC) for text in texts]
            return arrow.array(times, moment)

    def _days(self, name: str, column: list[Any]) -> list[Any]:
        if self._data.get(name) != "date":
            return column
        return [value and date.fromisoformat(value) for value in column]

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
