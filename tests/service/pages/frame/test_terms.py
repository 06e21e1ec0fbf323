"""Every value of every closed list of the graph has its words."""

import pytest
from graphql import GraphQLEnumType

from service.graphql.type_system import graph_of
from service.pages.frame import terms

LISTS = [
    type_
    for type_ in graph_of(100).type_map.values()
    if isinstance(type_, GraphQLEnumType)
    and not type_.name.endswith(("Order", "OrderBy", "Direction"))
    and not type_.name.startswith("__")
    and type_.name not in {"Closing", "EntryType", "Kind", "Role"}
]


@pytest.mark.parametrize("type_", LISTS, ids=lambda type_: type_.name)
def test_every_value_has_a_title_and_a_meaning(type_: GraphQLEnumType) -> None:
    for name in type_.values:
        assert terms.title(type_.name, name)
        assert terms.meaning(type_.name, name).endswith(".")


def test_levels_of_evidence_are_found_by_their_numbers() -> None:
    assert terms.title("EvidenceLevel", 1) == "An account of why"
