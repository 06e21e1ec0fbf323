"""Sessions, commitments, hosts, new names and titles, links and the precision of a time, in the graph."""

from collections.abc import AsyncIterator, Mapping
from itertools import count
from typing import Any, Final

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from projections.updating.runner import Runner
from tests.events import samples as sample
from tests.events.samples import at, begun
from tests.service.graphql.client import Asker

IN: Final = {"cohort": "heritage"}
PICTURE: Final = "https://example.org/picture.jpg"
MILL: Final = Principal("key-mill", Role.ORGANISATION, organisation="mill")
LIBRARY: Final = Principal("key-library", Role.ORGANISATION, organisation="library")
EVALUATOR: Final = Principal("key-evaluator", Role.EVALUATOR, frozenset({"heritage"}))
ANALYST: Final = Principal("key-analyst", Role.ANALYST)
VIEWERS: Final = {
    "facilitator": RECORD,
    "mill": MILL,
    "library": LIBRARY,
    "evaluator": EVALUATOR,
    "analyst": ANALYST,
    "public": PUBLIC,
}


class Workshop:
    """Records events, an hour apart, and asks the graph."""

    def __init__(self, log: EventLog, runner: Runner) -> None:
        self.log = log
        self.asker = Asker(log, runner)
        self._ids = count(1)

    async def record(self, *events: Mapping[str, Any]) -> int:
        """Record the events; return the position of the last."""
        for event in events:
            number = next(self._ids)
            complete = {"source": "urn:test", "id": str(number), "time": at(10 + number), **event}
            await self.log.append([complete])
        return await self.log.head()

    async def ask(self, query: str, viewer: Principal = RECORD) -> Any:
        """Return the answer, which is the same whether a plan or the executor finds it."""
        self.asker.viewer = viewer
        documents = self.asker.schema.documents
        compiled = await self.asker.ask(query)

        async def none(*args: Any) -> None:
            return None

        plan = documents.plan
        documents.plan = none  # type: ignore[method-assign,assignment]
        try:
            assert await self.asker.ask(query) == compiled
        finally:
            documents.plan = plan  # type: ignore[method-assign]
        return compiled


@pytest.fixture
async def workshop(log: EventLog) -> AsyncIterator[Workshop]:
    """Mill and Archive in the cohort Heritage, Library outside."""
    async with Runner(log) as runner:
        workshop = Workshop(log, runner)
        await workshop.record(*begun())
        async with workshop.asker.http:
            yield workshop


async def test_a_session_has_its_cohort_those_who_attended_and_its_commitments(
    workshop: Workshop,
) -> None:
    await workshop.record(
        sample.held(
            attended=["archive", "mill"],
            minutes=180,
            people=0,
            summary="We drew maps.",
            links=[PICTURE],
            timeprecision="day",
        ),
        sample.committed(session="session", due_on="2024-05-01"),
        sample.noted("session/session", links=[PICTURE]),
    )
    data = await workshop.ask(
        """{ session(key: "session") {
          key stream title sessionKind minutes people summary links timePrecision
          cohort { key } attended { key } notes { nodes { text links } }
          commitments { totalCount nodes { key text dueOn session { key } cohort { key } organisation { key } } } } }"""
    )
    assert data["session"] == {
        "key": "session",
        "stream": "session/session",
        "title": "A morning",
        "sessionKind": "WORKSHOP",
        "minutes": 180,
        "people": 0,
        "summary": "We drew maps.",
        "links": [PICTURE],
        "timePrecision": "DAY",
        "cohort": {"key": "heritage"},
        "attended": [{"key": "archive"}, {"key": "mill"}],
        "notes": {"nodes": [{"text": "Worth knowing.", "links": [PICTURE]}]},
        "commitments": {
            "totalCount": 1,
            "nodes": [
                {
                    "key": "commitment",
                    "text": "We ask ten neighbours.",
                    "dueOn": "2024-05-01",
                    "session": {"key": "session"},
                    "cohort": {"key": "heritage"},
                    "organisation": {"key": "mill"},
                }
            ],
        },
    }


async def test_sessions_and_commitments_are_lists_with_filters(workshop: Workshop) -> None:
    await workshop.record(
        sample.framed(**IN),
        sample.planned(),
        sample.held("one", attended=["mill"]),
        sample.held("two", attended=["mill", "archive"], kind="visit", title="A visit to the mill"),
        sample.committed("first", iteration="trial", session="two"),
        sample.committed("second", "archive", **IN),
        sample.settled("second", outcome="dropped", note="No time."),
    )
    data = await workshop.ask(
        """{ visits: sessions(where: {sessionKind: [VISIT]}) { nodes { key } }
             titled: sessions(where: {text: "visit to"}) { nodes { key } }
             byTitle: sessions(order: {by: TITLE, direction: DESC}) { nodes { key } }
             open: commitments(where: {settledAt: {none: true}}) { nodes { key } }
             dropped: commitments(where: {commitmentOutcome: [DROPPED]}) { nodes { key note settledAt } }
             inTwo: commitments(where: {session: ["two"]}) { nodes { key } }
             commitment(key: "second") { commitmentOutcome }
             cohort(key: "heritage") { sessions { totalCount } commitments { totalCount } }
             iteration(key: "trial") { commitments { nodes { key } } }
             organisation(key: "archive") {
               sessions { nodes { key } } commitments { nodes { key } }
               journey { sessions { nodes { key } } commitments { nodes { key } } } } }"""
    )
    assert data == {
        "visits": {"nodes": [{"key": "two"}]},
        "titled": {"nodes": [{"key": "two"}]},
        "byTitle": {"nodes": [{"key": "two"}, {"key": "one"}]},
        "open": {"nodes": [{"key": "first"}]},
        "dropped": {
            "nodes": [{"key": "second", "note": "No time.", "settledAt": "2024-03-02T08:00:00Z"}]
        },
        "inTwo": {"nodes": [{"key": "first"}]},
        "commitment": {"commitmentOutcome": "DROPPED"},
        "cohort": {"sessions": {"totalCount": 2}, "commitments": {"totalCount": 2}},
        "iteration": {"commitments": {"nodes": [{"key": "first"}]}},
        "organisation": {
            "sessions": {"nodes": [{"key": "two"}]},
            "commitments": {"nodes": [{"key": "second"}]},
            "journey": {
                "sessions": {"nodes": [{"key": "two"}]},
                "commitments": {"nodes": [{"key": "second"}]},
            },
        },
    }


async def test_commitments_are_filtered_and_ordered_by_the_day_they_are_due(
    workshop: Workshop,
) -> None:
    await workshop.record(
        sample.committed("may", due_on="2024-05-01", **IN),
        sample.committed("never", **IN),
        sample.committed("april", due_on="2024-04-01", **IN),
        sample.committed("late", due_on="9999-12-31", **IN),
        sample.committed("again", due_on="2024-04-01", **IN),
    )

    async def commitments(arguments: str) -> list[str]:
        found = await workshop.ask(f"{{ commitments({arguments}) {{ nodes {{ key }} }} }}")
        then = await workshop.ask(
            '{ organisation(key: "mill") { journey(asOf: {position: 100}) {'
            f" commitments({arguments}) {{ nodes {{ key }} }} }} }} }}"
        )
        keys = [node["key"] for node in found["commitments"]["nodes"]]
        past = then["organisation"]["journey"]["commitments"]["nodes"]
        assert [node["key"] for node in past] == keys
        return keys

    in_order = ["april", "again", "may", "late", "never"]
    assert await commitments("order: {by: DUE}") == in_order
    assert await commitments("order: {by: DUE, direction: DESC}") == in_order[::-1]
    within = 'where: {dueOn: {from: "2024-04-01", to: "2024-05-01"}}'
    assert await commitments(within) == ["april", "again"]
    assert await commitments('where: {dueOn: {from: "2024-05-01"}}') == ["may", "late"]
    assert await commitments("where: {dueOn: {none: true}}") == ["never"]
    assert await commitments('where: {not: {dueOn: {to: "2024-05-01"}}}') == [
        "may",
        "never",
        "late",
    ]


async def test_pages_of_commitments_by_the_day_they_are_due_continue(workshop: Workshop) -> None:
    await workshop.record(
        sample.committed("never", **IN),
        sample.committed("may", due_on="2024-05-01", **IN),
        sample.committed("june", due_on="2024-06-01", **IN),
    )
    seen: list[str] = []
    after = "null"
    for _ in range(4):
        page = await workshop.ask(
            f"{{ commitments(first: 1, after: {after}, order: {{by: DUE}}) {{"
            " nodes { key } pageInfo { endCursor hasNextPage } } }"
        )
        seen += [node["key"] for node in page["commitments"]["nodes"]]
        after = f'"{page["commitments"]["pageInfo"]["endCursor"]}"'
        if not page["commitments"]["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["may", "june", "never"]


async def test_rows_are_filtered_by_the_subjects_that_they_name(workshop: Workshop) -> None:
    await workshop.record(
        sample.held("both", attended=["mill", "archive"]),
        sample.held("none"),
        sample.held("mill", attended=["mill"]),
        sample.cohort_revised(hosts=["library"]),
        sample.formed("next", builds_on=["heritage"]),
        sample.paired(),
    )

    async def found(list_: str, where: str, viewer: Principal = RECORD) -> list[str]:
        data = await workshop.ask(f"{{ {list_}(where: {where}) {{ nodes {{ key }} }} }}", viewer)
        return [node["key"] for node in data[list_]["nodes"]]

    assert await found("sessions", '{attended: ["archive", "library"]}') == ["both"]
    assert await found("sessions", '{not: {attended: ["archive"]}}') == ["none", "mill"]
    assert await found("cohorts", '{hosts: ["library"]}') == ["heritage"]
    assert await found("cohorts", '{buildsOn: ["heritage"]}') == ["next"]
    assert await found("cohorts", '{startsOn: {to: "2024-03-01"}}') == []
    assert await found("pairings", '{organisations: ["archive"]}') == ["pair"]
    # The public does not see the archive, so it cannot find by it.
    await workshop.record(
        sample.shown("session/both", "public"), sample.shown("organisation/mill", "public")
    )
    assert await found("sessions", '{attended: ["mill"]}', PUBLIC) == ["both"]
    assert await found("sessions", '{attended: ["archive"]}', PUBLIC) == []
    then = """{ organisation(key: "mill") { journey(asOf: {position: 100}) {
        pairings(where: {organisations: ["archive"]}) { nodes { key } } } } }"""
    journey = (await workshop.ask(then))["organisation"]["journey"]
    assert journey["pairings"]["nodes"] == [{"key": "pair"}]


@pytest.mark.parametrize(
    ("level", "session", "commitment"),
    [
        ("private", "facilitator evaluator", "facilitator evaluator mill"),
        ("cohort", "facilitator evaluator mill analyst", "facilitator evaluator mill analyst"),
        ("public", " ".join(VIEWERS), " ".join(VIEWERS)),
    ],
)
async def test_who_sees_a_session_and_a_commitment(
    workshop: Workshop, level: str, session: str, commitment: str
) -> None:
    await workshop.record(
        sample.held(attended=["mill", "library"], visibility=level),
        sample.committed(**IN, visibility=level),
        sample.settled(),
    )
    seen: dict[str, set[str]] = {"session": set(), "commitment": set()}
    for name, viewer in VIEWERS.items():
        data = await workshop.ask(
            '{ session(key: "session") { key } commitment(key: "commitment") { key } }', viewer
        )
        for kind, found in data.items():
            if found is not None:
                seen[kind].add(name)
    assert seen == {"session": set(session.split()), "commitment": set(commitment.split())}


NAMES: Final = """{ organisation(key: "mill") { name updatedPosition }
  cohort(key: "heritage") { title facilitator startsOn plannedMonths hosts { key name } updatedPosition } }"""


async def test_names_titles_and_hosts_are_the_present_ones_also_after_voids(
    workshop: Workshop,
) -> None:
    before = await workshop.ask(NAMES)
    assert before["organisation"]["name"] == "Mill" and before["cohort"]["hosts"] == []
    renaming = await workshop.record(sample.renamed())
    revision = await workshop.record(
        sample.cohort_revised(
            title="Heritage, again",
            facilitator="Grace",
            starts_on="2024-04-01",
            hosts=["library"],
        )
    )
    after = {
        "organisation": {"name": "The Mill", "updatedPosition": str(renaming)},
        "cohort": {
            "title": "Heritage, again",
            "facilitator": "Grace",
            "startsOn": "2024-04-01",
            "plannedMonths": 12,
            "hosts": [{"key": "library", "name": "Library"}],
            "updatedPosition": str(revision),
        },
    }
    for viewer in (RECORD, MILL, LIBRARY, EVALUATOR, ANALYST):
        found = await workshop.ask(NAMES, viewer)
        for of in found.values():
            of["updatedPosition"] = str(of["updatedPosition"])
        assert found == after
    hosted = '{ organisation(key: "library") { hostedCohorts { nodes { key } } cohorts { totalCount } } }'
    assert (await workshop.ask(hosted))["organisation"] == {
        "hostedCohorts": {"nodes": [{"key": "heritage"}]},
        "cohorts": {"totalCount": 0},
    }
    await workshop.record(sample.voided(renaming), sample.voided(revision))
    found = await workshop.ask(NAMES)
    for of in (*found.values(), *before.values()):
        of.pop("updatedPosition")
    assert found == before


async def test_a_journey_as_of_then_has_the_names_of_then(workshop: Workshop) -> None:
    start = await workshop.log.head()
    await workshop.record(
        sample.held(attended=["mill"]), sample.committed(**IN), sample.settled(), sample.renamed()
    )
    end = await workshop.record(sample.cohort_revised(title="Heritage, again"))

    async def journey(position: int) -> Any:
        data = await workshop.ask(
            f"""{{ organisation(key: "mill") {{ journey(asOf: {{position: {position}}}) {{
              organisation {{ name }} memberships {{ nodes {{ cohort {{ title }} }} }}
              sessions {{ nodes {{ key }} }} commitments {{ nodes {{ key commitmentOutcome }} }} }} }} }}"""
        )
        return data["organisation"]["journey"]

    assert await journey(start) == {
        "organisation": {"name": "Mill"},
        "memberships": {"nodes": [{"cohort": {"title": "Heritage"}}]},
        "sessions": {"nodes": []},
        "commitments": {"nodes": []},
    }
    assert await journey(end - 2) == {
        "organisation": {"name": "Mill"},
        "memberships": {"nodes": [{"cohort": {"title": "Heritage"}}]},
        "sessions": {"nodes": [{"key": "session"}]},
        "commitments": {"nodes": [{"key": "commitment", "commitmentOutcome": "KEPT"}]},
    }
    assert await journey(end) == {
        "organisation": {"name": "The Mill"},
        "memberships": {"nodes": [{"cohort": {"title": "Heritage, again"}}]},
        "sessions": {"nodes": [{"key": "session"}]},
        "commitments": {"nodes": [{"key": "commitment", "commitmentOutcome": "KEPT"}]},
    }


ENTRY: Final = """{ organisation(key: "mill") { timeline(last: 1) { nodes {
  type timePrecision subject { key } event { timePrecision }
  ... on SessionHeld { sessionKind recordedSummary links attended { key } }
  ... on CommitmentMade { commitment { key } dueOn }
  ... on CommitmentSettled { commitmentOutcome note }
  ... on OrganisationRenamed { name reason }
  ... on NoteAdded { noteLinks: links } } } } }"""


async def test_entries_have_the_fields_of_the_new_types(workshop: Workshop) -> None:
    async def last(event: Mapping[str, Any]) -> Any:
        await workshop.record({**event, "timeprecision": "month"})
        data = await workshop.ask(ENTRY)
        return data["organisation"]["timeline"]["nodes"][0]

    common = {"timePrecision": "MONTH", "event": {"timePrecision": "MONTH"}}
    held = sample.held(attended=["mill"], summary="We drew maps.", links=[PICTURE])
    assert await last(held) == {
        **common,
        "type": "SESSION_HELD",
        "subject": {"key": "session"},
        "sessionKind": "WORKSHOP",
        "recordedSummary": "We drew maps.",
        "links": [PICTURE],
        "attended": [{"key": "mill"}],
    }
    assert await last(sample.committed(due_on="2024-05-01")) == {
        **common,
        "type": "COMMITMENT_MADE",
        "subject": {"key": "commitment"},
        "commitment": {"key": "commitment"},
        "dueOn": "2024-05-01",
    }
    assert await last(sample.settled(note="Twelve came.")) == {
        **common,
        "type": "COMMITMENT_SETTLED",
        "subject": {"key": "commitment"},
        "commitmentOutcome": "KEPT",
        "note": "Twelve came.",
    }
    assert await last(sample.renamed()) == {
        **common,
        "type": "ORGANISATION_RENAMED",
        "subject": {"key": "mill"},
        "name": "The Mill",
        "reason": None,
    }
    assert await last(sample.noted("organisation/mill")) == {
        **common,
        "type": "NOTE_ADDED",
        "subject": {"key": "mill"},
        "noteLinks": [],
    }


async def test_renamings_and_revisions_are_in_the_timelines_of_every_key(
    workshop: Workshop,
) -> None:
    await workshop.record(sample.renamed(), sample.cohort_revised(hosts=["library"]))
    query = """{ organisation(key: "mill") { timeline { nodes { type } } }
                 cohort(key: "heritage") { timeline { nodes { type } } } }"""
    found = await workshop.ask(query, LIBRARY)
    types = [[node["type"] for node in of["timeline"]["nodes"]] for of in found.values()]
    assert "ORGANISATION_RENAMED" in types[0] and "COHORT_REVISED" in types[1]
    await workshop.record(sample.shown("organisation/mill", "public"))
    found = await workshop.ask(
        '{ organisation(key: "mill") { timeline { nodes { type } } } }', PUBLIC
    )
    shown = [node["type"] for node in found["organisation"]["timeline"]["nodes"]]
    assert "ORGANISATION_RENAMED" in shown


async def test_search_finds_sessions_commitments_and_new_names(workshop: Workshop) -> None:
    await workshop.record(
        sample.held(summary="We drew maps."),
        sample.committed(text="We invite the bakers."),
        sample.renamed(name="Watermill"),
    )

    async def found(word: str, viewer: Principal = RECORD) -> list[str]:
        data = await workshop.ask(
            f'{{ search(text: "{word}") {{ nodes {{ subject {{ stream }} }} }} }}', viewer
        )
        return [hit["subject"]["stream"] for hit in data["search"]["nodes"]]

    assert await found("maps") == ["session/session"]
    assert await found("bakers") == ["commitment/commitment"]
    for viewer in (RECORD, LIBRARY):
        assert await found("watermill", viewer) == ["organisation/mill"]
    assert await found("maps", LIBRARY) == []
