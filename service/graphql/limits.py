"""How large a query may be. Each fragment is measured once, however often it is spread.

Strawberry's own limiters follow every spread: fragments that spread each other twice, thirty deep, keep them busy for
hours.
"""

from typing import Any, Final, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)

from service.graphql.errors import refusal

DEPTH_MAX: Final = 10
ALIASES_MAX: Final = 15
TOKENS_MAX: Final = 500


class Size(NamedTuple):
    """How deep a selection goes, and how many aliases it has, each counted as often as it stands there."""

    depth: int = 0
    aliases: int = 0


class SizeRule(ValidationRule):
    """Refuses queries that are too deep or have too many aliases. Introspection's own fields count for nothing."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._fragments: dict[str, Size] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        """Measure an operation."""
        size = self._size(node.selection_set)
        if size.depth > DEPTH_MAX:
            self.report_error(
                refusal(
                    "query.too_deep",
                    f"The query is {size.depth} deep; at most {DEPTH_MAX} will do.",
                )
            )
        if size.aliases > ALIASES_MAX:
            self.report_error(
                refusal("query.too_many_aliases", f"The query has more than {ALIASES_MAX} aliases.")
            )

    def _size(self, selected: SelectionSetNode | None) -> Size:
        depth = aliases = 0
        for node in selected.selections if selected else ():
            if isinstance(node, FragmentSpreadNode):
                size = self._fragment(node.name.value)
            elif isinstance(node, FieldNode):
                if node.name.value.startswith("__"):
                    continue
                below = self._size(node.selection_set)
                size = Size(below.depth + 1, below.aliases + (node.alias is not None))
            elif isinstance(node, InlineFragmentNode):
                size = self._size(node.selection_set)
            else:
                continue
            depth = max(depth, size.depth)
            aliases += size.aliases
        return Size(depth, aliases)

    def _fragment(self, name: str) -> Size:
        if name not in self._fragments:
            # A fragment that spreads itself is refused by a rule of GraphQL's own; here it ends the measuring.
            self._fragments[name] = Size()
            fragment: FragmentDefinitionNode | None = self.context.get_fragment(name)
            if fragment is not None:
                self._fragments[name] = self._size(fragment.selection_set)
        return self._fragments[name]
