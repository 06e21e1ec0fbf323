"""Lists of sessions and commitments: their filters, their order and their pages."""

from events.access.principal import PUBLIC, RECORD, Principal
from tests.events import samples as sample
from tests.service.graphql.sessions.workshop import IN, Workshop


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
