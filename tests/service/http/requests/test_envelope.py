"""One event in the many spellings in which senders and relays put it, through HTTP and `howcanwe record`."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

from events.integrity.verify import Verifier, Whole
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.json_schemas import json_schema
from projections.updating.runner import Runner
from tests.events import samples
from tests.events.samples import framed, noted, planned, registered, started
from tests.processes import run
from tests.projections.updating.test_digest import in_memory, rebuilt
from tests.service.app import BATCH, NDJSON, STRUCTURED, Api, complete, open_api
from tests.service.replay.test_export import done

BOM = b"\xef\xbb\xbf"
EVENT = {
    "specversion": "1.0",
    "source": "urn:x",
    "type": "org.howcanwe.note.added.v1",
    "time": "2026-11-01T10:00:00Z",
}
DATA = {"about": "organisation/mill", "text": "hi"}


@pytest.fixture
async def story(database_url: str) -> AsyncIterator[Api]:
    """An API over a record with a cohort of two organisations, and an iteration that was started."""
    async with open_api(database_url) as api:
        await api.begin()
        response = await api.post(framed(), planned(), started())
        assert response.status_code == 201, response.text
        yield api


async def binary(api: Api, **attributes: str) -> tuple[int, Any]:
    """Send a note in binary mode, headers as they are; return status and receipt."""
    given = {f"ce-{name}": value for name, value in {**EVENT, **attributes}.items()}
    headers = api.headers("facilitator", {**given, "content-type": "application/json"})
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    response = await api.client.post("/events", content=orjson.dumps(DATA), headers=raw)
    assert response.status_code in (200, 201), response.text
    return response.status_code, response.json()["receipts"][0]


async def test_f02_blanks_around_a_headers_value_are_no_part_of_it(story: Api) -> None:
    status, first = await binary(story, id="ows-1")
    assert status == 201
    for spelled in ("ows-1  ", "  ows-1", "\tows-1\t ", ' "ows-1" ', "ows%2D1 "):
        status, again = await binary(story, id=spelled, source=" urn:x ", time=EVENT["time"] + " ")
        assert (status, again) == (200, {**first, "repeated": True}), spelled
    status, other = await binary(story, id='"ows-1  "')
    assert (status, other["id"]) == (201, "ows-1  ")


@pytest.mark.parametrize("text", ["0.10000000000000001", "789.34000000000003", "1E2", "1e300"])
async def test_f05_seventeen_digits_are_kept_as_sent(story: Api, text: str) -> None:
    event = complete(samples.observed(value=0))
    body = orjson.dumps(event).replace(b'"value":0', b'"value":' + text.encode())
    assert (await story.send(body)).status_code == 201
    assert (await story.send(body)).status_code == 200
    line = (await story.get("/events")).content.splitlines()[-1]
    assert b'"value":' + text.encode() + b"}" in line


@pytest.mark.parametrize("mode", [STRUCTURED, BATCH, NDJSON])
async def test_f10_a_byte_order_mark_is_skipped(story: Api, mode: str) -> None:
    one = {**EVENT, "id": "bom", "data": DATA}
    body = BOM + orjson.dumps([one] if mode == BATCH else one)
    if mode == NDJSON:
        body = BOM + b"\n" + body + b"\n" + body
    assert (await story.send(body, mode)).status_code == 201
    assert (await story.send(body.replace(BOM, b""), mode)).status_code == 200


async def test_f10_a_byte_order_mark_before_the_data_of_a_binary_request(story: Api) -> None:
    headers = {f"ce-{name}": value for name, value in {**EVENT, "id": "bom"}.items()}
    body = BOM + orjson.dumps(DATA)
    response = await story.send(body, "application/json", **headers)
    assert response.status_code == 201, response.text


@pytest.mark.parametrize("mode", [STRUCTURED, BATCH, NDJSON, "application/json"])
async def test_f10_what_is_refused_is_kept_without_its_mark(story: Api, mode: str) -> None:
    note = {**DATA, "about": "question/later"}
    one = {**EVENT, "id": "bom", "data": note}
    headers = {"prefer": "handling=lenient"}
    if mode == "application/json":
        headers |= {f"ce-{name}": value for name, value in {**EVENT, "id": "bom"}.items()}
        body = orjson.dumps(note)
    else:
        body = orjson.dumps([one] if mode == BATCH else one)
    refused = await story.send(BOM + body, mode, **headers)
    [entry] = refused.json()["quarantined"]
    assert (await story.post(framed("later"))).status_code == 201
    retried = await story.send(b"", None, to=f"/quarantine/{entry['id']}/retry")
    assert retried.status_code == 201, retried.text


async def test_f10_a_query_may_have_one_too(database_url: str) -> None:
    async with open_api(database_url, lives=True, min_position_seconds=60) as api:
        await api.begin()
        body = BOM + orjson.dumps({"query": "{ __typename }"})
        head = str(await api.head())
        answer = await api.send(body, "application/json", to="/graphql", min_position=head)
        assert answer.json()["data"] == {"__typename": "Query"}


async def test_f10_howcanwe_record_skips_it(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    lines = [orjson.dumps(complete(registered(name))) for name in ("mill", "park")]
    file.write_bytes(BOM + lines[0] + b"\n" + BOM + b"\n" + BOM + lines[1])
    recording = ("record", file, "--database-url", database_url, "--data", tmp_path)
    ran = await asyncio.to_thread(run, *recording)
    assert (ran.returncode, ran.stderr.decode().strip()) == (
        0,
        "howcanwe: 2 recorded, 0 already in the log",
    )


async def test_f12_an_integer_extension_is_the_same_in_binary_and_in_structured_mode(
    story: Api,
) -> None:
    status, first = await binary(story, id="num", num="5", flag="true")
    assert status == 201
    again = {**EVENT, "id": "num", "num": 5, "flag": True, "data": DATA}
    response = await story.send(orjson.dumps(again))
    assert response.status_code == 200
    assert response.json()["receipts"] == [{**first, "repeated": True}]


@pytest.mark.parametrize("time", ["2016-12-31T23:59:60Z", "2016-12-31T18:59:60-05:00"])
async def test_f17_a_leap_second_is_taken(story: Api, time: str) -> None:
    response = await story.post(registered("park", time=time))
    assert response.status_code == 201, response.text
    last = "from=2016-12-31T23:59:59.999999Z&to=2017-01-01T00:00:00Z"
    assert [line["time"] for line in await story.lines(query=f"?{last}")] == [time]
    assert len(await story.lines(query="?from=2016-12-31T23:59:60Z")) == await story.head()


async def test_f19_a_relay_that_respells_the_time_sends_the_same_event(story: Api) -> None:
    one = {**EVENT, "id": "relayed", "data": DATA}
    assert (await story.send(orjson.dumps(one))).status_code == 201
    for time in (
        "2026-11-01T10:00:00.000Z",
        "2026-11-01T10:00:00+00:00",
        "2026-11-01T11:00:00+01:00",
    ):
        assert (await story.send(orjson.dumps({**one, "time": time}))).status_code == 200, time


SPELLED = {
    "planned_months": "9.0",
    "minutes": "6E1",
    "sample_size": "12.0",
    "people": "1.2e1",
    "evidence_level": "3.0",
    "months_after": "-0",
    "value": "123456789012345678901234567890",
    "hours": "0.10000000000000001",
    "amount": "1e300",
    "event": "1.0e1",
}


def spelled(event: samples.EventJson) -> bytes:
    """Return the event's JSON, its numbers in the oddest spellings."""
    text = orjson.dumps(complete(event))
    for name, number in SPELLED.items():
        text = text.replace(f'"{name}":0'.encode(), f'"{name}":{number}'.encode())
    return text


async def test_numbers_in_any_spelling_are_reported_everywhere_alike(
    database_url: str, tmp_path: Path
) -> None:
    async with open_api(database_url, lives=True, min_position_seconds=60) as api:
        await api.begin()
        cost = {"amount": 0, "currency": "EUR"}
        story = [
            samples.formed("second", planned_months=0, question="second-shared"),
            samples.paired(),
            samples.met(minutes=0),
            noted("organisation/mill"),
            framed(),
            {**planned(), "correlationid": 7, "causationid": True},
            started(),
            samples.observed(value=0, sample_size=0),
            samples.took_part(people=0),
            samples.concluded(evidence_level=0, hours=0, cost=cost),
            samples.captured(evidence_level=0),
            registered("park", time="2016-12-31T23:59:60Z"),
            samples.closed(),
            samples.checked_in(months_after=0),
        ]
        position = 0
        for event in story:
            response = await api.send(spelled(event))
            assert response.status_code == 201, response.text
            position = response.json()["receipts"][0]["position"]
            if event["type"] == "org.howcanwe.note.added.v1":
                SPELLED["event"] = f"{position}.0"
        assert (await api.send(spelled(samples.voided(0)))).status_code == 201
        lines = (await api.get("/events")).content
        for name, number in SPELLED.items():
            assert f'"{name}":{number}'.encode() in lines, name

        for who in ("facilitator", "mill"):
            answer = await api.client.post(
                "/graphql",
                json={
                    "query": """{
                    cohort(key: "second") { plannedMonths }
                    organisation(key: "mill") { timeline(first: 50) { nodes {
                        ... on TimelineEntry { type }
                        ... on IterationConcluded { hours evidenceLevel cost { amount } }
                        ... on ObservationRecorded { value sampleSize }
                        ... on PairingMet { minutes }
                    } } }
                }"""
                },
                headers=api.headers(who, {"Min-Position": str(await api.head())}),
            )
            assert "errors" not in answer.json(), answer.text
            data = answer.json()["data"]
            assert data["cohort"]["plannedMonths"] == 9
            nodes = {node["type"]: node for node in data["organisation"]["timeline"]["nodes"]}
            concluded = nodes["ITERATION_CONCLUDED"]
            assert (concluded["hours"], concluded["evidenceLevel"]) == (0.1, 3)
            assert concluded["cost"] == {"amount": 1e300}
            assert nodes["OBSERVATION_RECORDED"]["sampleSize"] == 12
            assert nodes["PAIRING_MET"]["minutes"] == 60
            assert "EVENT_VOIDED" in nodes

        log = api.service.log
        assert isinstance(await Verifier(log).run(), Whole)
        async with Runner(log) as live:
            await live.catch_up()
            _, digest = await live.digest()
        assert {await in_memory(log), await rebuilt(log, 3)} == {digest}
    for name in ("log.parquet", "log.csv", "log.json"):
        await done("replay", database_url, "--out", tmp_path / name)
    assert await done("replay", tmp_path / "log.parquet") == lines


ABSENT = [
    (samples.formed(), {"sector": None, "planned_months": None, "builds_on": None, "themes": None}),
    (samples.formed(), {"sector": " ", "planned_months": 9.0, "themes": []}),
    (planned(), {"measure": "", "modes": None, "participation_level": None, "starts_on": None}),
    (samples.observed(), {"value": 1e300, "sample_size": 12.0, "unit": "\t"}),
    (samples.concluded(), {"hours": 2.0**70, "evidence_level": 3.0, "cost": None}),
    (samples.released(), {"url": None, "cites": None}),
]


@pytest.mark.parametrize(("event", "more"), ABSENT)
def test_the_schema_of_a_type_takes_what_counts_as_absent(
    event: samples.EventJson, more: dict[str, Any]
) -> None:
    found = VOCABULARY.find(event["type"])
    assert found is not None
    kind, _ = found
    data = {**event["data"], **more}
    kind.validated(kind.upcast({n: value for n, value in data.items() if value is not None}, 1))
    jsonschema_rs.validator_for(json_schema(kind)).validate(data)
