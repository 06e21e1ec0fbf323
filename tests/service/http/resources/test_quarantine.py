"""`/quarantine`: events refused leniently are kept to the character, once."""

from typing import Any

import httpx
import orjson
import pytest

from tests.databases import execute
from tests.events.samples import forgotten, introduced, noted
from tests.service.app import BATCH, NDJSON, STRUCTURED, Api, complete, faults_in, open_api, problem

LENIENT = "handling=lenient"


async def kept(api: Api) -> list[dict[str, Any]]:
    """Return what the facilitator's quarantine holds."""
    entries: list[dict[str, Any]] = (await api.get("/quarantine")).json()["quarantined"]
    return entries


def odd(member: str) -> bytes:
    """Return a note, with text in its data that no JSON value can reproduce."""
    event = orjson.dumps(complete(noted("organisation/mill", text="one")))
    return event.replace(b'"text":"one"', member.encode())


ODD = [
    odd('"text": "one",  "text":"two"'),
    odd('"text":"one", "colour":1e999'),
    odd('"text":"one", "colour":' + "9" * 30),
    odd('"text":"\\ud800"'),
]
SPREAD = b"[ %s ,\n\t%s,%s , %s ]"


@pytest.mark.parametrize("form", [STRUCTURED, NDJSON, BATCH])
async def test_what_was_sent_is_kept_to_the_character_and_refused_again(
    story: Api, form: str
) -> None:
    bodies = {STRUCTURED: ODD, NDJSON: [b"\n".join(ODD)], BATCH: [SPREAD % tuple(ODD)]}[form]
    for body in bodies:
        assert (await story.send(body, form, prefer=LENIENT)).status_code == 422
    head = await story.head()
    entries = await kept(story)
    assert [entry["event"].encode() for entry in entries] == ODD
    for entry in entries:
        again = await story.send(b"", None, to=f"/quarantine/{entry['id']}/retry")
        assert faults_in(problem(again, 422)) == faults_in(
            [{**error, "index": 0} for error in entry["errors"]]
        )
    assert await story.head() == head


async def test_an_event_in_headers_is_kept_with_its_data_as_sent(story: Api) -> None:
    event = complete(noted("organisation/mill"))
    headers = {f"ce_{name}": str(value) for name, value in event.items() if name != "data"}
    data = b'{"about":"organisation/mill", "text":"one","text":"two"}'
    sent = await story.send(data, "application/json", prefer=LENIENT, **headers)
    assert sent.status_code == 422
    (entry,) = await kept(story)
    assert data.decode() in entry["event"]
    again = await story.send(b"", None, to=f"/quarantine/{entry['id']}/retry")
    assert faults_in(problem(again, 422)) == [(0, "field", "/data/text")]
    whole = orjson.loads(entry["event"])
    assert whole | {"data": event["data"]} == event | {"datacontenttype": "application/json"}


async def test_an_event_sent_again_is_kept_once_with_its_current_faults(
    database_url: str,
) -> None:
    async with open_api(database_url, quarantine_events_max=3) as api:
        await api.begin()
        lines = [orjson.dumps(complete(noted(f"organisation/o{number}"))) for number in range(4)]
        lines[3:3] = [lines[0]]

        async def send(*lines: bytes) -> list[dict[str, Any]]:
            answer = await api.send(b"\n".join(lines), NDJSON, prefer=LENIENT)
            entries: list[dict[str, Any]] = answer.json()["quarantined"]
            return entries

        first = await send(*lines)
        ids = [entry["id"] for entry in first]
        # Two of the same are one, and the last found no room.
        assert ids[3] == ids[0] and len({*ids[:3]}) == 3 and ids[4] is None
        assert faults_in(first[4]["errors"])[-1] == (4, "quarantine.full", "")
        assert await send(*lines) == first
        assert len(await kept(api)) == 3
        moved = await send(lines[2])
        assert (moved[0]["id"], moved[0]["index"]) == (ids[2], 0)
        assert len(await kept(api)) == 3


async def test_a_person_who_is_sent_along_with_another_is_forgotten_there_too(story: Api) -> None:
    assert (await story.post(introduced("ada", name="Ada"))).status_code == 201
    event = orjson.dumps(complete(introduced("ada", name="Ada")))
    both = event.replace(b'"person":"ada"', b'"person":"ada","person":"grace"')
    assert (await story.send(both, prefer=LENIENT)).status_code == 422
    assert len(await kept(story)) == 1
    assert (await story.post(forgotten("ada"))).status_code == 201
    assert await kept(story) == []


@pytest.mark.parametrize("how", ["listed", "retried", "deleted"])
async def test_an_event_that_was_corrected_and_sent_again_leaves_the_quarantine(
    story: Api, how: str
) -> None:
    event = complete(noted("organisation/mill", text="")) | {"id": "l\u00a02"}
    assert (await story.send(orjson.dumps(event), prefer=LENIENT)).status_code == 422
    (entry,) = await kept(story)
    # Another event, and a corrected one that is refused: both change nothing.
    assert (await story.post(noted("organisation/mill"))).status_code == 201
    assert (await story.post(event | {"data": {}})).status_code == 422
    assert await kept(story) == [entry]
    corrected = event | {"data": event["data"] | {"text": "one"}}
    assert (await story.post(corrected)).status_code == 201
    path = f"/quarantine/{entry['id']}"
    if how == "retried":
        problem(await story.send(b"", None, to=f"{path}/retry"), 404)
    elif how == "deleted":
        headers = story.headers("facilitator")
        problem(await story.client.delete(path, headers=headers), 404)
    assert await kept(story) == []
    assert await story.execute("select count(*) from quarantine") == 0
    # What is refused because the id is taken, since before, stays.
    assert (await story.post(event, prefer=LENIENT)).status_code in (409, 422)
    assert (
        await story.post(corrected | {"visibility": "public"}, prefer=LENIENT)
    ).status_code == 409
    assert len(await kept(story)) == 2


async def test_an_event_that_is_corrected_later_in_its_request_leaves_the_quarantine(
    story: Api,
) -> None:
    event = complete(noted("organisation/mill", text=""))
    corrected = event | {"data": event["data"] | {"text": "one"}}
    # The second time, the corrected one is a repeat.
    for status in (201, 201):
        answer = await story.send(orjson.dumps([event, corrected]), BATCH, prefer=LENIENT)
        assert answer.status_code == status
        assert [entry["index"] for entry in answer.json()["quarantined"]] == [0]
        assert await kept(story) == []
    # In the other order, the later one is refused, and the one before it is recorded.
    assert (
        await story.send(orjson.dumps([corrected, event]), BATCH, prefer=LENIENT)
    ).status_code == 201
    assert len(await kept(story)) == 1


async def test_an_event_of_another_key_corrects_nothing_and_older_ones_go_by_the_clock(
    story: Api,
) -> None:
    event = complete(noted("organisation/mill", text="", organisation="mill"))
    assert (await story.post(event, who="mill", prefer=LENIENT)).status_code == 422
    assert (await story.post(event, who="facilitator", prefer=LENIENT)).status_code == 422
    corrected = event | {"data": event["data"] | {"text": "one"}}
    assert (await story.post(corrected)).status_code == 201
    assert len((await story.get("/quarantine", "mill")).json()["quarantined"]) == 1
    # As a release that did not keep heads left it.
    await story.execute("update quarantine set head = null, received_at = now() + interval '1 h'")
    assert len(await kept(story)) == 1
    await story.execute("update quarantine set received_at = now() - interval '1 h'")
    assert await kept(story) == []


async def test_a_corrected_event_takes_no_room(database_url: str) -> None:
    async with open_api(database_url, quarantine_events_max=1) as api:
        await api.begin()
        event = complete(noted("organisation/mill", text=""))
        assert (await api.post(event, prefer=LENIENT)).status_code == 422
        corrected = event | {"data": event["data"] | {"text": "one"}}
        assert (await api.post(corrected)).status_code == 201
        other = await api.post(noted("organisation/mill", text=""), prefer=LENIENT)
        assert other.json()["quarantined"][0]["id"] is not None
        assert len(await kept(api)) == 1


async def test_a_retry_with_a_body_records_that(story: Api) -> None:
    event = complete(noted("organisation/mill", text=""))
    assert (await story.post(event, prefer=LENIENT)).status_code == 422
    (entry,) = await kept(story)
    to = f"/quarantine/{entry['id']}/retry"
    corrected = event | {"id": "another", "data": event["data"] | {"text": "one"}}
    body = orjson.dumps(corrected)
    head = await story.head()
    problem(await story.send(body, "text/plain", to=to), 415)
    problem(await story.send(b"{", to=to), 400)
    problem(await story.send(b"[%s, %s]" % (body, body), BATCH, to=to), 422)
    problem(await story.send(b"[]", BATCH, to=to), 422)
    refused = await story.send(orjson.dumps(corrected | {"data": {}}), to=to)
    assert (0, "field", "/data/text") in faults_in(problem(refused, 422))
    assert (await kept(story), await story.head()) == ([entry], head)
    recorded = await story.send(body, "application/json", to=to)
    assert recorded.status_code == 201
    assert recorded.headers["location"] == f"/events/{head + 1}"
    assert (await story.get(recorded.headers["location"])).json()["data"]["text"] == "one"
    assert await kept(story) == []


@pytest.mark.parametrize("text", ["", "one"])
async def test_a_retry_is_guarded_by_if_match(story: Api, text: str) -> None:
    event = complete(noted("organisation/mill", text=""))
    assert (await story.post(event, prefer=LENIENT)).status_code == 422
    (entry,) = await kept(story)
    to = f"/quarantine/{entry['id']}/retry"
    body = orjson.dumps(event | {"data": event["data"] | {"text": text}}) if text else b""
    media = STRUCTURED if text else None
    version = (await story.get("/streams/organisation/mill")).headers["etag"]
    stale = await story.send(body, media, to=to, if_match='"organisation/mill:0"')
    assert (None, "stream.version", "") in faults_in(problem(stale, 412))
    assert await kept(story) == [entry]
    recorded = await story.send(body, media, to=to, if_match=version)
    assert recorded.status_code == (201 if text else 422)


async def test_a_request_asks_the_quarantine_as_often_for_many_as_for_one(story: Api) -> None:
    async def statements(answer: httpx.Response) -> int:
        assert len(answer.json()["quarantined"]) in (1, 50)
        return int(await story.execute("select count(*) from changes"))

    await execute(story.service.log.url, "create table changes (n int)")
    await execute(
        story.service.log.url,
        "create function count_change() returns trigger language plpgsql as"
        " $$ begin insert into changes values (1); return null; end $$",
    )
    for what in ("insert", "delete"):
        await execute(
            story.service.log.url,
            f"create trigger count_{what} after {what} on quarantine execute function count_change()",
        )
    one = await statements(await story.post(noted("organisation/nobody"), prefer=LENIENT))
    many = [noted("organisation/nobody") for _ in range(50)]
    assert await statements(await story.post(*many, prefer=LENIENT)) == 2 * one


async def test_a_retry_with_another_event_that_is_recorded_loses_nothing(story: Api) -> None:
    event = complete(noted("organisation/mill", text=""))
    assert (await story.post(event, prefer=LENIENT)).status_code == 422
    (entry,) = await kept(story)
    other = orjson.dumps(complete(noted("organisation/mill", text="another")))
    to = f"/quarantine/{entry['id']}/retry"
    assert (await story.send(other)).status_code == 201
    (fault,) = problem(await story.send(other, to=to), 422)
    assert fault["rule"] == "quarantine.other_event"
    assert await kept(story) == [entry]
