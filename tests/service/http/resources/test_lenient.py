"""`Prefer: handling=lenient`: the valid events of a batch are recorded, the others wait in quarantine."""

from uuid import UUID

import orjson
import pytest

from tests.events.samples import framed, joined, noted, planned, registered
from tests.service.app import BATCH, NDJSON, Api, checked_problem, complete, faults_in, problem

LENIENT = "handling=lenient"


async def test_valid_events_are_recorded_and_the_rest_is_quarantined(story: Api) -> None:
    head = await story.head()
    response = await story.post(
        noted("organisation/mill"),
        noted("organisation/nobody"),
        noted("organisation/archive"),
        prefer=LENIENT,
    )
    assert response.status_code == 201
    body = response.json()
    assert [receipt["position"] for receipt in body["receipts"]] == [head + 1, head + 2]
    (entry,) = body["quarantined"]
    assert set(entry) == {"index", "id", "errors"}
    assert entry["index"] == 1
    assert str(UUID(entry["id"])) == entry["id"]
    assert faults_in(entry["errors"]) == [(1, "subject.unknown", "/data/about")]
    assert await story.head() == head + 2


async def test_nothing_refused_is_answered_as_ever(story: Api) -> None:
    response = await story.post(noted("organisation/mill"), prefer=LENIENT)
    assert response.status_code == 201
    assert set(response.json()) == {"receipts"}


async def test_a_repeat_beside_what_is_refused_is_created(story: Api) -> None:
    good, bad = complete(noted("organisation/mill")), complete(noted("organisation/nobody"))
    await story.send(orjson.dumps(good))
    response = await story.send(orjson.dumps([good, bad]), BATCH, prefer=LENIENT)
    assert response.status_code == 201
    assert [receipt["repeated"] for receipt in response.json()["receipts"]] == [True]
    assert [entry["index"] for entry in response.json()["quarantined"]] == [1]


@pytest.mark.parametrize(
    ("bad", "status"), [("unknown", 422), ("conflict", 409), ("foreign", 403), ("json", 400)]
)
async def test_if_everything_is_refused_the_status_is_that_of_the_refusal(
    story: Api, bad: str, status: int
) -> None:
    event = complete(noted("organisation/mill", organisation="mill"))
    assert (await story.send(orjson.dumps(event), who="mill")).status_code == 201
    sent = {
        "unknown": orjson.dumps(complete(noted("organisation/nobody", organisation="mill"))),
        "conflict": orjson.dumps(event | {"time": "2024-04-01T00:00:00Z"}),
        "foreign": orjson.dumps(complete(registered("tower"))),
        "json": b'{"specversion": "1.0", ',
    }[bad]
    response = await story.send(sent, NDJSON, who="mill", prefer=LENIENT)
    assert response.status_code == status
    body = checked_problem(response)
    assert body["receipts"] == []
    (entry,) = body["quarantined"]
    assert entry["errors"] == body["errors"]
    assert str(UUID(entry["id"])) == entry["id"]


async def test_an_event_that_names_a_subject_of_a_refused_one_depends_on_it(
    story: Api,
) -> None:
    question = framed(text="Why not?")
    response = await story.post(
        question, planned(), noted("organisation/mill"), noted("question/question"), prefer=LENIENT
    )
    assert response.status_code == 201
    assert [faults_in(entry["errors"]) for entry in response.json()["quarantined"]] == [
        [(0, "question.how_can_we", "/data/text")],
        [(1, "batch.dependent", "/data/question")],
        [(3, "batch.dependent", "/data/about")],
    ]


async def test_a_corrected_event_may_create_what_a_refused_one_did_not(story: Api) -> None:
    bad, malformed = framed("new", text="Why not?"), framed("newer", themes="x")
    early, late = noted("question/new"), noted("question/new")
    response = await story.post(
        *(bad, early, framed("new"), late, malformed, framed("newer"), framed("new")),
        prefer=LENIENT,
    )
    assert response.status_code == 201
    assert [faults_in(entry["errors"]) for entry in response.json()["quarantined"]] == [
        [(0, "question.how_can_we", "/data/text")],
        [(1, "batch.dependent", "/data/about")],
        [(4, "field", "/data/themes")],
        [(6, "subject.exists", "/data/question")],
    ]
    assert len(response.json()["receipts"]) == 3


async def test_without_lenience_the_second_creation_is_reported_too(story: Api) -> None:
    response = await story.post(framed("new", text="Why not?"), framed("new"))
    assert faults_in(problem(response, 422)) == [
        (0, "question.how_can_we", "/data/text"),
        (1, "subject.exists", "/data/question"),
    ]


async def test_events_before_and_after_a_broken_line_are_recorded(story: Api) -> None:
    lines = [
        orjson.dumps(complete(noted("organisation/mill"))),
        b'{"specversion": ',
        b"\xff\xfe",
        orjson.dumps(complete(noted("organisation/archive"))),
    ]
    response = await story.send(b"\n".join(lines), NDJSON, prefer=LENIENT)
    assert response.status_code == 201
    assert len(response.json()["receipts"]) == 2
    assert [
        (entry["index"], entry["errors"][0]["rule"]) for entry in response.json()["quarantined"]
    ] == [(1, "json"), (2, "json")]


async def test_without_lenience_one_broken_line_refuses_all_lines(story: Api) -> None:
    head = await story.head()
    body = orjson.dumps(complete(noted("organisation/mill"))) + b"\n[\n"
    response = await story.send(body, NDJSON)
    assert faults_in(problem(response, 400)) == [(1, "json", "")]
    assert await story.head() == head


async def test_a_batch_that_is_not_json_is_malformed_however_lenient(story: Api) -> None:
    response = await story.send(b"[{]", BATCH, prefer=LENIENT)
    assert faults_in(problem(response, 400)) == [(None, "json", "")]
    assert (await story.get("/quarantine")).json() == {"quarantined": []}


@pytest.mark.parametrize(
    ("prefer", "is_lenient"),
    [
        ("handling=lenient", True),
        ('respond-async, Handling = "Lenient"; x=y', True),
        ("handling=strict", False),
        ("handling=strict, handling=lenient", False),
        ("wait=10; handling=lenient", False),
        ("lenient", False),
        ("", False),
    ],
)
async def test_the_preference_is_read_as_rfc_7240_writes_it(
    story: Api, prefer: str, is_lenient: bool
) -> None:
    response = await story.post(
        noted("organisation/mill"), noted("organisation/nobody"), prefer=prefer
    )
    assert response.status_code == (201 if is_lenient else 422)
    assert response.headers.get("preference-applied") == (LENIENT if is_lenient else None)
    whole = await story.post(noted("organisation/mill"), prefer=prefer)
    assert whole.headers.get("preference-applied") == (LENIENT if is_lenient else None)
    nothing = await story.post(noted("organisation/nobody"), prefer=prefer)
    assert nothing.headers.get("preference-applied") == (LENIENT if is_lenient else None)


async def test_a_second_prefer_header_is_read_too(story: Api) -> None:
    headers = [
        *story.headers("facilitator").items(),
        ("content-type", BATCH),
        ("prefer", "respond-async"),
        ("prefer", "handling=lenient"),
    ]
    events = [complete(noted("organisation/mill")), complete(joined("mill"))]
    response = await story.client.post("/events", content=orjson.dumps(events), headers=headers)
    assert response.status_code == 201
    assert [entry["index"] for entry in response.json()["quarantined"]] == [1]
