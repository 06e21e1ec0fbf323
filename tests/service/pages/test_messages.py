"""Everything that the pages say is in the catalogue of every language."""

import re

import pytest
from babel.messages.checkers import num_plurals, python_format

from service.pages.frame.language import TAGS
from tests.service.pages.messages import current, extracted, path_of, text_of, updated

OTHERS = TAGS[1:]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def test_messages_are_found_in_templates_code_and_closed_lists() -> None:
    messages = extracted()
    for one in ("Skip to the content", "Outright failure", "Who is in"):
        assert one in messages
    assert messages["trial"].pluralizable


@pytest.mark.parametrize("tag", OTHERS)
def test_a_catalogue_has_the_present_messages_and_no_others(tag: str) -> None:
    assert path_of(tag).read_bytes() == text_of(updated(tag)), "run scripts/messages"


@pytest.mark.parametrize("tag", OTHERS)
def test_translations_keep_the_placeholders_and_plural_forms(tag: str) -> None:
    catalogue = current(tag)
    for message in catalogue:
        python_format(catalogue, message)
        num_plurals(catalogue, message)
        assert _placeholders(message.string) <= _placeholders(message.id), message.id
        if message.string and isinstance(message.id, str):
            assert _placeholders(message.string) == _placeholders(message.id)


def _placeholders(text: object) -> set[str]:
    parts = [text] if isinstance(text, str) else text if isinstance(text, tuple | list) else []
    return {name for part in parts for name in PLACEHOLDER.findall(part)}
