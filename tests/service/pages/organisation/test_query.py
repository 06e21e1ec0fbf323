"""The query of the page: PostgreSQL answers all of it in one statement, for every part of a journey."""

import pytest

from service.graphql.explain import explained
from service.pages.organisation import PAGES
from tests.service.pages.organisation.answers import visit

[PAGE] = PAGES


@pytest.mark.parametrize(
    "parameters",
    [{}, {"cohort": "valley"}, {"from_": "2024-07-01"}, {"cohort": "v", "from_": "2024-07-01"}],
)
def test_the_present_journey_is_one_statement(parameters: dict[str, str]) -> None:
    [query] = PAGE.queries
    variables = PAGE.variables_of(visit(**parameters), query)
    text = explained(query.document, variables, None, "read_models")
    assert "# one statement: organisation\n" in text
    # The executor answers who the visitor is, beside it.
    assert "# executed by resolvers: viewer\n" in text


def test_a_past_journey_is_within_the_limits() -> None:
    [query] = PAGE.queries
    variables = PAGE.variables_of(visit(as_of="120"), query)
    assert "cost" in explained(query.document, variables, None, "read_models")
