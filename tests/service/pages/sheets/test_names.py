"""Names: what a file gives without its kind, or by its words, is looked up in the record, and not without end."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import pytest

from service.pages.sheets.names import KEYS_MAX, Formed, Names, Query
from service.pages.sheets.values import Unfit

KINDS = ("question", "learning")
QUESTION = ("question",)
WORDS = "How can we move the signs?"


def test_no_more_keys_than_the_bound_are_looked_up() -> None:
    asked: list[str] = []

    def ask(queries: Sequence[Query]) -> Sequence[Mapping[str, Any]]:
        keys = [key for _, given in queries for key in given["where"].get("key", ())]
        asked.extend(keys)
        return [{"found": {"nodes": [{"stream": f"question/{key}"} for key in {*keys}]}}]

    names = Names(ask)
    for number in range(KEYS_MAX + 1):
        with suppress(Unfit):
            names.named(KINDS, f"key-{number}")
    assert names.look_up()
    assert len({*asked}) == KEYS_MAX
    assert names.named(KINDS, "key-0") == "question/key-0"
    with pytest.raises(Unfit, match="are not looked up at once"):
        names.named(KINDS, f"key-{KEYS_MAX}")


def test_what_the_file_creates_is_named_by_its_words_before_and_after_its_row() -> None:
    names = Names()
    with pytest.raises(Unfit):
        names.named(QUESTION, WORDS)
    names.create("question", "q-1", WORDS)
    assert names.named(QUESTION, f" {WORDS.upper()}  *") == "q-1"
    assert names.look_up()
    assert names.named(QUESTION, WORDS) == "q-1"
    assert names.named(KINDS, WORDS) == "question/q-1"
    names.create("question", "q-1", WORDS)
    assert not names.look_up()


def test_the_record_is_asked_for_words_that_the_file_does_not_have() -> None:
    asked: list[Query] = []

    def ask(queries: Sequence[Query]) -> Sequence[Mapping[str, Any]]:
        asked.extend(queries)
        found = [("question/q-1", WORDS), ("question/q-2", f"{WORDS} Or the lamps?")]
        return [{"found": {"nodes": [{"stream": one, "words": words} for one, words in found]}}]

    names = Names(ask)
    with suppress(Unfit):
        names.named(QUESTION, WORDS)
    assert names.look_up()
    assert names.named(QUESTION, WORDS) == "q-1"
    [(document, variables)] = asked
    assert "words: text" in document
    assert variables == {"where": {"text": WORDS}}


def test_words_that_several_have_are_refused_with_the_keys_of_these() -> None:
    names = Names()
    names.create("question", "q-2", WORDS)
    names.create("question", "q-1", WORDS)
    with pytest.raises(Unfit, match="Write the one that is meant: question/q-1, question/q-2"):
        names.named(QUESTION, WORDS)


def test_unknown_words_are_refused_with_those_that_were_probably_meant() -> None:
    names = Names()
    names.create("question", "q-1", WORDS)
    names.create("cohort", "c-1", "How can we move the sign?")
    with pytest.raises(Unfit) as caught:
        names.named(QUESTION, "How can we move the sings?")
    assert str(caught.value) == (
        "There is no question with this key or these words that you may see: 'How can we move the sings?'. "
        f"Did you mean '{WORDS}'?"
    )


def test_a_text_like_a_key_is_a_key_unless_only_words_of_the_file_are_like_it() -> None:
    names = Names()
    assert names.named(("organisation",), "oak") == "oak"
    names.create("organisation", "oak-1234", "Oak")
    assert names.look_up()
    assert names.named(("organisation",), "oak") == "oak-1234"
    names.create("organisation", "oak-1234", "Oak")
    names.create("organisation", "oak", "Other")
    assert names.look_up()
    assert names.named(("organisation",), "oak") == "oak"


def test_no_person_is_looked_up_by_a_name() -> None:
    assert Names().named(("person",), "Ann Smith") == "Ann Smith"


def test_the_cohort_of_a_file_is_the_only_one_that_it_forms() -> None:
    names = Names()
    time = "2026-03-01T00:00:00+00:00", True
    assert names.formed() is None
    names.form(Formed("gardens", time))
    assert names.look_up()
    assert names.formed() == names.formed("gardens") == Formed("gardens", time)
    names.form(Formed("gardens", time))
    names.form(Formed("ferries", time))
    assert names.look_up()
    assert names.formed() is None
    assert names.formed("other") is None
