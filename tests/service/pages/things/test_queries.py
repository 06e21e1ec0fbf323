"""The queries of the pages of things are answered by one statement, but for the visitor and the events of a stream."""

import pytest

from service.graphql.explain import explained
from service.pages.frame.page import Page
from service.pages.things import PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.folder)
def test_a_thing_with_all_that_refers_to_it_is_compiled(page: Page) -> None:
    [query] = page.queries
    plan = explained(query.document, None, None, "read_models")
    [compiled] = [line for line in plan.splitlines() if line.startswith("# one statement: ")]
    assert "thing" in compiled
    [others] = [line for line in plan.splitlines() if line.startswith("# executed by resolvers: ")]
    assert set(others.partition(": ")[2].split(", ")) <= {"viewer", "events"}
