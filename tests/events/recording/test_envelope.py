"""The envelope: CloudEvents 1.0, attribute by attribute."""

from typing import Any

import pytest

from events.access.principal import RECORD, Principal, Role
from events.lines.candidate import SERVER_SET, Candidate
from events.recording.envelope import Envelopes, Malformed
from events.vocabulary.catalogue import VOCABULARY
from tests.events.samples import EventJson, at, framed, harvested, registered, shown, voided

ENVELOPES = Envelopes(VOCABULARY)
EVENT: EventJson = {"id": "1", "source": "urn:test", "time": at(0), **registered("mill")}


def read(event: object, sender: Principal = RECORD) -> Candidate:
    """Return the event as a candidate."""
    return ENVELOPES.read(event, sender)


def faults(event: object) -> list[tuple[str, str]]:
    """Return everything that is wrong with the event's form: rule and pointer."""
    try:
        found = read(event).faults
    except Malformed as malformed:
        found = malformed.faults
    return [(fault.rule, fault.pointer) for fault in found]


@pytest.mark.parametrize("value", [None, 1, "x", [], [EVENT], True])
def test_an_event_is_an_object(value: object) -> None:
    assert faults(value) == [("field", "")]


def test_every_missing_field_of_an_empty_object_is_reported() -> None:
    assert sorted(pointer for _, pointer in faults({})) == [
        "/data",
        "/id",
        "/source",
        "/specversion",
        "/time",
        "/type",
    ]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            "organisation.registered",
            "the full name of the type, org.howcanwe.organisation.registered.v1",
        ),
        ("organisation.founded", "a known type and version, such as"),
        (None, "a known type and version, such as"),
    ],
)
def test_who_sends_the_short_name_of_a_type_is_given_the_full_one(
    sent: object, expected: str
) -> None:
    with pytest.raises(Malformed) as refused:
        read({**EVENT, "type": sent})
    [fault] = refused.value.faults
    assert (fault.pointer, expected in str(fault.detail)) == ("/type", True)


RIGHT: list[tuple[str, list[Any]]] = [
    ("id", ["1", "x" * 256, "é" * 128, "a b/ü"]),
    (
        "source",
        [
            "urn:x",
            "/relative",
            "https://example.org/a?b=c#d",
            "mailto:a@b",
            "x",
            "%C3%BC",
            "a" * 1024,
        ],
    ),
    (
        "time",
        [
            "2024-03-01T09:00:00Z",
            "2024-03-01t09:00:00z",
            "2024-03-01T09:00:00+14:00",
            "2024-03-01T09:00:00-00:00",
            "2024-03-01T09:00:00.1Z",
            "2024-03-01T09:00:00.123456789123Z",
            "0001-01-02T00:00:00Z",
            "0001-01-03T00:00:00+23:59",
            "0001-01-01T23:00:00-01:00",
            "9999-12-30T23:59:59.999999999Z",
            "9999-12-31T00:59:59+01:00",
            "2024-02-29T00:00:00-23:59",
            "2016-12-31T23:59:60Z",
            "2016-12-31T23:59:60.999999999Z",
            "2016-12-31T18:59:60-05:00",
            "2017-01-01T09:44:60+09:45",
            "2024-03-01T09:00:00." + "1" * 43 + "Z",
        ],
    ),
    ("subject", [None, "organisation/mill"]),
    ("visibility", [None, "private", "pair", "cohort", "public"]),
    ("actor", [None, "person/grace", "service/forms.v2", "service/" + "a" * 64]),
    (
        "datacontenttype",
        [
            None,
            "application/json",
            "application/json; charset=utf-8",
            "APPLICATION/JSON",
            "application/vnd.x+json",
            "text/json",
        ],
    ),
    ("correlationid", [None, "x", "", 7, True, False, "x" * 256, 2**31 - 1, -(2**31)]),
    ("causationid", ["é" * 128]),
    ("a1", ["kept"]),
]
WRONG: list[tuple[str, list[Any]]] = [
    ("specversion", [None, "1.1", "0.3", 1.0, ""]),
    ("id", [None, "", 1, "x" * 257, "é" * 129, "a\n", "a\0", "\x7f", "\u0085", "\ud800", ["1"]]),
    ("source", [None, "", 1, "a b", "ü", "<x>", "%zz", "a" * 1025, "\ud800", "a\0"]),
    (
        "type",
        [
            None,
            1,
            "",
            "cohort.formed",
            "org.howcanwe.cohort.formed.v2",
            "org.howcanwe.cohort.formed.v01",
            "ORG.howcanwe.cohort.formed.v1",
        ],
    ),
    (
        "time",
        [
            None,
            1709283600,
            "",
            "2024-03-01",
            "2024-03-01T09:00:00",
            "2024-03-01 09:00:00Z",
            "2024-03-01T09:00Z",
            "2024-02-30T09:00:00Z",
            "2024-03-01T25:00:00Z",
            "2024-03-01T24:00:00Z",
            "2024-03-01T09:00:60Z",
            "2024-03-01T23:59:60Z",
            "2016-12-31T23:59:61Z",
            "2016-12-31T23:58:60Z",
            "2016-12-31T23:59:60-05:00",
            "2016-12-31T23:59:60+09:45",
            "2024-03-01T09:00:00." + "1" * 44 + "Z",
            "2024-03-01T09:00:00+24:00",
            "2024-03-01T09:00:00+01:60",
            "2024-03-01T09:00:00+0100",
            "2024-03-01T09:00:00,5Z",
            "2024-03-01T09:00:00.Z",
            "0000-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "0001-01-01T23:59:59.999999Z",
            "0001-01-02T00:00:00+00:01",
            "0001-01-01T00:00:00+00:01",
            "9999-12-31T00:00:00Z",
            "9999-12-30T23:59:59-00:01",
            "9999-12-31T23:59:59-00:01",
            "\u0662024-03-01T09:00:00Z",
            "2024-03-01T09:00:00Z\n",
        ],
    ),
    ("subject", ["organisation/other", "mill", "", 1, ["organisation/mill"]]),
    ("visibility", ["", "Public", "everyone", 1, True]),
    (
        "actor",
        ["", "grace", "person/", "person/a b", "group/x", "person/" + "a" * 65, 1, "service/x\n"],
    ),
    ("datacontenttype", ["", "text/plain", "application/xml", "application/jsonp", 1]),
    ("data", [None, [], "x", 1, True]),
    ("data_base64", ["e30="]),
    (
        "correlationid",
        [1.5, [], {}, "x" * 257, "é" * 129, "a\n", "a\0", "\ud800", 2**31, -(2**31) - 1],
    ),
    ("Traceparent", ["x"]),
    ("trace-parent", ["x"]),
    ("é", ["x"]),
    ("a" * 65, ["x"]),
]

RIGHT_ONES = [(name, value) for name, values in RIGHT for value in values]
WRONG_ONES = [(name, value) for name, values in WRONG for value in values]


def _name(value: object) -> str:
    return ascii(value)[:40]


@pytest.mark.parametrize(("name", "value"), RIGHT_ONES, ids=_name)
def test_an_attribute_takes_what_it_may_be(name: str, value: Any) -> None:
    assert faults({**EVENT, name: value}) == []


@pytest.mark.parametrize(("name", "value"), WRONG_ONES, ids=_name)
def test_an_attribute_refuses_what_it_may_not_be_at_its_place(name: str, value: Any) -> None:
    assert faults({**EVENT, name: value}) == [("field", f"/{name}")]


def test_up_to_sixteen_extensions_are_kept() -> None:
    sixteen = {f"x{number}": number for number in range(16)}
    assert read({**EVENT, **sixteen}).event.content.items() >= sixteen.items()
    assert faults({**EVENT, **sixteen, "x16": 16}) == [("field", "")]


def test_what_the_vocabulary_names_is_not_counted_among_the_other_extensions() -> None:
    named = {"correlationid": "a", "causationid": "b", "actor": "person/a", "visibility": "pair"}
    sixteen = {f"x{number}": number for number in range(16)}
    kept = read({**EVENT, **named, **sixteen}).event.content
    assert kept.items() >= (named | sixteen).items()


def test_an_extension_that_is_null_is_absent() -> None:
    many = {f"x{number}": None for number in range(40)}
    assert "x1" not in read({**EVENT, **many}).event.content


@pytest.mark.parametrize("name", SERVER_SET)
@pytest.mark.parametrize("value", ["sent", 1.5, [], "x" * 300])
def test_attributes_that_the_server_sets_replace_those_sent(name: str, value: object) -> None:
    candidate = read({**EVENT, name: value})
    line = candidate.line(
        subject="organisation/mill",
        position=7,
        recorded_time="2024-03-01T09:00:00.000000Z",
        previous_hash="0" * 64,
        salt="ab",
    )
    assert name not in candidate.event.content
    assert b'"position":7' in line and b'"salt":"ab"' in line and b"sent" not in line


def test_the_media_type_is_not_kept() -> None:
    kept = read({**EVENT, "datacontenttype": "application/json"}).event.content
    assert "datacontenttype" not in kept


def test_the_subject_is_the_stream_of_the_first_field_that_names_one() -> None:
    event = {**EVENT, **framed(cohort="heritage")}
    assert read(event).event.content["subject"] == "question/question"
    assert faults({**event, "subject": "organisation/mill"}) == [("field", "/subject")]


@pytest.mark.parametrize("about", [voided(3), shown("event/3", "private")])
def test_the_subject_of_an_event_about_another_is_left_to_the_log(about: EventJson) -> None:
    assert read({**EVENT, **about}).event.subject is None
    given = read({**EVENT, **about, "subject": "question/question"})
    assert given.given_subject == "question/question"
    assert faults({**EVENT, **about, "subject": 1}) == [("field", "/subject")]


def test_the_actor_is_the_senders_service_where_none_is_given() -> None:
    sender = Principal(id="key-1", role=Role.FACILITATOR)
    assert read(EVENT).event.content["actor"] == "service/record"
    assert read(EVENT, sender).event.actor == "service/key-1"
    assert read({**EVENT, "actor": "person/ada"}, sender).event.actor == "person/ada"


def test_a_line_has_a_visibility_only_where_one_was_given() -> None:
    assert "visibility" not in read(EVENT).event.content
    assert read({**EVENT, "visibility": "cohort"}).event.content["visibility"] == "cohort"


def test_nulls_are_absent_in_the_envelope_and_the_data() -> None:
    data = {**EVENT["data"], "purpose": None, "country": None}
    candidate = read({**EVENT, "visibility": None, "colour": None, "data": data})
    assert "visibility" not in candidate.event.content
    assert "colour" not in candidate.event.content
    assert candidate.data == EVENT["data"]


def test_blanks_are_kept_as_sent() -> None:
    data = {**EVENT["data"], "name": " Mill  Museum ", "purpose": " "}
    assert read({**EVENT, "data": data}).data == data


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2024-03-01T09:00:00.1234569Z", "2024-03-01T09:00:00.123456Z"),
        ("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z"),
        ("2024-03-01T11:00:00+02:00", "2024-03-01T09:00:00z"),
        ("2024-02-29T23:30:00-10:30", "2024-03-01T10:00:00Z"),
    ],
)
def test_a_time_is_cut_to_microseconds_and_kept_as_sent(text: str, same: str) -> None:
    one, other = read({**EVENT, "time": text}), read({**EVENT, "time": same})
    assert one.event.time_us == other.event.time_us
    assert one.event.content["time"] == text


@pytest.mark.parametrize(
    ("time", "happened_on", "right"),
    [
        ("2024-03-01T23:30:00-10:00", "2024-03-01", True),
        ("2024-03-01T23:30:00-10:00", "2024-03-02", False),
        ("2024-03-02T00:30:00+10:00", "2024-03-02", True),
    ],
)
def test_what_happened_is_judged_by_the_day_in_the_events_own_offset(
    time: str, happened_on: str, right: bool
) -> None:
    event = {**EVENT, **harvested(happened_on=happened_on), "time": time}
    assert faults(event) == ([] if right else [("field", "/data/happened_on")])


def test_faults_of_the_envelope_and_of_the_data_are_reported_together() -> None:
    event = {**EVENT, "actor": "x", "visibility": "x", "data": {"organisation": "a b", "x": 1}}
    assert sorted(faults(event)) == [
        ("field", "/actor"),
        ("field", "/data/name"),
        ("field", "/data/organisation"),
        ("field", "/data/sector"),
        ("field", "/data/x"),
        ("field", "/visibility"),
    ]


@pytest.mark.parametrize("precision", ["year", "month", "day", "minute"])
def test_how_exactly_the_time_is_known_is_kept(precision: str) -> None:
    candidate = read({**EVENT, "timeprecision": precision})
    assert candidate.faults == ()
    assert candidate.content(None)["timeprecision"] == precision
    assert candidate.event.time_precision == precision


@pytest.mark.parametrize("precision", ["second", "Year", "", 2024, True])
def test_another_precision_is_refused(precision: object) -> None:
    assert faults({**EVENT, "timeprecision": precision}) == [("field", "/timeprecision")]


@pytest.mark.parametrize(
    ("precision", "happened_on", "right"),
    [
        ("year", "1998-12-31", True),
        ("year", "1999-01-01", False),
        ("month", "1998-05-31", True),
        ("month", "1998-06-01", False),
        ("day", "1998-05-04", True),
        ("day", "1998-05-05", False),
        ("minute", "1998-05-05", False),
        (None, "1998-05-05", False),
    ],
)
def test_a_day_is_compared_with_the_time_as_exactly_as_it_is_known(
    precision: str | None, happened_on: str, right: bool
) -> None:
    event = {
        **EVENT,
        **harvested(happened_on=happened_on),
        "time": "1998-05-04T23:30:00-02:00",
        "timeprecision": precision,
    }
    assert faults(event) == ([] if right else [("field", "/data/happened_on")])


def test_the_precision_does_not_count_as_an_extension_of_the_senders_own() -> None:
    own = {f"own{number}": "x" for number in range(16)}
    assert faults({**EVENT, **own, "timeprecision": "day"}) == []
