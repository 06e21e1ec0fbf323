"""Compiled corrections: equal to those that are executed as usual, for every kind of viewer, and counted."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from projections.updating.runner import Runner
from service.graphql.limits.query_size import Limits
from tests.projections.stories import cohort, event_maker
from tests.service.graphql.compiler.test_compiled import Two
from tests.service.graphql.random_queries import Query

VIEWERS = {
    "everything": RECORD,
    "public": PUBLIC,
    "admin": Principal("admin", Role.ADMIN),
    "analyst": Principal("analyst", Role.ANALYST),
    "own": Principal("mill", Role.ORGANISATION, organisation="mill"),
    "peer": Principal("farm", Role.ORGANISATION, organisation="farm"),
    "facilitator": Principal("valley", Role.FACILITATOR, frozenset({"valley"})),
    "elsewhere": Principal("hill", Role.FACILITATOR, frozenset({"hill"})),
    "evaluator": Principal("evaluator", Role.EVALUATOR, frozenset({"valley"})),
}
CORRECTIONS = (
    "corrections { __typename position correctedPosition field before after time actor reason }"
)
QUERIES = {
    "subjects": f"""query Q {{
      question(key: "q") {{ text {CORRECTIONS} framings {{ nodes {{ text {CORRECTIONS} }} }} }}
      failure(key: "f") {{ why {CORRECTIONS} }} organisation(key: "mill") {{ {CORRECTIONS} }} }}""",
    "any subject": f"""query Q {{
      subjects(streams: ["question/q", "failure/f", "organisation/mill", "cohort/valley"]) {{
        stream {CORRECTIONS} }} }}""",
    "facts": f"""query Q {{
      question(key: "q") {{ notes {{ nodes {{ text links {CORRECTIONS} }} }} }} }}""",
    "subjects in a list": f"""query Q {{ learnings {{ nodes {{
      {CORRECTIONS} sources {{ stream {CORRECTIONS} }} }} }} }}""",
    "entries": f"""query Q {{ cohort(key: "valley") {{ timeline(first: 50) {{ nodes {{
      position summary {CORRECTIONS} event {{ data line {CORRECTIONS} }} subject {{ stream {CORRECTIONS} }}
      ... on OrganisationJoined {{ motivation }} ... on OrganisationLeft {{ note }} }} }} }} }}""",
    "subjects that entries name": f"""query Q {{ cohort(key: "valley") {{ timeline(first: 50) {{ nodes {{
      {CORRECTIONS} ... on LearningCaptured {{ sources {{ {CORRECTIONS} }} }} }} }} }} }}""",
    "memberships": f"""query Q {{ cohort(key: "valley") {{ memberships {{ nodes {{
      stays {{ motivation note }} {CORRECTIONS} }} }} }} }}""",
}


def events() -> list[dict[str, Any]]:
    """Return a cohort in which subjects, facts and memberships were corrected; positions are those of the list."""
    make_event = event_maker()
    own = {"organisation": "mill", "cohort": "valley"}
    failure = {"intended": "A.", "actual": "B.", "why": "C.", "degree": "tolerable_failure"}

    def corrected(position: int, **fields: Any) -> dict[str, Any]:
        return make_event("event.corrected", "2025-04-01", event=position, fields=fields)

    return [
        *cohort(make_event),
        make_event("question.framed", "2025-03-01", question="q", **own, text="How can we sahre?"),
        make_event(
            "failure.recorded", "2025-03-02", "private", failure="f", for_whom=["staff"], **own, **failure
        ),
        make_event(
            "learning.captured", "2025-03-03", learning="l", **own, statement="Trap work.",
            loop="single", evidence_level=1, **{"from": ["question/q", "failure/f"]},
        ),
        make_event("note.added", "2025-03-04", about="question/q", text="Nice.", organisation="farm"),
        make_event("organisation.left", "2025-03-05", organisation="farm", cohort="valley", reason="other"),
        corrected(7, text="How can we share?"),
        corrected(8, why="D.", actual="E."),
        corrected(9, statement="Traps work."),
        corrected(10, text="Nice!", links=["https://example.org/"]),
        corrected(5, motivation="To laern."),
        corrected(5, motivation="To learn."),
        corrected(11, note="They mvoed."),
        make_event("event.voided", "2025-04-02", event=18, reason="It was wrong."),
        corrected(11, note="They moved."),
        corrected(1, title="The Valley"),
        corrected(2, purpose=None),
        make_event("visibility.changed", "2025-04-03", of="learning/l", visibility="public"),
    ]  # fmt: skip


@pytest.fixture
async def two(log: EventLog) -> AsyncIterator[Two]:
    """The cohort, asked in both ways."""
    for event in events():
        await log.append([event])
    async with Runner(log) as runner:
        await runner.catch_up()
        yield Two(log, runner)


@pytest.mark.parametrize("query", QUERIES)
async def test_corrections_are_answered_by_one_statement_as_execution_does(
    two: Two, query: str
) -> None:
    found = {}
    for name, viewer in VIEWERS.items():
        planned, usual = await two.ask(viewer, Query(QUERIES[query], {}))
        assert planned == usual
        assert "errors" not in planned[1], planned
        found[name] = str(planned[1]["data"])
    assert two.how == {"compiled": len(VIEWERS)}
    assert "correctedPosition" in found["everything"]


async def test_the_values_are_for_the_organisation_and_its_facilitators(two: Two) -> None:
    query = '{ question(key: "q") { corrections { before after } } }'
    for name in ("everything", "own", "facilitator", "peer", "evaluator"):
        (_, planned), _ = await two.ask(VIEWERS[name], Query(f"query Q {query}", {}))
        [found] = planned["data"]["question"]["corrections"]
        shown = {"before": "How can we sahre?", "after": "How can we share?"}
        assert found == (shown if name not in ("peer", "evaluator") else dict.fromkeys(shown))


async def test_a_membership_has_the_corrections_of_joining_and_leaving(two: Two) -> None:
    (_, planned), _ = await two.ask(RECORD, Query(QUERIES["memberships"], {}))
    mill, farm = planned["data"]["cohort"]["memberships"]["nodes"]
    assert mill["corrections"] == []
    assert [one["after"] for one in farm["corrections"]] == [
        "To laern.",
        "To learn.",
        "They moved.",
    ]
    assert farm["stays"] == [{"motivation": "To learn.", "note": "They moved."}]


async def test_corrections_count_as_rows_of_the_answer(two: Two) -> None:
    query = Query('query Q { learnings(first: 1) { nodes { corrections { field } } } }', {})  # fmt: skip
    for most, is_refused in ((2, False), (1, True)):
        for asker in (two.planned, two.usual):
            asker.schema.limits = Limits(rows_max=most)
            asker.schema.documents.limits = Limits(rows_max=most)
        planned, usual = await two.ask(RECORD, query)
        assert planned == usual
        assert ("errors" in planned[1]) is is_refused
    assert two.how["compiled"] == 2


async def test_corrections_count_with_the_rows_that_are_executed_as_usual(two: Two) -> None:
    query = """query Q { learning(key: "l") { corrections { field } }
      event(position: 5) { corrections { field } } }"""
    for most, is_refused in ((3, False), (2, True)):
        for asker in (two.planned, two.usual):
            asker.schema.limits = Limits(rows_max=most)
            asker.schema.documents.limits = Limits(rows_max=most)
        planned, usual = await two.ask(RECORD, Query(query, {}))
        assert planned == usual
        assert ("errors" in planned[1]) is is_refused
    assert two.how["both"] == 2
