"""The graph: references, persons, and one name that is asked for with different arguments."""

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from tests.projections.stories import MakeEvent
from tests.service.graphql.client import Asker
from tests.service.graphql.learnings import learned

MILL = Principal("key-mill", Role.ORGANISATION, organisation="mill")
FARM = Principal("key-farm", Role.ORGANISATION, organisation="farm")


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
