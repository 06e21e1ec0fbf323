"""Figures as tables, and the fragments that ask for them."""

import pytest
from graphql import parse, validate

from service.graphql.figure_documents import definition, fragment, types
from service.graphql.figure_tables import lines, lists, single
from service.graphql.type_system import graph_of
from service.pages.figures.fitting import FITTING

FIGURE = {
    "n": 2,
    "items": ["iteration/a", "iteration/b"],
    "share": None,
    "list": [{"iteration": "a", "days": 1.5, "degrees": [{"degree": "x"}, {"degree": "y"}]}],
}


def test_values_and_rows_are_parted() -> None:
    assert single(FIGURE) == {"n": 2, "share": None}
    assert lists(FIGURE) == {"list": FIGURE["list"]}


def test_each_value_has_a_line_with_its_place_and_unit() -> None:
    assert list(lines(FIGURE, {"n": "count", "days": "days"})) == [
        ("", "n", 2, "count"),
        ("0", "items", "iteration/a", ""),
        ("1", "items", "iteration/b", ""),
        ("", "share", None, ""),
        ("0", "list.iteration", "a", ""),
        ("0", "list.days", 1.5, "days"),
        ("0/0", "list.degrees.degree", "x", ""),
        ("0/1", "list.degrees.degree", "y", ""),
    ]


@pytest.mark.parametrize("names", [FITTING, *([name] for name in FITTING)])
def test_a_fragment_asks_for_figures_with_the_names_of_their_subjects(names: list[str]) -> None:
    asking = "query { insights { ...Asked } }"
    document = parse(f"{asking} {fragment('Asked', names)}")
    assert validate(graph_of(100), document) == []
    assert "itemSubjects" not in fragment("Asked", names)


def test_a_figure_has_the_graphs_definition_and_the_lists_of_its_terms() -> None:
    assert definition("resultsByDecision") == "Concluded iterations (n) by result × decision."
    assert definition("openness").endswith("Null if a partial view would distort it.")
    assert types("resultsByDecision") == {"result": "Result", "decision": "Decision"}
    assert "organisationSubject { stream name }" in fragment("Asked", ["quietOrganisations"])
