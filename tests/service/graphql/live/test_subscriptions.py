"""Subscriptions to everything, some cohorts, some types, and figures: in each form, and without hidden events."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest

from events.access.policy import Role
from projections.insights.cache.cache import AnswerCache
from projections.queries import timelines
from service.graphql.live import feeds
from tests.events.samples import formed, framed, joined, noted, reframed, shown
from tests.service.app import open_api
from tests.service.graphql.client import caught_up
from tests.service.graphql.live.test_live import IN_TIME_SECONDS, connected, hear, say
from tests.service.serving import Served, serving

FORMS = {
    "events": "text/event-stream",
    "parts": 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json',
}
ALL = """subscription($after: Position, $cohorts: [String!], $kinds: [EntryType!]) {
  timeline(after: $after, cohorts: $cohorts, kinds: $kinds) { ... on TimelineEntry { position } }
}"""
FUNNEL = "subscription { insights { funnel { questions failures } } }"

MANY = 51 * ' "heritage"'

Answers = AsyncGenerator[Any, None]


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[Served]:
    """A served cohort, its read models running; figures are computed often."""
    async with serving(
        database_url, heartbeat_seconds=0.2, graphql_insights_seconds=0.05
    ) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        yield served


async def over_websocket(served: Served, who: str | None, asked: Any) -> Answers:
    """Yield the answers of a subscription over a WebSocket."""
    async with connected(served, who) as socket:
        await say(socket, "subscribe", id="1", payload=asked)
        while True:
            message = await hear(socket)
            if message["type"] != "next":
                yield {"errors": message["payload"]}
                return
            yield message["payload"]


async def over_http(served: Served, who: str | None, asked: Any, accept: str) -> Answers:
    """Yield the answers of a subscription over HTTP, as events or in parts."""
    headers = served.api.headers(who, {"accept": accept})
    address = f"http://127.0.0.1:{served.port}/graphql"
    async with (
        httpx.AsyncClient(timeout=IN_TIME_SECONDS) as client,
        client.stream("POST", address, json=asked, headers=headers) as response,
    ):
        async for line in response.aiter_lines():
            text = line.removeprefix("data: ")
            if text.startswith("{") and (answer := orjson.loads(text)):
                yield answer.get("payload", answer)


@asynccontextmanager
async def following(
    served: Served, who: str | None, form: str, query: str = ALL, **variables: Any
) -> AsyncIterator[Answers]:
    """Follow as `who`; the subscription is there."""
    asked = {"query": query, "variables": variables}
    given = (
        over_websocket(served, who, asked)
        if form == "websocket"
        else over_http(served, who, asked, FORMS[form])
    )
    async with aclosing(given) as answers:
        yield answers


async def answer(answers: Answers) -> Any:
    async with asyncio.timeout(IN_TIME_SECONDS):
        return await anext(answers)


async def positions(answers: Answers, through: int) -> list[int]:
    """Return the positions of the entries that come, up to this one."""
    found = [0]
    while found[-1] < through:
        found.append((await answer(answers))["data"]["timeline"]["position"])
    return found[1:]


async def post(served: Served, *events: Any, who: str = "facilitator") -> int:
    """Post the events; return the position of the last."""
    response = await served.api.post(*events, who=who)
    assert response.status_code == 201, response.text
    return int(response.json()["receipts"][-1]["position"])


async def begin(served: Served, *events: Any) -> None:
    """Post the events, and wait for the read models to have them."""
    position = await post(served, *events)
    assert await served.api.service.runner.wait_for(position, IN_TIME_SECONDS)


form = pytest.mark.parametrize("form", ["websocket", *FORMS])


@form
async def test_g06_without_a_subject_every_visible_event_comes(served: Served, form: str) -> None:
    kept = {**noted("organisation/mill"), "visibility": "private"}
    await post(served, kept, noted("cohort/heritage"))
    async with (
        following(served, "facilitator", form, after=0) as facilitator,
        following(served, "mill", form, after=0) as mill,
        following(served, "archive", form, after=0) as archive,
    ):
        assert await positions(facilitator, 8) == [1, 2, 3, 4, 5, 6, 7, 8]
        assert await positions(mill, 8) == [1, 2, 3, 4, 5, 6, 7, 8]
        assert await positions(archive, 8) == [1, 2, 3, 4, 5, 6, 8]
        await post(served, kept, noted("cohort/heritage"))
        assert await positions(facilitator, 10) == await positions(mill, 10) == [9, 10]
        assert await positions(archive, 10) == [10]


@form
async def test_g06_several_cohorts_are_followed_at_once(served: Served, form: str) -> None:
    await begin(served, formed("rivers"), joined("mill", "rivers"), formed("woods"))
    async with following(
        served, "facilitator", form, after=0, cohorts=["rivers", "heritage"]
    ) as answers:
        # Position 7 and 8 are of rivers, 9 of woods.
        assert await positions(answers, 8) == [1, 5, 6, 7, 8]
        await post(served, noted("cohort/woods"))
        assert await positions(answers, await post(served, noted("cohort/rivers"))) == [11]


async def test_an_entry_of_two_followed_cohorts_comes_once(served: Served) -> None:
    await begin(served, formed("rivers", builds_on=["heritage"]))
    async with following(
        served, "facilitator", "websocket", after=6, cohorts=["rivers", "heritage"]
    ) as answers:
        last = await post(served, noted("cohort/rivers"))
        assert await positions(answers, last) == [7, 8]


@form
async def test_g06_types_are_followed_whatever_they_are_about(served: Served, form: str) -> None:
    async with following(
        served, "facilitator", form, after=0, kinds=["ORGANISATION_REGISTERED", "NOTE_ADDED"]
    ) as answers:
        assert await positions(answers, 4) == [2, 3, 4]
        await post(served, joined("library"))
        assert await positions(answers, await post(served, noted("organisation/mill"))) == [8]


@pytest.mark.parametrize(
    ("given", "code", "argument"),
    [
        ('organisation: "mill", cohort: "heritage"', "argument.contradicts", "cohort"),
        ('cohort: "heritage", cohorts: ["heritage"]', "argument.contradicts", "cohorts"),
        ('cohorts: ["heritage", "nowhere"]', "argument.unknown", "cohorts"),
        ('cohort: "nowhere"', "argument.unknown", "cohort"),
        ('cohorts: ["no/key"]', "argument.malformed", "cohorts"),
        ('organisation: "no/key"', "argument.malformed", "organisation"),
        (f"cohorts: [{MANY}]", "argument.out_of_range", "cohorts"),
        ("after: 99", "position.not_reached", "after"),
    ],
)
async def test_errors_of_a_subscription_name_the_argument(
    database_url: str, given: str, code: str, argument: str
) -> None:
    async with serving(database_url, min_position_seconds=0.05) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        query = f"subscription {{ timeline({given}) {{ __typename }} }}"
        async with following(served, "facilitator", "websocket", query) as answers:
            [error] = (await answer(answers))["errors"]
            extensions = error["extensions"]
            assert (extensions["code"], extensions["argument"]) == (code, argument)


async def test_the_public_cannot_follow_a_cohort_that_is_not_public(served: Served) -> None:
    await begin(served, {**formed("rivers"), "visibility": "public"})
    async with following(served, None, "websocket", after=0, cohorts=["rivers"]) as answers:
        assert await positions(answers, 7) == [7]
    async with following(served, None, "websocket", after=0, cohorts=["heritage"]) as answers:
        [error] = (await answer(answers))["errors"]
        assert error["extensions"] == {"code": "argument.unknown", "argument": "cohorts"}


@form
async def test_what_is_hidden_meanwhile_is_not_sent(served: Served, form: str) -> None:
    await post(served, framed(cohort="heritage"), who="mill")
    async with (
        following(served, "archive", form, after=6) as archive,
        following(served, "mill", form, after=6) as mill,
    ):
        assert await positions(archive, 7) == await positions(mill, 7) == [7]
        await post(served, shown("question/question", "private"), who="mill")
        await post(served, reframed(), who="mill")
        await post(served, noted("question/question"))
        last = await post(served, noted("cohort/heritage"))
        assert await positions(archive, last) == [11]
        assert await positions(mill, last) == [8, 9, 10, 11]
        # What is shown again is sent from then on.
        await post(served, shown("question/question", "cohort"), who="mill")
        last = await post(served, reframed(text="How can we begin again?"), who="mill")
        assert await positions(archive, last) == [12, 13]


async def test_what_is_hidden_before_it_is_sent_is_not_sent(served: Served) -> None:
    await begin(
        served,
        framed(cohort="heritage"),
        *(noted("question/question") for _ in range(5)),
        noted("cohort/heritage"),
    )
    schema, context = served.api.app.state.graph.schema, await served.api.context("archive")
    async with asyncio.timeout(IN_TIME_SECONDS):
        results: Any = await schema.stream(ALL, {"after": 6}, context)
        async with aclosing(results) as answers:
            found = [_position(await anext(answers)) for _ in range(2)]
            # The reader is slow: the rest of what was read waits to be sent.
            position = await post(served, shown("question/question", "private"))
            await served.api.service.log.announcer.wait_beyond(position - 1)
            found.append(_position(await anext(answers)))
    assert found == [7, 8, 13]


def _position(result: Any) -> int:
    return int(orjson.loads(orjson.dumps(result.data))["timeline"]["position"])


async def test_a_subscription_waits_while_the_read_models_catch_up(database_url: str) -> None:
    # Clients do not come again after an error: it would end those permanently that come again after a restart.
    async with open_api(database_url) as api, asyncio.timeout(IN_TIME_SECONDS):
        await api.begin()
        results: Any = await api.app.state.graph.schema.stream(
            ALL, {"after": 4}, await api.context("archive")
        )
        async with aclosing(results) as answers:
            waiting = asyncio.ensure_future(anext(answers))
            for prepare in (api.service.runner.prepare, api.service.runner.catch_up):
                assert not (await asyncio.wait([waiting], timeout=0.2))[0]
                await prepare()
            assert _position(await waiting) == 5


async def test_a_key_that_ends_ends_the_wait_for_the_read_models(database_url: str) -> None:
    async with open_api(database_url) as api, asyncio.timeout(IN_TIME_SECONDS):
        await api.begin()
        results: Any = await api.app.state.graph.schema.stream(
            ALL, {"after": 4}, await api.context("mill")
        )
        async with aclosing(results) as answers:
            waiting = asyncio.ensure_future(anext(answers))
            assert not (await asyncio.wait([waiting], timeout=0.2))[0]
            await api.execute("update keys set revoked_at = now() where organisation = 'mill'")
            [error] = (await waiting).errors
            assert error.extensions == {"code": "key.refused"}


async def test_a_long_log_of_which_little_is_seen_is_looked_through_in_parts(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "SCAN_POSITIONS", 2)
    kept = {**noted("organisation/mill"), "visibility": "private"}
    await begin(served, *(kept for _ in range(7)), noted("cohort/heritage"))
    async with following(served, "archive", "websocket", after=5) as answers:
        assert await positions(answers, 14) == [6, 14]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("query", [ALL, FUNNEL])
async def test_a_key_that_ends_ends_what_is_followed_by_it(
    served: Served, query: str, form: str
) -> None:
    async with following(served, "mill", form, query, after=0) as answers:
        await answer(answers)
        await served.api.execute("update keys set revoked_at = now() where organisation = 'mill'")
        async with asyncio.timeout(IN_TIME_SECONDS):
            found = [one async for one in answers]
        assert [error["extensions"]["code"] for error in found[-1]["errors"]] == ["key.refused"]


async def test_those_who_are_shown_the_same_share_what_is_read(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    statement = timelines.following

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal asked
        asked += 1
        return statement(*arguments, **named)

    # Keys are remembered: else each is looked up first, and takes its own time.
    async with serving(database_url, key_cache_seconds=60) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        other = await served.api.key(Role.ORGANISATION, organisation="archive")
        async with (
            following(served, "archive", "websocket", after=4) as first,
            following(served, other, "websocket", after=5) as second,
            following(served, "mill", "websocket", after=5) as mill,
        ):
            assert await positions(first, 6) == [5, 6]
            assert await positions(second, 6) == await positions(mill, 6) == [6]
            monkeypatch.setattr(timelines, "following", counted)
            last = await post(served, {**noted("organisation/mill"), "visibility": "private"})
            assert await positions(mill, last) == [7]
            last = await post(served, noted("cohort/heritage"))
            assert [await positions(one, last) for one in (first, second, mill)] == [[8]] * 3
    # Twice for the two keys of the archive, twice for the mill's.
    assert asked == 4


def funnel(found: Any) -> tuple[int, int]:
    counted = found["data"]["insights"]["funnel"]
    return counted["questions"], counted["failures"]


@form
async def test_g06_a_figure_comes_at_once_and_again_when_it_is_different(
    served: Served, form: str
) -> None:
    async with following(served, "facilitator", form, FUNNEL) as answers:
        assert funnel(await answer(answers)) == (0, 0)
        await post(served, noted("organisation/mill"))
        await post(served, framed(cohort="heritage"))
        assert funnel(await answer(answers)) == (1, 0)


async def test_a_figure_is_sent_to_those_for_whom_it_is_different(served: Served) -> None:
    async with (
        following(served, "archive", "websocket", FUNNEL) as archive,
        following(served, "mill", "websocket", FUNNEL) as mill,
    ):
        assert funnel(await answer(archive)) == funnel(await answer(mill)) == (0, 0)
        await post(served, {**framed("kept", cohort="heritage"), "visibility": "private"})
        assert funnel(await answer(mill)) == (1, 0)
        await post(served, framed("open", cohort="heritage"))
        assert funnel(await answer(mill)) == (2, 0)
        assert funnel(await answer(archive)) == (1, 0)
        await post(served, shown("question/open", "private"))
        assert funnel(await answer(archive)) == (0, 0)


async def test_figures_take_the_arguments_of_the_query(served: Served) -> None:
    query = """subscription($filter: InsightsFilter, $at: DateTime) {
      insights(filter: $filter, at: $at) { partial funnel { questions } compareCohorts { list { cohort } } }
    }"""
    await post(served, formed("rivers"))
    given = {"filter": {"cohorts": ["rivers"]}, "at": "2024-06-01T00:00:00Z"}
    async with following(served, "facilitator", "websocket", query, **given) as answers:
        found = await answer(answers)
        asked = query.replace("subscription", "query")
        response = await served.api.client.post(
            "/graphql",
            json={"query": asked, "variables": given},
            headers=served.api.headers("facilitator"),
        )
        assert found == response.json()


async def test_figures_are_computed_once_for_all_who_are_shown_the_same(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = 0
    figure = AnswerCache.figure

    def counted(ledger: AnswerCache, *arguments: Any) -> Any:
        nonlocal computed
        computed += 1
        return figure(ledger, *arguments)

    monkeypatch.setattr(AnswerCache, "figure", counted)
    async with serving(database_url, graphql_insights_seconds=0.5) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        async with connected(served) as socket:
            for number in range(10):
                await say(socket, "subscribe", id=str(number), payload={"query": FUNNEL})
            for _ in range(10):
                assert funnel((await hear(socket))["payload"]) == (0, 0)
            before, computed = computed, 0
            await post(served, framed("one", cohort="heritage"))
            await post(served, framed("two", cohort="heritage"))
            answered: dict[str, list[int]] = {str(number): [] for number in range(10)}
            while any(2 not in numbers for numbers in answered.values()):
                message = await hear(socket)
                answered[message["id"]].append(funnel(message["payload"])[0])
    assert before <= 10
    # What all ten are sent is computed once, for the two events together or for each.
    assert all(numbers in ([1, 2], [2]) for numbers in answered.values())
    assert computed <= 4


async def test_figures_are_computed_once_in_an_interval(database_url: str) -> None:
    async with serving(database_url, graphql_insights_seconds=3_600) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        async with connected(served) as socket:
            await say(socket, "subscribe", id="figures", payload={"query": FUNNEL})
            assert funnel((await hear(socket))["payload"]) == (0, 0)
            everything = {"query": ALL, "variables": {"after": 6}}
            await say(socket, "subscribe", id="entries", payload=everything)
            for number in range(5):
                await post(served, framed(f"question-{number}", cohort="heritage"))
                # Each entry leaves time for the figures, which would have come.
                assert (await hear(socket))["id"] == "entries"
