"""The typed event: its model beside its data, and what follows from it, worked out once."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from typing import Any

import pytest

from events.access.principal import RECORD
from events.lines.recorded import read_event
from events.recording.envelope import Envelopes
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.event import Event
from events.vocabulary.stream import recorded_streams
from events.vocabulary.terms import Loop, Visibility
from events.vocabulary.types.learnings import FailureRecorded, LearningCaptured
from events.vocabulary.types.record import EventVoided, VisibilityChanged
from service.samples.generator import generate
from tests.events.samples import EventJson, captured, failed, planned, voided

STREAMS = recorded_streams(["learning/a", "cohort/heritage", "organisation/mill"])


def line_of(shown: EventJson, position: int = 7) -> dict[str, Any]:
    """Return the JSON object of the line that the event would have."""
    content = Envelopes(VOCABULARY).read(with_identity(shown), RECORD).content("a/b")
    return {**content, "position": position, "recordedtime": "2026-03-01T12:00:00Z"}


def with_identity(shown: EventJson) -> EventJson:
    return {"id": "one", "source": "urn:test", "time": "2026-03-01T12:00:00Z", **shown}


def recorded(shown: EventJson) -> Event:
    return read_event(line_of(shown), VOCABULARY, STREAMS)


def test_its_model_has_terms_lists_and_defaults_where_its_data_is_json() -> None:
    event = recorded(captured("a", "mill"))
    model = event.model
    assert isinstance(model, LearningCaptured)
    assert model.loop is Loop(event.data["loop"])
    assert model.from_ == event.data["from"]
    assert model.themes == []
    assert "themes" not in event.data


def test_what_follows_from_it_is_worked_out_once() -> None:
    event = recorded(captured("a", "mill"))
    for name in ("data", "model", "mentions", "subjects", "subject", "time", "cohort"):
        assert getattr(event, name) is getattr(event, name)
    assert event.subjects[0] == event.subject == "learning/a"
    assert event.created == ("learning/a",)
    assert (event.organisation, event.cohort, event.owner) == ("mill", "heritage", "mill")
    assert event.organisations == ["mill"]
    assert event.time == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert event.time_us == 1_772_366_400_000_000
    assert event.level is Visibility.COHORT


def test_the_same_event_elsewhere_in_the_log_keeps_what_its_streams_have_no_part_in() -> None:
    event = recorded(captured("a", "mill"))
    assert event.cohort == "heritage"
    model = event.model
    moved = event.at(9)
    assert moved.model is model
    assert (moved.position, moved.streams, moved.cohort) == (9, (), None)
    assert event.cohort == "heritage"


def test_it_cannot_be_changed() -> None:
    event = recorded(captured("a", "mill"))
    with pytest.raises(FrozenInstanceError):
        event.position = 8
    assert event.position == 7


def test_a_facilitators_inspiration_is_nobodys_and_an_organisations_is_its_own() -> None:
    shared: dict[str, Any] = {
        "specversion": "1.0",
        "type": "org.howcanwe.inspiration.shared.v1",
        "data": {"inspiration": "i", "cohort": "heritage", "kind": "case_study", "title": "A talk"},
    }
    assert recorded(shared).organisation is None
    by_mill = {**shared, "data": {**shared["data"], "by": "mill"}}
    assert recorded(by_mill).organisation == "mill"


def test_the_event_that_an_event_is_about_is_named_by_its_position() -> None:
    event = recorded(voided(3))
    assert isinstance(event.model, EventVoided)
    assert (event.about_event, event.model.event, event.subject) == (3, 3, None)


def test_a_failure_of_deviance_is_private_where_no_level_is_given() -> None:
    event = recorded(failed("f", failure_cause="deviance"))
    assert (event.visibility, event.level) == (None, Visibility.PRIVATE)


def test_an_event_is_of_its_type_and_of_no_other() -> None:
    event = recorded(failed("f"))
    assert event.is_of(LearningCaptured, FailureRecorded)
    assert not event.is_of(LearningCaptured, VisibilityChanged)


def test_a_blank_optional_text_is_none_in_the_model_as_where_it_was_validated() -> None:
    shown = with_identity(planned("i", measure="\u200b"))
    validated = Envelopes(VOCABULARY).read(shown, RECORD).event
    assert validated.model == read_event(line_of(shown), VOCABULARY).model
    assert validated.data["measure"] == "\u200b"


@pytest.mark.parametrize("seed", range(3))
def test_the_model_of_a_recorded_event_is_the_one_that_was_validated(seed: int) -> None:
    envelopes = Envelopes(VOCABULARY)
    kinds = set()
    for number, shown in enumerate(generate(cohorts=1, seed=seed), 1):
        candidate = envelopes.read(shown, RECORD)
        line = {**candidate.content("a/b"), "position": number}
        if candidate.event.named_event is not None:
            line["about"] = 1
            candidate = candidate.about(1)
        event = read_event(line, VOCABULARY)
        assert event.model == candidate.event.model
        assert type(event.model) is event.kind.model
        assert "model" in vars(candidate.event)
        kinds.add(event.kind.name)
    assert len(kinds) > 25
