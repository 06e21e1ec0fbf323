"""Queries for whole figures, and the units of their fields.

The command `howcanwe insights` and the pages use them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLInt,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
)

from service.graphql.fields.field import SOURCE
from service.graphql.insights.figures import Insights
from service.graphql.insights.glossary import COUNT, GLOSSARY
from service.graphql.type_system import graph_of

GENERATIONS_MAX: Final = 15
"""The number of generations of a tree that are queried. More would exceed the default limit for depth."""


NAMING: Final[Mapping[str, str]] = {
    "Ask": "text",
    "Cohort": "title",
    "Commitment": "text",
    "Failure": "actual",
    "Iteration": "title",
    "Learning": "statement",
    "Organisation": "name",
    "Pairing": "purpose organisations { name }",
    "Question": "text",
    "Subject": "... on Learning { statement } ... on Inspiration { title }",
}
"""The fields that name a subject for people, by its type. Where it may be of any, these are in figures."""


def definition(figure: str) -> str:
    """Return the definition of a figure, as the graph describes it."""
    return _figures()[figure].description or ""


def types(figure: str) -> dict[str, str]:
    """Return the names of the closed lists from which a figure's fields have values, by the names of the fields."""
    fields = _fields_below(_type(figure), set())
    found = ((name, get_named_type(field.type)) for name, field in fields)
    return {name: type_.name for name, type_ in found if isinstance(type_, GraphQLEnumType)}


def fragment(name: str, figures: Collection[str]) -> str:
    """Return a fragment with all fields of figures, and beside each key in their rows its subject with its name."""
    calls = (
        f"{figure} {{ {' '.join(_selected(_type(figure), GENERATIONS_MAX, named=True))} }}"
        for figure in figures
    )
    return f"fragment {name} on {Insights.__name__} {{ {' '.join(calls)} }}"


def units(figure: str) -> dict[str, str]:
    """Return the units of a figure's numbers, by the names of their fields."""
    found = {}
    for name, field in _fields_below(_type(figure), set()):
        unit = GLOSSARY[name].unit
        if unit is None and get_named_type(field.type) in (GraphQLInt, GraphQLFloat):
            unit = COUNT
        if unit is not None:
            found[name] = unit
    return found


def document(figure: str, arguments: Mapping[str, Any]) -> str:
    """Return the query for `partial` and for all fields of a figure.

    Its variables are `filter`, `asOf`, `at`, and the arguments of the figure that are in `arguments`.
    """
    field = _figures()[figure]
    declared = {name: argument for name, argument in field.args.items() if name in arguments}
    variables = "".join(f", ${name}: {argument.type}" for name, argument in declared.items())
    passed = ", ".join(f"{name}: ${name}" for name in declared)
    call = f"{figure}({passed})" if passed else figure
    selected = " ".join(_selected(_type(figure), GENERATIONS_MAX))
    return (
        f"query($filter: InsightsFilter, $asOf: Position, $at: DateTime{variables}) "
        f"{{ insights(filter: $filter, asOf: $asOf, at: $at) {{ partial {call} {{ {selected} }} }} }}"
    )


Requested = Mapping[str, Mapping[str, Any]]
"""Figures by name, each with its arguments, over one scope."""


def operation(requests: Sequence[Requested]) -> str:
    """Return the query for figures over several scopes, each with `partial`, as the fields `r0`, `r1` and so on.

    Its variables are `asOf`, `filter0` and `at0` for the first scope, and the arguments of figures with the name of the
    figure and the number of the scope, such as `rhythm_organisation0`. See `variables_of`.
    """
    declared, scopes = ["$asOf: Position"], []
    for number, requested in enumerate(requests):
        declared.append(f"$filter{number}: InsightsFilter, $at{number}: DateTime")
        calls = []
        for figure, arguments in requested.items():
            given = {one: f"${figure}_{one}{number}" for one in arguments}
            declared += (f"{given[one]}: {_figures()[figure].args[one].type}" for one in arguments)
            passed = ", ".join(f"{one}: {variable}" for one, variable in given.items())
            calls.append(f"{figure}{f'({passed})' if passed else ''} {{ ...{figure} }}")
        scopes.append(
            f"r{number}: insights(filter: $filter{number}, asOf: $asOf, at: $at{number}) "
            f"{{ partial {' '.join(calls)} }}"
        )
    # What a figure has is written once, however many scopes it is over.
    fragments = (
        f"fragment {figure} on {_type(figure).name} "
        f"{{ {' '.join(_selected(_type(figure), GENERATIONS_MAX))} }}"
        for figure in dict.fromkeys(figure for requested in requests for figure in requested)
    )
    return " ".join((f"query({', '.join(declared)}) {{ {' '.join(scopes)} }}", *fragments))


def variables_of(requests: Sequence[Requested]) -> dict[str, Any]:
    """Return the variables of an operation that are arguments of figures: terms have the names of enum values."""
    return {
        f"{figure}_{name}{number}": value
        for number, requested in enumerate(requests)
        for figure, arguments in requested.items()
        for name, value in in_graph(figure, arguments).items()
    }


def in_graph(figure: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a figure's arguments for a query: terms have the names of enum values."""
    field = _figures()[figure]
    return {
        name: _renamed(field.args[name].type, value, _names) for name, value in arguments.items()
    }


def in_events(figure: str, answer: Any) -> Any:
    """Return a figure from the answer to a query: terms are written as in events."""
    return _renamed(_figures()[figure].type, answer, _terms)


def of_events(figure: str, answer: Any) -> Any:
    """Return a figure as the graph writes it: terms have the names of enum values. The inverse of `in_events`."""
    return _renamed(_figures()[figure].type, answer, _names)


_ANY: Final = "subject"
"""Where subjects are of any kind: the name of their type."""

Subject = Callable[[str, str], Mapping[str, Any] | None]
"""Returns the subject of a kind with a key, with the fields of `NAMING`; None if it is hidden."""


def with_subjects(figure: str, answer: Mapping[str, Any], subject: Subject) -> Mapping[str, Any]:
    """Return a figure as `fragment` asks for it: beside each key in its rows stands the subject that it names."""
    found: Mapping[str, Any] = _named(_type(figure), answer, subject)
    return found


def _named(type_: Any, value: Any, subject: Subject) -> Any:
    if isinstance(value, list):
        return [_named(type_, one, subject) for one in value]
    if not isinstance(type_, GraphQLObjectType) or value is None:
        return value
    found = {
        name: _named(get_named_type(type_.fields[name].type), part, subject)
        for name, part in value.items()
    }
    for name, field in type_.fields.items():
        if _names_subjects(field):
            kind = get_named_type(field.type).name.lower()
            found[name] = _subjects(kind, value, name, subject)
    return found


def _subjects(kind: str, row: Mapping[str, Any], name: str, subject: Subject) -> Any:
    """Return what stands in the field of this name: the subject of one key, or those of several."""
    if name.endswith("Subject"):
        key = row[name.removesuffix("Subject")]
        if key is not None and kind == _ANY:
            kind, _, key = key.partition("/")
        return None if key is None else subject(kind, key)
    one = name.removesuffix("Subjects")
    return [subject(kind, key) for key in row[one if one in row else f"{one}s"]]


def _names_subjects(field: GraphQLField) -> bool:
    """Return whether a field leads from the keys of a row to subjects that are named; `items` are not."""
    type_ = get_named_type(field.type)
    is_list = isinstance(get_nullable_type(field.type), GraphQLList)
    return (
        SOURCE in field.extensions
        and type_.name in NAMING
        and not (is_list and type_.name.lower() == _ANY)
    )


def numbers(figure: str) -> tuple[str, ...]:
    """Return the names of a figure's single numbers."""
    known = units(figure)
    return tuple(
        name
        for name, field in _type(figure).fields.items()
        if name in known and get_nullable_type(field.type) in (GraphQLInt, GraphQLFloat)
    )


def _renamed(type_: Any, value: Any, of: Callable[[GraphQLEnumType], Mapping[str, str]]) -> Any:
    type_ = get_nullable_type(type_)
    match type_, value:
        case _, None:
            return None
        case GraphQLList(), _:
            return [_renamed(type_.of_type, item, of) for item in value]
        case GraphQLEnumType(), _:
            return of(type_)[value]
        case GraphQLObjectType(), _:
            # In the order of the graph: a figure of a log and one of a server read the same.
            return {
                name: _renamed(field.type, value[name], of)
                for name, field in type_.fields.items()
                if name in value
            }
        case _:
            return value


def _names(type_: GraphQLEnumType) -> Mapping[str, str]:
    return {value.value: name for name, value in type_.values.items()}


def _terms(type_: GraphQLEnumType) -> Mapping[str, str]:
    return {name: str(value.value) for name, value in type_.values.items()}


@cache
def _figures() -> Mapping[str, GraphQLField]:
    type_ = graph_of(1).type_map[Insights.__name__]
    assert isinstance(type_, GraphQLObjectType)
    fields: Mapping[str, GraphQLField] = type_.fields
    return fields


def _type(figure: str) -> GraphQLObjectType:
    type_ = get_named_type(_figures()[figure].type)
    assert isinstance(type_, GraphQLObjectType)
    return type_


def _fields_below(type_: Any, seen: set[str]) -> Iterator[tuple[str, GraphQLField]]:
    """Yield every field of a type and of the types below it, each type once."""
    if not isinstance(type_, GraphQLObjectType) or type_.name in seen:
        return
    seen.add(type_.name)
    for name, field in _fields(type_):
        yield name, field
        yield from _fields_below(get_named_type(field.type), seen)


def _fields(type_: GraphQLObjectType) -> Iterator[tuple[str, GraphQLField]]:
    """Yield the fields of a type that belong to the figure: those that lead from its keys to subjects do not."""
    for name, field in type_.fields.items():
        if SOURCE not in field.extensions:
            yield name, field


def _selected(type_: GraphQLObjectType, generations: int, *, named: bool = False) -> Iterator[str]:
    """Yield what selects the fields of a type; if `named`, also the subjects of its keys, but not those of `items`."""
    for name, field in type_.fields.items():
        below = get_named_type(field.type)
        if SOURCE in field.extensions:
            if named and _names_subjects(field):
                yield f"{name} {{ stream {NAMING[below.name]} }}"
        elif not isinstance(below, GraphQLObjectType):
            yield name
        elif below is not type_ or generations:
            left = generations - (below is type_)
            yield f"{name} {{ {' '.join(_selected(below, left, named=named))} }}"
