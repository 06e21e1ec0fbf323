"""The types of the graph: classes, of which a schema is made that reads rows."""

import subprocess
import sys

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType

from projections.listing import JUDGED
from service.graphql.fields.field import SOURCE
from service.graphql.fields.shapes import Shape
from service.graphql.limits import Limits
from service.graphql.schema import Schema, sdl
from service.graphql.types.listed import SHAPES


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_column_that_a_field_looks_at_is_one_of_its_table(shape: Shape) -> None:
    type_ = Schema().graph.type_map[shape.name]
    assert isinstance(type_, GraphQLObjectType)
    known = {*shape.table.c.keys(), *JUDGED}
    for name, field in type_.fields.items():
        assert set(field.extensions[SOURCE].needs) <= known, name
    assert {by.column for by in shape.filters.values()} <= known
    assert set(shape.orders) <= known


def test_nothing_of_strawberrys_stands_between_a_row_and_its_value() -> None:
    for name, type_ in Schema().graph.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(type_, GraphQLObjectType):
            assert type_.is_type_of is None, name
            for field in type_.fields.values():
                assert getattr(field.resolve, "__module__", "service").startswith("service"), name
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            assert type_.resolve_type is not None
            assert type_.resolve_type.__module__.startswith("service"), name


def test_each_schema_tells_its_own_bound_on_a_lists_rows() -> None:
    short, long = sdl(Limits(list_size_max=7)), sdl(Limits(list_size_max=900))
    assert "1 to 7" in short
    assert "1 to 900" in long
    assert short.replace("1 to 7", "1 to 900") == long


def test_the_command_line_starts_without_the_graph() -> None:
    asked = "import sys, service.cli; print([*sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert "'typer'" in done.stdout
    assert "'strawberry'" not in done.stdout
    assert "'graphql'" not in done.stdout
