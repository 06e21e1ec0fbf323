"""What can be typed in a line: it fits the vocabulary, and stands for a form of its type."""

from datetime import UTC, datetime
from importlib.resources import files

import pytest

from events.access.policy import Role
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.types import RecordedBy
from events.vocabulary.types.cohorts import NoteAdded
from service.pages.record.form import Widget
from service.pages.record.reading import data_of, event_of
from service.pages.workshop.notes.lines import KINDS, Kind, form_given, kinds_of, time_of_lines

SESSION = {
    "key": "what-broke",
    "cohort": {"key": "valley"},
    "time": "2024-07-18T13:30:00.000000Z",
    "timePrecision": None,
    "minutes": None,
}
LINE = {
    "token": ["t"],
    "event.id": ["6f1b5b5e-6f0f-4e0f-9a6d-0c2f6c1f2a11"],
    "event.opened": ["2024-07-18T15:00:30+00:00"],
    "who": ["mill"],
    "words": ["  It fell.  "],
}
EVERY = kinds_of(Role.FACILITATOR)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_a_line_asks_all_that_its_type_needs(kind: Kind) -> None:
    filled = {kind.words.name, kind.form.kind.organisation_field, kind.form.kind.cohort_field}
    filled |= {"about"} if kind.form.kind.model is NoteAdded else set()
    asked = {kind.inner(field.name) for field in kind.beside}
    assert {field.name for field in kind.form.fields if field.is_required} <= filled | asked
    assert kind.words.widget in (Widget.LINES, Widget.QUESTION)
    assert kind.form.kind.model.recorded_by in (RecordedBy.ORGANISATION, RecordedBy.ANYONE)


def test_no_type_that_words_alone_fill_is_missing() -> None:
    """What creates something and needs only an organisation and one text."""
    alone = {
        kind.model
        for kind in VOCABULARY.kinds
        if kind.creates
        and kind.organisation_field
        and not kind.personal
        and kind.model.recorded_by is RecordedBy.ORGANISATION
        and len(set(kind.required) - {r.field for r in kind.references}) == 1
    }
    assert alone <= set(KINDS)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_a_line_stands_for_an_event_of_its_type(kind: Kind) -> None:
    given = form_given(kind, {**LINE, "kind": [kind.name]}, SESSION, Role.FACILITATOR)
    event = event_of(kind.form, given)
    assert event["time"] == "2024-07-18T15:00:30+00:00"
    assert event["data"][kind.words.name] == "It fell."
    assert event["data"]["organisation"] == "mill"
    names = {field.name for field in kind.form.fields}
    assert ("cohort" in names) == (event["data"].get("cohort") == "valley")
    assert ("session" in names) == (event["data"].get("session") == "what-broke")
    if kind.form.kind.model is NoteAdded:
        assert event["data"]["about"] == "session/what-broke"


def test_what_another_kind_asks_is_not_in_the_event() -> None:
    [failure] = [kind for kind in EVERY if any(f.name.endswith(".degree") for f in kind.beside)]
    [learning] = [kind for kind in EVERY if any(f.name.endswith(".loop") for f in kind.beside)]
    line = {**LINE, f"{failure.name}.why": ["Rust."], f"{learning.name}.loop": ["single"]}
    assert data_of(failure.form, form_given(failure, line, SESSION, Role.FACILITATOR))["why"]
    learned = data_of(learning.form, form_given(learning, line, SESSION, Role.FACILITATOR))
    assert "why" not in learned
    assert learned["loop"] == "single"


def test_a_line_typed_before_or_after_the_session_has_the_time_of_the_session() -> None:
    held = datetime(2024, 7, 18, 13, 30, tzinfo=UTC)
    assert time_of_lines(SESSION, datetime(2024, 7, 19, 1, 29, tzinfo=UTC)) is None
    assert time_of_lines(SESSION, datetime(2024, 7, 19, 1, 30, tzinfo=UTC)) == held
    assert time_of_lines(SESSION, datetime(2024, 7, 18, 9, tzinfo=UTC)) == held
    long = {**SESSION, "minutes": 90}
    assert time_of_lines(long, datetime(2024, 7, 18, 14, 59, tzinfo=UTC)) is None
    assert time_of_lines(long, datetime(2024, 7, 18, 15, tzinfo=UTC)) == held
    # Of a session only the day may be known, and it may not have begun by its time.
    day = {**SESSION, "timePrecision": "DAY"}
    assert time_of_lines(day, datetime(2024, 7, 18, 9, tzinfo=UTC)) is None
    line = {**LINE, "event.opened": ["2024-08-01T10:00:00+00:00"]}
    session = {**SESSION, "timePrecision": "DAY"}
    event = event_of(EVERY[0].form, form_given(EVERY[0], line, session, Role.FACILITATOR))
    assert (event["time"], event["timeprecision"]) == ("2024-07-18T13:30:00+00:00", "day")


@pytest.mark.parametrize(
    "opened", ["", "yesterday", "2024-07-18", "2024-99-99T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_a_line_whose_beginning_cannot_be_read_is_left_to_the_recorder(opened: str) -> None:
    given = form_given(EVERY[0], {**LINE, "event.opened": [opened]}, SESSION, Role.FACILITATOR)
    assert isinstance(event_of(EVERY[0].form, given)["time"], str)


def test_after_the_close_only_what_is_accepted_then_can_be_typed() -> None:
    kinds = kinds_of(Role.FACILITATOR, is_closed=True)
    assert [kind.form.kind.model for kind in kinds] == [NoteAdded]


def test_every_kind_that_asks_more_is_shown_when_it_is_chosen() -> None:
    styles = (files("service.pages.workshop") / "workshop.css").read_text()
    for kind in EVERY:
        rule = f'.line:has([value="{kind.name}"]:checked) [data-asked="{kind.name}"]'
        assert (rule in styles) == bool(kind.beside), kind.name
