"""Answers that are JSON already: handed over as they are, without asking a resolver for every number.

A thousand cohorts have thirty thousand figures; asked one by one they take the executor a quarter of a second.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from graphql import GraphQLNonNull, GraphQLObjectType, is_leaf_type, is_list_type

from service.graphql.fields.field import Misdeclared
from service.graphql.fields.shapes import declared, definition_of, name_of
from service.graphql.insights.glossary import GLOSSARY

T = TypeVar("T")

PLAIN: Final = "__plain__"
"""Marks a type, and its class, whose values are dicts with its fields as they are to be told."""

Told = Callable[[Any], Any]


def plain(cls: type[T]) -> type[T]:
    """Declare a plain type, of a figure; the glossary says what its fields say, unless one says it itself.

    Raises Misdeclared where neither does.
    """
    found = declared(cls)
    for field in definition_of(found).fields:
        name = name_of(field)
        if field.description is None and name not in GLOSSARY:
            raise Misdeclared(cls, field.python_name, f"the glossary does not say what {name} is")
        field.description = field.description or GLOSSARY[name].description
    setattr(found, PLAIN, True)
    return found


@plain
class Counted:
    """A figure over a set of things."""

    n: int
    items: list[str]


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
        if PLAIN in return_type.extensions and isinstance(result, dict):
            return self._object(return_type, field_details_list)(result)
        return super().complete_object_value(  # type: ignore[misc]  # of the executor it is mixed into
            return_type, field_details_list, info, path, result, position_context
        )

    def _object(self, type_: GraphQLObjectType, details: list[Any]) -> Told:
        """Return what turns a value of the type into what was selected of it; made once for a whole list."""
        leaves: list[tuple[str, str]] = []
        nested: list[tuple[str, str, Told]] = []
        names: list[str] = []
        for told_as, fields in self.collect_subfields(type_, details)[0].items():
            name = fields[0].node.name.value
            if name == "__typename":
                names.append(told_as)
                continue
            of_field = self._value(type_.fields[name].type, fields)
            if of_field is None:
                leaves.append((told_as, name))
            else:
                nested.append((told_as, name, of_field))

        def told(value: dict[str, Any]) -> dict[str, Any]:
            found: dict[str, Any] = {told_as: value[name] for told_as, name in leaves}
            for told_as, name, convert in nested:
                found[told_as] = convert(value[name])
            for told_as in names:
                found[told_as] = type_.name
            return found

        return told

    def _value(self, type_: Any, fields: list[Any]) -> Told | None:
        """Return what turns a field's value into what is told of it; None where it is told as it is."""
        if isinstance(type_, GraphQLNonNull):
            type_ = type_.of_type
        if is_leaf_type(type_):
            return None
        if is_list_type(type_):
            of_item = self._value(type_.of_type, fields)
            if of_item is None:
                return None
            return lambda items: None if items is None else [of_item(item) for item in items]
        of_object = self._object(type_, fields)
        return lambda value: None if value is None else of_object(value)
