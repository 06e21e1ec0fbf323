"""GraphQL after corrections: everything reads as if it had been written so, and says what was corrected."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from projections.updating.runner import Runner
from tests.projections.stories import cohort, event_maker
from tests.service.graphql.client import Asker
from tests.service.statements import counting

MILL = Principal("key-mill", Role.ORGANISATION, organisation="mill")
FARM = Principal("key-farm", Role.ORGANISATION, organisation="farm")
VALLEY = Principal("key-valley", Role.FACILITATOR, cohorts=frozenset({"valley"}))
EVALUATOR = Principal("key-funder", Role.EVALUATOR, cohorts=frozenset({"valley"}))
ANALYST = Principal("key-analyst", Role.ANALYST)
ELSEWHERE = Principal("key-elsewhere", Role.FACILITATOR, cohorts=frozenset({"hill"}))
CORRECTIONS = "corrections { position correctedPosition field before after time actor reason }"
SHOWN = {
    "position": 9,
    "correctedPosition": 7,
    "field": "text",
    "before": "How can we sahre?",
    "after": "How can we share?",
    "time": "2025-03-03T07:00:00Z",
    "actor": "service/record",
    "reason": "Mistyped.",
}
HIDDEN = {**SHOWN, "before": None, "after": None}


@pytest.fixture
async def asker(log: EventLog) -> AsyncIterator[Asker]:
    """A GraphQL client; the mill's question was mistyped, reframed, and corrected, and so was the reframing."""
    make_event = event_maker()
    question = {"question": "q", "organisation": "mill", "cohort": "valley"}
    await log.append(cohort(make_event))
    await log.append(
        [
            make_event("question.framed", "2025-03-01", **question, text="How can we sahre?"),
        ]
    )
    await log.append(
        [
            make_event(
                "question.reframed",
                "2025-03-02",
                question="q",
                text="How can we lend?",
                reason="We lraned.",
            )
        ]
    )
    await log.append(
        [
            make_event(
                "event.corrected",
                "2025-03-03",
                event=7,
                fields={"text": "How can we share?"},
                reason="Mistyped.",
            ),
            make_event("event.corrected", "2025-03-04", event=8, fields={"reason": "We learned."}),
        ]
    )
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        async with asker.http:
            yield asker


@pytest.fixture(params=["compiled", "executed"])
async def either(asker: Asker, request: pytest.FixtureRequest) -> Asker:
    """The client, whose queries are compiled in one test and executed in the other."""

    async def none(*args: Any) -> None:
        return None

    if request.param == "executed":
        asker.schema.documents.plan = none  # type: ignore[method-assign,assignment]
    return asker


async def _asked(asker: Asker, viewer: Principal, query: str, **variables: Any) -> Any:
    asker.viewer = viewer
    return await asker.ask(query, **variables)


async def _entries(asker: Asker, viewer: Principal, more: str) -> list[dict[str, Any]]:
    query = f"""{{ organisation(key: "mill") {{ timeline(first: 99) {{ nodes {{
        position summary ... on QuestionFramed {{ text }} ... on QuestionReframed {{ reason }}
        ... on EventCorrected {{ correctedPosition }} {more}
    }} }} }} }}"""
    found = await _asked(asker, viewer, query)
    return [node for node in found["organisation"]["timeline"]["nodes"] if node["position"] > 6]


@pytest.mark.parametrize("viewer", [RECORD, MILL, FARM], ids=["facilitator", "own", "peer"])
async def test_entries_read_as_corrected(either: Asker, viewer: Principal) -> None:
    framed, reframed, one, two = await _entries(either, viewer, "")
    assert framed["text"] == "How can we share?"
    assert framed["summary"] == "The Mill framed the question “How can we share?”."
    assert reframed["reason"] == "We learned."
    assert (one["correctedPosition"], two["correctedPosition"]) == (7, 8)
    assert one["summary"] == "The event at position 7 was corrected: “Mistyped”."
    assert two["summary"] == "The event at position 8 was corrected."


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [(RECORD, SHOWN), (VALLEY, SHOWN), (MILL, SHOWN), (FARM, HIDDEN)],
    ids=["everything", "facilitator", "own", "peer"],
)
async def test_the_first_wording_is_for_its_organisation_and_its_facilitators(
    asker: Asker, viewer: Principal, expected: dict[str, Any]
) -> None:
    framed, reframed, one, two = await _entries(asker, viewer, CORRECTIONS)
    assert framed["corrections"] == [expected] == one["corrections"]
    assert [found["field"] for found in reframed["corrections"]] == ["reason"]
    assert two["corrections"] == reframed["corrections"]
    query = f'{{ question(key: "q") {{ text {CORRECTIONS} }} }}'
    question = (await _asked(asker, viewer, query))["question"]
    assert question["text"] == "How can we lend?"
    assert question["corrections"] == [expected, *reframed["corrections"]]
    query = f'{{ question(key: "q") {{ framings {{ nodes {{ text reason {CORRECTIONS} }} }} }} }}'
    framings = (await _asked(asker, viewer, query))["question"]["framings"]["nodes"]
    assert [(one["text"], one["reason"]) for one in framings] == [
        ("How can we share?", None),
        ("How can we lend?", "We learned."),
    ]
    assert framings[0]["corrections"] == [expected]


async def test_the_line_with_the_first_wording_is_for_them_alone(either: Asker) -> None:
    asker = either
    framed = (await _entries(asker, MILL, "event { data line }"))[0]
    assert framed["event"]["data"]["text"] == "How can we sahre?"
    assert "sahre" in framed["event"]["line"]
    entries = await _entries(asker, FARM, "event { data line }")
    assert [entry["event"]["line"] for entry in entries] == [None] * 4
    assert entries[0]["event"]["data"] == {
        "question": "q",
        "organisation": "mill",
        "cohort": "valley",
        "text": "How can we share?",
    }
    assert entries[2]["event"]["data"] == {"event": 7, "reason": "Mistyped."}
    for query in (
        f"{{ event(position: 7) {{ data line {CORRECTIONS} }} }}",
        '{ events(first: 99, stream: "question/q") { nodes { data line } } }',
    ):
        assert "sahre" not in str(await _asked(asker, FARM, query))
        assert "sahre" in str(await _asked(asker, MILL, query))


@pytest.mark.parametrize(
    ("viewer", "expected"), [(MILL, SHOWN), (FARM, HIDDEN)], ids=["own", "peer"]
)
async def test_events_have_their_corrections_wherever_they_are_selected(
    asker: Asker, viewer: Principal, expected: dict[str, Any]
) -> None:
    found = await _asked(
        asker,
        viewer,
        f"""{{ event(position: 7) {{ id {CORRECTIONS} }}
        events(stream: "question/q") {{ nodes {{ {CORRECTIONS} }} edges {{ node {{ {CORRECTIONS} }} }} }} }}""",
    )
    event = found["event"]
    assert event["corrections"] == [expected]
    framed, _, correction, _ = found["events"]["nodes"]
    assert framed["corrections"] == correction["corrections"] == [expected]
    assert [edge["node"] for edge in found["events"]["edges"]] == found["events"]["nodes"]
    query = f'{{ node(id: "{event["id"]}") {{ ... on Event {{ {CORRECTIONS} }} }} }}'
    assert (await _asked(asker, viewer, query))["node"]["corrections"] == [expected]


@pytest.mark.parametrize(("stream", "statements"), [("organisation/farm", 1), ("question/q", 2)])
async def test_events_of_the_log_ask_the_read_models_once_unless_they_were_corrected(
    asker: Asker, stream: str, statements: int
) -> None:
    query = (
        "query($stream: String!) { events(first: 99, stream: $stream) { nodes { data voidedBy } } }"
    )
    asker.viewer = FARM
    await asker.ask(query, stream=stream)
    with counting(asker) as sent:
        assert (await asker.ask(query, stream=stream))["events"]["nodes"]
    assert len([text for text in sent if text != "log"]) == statements


async def test_the_search_finds_only_the_present_wording(asker: Asker) -> None:
    query = "query($q: String!) { search(text: $q) { nodes { subject { key } } } }"
    assert (await asker.ask(query, q="sahre"))["search"]["nodes"] == []
    assert (await asker.ask(query, q="share"))["search"]["nodes"] != []


async def test_what_is_asked_as_of_reads_as_it_read_then(asker: Asker) -> None:
    query = """query($position: Position!) {
      organisation(key: "mill") { journey(asOf: {position: $position}) {
        questions { nodes { shared text corrections { position } framings { nodes { text } } } }
        timeline: organisation { timeline(last: 9) { nodes {
          position ... on QuestionFramed { text corrections { position } }
        } } }
      } }
    }"""

    async def then(position: int) -> tuple[Any, Any]:
        found = await asker.ask(query, position=position)
        journey = found["organisation"]["journey"]
        question = next(one for one in journey["questions"]["nodes"] if not one["shared"])
        entries = journey["timeline"]["timeline"]["nodes"]
        return question, next(one for one in entries if one["position"] == 7)

    question, framed = await then(8)
    assert question["framings"]["nodes"][0]["text"] == framed["text"] == "How can we sahre?"
    assert question["corrections"] == framed["corrections"] == []
    question, framed = await then(9)
    assert question["framings"]["nodes"][0]["text"] == framed["text"] == "How can we share?"
    assert question["corrections"] == framed["corrections"] == [{"position": 9}]


_THEN = """query($position: Position!) {
  organisation(key: "mill") { journey(asOf: {position: $position}) {
    questions { nodes { id shared text framings { nodes { text } } } }
    organisation { timeline(last: 9) { nodes {
      id position summary ... on QuestionFramed { text }
    } } }
  } }
}"""


async def _wordings_then(asker: Asker, viewer: Principal, position: int) -> set[str]:
    """Return how the question's framing reads in the mill's journey as of a position, also by the ids of its parts."""
    found = await _asked(asker, viewer, _THEN, position=position)
    journey = found["organisation"]["journey"]
    question = next(one for one in journey["questions"]["nodes"] if not one["shared"])
    entries = journey["organisation"]["timeline"]["nodes"]
    framed = next(one for one in entries if one["position"] == 7)
    assert framed["text"] in framed["summary"]
    query = """query($ids: [ID!]!) { nodes(ids: $ids) {
      ... on Question { text framings { nodes { text } } } ... on QuestionFramed { text }
    } }"""
    again, entry = (await _asked(asker, viewer, query, ids=[question["id"], framed["id"]]))["nodes"]
    texts = [one["framings"]["nodes"][0]["text"] for one in (question, again)]
    if position == 7:
        texts += [question["text"], again["text"]]
    return {*texts, framed["text"], entry["text"]}


async def test_the_past_has_the_first_wording_for_its_organisation_and_its_facilitators_alone(
    log: EventLog, asker: Asker
) -> None:
    first, second = {"How can we sahre?"}, {"How can we share?"}
    for viewer in (RECORD, VALLEY, MILL):
        assert await _wordings_then(asker, viewer, 7) == first
        assert await _wordings_then(asker, viewer, 9) == second
    for viewer in (FARM, EVALUATOR, ANALYST):
        assert await _wordings_then(asker, viewer, 7) == second
    void = event_maker()("event.voided", "2025-03-09", event=9, reason="It was right.")
    await log.append([{**void, "id": "void"}])
    assert await _wordings_then(asker, MILL, 7) == first
    for viewer in (FARM, EVALUATOR, ANALYST):
        for position in (7, 9, 11):
            assert await _wordings_then(asker, viewer, position) == first


async def test_a_voided_correction_is_gone(log: EventLog, asker: Asker) -> None:
    void = event_maker()("event.voided", "2025-03-09", event=9, reason="It was right.")
    await log.append([{**void, "id": "void"}])
    framed, *_ = await _entries(asker, FARM, f"event {{ line }} {CORRECTIONS}")
    assert framed["text"] == "How can we sahre?"
    assert framed["corrections"] == []
    assert "sahre" in framed["event"]["line"]


async def test_a_hidden_events_correction_is_hidden(log: EventLog, asker: Asker) -> None:
    make_event = event_maker()
    data: dict[str, Any] = {
        "organisation": "mill",
        "intended": "A.",
        "actual": "B.",
        "why": "C.",
        "degree": "tolerable_failure",
    }
    data |= {"failure": "f", "for_whom": ["organisation"], "cohort": "valley"}
    await log.append(
        [{**make_event("failure.recorded", "2025-04-01", "private", **data), "id": "f"}]
    )
    change = make_event("event.corrected", "2025-04-02", event=11, fields={"why": "D."})
    await log.append([{**change, "id": "c"}])
    for viewer in (FARM, PUBLIC, ELSEWHERE):
        events = await _asked(asker, viewer, "{ events(first: 99) { nodes { data } } }")
        assert "D." not in str(events)
        query = '{ failure(key: "f") { why } }'
        assert (await _asked(asker, viewer, query))["failure"] is None
    assert len(await _entries(asker, FARM, "")) == 4
    assert len(await _entries(asker, MILL, "")) == 6


@pytest.mark.parametrize(
    ("viewer", "fields", "voidable"),
    [
        (RECORD, ["text", "language", "themes"], False),
        (VALLEY, ["text", "language", "themes"], False),
        (MILL, ["text", "language", "themes"], False),
        (FARM, [], False),
        (ELSEWHERE, [], False),
        (PUBLIC, [], False),
    ],
    ids=["everything", "facilitator", "own", "peer", "elsewhere", "public"],
)
async def test_an_event_says_what_the_viewer_may_amend_of_it(
    asker: Asker, viewer: Principal, fields: list[str], voidable: bool
) -> None:
    found = await _asked(
        asker,
        viewer,
        """{
        event(position: 7) { amendable { fields voidable } }
        events(stream: "question/q", first: 9) { nodes { position amendable { fields voidable } } }
        organisation(key: "mill") { timeline(first: 99) { nodes {
            position event { amendable { fields voidable } } } } }
        }""",
    )
    expected = {"fields": fields, "voidable": voidable}
    listed = {one["position"]: one["amendable"] for one in found["events"]["nodes"]}
    if found["event"] is not None:
        assert found["event"]["amendable"] == expected == listed[7]
        [entry] = [
            one
            for one in (found["organisation"] or {"timeline": {"nodes": []}})["timeline"]["nodes"]
            if one["position"] == 7
        ]
        assert entry["event"]["amendable"] == expected
    # The reframing was corrected, and that correction may be undone.
    is_writer = bool(fields)
    assert listed.get(8, {"voidable": is_writer})["voidable"] == is_writer
    assert listed.get(10, {"voidable": is_writer})["voidable"] == is_writer
