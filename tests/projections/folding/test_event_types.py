"""The event types of a projection: given by class or by name, and none that does not exist."""

from collections.abc import Callable
from typing import Any

import pytest

from events.vocabulary.types import EventType
from events.vocabulary.types.exchange import HelpGiven
from projections.folding.decorators import (
    adds,
    creates,
    enters,
    moves,
    on,
    on_each,
)
from projections.folding.projection import Projection
from projections.folding.step import Step
from projections.folding.tables import Row
from projections.models.exchange import Helps

Mark = Callable[..., Callable[[Any], Any]]

MARKS = [creates, moves, adds, enters, on, on_each]


class NeverRecorded(EventType, name="nothing.happened"):
    """A class that is not in the vocabulary."""


def test_a_type_is_given_by_its_class_or_by_its_name() -> None:
    class ByClass(Projection):
        table = Helps.table

        @on(HelpGiven)
        def helped(self, row: Row | None, step: Step) -> Row:
            return {}

    class ByName(Projection):
        table = Helps.table

        @on("help.given")
        def helped(self, row: Row | None, step: Step) -> Row:
            return {}

    assert ByClass().handlers.keys() == ByName().handlers.keys() == {HelpGiven.name}


@pytest.mark.parametrize("mark", MARKS)
def test_a_class_with_a_type_that_does_not_exist_is_not_made(mark: Mark) -> None:
    expected = r"no event type 'help\.givn' \(did you mean help\.given\?\)"
    with pytest.raises(ValueError, match=expected):

        class Mistyped(Projection):
            table = Helps.table

            @mark("help.asked", "help.givn")
            def helped(self, row: Row | None, step: Step) -> Row:
                raise AssertionError("there is no such event")


def test_a_class_outside_the_vocabulary_is_no_type_either() -> None:
    with pytest.raises(ValueError, match="NeverRecorded is no event type"):
        on(NeverRecorded)
