"""What is declared of the figures: the units of their fields, and the query for a whole figure."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from graphql import GraphQLField, GraphQLFloat, GraphQLInt, GraphQLObjectType, get_named_type

from service.graphql.declared import Declared
from service.graphql.insights.figures import Insights
from service.graphql.insights.glossary import COUNT, GLOSSARY

GENERATIONS_MAX: Final = 15
"""How many generations of a tree are asked for: with them, a query is as deep as servers take it."""


def units(figure: str) -> dict[str, str]:
    """Return the units of a figure's numbers, by the name of the field."""
    type_ = get_named_type(_figures()[figure].type)
    found = {}
    for name, field in _fields(type_, set()):
        unit = GLOSSARY[name].unit
        if unit is None and get_named_type(field.type) in (GraphQLInt, GraphQLFloat):
            unit = COUNT
        if unit is not None:
            found[name] = unit
    return found


def document(figure: str, arguments: Mapping[str, Any]) -> str:
    """Return the query for a figure with all of its fields, and for `partial`.

    Its variables are `filter`, `asOf`, `at` and the arguments.
    """
    field = _figures()[figure]
    given = {name: argument for name, argument in field.args.items() if name in arguments}
    variables = "".join(f", ${name}: {argument.type}" for name, argument in given.items())
    passed = ", ".join(f"{name}: ${name}" for name in given)
    asked = f"{figure}({passed})" if passed else figure
    selected = " ".join(_selected(get_named_type(field.type), GENERATIONS_MAX))
    return (
        f"query($filter: InsightsFilter, $asOf: Position, $at: DateTime{variables}) "
        f"{{ insights(filter: $filter, asOf: $asOf, at: $at) {{ partial {asked} {{ {selected} }} }} }}"
    )


@cache
def _figures() -> Mapping[str, GraphQLField]:
    query_type = Declared(Insights).graph.query_type
    assert query_type is not None
    fields: Mapping[str, GraphQLField] = query_type.fields
    return fields


def _fields(type_: Any, seen: set[str]) -> Iterator[tuple[str, GraphQLField]]:
    """Yield every field of a type, and of the types below it, once each."""
    if not isinstance(type_, GraphQLObjectType) or type_.name in seen:
        return
    seen.add(type_.name)
    for name, field in type_.fields.items():
        yield name, field
        yield from _fields(get_named_type(field.type), seen)


def _selected(type_: Any, generations: int) -> Iterator[str]:
    for name, field in type_.fields.items():
        below = get_named_type(field.type)
        if not isinstance(below, GraphQLObjectType):
            yield name
        elif below is not type_:
            yield f"{name} {{ {' '.join(_selected(below, generations))} }}"
        elif generations:
            yield f"{name} {{ {' '.join(_selected(below, generations - 1))} }}"
