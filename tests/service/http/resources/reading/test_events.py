"""`GET /events`, `GET /events/{position}` and `GET /streams/…`: what was recorded, exactly."""

from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest

from tests.events.samples import assessed, at, noted, registered
from tests.service.app import BATCH, NDJSON, SOURCE, STRUCTURED, Api, faults_in, problem

REGISTERED = "org.howcanwe.organisation.registered.v1"
JOINED = "org.howcanwe.organisation.joined.v1"


async def stored(api: Api) -> bytes:
    """Return the lines as the log gives them."""
    return b"".join([chunk async for chunk in api.service.log.lines()])


async def test_the_lines_are_exactly_those_stored(story: Api) -> None:
    await story.post(
        noted("organisation/mill", text='A "quoted" \\ back\\slash, 🎪,\ttab, \u2028.')
    )
    response = await story.get("/events")
    assert response.status_code == 200
    assert response.headers["content-type"] == NDJSON
    assert response.content == await stored(story)
    assert response.content.count(b"\n") == 7
    kept = await story.execute(
        "select string_agg(event::text, E'\\n' order by position) from events"
    )
    assert response.content.decode().strip("\n") == kept


async def test_an_empty_log_has_no_lines(api: Api) -> None:
    assert (await api.get("/events")).content == b""
    assert (await api.get("/events", accept=BATCH)).json() == []


@pytest.mark.parametrize("who", ["facilitator", "mill"])
async def test_after_and_limit_choose_by_position(story: Api, who: str) -> None:
    everything = (await story.get("/events", who)).content.splitlines()
    for query, chosen in (
        ("?after=2", everything[2:]),
        ("?limit=2", everything[:2]),
        ("?after=1&limit=3", everything[1:4]),
        ("?after=0", everything),
        ("?limit=0", []),
        ("?limit=1000000000", everything),
        ("?after=6", []),
        ("?after=999999999999999", []),
        ("?after=999999999999999&limit=999999999999999", []),
        ("?after=", everything),
    ):
        response = await story.get(f"/events{query}", who)
        if query == "?after=":
            problem(response, 400)
        else:
            assert response.content.splitlines() == chosen, query


async def test_streams_and_types_may_be_repeated(story: Api) -> None:
    async def positions(query: str) -> list[int]:
        return [line["position"] for line in await story.lines(query=query)]

    assert await positions("?stream=organisation/mill") == [2, 5]
    assert await positions("?stream=organisation/mill&stream=organisation/archive") == [2, 3, 5, 6]
    assert await positions("?stream=organisation/mill&stream=organisation/mill") == [2, 5]
    assert await positions(f"?type={JOINED}") == [5, 6]
    assert await positions(f"?type={JOINED}&type={REGISTERED}") == [2, 3, 4, 5, 6]
    assert await positions(f"?type={JOINED}&stream=organisation/mill&after=2&limit=9") == [5]
    assert await positions("?stream=organisation/nobody") == []
    assert await positions("?type=organisation.joined") == [5, 6]
    assert await positions("?type=org.howcanwe.organisation.joined") == [5, 6]
    assert await positions(f"?type=organisation.joined&type={JOINED}&limit=1") == [5]
    assert await positions(f"?type={JOINED}&limit=1") == [5]


async def test_times_are_half_open_bounds(story: Api) -> None:
    async def positions(query: str) -> list[int]:
        return [line["position"] for line in await story.lines(query=query)]

    one, nine = quote(at(1)), quote("2024-03-01T11:00:00+01:00")
    assert nine.endswith("%2B01%3A00")
    assert await positions(f"?from={one}") == [5, 6]
    assert await positions(f"?to={one}") == [1, 2, 3, 4]
    assert await positions(f"?from={nine}&to={quote(at(1, us=1))}") == [5, 6]
    assert await positions(f"?from={one}&to={one}") == []
    assert await positions(f"?to={quote(at(1, us=-1))}") == [1, 2, 3, 4]
    assert await positions("?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59.999999Z") == [
        1,
        2,
        3,
        4,
        5,
        6,
    ]


@pytest.mark.parametrize(
    "query",
    [
        "sheep=1",
        "After=1",
        "after=1&after=2",
        "after=-1",
        "after=1.5",
        "after=x",
        "after=9999999999999999",
        "after=%C2%B2",
        "after=%D9%A1",
        "limit=-1",
        "limit=",
        "limit=1&limit=1",
        "stream=mill",
        "stream=sheep/dolly",
        "stream=organisation/",
        "stream=organisation/mill%0A",
        "stream=organisation/mill%00",
        "stream=",
        "type=a%00b",
        "type=sheep",
        "type=",
        "source=urn:x",
        "id=x",
        "source=&id=",
        "source=urn:x&id=x%00",
        "source=urn:x&id=x&id=y",
        "type=organisation.joined.v1",
        "type=org.howcanwe.nothing.happened",
        "type=organisation.joined&type=nothing.happened",
        "from=yesterday",
        "from=2024-03-01T10:00:00",
        "from=2024-03-01T10:00:00+01:00",
        "to=2024-02-30T10:00:00Z",
        "to=9999-12-31T23:59:59-23:59",
        "to=",
        "from=2024-03-01T10:00:00Z&from=2024-03-01T10:00:00Z",
        "%FF=1",
        "=1",
    ],
)
@pytest.mark.parametrize("accept", [NDJSON, BATCH, "text/event-stream"])
async def test_anything_else_in_the_query_is_malformed(api: Api, query: str, accept: str) -> None:
    response = await api.get(f"/events?{query}", accept=accept)
    (error,) = problem(response, 400)
    assert (error["index"], error["rule"]) == (None, "query")


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, NDJSON),
        ("", NDJSON),
        ("*/*", NDJSON),
        ("application/*", NDJSON),
        (NDJSON, NDJSON),
        (BATCH, BATCH),
        (f"{BATCH};q=0.5, {NDJSON};q=0.4", BATCH),
        (f"{NDJSON};q=0.4, {BATCH};q=0.5", BATCH),
        (f"*/*;q=0.1, {BATCH}", BATCH),
        (f"*/*, {NDJSON};q=0", BATCH),
        (f"{BATCH}; charset=utf-8; q=1.000", BATCH),
        (f"application/*;q=0, {BATCH}", BATCH),
        (f"text/html, {BATCH};q=0.001", BATCH),
        (f"{BATCH};q=sheep, {NDJSON};q=0.1", NDJSON),
        (f"{BATCH};q=nan, {NDJSON};q=0.1", NDJSON),
        (f"{BATCH.upper()}", BATCH),
    ],
)
async def test_the_form_is_what_the_client_prefers(
    story: Api, accept: str | None, form: str
) -> None:
    headers = story.headers("facilitator") | ({} if accept is None else {"accept": accept})
    request = story.client.build_request("GET", "/events", headers=headers)
    if accept is None:
        del request.headers["accept"]
    response = await story.client.send(request)
    assert response.status_code == 200
    assert response.headers["content-type"] == form
    assert "accept" in response.headers["vary"].lower()


async def test_two_accept_headers_are_one_list(story: Api) -> None:
    headers = [
        *story.headers("facilitator").items(),
        ("accept", "text/html"),
        ("accept", BATCH),
    ]
    response = await story.client.get("/events", headers=headers)
    assert response.headers["content-type"] == BATCH


@pytest.mark.parametrize("who", ["facilitator", "mill", None])
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
async def test_pages_lead_through_everything_once(story: Api, who: str | None, limit: int) -> None:
    await story.post(*(registered(f"o-{number}", visibility="public") for number in range(5)))
    await story.post(assessed("mill", visibility="private"))
    await story.post(*(registered(f"p-{number}") for number in range(3)))
    walked: list[Any] = []
    path = f"/events?limit={limit}&type={REGISTERED}"
    while path:
        response = await story.get(path, who, accept=BATCH)
        page = response.json()
        assert 0 < len(page) <= limit
        walked += page
        link = response.headers.get("link")
        assert link is None or link.endswith('>; rel="next"')
        path = "" if link is None else link[1 : link.index(">")]
    assert walked == await story.lines(who, f"?type={REGISTERED}")
    assert len(walked) == (5 if who is None else 11)


async def test_a_page_is_of_the_bytes_stored(story: Api) -> None:
    response = await story.get("/events", accept=BATCH)
    assert response.content == b"[" + b",".join((await stored(story)).splitlines()) + b"]"


async def test_a_page_has_a_hundred_events_and_at_most_a_thousand(api: Api) -> None:
    for start in (0, 600):
        batch = [registered(f"o-{start + number}") for number in range(600)]
        assert (await api.post(*batch)).status_code == 201
    response = await api.get("/events", accept=BATCH)
    assert (len(response.json()), "link" in response.headers) == (100, True)
    response = await api.get("/events?limit=100000", accept=BATCH)
    assert (len(response.json()), "link" in response.headers) == (1_000, True)
    response = await api.get("/events?after=200&limit=1000", accept=BATCH)
    assert (len(response.json()), "link" in response.headers) == (1_000, False)
    response = await api.get("/events?limit=0", accept=BATCH)
    assert (response.json(), "link" in response.headers) == ([], False)


async def test_one_event_is_read_by_its_position(story: Api) -> None:
    response = await story.get("/events/2")
    assert response.headers["content-type"] == STRUCTURED
    assert response.content == (await stored(story)).splitlines()[1]


@pytest.mark.parametrize("position", ["0", "7", "999999999999999"])
async def test_there_is_no_event_beyond_the_log(story: Api, position: str) -> None:
    response = await story.get(f"/events/{position}")
    assert faults_in(problem(response, 404)) == [(None, "event.unknown", "")]


@pytest.mark.parametrize("position", ["x", "-1", "1.0", "9999999999999999", "%C2%B2", "1%00", " 1"])
async def test_a_position_is_a_number(story: Api, position: str) -> None:
    problem(await story.get(f"/events/{position}"), 400)


async def test_a_stream_shows_its_version(story: Api) -> None:
    response = await story.get("/streams/cohort/heritage")
    assert response.json() == {"stream": "cohort/heritage", "version": 3}
    assert response.headers["etag"] == '"cohort/heritage:3"'
    response = await story.get("/streams/learning/nothing.there~yet")
    assert response.json() == {"stream": "learning/nothing.there~yet", "version": 0}
    assert response.headers["etag"] == '"learning/nothing.there~yet:0"'


@pytest.mark.parametrize(
    "stream", ["sheep/dolly", "organisation/-x", "organisation/a%0A", "event/1"]
)
async def test_an_invalid_stream_is_malformed(api: Api, stream: str) -> None:
    assert [error["rule"] for error in problem(await api.get(f"/streams/{stream}"), 400)] == [
        "stream"
    ]


async def test_a_log_of_several_thousand_lines_comes_whole(api: Api) -> None:
    for start in range(3):
        batch = [registered(f"o-{start}-{number}") for number in range(1_700)]
        assert (await api.post(*batch)).status_code == 201
    for who in ("facilitator", "mill"):
        lines = (await api.get("/events", who)).content.splitlines()
        assert [orjson.loads(line)["position"] for line in lines] == list(range(1, 5_101))


async def test_g7_an_event_is_found_by_its_source_and_id(story: Api) -> None:
    for visibility in ("cohort", "private"):
        event = assessed("mill", cohort="heritage", visibility=visibility, id=f"a {visibility}&+")
        assert (await story.post(event)).status_code == 201

    async def found(who: str, visibility: str, **also: str) -> list[Any]:
        query = {"source": SOURCE, "id": f"a {visibility}&+", **also}
        return await story.lines(who, f"?{urlencode(query)}")

    [line] = await found("mill", "private")
    assert line["id"] == "a private&+"
    assert [line["id"] for line in await found("archive", "cohort")] == ["a cohort&+"]
    # What is hidden is as unknown.
    assert await found("archive", "private") == await found("mill", "unheard of") == []
    assert await found("mill", "private", source="urn:else") == []
    assert await found("mill", "private", type="note.added") == []
    page = await story.get(
        f"/events?{urlencode({'source': SOURCE, 'id': line['id']})}", accept=BATCH
    )
    assert page.json() == [line]
