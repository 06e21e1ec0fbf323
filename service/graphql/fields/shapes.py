"""Decorators that declare the types of the graph, and the shapes of those types that have a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

import strawberry
from sqlalchemy import Table
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.utils.str_converters import to_camel_case

from projections.folding.projection import Projection, Subjects
from projections.queries.lists import derived
from projections.queries.row_ids import KeyNaming, Naming, PositionNaming
from service.graphql.fields.field import FieldPlace, Misdeclared

T = TypeVar("T")

SHAPE: Final = "__shape__"


@dataclass(frozen=True)
class Shape:
    """A class with a table of the read models, whose rows can be listed.

    A subject has a `kind`. A fact has `about`: the kind of the subject that it is about, and the column that names it.
    `naming` gives the names of rows in ids. Lists can be ordered by position, by time, and by `orders`: columns without
    nulls, or values derived from rows.
    """

    type: type
    table: Table
    plural: str
    naming: Naming
    kind: str | None = None
    about: tuple[str, str] | None = None
    orders: Sequence[str] = ()

    @property
    def name(self) -> str:
        """The name of the type in the graph."""
        return type_name(self.type)

    @property
    def node(self) -> str:
        """The kind at the beginning of ids."""
        return self.kind or f"{self.name[0].lower()}{self.name[1:]}"


def definition_of(type_: Any) -> StrawberryObjectDefinition:
    """Return Strawberry's definition of a declared class."""
    return cast(StrawberryObjectDefinition, type_.__strawberry_definition__)


def type_name(type_: Any) -> str:
    """Return the name of a declared class in the graph."""
    return definition_of(type_).name


def name_of(field: Any) -> str:
    """Return the name of a field in the graph."""
    return str(field.graphql_name or to_camel_case(field.python_name))


def shape_of(type_: Any) -> Shape:
    """Return the shape of a class that has a table. Raises TypeError for any other class."""
    if SHAPE not in vars(type_):
        raise TypeError(f"{type_.__name__} has no table, so there are no lists of it")
    return cast(Shape, vars(type_)[SHAPE])


def kind_of(type_: Any) -> str | None:
    """Return the kind of the subjects of a class, None if it has several kinds or none."""
    return shape_of(type_).kind if SHAPE in vars(type_) else None


def kind_led_to(place: FieldPlace) -> str:
    """Return the kind of the subjects that a field leads to. Raises Misdeclared if it does not lead to subjects."""
    found = kind_of(place.type)
    if found is None:
        raise Misdeclared(
            place.owner, place.name, "its annotation does not name the class of a subject"
        )
    return found


def is_interface(type_: Any) -> bool:
    """Return whether a type is an interface of the graph."""
    definition = getattr(type_, "__strawberry_definition__", None)
    return isinstance(definition, StrawberryObjectDefinition) and definition.is_interface


def declared(cls: type[T]) -> type[T]:
    """Declare a type of the graph. Its description is the class's docstring."""
    return strawberry.type(cls, description=_text(cls))


def named(name: str) -> Callable[[type[T]], type[T]]:
    """Declare a type of the graph that has another name there than its class."""
    return lambda cls: strawberry.type(cls, name=name, description=_text(cls))


def interface(cls: type[T]) -> type[T]:
    """Declare an interface of the graph. Its description is the class's docstring."""
    return strawberry.interface(cls, description=_text(cls))


def input_type(cls: type[T]) -> type[T]:
    """Declare an input of the graph. Its description is the class's docstring."""
    return strawberry.input(cls, description=_text(cls))


def one_of(cls: type[T]) -> type[T]:
    """Declare an input of which exactly one field must be given."""
    return strawberry.input(cls, description=_text(cls), one_of=True)


def listed(
    model: type[Projection],
    *,
    plural: str,
    naming: Naming,
    kind: str | None = None,
    about: tuple[str, str] | None = None,
    orders: Sequence[str] = (),
    name: str | None = None,
) -> Callable[[type[T]], type[T]]:
    """Declare a type with the table of a read model, whose rows can be listed. See `Shape` for the parameters."""

    def declare(cls: type[T]) -> type[T]:
        for column in (*orders, *(about or ())[1:]):
            if column not in model.table.c and column not in derived(model.table):
                raise Misdeclared(cls, column, f"{model.table.name} has no such column")
        shape = Shape(cls, model.table, plural, naming, kind, about, orders)
        setattr(cls, SHAPE, shape)
        return declared(cls) if name is None else named(name)(cls)

    return declare


def subject(
    model: type[Subjects], *, plural: str, orders: Sequence[str] = (), name: str | None = None
) -> Callable[[type[T]], type[T]]:
    """Declare the type of a kind of subject. Its `name` in the graph is that of the class by default."""
    return listed(
        model, plural=plural, naming=KeyNaming(), kind=model.kind, orders=orders, name=name
    )


def fact(
    model: type[Projection], *, about: str, plural: str, kind: str | None = None
) -> Callable[[type[T]], type[T]]:
    """Declare a type for events that are about a subject; `about` is the column that names it.

    The column has keys of the `kind` (by default, the kind with the column's name). If `kind` is "", it has streams.
    """
    of = about if kind is None else kind
    return listed(model, plural=plural, naming=PositionNaming(), about=(of, about))


def _text(cls: type) -> str:
    if not cls.__doc__:
        raise TypeError(f"{cls.__name__} has no docstring, which would be its description")
    return " ".join(cls.__doc__.split())
