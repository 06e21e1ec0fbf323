"""Checks of the declared classes. `type_system` runs them before it makes a schema."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import literal
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import UNRESOLVED, StrawberryField

from projections.queries.lists import BY_VIEWER
from service.graphql.fields.columns import FromColumn
from service.graphql.fields.field import Field, Misdeclared, leads_to
from service.graphql.fields.shapes import SHAPE, definition_of, shape_of
from service.graphql.lists.connections import ToMany


def check(type_: Any) -> None:
    """Check each field of a class against its annotation and the tables. Raises Misdeclared."""
    for field in definition_of(type_).fields:
        for wrong in _wrong(type_, field):
            raise Misdeclared(type_, field.python_name, wrong)


def _wrong(type_: Any, field: StrawberryField) -> Iterator[str]:
    table = shape_of(type_).table if SHAPE in vars(type_) else None
    if field.type is UNRESOLVED:
        yield "its annotation names a class that neither its module nor `types.listed` has"
    if not isinstance(field, Field):
        if table is not None:
            yield "it declares no source of its values, such as `column` or `one`"
        return
    source = field.source(type_)
    if table is not None:
        for column in source.needs:
            if column not in table.c and column not in BY_VIEWER:
                yield f"{table.name} has no column {column}"
        if isinstance(source, FromColumn):
            values = table.c[source.column].type.python_type
            if _python_type(field.type) is not values:
                yield f"{table.name}.{source.column} has values of {values.__name__}, not of its annotation"
    if isinstance(source, ToMany) and source.belongs is not None:
        listed = shape_of(leads_to(field.type)).table
        try:
            source.belongs.condition(listed, literal(""))
        except KeyError as missing:
            yield f"{listed.name} has no column {missing.args[0]}"


def _python_type(type_: Any) -> Any:
    """Return the Python type of a field's values."""
    match type_:
        case StrawberryOptional():
            return _python_type(type_.of_type)
        case StrawberryList():
            return list
        case StrawberryEnumDefinition():
            return str
        case _:
            return getattr(type_, "__supertype__", type_)
