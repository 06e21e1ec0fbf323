"""Things and fields are called by words for readers."""

import pytest

from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.json_schemas import json_schema
from service.pages.frame.names import field_name, messages, subject_name


def test_a_subject_is_called_by_its_own_words() -> None:
    assert subject_name({"__typename": "Learning", "statement": "Ask first."}) == "Ask first."
    paired = {"organisations": [{"name": "Mill"}, {"name": "Library"}]}
    assert subject_name(paired) == "Mill · Library"


def test_a_field_is_called_alike_as_events_and_as_the_graph_name_it() -> None:
    assert field_name("social_actor") == field_name("socialActor") == "Who changed"
    assert field_name("some_new_field") == "Some new field"


@pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)
def test_every_field_that_can_be_corrected_has_words(kind: EventKind) -> None:
    data = json_schema(kind)["properties"]
    correctable = [name for name, one in data.items() if one.get("x-correctable")]
    assert [name for name in correctable if field_name(name) not in messages()] == []
