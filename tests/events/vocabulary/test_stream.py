"""Streams: names composed and taken apart in one place."""

import pytest

from events.vocabulary.stream import (
    KINDS,
    Kind,
    cohort_among,
    event_position,
    event_reference,
    is_event_reference,
    is_stream,
    key_of,
    kind_of,
    organisations_among,
    recorded_streams,
    stream_of,
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stream_is_taken_apart_into_what_it_was_composed_of(kind: Kind) -> None:
    stream = stream_of(kind, "a.b~c")
    assert stream == f"{kind}/a.b~c"
    assert (kind_of(stream), key_of(stream)) == (kind, "a.b~c")
    assert is_stream(stream)


@pytest.mark.parametrize("text", ["", "iteration", "iteration/", "/a", "event/1", "iteration/a b"])
def test_anything_else_is_no_stream(text: str) -> None:
    assert not is_stream(text)


def test_what_is_kept_of_an_event_has_the_name_by_which_references_name_the_event() -> None:
    assert event_position(event_reference(12)) == 12
    assert is_event_reference(event_reference(12))
    assert not is_event_reference(stream_of("iteration", "event"))


def test_an_events_cohort_is_the_one_of_its_first_two_streams() -> None:
    assert cohort_among(recorded_streams(["question/q", "cohort/c", "organisation/o"])) == "c"
    assert cohort_among(recorded_streams(["cohort/c"])) == "c"
    assert cohort_among(recorded_streams(["note/a", "person/b", "cohort/c"])) is None
    assert cohort_among(()) is None


def test_organisations_are_found_among_streams_in_their_order() -> None:
    streams = recorded_streams(["organisation/b", "cohort/c", "organisation/a"])
    assert organisations_among(streams) == ["b", "a"]
