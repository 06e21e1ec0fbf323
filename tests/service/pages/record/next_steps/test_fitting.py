from collections.abc import Mapping
from typing import Any

import pytest

from service.pages.record.next_steps.fitting import fits

MINE = {"state": "OPEN", "organisation": {"key": "mill"}, "closedAt": None, "shared": False}
SHARED = {"state": "ANSWERED", "organisation": None, "closedAt": "2024-01-01", "shared": True}
PAIRING = {"organisations": [{"key": "mill"}, {"key": "archive"}]}


@pytest.mark.parametrize(
    ("filter_", "mine", "shared"),
    [
        ({}, True, True),
        ({"state": ["OPEN"]}, True, False),
        ({"closedAt": {"none": True}}, True, False),
        ({"closedAt": {"none": False}}, False, True),
        ({"organisation": ["mill"]}, True, False),
        ({"not": {"organisation": ["mill"]}}, False, True),
        ({"or": [{"organisation": ["mill"]}, {"shared": True}]}, True, True),
        ({"and": [{"organisation": ["mill"]}, {"shared": True}]}, False, False),
    ],
)
def test_a_thing_fits_as_the_graph_would_list_it(
    filter_: Mapping[str, Any], mine: bool, shared: bool
) -> None:
    assert fits(MINE, filter_) is mine
    assert fits(SHARED, filter_) is shared


def test_a_pairing_is_that_of_each_of_its_organisations() -> None:
    assert fits(PAIRING, {"organisations": ["archive"]})
    assert not fits(PAIRING, {"organisations": ["library"]})
