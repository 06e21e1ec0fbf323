"""What the tests of single definitions share."""

import pytest

from tests.projections.insights.hand import Hand


@pytest.fixture
def hand() -> Hand:
    """A cohort of two that has just begun."""
    return Hand()


@pytest.fixture
def asking(hand: Hand) -> Hand:
    """The cohort, each of the two with a question."""
    hand.ask_questions()
    return hand
