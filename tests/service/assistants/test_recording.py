"""`validate` and `record` go through the recorder as the caller."""

from typing import Any

import orjson
import pytest

from events.access.principal import Role
from tests.events.samples import assessed, captured, formed, framed, joined, noted, registered
from tests.service.app import Api, complete
from tests.service.assistants.calling import assistant, called, refused, result, rules, text
from tests.service.assistants.conftest import WHO

MAY = {"facilitator", "mill"}
"""Who may record for mill, of those who may record anything."""
CALL = (
    b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call",'
    b' "params": {"name": "record", "arguments": {"events": [%s]}}}'
)
"""A message that records one event, of which the text is as it is sent."""


def own(**more: Any) -> dict[str, Any]:
    """Return an event of mill's journey that only mill and its facilitator may record."""
    return complete(assessed("mill", cohort="heritage", **more))


@pytest.mark.parametrize("who", [who for who in WHO if who not in ("evaluator", "analyst", None)])
async def test_each_caller_records_what_it_may_and_nothing_else(levels: Api, who: str) -> None:
    event, head = own(), await levels.head()
    if who not in MAY | {"guest"}:
        for tool in ("validate", "record"):
            problem = await refused(levels, who, tool, events=[event])
            posted = await levels.post(event, who=who)
            assert problem == posted.json()
        assert await levels.head() == head
        return
    would = await called(levels, who, "validate", events=[event])
    assert [one["would"] for one in would["would"]] == ["recorded"]
    assert await levels.head() == head
    recorded = await called(levels, who, "record", events=[event])
    [receipt] = recorded["receipts"]
    assert (receipt["position"], receipt["repeated"]) == (head + 1, False)
    posted = (await levels.post(event, who=who)).json()["receipts"][0]
    assert {**posted, "repeated": False} == {**receipt, "hash": posted["hash"]}


async def test_the_same_event_again_gets_its_first_receipt(levels: Api) -> None:
    event = own()
    async with assistant(levels, "mill") as client:
        first = await client.call_tool("record", {"events": [event]})
        head = await levels.head()
        again = await client.call_tool("record", {"events": [event]})
        would = await client.call_tool("validate", {"events": [event]})
    assert await levels.head() == head
    [receipt], [repeat] = (one.structured_content["receipts"] for one in (first, again))
    assert repeat == {**receipt, "repeated": True}
    assert would.structured_content["would"][0]["would"] == "repeated"
    assert "had been recorded before" in text(again)


async def test_the_same_id_with_another_content_is_refused(levels: Api) -> None:
    event = own()
    await called(levels, "mill", "record", events=[event])
    other = {**event, "time": "2024-03-02T10:00:00Z"}
    problem = await refused(levels, "mill", "record", events=[other])
    assert (problem["status"], [rule for rule, _ in rules(problem)]) == (409, ["event.conflict"])


async def test_what_was_recorded_is_read_by_the_next_call(levels: Api) -> None:
    event = complete(captured("fresh", cohort="heritage", statement="Parsnips are late."))
    async with assistant(levels, "mill") as client:
        await client.call_tool("record", {"events": [event]})
        found = await client.call_tool("search", {"text": "parsnips"})
    assert [hit["stream"] for hit in found.structured_content["hits"]] == ["learning/fresh"]


async def test_all_faults_of_all_events_are_told_at_once_and_nothing_is_recorded(
    levels: Api,
) -> None:
    head = await levels.head()
    events = [own(), own(colour="red"), {"specversion": "1.0", "id": "x"}, complete(framed())]
    events[3]["data"]["text"] = "Labels?"
    for tool in ("validate", "record"):
        problem = await refused(levels, "mill", tool, events=events)
        posted = await levels.post(*events[:2], who="mill")
        assert {fault["index"] for fault in problem["errors"]} == {1, 2, 3}
        of_one = [fault for fault in problem["errors"] if fault["index"] == 1]
        assert of_one == posted.json()["errors"]
        missing = {fault["pointer"] for fault in problem["errors"] if fault["index"] == 2}
        assert {"/source", "/type", "/time", "/data"} <= missing
    assert await levels.head() == head


async def test_events_that_build_on_each_other_are_recorded_together(levels: Api) -> None:
    events = [
        complete(framed("new", cohort="heritage")),
        complete(captured("from-new", cohort="heritage", from_=["question/new"])),
    ]
    recorded = await called(levels, "mill", "record", events=events)
    assert [one["repeated"] for one in recorded["receipts"]] == [False, False]


async def test_warnings_reach_the_assistant(levels: Api) -> None:
    events = [complete(registered("mill-2", name="Mill")), complete(joined("mill-2"))]
    posted = await levels.post(*events, to="/events/validate")
    answer = await result(levels, "facilitator", "validate", events=events)
    assert answer.structured_content["would"] == posted.json()["would"]
    [warning] = answer.structured_content["would"][1]["warnings"]
    assert warning["rule"] == "organisation.same_name"
    assert warning["detail"] in text(answer)


async def test_a_number_is_kept_as_it_was_written(levels: Api) -> None:
    event = orjson.dumps(complete(captured("spelled", cohort="heritage")))
    event = event.replace(b'"evidence_level":2', b'"evidence_level":2.00')
    answer = await levels.send(CALL % event, "application/json", "mill", "/mcp")
    assert not answer.json()["result"].get("isError"), answer.text
    line = await levels.get(f"/events/{await levels.head()}", "mill")
    assert b'"evidence_level":2.00' in line.content


async def test_a_member_that_is_there_twice_is_refused_as_everywhere(levels: Api) -> None:
    event = orjson.dumps(own()).replace(b'"data":{', b'"data":{"organisation":"mill",')
    sent = await levels.send(CALL % event, "application/json", "mill", "/mcp")
    answer = sent.json()["result"]
    problem = orjson.loads(answer["content"][0]["text"])
    assert answer["isError"]
    assert rules(problem) == [("field", "/events/0/data/organisation")]


async def test_a_call_has_a_bounded_number_of_events(levels: Api) -> None:
    for count, rule in ((0, "argument.malformed"), (21, "argument.malformed")):
        events = [own() for _ in range(count)]
        assert rules(await refused(levels, "mill", "record", events=events)) == [(rule, "/events")]


async def test_a_key_records_only_under_its_sources(levels: Api) -> None:
    key = await levels.key(
        Role.ORGANISATION, organisation="mill", sources=("https://assistant.example/",)
    )
    problem = await refused(levels, key, "record", events=[own()])
    assert [pointer for _, pointer in rules(problem)] == ["/source"]
    await called(levels, key, "record", events=[own(source="https://assistant.example/a")])


async def test_what_the_caller_may_not_see_is_not_told_by_a_refusal(levels: Api) -> None:
    hidden = complete(noted("learning/of-private"))
    unknown = complete(noted("learning/nothing"))
    problems = [await refused(levels, "archive", "validate", events=[e]) for e in (hidden, unknown)]
    assert rules(problems[0]) == rules(problems[1])
    another = complete(formed("another", facilitator="Grace"))
    assert (await refused(levels, "mill", "record", events=[another]))["status"] == 403
