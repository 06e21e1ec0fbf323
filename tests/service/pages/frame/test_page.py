"""A page's query is complete: anybody can send it as it is."""

import pytest
from graphql import FragmentDefinitionNode, parse

from service.pages.frame.page import fragment
from service.pages.routes import PAGES

QUERIES = {
    query.name: query
    for page in PAGES
    for query in (*page.queries, *(one.query for one in page.further))
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_brings_each_fragment_that_it_spreads_once_and_no_others(name: str) -> None:
    text = QUERIES[name].document
    document = parse(text)
    names = [
        one.name.value for one in document.definitions if isinstance(one, FragmentDefinitionNode)
    ]
    assert len(names) == len(set(names))
    for one in names:
        assert f"...{one}\n" in text


def test_a_fragment_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        fragment("Nothing")
