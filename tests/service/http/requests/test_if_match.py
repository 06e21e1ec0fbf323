"""`If-Match`: events that are recorded only if streams are where the sender saw them."""

import orjson
import pytest

from tests.events.samples import assessed, framed, noted, registered
from tests.service.app import Api, complete, faults_in, problem


async def test_an_etag_goes_into_if_match(story: Api) -> None:
    etag = (await story.get("/streams/organisation/mill")).headers["etag"]
    assert etag == '"organisation/mill:2"'
    event = noted("organisation/mill")
    assert (await story.post(event, if_match=etag)).status_code == 201
    problem(await story.post(event, if_match=etag), 412)


async def test_several_streams_must_all_hold(story: Api) -> None:
    event = noted("organisation/mill")
    both = '"organisation/mill:2", "organisation/archive:{}"'
    (error,) = problem(await story.post(event, if_match=both.format(7)), 412)
    assert (error["index"], error["rule"]) == (None, "stream.version")
    assert "organisation/archive is at version 2" in error["detail"]
    assert (await story.post(event, if_match=both.format(2))).status_code == 201


async def test_every_stream_that_moved_on_is_reported_with_its_version(story: Api) -> None:
    moved = '"organisation/mill:1","cohort/heritage:9","organisation/archive:2"'
    errors = problem(await story.post(noted("organisation/mill"), if_match=moved), 412)
    assert sorted(error["detail"] for error in errors) == [
        "cohort/heritage is at version 3, not 9.",
        "organisation/mill is at version 2, not 1.",
    ]


async def test_version_0_is_a_stream_that_does_not_exist_yet(story: Api) -> None:
    guard = '"organisation/tower:0"'
    assert (await story.post(registered("tower"), if_match=guard)).status_code == 201
    (error,) = problem(await story.post(noted("organisation/tower"), if_match=guard), 412)
    assert "is at version 1" in error["detail"]


async def test_headers_are_joined_and_a_stream_may_be_named_twice_the_same(story: Api) -> None:
    tags = ['"organisation/mill:2" , ,"organisation/mill:2"', '"organisation/archive:2"']
    headers = [*story.headers("facilitator").items(), *(("if-match", tag) for tag in tags)]
    body = orjson.dumps(complete(noted("organisation/mill")))
    headers.append(("content-type", "application/cloudevents+json"))
    response = await story.client.post("/events", content=body, headers=headers)
    assert response.status_code == 201
    headers[-2] = ("if-match", '"organisation/archive:3"')
    body = orjson.dumps(complete(noted("organisation/mill")))
    response = await story.client.post("/events", content=body, headers=headers)
    problem(response, 412)


@pytest.mark.parametrize(
    "tag",
    [
        "*",
        'W/"organisation/mill:2"',
        "organisation/mill:2",
        '"organisation/mill"',
        '"organisation/mill:-1"',
        '"organisation/mill:02"',
        '"organisation/mill:2.0"',
        '"organisation/mill:9999999999999999"',
        '"sheep/dolly:2"',
        '"organisation/:2"',
        '"organisation/mill:2" "organisation/archive:2"',
        '"organisation/mill:2", *',
        '"organisation/mill:2", "organisation/mill:3"',
        '"',
        "garbage",
    ],
)
async def test_anything_else_in_if_match_is_malformed(story: Api, tag: str) -> None:
    response = await story.post(noted("organisation/mill"), if_match=tag)
    assert [error["rule"] for error in problem(response, 400)] == ["if_match"]


async def test_a_repeated_event_is_not_asked_for_its_version(story: Api) -> None:
    event = complete(noted("organisation/mill"))
    guard = '"organisation/mill:2"'
    assert (await story.send(orjson.dumps(event), if_match=guard)).status_code == 201
    again = await story.send(orjson.dumps(event), if_match=guard)
    assert (again.status_code, again.json()["receipts"][0]["repeated"]) == (200, True)


async def test_a_repeat_beside_something_new_is_asked(story: Api) -> None:
    event = complete(noted("organisation/mill"))
    await story.send(orjson.dumps(event))
    response = await story.post(event, noted("organisation/mill"), if_match='"organisation/mill:2"')
    assert faults_in(problem(response, 412)) == [(None, "stream.version", "")]


async def test_a_version_comes_before_the_other_rules_and_after_the_form(story: Api) -> None:
    moved = '"organisation/mill:1"'
    malformed = assessed("mill", framing="sheep")
    faults = faults_in(problem(await story.post(malformed, if_match=moved), 412))
    assert faults == [(None, "stream.version", ""), (0, "field", "/data/framing")]


async def test_validation_asks_for_versions_too(story: Api) -> None:
    guard = '"organisation/mill:1"'
    response = await story.post(noted("organisation/mill"), to="/events/validate", if_match=guard)
    problem(response, 412)


async def test_a_lenient_request_is_refused_whole_where_a_stream_has_moved_on(story: Api) -> None:
    head = await story.head()
    response = await story.post(
        noted("organisation/mill"),
        noted("organisation/archive"),
        if_match='"organisation/mill:1"',
        prefer="handling=lenient",
    )
    assert "quarantined" not in response.json()
    problem(response, 412)
    assert await story.head() == head
    assert (await story.get("/quarantine")).json() == {"quarantined": []}


async def test_to_a_sender_who_may_not_see_the_subject_its_stream_is_at_version_0(
    story: Api,
) -> None:
    assert (await story.post(framed(visibility="private"), who="mill")).status_code == 201
    unseen = await story.get("/streams/question/question", "archive")
    assert unseen.json() == {"stream": "question/question", "version": 0}
    event = noted("organisation/archive", organisation="archive")
    right = await story.post(event, who="archive", if_match='"question/question:1"')
    assert "version 0" in problem(right, 412)[0]["detail"]
    assert (
        await story.post(event, who="archive", if_match='"question/question:0"')
    ).status_code == 201
