"""A field of a type: what a class attribute says of it, made a field of Strawberry's.

The attribute's annotation is the field's type; the docstring of the class is the type's description; where the value of
a field comes from is its source. A type stands over a table of the read models; statements, filters and orders follow
from what is declared. Below a list nothing waits: whatever is selected has been fetched, a statement per place of the
query, before the executor looks at the rows.
"""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from graphql import GraphQLField, GraphQLResolveInfo
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.field import StrawberryField

from service.graphql.selection import slot_of

if TYPE_CHECKING:
    from service.graphql.fetching.loading import Loading, Selected

Row = MutableMapping[str, Any]
"""A row of a table, by column; what a field leads to stands beside the columns, under the field's slot."""

TYPE: Final = "@@type"
"""Where a row says which type it is of, if that is not known from the field. No field's slot is called so."""

SOURCE: Final = "source"
"""The extension of a schema's field with the source of its values."""


class Misdeclared(TypeError):
    """A class of the graph says what cannot be so."""

    def __init__(self, owner: type, name: str, wrong: str) -> None:
        super().__init__(f"{owner.__name__}.{name}: {wrong}")


class FieldSource(Protocol):
    """Where the value of a field comes from."""

    @property
    def needs(self) -> Sequence[str]:
        """The columns of the row that it looks at."""

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Fetch what the field of all these rows leads to."""

    def read(self, row: Row, slot: str) -> Any:
        """Return the field's value of a row for which it was fetched, or the error that stands in its place."""


@dataclass(frozen=True)
class FieldPlace:
    """Where a field stands: the class that has it, its name there, and the class that it leads to.

    A list, and what may be null, leads to what it is made of.
    """

    owner: type
    name: str
    type: Any
    is_list: bool


class Completing(StrawberryField):
    """A field that says how the schema's own gets its values, instead of Strawberry's way, which is for instances."""

    def complete(self, field: GraphQLField, owner: type) -> None:
        """Let the schema's field of a class get its values."""
        raise NotImplementedError


class Field(Completing):
    """A field whose value comes from a source, which follows from where the field stands."""

    def __init__(
        self,
        description: str,
        find: Callable[[FieldPlace], FieldSource],
        *,
        type: Any = None,
        arguments: Callable[[Any], list[StrawberryArgument]] | None = None,
        form: str | None = None,
    ) -> None:
        super().__init__(
            description=description,
            type_annotation=StrawberryAnnotation.from_annotation(type),
        )
        self._find = find
        self._take = arguments
        self._form = form

    @property
    def arguments(self) -> list[StrawberryArgument]:
        """What the field can be asked with, by the class that it leads to."""
        if self._arguments is None:
            self._arguments = [] if self._take is None else self._take(leads_to(self.type))
        return self._arguments

    @arguments.setter
    def arguments(self, value: list[StrawberryArgument]) -> None:
        self._arguments = value

    def source(self, owner: type) -> FieldSource:
        """Return where the value comes from in a class that has the field. Raises Misdeclared."""
        type_: Any = self.type
        if self._form is not None and _form(type_) != self._form:
            wrong = f"its annotation has the form {_form(type_)}, expected {self._form}"
            raise Misdeclared(owner, self.python_name, wrong)
        is_list = isinstance(type_, StrawberryList)
        return self._find(FieldPlace(owner, self.python_name, leads_to(type_), is_list))

    def complete(self, field: GraphQLField, owner: type) -> None:
        """Let the schema's field read from the source."""
        source = self.source(owner)
        field.extensions[SOURCE] = source
        field.resolve = _reading(source)


def leads_to(type_: Any) -> Any:
    """Return the class, or the scalar, that a type is made of: of a page, that of its rows."""
    while isinstance(type_, StrawberryOptional | StrawberryList):
        type_ = type_.of_type
    definition = getattr(type_, "__strawberry_definition__", None)
    if isinstance(definition, StrawberryObjectDefinition) and definition.type_var_map:
        [type_] = definition.type_var_map.values()
    return type_


def _form(type_: Any) -> str:
    """Return how a type is made, of a class X."""
    match type_:
        case StrawberryOptional():
            return f"{_form(type_.of_type)} | None"
        case StrawberryList():
            return f"list[{_form(type_.of_type)}]"
        case _:
            return "X" if leads_to(type_) is type_ else f"{type_.__name__}[X]"


def argument(name: str, type_: Any, description: str) -> StrawberryArgument:
    """Return an argument, which has no default: what may be null may be left out."""
    return StrawberryArgument(name, name, StrawberryAnnotation(type_), description=description)


def _reading(source: FieldSource) -> Callable[..., Any]:
    def resolve(row: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        return source.read(row, slot_of(str(info.path.key)))

    return resolve
