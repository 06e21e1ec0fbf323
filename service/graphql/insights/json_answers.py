"""Answers of figures, which are JSON already: the executor returns them without a resolver for each number.

With a resolver for each of them, the thirty thousand numbers of a thousand cohorts would take a quarter of a second. If
subjects are selected beside their keys, the executor reads that part of the answer field by field.
"""

from collections.abc import Callable
from operator import itemgetter
from typing import Any, TypeVar

from graphql import (
    GraphQLEnumType,
    GraphQLNonNull,
    GraphQLObjectType,
    is_leaf_type,
    is_list_type,
)

from projections.insights.measures.sums import Answered
from service.graphql.fields.field import Misdeclared
from service.graphql.fields.shapes import declared, definition_of, name_of
from service.graphql.insights.glossary import GLOSSARY
from service.graphql.insights.subjects import PLAIN, subjects_beside

T = TypeVar("T")

Conversion = Callable[[Any], Any]


def plain(cls: type[T]) -> type[T]:
    """Declare a type of a figure whose values are JSON already, and add fields for the subjects of its keys.

    Fields without a description have that of the glossary. Raises Misdeclared if there is none.
    """
    found = declared(_with_subjects(cls))
    for field in definition_of(found).fields:
        name = name_of(field)
        if field.description is None and name not in GLOSSARY:
            raise Misdeclared(cls, field.python_name, f"the glossary does not describe {name}")
        field.description = field.description or GLOSSARY[name].description
    setattr(found, PLAIN, True)
    return found


def _with_subjects(cls: type[T]) -> type[T]:
    """Return the class with an attribute for the subjects after each attribute that has keys."""
    annotations = dict(cls.__annotations__)
    for attribute, name, type_, field in subjects_beside(cls):
        setattr(cls, name, field)
        places = list(annotations.items())
        at = list(annotations).index(attribute) + 1
        annotations = dict([*places[:at], (name, type_), *places[at:]])
    cls.__annotations__ = annotations
    return cls


@plain
class Counted:
    """A figure over a set of things."""

    n: int
    items: list[str]


@plain
class CountedApart:
    """A figure over a set of events or of pairs of organisations, which are not subjects."""

    n: int
    items: list[str]


def _converted(name: str, convert: Conversion) -> Conversion:
    return lambda value: convert(value[name])


class PlainAnswers:
    """A mixin for graphql-core's executor that completes values of figures without resolvers."""

    collect_subfields: Callable[..., Any]

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: list[Any],
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Return the object's selected fields."""
        if PLAIN in return_type.extensions and type(result) in (dict, Answered):
            return self._object(return_type, field_details_list)(result)
        return super().complete_object_value(  # type: ignore[misc]  # of the executor it is mixed into
            return_type, field_details_list, info, path, result, position_context
        )

    def _object(self, type_: GraphQLObjectType, details: list[Any]) -> Conversion:
        """Return the function that selects the fields of a value of the type. A list needs it only once."""
        parts: list[tuple[str, Conversion]] = []
        for response_name, fields in self.collect_subfields(type_, details)[0].items():
            name = fields[0].node.name.value
            if name == "__typename":
                parts.append((response_name, lambda _: type_.name))
            elif (convert := self._value(type_.fields[name].type, fields)) is None:
                parts.append((response_name, itemgetter(name)))
            else:
                parts.append((response_name, _converted(name, convert)))
        return lambda value: {response_name: of(value) for response_name, of in parts}

    def _value(self, type_: Any, fields: list[Any]) -> Conversion | None:
        """Return the function that converts the value of a field for the answer, None if it needs no conversion."""
        if isinstance(type_, GraphQLNonNull):
            type_ = type_.of_type
        if isinstance(type_, GraphQLEnumType):
            names = {value.value: name for name, value in type_.values.items()}
            return lambda value: None if value is None else names[value]
        if is_leaf_type(type_):
            return None
        if is_list_type(type_):
            of_item = self._value(type_.of_type, fields)
            if of_item is None:
                return None
            return lambda items: None if items is None else [of_item(item) for item in items]
        of_object = self._object(type_, fields)
        return lambda value: None if value is None else of_object(value)
