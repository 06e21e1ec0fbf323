"""Journeys as of now and as of an earlier moment: at the log's end both answers are the same."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from events.vocabulary.catalogue import VOCABULARY
from projections.updating.runner import Runner
from service.samples.generator import generate
from tests.service.graphql.client import Asker

FIELDS = """
fragment J on Journey {
  organisation { key name }
  memberships(first: 5) { totalCount nodes {
    present stays { joinedAt leftAt } cohort { title organisations(first: 10) { nodes { key } } } } }
  questions(first: 50) { totalCount nodes { key text state framings(first: 9) { nodes { text reason } }
    iterations(first: 20, order: { by: TIME, direction: DESC }) { totalCount nodes { key state } } } }
  iterations(last: 50, where: { state: [STARTED, CONCLUDED], not: { text: "zzz" } }) {
    totalCount filteredCount pageInfo { hasPreviousPage startCursor }
    nodes { key title state result follows { key } followedBy(first: 3) { nodes { key } }
      observations(first: 20) { totalCount nodes { position text } } cost { amount } } }
  failures(first: 50) { nodes { key degree learnings(first: 5) { nodes { key } } } }
  learnings(first: 50, where: { evidenceLevel: { min: 2 }, time: { from: "2000-01-01T00:00:00Z" } }) {
    filteredCount nodes { key statement adoptions(first: 5) { totalCount nodes { organisation { key } } } } }
  outcomes(first: 50) { nodes { key happenedOn } }
  checkins(first: 9) { nodes { monthsAfter } }
  pairings(first: 9) { nodes { key organisations { key } meetings(first: 9) { totalCount } } }
}
"""
NOW = "query($key: String!) { organisation(key: $key) { journey { ...J } } }" + FIELDS
THEN = (
    "query($key: String!, $asOf: AsOf!) { organisation(key: $key) { journey(asOf: $asOf) { position ...J } } }"
    + FIELDS
)


@pytest.fixture
async def asker(log: EventLog) -> AsyncIterator[Asker]:
    """A GraphQL client over a log with a generated cohort."""
    generated = list(generate(cohorts=1, seed=6, positions=False))
    for start in range(0, len(generated), 200):
        await log.append(generated[start : start + 200])
    async with Runner(log) as runner:
        await runner.catch_up()
        asker = Asker(log, runner, catches_up=False)
        async with asker.http:
            yield asker


async def members(asker: Asker) -> list[str]:
    """Return the keys of all organisations, those with the most iterations first."""
    data = await asker.ask(
        "{ organisations(first: 100) { nodes { key iterations(first: 1) { totalCount } } } }"
    )
    busiest = sorted(
        data["organisations"]["nodes"], key=lambda node: -node["iterations"]["totalCount"]
    )
    return [node["key"] for node in busiest]


def differences(one: Any, other: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield where two answers differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name in one:
            yield from differences(one[name], other[name], f"{path}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{path}[{index}]")
    elif one != other:
        yield path, one, other


@pytest.mark.parametrize(
    "viewer",
    [
        RECORD,
        Principal("evaluator", Role.EVALUATOR, frozenset({"c0000"})),
        Principal("guest", Role.GUEST, frozenset({"c0000"}), "o0000"),
        Principal("analyst", Role.ANALYST),
        PUBLIC,
    ],
    ids=["facilitator", "evaluator", "guest", "analyst", "public"],
)
async def test_as_of_now_is_as_it_is(asker: Asker, log: EventLog, viewer: Principal) -> None:
    keys = await members(asker)
    head = await log.head()
    asker.viewer = viewer
    for key in keys:
        now = await asker.ask(NOW, key=key)
        then = await asker.ask(THEN, key=key, asOf={"position": head})
        if now["organisation"] is not None:
            assert then["organisation"]["journey"].pop("position") == head
        assert list(differences(then, now)) == []


async def test_as_of_then_only_what_was_there_counts(asker: Asker, log: EventLog) -> None:
    [key, *_] = await members(asker)
    head = await log.head()
    counts = []
    for position in (head, head // 2, head // 4, 5):
        data = await asker.ask(THEN, key=key, asOf={"position": position})
        found = data["organisation"]["journey"]
        assert found["position"] == position
        counts.append(found["iterations"]["totalCount"])
        for node in found["iterations"]["nodes"]:
            for seen in node["observations"]["nodes"]:
                assert seen["position"] <= position
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 0 and counts[-1] == 0


@pytest.mark.parametrize("of", ["recordedAt", "occurredAt"])
async def test_a_moment_before_everything_shows_nothing(asker: Asker, of: str) -> None:
    [key, *_] = await members(asker)
    data = await asker.ask(THEN, key=key, asOf={of: "1990-01-01T00:00:00Z"})
    assert data["organisation"]["journey"]["questions"]["totalCount"] == 0


async def test_one_point_is_named_and_one_organisation_at_a_time(asker: Asker) -> None:
    [key, *_] = await members(asker)
    both: dict[str, Any] = {"position": 3, "recordedAt": "2020-01-01T00:00:00Z"}
    assert (await asker.refused(THEN, key=key, asOf=both))["code"] == "query.invalid"
    many = "{ organisations(first: 2) { nodes { journey(asOf: { position: 3 }) { position } } } }"
    assert await asker.refused(many) == {"code": "argument.unsupported", "argument": "asOf"}


@pytest.mark.parametrize("level", ["public", "private"])
async def test_a_note_on_an_earlier_state_is_given_to_those_who_may_see_it(
    asker: Asker, log: EventLog, level: str
) -> None:
    [key, *_] = await members(asker)
    asked = "{ organisation(key: %r) { iterations(first: 1) { nodes { key } } } }"
    found = (await asker.ask(asked.replace("%r", f'"{key}"')))["organisation"]["iterations"][
        "nodes"
    ]
    about = f"iteration/{found[0]['key']}"
    common = {"specversion": "1.0", "source": "urn:test", "time": "2026-06-01T00:00:00Z"}
    events = [
        ("shown", "visibility.changed", {"of": about, "visibility": "public"}, None),
        ("note", "note.added", {"about": about, "text": "Too early."}, level),
    ]
    for id_, name, data, visibility in events:
        event = {**common, "id": id_, "type": VOCABULARY.named(name).wire_name, "data": data}
        await log.append([event if visibility is None else {**event, "visibility": visibility}])
    await asker.runner.catch_up()
    then = """query($key: String!, $position: Position!) { organisation(key: $key) {
        journey(asOf: { position: $position }) {
            iterations(first: 1) { nodes { notes(last: 1) { nodes { text } } } } } } }"""
    for viewer, sees in ((RECORD, True), (PUBLIC, level == "public")):
        asker.viewer = viewer
        data = await asker.ask(then, key=key, position=await log.head())
        [node] = data["organisation"]["journey"]["iterations"]["nodes"]
        texts = [note["text"] for note in node["notes"]["nodes"]]
        assert ("Too early." in texts) is sees, viewer
