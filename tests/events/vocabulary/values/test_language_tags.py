"""Which texts are well-formed BCP 47 tags."""

import re

import pytest

from events.vocabulary.values.language_tags import LANGUAGE_PATTERN, is_language, main_language

WELL_FORMED = [
    *("de", "DE-at", "fil", "zh-Hant-TW", "es-419", "de-1996", "sl-rozaj-biske-1994"),
    *("zh-cmn-Hans-CN", "zh-min-nan", "hy-Latn-IT-arevela", "de-CH-x-phonebk", "en-a-bbb-x-a-ccc"),
    *("x-whatever", "qaa-Qaaa-QM-x-southern", "ar-a-aaa-b-bbb-a-ccc", "i-klingon", "I-Navajo"),
    *("en-GB-oed", "sgn-BE-FR", "art-lojban", "abcdefgh", "de-x-" + "-".join(["abcdefgh"] * 10)),
]
MALFORMED = [
    *("", " ", "d", "1", "de_AT", "de AT", " de", "de\n", "de-", "-de", "de--AT", "abcdefghi"),
    *("de-419-DE", "en-u", "en-u-", "x", "x-", "x-abcdefghi", "i-unheard", "\u017fl", "кк", "de-ä"),
    *("zh-gan-yue-cmn-foo", "a-DE", "German (Austria)", "de-x-" + "-".join(["abcdefgh"] * 11)),
]


@pytest.mark.parametrize("tag", WELL_FORMED)
def test_a_well_formed_tag_is_a_language(tag: str) -> None:
    assert is_language(tag)
    assert is_language(tag.upper())
    assert is_language(tag.lower())


@pytest.mark.parametrize("tag", MALFORMED)
def test_anything_else_is_none(tag: str) -> None:
    assert not is_language(tag)


def test_the_published_pattern_has_nothing_that_dialects_understand_differently() -> None:
    assert re.sub(r"[A-Za-z0-9\[\](){},|^$*+?-]", "", LANGUAGE_PATTERN) == ""
    assert "(?" not in LANGUAGE_PATTERN


def test_languages_are_compared_by_their_first_subtag() -> None:
    tags = ["de", "DE-AT", "de-x-de", "zh-min-nan", "X-en", "i-klingon"]
    assert [main_language(tag) for tag in tags] == ["de", "de", "de", "zh", "x", "i"]
