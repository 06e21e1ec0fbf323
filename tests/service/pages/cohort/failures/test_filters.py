import pytest

from service.pages.cohort.failures.filters import filters_of
from tests.service.pages.cohort.visits import visit


def test_filters_are_the_words_of_events_in_the_address() -> None:
    filters = filters_of(visit(organisation="mill", type="basic", degree="outright_failure"))
    assert filters.where == {
        "organisation": ["mill"],
        "failureType": ["BASIC"],
        "degree": ["OUTRIGHT_FAILURE"],
    }
    assert filters.are_set


@pytest.mark.parametrize("given", ["", "bad", "BASIC' OR 1=1", "<script>"])
def test_what_is_no_term_is_left_out(given: str) -> None:
    filters = filters_of(visit(organisation="", type=given))
    assert filters.where == {}
    assert not filters.are_set


def test_an_address_keeps_the_other_filters() -> None:
    filters = filters_of(visit(organisation="mill & co", type="basic"))
    assert filters.having("facet", "PROFILE") == (
        "/cohorts/valley?organisation=mill+%26+co&type=basic&facet=profile"
    )
    assert filters.having("type", None) == "/cohorts/valley?organisation=mill+%26+co"
