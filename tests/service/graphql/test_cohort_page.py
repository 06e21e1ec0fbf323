"""A cohort's whole page in one query: within the limits as they come, in one statement, answered in time."""

from collections.abc import Iterator
from typing import Any

import orjson

from events.access.principal import RECORD, Principal, Role
from events.log import EventLog
from projections.updating.runner import Runner
from service.event_files import batches
from service.graphql.limits.query_size import Limits
from tests.projections.stories import EventJson, event_maker
from tests.service.graphql.client import Asker

PAGE = """{ cohort(key: "valley") { title facilitator startsOn closedAt
  organisations(first: 5) { nodes { id name sector
    questions(first: 10) { nodes { id text state
      iterations(first: 10) { nodes { id title state
        observations(first: 10) { nodes { id text } }
        learnings(first: 5) { nodes { id statement
          adoptions(first: 5) { nodes { id adaptation organisation { id name } } } } } } } } } } } } }"""

SIZES = (5, 10, 10, 10, 5, 5)
"""How many rows each list of the page has below a row of the list around it."""


def events_of_a_cohort(
    organisations: int, questions: int, iterations: int, observed: int, learned: int, adopted: int
) -> Iterator[EventJson]:
    """Return a cohort: each of its organisations has so many questions, each question so many iterations, and so on.

    One more organisation has none, so that a learning can be adopted by as many as have some.
    """
    make_event = event_maker()
    yield make_event(
        "cohort.formed",
        "2025-01-01",
        cohort="valley",
        title="Valley",
        question="shared",
        text="How can we share the water?",
        facilitator="F",
        starts_on="2025-01-01",
    )
    keys = [f"o{number}" for number in range(organisations + 1)]
    for key in keys:
        yield make_event(
            "organisation.registered", "2025-01-01", organisation=key, name=key, sector="museums"
        )
        yield make_event("organisation.joined", "2025-01-02", organisation=key, cohort="valley")
    for key in keys[:organisations]:
        others = [other for other in keys if other != key][:adopted]
        own = {"organisation": key, "cohort": "valley"}
        for question in (f"{key}-{number}" for number in range(questions)):
            text = f"How can we turn {question}?"
            yield make_event("question.framed", "2025-01-03", question=question, text=text, **own)
            for iteration in (f"{question}-{number}" for number in range(iterations)):
                yield make_event(
                    "iteration.planned",
                    "2025-01-04",
                    iteration=iteration,
                    question=question,
                    title="Oil",
                    hypothesis="It squeaks less.",
                    action="We oil it.",
                    **own,
                )
                yield make_event("iteration.started", "2025-01-05", iteration=iteration)
                for number in range(observed):
                    yield make_event(
                        "observation.recorded",
                        "2025-01-06",
                        iteration=iteration,
                        text=f"Squeak {number}.",
                        evidence_kind="said_fact",
                    )
                for learning in (f"{iteration}-{number}" for number in range(learned)):
                    yield make_event(
                        "learning.captured",
                        "2025-01-07",
                        learning=learning,
                        statement=f"Oil helps {learning}.",
                        loop="single",
                        evidence_level=1,
                        **{"from": [f"iteration/{iteration}"]},
                        **own,
                    )
                    for other in others:
                        yield make_event(
                            "learning.adopted", "2025-01-08", learning=learning, organisation=other
                        )


def rows(value: Any) -> int:
    """Return how many rows the lists of an answer have."""
    if isinstance(value, list):
        return len(value) + sum(map(rows, value))
    return sum(map(rows, value.values())) if isinstance(value, dict) else 0


def rows_of(*sizes: int) -> int:
    """Return how many rows the page has where its lists have so many."""
    organisations, questions, iterations, observed, learned, adopted = sizes
    each = 1 + observed + learned * (1 + adopted)
    return organisations * (1 + questions * (1 + iterations * each))


VIEWERS = (
    RECORD,
    Principal("facilitator", Role.FACILITATOR, frozenset({"valley"})),
    Principal("organisation", Role.ORGANISATION, organisation="o0"),
    Principal("evaluator", Role.EVALUATOR, frozenset({"valley"})),
    Principal("analyst", Role.ANALYST),
)


async def test_a_cohorts_whole_page_is_answered_within_the_limits(log: EventLog) -> None:
    for batch in batches(events_of_a_cohort(*SIZES), 1_000):
        await log.append(batch)
    async with Runner(log) as runner:
        await runner.catch_up()
        asker = Asker(log, runner, catches_up=False)
        for asker.viewer in VIEWERS:
            # Beyond the limits, of time too, there would be no rows.
            answer = (await asker.post(PAGE)).json()
            assert rows(answer["data"]) == rows_of(*SIZES) == 20_555
            assert answer["extensions"]["cost"]["requested"] > 50_000
        # Compiled, once for all of them.
        [plan] = asker.schema.documents.document(PAGE).plans.values()
        assert plan is not None


async def test_rows_below_a_list_that_is_no_page_are_bounded_too(log: EventLog) -> None:
    one = event_maker()(
        "learning.captured",
        "2025-01-07",
        learning="all",
        organisation="o0",
        statement="Oil helps.",
        loop="single",
        evidence_level=1,
        **{"from": [f"iteration/o0-0-{number}" for number in range(10)]},
    )
    await log.append([*events_of_a_cohort(1, 1, 10, 10, 0, 0), {**one, "source": "urn:other"}])
    query = """{ learnings(first: 1) { nodes { sources { stream ... on Iteration {
      observations(first: 10) { nodes { text } } } } } } }"""
    async with Runner(log) as runner:
        for most, code in ((101, None), (100, "answer.too_many_rows")):
            asker = Asker(log, runner, limits=Limits(rows_max=most))
            if code is None:
                assert len(orjson.dumps(await asker.ask(query)).split(b'"text"')) == 101
            else:
                assert (await asker.refused(query))["code"] == code
