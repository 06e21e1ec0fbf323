"""What a client does when requests fail: the same ids again, nothing twice, and an end."""

import logging
from itertools import count

import pytest

from events.log import EventLog
from howcanwe.vocabulary import NoteAdded
from service.client.errors import Problem, QueryFailed, Unreachable
from service.client.new_event import NewEvent
from service.client.plans.retries import Retries
from tests.service.client.conftest import Connect
from tests.service.client.proxy import Failure, Proxy
from tests.service.serving import Served

ONCE = Retries(seconds_max=0)


def notes(number: int) -> list[NewEvent]:
    """Return new notes."""
    data = (NoteAdded(about="organisation/mill", text=f"Note {n}.") for n in range(number))
    return [NewEvent(one) for one in data]


async def recorded(log: EventLog) -> list[str]:
    """Return the ids of the notes in the log."""
    return [
        found.content["id"]
        async for found in log.read()
        if found.content["type"] == NoteAdded.wire_name()
    ]


@pytest.mark.parametrize(
    "failure", [one for one in Failure if one is not Failure.SILENT], ids=lambda one: one.name
)
async def test_a_request_that_failed_is_sent_again_with_the_same_ids(
    connect: Connect, proxy: Proxy, served: Served, failure: Failure
) -> None:
    proxy.failures = [failure, failure]
    result = await connect(proxy.url).do("record", notes(3))
    first, *again = proxy.requests
    assert [request.ids for request in again] == [first.ids, first.ids]
    assert await recorded(served.api.service.log) == first.ids
    # Where only the answer was lost, the receipts are those of the first attempt again.
    is_repeat = failure in (Failure.CUT_AFTER, Failure.CUT_WITHIN)
    assert {receipt.repeated for receipt in result.receipts} == {is_repeat}


async def test_ids_that_the_client_made_are_kept_over_attempts(
    connect: Connect, proxy: Proxy, served: Served
) -> None:
    proxy.failures = [Failure.CUT_AFTER, Failure.BUSY, Failure.CUT_BEFORE]
    client = connect(proxy.url)
    receipt = await client.do("record", NoteAdded(about="organisation/mill", text="Once."))
    assert {one for request in proxy.requests for one in request.ids} == {receipt.id}
    assert len({request.body for request in proxy.requests}) == 1
    assert await recorded(served.api.service.log) == [receipt.id]


async def test_an_answer_that_never_comes_is_lost_after_the_timeout(
    connect: Connect, proxy: Proxy
) -> None:
    proxy.failures = [Failure.SILENT]
    receipt = await connect(proxy.url, timeout_seconds=0.5).do("record", notes(1)[0])
    assert len(proxy.requests) >= 2
    assert receipt.position


async def test_without_an_answer_the_error_has_the_events_to_record_again(
    connect: Connect, proxy: Proxy, served: Served
) -> None:
    events = notes(2_500)
    proxy.failures = [Failure.CUT_AFTER]
    client = connect(proxy.url, retries=ONCE)
    with pytest.raises(Unreachable) as caught:
        await client.do("record", events)
    assert caught.value.unconfirmed == tuple(events[:2_000])
    assert str(caught.value).startswith(f"{proxy.url} cannot be reached: ")
    assert "unknown whether the events of the request are recorded: 2000" in str(caught.value)
    result = await client.do("record", caught.value.unconfirmed)
    assert all(receipt.repeated for receipt in result.receipts)
    await client.do("record", events[2_000:])
    assert await recorded(served.api.service.log) == [event.id for event in events]


async def test_receipts_of_earlier_requests_are_in_the_error(
    connect: Connect, proxy: Proxy
) -> None:
    events = notes(2_001)
    proxy.failures = [None, Failure.BUSY]
    with pytest.raises(Problem) as caught:
        await connect(proxy.url, retries=ONCE).do("record", events)
    assert caught.value.status == 503
    assert [receipt.id for receipt in caught.value.receipts] == [one.id for one in events[:2_000]]


async def test_a_server_that_stays_busy_is_a_problem_in_the_end(
    connect: Connect, proxy: Proxy
) -> None:
    ticks = count()
    bounded = Retries(5, 0.001, 0.001, clock=lambda: float(next(ticks)))
    proxy.failures = [Failure.BUSY] * 100
    with pytest.raises(Problem) as caught:
        await connect(proxy.url, retries=bounded).do("event", 1)
    assert caught.value.status == 503
    assert 1 < len(proxy.requests) < 10


async def test_an_address_where_nobody_listens_is_unreachable_in_the_end(
    connect: Connect, unused_tcp_port: int
) -> None:
    ticks = count()
    bounded = Retries(5, 0.001, 0.001, clock=lambda: float(next(ticks)))
    url = f"http://127.0.0.1:{unused_tcp_port}"
    with pytest.raises(Unreachable) as caught:
        await connect(url, retries=bounded).do("stream_version", "organisation", "mill")
    assert str(caught.value).startswith(f"{url} cannot be reached: ")
    assert caught.value.unconfirmed == ()


async def test_each_attempt_is_logged_with_its_reason(
    connect: Connect, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.failures = [Failure.BUSY, Failure.CUT_BEFORE]
    with caplog.at_level(logging.WARNING, "howcanwe"):
        await connect(proxy.url).do("event", 1)
    texts = [record.message for record in caplog.records if record.name == "howcanwe"]
    assert len(texts) == 2
    assert texts[0].startswith("status 503; trying again in 0.0 seconds")
    assert "cannot be reached" in texts[1]


async def test_reads_and_queries_are_tried_again_too(connect: Connect, proxy: Proxy) -> None:
    client = connect(proxy.url)
    proxy.failures = [Failure.CUT_WITHIN]
    assert len(await client.all("events")) == 6
    proxy.failures = [Failure.GATEWAY]
    found = await client.do("query", '{ organisation(key: "mill") { key } }', min_position=6)
    assert found["organisation"]["key"] == "mill"


async def test_what_a_proxy_says_instead_is_no_answer_of_ours(
    connect: Connect, proxy: Proxy
) -> None:
    client = connect(proxy.url, retries=ONCE)
    proxy.failures = [Failure.GATEWAY]
    with pytest.raises(Problem, match=r"502: this is not an answer of howcanwe \(text/html\)"):
        await client.do("record", notes(1)[0])
    proxy.failures = [Failure.GATEWAY]
    with pytest.raises((Problem, QueryFailed), match="502: this is not an answer of howcanwe"):
        await client.do("query", "{ __typename }")
