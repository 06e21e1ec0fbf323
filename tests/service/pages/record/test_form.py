"""What the form of a type asks, and what is read from it."""

from typing import Any
from uuid import uuid4

import pytest

from events.rules import ADVICE, RULES
from events.vocabulary.catalogue import VOCABULARY, EventKind
from events.vocabulary.faults import Fault
from events.vocabulary.words import words_of
from service.pages.frame.forms import TOKEN
from service.pages.record import faults
from service.pages.record.choices import ELIGIBLE, FIND
from service.pages.record.done.view import ADVICE as ADVICE_OF_PAGES
from service.pages.record.faults import messages_for
from service.pages.record.form import Widget, form_of
from service.pages.record.offers import FIRST, TITLES
from service.pages.record.reading import (
    ID,
    OFFSET,
    OPENED,
    OUTSIDE,
    TIME,
    VISIBILITY,
    data_of,
    event_of,
    given_of,
    key_of,
)

KINDS = pytest.mark.parametrize("kind", VOCABULARY.kinds, ids=lambda kind: kind.name)


def example(kind: EventKind) -> dict[str, Any]:
    """Return the whole example of the vocabulary for a type, as a form can say it."""
    words = words_of(kind)
    assert words is not None
    data = {**words.example, **words.others}
    if kind.about_field and isinstance(data[kind.about_field], dict):
        # People name an event by its position.
        data[kind.about_field] = 12
    return {name: value for name, value in data.items() if name != "fields" and "." not in name}


@KINDS
def test_a_form_reads_back_the_example_of_its_type(kind: EventKind) -> None:
    form = form_of(kind)
    given = {**given_of(form.fields, example(kind)), ID: [str(uuid4())]}
    made = {one.field for one in kind.references if one.creates}
    read = data_of(form, given)
    assert {name: value for name, value in read.items() if name not in made} == {
        name: value for name, value in example(kind).items() if name not in made
    }
    assert made <= read.keys()


@KINDS
def test_a_form_has_every_field_once_and_none_of_its_own_names(kind: EventKind) -> None:
    form = form_of(kind)
    made = {one.field for one in kind.references if one.creates}
    names = [field.name for field in form.walked()]
    assert {field.name for field in form.fields} == kind.fields - made
    assert len(names) == len(set(names))
    assert [*form.main, *form.more] != []
    for name in names:
        assert name not in (*OUTSIDE, TOKEN)
        assert not name.startswith((FIND, "event."))


@KINDS
def test_what_has_to_be_given_is_never_folded(kind: EventKind) -> None:
    assert {field.name for field in form_of(kind).more} & {
        *kind.required,
        *kind.model.at_least_one_of,
    } == set()


def test_every_type_has_a_title() -> None:
    assert TITLES.keys() == {kind.model for kind in VOCABULARY.kinds}
    assert len(set(TITLES.values())) == len(TITLES)
    assert len(FIRST) == 9


def test_every_rule_and_every_advice_has_a_sentence_for_people() -> None:
    stages = {
        *("event.conflict", "subject.exists", "subject.unknown", "sender.not_allowed"),
        *("stream.version", "batch.dependent"),
    }
    assert faults.RULES.keys() == {rule.id for rule in RULES} | stages
    assert ADVICE_OF_PAGES.keys() == {one.id for one in ADVICE}


def test_every_widget_has_a_sentence_for_what_it_does_not_take() -> None:
    form = form_of(VOCABULARY.named("failure.recorded"))
    for name in ("why", "degree", "for_whom", "links", "iteration"):
        fault = Fault("field", f"/data/{name}/0", "Expected something else.")
        [message] = messages_for(form, [fault], {name: ["x"]})
        assert message.field == name
        assert message.sentence in faults.messages()


@pytest.mark.parametrize(
    ("naming", "start"),
    [
        ("Wörter über Straßen", "worter-uber-strassen"),
        ("  How can we … do this, and that, and more?", "how-can-we-do-this"),
        ("Πώς μπορούμε;", "learning"),
        ("x" * 200, "x" * 40),
        ("<script>alert('1')</script>", "script-alert-1-script"),
        ("", "learning"),
    ],
)
def test_a_key_begins_with_the_first_words_and_is_the_same_for_the_same_form(
    naming: str, start: str
) -> None:
    kind = VOCABULARY.named("learning.captured")
    [reference] = [one for one in kind.references if one.creates]
    id_ = str(uuid4())
    key = key_of(reference, naming, id_)
    assert key == key_of(reference, naming, id_)
    assert key[:-9] == start
    assert key != key_of(reference, naming, str(uuid4()))


def test_no_person_is_in_a_key() -> None:
    form = form_of(VOCABULARY.named("person.introduced"))
    given = {"name": ["Grace Hopper"], "role": ["Volunteer"], "email": ["grace@example.org"]}
    key = data_of(form, {**given, ID: [str(uuid4())]})["person"]
    assert key.startswith("person-")


def test_a_time_that_nobody_changed_is_exactly_that_of_opening() -> None:
    form = form_of(VOCABULARY.named("iteration.started"))
    given = {
        ID: ["1"],
        OPENED: ["2026-03-01T13:30:42.123456+00:00"],
        TIME: ["2026-03-01T14:30"],
        OFFSET: ["+01:00"],
        VISIBILITY: [""],
    }
    event = event_of(form, given)
    assert event["time"] == "2026-03-01T14:30:42.123456+01:00"
    assert "visibility" not in event
    assert event_of(form, {**given, OFFSET: ["+00:00"]})["time"] == "2026-03-01T14:30:00+00:00"
    assert event_of(form, {**given, TIME: ["yesterday"]})["time"] == "yesterday+01:00"
    assert event_of(form, {**given, OPENED: ["x"]})["time"] == "2026-03-01T14:30:00+01:00"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12", 12),
        ("12,5", 12.5),
        ("-3.25", -3.25),
        ("twelve", "twelve"),
        ("1e5", "1e5"),
        ("9" * 5_000, "9" * 5_000),
        ("NaN", "NaN"),
        ("", None),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, read: object) -> None:
    form = form_of(VOCABULARY.named("observation.recorded"))
    assert data_of(form, {ID: ["1"], "value": [typed]}).get("value") == read


def test_lists_are_read_line_by_line_and_hosts_can_be_emptied() -> None:
    review = form_of(VOCABULARY.named("review.held"))
    given = {ID: ["1"], "sustain": [" The tea.\r\n\r\nThe chairs, too. "]}
    assert data_of(review, given)["sustain"] == ["The tea.", "The chairs, too."]
    revised = form_of(VOCABULARY.named("cohort.revised"))
    assert data_of(revised, {ID: ["1"], "hosts": ["-"]})["hosts"] == []
    assert "hosts" not in data_of(revised, {ID: ["1"], "hosts": [""]})
    [hosts] = [field for field in revised.fields if field.name == "hosts"]
    assert (hosts.widget, hosts.can_be_emptied) == (Widget.SUBJECTS, True)


def test_what_is_eligible_is_said_of_fields_that_exist() -> None:
    for model, name in ELIGIBLE:
        assert name in {field.name for field in form_of(VOCABULARY.of(model)).fields if field.kinds}
