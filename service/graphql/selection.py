"""The fields that a query selects of a type, with their arguments and those in fragments."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    get_directive_values,
    is_abstract_type,
)
from graphql.execution import VariableValues, get_argument_values


@dataclass(frozen=True)
class Selected:
    """A selected field of a type, once for each response name; `slot` is the member of a row with its value."""

    slot: str
    field: GraphQLField
    nodes: Sequence[FieldNode]
    arguments: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of the field in the schema."""
        return self.nodes[0].name.value


class SelectionReader:
    """Reads the selections of one operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._found: dict[tuple[str, tuple[int, ...]], list[Selected]] = {}

    @classmethod
    def within(cls, info: GraphQLResolveInfo[Any]) -> Self:
        """Return a reader for the operation that is executed."""
        return cls(info.schema, info.fragments, info.variable_values)

    def of(self, type_: GraphQLObjectType, nodes: Sequence[FieldNode]) -> list[Selected]:
        """Return the fields that these nodes select of an object type.

        Fields of introspection are left out, and fields with invalid arguments, which the executor refuses later.
        """
        key = (type_.name, tuple(map(id, nodes)))
        if key not in self._found:
            self._found[key] = [
                Selected(slot_of(name), field, same, arguments)
                for name, same in self.named(type_, nodes).items()
                if (field := type_.fields.get(same[0].name.value)) is not None
                and (arguments := self._arguments(field, same[0])) is not None
            ]
        return self._found[key]

    def named(
        self, type_: GraphQLObjectType, nodes: Sequence[FieldNode]
    ) -> dict[str, list[FieldNode]]:
        """Return the nodes that these nodes select of an object type, by response name, with those of introspection."""
        grouped: dict[str, list[FieldNode]] = {}
        for node in nodes:
            selections = node.selection_set.selections if node.selection_set else ()
            for found in self._fields(type_, selections, set()):
                name = found.alias.value if found.alias else found.name.value
                grouped.setdefault(name, []).append(found)
        return grouped

    def child(
        self, type_: GraphQLObjectType, nodes: Sequence[FieldNode], *names: str
    ) -> dict[str, list[FieldNode]]:
        """Return the nodes that select fields with these names of a type, by field name."""
        found: dict[str, list[FieldNode]] = {}
        for selected in self.of(type_, nodes):
            if selected.name in names:
                found.setdefault(selected.name, []).extend(selected.nodes)
        return found

    def _arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any] | None:
        try:
            return get_argument_values(field, node, self._variables)
        except GraphQLError:
            return None

    def _fields(
        self, type_: GraphQLObjectType, selections: Iterable[SelectionNode], seen: set[str]
    ) -> Iterator[FieldNode]:
        for node in selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or self._applies(type_, condition.name.value):
                    yield from self._fields(type_, node.selection_set.selections, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self._fragments[node.name.value]
                if self._applies(type_, fragment.type_condition.name.value):
                    yield from self._fields(type_, fragment.selection_set.selections, seen)

    def _applies(self, type_: GraphQLObjectType, name: str) -> bool:
        if name == type_.name:
            return True
        condition = self._schema.get_type(name)
        if not is_abstract_type(condition):
            return False
        assert isinstance(condition, GraphQLAbstractType)
        return self._schema.is_sub_type(condition, type_)

    def _is_included(self, node: SelectionNode) -> bool:
        values = self._variables
        skip = get_directive_values(GraphQLSkipDirective, node, values)
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, values)
        return include is None or bool(include["if"])


def slot_of(name: str) -> str:
    """Return the member of a row that has the value of a field, by the field's response name."""
    return f"@{name}"
