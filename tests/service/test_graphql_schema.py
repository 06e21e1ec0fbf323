"""The schema, as it is kept for frontends."""

from pathlib import Path

from graphql import GraphQLEnumType, GraphQLInterfaceType, GraphQLObjectType, build_schema

from service.graphql.schema import sdl

KEPT = Path(__file__).parents[2] / "schema.graphql"


def test_the_kept_schema_is_the_one_served() -> None:
    assert KEPT.read_text() == sdl(), "refresh it: howcanwe schema > schema.graphql"


def test_everything_is_described() -> None:
    missing = []
    for name, type_ in build_schema(sdl()).type_map.items():
        if name.startswith("__") or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        described = [(name, type_)]
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in type_.fields.items():
                described.append((f"{name}.{field_name}", field))
                described += [(f"{name}.{field_name}({a})", v) for a, v in field.args.items()]
        if isinstance(type_, GraphQLEnumType):
            described += [(f"{name}.{value}", found) for value, found in type_.values.items()]
        missing += [place for place, found in described if not found.description]
    assert missing == []
