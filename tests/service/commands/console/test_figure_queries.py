"""Many figures are asked for in few queries, each within what servers allow by default."""

from typing import Any

from graphql import OperationDefinitionNode, parse

from projections.insights.answers import ORDER
from service.commands.console.figure_queries import (
    FIGURES_MAX,
    SCOPES_MAX,
    FigurePart,
    groups,
    halves,
    query,
)
from service.graphql.limits.query_size import Limits, QueryMeasure, too_large
from service.settings import Settings

NAMES = [name for name in ORDER if name not in ("triedBefore", "similarQuestions")]
OF_ONE = ("learningReach", "modesTried", "costOfLearning", "rhythm")


def part(number: int, names: list[str]) -> FigurePart:
    arguments = {name: {"organisation": "mill"} if name in OF_ONE else {} for name in names}
    return FigurePart(number, {"cohorts": ["one"]}, "2024-07-01T00:00:00+00:00", arguments)


def asked(group: list[FigurePart]) -> list[tuple[int, str]]:
    return [(one.number, name) for one in group for name in one.requested]


def test_every_figure_is_asked_for_once_and_in_order() -> None:
    parts = [part(0, NAMES), part(1, []), *(part(number, NAMES[:3]) for number in range(2, 40))]
    found = list(groups(parts))
    assert [one for group in found for one in asked(group)] == asked(parts)
    for group in found:
        assert len(group) <= SCOPES_MAX
        assert len(asked(group)) <= FIGURES_MAX
    # All figures of a scope with what they are over some months are two queries.
    assert len(list(groups([part(0, NAMES[:35]), *(part(1, NAMES[:3]) for _ in range(17))]))) == 2


def test_a_query_keeps_the_limits_that_servers_have_by_default() -> None:
    parts = [
        part(0, NAMES),
        *(part(number, ["funnel", "reach"]) for number in range(1, SCOPES_MAX)),
    ]
    for group in groups(parts):
        text, variables = query(group, 7)
        document = parse(text, max_tokens=Limits().tokens_max)
        assert len(text) <= Limits().characters_max
        [operation] = [
            one for one in document.definitions if isinstance(one, OperationDefinitionNode)
        ]
        declared = {one.variable.name.value for one in operation.variable_definitions or ()}
        assert declared == variables.keys()
        prices: dict[str, Any] = dict.fromkeys(NAMES, Settings().graphql_figure_cost)
        size = QueryMeasure(document, variables, prices).of(operation)
        assert too_large(size, Limits()) is None


def test_a_refused_query_is_halved_down_to_one_figure() -> None:
    whole = [part(0, NAMES[:5]), part(1, NAMES[:2])]
    first, second = halves(whole)
    assert asked([*first, *second]) == asked(whole)
    [large] = first
    assert [asked(one) for one in halves([large])] == [
        [(0, name) for name in NAMES[:3]],
        [(0, name) for name in NAMES[3:5]],
    ]
    one = [part(0, NAMES[:1])]
    assert halves(one) == [one]
