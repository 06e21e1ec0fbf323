"""`/metrics`: the state of the log, the read models and the requests, in numbers and nothing else."""

import asyncio
from collections.abc import Callable

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from projections.folding.fold import Undigested
from projections.store.progress import Phase, ReadModelState
from service.operations.metrics import Metrics
from tests.events.samples import registered
from tests.projections.outage import accept_connections, refuse_connections
from tests.service.app import SOURCE, SSE, Api, complete, open_api
from tests.service.serving import serving
from tests.service.webhooks.delivering import hooked, until
from tests.service.webhooks.receiver import receiving, status

Sample = tuple[str, frozenset[tuple[str, str]]]


def parsed(text: str) -> dict[Sample, float]:
    """Return the samples of OpenMetrics text, by name and labels; the text is checked by reading it."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)  # type: ignore[no-untyped-call]  # it has no types
        for sample in family.samples
    }


async def metric(api: Api) -> Callable[..., float | None]:
    """Return how to look up a number in the service's current metrics; monitoring has no key."""
    response = await api.get("/metrics", None)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/openmetrics-text")
    samples = parsed(response.text)
    return lambda name, **labels: samples.get((f"howcanwe_{name}", frozenset(labels.items())))


async def test_what_was_recorded_is_counted_once(story: Api) -> None:
    event = complete(registered("tower"))
    for _ in range(2):
        await story.post(event)
    await story.post(registered("tower"))
    value = await metric(story)
    assert value("log_position") == 7
    assert value("events_recorded_total") == 7


async def test_the_read_models_lag_is_reported_until_they_have_caught_up(database_url: str) -> None:
    async with open_api(database_url) as api:
        await api.begin()
        value = await metric(api)
        assert value("read_models_position") == 0
        assert value("read_models_lag_events") == 6
        assert value("read_models_phase", howcanwe_read_models_phase="catching_up") == 1
        running = asyncio.create_task(api.service.runner.run())
        try:
            assert await api.service.runner.wait_for(6, 30)
            async with asyncio.timeout(30):
                while (await api.get("/health/ready")).status_code != 200:
                    await asyncio.sleep(0.01)
            value = await metric(api)
        finally:
            running.cancel()
            await asyncio.wait([running])
    assert value("read_models_position") == 6
    assert value("read_models_lag_events") == 0
    assert value("read_models_phase", howcanwe_read_models_phase="following") == 1
    assert value("read_models_phase", howcanwe_read_models_phase="catching_up") == 0
    assert value("read_models_undigested_position") == 0


def test_the_event_that_stopped_the_read_models_is_named() -> None:
    undigested = Undigested(5, "org.howcanwe.note.added.v1", ValueError("Ada Lovelace"))
    state = ReadModelState(Phase.STOPPED, 4, undigested=undigested)
    text = Metrics().text(head=9, known_head=9, recorded=0, state=state).decode()
    samples = parsed(text)
    assert samples["howcanwe_read_models_undigested_position", frozenset()] == 5
    assert samples["howcanwe_read_models_lag_events", frozenset()] == 5
    assert "Ada" not in text


async def test_requests_are_counted_by_route_and_status_for_every_path(story: Api) -> None:
    for path in ("/events/1", "/events/2", "/events/99", "/streams/organisation/mill", "/sheep"):
        await story.get(path)
    for number in range(20):
        await story.get(f"/{number}")
        await story.client.request(f"SHEEP{number}", "/events")
    response = await story.get("/metrics", None)
    value = await metric(story)
    one = {"method": "GET", "route": "/events/{position}"}
    assert value("http_requests_total", **one, status="200") == 2
    assert value("http_requests_total", **one, status="404") == 1
    assert value("http_request_duration_seconds_count", **one) == 3
    assert value("http_requests_total", method="GET", route="none", status="404") == 21
    assert value("http_requests_total", method="other", route="/events", status="405") == 20
    for what in ("mill", "SHEEP", "/1", SOURCE):
        assert what not in response.text


async def test_a_mistake_of_ours_is_counted_as_one(story: Api, monkeypatch: object) -> None:
    async def breaks(*_: object) -> None:
        raise RuntimeError("Ada Lovelace")

    story.service.log.visible_event = breaks  # type: ignore[method-assign,assignment]  # this log only
    assert (await story.get("/events/1")).status_code == 500
    value = await metric(story)
    labels = {"method": "GET", "route": "/events/{position}", "status": "500"}
    assert value("http_requests_total", **labels) == 1


async def test_open_live_streams_are_counted_while_they_are_open(database_url: str) -> None:
    async with serving(database_url) as served:
        value = await metric(served.api)
        assert value("live_streams", form="sse") == 0
        reader, writer = await served.connect()
        writer.write(served.head("GET /events", accept=SSE))
        await reader.readuntil(b"caught-up")
        assert (await metric(served.api))("live_streams", form="sse") == 1
        writer.close()
        async with asyncio.timeout(30):
            while (await metric(served.api))("live_streams", form="sse"):
                await served.api.post(registered(f"o-{id(object())}"))
        value = await metric(served.api)
        labels = {"method": "GET", "route": "/events"}
        assert value("http_requests_total", **labels, status="200") == 1
        assert value("http_request_duration_seconds_count", **labels) is None


async def test_they_are_reported_while_the_database_is_away(database_url: str) -> None:
    async with open_api(database_url) as api:
        await api.begin()
        await refuse_connections(database_url)
        value = await metric(api)
        assert value("database_up") == 0
        assert value("log_position") == 6
        await accept_connections(database_url)
        assert (await metric(api))("database_up") == 1


async def test_attempts_to_deliver_are_counted_and_what_is_behind_or_parked_is_shown(
    database_url: str,
) -> None:
    answers = iter([status(204), status(204), status(410)])
    async with (
        open_api(database_url, webhooks_allow_private=True, lives=True) as api,
        receiving(lambda received: next(answers)) as receiver,
    ):
        await api.begin()
        webhook = await hooked(api, receiver, after=0)

        async def is_parked() -> bool:
            value = await metric(api)
            return value("webhooks_parked") == 1

        await until(is_parked)
        value = await metric(api)
        assert value("webhook_attempts_total", result="delivered") == 2
        assert value("webhook_attempts_total", result="status") == 1
        assert value("webhook_attempts_total", result="timeout") == 0
        assert value("webhooks_delivering") == 1
        assert value("webhooks_running") == 0
        assert webhook["id"] not in (await api.get("/metrics", None)).text
