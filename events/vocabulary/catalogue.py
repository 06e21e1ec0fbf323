"""The catalogue: everything that is derived from the event types. All rooms use it.

Nothing about an event type is written down twice. The models in `events.vocabulary.types` decide what an event creates
and names, the JSON Schema of its data, and how earlier versions are read.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import UnionType
from typing import Annotated, Any, Final, Generic, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel

from events.vocabulary.faults import EventsError
from events.vocabulary.fields.field_types import INTEGER_MAX, blank_is_absent
from events.vocabulary.fields.marks import (
    Correctable,
    HowCanWe,
    OwnWords,
    PersonalData,
)
from events.vocabulary.fields.references import Mention, marks_of, may_name_event, reference_of
from events.vocabulary.recorded_data import DataReader
from events.vocabulary.stream import Kind, Stream, event_position, is_event_reference
from events.vocabulary.types import EVENT_TYPES, EventType, Mark
from events.vocabulary.types.event_type import TYPE_PREFIX, Type_co
from events.vocabulary.values.likeness import closest

T = TypeVar("T", bound=EventType)

JsonObject = dict[str, Any]
Upcaster = Callable[[JsonObject], JsonObject]
"""Converts the JSON data of one version to that of the next."""


class CatalogueError(EventsError):
    """The event types contradict each other, or code names one that does not exist. It is raised at import."""


def dataschema(wire_name: str) -> str:
    """Return the id of the JSON Schema of an event type, by the type's full name."""
    return f"urn:howcanwe:event-type:{wire_name}"


class EventKind(Generic[Type_co]):
    """One event type, with everything that follows from its model."""

    def __init__(self, model: type[Type_co], upcasters: Mapping[int, Upcaster]) -> None:
        self.model = model
        self.name = model.name
        self.mark = model.mark
        self.wire_name = model.wire_name()
        self.wire_names = tuple(model.wire_name(n) for n in range(1, model.version + 1))
        """The full names of all accepted versions; the present one comes last."""
        self.dataschema = dataschema(self.wire_name)
        self._upcasters = upcasters
        self._reader = DataReader(model)
        self.fields = frozenset(field.alias or name for name, field in model.model_fields.items())
        self.required = frozenset(
            field.alias or name for name, field in model.model_fields.items() if field.is_required()
        )
        marks = {
            field.alias or name: list(marks_of([*field.metadata, field.annotation]))
            for name, field in model.model_fields.items()
        }
        self.references = tuple(
            reference
            for name, found in marks.items()
            if (reference := reference_of(name, found)) is not None
        )
        self.personal = tuple(
            name
            for name, found in marks.items()
            if any(isinstance(m, PersonalData) for m, _ in found)
        )
        self.questions = tuple(
            name for name, found in marks.items() if any(isinstance(m, HowCanWe) for m, _ in found)
        )
        self.own_words = tuple(
            name
            for name, found in marks.items()
            if name not in self.personal and any(isinstance(m, OwnWords) for m, _ in found)
        )
        self.correctable = tuple(
            name
            for name, found in marks.items()
            if self.mark not in (Mark.VOIDS, Mark.CORRECTS)
            and name not in self.personal
            and any(isinstance(m, Correctable) for m, _ in found)
        )
        """The fields that may be corrected later."""
        self.about_field = next(
            (name for name, found in marks.items() if may_name_event(found)), None
        )
        """The field for the earlier event that an event of this type is about; None if the type has none."""
        self.creates = tuple(
            reference.creates for reference in self.references if reference.creates
        )
        self.takes = {reference.field: reference.kinds for reference in self.references}
        self.organisation_field = self._field_for("organisation")
        """The field for the acting organisation; None if events of the type name none."""
        self.cohort_field = self._field_for("cohort")
        """The field for the event's cohort; None if events of the type name none."""
        self._may_be_blank = frozenset(
            field.alias or name
            for name, field in model.model_fields.items()
            if any(getattr(mark, "func", None) is blank_is_absent for mark in field.metadata)
        )
        self.may_be_empty = frozenset(
            field.alias or name
            for name, field in model.model_fields.items()
            if field.default is None and any(many for _, many in marks[field.alias or name])
        )
        """The lists for which an empty one is not the same as none."""
        self._numbers = {
            field.alias or name: counted
            for name, field in model.model_fields.items()
            if (counted := _counted(field.annotation)) is not None
        }

    def __repr__(self) -> str:
        return f"EventKind({self.wire_name})"

    def _field_for(self, kind: Kind) -> str | None:
        """Return the first field that names exactly one subject, of this kind only. None if there is none."""
        found = (one.field for one in self.references if one.kinds == (kind,) and not one.many)
        return next(found, None)

    def upcast(self, data: JsonObject, version: int) -> JsonObject:
        """Convert `data` of `version` to the present version, and its numbers to the types of their fields.

        A line has each number as it was sent, so 12.0 may be an integer.
        """
        for step in range(version, self.model.since):
            data = self._upcasters[step](data)
        if not self._numbers:
            return data
        counted = {name: count(data[name]) for name, count in self._numbers.items() if name in data}
        return {**data, **counted}

    def read(self, content: Mapping[str, Any], version: int) -> JsonObject:
        """Return a line's data in the present version; an event that it is about is named by position.

        Raises ValueError if the data names that event by source and id and the line does not give its position.
        """
        data = self.upcast(content["data"], version)
        if self.about_field is None or not isinstance(data.get(self.about_field), dict):
            # A line of release 0.1.0 may have an extension with the name `about`.
            return data
        position = content.get("about")
        if not isinstance(position, int) or isinstance(position, bool) or position < 1:
            raise ValueError("about is not the position of an earlier event")
        return self.about(data, position)

    def without_absent(self, data: JsonObject) -> JsonObject:
        """Return the data without what counts as absent: nulls, blank optional texts and most empty lists."""
        return {
            name: value
            for name, value in data.items()
            if value is not None
            and (value != [] or name in self.may_be_empty)
            and not (name in self._may_be_blank and blank_is_absent(value) is None)
        }

    def about_event(self, data: Mapping[str, Any]) -> int | None:
        """Return the position of the event that this data is about, None if the data names no event by position."""
        if self.about_field is None:
            return None
        value: str | int | JsonObject = data[self.about_field]
        if isinstance(value, dict):
            return None
        return event_position(value) if isinstance(value, str) else value

    def named_event(self, data: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return source and id of the event that this data is about, None if the data names no event by these."""
        value = data.get(self.about_field) if self.about_field is not None else None
        return (value["source"], value["id"]) if isinstance(value, dict) else None

    def about(self, data: JsonObject, position: int) -> JsonObject:
        """Return the data with this position for the event that it is about."""
        assert self.about_field is not None
        return {**data, self.about_field: position}

    def validated(self, data: JsonObject, day: date | None = None) -> Type_co:
        """Return the typed data; `day` is the day of the event's time, in that time's offset.

        Raises pydantic's ValidationError, which `events.vocabulary.data_faults` turns into faults.
        """
        return self.model.model_validate(data, context={"day": day}, by_alias=True, by_name=False)

    def sealed(self, data: JsonObject) -> JsonObject:
        """Return the data of a line with a valid value for each personal field, which is encrypted there."""
        return data | {name: _SEALED for name in self.personal if name in data}

    def typed(self, data: Mapping[str, Any]) -> Type_co:
        """Return the typed data of a recorded event, without validating it again.

        Raises KeyError, TypeError or ValueError for data that was never validated.
        """
        return self._reader.read(data)

    def checked(self, field: str) -> str:
        """Return `field`. Raises CatalogueError if the type has no such field."""
        if field not in self.fields:
            raise CatalogueError(
                f"The event type {self.name} has no field {field!r}{_meant(field, self.fields)}."
            )
        return field

    def mentions(self, data: JsonObject) -> tuple[Mention, ...]:
        """Return the subjects that an event with this data creates and names, in the order of its fields.

        Values that are not references are left out, so `data` may have faults.
        """
        return tuple(self._mentions(data))

    def names(self, data: JsonObject) -> list[Stream]:
        """Return the streams of the subjects that an event with this data creates and names, each once."""
        found: dict[Stream, None] = {}
        for reference in self.references:
            value = data.get(reference.field)
            if value is None:
                continue
            if reference.many:
                found.update((reference.stream(item), None) for item in value)
            elif not is_event_reference(value):
                found[reference.stream(value)] = None
        return list(found)

    def _mentions(self, data: JsonObject) -> Iterator[Mention]:
        for reference in self.references:
            field = reference.field
            value = data.get(field)
            if value is None:
                continue
            creates = reference.creates is not None
            if not reference.many:
                if isinstance(value, str) and not is_event_reference(value):
                    yield Mention(reference.stream(value), field, f"/data/{field}", creates, True)
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, str):
                        yield Mention(
                            reference.stream(item), field, f"/data/{field}/{index}", creates, False
                        )


class Catalogue:
    """The event types that a log accepts, by their full names.

    Raises CatalogueError if a type is given twice or an upcaster is missing.
    """

    def __init__(
        self,
        types: Iterable[type[EventType]] = EVENT_TYPES,
        upcasters: Mapping[tuple[str, int], Upcaster] | None = None,
    ) -> None:
        steps = dict(upcasters or {})
        self._kinds: dict[str, tuple[EventKind, int]] = {}
        self.kinds: tuple[EventKind, ...] = ()
        for model in types:
            chain = {
                version: steps.pop((model.name, version), None) for version in range(1, model.since)
            }
            missing = [version for version, step in chain.items() if step is None]
            if missing:
                raise CatalogueError(
                    f"There is no upcaster of {model.name} from version {missing[0]} to {missing[0] + 1}."
                )
            kind = EventKind(
                model, {version: step for version, step in chain.items() if step is not None}
            )
            for version, wire_name in enumerate(kind.wire_names, 1):
                if wire_name in self._kinds:
                    raise CatalogueError(f"The event type {wire_name} is defined twice.")
                self._kinds[wire_name] = (kind, version)
            self.kinds += (kind,)
        if steps:
            name, version = next(iter(steps))
            raise CatalogueError(
                f"There is an upcaster of {name} from version {version}, but no such version."
            )

    def find(self, wire_name: str) -> tuple[EventKind, int] | None:
        """Return the event type with this full name and the version that it names, None if it is not known."""
        return self._kinds.get(wire_name)

    def versions(self, name: str) -> tuple[str, ...]:
        """Return the full names that a name stands for: itself, or every version of a short name; none if unknown.

        All requests about types take their names by this; only an event has the full name as its type. A short name may
        have the prefix of full names.
        """
        if name in self._kinds:
            return (name,)
        found = self._kinds.get(f"{TYPE_PREFIX}{name.removeprefix(TYPE_PREFIX)}.v1")
        return found[0].wire_names if found else ()

    def expected(self, name: str) -> str:
        """Return what a request names instead of an unknown type, with the one that was probably meant."""
        close = self.closest(name)
        meant = f"; did you mean {close.name}?" if close else ""
        return f"an event type, such as failure.recorded (see /event-types){meant}"

    def closest(self, name: str) -> EventKind | None:
        """Return the event type that an unknown name was probably meant for, None if there is none like it."""
        short = _VERSION.sub("", name.removeprefix(TYPE_PREFIX))
        found = closest(short, [kind.name for kind in self.kinds])
        return None if found is None else self.named(found)

    def named(self, name: str) -> EventKind:
        """Return the event type with this short name, such as `cohort.formed`.

        Raises CatalogueError if there is none.
        """
        found = self._kinds.get(f"{TYPE_PREFIX}{name}.v1")
        if found is None:
            names = [kind.name for kind in self.kinds]
            raise CatalogueError(f"There is no event type {name!r}{_meant(name, names)}.")
        return found[0]

    def of(self, model: type[T]) -> EventKind[T]:
        """Return the kind of a class. Raises CatalogueError if no type of this catalogue is that class."""
        for kind in self.kinds:
            if kind.model is model:
                return cast("EventKind[T]", kind)
        raise CatalogueError(f"{model.__qualname__} is no event type of this catalogue.")

    def name_of(self, type_: str | type[EventType]) -> str:
        """Return the short name of a type, which is given by its class or by that name.

        Raises CatalogueError if there is no such type.
        """
        return self.named(type_).name if isinstance(type_, str) else self.of(type_).name


def _meant(name: str, names: Iterable[str]) -> str:
    """Return the end of an error message: the name that was probably meant, if any."""
    found = closest(name, names)
    return f" (did you mean {found}?)" if found else ""


_VERSION: Final = re.compile(r"\.v[0-9]+$")
_SEALED: Final = "sealed@for.verification"


def _counted(annotation: Any) -> Callable[[Any], Any] | None:
    """Return the conversion of a field's numbers to the type of the field; None for a field without numbers."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _counted(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return next(filter(None, map(_counted, get_args(annotation))), None)
    if annotation is int:
        return _as_integer
    if isinstance(annotation, type) and issubclass(annotation, float | BaseModel):
        return _as_doubles
    return None


def _as_integer(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_doubles(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_doubles(item) for name, item in value.items()}
    is_exact = isinstance(value, int) and abs(value) <= INTEGER_MAX
    return value if is_exact or not isinstance(value, int | float) else float(value)


VOCABULARY = Catalogue()
"""The event types of howcanwe."""

__all__ = [
    "VOCABULARY",
    "Catalogue",
    "CatalogueError",
    "EventKind",
    "JsonObject",
    "Mark",
    "Mention",
]
