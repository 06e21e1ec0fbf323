"""The types of the graph: classes, of which a schema is made that reads rows."""

import subprocess
import sys
from collections.abc import Callable
from types import new_class
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    introspection_from_schema,
)

from projections.insights.answers import ARGUMENTS, ORDER
from projections.models import SUBJECTS
from projections.models.learnings import Adoptions
from projections.queries.lists import BY_VIEWER, InColumn, derived
from projections.queries.row_ids import KeyNaming
from service.graphql.declaration_checks import check
from service.graphql.fields.columns import column
from service.graphql.fields.field import SOURCE, Misdeclared
from service.graphql.fields.references import of_stream, one, some
from service.graphql.fields.shapes import Shape, fact, listed
from service.graphql.figure_documents import document
from service.graphql.filters.filters import ways
from service.graphql.insights.figures import Figure
from service.graphql.insights.glossary import GLOSSARY
from service.graphql.insights.json_answers import plain
from service.graphql.insights.subjects import PLAIN
from service.graphql.limits.query_size import Limits
from service.graphql.lists.connections import many
from service.graphql.lists.pages import Connection
from service.graphql.lookups.subjects import by_key, every
from service.graphql.schema import Schema, sdl
from service.graphql.types.entries.event import LogEvent
from service.graphql.types.iterations import Iteration
from service.graphql.types.learnings import Adoption
from service.graphql.types.listed import SHAPES


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_column_that_a_field_looks_at_is_one_of_its_table(shape: Shape) -> None:
    type_ = Schema().graph.type_map[shape.name]
    assert isinstance(type_, GraphQLObjectType)
    known = {*shape.table.c.keys(), *BY_VIEWER}
    for name, field in type_.fields.items():
        assert set(field.extensions[SOURCE].needs) <= known, name
    for name, way in ways(shape).items():
        if way.looks_at is not None:
            kind, column, own = way.looks_at
            assert column in known and own in SUBJECTS[kind].c, name
        else:
            assert way.column in known, name
    assert set(shape.orders) <= known | derived(shape.table).keys()


def declared(annotation: Any, value: Any, declare: Callable[[Any], Any]) -> Any:
    """Return a class with one field, declared as a type of the graph."""

    def fill(body: dict[str, Any]) -> None:
        body.update(__doc__="Made.", __annotations__={"more": annotation})
        if value is not None:
            body["more"] = value

    return declare(new_class("Made", (), {}, fill))


@pytest.mark.parametrize(
    ("annotation", "value", "wrong"),
    [
        (str, column("It."), "adoptions has no column more"),
        (str, column("It.", "ketchup"), "adoptions has no column ketchup"),
        (int, column("It.", "adaptation"), "adoptions.adaptation has values of str"),
        (Iteration | None, column("It.", "iteration"), "adoptions.iteration has values of str"),
        (str, None, "it declares no source of its values, such as `column` or `one`"),
        (Iteration, one("It.", "iteration"), "the form X, expected X | None"),
        (list[Iteration], one("It.", "iteration"), "the form list[X], expected X | None"),
        (
            str | None,
            one("It.", "iteration"),
            "its annotation does not name the class of a subject",
        ),
        (
            LogEvent | None,
            one("It.", "iteration"),
            "its annotation does not name the class of a subject",
        ),
        (Iteration | None, one("It."), "adoptions has no column more"),
        (Iteration | None, some("It.", "iteration"), "the form X | None, expected list[X]"),
        (
            list[str],
            some("It.", "iteration"),
            "its annotation does not name the class of a subject",
        ),
        (Iteration, of_stream("It.", "iteration"), "the form X, expected X | None"),
        (list[Adoption], many("It.", InColumn("about")), "list[X], expected Connection[X]"),
        (Connection[Adoption], many("It.", InColumn("adopted")), "adoptions has no column key"),
        (
            Connection[Adoption],
            many("It.", InColumn("adopted"), parent="iteration"),
            "adoptions has no column adopted",
        ),
        (Iteration, by_key("It"), "the form X, expected X | None"),
        (LogEvent | None, by_key("It"), "its annotation does not name the class of a subject"),
        (list[Adoption], every("such"), "the form list[X], expected Connection[X]"),
        (
            "Ketchup | None",
            one("It.", "iteration"),
            "its annotation names a class that neither its module",
        ),
    ],
)
def test_a_field_that_is_declared_wrongly_is_refused_with_what_is_wrong(
    annotation: Any, value: Any, wrong: str
) -> None:
    made = declared(annotation, value, fact(Adoptions, about="learning", plural="such"))
    with pytest.raises(Misdeclared, match=r"^Made\.more: ") as refused:
        check(made)
    assert wrong in str(refused.value)


def test_a_class_that_is_declared_wrongly_is_refused_at_once() -> None:
    value = column("It.", "adaptation")
    with pytest.raises(Misdeclared, match=r"^Made\.more: adoptions has no such column$"):
        declared(str, value, fact(Adoptions, about="more", plural="such"))
    with pytest.raises(Misdeclared, match=r"^Made\.rank: adoptions has no such column$"):
        declared(str, value, listed(Adoptions, plural="such", naming=KeyNaming(), orders=("rank",)))
    with pytest.raises(Misdeclared, match=r"^Made\.more: the glossary does not describe more$"):
        declared(int, None, plain)
    with pytest.raises(TypeError, match=r"^Made has no docstring"):
        plain(type("Made", (), {}))


@pytest.mark.parametrize(
    ("name", "annotation", "wrong"),
    [
        ("ketchup", int, "projections.insights has no figure ketchup"),
        ("leavers", int, r"its annotation must end in `\| None`"),
        ("openness", int, r"its annotation must end in `\| None`"),
    ],
)
def test_a_figure_has_the_name_of_its_definition_and_may_be_null(
    name: str, annotation: Any, wrong: str
) -> None:
    figure = Figure(())
    figure.python_name = name
    figure.type = annotation
    with pytest.raises(Misdeclared, match=rf"^object\.{name}: {wrong}"):
        figure.complete(GraphQLField(GraphQLInt), object)


def test_every_figure_is_a_field_and_takes_its_own_arguments() -> None:
    type_ = Schema().graph.type_map["Insights"]
    assert isinstance(type_, GraphQLObjectType)
    found = {name: tuple(field.args) for name, field in type_.fields.items()}
    assert found == {"partial": (), **{name: ARGUMENTS.get(name, ()) for name in ORDER}}


def test_descriptions_by_field_name_describe_existing_fields() -> None:
    types = [
        type_ for type_ in Schema().graph.type_map.values() if isinstance(type_, GraphQLObjectType)
    ]
    of_figures = {
        name
        for type_ in types
        if PLAIN in type_.extensions
        for name, field in type_.fields.items()
        if SOURCE not in field.extensions
    }
    assert GLOSSARY.keys() == of_figures


def test_the_graph_describes_terms_fields_of_entries_and_filters_in_the_vocabularys_words() -> None:
    types = Schema().graph.type_map
    degree: Any = types["Degree"]
    assert degree.values["TOLERABLE_FAILURE"].description == (
        "Tolerable failure. It fell short, but one can live with it. Written `tolerable_failure` in events."
    )
    recorded: Any = types["FailureRecorded"]
    assert recorded.fields["intended"].description == "What did you hope or plan would happen?"
    assert recorded.fields["failure"].description.startswith("The failure that it creates.")
    where: Any = types["FailureFilter"]
    assert where.fields["degree"].description.startswith("The degree of failure or success")


def test_nothing_of_strawberrys_runs_between_a_row_and_its_value() -> None:
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


def test_introspection_says_of_inputs_alone_whether_they_are_one_of() -> None:
    document("funnel", {})
    found: Any = introspection_from_schema(Schema().graph)["__schema"]["types"]
    one_of = {type_["name"]: type_["isOneOf"] for type_ in found}
    assert {name for name, is_one_of in one_of.items() if is_one_of} == {"AsOf"}
    inputs = {type_["name"] for type_ in found if type_["kind"] == "INPUT_OBJECT"}
    assert {name for name, is_one_of in one_of.items() if is_one_of is not None} == inputs


def test_each_schema_states_its_own_bound_on_a_lists_rows() -> None:
    short, long = sdl(Limits(list_size_max=7)), sdl(Limits(list_size_max=900))
    assert "1 to 7" in short
    assert "1 to 900" in long
    for of_short, of_long in (
        ("1 to 7", "1 to 900"),
        ("at most 7. May be empty", "at most 900. May be empty"),
        ("the first 7 rows", "the first 50 rows"),
        ("Null for 7.", "Null for 50."),
    ):
        assert of_short in short
        short = short.replace(of_short, of_long)
    assert short == long


def test_the_command_line_starts_without_the_graph() -> None:
    asked = "import sys, service.cli; print([*sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert "'typer'" in done.stdout
    assert "'strawberry'" not in done.stdout
    assert "'graphql'" not in done.stdout
