"""`POST /events`: every mode, and the receipts."""

from hashlib import sha256
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from httpx import Response

from tests.events.samples import (
    EventJson,
    assessed,
    at,
    formed,
    framed,
    joined,
    left,
    noted,
    registered,
    shown,
)
from tests.service.app import (
    BATCH,
    NDJSON,
    PERSONAL,
    SOURCE,
    STRUCTURED,
    Api,
    complete,
    ndjson,
    person,
    problem,
)


def binary(event: EventJson) -> tuple[bytes, dict[str, str]]:
    """Return the event as the body and headers of binary mode."""
    headers = {
        f"ce-{name}": quote(str(value), safe=" !#$&'()*+,-./:;<=>?@[]^_`{|}~")
        for name, value in event.items()
        if name != "data"
    }
    return orjson.dumps(event["data"]), headers


def would(recorded: Response) -> list[dict[str, Any]]:
    """Return the answer of validation about what was recorded then."""
    names = ("source", "id", "streams", "warnings")
    return [
        {name: receipt[name] for name in names}
        | {"would": "repeated" if receipt["repeated"] else "recorded"}
        for receipt in recorded.json()["receipts"]
    ]


async def test_a_structured_event_is_recorded(api: Api) -> None:
    event = complete(registered("mill"))
    response = await api.send(orjson.dumps(event), STRUCTURED)
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    (line,) = await api.lines()
    assert {name: line[name] for name in event} == event


async def test_a_receipt_gives_place_versions_and_hash(story: Api) -> None:
    before = await story.head()
    event = complete(left("mill"))
    receipts = (await story.send(orjson.dumps(event))).json()["receipts"]
    line = (await story.get(f"/events/{before + 1}")).content
    assert receipts == [
        {
            "source": SOURCE,
            "id": event["id"],
            "position": before + 1,
            "streams": {"organisation/mill": 3, "cohort/heritage": 4},
            "hash": sha256(line).hexdigest(),
            "repeated": False,
            "warnings": [
                {"rule": "cohort.size", "detail": receipts[0]["warnings"][0]["detail"]},
            ],
        }
    ]


async def test_a_receipt_leaves_out_streams_that_the_sender_may_not_see(story: Api) -> None:
    note = noted("cohort/heritage", visibility="private")
    response = await story.post(note, who="facilitator")
    assert response.json()["receipts"][0]["streams"] == {"cohort/heritage": 4}
    response = await story.post(assessed("mill", cohort="heritage"), who="mill")
    assert set(response.json()["receipts"][0]["streams"]) == {
        "organisation/mill",
        "cohort/heritage",
    }


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\n\n  \n"])
async def test_ndjson_is_an_event_a_line_and_blank_lines_are_none(api: Api, separator: str) -> None:
    events = [complete(registered(key)) for key in ("mill", "archive", "library")]
    body = separator.join(orjson.dumps(event).decode() for event in events).encode()
    response = await api.send(body, NDJSON)
    assert response.status_code == 201
    assert [receipt["position"] for receipt in response.json()["receipts"]] == [1, 2, 3]
    assert [receipt["id"] for receipt in response.json()["receipts"]] == [
        event["id"] for event in events
    ]


async def test_a_batch_is_recorded_whole_or_not_at_all(api: Api) -> None:
    response = await api.post(registered("mill"), registered("archive"), registered("mill"))
    assert [error["index"] for error in problem(response, 422)] == [2]
    assert await api.head() == 0
    response = await api.post(registered("mill"), registered("archive"))
    assert response.status_code == 201
    assert await api.head() == 2


@pytest.mark.parametrize("body", [b"[]", b"", b"\n \n"])
async def test_no_events_are_no_mistake(api: Api, body: bytes) -> None:
    response = await api.send(body, BATCH if body == b"[]" else NDJSON)
    assert (response.status_code, response.json()) == (200, {"receipts": []})


@pytest.mark.parametrize(
    "media",
    [
        "application/cloudevents+json; charset=utf-8",
        'Application/CloudEvents+JSON;charset="UTF-8";x=y',
        " application/cloudevents+json ;",
    ],
)
async def test_parameters_and_case_of_the_media_type_do_not_count(api: Api, media: str) -> None:
    response = await api.send(orjson.dumps(complete(registered("mill"))), media)
    assert response.status_code == 201


@pytest.mark.parametrize(
    "media", ["application/json", "text/json; charset=utf-8", "application/vnd.acme+json"]
)
async def test_a_binary_event_is_the_same_as_a_structured_one(api: Api, media: str) -> None:
    event = complete(registered("mill", name="Mühle"))
    body, headers = binary(event)
    assert (await api.send(body, media, **headers)).status_code == 201
    repeated = await api.send(orjson.dumps(event))
    assert repeated.status_code == 200
    assert repeated.json()["receipts"][0]["repeated"] is True


async def test_headers_of_a_binary_event_are_percent_encoded(api: Api) -> None:
    event = complete(registered("mill", id='Tür 7 "β" 100% 🎪')) | {"note": "Zürich, 5 €"}
    body, headers = binary(event)
    assert "%F0%9F%8E%AA" in headers["ce-id"]
    assert "%25" in headers["ce-id"]
    assert (await api.send(body, "application/json", **headers)).status_code == 201
    (line,) = await api.lines()
    assert (line["id"], line["note"]) == (event["id"], event["note"])


async def test_a_quoted_header_of_a_binary_event_is_unquoted(api: Api) -> None:
    # CloudEvents' HTTP binding, 3.1.3.2: first double quotes (RFC 7230), then percents.
    body, headers = binary(complete(registered("mill")))
    headers["ce-id"] = r'"one \"two\" %41"'
    assert (await api.send(body, "application/json", **headers)).status_code == 201
    (line,) = await api.lines()
    assert line["id"] == 'one "two" A'


@pytest.mark.parametrize("value", [b"%ff", b"caf%C3", b"caf\xe9", b"caf\xc3\xa9"])
async def test_a_header_that_is_not_percent_encoded_utf_8_is_malformed(
    api: Api, value: bytes
) -> None:
    body, headers = binary(complete(registered("mill")))
    raw = [
        (name.encode(), text.encode()) for name, text in api.headers("facilitator", headers).items()
    ]
    response = await api.client.post(
        "/events",
        content=body,
        headers=[*raw, (b"ce-note", value), (b"content-type", b"application/json")],
    )
    (error,) = problem(response, 400)
    assert "ce-note" in error["detail"]
    assert await api.head() == 0


async def test_an_attribute_in_two_headers_is_malformed(api: Api) -> None:
    body, headers = binary(complete(registered("mill")))
    listed = [*api.headers("facilitator", headers).items(), ("ce-id", "another")]
    response = await api.client.post(
        "/events", content=body, headers=[*listed, ("content-type", "application/json")]
    )
    (error,) = problem(response, 400)
    assert "ce-id" in error["detail"]


async def test_the_data_of_a_binary_event_is_not_in_a_header(api: Api) -> None:
    body, headers = binary(complete(registered("mill")))
    response = await api.send(body, "application/json", **headers, ce_data="{}")
    problem(response, 400)


FORMS = ["application/json", "text/json; charset=utf-8", "application/vnd.acme+json"]


@pytest.mark.parametrize("media", FORMS)
async def test_json_without_attributes_in_headers_is_an_event_or_several(
    api: Api, media: str
) -> None:
    events = [complete(registered(name)) for name in ("mill", "archive", "library")]
    first = await api.send(orjson.dumps(events[0]), media)
    assert first.status_code == 201, first.text
    rest = await api.send(b" \n" + orjson.dumps(events[1:]), media)
    assert [receipt["position"] for receipt in rest.json()["receipts"]] == [2, 3]
    repeated = await api.send(orjson.dumps(events), BATCH)
    assert repeated.status_code == 200


async def test_json_without_attributes_in_headers_is_quarantined_as_sent(story: Api) -> None:
    lenient = {"prefer": "handling=lenient"}
    texts = [orjson.dumps(complete(noted(f"organisation/x{n}"))).decode() for n in range(3)]
    for body in (texts[0], f"[{texts[1]} , {texts[2]}]"):
        refused = await story.send(body.encode(), "application/json", **lenient)
        assert refused.status_code == 422
    kept = (await story.get("/quarantine")).json()["quarantined"]
    assert [entry["event"] for entry in kept] == texts


@pytest.mark.parametrize("media", [None, "", ";"])
async def test_a_binary_event_without_a_content_type_is_json(api: Api, media: str | None) -> None:
    event = complete(registered("mill"))
    body, headers = binary(event)
    assert (await api.send(body, media, **headers)).status_code == 201
    assert (await api.send(orjson.dumps(event))).status_code == 200
    headers.pop("ce_specversion", None)
    headers.pop("ce-specversion", None)
    problem(await api.send(body, media, **headers), 415)


@pytest.mark.parametrize("media", ["application/ndjson", "application/jsonl; charset=utf-8"])
async def test_ndjson_has_several_names(api: Api, media: str) -> None:
    events = [complete(registered(name)) for name in ("mill", "archive")]
    assert (await api.send(ndjson(events), media)).status_code == 201
    name = media.partition(";")[0]
    lines = await api.get("/events", accept=name)
    assert lines.headers["content-type"] == name
    assert lines.content == (await api.get("/events")).content


@pytest.mark.parametrize("name", ["source", "id"])
async def test_f16_a_percent_that_breaks_an_attribute_is_explained(api: Api, name: str) -> None:
    advice = "values of headers are percent-decoded; send a percent sign as %25"
    value = {"source": "https://x.example/a%20b", "id": "%00"}[name]
    body, headers = binary(complete(registered("mill")))
    headers[f"ce-{name}"] = value
    (error,) = problem(await api.send(body, "application/json", **headers), 422)
    assert error["pointer"] == f"/{name}"
    assert advice in error["detail"]
    # Sent as it should have been, and where nothing was decoded.
    headers["ce-id"] = "another"
    headers["ce-source"] = "https://x.example/a%2520b"
    assert (await api.send(body, "application/json", **headers)).status_code == 201
    headers[f"ce-{name}"] = {"source": "a^b", "id": "x" * 300}[name]
    (error,) = problem(await api.send(body, "application/json", **headers), 422)
    assert "percent" not in error["detail"]


async def test_a_single_events_answer_gives_its_location(api: Api) -> None:
    events = [complete(registered(name)) for name in ("mill", "archive", "library")]
    first = await api.send(orjson.dumps(events[0]))
    assert first.headers["location"] == "/events/1"
    assert (await api.get(first.headers["location"])).json()["id"] == events[0]["id"]
    assert "location" not in (await api.send(orjson.dumps(events[0]))).headers
    assert "location" not in (await api.send(orjson.dumps(events), BATCH)).headers


async def test_json_without_attributes_says_which_are_missing(api: Api) -> None:
    response = await api.send(b"{}", "application/json")
    pointers = {error["pointer"] for error in problem(response, 422)}
    assert pointers == {"/specversion", "/id", "/source", "/type", "/time", "/data"}


async def test_the_same_event_again_gets_its_first_receipt(api: Api) -> None:
    event = complete(registered("mill"))
    first = await api.send(orjson.dumps(event))
    reordered = dict(reversed(event.items())) | {"correlationid": None}
    again = await api.send(orjson.dumps(reordered))
    assert again.status_code == 200
    assert again.json()["receipts"] == [
        first.json()["receipts"][0] | {"repeated": True, "warnings": []}
    ]
    assert await api.head() == 1


async def test_an_idempotency_key_changes_nothing(api: Api) -> None:
    event = complete(registered("mill"))
    answers = [
        await api.send(orjson.dumps(sent), idempotency_key=key)
        for sent, key in (
            (event, "one"),
            (event, "two"),
            (complete(registered("archive")), "one"),
        )
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 201]
    assert await api.head() == 2


async def test_a_repeat_beside_something_new_is_created(api: Api) -> None:
    event = complete(registered("mill"))
    await api.send(orjson.dumps(event))
    response = await api.send(ndjson([event, complete(registered("archive"))]), NDJSON)
    assert response.status_code == 201
    assert [receipt["repeated"] for receipt in response.json()["receipts"]] == [True, False]


async def test_the_same_event_twice_in_a_batch_is_recorded_once(api: Api) -> None:
    event = complete(registered("mill"))
    response = await api.send(ndjson([event, event]), NDJSON)
    receipts = response.json()["receipts"]
    assert response.status_code == 201
    assert [(receipt["position"], receipt["repeated"]) for receipt in receipts] == [
        (1, False),
        (1, True),
    ]
    assert await api.head() == 1


async def test_an_id_with_other_content_is_a_conflict_in_the_log_and_in_the_batch(
    api: Api,
) -> None:
    event = complete(registered("mill"))
    other = event | {"data": {**event["data"], "name": "Another"}}
    response = await api.send(ndjson([event, other]), NDJSON)
    (error,) = problem(response, 409)
    assert (error["index"], error["rule"], error["pointer"]) == (1, "event.conflict", "/id")
    assert await api.head() == 0
    await api.send(orjson.dumps(event))
    response = await api.send(orjson.dumps(other))
    (error,) = problem(response, 409)
    assert (error["index"], error["rule"], error["pointer"]) == (0, "event.conflict", "/id")
    assert await api.head() == 1


async def test_an_id_that_another_key_used_is_a_conflict_never_a_receipt(story: Api) -> None:
    event = complete(assessed("mill", cohort="heritage", actor="service/shared"))
    assert (await story.send(orjson.dumps(event), who="mill")).status_code == 201
    response = await story.send(orjson.dumps(event), who="facilitator")
    assert [error["rule"] for error in problem(response, 409)] == ["event.conflict"]
    assert "receipts" not in response.json()


async def test_advice_is_in_the_receipt_and_refuses_nothing(api: Api) -> None:
    response = await api.post(formed(planned_months=2))
    assert response.status_code == 201
    (warning,) = response.json()["receipts"][0]["warnings"]
    assert set(warning) == {"rule", "detail"}
    assert warning["rule"] == "cohort.months"


async def test_without_an_actor_it_is_the_key(api: Api) -> None:
    await api.post(registered("mill"))
    (line,) = await api.lines()
    key_id = api.keys["facilitator"].split("_")[1]
    assert line["actor"] == f"service/{key_id}"


async def test_what_the_server_sets_is_replaced(api: Api) -> None:
    event = complete(registered("mill")) | {
        "position": 77,
        "recordedtime": at(0),
        "dataschema": "urn:other",
        "previoushash": "x",
        "salt": "y",
    }
    assert (await api.send(orjson.dumps(event))).status_code == 201
    (line,) = await api.lines()
    assert line["position"] == 1
    assert line["dataschema"] == f"urn:howcanwe:event-type:{event['type']}"
    assert line["previoushash"] == "0" * 64
    assert len(line["salt"]) == 32


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (registered("mill"), 200),
        (registered("mill", country="XX"), 422),
        (noted("organisation/nobody"), 422),
    ],
)
async def test_validation_reports_the_same_and_records_nothing(
    api: Api, event: dict[str, Any], status: int
) -> None:
    whole = orjson.dumps(complete(event))
    validated = await api.send(whole, to="/events/validate")
    assert validated.status_code == status
    assert await api.head() == 0
    recorded = await api.send(whole)
    if status == 200:
        assert validated.json() == {"receipts": [], "would": would(recorded)}
        assert recorded.status_code == 201
    else:
        assert problem(validated, 422) == problem(recorded, 422)


@pytest.mark.parametrize("who", ["facilitator", "mill"])
async def test_d8_validation_tells_what_recording_tells(story: Api, who: str) -> None:
    events = [
        assessed("mill", cohort="heritage", id="early", time=at(2)),
        noted("organisation/mill", organisation="mill", id="noted", time=at(2)),
    ]
    if who == "facilitator":
        events += [
            left("archive", id="left", time=at(3)),
            joined("mill", "next", id="joined", time=at(4)),
        ]
        await story.post(formed("next", time=at(1)))
    before = await story.head()
    validated = await story.post(*events, who=who, to="/events/validate")
    assert await story.head() == before
    recorded = await story.post(*events, who=who)
    assert recorded.status_code == 201
    assert validated.json() == {"receipts": [], "would": would(recorded)}
    warned = {one["id"] for one in validated.json()["would"] if one["warnings"]}
    assert warned == ({"left"} if who == "facilitator" else set())
    again = await story.post(*events, who=who, to="/events/validate")
    repeated = await story.post(*events, who=who)
    assert again.json()["would"] == would(repeated)
    assert {one["would"] for one in again.json()["would"]} == {"repeated"}


async def test_every_event_of_a_batch_is_judged_beside_others_with_faults(story: Api) -> None:
    refused = await story.post(
        registered("guild", country="XX"),
        noted("organisation/nobody"),
        noted("organisation/guild"),
        framed(text="Why does nobody come?"),
        framed("other", text="Why?", language="not a language"),
    )
    found = [(error["index"], error["rule"]) for error in problem(refused, 422)]
    # Nothing of what is about the first one, and nothing but the form of the last one.
    assert found == [
        (0, "field"),
        (1, "subject.unknown"),
        (3, "question.how_can_we"),
        (4, "field"),
    ]


async def test_validation_knows_conflicts_and_repeats(story: Api) -> None:
    event = complete(shown("organisation/library", "public"))
    assert (await story.send(orjson.dumps(event))).status_code == 201
    same = await story.send(orjson.dumps(event), to="/events/validate")
    assert (same.status_code, same.json()["receipts"]) == (200, [])
    assert [one["would"] for one in same.json()["would"]] == ["repeated"]
    other = orjson.dumps(event | {"time": at(99)})
    problem(await story.send(other, to="/events/validate"), 409)


async def test_a_person_can_be_introduced_and_the_name_is_nowhere_readable(
    story: Api,
) -> None:
    event = complete(person())
    assert (await story.send(orjson.dumps(event))).status_code == 201
    assert (await story.send(orjson.dumps(event))).status_code == 200
    response = await story.get("/events")
    for datum in PERSONAL:
        assert datum not in response.text
