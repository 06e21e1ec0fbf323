"""Answers that are JSON already: handed over as they are, without asking a resolver for every number.

Where subjects are selected beside their keys, the executor reads that part of an answer field by field.

A thousand cohorts have thirty thousand figures; asked one by one they take the executor a quarter of a second.
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

Told = Callable[[Any], Any]


def plain(cls: type[T]) -> type[T]:
    """Declare a plain type, of a figure, with the subjects beside its keys.

    The glossary says what its fields say, unless one says it itself. Raises Misdeclared where neither does.
    """
    found = declared(_with_subjects(cls))
    for field in definition_of(found).fields:
        name = name_of(field)
        if field.description is None and name not in GLOSSARY:
            raise Misdeclared(cls, field.python_name, f"the glossary does not say what {name} is")
        field.description = field.description or GLOSSARY[name].description
    setattr(found, PLAIN, True)
    return found


def _with_subjects(cls: type[T]) -> type[T]:
    """Return the class with an attribute behind each that holds keys, for the subjects."""
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
    """A figure over a set of what are no subjects: events, or pairs of organisations."""

    n: int
    items: list[str]


def _converted(name: str, convert: Told) -> Told:
    return lambda value: convert(value[name])


class PlainAnswers:
    """An executor, to be mixed into graphql-core's, that completes values of plain types by itself."""

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

    def _object(self, type_: GraphQLObjectType, details: list[Any]) -> Told:
        """Return what turns a value of the type into what was selected of it; made once for a whole list."""
        parts: list[tuple[str, Told]] = []
        for told_as, fields in self.collect_subfields(type_, details)[0].items():
            name = fields[0].node.name.value
            if name == "__typename":
                parts.append((told_as, lambda _: type_.name))
            elif (convert := self._value(type_.fields[name].type, fields)) is None:
                parts.append((told_as, itemgetter(name)))
            else:
                parts.append((told_as, _converted(name, convert)))
        return lambda value: {told_as: of(value) for told_as, of in parts}

    def _value(self, type_: Any, fields: list[Any]) -> Told | None:
        """Return what turns a field's value into what is told of it; None where it is told as it is."""
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
