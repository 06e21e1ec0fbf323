"""Queries at random over a whole schema, with variables, fragments, aliases and directives; some are wrong."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

WORDS = ("a", "the", "50%", "o_e", "Trust", "place", "è")
MOMENTS = ("2024-04-01T00:00:00Z", "2024-05-01T00:00:00+01:00", "2024-03-01T00:00:00.5Z")
BOUNDS = {"from": "2024-02-01T00:00:00Z", "to": "2025-12-01T00:00:00Z", "min": 2, "max": 5}
RARE = {"insights": 0.3, "search": 0.3, "events": 0.3, "journey": 0.3, "event": 0.5}
"""What is executed as usual is asked for less often."""


class Query(NamedTuple):
    """A document with the values of its variables."""

    text: str
    variables: Mapping[str, Any]


class Queries:
    """Makes queries with at most one fault, since it is undefined which of several is reported first.

    `keys` are keys by kind; `given` are more texts for arguments, by argument.
    """

    def __init__(self, schema: GraphQLSchema, keys: Mapping[str, Sequence[str]], seed: int) -> None:
        self.schema = schema
        self.keys = keys
        self.given: dict[str, list[str]] = {}
        self.dice = Random(seed)
        self._variables: dict[str, tuple[str, Any]] = {}
        self._fragments: list[str] = []
        self._wrongs = 0

    def one(self) -> Query:
        """Return another query."""
        self._variables, self._fragments = {}, []
        self._wrongs = int(self._may(0.15))
        query = self.schema.query_type
        assert query is not None
        selected = self._selected(query, self.dice.choice([2, 3, 4]))
        declared = ", ".join(f"${name}: {type_}" for name, (type_, _) in self._variables.items())
        head = f"query Q({declared})" if declared else "query Q"
        values = {name: value for name, (_, value) in self._variables.items()}
        return Query("\n".join([f"{head} {selected}", *self._fragments]), values)

    def _is_wrong(self, chance: float = 0.1) -> bool:
        found = self._wrongs > 0 and self._may(chance)
        self._wrongs -= found
        return found

    def _may(self, chance: float) -> bool:
        return self.dice.random() < chance

    def _selected(self, type_: Any, depth: int) -> str:
        return "{ " + (" ".join(self._members(type_, depth)) or "__typename") + " }"

    def _members(self, type_: Any, depth: int) -> list[str]:
        dice = self.dice
        found = ["__typename"] if self._may(0.1) else []
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            found.append("__typename")
            possible = list(self.schema.get_possible_types(type_))
            for one in dice.sample(possible, min(3, len(possible))):
                found.append(self._fragment(one, depth))
        if isinstance(type_, GraphQLUnionType):
            return found
        names = list(type_.fields)
        dice.shuffle(names)
        for name in names[: dice.choice([2, 3, 5, 8])]:
            field = type_.fields[name]
            below = get_named_type(field.type)
            if (is_leaf_type(below) or depth > 0) and self._may(RARE.get(name, 1)):
                found.append(self._field(name, field, below, depth))
        if isinstance(type_, GraphQLObjectType) and depth > 0 and self._may(0.1):
            found.append(self._fragment(type_, depth - 1))
        return found

    def _fragment(self, type_: GraphQLObjectType, depth: int) -> str:
        selected = self._selected(type_, depth - 1)
        if self._may(0.7):
            return f"... on {type_.name} {selected}"
        name = f"F{len(self._fragments)}"
        self._fragments.append(f"fragment {name} on {type_.name} {selected}")
        return f"...{name}"

    def _field(self, name: str, field: GraphQLField, below: Any, depth: int) -> str:
        arguments = []
        sizes = {"first", "last"} & field.args.keys()
        left_out = {self.dice.choice(["first", "last"])} if len(sizes) > 1 else set()
        if sizes and self._is_wrong():
            left_out = self.dice.choice([set(), sizes])
        for argument, of in field.args.items():
            is_cursor = argument in ("after", "before")
            is_asked = self._is_wrong(0.5) if is_cursor else self._may(0.25)
            if argument in sizes - left_out or is_required_argument(of) or is_asked:
                if argument in left_out:
                    continue
                arguments.append(f"{argument}: {self._value(name, argument, of.type)}")
        text = f"{name}({', '.join(arguments)})" if arguments else name
        # What is asked with other arguments has another name.
        text = f"a{self.dice.randrange(10**6)}: {text}" if arguments or self._may(0.1) else text
        if self._may(0.05):
            directive, value = self.dice.choice(["skip", "include"]), self._may(0.5)
            text = f"{text} @{directive}(if: {self._as_variable('Boolean!', value)})"
        return text if is_leaf_type(below) else f"{text} {self._selected(below, depth - 1)}"

    def _as_variable(self, type_: str, value: Any) -> str:
        name = f"v{len(self._variables)}"
        self._variables[name] = type_, value
        return f"${name}"

    def _value(self, field: str, name: str, type_: Any) -> str:
        value = self._made(field, name, type_)
        return self._as_variable(str(type_), value) if self._may(0.3) else _literal(value)

    def _made(self, field: str, name: str, type_: Any) -> Any:
        """Return a value of an input's type; names of enumerations are `Name`s."""
        dice = self.dice
        match type_:
            case GraphQLNonNull():
                return self._made(field, name, type_.of_type)
            case GraphQLList():
                return [
                    self._made(field, name, type_.of_type) for _ in range(dice.choice([0, 1, 2]))
                ]
            case GraphQLEnumType():
                return Name(dice.choice(list(type_.values)))
            case GraphQLInputObjectType():
                fields = list(type_.fields.items())
                if type_.is_one_of:
                    fields = [dice.choice(fields)]
                    return {one: self._made(field, one, of.type) for one, of in fields}
                return {
                    one: self._made(field, one, of.type)
                    for one, of in fields
                    if is_required_input_field(of)
                    or self._may(0.05 if get_named_type(of.type) is type_ else 0.25)
                }
        if name in BOUNDS:
            return BOUNDS[name]
        match type_.name:
            case "Int" | "Position" | "Count":
                return dice.choice([0, 101] if self._is_wrong() else [1, 2, 3, 7, 7, 30])
            case "Float":
                return dice.choice([0.5, 1.0])
            case "Boolean":
                return self._may(0.5)
            case "DateTime":
                return dice.choice(MOMENTS)
            case "Date":
                return "2024-04-01"
        if self.given.get(name) and self._may(0.8):
            return dice.choice(self.given[name])
        kind = field if name == "key" else name
        if kind in self.keys and self._may(0.9):
            return dice.choice(self.keys[kind])
        return "" if self._is_wrong() else dice.choice(WORDS)


class Name(str):
    """The name of a value of an enumeration."""


def _literal(value: Any) -> str:
    match value:
        case Name():
            return str(value)
        case str():
            return f'"{value}"'
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(_literal, value))}]"
        case dict():
            return "{" + ", ".join(f"{name}: {_literal(one)}" for name, one in value.items()) + "}"
    return str(value)
