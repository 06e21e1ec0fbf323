"""Events that a client records, one or many: receipts, refusals, guards, and what is split."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from events.lines.chain import line_hash
from howcanwe.vocabulary import EventVoided, NoteAdded, OrganisationRegistered, Visibility
from service.client.errors import Problem
from service.client.new_event import NewEvent
from service.client.results import BatchResult
from tests.events.samples import begun, noted, registered
from tests.service.app import complete
from tests.service.client.conftest import SOURCE, Connect
from tests.service.client.proxy import Proxy
from tests.service.serving import Served, serving


def note(text: str = "They read it aloud.", about: str = "organisation/mill") -> NoteAdded:
    """Return the data of a note."""
    return NoteAdded(about=about, text=text)


async def test_an_event_s_data_is_recorded_with_the_attributes_beside_it(
    connect: Connect, served: Served
) -> None:
    time = datetime(2025, 3, 1, 9, tzinfo=UTC)
    receipt = await connect().do(
        "record", note(), id="n-1", time=time, visibility=Visibility.PAIR, actor="service/crm"
    )
    [line] = (await served.api.get(f"/events?after={receipt.position - 1}")).content.splitlines()
    event = orjson.loads(line)
    assert (event["source"], event["id"]) == (receipt.source, receipt.id) == (SOURCE, "n-1")
    assert event["time"] == "2025-03-01T09:00:00+00:00"
    assert (event["visibility"], event["actor"]) == ("pair", "service/crm")
    assert event["data"] == {"about": "organisation/mill", "text": "They read it aloud."}
    assert receipt.hash == line_hash(line)
    assert receipt.streams["organisation/mill"] > 1
    assert not receipt.repeated


async def test_without_an_id_and_a_time_each_event_gets_its_own(connect: Connect) -> None:
    client = connect()
    first = await client.do("record", note())
    second = await client.do("record", note())
    assert first.id != second.id
    found = await client.do("event", first.position)
    assert abs((datetime.now(UTC) - found.time).total_seconds()) < 3600


async def test_the_same_new_event_again_is_a_repeat(connect: Connect) -> None:
    event = NewEvent(note(), source="urn:example", extensions={"correlationid": "c-1"})
    client = connect()
    first = await client.do("record", event)
    again = await client.do("record", event)
    assert (again.position, again.repeated) == (first.position, True)
    found = await client.do("event", first.position)
    assert (found.source, found.content["correlationid"]) == ("urn:example", "c-1")


async def test_several_events_of_every_form_are_recorded_at_once(connect: Connect) -> None:
    whole = complete(noted("organisation/mill", text="Größe ☕ \U0001f3aa \u2028"))
    text = orjson.dumps(complete(noted("organisation/archive")), option=orjson.OPT_INDENT_2)
    without_source = complete(registered("guild"))
    del without_source["source"]
    events = [note(), NewEvent(note("Again.")), whole, text, without_source]
    result = await connect().do("record", events)
    assert isinstance(result, BatchResult)
    positions = [receipt.position for receipt in result.receipts]
    assert positions == list(range(positions[0], positions[0] + 5))
    assert result.position == positions[-1]
    assert result.receipts[4].source == SOURCE
    found = await connect().do("event", positions[2])
    assert found.data["text"] == "Größe ☕ \U0001f3aa \u2028"


async def test_of_events_that_are_refused_none_is_recorded_and_every_fault_is_named(
    connect: Connect, served: Served
) -> None:
    head = await served.api.head()
    events = [
        note(),
        note(about="organisation/nobody"),
        complete(noted("organisation/mill", text="")),
    ]
    with pytest.raises(Problem) as caught:
        await connect().do("record", events)
    problem = caught.value
    assert problem.status == 422
    assert [(fault.index, fault.rule, fault.pointer) for fault in problem.faults] == [
        (1, "subject.unknown", "/data/about"),
        (2, "field", "/data/text"),
    ]
    assert problem.rules == {"subject.unknown", "field"}
    first, *lines = str(problem).splitlines()
    assert first.startswith("the server answered 422: The request has 2 faults")
    assert [line.split(":")[0].strip() for line in lines] == [
        "event 1 at /data/about",
        "event 2 at /data/text",
    ]
    assert problem.body["type"] == "urn:howcanwe:problem:refused"
    assert await served.api.head() == head


async def test_what_is_refused_leniently_is_returned_and_the_others_are_recorded(
    connect: Connect,
) -> None:
    client = connect()
    events = [note(), note(about="organisation/nobody"), note("Third.")]
    result = await client.do("record", events, lenient=True)
    assert len(result.receipts) == 2
    [refused] = result.refused
    assert refused.index == 1
    assert refused.quarantine_id
    assert [(fault.index, fault.rule) for fault in refused.faults] == [(1, "subject.unknown")]
    nothing = await client.do("record", [note(about="organisation/nobody")], lenient=True)
    assert (nothing.receipts, len(nothing.refused), nothing.position) == ((), 1, 0)


async def test_a_key_that_is_not_known_is_a_problem_also_leniently(
    connect: Connect, served: Served
) -> None:
    served.api.keys["gone"] = f"hcw_0123456789abcdef_{'x' * 43}"
    with pytest.raises(Problem) as caught:
        await connect(who="gone").do("record", [note()], lenient=True)
    assert caught.value.status == 401
    assert served.api.keys["gone"] not in f"{caught.value} {caught.value!r}"


async def test_versions_that_streams_must_have_are_a_guard(connect: Connect) -> None:
    client = connect()
    version = await client.do("stream_version", "organisation", "mill")
    event = NewEvent(note())
    expected = {"organisation/mill": version, "learning/new": 0}
    receipt = await client.do("record", event, expected=expected)
    assert receipt.streams["organisation/mill"] == version + 1
    # A repeat is one under its old version, too: a retry cannot fail for having succeeded.
    assert (await client.do("record", event, expected=expected)).repeated
    with pytest.raises(Problem) as caught:
        await client.do("record", note(), expected=expected)
    assert caught.value.status == 412
    assert caught.value.rules == {"stream.version"}


async def test_more_events_than_a_request_takes_are_sent_in_several(
    connect: Connect, proxy: Proxy
) -> None:
    events = [NewEvent(note(f"Note {number}.")) for number in range(4_500)]
    result = await connect(proxy.url).do("record", events)
    assert [len(request.ids) for request in proxy.requests] == [2_000, 2_000, 500]
    assert [receipt.id for receipt in result.receipts] == [event.id for event in events]


async def test_large_events_are_split_by_bytes(connect: Connect, proxy: Proxy) -> None:
    events = [NewEvent(note(f"{number} " + "wide ☕ " * 1_200)) for number in range(1_000)]
    result = await connect(proxy.url).do("record", events)
    assert len(result.receipts) == 1_000
    assert len(proxy.requests) > 1
    assert all(len(request.body) < 8 * 1024 * 1024 for request in proxy.requests)


async def test_a_server_that_takes_less_gets_halves(
    connect: Connect, database_url: str, served: Served
) -> None:
    async with serving(database_url, batch_events_max=10, body_bytes_max=2_000) as small:
        url = f"http://127.0.0.1:{small.port}"
        events = [NewEvent(note(f"Note {number}.")) for number in range(25)]
        result = await connect(url).do("record", events)
        assert [receipt.id for receipt in result.receipts] == [event.id for event in events]
        with pytest.raises(Problem) as caught:
            await connect(url).do("record", [note(), note("much " * 1_000)])
        assert caught.value.status == 413
        # The first half is recorded, and the error says so.
        assert len(caught.value.receipts) == 1
        with pytest.raises(Problem) as caught:
            guard = {"organisation/mill": 1}
            await connect(url).do("record", events, expected=guard)
        assert caught.value.status == 413


async def test_an_event_about_another_one_begins_a_request(connect: Connect, proxy: Proxy) -> None:
    client = connect(proxy.url)
    wrong = NewEvent(note("Wrong."), source=SOURCE)
    void = EventVoided.model_validate(
        {"event": {"source": SOURCE, "id": wrong.id}, "reason": "Wrong meeting."}
    )
    result = await client.do("record", [wrong, void, note("After.")])
    assert len(result.receipts) == 3
    assert [len(request.ids) for request in proxy.requests] == [1, 2]


async def test_batches_are_taken_as_they_are_sent(connect: Connect, proxy: Proxy) -> None:
    taken = []

    def events() -> Iterator[NewEvent]:
        for number in range(6_000):
            taken.append(number)
            yield NewEvent(note(f"Note {number}."))

    client = connect(proxy.url)
    results = client.client.record_batches(events())
    [first] = await client.take(1, results)
    assert (len(first.receipts), len(taken)) == (2_000, 2_001)
    rest = await client.take(2, results)
    assert [len(result.receipts) for result in rest] == [2_000, 2_000]


async def test_a_refusal_in_a_later_batch_has_the_receipts_of_earlier_ones(
    connect: Connect,
) -> None:
    events: list[Any] = [note(f"Note {number}.") for number in range(2_000)]
    with pytest.raises(Problem) as caught:
        await connect().do("record", [*events, note(about="organisation/nobody")])
    assert [fault.index for fault in caught.value.faults] == [2_000]
    assert len(caught.value.receipts) == 2_000
    assert "recorded: 2000" in str(caught.value)


async def test_lines_of_a_file_are_sent_as_they_are(connect: Connect) -> None:
    event = complete(registered("guild"))
    line = orjson.dumps(event).replace(b'"sector":', b'"sector"  :  ')
    client = connect()
    result = await client.do(
        "record", [b"\xef\xbb\xbf" + line + b"\r\n", b"\n", b" \t\r\n", b"{"], lenient=True
    )
    assert len(result.receipts) == 1
    assert [(one.index, one.faults[0].rule) for one in result.refused] == [(1, "json")]
    found = await client.do("event", result.position)
    assert found.data == event["data"]


async def test_a_blank_text_is_no_event(connect: Connect) -> None:
    with pytest.raises(ValueError, match="blank"):
        await connect().do("record", b" \n")
    assert await connect().do("record", []) == BatchResult()


async def test_an_event_without_a_source_is_not_sent(connect: Connect, proxy: Proxy) -> None:
    with pytest.raises(ValueError, match="no source"):
        await connect(proxy.url, source=None).do("record", note())
    assert proxy.requests == []


@pytest.mark.parametrize(
    ("events", "given"),
    [
        pytest.param([note()], {"id": "n-1"}, id="one id for several"),
        pytest.param(NewEvent(note()), {"id": "n-1"}, id="two ids"),
        pytest.param({"type": "x"}, {"actor": "service/x"}, id="two actors"),
        pytest.param(note(), {"time": datetime(2025, 3, 1)}, id="a time without a zone"),
        pytest.param({"id": float("nan")}, {}, id="a value that JSON has not"),
    ],
)
async def test_what_cannot_be_meant_is_not_sent(
    connect: Connect, proxy: Proxy, events: Any, given: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        await connect(proxy.url).do("record", events, **given)
    assert proxy.requests == []


async def test_a_lone_surrogate_is_reported_by_the_server_with_its_place(
    connect: Connect,
) -> None:
    event = complete(noted("organisation/mill", text="half \ud83c a circus"))
    with pytest.raises(Problem) as caught:
        await connect().do("record", event)
    assert [fault.pointer for fault in caught.value.faults] == ["/data/text"]


async def test_validation_tells_what_would_be_and_records_nothing(
    connect: Connect, served: Served
) -> None:
    client = connect()
    event = NewEvent(note())
    await client.do("record", event)
    head = await served.api.head()
    again, new = await client.do("validate", [event, NewEvent(note("New."))])
    assert (again.repeated, new.repeated) == (True, False)
    assert new.streams["organisation/mill"] == again.streams["organisation/mill"] + 1
    [one] = await client.do("validate", note())
    assert one.warnings == ()
    with pytest.raises(Problem) as caught:
        await client.do("validate", [note(), note(about="organisation/nobody")])
    assert [fault.index for fault in caught.value.faults] == [1]
    assert await served.api.head() == head


async def test_advice_is_in_the_receipt(connect: Connect) -> None:
    formed, *_ = begun()
    event = complete(
        {
            **formed,
            "data": {**formed["data"], "cohort": "long", "question": "q", "planned_months": 36},
        }
    )
    receipt = await connect().do("record", event)
    assert [warning.rule for warning in receipt.warnings] == ["cohort.months"]


async def test_a_name_that_python_reserves_is_sent_as_the_type_has_it(connect: Connect) -> None:
    client = connect()
    receipt = await client.do(
        "record", OrganisationRegistered(organisation="guild", name_="Guild", sector="crafts")
    )
    found = await client.do("event", receipt.position)
    assert found.data == {"organisation": "guild", "name": "Guild", "sector": "crafts"}
