"""Turns the data of recorded events into models of their types. The catalogue uses it.

The data in the log was validated when it was recorded, by the release of that time and before it was encrypted. So it
is converted here and not validated again: terms, days and numbers get the types that the model declares, a field that
was left out gets its default, and a blank optional text is None. `events.integrity.verify` validates a log again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import Enum
from functools import partial
from types import UnionType
from typing import Annotated, Any, Final, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel

from events.vocabulary.fields.field_types import blank_is_absent

M = TypeVar("M", bound=BaseModel)
Conversion = Callable[[Any], Any]

_SET: Final = object.__setattr__


class DataReader(Generic[M]):
    """Makes models of one class from data in the present version."""

    def __init__(self, model: type[M]) -> None:
        self._model = model
        self._fields = tuple(
            (
                name,
                field.alias or name,
                _conversion(field.annotation, field.metadata),
                field.is_required(),
                field.default,
            )
            for name, field in model.model_fields.items()
        )

    def read(self, data: Mapping[str, Any]) -> M:
        """Return the model. Raises KeyError, TypeError or ValueError for data that was never validated."""
        values: dict[str, Any] = {}
        given: set[str] = set()
        for name, wire_name, convert, is_required, default in self._fields:
            value = data[wire_name] if is_required else data.get(wire_name)
            if value is not None:
                given.add(name)
                values[name] = value if convert is None else convert(value)
            else:
                values[name] = default.copy() if isinstance(default, list) else default
        # This does what pydantic's `model_construct` does, which takes four times as long: it reads every definition.
        made = self._model.__new__(self._model)
        _SET(made, "__dict__", values)
        _SET(made, "__pydantic_fields_set__", given)
        _SET(made, "__pydantic_extra__", None)
        _SET(made, "__pydantic_private__", None)
        return made


def _conversion(annotation: Any, metadata: Sequence[Any] = ()) -> Conversion | None:
    """Return the conversion from a JSON value to the annotated type; None if there is nothing to convert."""
    if any(getattr(mark, "func", None) is blank_is_absent for mark in metadata):
        return blank_is_absent
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *marks = get_args(annotation)
        return _conversion(inner, marks)
    if origin in (Union, UnionType):
        return next(filter(None, map(_conversion, get_args(annotation))), None)
    if origin is list:
        of_item = _conversion(get_args(annotation)[0])
        return None if of_item is None else partial(_each, of_item)
    if not isinstance(annotation, type):
        return None
    if issubclass(annotation, Enum):
        return {member.value: member for member in annotation}.__getitem__
    if issubclass(annotation, date):
        return annotation.fromisoformat
    if issubclass(annotation, float):
        return float
    if issubclass(annotation, BaseModel):
        return partial(_object, DataReader(annotation))
    return None


def _each(convert: Conversion, items: list[Any]) -> list[Any]:
    return [convert(item) for item in items]


def _object(reader: DataReader[Any], value: Any) -> Any:
    """Return the model of an object; a number, which some fields accept instead, is returned unchanged."""
    return reader.read(value) if isinstance(value, dict) else value
