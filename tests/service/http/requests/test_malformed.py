"""Bad input: never answered with a 5xx, always with every fault."""

from typing import Any

import orjson
import pytest

from tests.events.samples import EventJson, noted, observed, registered, took_part
from tests.service.app import (
    BATCH,
    NDJSON,
    STRUCTURED,
    Api,
    complete,
    faults_in,
    ndjson,
    person,
    problem,
)


def replaced(event: EventJson, pointer: str, text: str) -> bytes:
    """Return the event's text with the value at a pointer (`/name`, `/data/name`) written as `text`."""
    *way, last = pointer[1:].split("/")
    copy = orjson.loads(orjson.dumps(complete(event)))
    place = copy
    for name in way:
        place = place[name]
    place[last] = "<here>"
    return orjson.dumps(copy).replace(b'"<here>"', text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"specversion": "1.0",}',
        b"{'a': 1}",
        b'{"a": 1} {"a": 2}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 01}',
        b'{"a": +1}',
        b'{"a": .5}',
        b'{"a": "\n"}',
        b'{"a": "\x00"}',
        b'{"a": "\\x41"}',
        b'{"a": "\\ud8',
        b"\xff\xfe{}",
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\xc0\xaf"}',
        '{"a": 1}'.encode("utf-16"),
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" * 33 + b"]" * 33,
        b"null null",
        b"\x1f\x8b\x08\x00",
    ],
    ids=lambda body: repr(body[:24]),
)
@pytest.mark.parametrize("media", [STRUCTURED, BATCH, "application/json"])
async def test_invalid_json_is_malformed(api: Api, body: bytes, media: str) -> None:
    response = await api.send(body, media)
    (error,) = problem(response, 400)
    assert (error["index"], error["rule"], error["pointer"]) == (None, "json", "")
    assert response.json()["type"] == "urn:howcanwe:problem:malformed"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "breaks at column 1"),
        (b'{"a": 1,\n "b" 2}', "line 2, column 6"),
        (b"{'a': 1}", "breaks at column 2"),
        (b'{"a": "\\ud8"}', "breaks at column"),
    ],
)
async def test_the_place_where_json_ends_is_reported_in_words_of_our_own(
    api: Api, body: bytes, place: str
) -> None:
    for media in (STRUCTURED, "application/json"):
        (error,) = problem(await api.send(body, media), 400)
        assert place in error["detail"]
        for theirs in ("Expecting", "char ", "delimiter", "escape", "enclosed"):
            assert theirs not in error["detail"]


@pytest.mark.parametrize("body", [b"null", b"1", b'"text"', b"true", b"[]", b"[1, 2]", b"1e5"])
async def test_json_that_is_no_object_is_no_event(api: Api, body: bytes) -> None:
    assert faults_in(problem(await api.send(body, STRUCTURED), 422)) == [(0, "field", "")]
    assert faults_in(problem(await api.send(body, NDJSON), 422)) == [(0, "field", "")]
    binary = problem(await api.send(body, "application/json", ce_specversion="1.0"), 422)
    assert (0, "field", "/data") in faults_in(binary)


@pytest.mark.parametrize("body", [b"null", b"1", b'"text"', b"{}"])
async def test_a_batch_is_an_array(api: Api, body: bytes) -> None:
    assert faults_in(problem(await api.send(body, BATCH), 400)) == [(None, "json", "")]


async def test_an_item_that_is_no_event_is_reported_with_its_place_in_the_batch(api: Api) -> None:
    event = complete(registered("mill"))
    body = orjson.dumps([event, None, 1, [], "x", {}])
    faults = faults_in(problem(await api.send(body, BATCH), 422))
    assert [fault for fault in faults if fault[0] in (1, 2, 3, 4)] == [
        (index, "field", "") for index in (1, 2, 3, 4)
    ]
    assert (5, "field", "/type") in faults
    assert not [fault for fault in faults if fault[0] == 0]


@pytest.mark.parametrize(
    "media",
    [
        None,
        "",
        "text/plain",
        "application/xml",
        "application/cloudevents+xml",
        "application/cloudevents-batch+xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "json",
        "application/jsonx",
        ";",
    ],
)
async def test_another_media_type_is_not_taken(api: Api, media: str | None) -> None:
    response = await api.send(orjson.dumps(complete(registered("mill"))), media)
    assert faults_in(problem(response, 415)) == [(None, "media_type", "")]
    assert STRUCTURED in response.headers["accept-post"]


@pytest.mark.parametrize(
    ("event", "pointer", "text"),
    [
        (registered("mill"), "/type", '"org.howcanwe.organisation.registered.v2"'),
        (registered("mill"), "/type", '"org.howcanwe.organisation.registered"'),
        (registered("mill"), "/type", '"ORG.howcanwe.organisation.registered.v1"'),
        (registered("mill"), "/type", "7"),
        (registered("mill"), "/type", '"\\ud800"'),
        (registered("mill"), "/specversion", '"0.3"'),
        (registered("mill"), "/specversion", "1.0"),
        (registered("mill"), "/id", '""'),
        (registered("mill"), "/id", "7"),
        (registered("mill"), "/id", '"a\\u0000b"'),
        (registered("mill"), "/id", '"\\udfff"'),
        (registered("mill"), "/id", f'"{"x" * 257}"'),
        (registered("mill"), "/source", '"not a reference"'),
        (registered("mill"), "/source", '"\\u0000"'),
        (registered("mill"), "/time", '"2024-03-01T10:00:00"'),
        (registered("mill"), "/time", '"2024-02-30T10:00:00Z"'),
        (registered("mill"), "/time", '"2024-03-01 10:00:00Z"'),
        (registered("mill"), "/time", '"0000-03-01T10:00:00Z"'),
        (registered("mill"), "/time", '"9999-12-31T23:59:59-23:59"'),
        (registered("mill"), "/time", "1709287200"),
        (registered("mill"), "/visibility", '"everyone"'),
        (registered("mill"), "/visibility", "{}"),
        (registered("mill"), "/actor", '"Grace"'),
        (registered("mill"), "/actor", "[]"),
        (registered("mill"), "/subject", '"organisation/another"'),
        (registered("mill"), "/subject", "3"),
        (registered("mill"), "/datacontenttype", '"text/plain"'),
        (registered("mill"), "/data_base64", '"eyJhIjoxfQ=="'),
        (registered("mill"), "/note", '"\\u0000"'),
        (registered("mill"), "/note", '"\\ud800"'),
        (registered("mill"), "/note", "2147483648"),
        (registered("mill"), "/note", "1.5"),
        (registered("mill"), "/note", "{}"),
        (registered("mill"), "/Note", '"x"'),
        (registered("mill"), "/data", "[]"),
        (registered("mill"), "/data", '"{}"'),
        (registered("mill"), "/data/name", "null"),
        (registered("mill"), "/data/name", '"   "'),
        (registered("mill"), "/data/name", '"a\\u0000b"'),
        (registered("mill"), "/data/name", '"\\ud83c"'),
        (registered("mill"), "/data/name", '"\\udf5f\\ud83c"'),
        (registered("mill"), "/data/name", f'"{"x" * 10_001}"'),
        (registered("mill"), "/data/name", "7"),
        (registered("mill"), "/data/country", '"xx"'),
        (registered("mill"), "/data/organisation", '"-mill"'),
        (registered("mill"), "/data/organisation", '"mill\\n"'),
        (registered("mill"), "/data/sheep", "1"),
        (registered("mill"), "/data/", "1"),
        (took_part(), "/data/people", "-1"),
        (took_part(), "/data/people", "9007199254740992"),
        (took_part(), "/data/people", "1" * 5_000),
        (took_part(), "/data/people", "true"),
        (observed(), "/data/value", "1e400"),
        (observed(), "/data/value", "-1e400"),
        (observed(), "/data/value", "1e1000000000"),
        (observed(), "/data/value", "1e99999999999999999999"),
        (observed(), "/data/value", '"7"'),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, str) else None,
)
async def test_a_fault_is_reported_with_its_place(
    story: Api, event: EventJson, pointer: str, text: str
) -> None:
    response = await story.send(replaced(event, pointer, text))
    errors = problem(response, 422)
    assert (0, "field", pointer) in faults_in(errors)
    assert {error["pointer"] for error in errors if error["rule"] == "field"} == {pointer}
    assert await story.head() == 6


async def test_a_missing_field_is_reported(api: Api) -> None:
    event = complete(registered("mill"))
    for name in ("specversion", "id", "source", "type", "time", "data"):
        body = orjson.dumps({key: value for key, value in event.items() if key != name})
        assert faults_in(problem(await api.send(body), 422)) == [(0, "field", f"/{name}")]
    del event["data"]["sector"]
    faults = faults_in(problem(await api.send(orjson.dumps(event)), 422))
    assert faults == [(0, "field", "/data/sector")]


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        (b'"name":"Mill","name":"Mill"', "/data/name"),
        (b'"name":"Mill","na\\u006de":"Other"', "/data/name"),
    ],
)
async def test_a_member_given_twice_is_a_fault(api: Api, text: bytes, pointer: str) -> None:
    body = orjson.dumps(complete(registered("mill"))).replace(b'"name":"Mill"', text)
    assert faults_in(problem(await api.send(body), 422)) == [(0, "field", pointer)]


async def test_an_attribute_given_twice_is_a_fault(api: Api) -> None:
    body = orjson.dumps(complete(registered("mill", id="one")))
    body = body.replace(b'"id":"one"', b'"id":"one","id":"two"')
    assert faults_in(problem(await api.send(body), 422)) == [(0, "field", "/id")]


@pytest.mark.parametrize("name", ["\\ud800", "\\u0000", "~", "a/b", "", "\\uffff", " "])
async def test_a_field_of_any_name_can_be_reported(api: Api, name: str) -> None:
    for where in (b'"data":{', b'"specversion":'):
        body = orjson.dumps(complete(registered("mill")))
        new = f'"{name}":1,'.encode()
        body = body.replace(where, where + new if where.endswith(b"{") else new + where)
        problem(await api.send(body), 422)


async def test_a_pointer_is_escaped_as_rfc_6901_says(api: Api) -> None:
    response = await api.post(registered("mill", **{"a/b~c": 1}))
    assert faults_in(problem(response, 422)) == [(0, "field", "/data/a~1b~0c")]


async def test_seventeen_extensions_are_too_many(api: Api) -> None:
    event = complete(registered("mill"))
    extensions = {f"ext{number}": "x" for number in range(17)}
    response = await api.send(orjson.dumps(event | extensions))
    assert faults_in(problem(response, 422)) == [(0, "field", "")]
    extensions.pop("ext0")
    assert (await api.send(orjson.dumps(event | extensions))).status_code == 201


async def test_all_faults_of_all_events_come_at_once(story: Api) -> None:
    events: list[Any] = [
        complete(registered("tower")),
        complete(registered("river", country="xx", sheep=1)),
        complete(noted("organisation/nobody")),
        7,
        complete(registered("mill")),
        complete(noted("organisation/tower")),
        complete(noted("organisation/river")),
        complete(observed(value="much")),
    ]
    head = await story.head()
    response = await story.send(orjson.dumps(events), BATCH)
    errors = problem(response, 422)
    assert sorted(faults_in(errors), key=str) == sorted(
        [
            (1, "field", "/data/country"),
            (1, "field", "/data/sheep"),
            (2, "subject.unknown", "/data/about"),
            (3, "field", ""),
            (4, "subject.exists", "/data/organisation"),
            (7, "field", "/data/value"),
        ],
        key=str,
    )
    assert response.json()["detail"] == "The request has 6 faults; see errors"
    assert await story.head() == head


async def test_the_status_is_that_of_the_worst_fault(story: Api) -> None:
    event = complete(noted("organisation/mill", organisation="mill"))
    assert (await story.send(orjson.dumps(event), who="mill")).status_code == 201
    conflict = event | {"time": "2024-05-05T00:00:00Z"}
    foreign = complete(registered("tower"))
    unknown = complete(noted("organisation/nobody", organisation="mill"))
    for events, status in (
        ([unknown, foreign], 403),
        ([unknown, foreign, conflict], 409),
        ([unknown], 422),
    ):
        response = await story.send(orjson.dumps(events), BATCH, who="mill")
        problem(response, status)
    response = await story.send(
        orjson.dumps([unknown, foreign, conflict]), BATCH, "mill", if_match='"organisation/mill:0"'
    )
    problem(response, 412)


async def test_many_faults_over_many_events_are_reported(api: Api) -> None:
    events = [complete(registered(f"o-{number}", country="xx")) for number in range(2_000)]
    errors = problem(await api.send(ndjson(events), NDJSON), 422)
    assert faults_in(errors) == [(index, "field", "/data/country") for index in range(2_000)]


async def test_a_refusal_of_personal_data_does_not_repeat_it(story: Api) -> None:
    response = await story.post(person(email="grace at example.org", role=7))
    problem(response, 422)
    assert "Grace" not in response.text
    assert "grace at" not in response.text
