"""The tables of a download: one for each list of a cohort in the graph, with a column for each field.

What the graph says of its fields says what is in a column, so a new field of the vocabulary is in the next download.
Left out are persons and their names, the fields that are the same for all, and lists, which have tables of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from strawberry.utils.str_converters import to_snake_case

ROWS_MAX: Final = 2_000
"""The most rows of a table. All tables are read at once, at one moment."""
DOWNLOAD_COST_MAX: Final = 2_000_000
"""A limit for the cost of the query that asks for them."""

_LEFT_OUT: Final = frozenset(
    {"id", "stream", "visibility", "corrections", "facilitator", "evaluators"}
)
_TYPES: Final = {
    "Int": "integer",
    "Position": "integer",
    "Count": "integer",
    "Float": "number",
    "Boolean": "boolean",
    "DateTime": "datetime",
    "Date": "date",
}
"""The types of columns (https://datapackage.org/standard/table-schema/) by those of the graph; others are texts."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column with the values of a field of the graph, which is called `field` there.

    `type` is the type of a value. `terms` is the name of the closed list that has the values. If the field leads to
    subjects, `reference` is the field that names them. If it leads to other objects, `parts` are their fields.
    """

    name: str
    field: str
    description: str
    type: str
    is_list: bool
    terms: str | None = None
    reference: str | None = None
    parts: Sequence["Column"] = ()

    @property
    def selection(self) -> str:
        """What the query selects."""
        inner = self.reference or " ".join(part.selection for part in self.parts)
        return f"{self.field} {{ {inner} }}" if inner else self.field

    def value(self, row: Mapping[str, Any]) -> Any:
        """Return the value in a row of the answer, with terms and names as in events."""
        found = row[self.field]
        if self.is_list:
            return [self._one(one) for one in found]
        return None if found is None else self._one(found)

    def _one(self, found: Any) -> Any:
        if self.reference is not None:
            return found and found[self.reference]
        if self.parts:
            return {part.name: part.value(found) for part in self.parts}
        return found.lower() if self.terms is not None else found


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, the field of a cohort with its rows, what is in it, and its columns.

    `field` is None for the table of the cohort itself.
    """

    name: str
    kind: str
    field: str | None
    description: str
    columns: Sequence[Column]

    @property
    def key(self) -> str | None:
        """The column that names a row, if there is one."""
        names = {column.name for column in self.columns}
        return next((name for name in ("key", "position") if name in names), None)


def tables(graph: GraphQLSchema) -> Sequence[Table]:
    """Return the tables of a cohort, that of the cohort itself first."""
    cohort = graph.type_map["Cohort"]
    assert isinstance(cohort, GraphQLObjectType)
    found = [Table("cohort", "Cohort", None, cohort.description or "", _columns(cohort))]
    for name, field in cohort.fields.items():
        rows = _rows(field)
        if rows is not None and rows.name != "TimelineEntry":
            description = " ".join((rows.description or "").split())
            found.append(Table(to_snake_case(name), rows.name, name, description, _columns(rows)))
    return found


def query(of: Sequence[Table]) -> str:
    """Return the query for all rows of the tables. A list with more than `ROWS_MAX` rows has a next page."""
    whole, *lists = of
    return "\n".join(
        (
            "query Download($key: String!) {",
            "  liveCursor",
            "  cohort(key: $key) {",
            *(f"    {column.selection}" for column in whole.columns),
            *(_list(one) for one in lists),
            "  }",
            "}",
        )
    )


def _list(one: Table) -> str:
    columns = " ".join(column.selection for column in one.columns)
    return (
        f"    {one.field}(first: {ROWS_MAX}) {{ pageInfo {{ hasNextPage }} nodes {{ {columns} }} }}"
    )


def _rows(field: GraphQLField) -> Any:
    """Return the type of the rows of a list, None if the field is no list with pages."""
    page = get_named_type(field.type)
    if not isinstance(page, GraphQLObjectType) or "nodes" not in page.fields:
        return None
    return get_named_type(page.fields["nodes"].type)


def _columns(rows: GraphQLObjectType) -> Sequence[Column]:
    return [_column(name, field) for name, field in rows.fields.items() if _is_column(name, field)]


def _is_column(name: str, field: GraphQLField) -> bool:
    type_ = get_named_type(field.type)
    # Fields with arguments are lists with pages, and journeys.
    return name not in _LEFT_OUT and type_.name != "Person" and not field.args


def _column(name: str, field: GraphQLField) -> Column:
    type_ = get_named_type(field.type)
    reference = _reference(type_)
    is_object = isinstance(type_, GraphQLObjectType)
    return Column(
        name=to_snake_case(name),
        field=name,
        description=" ".join((field.description or "").split()),
        type=_TYPES.get(type_.name, "object" if is_object and not reference else "string"),
        is_list=is_list_type(get_nullable_type(field.type)),
        terms=type_.name if isinstance(type_, GraphQLEnumType) else None,
        reference=reference,
        parts=_columns(type_) if isinstance(type_, GraphQLObjectType) and not reference else (),
    )


def _reference(type_: Any) -> str | None:
    """Return the field that names subjects of a type, None if they are no subjects."""
    if isinstance(type_, GraphQLInterfaceType):
        return "stream"
    is_subject = isinstance(type_, GraphQLObjectType) and "key" in type_.fields
    return "key" if is_subject else None
