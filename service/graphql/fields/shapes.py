"""Declaring types: over which table one stands, and how lists of its rows are ordered and filtered."""

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
    """A class over a table. `kind` is a subject's; `about` the kind and the column of the subject that a fact is about.

    `naming` is how ids name its rows. `orders` are columns, never null, or derived of rows: what lists can be ordered
    by, beside position and time.
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
        """The type's name."""
        return self.type.__name__

    @property
    def node(self) -> str:
        """The kind that ids begin with."""
        return self.kind or f"{self.name[0].lower()}{self.name[1:]}"


def definition_of(type_: Any) -> StrawberryObjectDefinition:
    """Return what Strawberry knows of a declared class."""
    return cast(StrawberryObjectDefinition, type_.__strawberry_definition__)


def name_of(field: Any) -> str:
    """Return a field's name in the graph."""
    return str(field.graphql_name or to_camel_case(field.python_name))


def shape_of(type_: Any) -> Shape:
    """Return the shape of a class that stands over a table. Raises TypeError for any other."""
    if SHAPE not in vars(type_):
        raise TypeError(f"{type_.__name__} stands over no table: there are no lists of it")
    return cast(Shape, vars(type_)[SHAPE])


def kind_of(type_: Any) -> str | None:
    """Return the kind of the subjects that a class stands for; None where it stands for several, or for none."""
    return shape_of(type_).kind if SHAPE in vars(type_) else None


def kind_led_to(place: FieldPlace) -> str:
    """Return the kind of the subjects that a field leads to. Raises Misdeclared where it leads to no subject."""
    found = kind_of(place.type)
    if found is None:
        raise Misdeclared(place.owner, place.name, "its annotation names no class of a subject")
    return found


def is_interface(type_: Any) -> bool:
    """Return whether a type is an interface of the graph."""
    definition = getattr(type_, "__strawberry_definition__", None)
    return isinstance(definition, StrawberryObjectDefinition) and definition.is_interface


def declared(cls: type[T]) -> type[T]:
    """Declare a type of the graph; the class's docstring is its description."""
    return strawberry.type(cls, description=_text(cls))


def interface(cls: type[T]) -> type[T]:
    """Declare an interface of the graph; the class's docstring is its description."""
    return strawberry.interface(cls, description=_text(cls))


def given(cls: type[T]) -> type[T]:
    """Declare an input of the graph; the class's docstring is its description."""
    return strawberry.input(cls, description=_text(cls))


def one_of(cls: type[T]) -> type[T]:
    """Declare an input that is given with exactly one of its members."""
    return strawberry.input(cls, description=_text(cls), one_of=True)


def listed(
    model: type[Projection],
    *,
    plural: str,
    naming: Naming,
    kind: str | None = None,
    about: tuple[str, str] | None = None,
    orders: Sequence[str] = (),
) -> Callable[[type[T]], type[T]]:
    """Declare a type over the table of a read model, of whose rows there are lists; `naming` is how ids name these."""

    def declare(cls: type[T]) -> type[T]:
        for name in (*orders, *(about or ())[1:]):
            if name not in model.table.c and name not in derived(model.table):
                raise Misdeclared(cls, name, f"{model.table.name} has no such column")
        shape = Shape(cls, model.table, plural, naming, kind, about, orders)
        setattr(cls, SHAPE, shape)
        return declared(cls)

    return declare


def subject(
    model: type[Subjects], *, plural: str, orders: Sequence[str] = ()
) -> Callable[[type[T]], type[T]]:
    """Declare the type of a kind of subject."""
    return listed(model, plural=plural, naming=KeyNaming(), kind=model.kind, orders=orders)


def fact(
    model: type[Projection], *, about: str, plural: str, kind: str | None = None
) -> Callable[[type[T]], type[T]]:
    """Declare a type of events that say something of a subject: `about` is the column that names it.

    The column holds keys of the `kind` (by default, the one with the column's name), with "" streams of any kind.
    """
    of = about if kind is None else kind
    return listed(model, plural=plural, naming=PositionNaming(), about=(of, about))


def _text(cls: type) -> str:
    if not cls.__doc__:
        raise TypeError(f"{cls.__name__} has no docstring, which is its description")
    return " ".join(cls.__doc__.split())
