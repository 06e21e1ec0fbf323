"""The graph: filters, orders, references, persons, search, ids, pages from either end."""

from typing import Any

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from tests.projections.stories import MakeEvent
from tests.service.graphql.client import Asker

MILL = Principal("key-mill", Role.ORGANISATION, organisation="mill")
FARM = Principal("key-farm", Role.ORGANISATION, organisation="farm")


def learned(
    make_event: MakeEvent, key: str, statement: str, level: int, **more: Any
) -> dict[str, Any]:
    visibility = more.pop("visibility", None)
    return make_event(
        "learning.captured",
        "2025-03-01",
        visibility,
        learning=key,
        organisation="mill",
        cohort="valley",
        statement=statement,
        loop="double",
        evidence_level=level,
        **{"from": ["question/shared"], **more},
    )


LEARNINGS = """query(
  $where: LearningFilter, $order: LearningOrder, $first: Int, $last: Int, $after: String, $before: String
) {
  learnings(where: $where, order: $order, first: $first, last: $last, after: $after, before: $before) {
    totalCount filteredCount nodes { key }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


async def keys(asker: Asker, **given: Any) -> list[str]:
    data = await asker.ask(LEARNINGS, **{"first": 10, **given})
    return [node["key"] for node in data["learnings"]["nodes"]]


async def test_lists_are_filtered_and_ordered_and_counted(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(
        [
            learned(make_event, "a", "Water is shared.", 1, themes=["water"]),
            learned(make_event, "b", "People 100% agree.", 3, themes=["people", "water"]),
            learned(make_event, "c", "A mill turns.", 5),
        ]
    )
    for where, expected in (
        ({"themes": ["water"]}, ["a", "b"]),
        ({"themes": ["people", "nothing"]}, ["b"]),
        ({"text": "WATER"}, ["a"]),
        ({"text": "0%"}, ["b"]),
        ({"evidenceLevel": {"min": 3}}, ["b", "c"]),
        ({"evidenceLevel": {"min": 2, "max": 4}}, ["b"]),
        ({"loop": ["DOUBLE"], "not": {"text": "mill"}}, ["a", "b"]),
        ({"or": [{"text": "mill"}, {"text": "water"}]}, ["a", "c"]),
        ({"and": [{"themes": ["water"]}, {"evidenceLevel": {"max": 1}}]}, ["a"]),
        ({"organisation": ["farm"]}, []),
        ({"time": {"from": "2025-03-01T00:00:00Z", "to": "2025-03-02T00:00:00Z"}}, ["a", "b", "c"]),
        ({"time": {"to": "2025-03-01T00:00:00Z"}}, []),
        ({}, ["a", "b", "c"]),
        (None, ["a", "b", "c"]),
    ):
        data = await asker.ask(LEARNINGS, first=10, where=where)
        page = data["learnings"]
        assert [node["key"] for node in page["nodes"]] == expected, where
        assert (page["totalCount"], page["filteredCount"]) == (3, len(expected))
    down = {"by": "POSITION", "direction": "DESC"}
    assert await keys(asker, order=down) == ["c", "b", "a"]
    assert await keys(asker, order={"by": "STATEMENT"}) == ["c", "b", "a"]


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


async def test_a_reference_to_what_is_hidden_is_absent(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(
        [
            learned(make_event, "secret", "Hush.", 1, visibility="private"),
            learned(
                make_event,
                "open",
                "Learned.",
                1,
                **{"from": ["learning/secret", "question/shared"]},
            ),
        ]
    )
    query = """{
      learning(key: "open") { sources { stream } }
      secret: learning(key: "secret") { key }
      organisation(key: "mill") { learnings(first: 5) { totalCount nodes { key } } }
      search(text: "hush", first: 5) { totalCount nodes { subject { key } } }
    }"""
    seen = {}
    for viewer in (RECORD, MILL, FARM):
        asker.viewer = viewer
        seen[viewer] = await asker.ask(query)
    assert seen[RECORD] == seen[MILL]
    assert seen[MILL]["organisation"]["learnings"]["totalCount"] == 2
    assert seen[MILL]["search"]["totalCount"] == 1
    assert seen[FARM] == {
        "learning": {"sources": [{"stream": "question/shared"}]},
        "secret": None,
        "organisation": {"learnings": {"totalCount": 1, "nodes": [{"key": "open"}]}},
        "search": {"totalCount": 0, "nodes": []},
    }


async def test_a_question_that_came_from_another_is_listed_with_it(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    question = {"organisation": "mill", "cohort": "valley"}
    parent = make_event(
        "question.framed", "2025-03-01", question="wide", text="How can we share it?", **question
    )
    child = make_event(
        "question.framed",
        "2025-03-02",
        question="narrow",
        text="How can we share it here?",
        parent="wide",
        **question,
    )
    await log.append([parent, child])
    asked = '{ questions(last: 1) { nodes { key parent { key } } } question(key: "narrow") { parent { key } } }'
    data = await asker.ask(asked)
    assert data["questions"]["nodes"] == [{"key": "narrow", "parent": {"key": "wide"}}]
    assert data["question"] == {"parent": {"key": "wide"}}


async def test_a_person_has_a_name_for_their_organisation_until_they_are_forgotten(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    person = make_event(
        "person.introduced",
        "2025-03-01",
        person="p1",
        organisation="mill",
        role="Curator",
        name="Grace Hopper",
        email="grace@example.org",
    )
    await log.append([person])
    query = '{ person(key: "p1") { name email role } persons(first: 5) { totalCount } }'
    for viewer in (RECORD, MILL):
        asker.viewer = viewer
        assert await asker.ask(query) == {
            "person": {"name": "Grace Hopper", "email": "grace@example.org", "role": "Curator"},
            "persons": {"totalCount": 1},
        }
    for viewer in (FARM, Principal("analyst", Role.ANALYST), Principal("a", Role.ADMIN), PUBLIC):
        asker.viewer = viewer
        assert await asker.ask(query) == {"person": None, "persons": {"totalCount": 0}}
    await log.append([make_event("person.forgotten", "2025-03-02", person="p1")])
    asker.viewer = MILL
    found = (await asker.ask(query))["person"]
    assert found == {"name": None, "email": None, "role": "Curator"}


async def test_a_filter_by_what_the_viewer_may_not_see_is_one_by_an_unknown_key(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append([learned(make_event, "a", "Water is life.", 1, visibility="public")])
    query = """query($where: LearningFilter, $asOf: AsOf!) {
      learnings(first: 9, where: $where) { filteredCount nodes { key } }
      organisation(key: "mill") { journey(asOf: $asOf) {
        learnings(first: 9, where: $where) { filteredCount nodes { key } } } } }"""
    as_of = {"position": await log.head()}
    one = {"filteredCount": 1, "nodes": [{"key": "a"}]}
    none = {"filteredCount": 0, "nodes": []}

    async def found(**where: Any) -> list[Any]:
        data = await asker.ask(query, where=where, asOf=as_of)
        journey = data["organisation"]
        return [data["learnings"], *([journey["journey"]["learnings"]] if journey else [])]

    by_cohort, by_organisation = {"cohort": ["valley"]}, {"organisation": ["mill"]}
    for viewer in (RECORD, FARM):
        asker.viewer = viewer
        assert await found(**by_cohort) == await found(**by_organisation) == [one, one]
    asker.viewer = PUBLIC
    assert await found(**by_cohort) == await found(cohort=["unknown"]) == [none, none]
    assert await found(**{"and": [{"or": [by_cohort]}, by_cohort]}) == [none, none]
    assert await found(**{"not": by_cohort}) == await found() == [one, one]
    assert await found(**by_organisation) == [one, one]
    hidden = {"of": "organisation/mill", "visibility": "cohort"}
    await log.append([make_event("visibility.changed", "2025-03-02", **hidden)])
    assert await found(**by_organisation) == await found(organisation=["unknown"]) == [none]


async def test_search_marks_the_words_in_the_text(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(
        [
            learned(make_event, "a", "🌊 Sharing water is hard; water is life.", 1),
            learned(make_event, "b", "Nothing like it.", 1),
        ]
    )
    query = """query($text: String!, $kinds: [Kind!]) { search(text: $text, kinds: $kinds, first: 9) {
      totalCount nodes { subject { stream } fragments { field text highlights { start end } } } } }"""
    page = (await asker.ask(query, text="water shar", kinds=["LEARNING"]))["search"]
    [hit] = page["nodes"]
    assert hit["subject"] == {"stream": "learning/a"}
    [fragment] = hit["fragments"]
    units = fragment["text"].encode("utf-16-le")
    words = [
        units[2 * mark["start"] : 2 * mark["end"]].decode("utf-16-le")
        for mark in fragment["highlights"]
    ]
    assert (fragment["field"], words) == ("statement", ["Sharing", "water", "water"])
    found = (await asker.ask(query, text="water"))["search"]
    streams = [hit["subject"]["stream"] for hit in found["nodes"]]
    assert sorted(streams) == ["learning/a", "question/shared"]
    assert (await asker.ask(query, text="water -life", kinds=["LEARNING"]))["search"]["nodes"] == []
    assert await asker.refused(query, text=" ") == {
        "code": "argument.malformed",
        "argument": "text",
    }


async def test_search_continues_page_by_page(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append([learned(make_event, f"l{n}", "water " * (n + 1), 1) for n in range(5)])
    query = """query($after: String) { search(text: "water", first: 2, after: $after) {
      totalCount edges { cursor node { subject { key } } } pageInfo { hasNextPage endCursor } } }"""
    found, after = [], None
    while True:
        page = (await asker.ask(query, after=after))["search"]
        assert page["totalCount"] == 6
        found += [edge["node"]["subject"]["key"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert sorted(found) == ["l0", "l1", "l2", "l3", "l4", "shared"]


async def test_ids_lead_back_to_what_they_are_of(asker: Asker) -> None:
    query = '{ organisation(key: "mill") { id timeline(first: 1) { nodes { ... on TimelineEntry { id } } } } }'
    data = (await asker.ask(query))["organisation"]
    node = "query($id: ID!) { node(id: $id) { __typename id } }"
    assert (await asker.ask(node, id=data["id"]))["node"] == {
        "__typename": "Organisation",
        "id": data["id"],
    }
    entry = data["timeline"]["nodes"][0]["id"]
    assert (await asker.ask(node, id=entry))["node"]["__typename"] == "OrganisationRegistered"
    asker.viewer = PUBLIC
    for id_ in ("x", "", data["id"] + "=", "🌊"):
        assert (await asker.refused(node, id=id_))["argument"] == "id"


async def test_edges_and_nodes_may_ask_for_the_same_name_with_other_arguments(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append([learned(make_event, f"l{n}", "Learned.", 1) for n in range(3)])
    query = """{ organisations(first: 1) {
      nodes { learnings(first: 1) { nodes { key } } }
      edges { node { learnings(first: 2) { nodes { key } } } }
    } }"""
    data = (await asker.ask(query))["organisations"]
    assert len(data["nodes"][0]["learnings"]["nodes"]) == 1
    assert len(data["edges"][0]["node"]["learnings"]["nodes"]) == 2


async def test_an_earlier_journey_shows_nothing_by_a_key_that_is_anothers_now(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append([learned(make_event, "l", "A secret.", 1, visibility="private")])
    await log.append([make_event("event.voided", "2025-03-02", event=7, reason="wrong")])
    await log.append([learned(make_event, "l", "For everybody.", 1, visibility="public")])
    query = """query($position: Position!) { organisation(key: "mill") {
      journey(asOf: { position: $position }) { learnings(first: 9) { nodes { statement } } } } }"""
    for viewer, position, expected in (
        *((viewer, 7, []) for viewer in (FARM, PUBLIC)),
        *((viewer, 9, ["For everybody."]) for viewer in (FARM, PUBLIC, RECORD)),
        (RECORD, 7, ["A secret."]),
    ):
        asker.viewer = viewer
        found = (await asker.ask(query, position=position))["organisation"]["journey"]
        assert [node["statement"] for node in found["learnings"]["nodes"]] == expected, viewer


@pytest.mark.parametrize("as_of", ["", "(asOf: { position: 12 })"], ids=["now", "then"])
async def test_of_a_membership_the_public_is_shown_the_joinings_that_are_public(
    asker: Asker, log: EventLog, make_event: MakeEvent, as_of: str
) -> None:
    def part(name: str, day: str, level: str | None = None, **more: Any) -> dict[str, Any]:
        return make_event(name, day, level, organisation="mill", cohort="valley", **more)

    await log.append(
        [
            make_event("visibility.changed", "2025-02-01", of="cohort/valley", visibility="public"),
            part("organisation.left", "2025-02-02", reason="capacity"),
            part("organisation.joined", "2025-02-03", "public", motivation="Shown to all."),
            part("organisation.left", "2025-02-04", reason="capacity"),
            part("organisation.joined", "2025-02-05", "cohort", motivation="Shown to few."),
            make_event("note.added", "2025-02-06", about="cohort/valley", text="Hm."),
        ]
    )
    query = f"""{{ organisation(key: "mill") {{ journey{as_of} {{ memberships(first: 2) {{
      nodes {{ stays {{ joinedPosition motivation }} }} }} }} }} }}"""
    for viewer, expected in (
        (PUBLIC, [(9, "Shown to all.")]),
        *(
            (viewer, [(4, None), (9, "Shown to all."), (11, "Shown to few.")])
            for viewer in (FARM, RECORD)
        ),
    ):
        asker.viewer = viewer
        found = (await asker.ask(query))["organisation"]["journey"]["memberships"]["nodes"]
        stays = [(stay["joinedPosition"], stay["motivation"]) for stay in found[0]["stays"]]
        assert stays == expected, viewer


async def test_an_earlier_journey_leaves_out_the_parts_of_a_thing_that_were_voided_since(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    def part(name: str, day: str, level: str | None = None, **more: Any) -> dict[str, Any]:
        return make_event(name, day, level, organisation="mill", **more)

    def void(position: int) -> dict[str, Any]:
        return make_event("event.voided", "2025-03-01", event=position, reason="A slip.")

    in_valley = {"cohort": "valley"}
    public = {**in_valley, "motivation": "Once more."}
    how = {"question": "q", "text": "How can we mill at night?"}
    await log.append(
        [
            part("organisation.left", "2025-02-01", **in_valley, reason="capacity", note="A slip."),
            part("organisation.joined", "2025-02-02", "public", **public),
            part("question.framed", "2025-02-03", "public", **how),
            make_event(
                "question.reframed",
                "2025-02-04",
                question="q",
                text="How can we slip?",
                reason="So.",
            ),
            make_event("visibility.changed", "2025-02-05", of="cohort/valley", visibility="public"),
        ]
    )
    await log.append([void(10), void(8), void(7)])
    query = """{ organisation(key: "mill") { journey(asOf: { position: 11 }) {
      memberships(first: 2) { nodes { present stays { joinedPosition motivation note } } }
      questions(first: 3) { nodes { text framings(first: 3) { nodes { text } } } } } } }"""

    async def shown(viewer: Principal) -> tuple[Any, Any]:
        asker.viewer = viewer
        journey = (await asker.ask(query))["organisation"]["journey"]
        stays = [stay for node in journey["memberships"]["nodes"] for stay in node["stays"]]
        return stays, str(journey["questions"])

    stays, questions = await shown(RECORD)
    assert [stay["note"] for stay in stays] == ["A slip.", None]
    assert "How can we slip?" in questions
    for viewer in (MILL, FARM, PUBLIC):
        stays, questions = await shown(viewer)
        first = {"joinedPosition": 4, "motivation": None, "note": None}
        assert stays == ([] if viewer is PUBLIC else [first]), viewer
        assert "slip" not in questions and (viewer is FARM or "at night" in questions), viewer
