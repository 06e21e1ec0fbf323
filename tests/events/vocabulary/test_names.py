"""Names in code: a type or a field that does not exist is an error where it is named, with the name that was meant."""

import pytest

from events.vocabulary.catalogue import VOCABULARY, CatalogueError
from events.vocabulary.types import EVENT_TYPES, EventType
from events.vocabulary.types.exchange import HelpGiven


class HelpDreamt(EventType, name="help.dreamt"):
    """A type of no catalogue."""


@pytest.mark.parametrize("model", EVENT_TYPES)
def test_a_type_is_found_by_its_class_and_by_its_name(model: type[EventType]) -> None:
    kind = VOCABULARY.of(model)
    assert kind.model is model
    assert VOCABULARY.named(model.name) is kind
    assert VOCABULARY.name_of(model) == VOCABULARY.name_of(model.name) == model.name


def test_a_name_of_no_type_is_an_error_that_gives_the_one_that_was_meant() -> None:
    with pytest.raises(
        CatalogueError, match=r"no event type 'help\.givn' \(did you mean help\.given\?\)"
    ):
        VOCABULARY.named("help.givn")
    with pytest.raises(CatalogueError, match=r"no event type 'zzz'\."):
        VOCABULARY.name_of("zzz")


def test_a_class_of_no_type_is_an_error() -> None:
    with pytest.raises(CatalogueError, match="HelpDreamt is no event type"):
        VOCABULARY.name_of(HelpDreamt)


def test_a_name_of_no_field_is_an_error_that_gives_the_one_that_was_meant() -> None:
    given = VOCABULARY.of(HelpGiven)
    assert given.checked("organisation") == "organisation"
    with pytest.raises(
        CatalogueError, match=r"help\.given has no field 'txt' \(did you mean text\?\)"
    ):
        given.checked("txt")
