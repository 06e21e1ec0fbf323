"""What a type of the graph is made of: fields that are columns of a row, or that lead to other rows.

A type is declared once, over a table of the read models; the schema, the statements, the filters and the orders follow.
Below a connection nothing waits: whatever is selected has been fetched, a statement per place of the query, before the
executor looks at the rows.
"""

from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

from graphql import (
    GraphQLBoolean,
    GraphQLFloat,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLString,
)
from sqlalchemy import Table

from service.graphql.scalars import COUNT, DATE, DATE_TIME, POSITION, URL
from service.graphql.terms import TERMS

if TYPE_CHECKING:
    from service.graphql.loading import Loading, Selected

Row = MutableMapping[str, Any]
"""A row of a table, by column; what a field leads to stands beside the columns, under the field's slot."""

TYPE: Final = "@type"
"""Where a row says which type it is of, if that is not known from the field."""


class Source(Protocol):
    """Where the value of a field comes from."""

    @property
    def needs(self) -> Sequence[str]:
        """The columns of the row that it looks at."""

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Fetch what the field of all these rows leads to."""

    def read(self, row: Row, slot: str) -> Any:
        """Return the field's value of a row for which it was fetched."""


@dataclass(frozen=True)
class FromColumn:
    """The value stands in a column."""

    column: str
    convert: Callable[[Any], Any] | None = None

    @property
    def needs(self) -> Sequence[str]:
        """The column."""
        return (self.column,)

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Do nothing: the columns are there."""

    def read(self, row: Row, slot: str) -> Any:
        """Return the column's value."""
        value = row[self.column]
        return value if self.convert is None else self.convert(value)


@dataclass(frozen=True)
class FromRow:
    """The value is worked out from some columns."""

    needs: Sequence[str]
    work_out: Callable[[Row], Any]

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Do nothing: the columns are there."""

    def read(self, row: Row, slot: str) -> Any:
        """Return what the columns say."""
        return self.work_out(row)


@dataclass(frozen=True)
class Field:
    """A field of a type: its name in the graph, its type (or the name of one), its description, its source.

    `column` is the column that can be filtered or ordered by; `filter` says how.
    """

    name: str
    type: GraphQLOutputType | str
    description: str
    source: Source
    column: str | None = None
    filter: str | None = None
    term: Any = None
    is_connection: bool = False


@dataclass(frozen=True)
class Shape:
    """A type over a table. `kind` is a subject's; `about` the kind and the column of the subject that a fact is about.

    `orders` are columns, never null, that lists can be ordered by, beside position and time.
    """

    name: str
    table: Table
    description: str
    fields: tuple[Field, ...]
    kind: str | None = None
    about: tuple[str, str] | None = None
    orders: Sequence[str] = ()
    plural: str = ""


def camel(name: str) -> str:
    """Return a column's name as the graph writes it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def required(type_: Any) -> Any:
    """Return the type without null."""
    return GraphQLNonNull(type_)


def _column(
    column: str,
    type_: Any,
    description: str,
    *,
    null: bool,
    name: str | None = None,
    filter: str | None = None,
    term: Any = None,
    convert: Callable[[Any], Any] | None = None,
) -> Field:
    return Field(
        name or camel(column),
        type_ if null else required(type_),
        description,
        FromColumn(column, convert),
        column=column,
        filter=filter,
        term=term,
    )


def text(column: str, description: str, *, null: bool = False, name: str | None = None) -> Field:
    """Return a field of text."""
    return _column(column, GraphQLString, description, null=null, name=name)


def texts(column: str, description: str) -> Field:
    """Return a field of a list of texts."""
    type_ = GraphQLList(required(GraphQLString))
    filter = "any_theme" if column == "themes" else None
    return _column(column, type_, description, null=False, filter=filter)


def term(
    column: str,
    of: type[StrEnum] | Any,
    description: str,
    *,
    null: bool = False,
    name: str | None = None,
) -> Field:
    """Return a field of a closed list's terms."""
    found = TERMS[of] if isinstance(of, type) else of
    return _column(column, found, description, null=null, name=name, filter="among", term=found)


def term_list(column: str, of: type[StrEnum], description: str) -> Field:
    """Return a field of a list of terms."""
    found = TERMS[of]
    type_ = GraphQLList(required(found))
    return _column(column, type_, description, null=False, filter="any_term", term=found)


def integer(column: str, description: str, *, null: bool = False, name: str | None = None) -> Field:
    """Return a field of an integer of up to 32 bits."""
    return _column(column, GraphQLInt, description, null=null, name=name, filter="range")


def count(column: str, description: str, *, null: bool = False) -> Field:
    """Return a field of how many."""
    return _column(column, COUNT, description, null=null)


def number(column: str, description: str, *, null: bool = True) -> Field:
    """Return a field of a number."""
    return _column(column, GraphQLFloat, description, null=null)


def flag(column: str, description: str) -> Field:
    """Return a field of yes or no."""
    return _column(column, GraphQLBoolean, description, null=False, filter="flag")


def moment(column: str, description: str, *, null: bool = False, name: str | None = None) -> Field:
    """Return a field of a point in time."""
    return _column(column, DATE_TIME, description, null=null, name=name, filter="span")


def day(column: str, description: str, *, null: bool = False) -> Field:
    """Return a field of a day."""
    return _column(column, DATE, description, null=null)


def place(column: str, description: str, *, null: bool = False) -> Field:
    """Return a field of a position."""
    return _column(column, POSITION, description, null=null)


def url(column: str, description: str) -> Field:
    """Return a field of an address, which may be missing."""
    return _column(column, URL, description, null=True)


def worked_out(
    name: str, type_: Any, description: str, needs: Sequence[str], work_out: Callable[[Row], Any]
) -> Field:
    """Return a field that is worked out from some columns."""
    return Field(name, type_, description, FromRow(tuple(needs), work_out))


def without(fields: Iterable[Field], *names: str) -> tuple[Field, ...]:
    """Return the fields but those with these names."""
    return tuple(found for found in fields if found.name not in names)
