"""`POST /events`: what is recorded once, whole or not at all, and the receipts."""

from hashlib import sha256

import orjson
import pytest

from tests.events.samples import assessed, at, formed, framed, left, noted, registered
from tests.service.app import (
    BATCH,
    NDJSON,
    PERSONAL,
    SOURCE,
    Api,
    complete,
    ndjson,
    person,
    problem,
)


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


async def test_a_single_events_answer_gives_its_location(api: Api) -> None:
    events = [complete(registered(name)) for name in ("mill", "archive", "library")]
    first = await api.send(orjson.dumps(events[0]))
    assert first.headers["location"] == "/events/1"
    assert (await api.get(first.headers["location"])).json()["id"] == events[0]["id"]
    assert "location" not in (await api.send(orjson.dumps(events[0]))).headers
    assert "location" not in (await api.send(orjson.dumps(events), BATCH)).headers


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


async def test_a_person_can_be_introduced_and_the_name_is_nowhere_readable(
    story: Api,
) -> None:
    event = complete(person())
    assert (await story.send(orjson.dumps(event))).status_code == 201
    assert (await story.send(orjson.dumps(event))).status_code == 200
    response = await story.get("/events")
    for datum in PERSONAL:
        assert datum not in response.text
