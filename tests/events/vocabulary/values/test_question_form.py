"""The form of a question in seventeen languages."""

import re
from typing import Final
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.vocabulary.values.question_form import (
    OPENINGS,
    begins_as_question,
    has_question_form,
    opening_words,
    openings,
    split_question,
)
from events.vocabulary.values.text_folding import folded

# A question for each opening. They were not copied from the code, so a slip in it is found.
QUESTIONS: Final = {
    "en": ["How can we bring people in?"],
    "cy": ["Sut gallwn ni ddod â phobl i mewn?", "Sut allwn ni groesawu pawb?"],
    "de": ["Wie können wir Menschen gewinnen?"],
    "fr": ["Comment pouvons-nous associer les gens ?", "Comment peut-on ouvrir nos portes ?"],
    "nl": ["Hoe kunnen we mensen betrekken?", "Hoe kunnen wij mensen betrekken?"],
    "es": ["¿Cómo podemos sumar gente?"],
    "ca": ["Com podem sumar gent?"],
    "pt": ["Como podemos envolver as pessoas?"],
    "it": ["Come possiamo coinvolgere le persone?"],
    "pl": ["Jak możemy zaprosić ludzi?"],
    "cs": ["Jak můžeme zapojit lidi?"],
    "sv": ["Hur kan vi bjuda in folk?"],
    "da": ["Hvordan kan vi invitere folk ind?"],
    "nb": ["Hvordan kan vi invitere folk inn?"],
    "fi": ["Miten voimme tuoda ihmisiä mukaan?", "Kuinka voimme avata ovemme?"],
    "ga": ["Conas is féidir linn daoine a mhealladh?"],
    "el": ["Πώς μπορούμε να φέρουμε κόσμο;", "Πώς μπορούμε να φέρουμε κόσμο?"],
}
EACH = [(language, text) for language, texts in QUESTIONS.items() for text in texts]
each = pytest.mark.parametrize(("language", "text"), EACH)
each_opening = pytest.mark.parametrize(
    ("language", "opening"),
    [(language, opening) for language in OPENINGS for opening in OPENINGS[language]],
)


def test_seventeen_languages_have_a_form() -> None:
    assert len(QUESTIONS) == 17
    assert list(OPENINGS) == list(QUESTIONS)
    for language, texts in QUESTIONS.items():
        used = {next(o for o in openings(language) if o.lower() in t.lower()) for t in texts}
        assert used == set(openings(language))


@each
def test_a_question_in_its_language_has_the_form(language: str, text: str) -> None:
    assert has_question_form(text, language)


@each
def test_the_spelling_of_letters_and_marks_makes_no_difference(language: str, text: str) -> None:
    spellings = {
        text.upper(),
        text.lower(),
        normalize("NFD", text),
        normalize("NFD", text.upper()),
        text.replace(" ", "\u00a0\n"),
        text.replace(" ?", "\u202f?"),
        text.replace("-", "\u2011"),
        text.replace(" ", " \u200b"),
        f"\u201c{text}\u201d",
        f"\u201e{text}\u201c",
        f"»{text}«",
        f"«\u00a0{text}\u00a0»",
        f"(¿{text}!)",
        f"「{text}」",
        text.replace("?", "\uff1f"),
        text.replace("?", "؟"),
        text.replace("?", "?!"),
    }
    assert [found for found in spellings if not has_question_form(found, language)] == []


@each
@pytest.mark.parametrize("before", ["And ", "1. ", "- ", "… "])
def test_nothing_but_quotes_brackets_and_a_mark_stands_before_the_opening(
    language: str, text: str, before: str
) -> None:
    assert not has_question_form(before + text, language)


@each
@pytest.mark.parametrize("after", [" Soon.", ".", "…", " really"])
def test_nothing_but_closing_marks_stands_after_the_question_mark(
    language: str, text: str, after: str
) -> None:
    assert not has_question_form(text + after, language)


@each_opening
@pytest.mark.parametrize("more", ["s", "3", "_", "\u0330", "ß"])
def test_an_opening_is_not_a_part_of_a_longer_word(language: str, opening: str, more: str) -> None:
    assert has_question_form(f"{opening} s it?", language)
    assert not has_question_form(f"{opening}{more} it?", language)
    assert not has_question_form(f"x{opening} it?", language)


@each_opening
def test_an_opening_alone_asks_nothing(language: str, opening: str) -> None:
    for end in ("?", " ?", "…?", " \u200b — ?", "??"):
        assert not has_question_form(f"{opening}{end}", language)
    assert has_question_form(f"{opening} 2?", language)
    assert has_question_form(f"{opening}: 門?", language)


@each_opening
def test_the_accents_and_every_word_of_an_opening_count(language: str, opening: str) -> None:
    bare = re.sub("[\u0300-\u036f]", "", normalize("NFD", opening))
    assert has_question_form(f"{bare} it?", language) == (bare == normalize("NFD", opening))
    assert not has_question_form(f"{opening.replace(' ', '')} it?", language)
    first, _, rest = opening.partition(" ")
    assert not has_question_form(f"{first} x {rest} it?", language)


@pytest.mark.parametrize("language", QUESTIONS)
def test_a_semicolon_is_the_question_mark_of_greek_only(language: str) -> None:
    for text in QUESTIONS[language]:
        asked = text.rstrip(" ?;")
        is_greek = language == "el"
        assert has_question_form(f"{asked};", language) is is_greek
        assert has_question_form(f"{asked}\u037e", language) is is_greek
        assert has_question_form(f"«{asked};!»", language) is is_greek


@each
def test_a_question_is_judged_in_its_own_language(language: str, text: str) -> None:
    spoken = {one for one in QUESTIONS if has_question_form(text, one)}
    # Danish and Bokmål open alike.
    assert spoken == ({"da", "nb"} if language in ("da", "nb") else {language})


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("DE", "Wie können wir öffnen?"),
        ("de-AT-1996", "Wie können wir öffnen?"),
        ("CY-gb", "Sut gallwn ni agor?"),
        ("EN-x-club", "How can we open?"),
    ],
)
def test_only_the_first_subtag_of_a_language_counts_in_any_case(tag: str, text: str) -> None:
    assert has_question_form(text, tag)
    assert not has_question_form("Kiel ni povas malfermi?", tag)


@pytest.mark.parametrize("language", ["eo", "no", "nn", "zh-Hant", "x-club", "i-klingon"])
def test_a_language_without_a_form_takes_any_question(language: str) -> None:
    assert openings(language) == ()
    for text in ("Kiel ni povas malfermi?", "門\uff1f", "(2 ؟)!", "What now?!"):
        assert has_question_form(text, language)
    for text in ("Kiel ni povas malfermi", "…?", "?", "Kio nun;", "門。"):
        assert not has_question_form(text, language)


@given(
    st.sampled_from(sorted(OPENINGS)),
    st.text(max_size=30),
    st.sampled_from(["?", "\uff1f", "؟"]),
    st.text(alphabet="!'\"»«)]}\u203a \u00a0\u200b\u201d\u2019", max_size=5),
)
def test_any_words_may_stand_between_opening_and_mark(
    language: str, asked: str, mark: str, after: str
) -> None:
    for opening in openings(language):
        has_words = any(map(str.isalnum, folded(asked)))
        assert has_question_form(f"{opening} {asked}{mark}{after}", language) is has_words


@given(st.sampled_from([*sorted(OPENINGS), "eo"]), st.text(max_size=60))
def test_a_text_and_its_folded_form_are_judged_alike(language: str, text: str) -> None:
    assert has_question_form(text, language) is has_question_form(folded(text), language)


def test_the_words_of_all_openings_of_a_language_are_known_in_folded_form() -> None:
    assert opening_words("en") == {"how", "can", "we"}
    assert opening_words("FR-ca") == {"comment", "pouvons", "nous", "peut", "on"}
    assert opening_words("nl") == {"hoe", "kunnen", "we", "wij"}
    assert opening_words("el") == {"πώσ", "μπορούμε"}
    assert opening_words("eo") == frozenset()


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("How can we repair it?", True),
        ("  “HOW CAN  WE”: repair it", True),
        ("¿Cómo podemos jugar?", True),
        ("How can weavers repair it?", False),
        ("How can we", True),
        ("repair it?", False),
        ("", False),
    ],
)
def test_a_text_begins_as_a_question_in_any_language(text: str, begins: bool) -> None:
    assert begins_as_question(text) is begins


def test_a_question_is_split_only_where_both_parts_make_it_again() -> None:
    for language in OPENINGS:
        for opening in OPENINGS[language]:
            assert split_question(f"{opening} x?") == (opening, "x?")
    assert split_question("how can we repair it?") == ("", "how can we repair it?")
    assert split_question("How can weavers?") == ("", "How can weavers?")
