"""A plan: one statement for an operation, whoever asks, and the values that each request gives it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)
from graphql.execution import VariableValues
from sqlalchemy import Select, Text, cast, literal, select

import service.graphql.compiled.lists
import service.graphql.compiled.timelines  # noqa: F401  # they register what sources are compiled to
from service.graphql.arguments import key
from service.graphql.compiled.building import Binder, Building, Given, NotCompiled
from service.graphql.compiled.objects import Columns, expression, subject
from service.graphql.compiled.values import Expression
from service.graphql.fields.field import SOURCE
from service.graphql.fields.roots import ByKey
from service.graphql.limits import Limits
from service.graphql.selection import Selected


@expression.register
def _(source: ByKey, building: Building, row: Columns, selected: Selected) -> Expression:
    wanted = building.bind(Text(), lambda given: key(given.arguments(selected)["key"]))
    return subject(building, source.kind, wanted, selected.nodes)


@dataclass(frozen=True)
class Plan:
    """A statement with a column of JSON for each field of the answer, by `names`."""

    statement: Select[Any]
    names: tuple[str, ...]
    binders: Mapping[str, Binder]

    @classmethod
    def of(
        cls,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        limits: Limits,
    ) -> "Plan":
        """Return the plan of an operation with variables like these. Raises NotCompiled, and GraphQL errors."""
        if operation.operation is not OperationType.QUERY:
            raise NotCompiled("no query")
        fragments = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        building = Building(schema, fragments, variables, limits)
        query = building.type("Query")
        nodes: Any = [operation]
        of_slot = {one.slot: one for one in building.selection.of(query, nodes)}
        columns, names = [], []
        for name, same in building.selection.named(query, nodes).items():
            names.append(name)
            if same[0].name.value == "__typename":
                columns.append(literal('"Query"', Text))
                continue
            if f"@{name}" not in of_slot:
                raise NotCompiled("introspection")
            selected = of_slot[f"@{name}"]
            source = selected.field.extensions.get(SOURCE)
            columns.append(cast(expression(source, building, {}, selected), Text))
        labelled = (column.label(f"field{place}") for place, column in enumerate(columns))
        return cls(select(*labelled), tuple(names), building.binders)

    def values(self, variables: VariableValues) -> dict[str, Any]:
        """Return what a request gives the statement. Raises GraphQL errors about its arguments."""
        given = Given(variables)
        return {name: binder(given) for name, binder in self.binders.items()}

    def answer(self, row: Mapping[str, Any]) -> dict[str, str | None]:
        """Return the JSON of each field of the answer, from the statement's row."""
        return {name: row[f"field{place}"] for place, name in enumerate(self.names)}
