"""Pages of lists: counts alone, pages without a given size, and cursors that hold for one filter in every spelling."""

from typing import Any

import pytest

from events.log import EventLog
from service.graphql.arguments import PageSize, page_size
from tests.projections.stories import MakeEvent
from tests.service.graphql.client import Asker
from tests.service.graphql.learnings import LEARNINGS, keys, learned
from tests.service.graphql.lists.lists import Lists


async def test_g05_counts_are_asked_for_alone(asker: Asker) -> None:
    query = """{ organisations { totalCount } cohorts { totalCount filteredCount }
      cohort(key: "valley") { organisations { totalCount } timeline { totalCount } }
      search(text: "mill") { totalCount } }"""
    data = await asker.ask(query)
    assert data["organisations"] == {"totalCount": 2}
    assert data["cohorts"] == {"totalCount": 1, "filteredCount": 1}
    assert data["cohort"] == {"organisations": {"totalCount": 2}, "timeline": {"totalCount": 4}}
    assert data["search"] == {"totalCount": 1}


async def test_g05_a_list_of_no_said_size_gives_fifty_rows(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    about = {"about": "organisation/mill", "text": "Water."}
    await log.append([make_event("note.added", "2025-03-01", **about) for _ in range(60)])
    common = {"loop": "single", "evidence_level": 1, "from": ["question/shared"]}
    mill = {"organisation": "mill", "statement": "Rivers."}
    await log.append(
        [
            make_event("learning.captured", "2025-03-02", learning=f"l{n}", **mill, **common)
            for n in range(60)
        ]
    )
    for field in (
        "learnings",
        'search(text: "rivers")',
        "events",
    ):
        query = "{ page: " + field + " { nodes { __typename } pageInfo { hasNextPage } } }"
        page = (await asker.ask(query))["page"]
        assert (len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (50, True), field
    query = '{ organisation(key: "mill") { page: %s { nodes { __typename } pageInfo { hasNextPage } } } }'
    for field in ("notes", "timeline", "notes(first: null, last: null)", "timeline(before: null)"):
        page = (await asker.ask(query % field))["organisation"]["page"]
        assert (len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (50, True), field


@pytest.mark.parametrize(("most", "rows"), [(100, 50), (50, 50), (7, 7)])
def test_g05_a_page_of_no_said_size_has_no_more_rows_than_a_list_may_have(
    most: int, rows: int
) -> None:
    for arguments in ({}, {"first": None, "last": None}):
        assert page_size(arguments, most) == PageSize(rows, backwards=False)


async def test_g05_fifty_rows_cost_what_they_cost_where_they_are_asked_for(asker: Asker) -> None:
    async def cost(page: str) -> int:
        query = "{ organisations%s { %s } }"
        response = await asker.post(query % tuple(page.split("|")))
        return int(response.json()["extensions"]["cost"]["requested"])

    assert await cost("|nodes { key }") == await cost("(first: 50)|nodes { key }")
    assert await cost(
        "|...F } } fragment F on OrganisationConnection { edges { node { key }"
    ) == await cost("(first: 50)|edges { node { key } }")
    assert await cost("|totalCount") == 2


CURSOR = """query($where: LearningFilter, $order: LearningOrder, $after: String) {
  learnings(first: 1, where: $where, order: $order, after: $after) { nodes { key } pageInfo { endCursor } } }"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, {}),
        (None, {"not": None, "time": {}, "and": [], "or": [{}]}),
        ({}, {"and": [{}], "evidenceLevel": {"min": None}}),
        ({"loop": ["SINGLE", "DOUBLE"]}, {"loop": ["DOUBLE", "SINGLE", "DOUBLE"], "text": None}),
        ({"organisation": ["mill", "farm"]}, {"organisation": ["farm", "mill"]}),
        ({"sector": ["museums", "food"]}, {"sector": ["Food", " MUSEUMS"]}),
        (
            {"or": [{"key": ["taken"]}, {"not": {"key": ["taken"]}}]},
            {"or": [{"not": {"key": ["taken"]}}, {"key": ["taken"]}]},
        ),
        (
            {"key": ["taken", "alone"], "loop": ["SINGLE", "DOUBLE"]},
            {"and": [{"key": ["alone", "taken"]}, {"and": [{"loop": ["DOUBLE", "SINGLE"]}]}]},
        ),
        ({"key": ["taken", "alone"]}, {"or": [{"key": ["taken", "alone"]}]}),
        (
            {"time": {"from": "2025-01-01T00:00:00Z"}},
            {"time": {"to": None, "from": "2025-01-01T01:00:00+01:00"}},
        ),
    ],
    ids=str,
)
async def test_g05_a_cursor_holds_for_every_spelling_of_a_filter(
    lists: Lists, one: Any, other: Any
) -> None:
    first = (await lists.asker.ask(CURSOR, where=one))["learnings"]
    assert first["nodes"] == [{"key": "taken"}]
    after = first["pageInfo"]["endCursor"]
    for where, order in (
        (other, None),
        (other, {"by": "POSITION"}),
        (one, {"by": "POSITION", "direction": "ASC"}),
    ):
        found = await lists.asker.ask(CURSOR, where=where, order=order, after=after)
        assert found["learnings"]["nodes"] == [{"key": "alone"}]


@pytest.mark.parametrize(
    "other", [{"not": {}}, {"key": []}, {"text": "x"}, {"loop": ["SINGLE"]}], ids=str
)
async def test_a_cursor_holds_for_no_other_filter(lists: Lists, other: Any) -> None:
    after = (await lists.asker.ask(CURSOR))["learnings"]["pageInfo"]["endCursor"]
    refused = await lists.asker.refused(CURSOR, where=other, after=after)
    assert refused == {"code": "cursor.foreign", "argument": "after"}


async def test_g03_a_timelines_nodes_have_what_all_entries_have(asker: Asker) -> None:
    query = """{ organisation(key: "mill") { timeline {
      nodes { __typename id position time type organisation { key } ... on OrganisationJoined { motivation } }
      edges { node { position } } } } }"""
    found = (await asker.ask(query))["organisation"]["timeline"]
    assert [node["__typename"] for node in found["nodes"]] == [
        "OrganisationRegistered",
        "OrganisationJoined",
        "OrganisationsPaired",
    ]
    assert found["nodes"][1]["motivation"] is None
    assert [edge["node"]["position"] for edge in found["edges"]] == [
        node["position"] for node in found["nodes"]
    ]


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("by", ["POSITION", "TIME", "STATEMENT"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_from_either_end_give_every_row_once(
    asker: Asker, log: EventLog, make_event: MakeEvent, size: int, by: str, direction: str
) -> None:
    await log.append([learned(make_event, f"l{n}", "abab"[n % 4], 1) for n in range(5)])
    order = {"by": by, "direction": direction}
    whole = await keys(asker, order=order)
    assert len(whole) == 5
    found: list[str] = []
    after = None
    while True:
        data = (await asker.ask(LEARNINGS, first=size, after=after, order=order))["learnings"]
        found += [node["key"] for node in data["nodes"]]
        after = data["pageInfo"]["endCursor"]
        if not data["pageInfo"]["hasNextPage"]:
            break
    assert found == whole
    found, before = [], None
    while True:
        data = (await asker.ask(LEARNINGS, last=size, before=before, order=order))["learnings"]
        found = [node["key"] for node in data["nodes"]] + found
        before = data["pageInfo"]["startCursor"]
        if not data["pageInfo"]["hasPreviousPage"]:
            break
    assert found == whole


@pytest.mark.parametrize(
    ("given", "code", "argument"),
    [
        ({"first": 0}, "argument.out_of_range", "first"),
        ({"first": 101}, "argument.out_of_range", "first"),
        ({"first": None, "last": 0}, "argument.out_of_range", "last"),
        ({"first": 1, "last": 1}, "argument.contradicts", "last"),
        ({"after": "x"}, "cursor.malformed", "after"),
        ({"where": {"text": " "}}, "argument.malformed", "where.text"),
        ({"where": {"themes": ["x"] * 51}}, "argument.out_of_range", "where.themes"),
        (
            {"where": {"not": {"evidenceLevel": {"min": 3, "max": 2}}}},
            "argument.out_of_order",
            "where.not.evidenceLevel.max",
        ),
        (
            {"where": {"time": {"from": "2025-03-02T00:00:00Z", "to": "2025-03-01T00:00:00Z"}}},
            "argument.out_of_order",
            "where.time.to",
        ),
    ],
)
async def test_arguments_that_will_not_do_are_named(
    asker: Asker, given: dict[str, Any], code: str, argument: str
) -> None:
    refused = await asker.refused(LEARNINGS, **{"first": 1, **given})
    assert refused == {"code": code, "argument": argument}


async def test_a_cursor_holds_for_its_own_list_alone(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append([learned(make_event, "a", "One.", 1), learned(make_event, "b", "Two.", 1)])
    data = await asker.ask(LEARNINGS, first=1)
    cursor = data["learnings"]["pageInfo"]["endCursor"]
    assert await keys(asker, after=cursor) == ["b"]
    for other in ({"where": {"text": "Two"}}, {"order": {"by": "TIME"}}):
        refused = await asker.refused(LEARNINGS, first=1, after=cursor, **other)
        assert refused == {"code": "cursor.foreign", "argument": "after"}
    backwards = """{ cohort(key: "valley") {
      timeline(first: 1, from: "2025-02-01T00:00:00Z", to: "2025-01-01T00:00:00Z") { totalCount } } }"""
    assert await asker.refused(backwards) == {"code": "argument.out_of_order", "argument": "to"}
