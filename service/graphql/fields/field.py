"""Fields of types: a class attribute with a declaration becomes a field of Strawberry's.

The annotation of the attribute is the type of the field, and the docstring of the class is the description of the type.
Each field has a source, from which its value comes. A type can have a table of the read models; statements, filters and
orders are derived from its declaration. All selected fields below a list are fetched before the executor reads the
rows, with one statement for each list of the query. So the executor does not wait there.
"""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from graphql import GraphQLField, GraphQLResolveInfo
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.field import StrawberryField

from projections.store.added_columns import AddedColumn
from service.graphql.selection import slot_of

if TYPE_CHECKING:
    from service.graphql.fetching.loading import Loading, Selected

Row = MutableMapping[str, Any]
"""A row of a table, by column. The values of fields that lead to other rows are added under the fields' slots."""

TYPE: Final = AddedColumn.TYPE.value
"""The member of a row with its type, if the field does not determine it."""

SOURCE: Final = "source"
"""The extension of a field in the schema that has the source of its values."""


class Misdeclared(TypeError):
    """The declaration of a class of the graph contradicts itself or its table."""

    def __init__(self, owner: type, name: str, wrong: str) -> None:
        super().__init__(f"{owner.__name__}.{name}: {wrong}")


class FieldSource(Protocol):
    """Where the value of a field comes from."""

    @property
    def needs(self) -> Sequence[str]:
        """The columns of the row that it needs."""

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Fetch what the field of all these rows leads to."""

    def read(self, row: Row, slot: str) -> Any:
        """Return the value of the field from a row for which it was fetched, or the error in its place."""


@dataclass(frozen=True)
class FieldPlace:
    """The place of a field: the class that has it, its name there, and the class that it leads to.

    For lists and nullable types, that is the class of the elements.
    """

    owner: type
    name: str
    type: Any
    is_list: bool


class Completing(StrawberryField):
    """A field that sets how the field in the schema gets its values. Strawberry's own way works only for instances."""

    def complete(self, field: GraphQLField, owner: type) -> None:
        """Set how the field in the schema gets its values."""
        raise NotImplementedError


class Field(Completing):
    """A field with a source, which depends on the place of the field."""

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
        """The arguments of the field, which may depend on the class that it leads to."""
        if self._arguments is None:
            self._arguments = [] if self._take is None else self._take(leads_to(self.type))
        return self._arguments

    @arguments.setter
    def arguments(self, value: list[StrawberryArgument]) -> None:
        self._arguments = value

    def source(self, owner: type) -> FieldSource:
        """Return the source of the field in a class that has it. Raises Misdeclared."""
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
    """Return the class or scalar in a type, without lists and null; for a page, the class of its rows."""
    while isinstance(type_, StrawberryOptional | StrawberryList):
        type_ = type_.of_type
    definition = getattr(type_, "__strawberry_definition__", None)
    if isinstance(definition, StrawberryObjectDefinition) and definition.type_var_map:
        [type_] = definition.type_var_map.values()
    return type_


def _form(type_: Any) -> str:
    """Return the form of a type, with X for its class, such as `list[X]`."""
    match type_:
        case StrawberryOptional():
            return f"{_form(type_.of_type)} | None"
        case StrawberryList():
            return f"list[{_form(type_.of_type)}]"
        case _:
            return "X" if leads_to(type_) is type_ else f"{type_.__name__}[X]"


def argument(name: str, type_: Any, description: str) -> StrawberryArgument:
    """Return an argument without a default. If its type is nullable, it may be left out."""
    return StrawberryArgument(name, name, StrawberryAnnotation(type_), description=description)


def _reading(source: FieldSource) -> Callable[..., Any]:
    def resolve(row: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        return source.read(row, slot_of(str(info.path.key)))

    return resolve
