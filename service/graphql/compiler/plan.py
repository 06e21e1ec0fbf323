"""Plans: one SQL statement for an operation, the same for all viewers, and the values that each request binds.

`documents` makes and caches plans, and `answers` runs them.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_variable_values,
    is_required_input_field,
    located_error,
    type_from_ast,
)
from graphql.execution import ExecutionResult, VariableValues
from sqlalchemy import ColumnElement, Text, cast, select

import service.graphql.compiler.corrections
import service.graphql.compiler.lists
import service.graphql.compiler.nodes
import service.graphql.compiler.timelines  # noqa: F401  # they register how sources are compiled
from projections.queries.prepared import Prepared
from service.graphql.compiler.objects import KeyedColumns, expression
from service.graphql.compiler.placeholders import Marks, Texts
from service.graphql.fields.field import SOURCE
from service.graphql.limits.query_size import Limits
from service.graphql.selection import Selected, slot_of
from service.graphql.sql_values.statement_context import (
    Binder,
    Building,
    NotCompiled,
    RequestValues,
)

CHARACTER_BYTES: Final = 64
"""The approximate memory for a character of a plan's statement, including the functions that bind and check values."""

_NO_ROW: Final = KeyedColumns({}, lambda request: "")
"""The row of the query itself, to which no key belongs."""


CHARACTERS_MAX: Final = 100_000
"""The longest statement. Each connection keeps its prepared statements in memory."""


@dataclass(frozen=True)
class Plan:
    """A plan: a statement with a column of JSON for each root field that can be compiled.

    - `names` has the response names of all root fields in order, and `columns` those in the statement.
    - `fields` has the nodes that select the columns.
    - `typenames` has the JSON of the fields `__typename`.
    - `rest` is the document with the other fields, which the executor executes. None if there are none.
    - `marks` stand for texts that PostgreSQL cannot write.
    """

    names: Sequence[str]
    columns: Mapping[str, str]
    fields: Mapping[str, Selected]
    typenames: Mapping[str, str]
    prepared: Prepared
    binders: Mapping[str, Binder]
    checks: Sequence[Binder]
    rest: DocumentNode | None
    marks: Marks | None

    @classmethod
    def of(
        cls,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        limits: Limits,
    ) -> "Plan":
        """Return the plan of an operation with variables of this form.

        Raises NotCompiled if no field can be compiled, and GraphQL errors about arguments.
        """
        if operation.operation is not OperationType.QUERY:
            raise NotCompiled("an operation that is not a query")
        fragments = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        building = Building(schema, fragments, variables, limits)
        query = building.type("Query")
        nodes: Any = [operation]
        named = building.selection.named(query, nodes)
        of_slot = {one.slot: one for one in building.selection.of(query, nodes)}
        columns: dict[str, ColumnElement[str]] = {}
        rest: list[FieldNode] = []
        typenames = [name for name, same in named.items() if same[0].name.value == "__typename"]
        for name, same in named.items():
            if name in typenames:
                continue
            checks = len(building.checks)
            try:
                if slot_of(name) not in of_slot:
                    raise NotCompiled("introspection")
                selected = of_slot[slot_of(name)]
                source = selected.field.extensions.get(SOURCE)
                columns[name] = cast(expression(source, building, _NO_ROW, selected), Text)
            except NotCompiled:
                del building.checks[checks:]
                rest += same
        if not columns:
            raise NotCompiled("all of its fields")
        labels = {name: f"field{number}" for number, name in enumerate(columns)}
        statement: Any = select(*(column.label(labels[name]) for name, column in columns.items()))
        prepared = Prepared(statement)
        if prepared.characters > CHARACTERS_MAX:
            raise NotCompiled(f"more than {CHARACTERS_MAX} characters")
        used = prepared.names & building.binders.keys()
        return cls(
            tuple(named),
            labels,
            {name: of_slot[slot_of(name)] for name in labels},
            dict.fromkeys(typenames, f'"{query.name}"'),
            prepared,
            {name: building.binders[name] for name in used},
            building.checks,
            _only(document, operation, rest) if rest else None,
            building.marks,
        )

    @property
    def bytes(self) -> int:
        """The approximate memory of the plan."""
        return CHARACTER_BYTES * self.prepared.characters

    def values(self, variables: VariableValues) -> dict[str, Any]:
        """Return the values that a request binds. Raises GraphQL errors about its arguments."""
        request = RequestValues(variables)
        for check in self.checks:
            check(request)
        return {name: binder(request) for name, binder in self.binders.items()}

    def failed(self, error: Exception) -> ExecutionResult:
        """Return the result if the statement failed.

        Each field has an error. If a field cannot be null, the data is null, and later fields have no error.
        """
        errors = []
        for name, selected in self.fields.items():
            errors.append(located_error(error, selected.nodes, [name]))
            if self.rest is not None or isinstance(selected.field.type, GraphQLNonNull):
                return ExecutionResult(None, errors[-1:])
        return ExecutionResult(dict.fromkeys(self.names), errors)

    def texts(self, row: Mapping[str, Any]) -> Texts:
        """Return the JSON of each compiled field of the answer, from the row of the statement."""
        return {**self.typenames, **{name: row[label] for name, label in self.columns.items()}}


def form(variables: VariableValues) -> Hashable:
    """Return the form of the variables, on which a plan depends: their names, and the values of some.

    Booleans and enumerations decide what is selected and how it is ordered, so their values are part of the form. All
    other values are only compared.
    """
    return tuple(
        (name, _form(variables.sources[name].signature.type, value))
        for name, value in variables.coerced.items()
    )


def _form(type_: Any, value: Any) -> Hashable:
    if isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    if value is None:
        return None
    match type_:
        case GraphQLList():
            items = tuple(_form(type_.of_type, item) for item in value)
            of = (
                type_.of_type.of_type
                if isinstance(type_.of_type, GraphQLNonNull)
                else type_.of_type
            )
            return items if isinstance(of, GraphQLInputObjectType) else bool(items)
        case GraphQLInputObjectType():
            return tuple(
                (name, _form(type_.fields[name].type, item)) for name, item in value.items()
            )
        case GraphQLEnumType():
            return str(value)
    return value if type_ is GraphQLBoolean else True


def placeholders(schema: GraphQLSchema, operation: OperationDefinitionNode) -> VariableValues:
    """Return possible values of the operation's variables: placeholders for required ones, defaults for others."""
    definitions = operation.variable_definitions or ()
    values = {
        node.variable.name.value: _placeholder(type_)
        for node in definitions
        if node.default_value is None
        and isinstance(type_ := type_from_ast(schema, node.type), GraphQLNonNull)
    }
    found = get_variable_values(schema, definitions, values)
    assert isinstance(found, VariableValues), found
    return found


def _placeholder(type_: Any) -> Any:
    """Return a possible value of an input type, as JSON."""
    match type_:
        case GraphQLNonNull():
            return _placeholder(type_.of_type)
        case GraphQLList():
            return [_placeholder(type_.of_type)]
        case GraphQLEnumType():
            return next(iter(type_.values))
        case GraphQLInputObjectType():
            must = (name for name, field in type_.fields.items() if is_required_input_field(field))
            return {name: _placeholder(type_.fields[name].type) for name in must}
        case GraphQLScalarType():
            return _SCALARS.get(type_.name, "a")


_SCALARS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("Int", "Position", "Count", "Float"), 1),
    "Boolean": True,
    "DateTime": "2024-01-01T00:00:00Z",
    "Date": "2024-01-01",
}


def _only(
    document: DocumentNode, operation: OperationDefinitionNode, fields: Sequence[FieldNode]
) -> DocumentNode:
    """Return a document with only these fields of an operation, and its fragments."""
    left = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=operation.directives,
        selection_set=SelectionSetNode(selections=tuple(fields)),
        loc=operation.loc,
    )
    fragments = (one for one in document.definitions if isinstance(one, FragmentDefinitionNode))
    return DocumentNode(definitions=(left, *fragments), loc=document.loc)
