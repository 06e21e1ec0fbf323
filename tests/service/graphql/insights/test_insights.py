"""The insights in GraphQL: the same figures as everywhere, for each viewer, up to a position and a moment."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog, now_us
from events.vocabulary.values.times import moment
from projections.insights.answers import ORDER, FigureArguments
from projections.insights.cache import cache
from projections.insights.figures.comparison import CohortRow, cohort_row
from projections.insights.figures.definition import Parts
from projections.insights.follower import InsightsFollower
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.scoped import ScopedPerspective
from projections.insights.perspective.viewer import FigureViewer
from projections.updating.runner import Runner
from service.event_files import batches
from service.graphql.figure_documents import in_events
from service.graphql.limits.time_slices import SLICE_SECONDS
from service.graphql.schema import sdl
from service.samples import demo
from tests.benchmarks.measured.insights import COMPARED, ONE_COHORT
from tests.service.graphql.client import Asker

AT = "2025-03-01T00:00:00Z"
ANALYST = Principal(id="analyst", role=Role.ANALYST)
MUSEUM = Principal(id="museum", role=Role.ORGANISATION, organisation="mill-museum")


@pytest.fixture
async def asker(database_url: str) -> AsyncIterator[Asker]:
    """GraphQL over the demo's log."""
    async with await EventLog.open(database_url, master_key=bytes(32)) as log:
        for batch in batches((orjson.loads(line) for line in demo.lines()), 100):
            await log.append(batch)
        async with Runner(log) as runner:
            await runner.catch_up()
            found = Asker(log, runner, catches_up=False)
            yield found
            await found.http.aclose()


async def insights(asker: Asker, fields: str, arguments: str = f'at: "{AT}"') -> Any:
    return (await asker.ask(f"{{ insights({arguments}) {{ {fields} }} }}"))["insights"]


async def test_a_figure_comes_with_the_things_behind_it(asker: Asker) -> None:
    found = await insights(
        asker, "avoidableRepeats { n share items list { failure earlier learning } }"
    )
    figure = found["avoidableRepeats"]
    assert figure["list"] == [
        {
            "failure": "library-cards-desk",
            "earlier": "mill-coats-on",
            "learning": "ask-at-the-object",
        }
    ]
    assert len(figure["items"]) == figure["n"] == 13
    assert figure["share"] == round(1 / 13, 9)


@pytest.mark.parametrize("sender", [RECORD, ANALYST, MUSEUM, PUBLIC], ids=lambda one: one.id)
async def test_every_single_number_is_that_of_the_ledger(asker: Asker, sender: Principal) -> None:
    asker.viewer = sender
    query = ONE_COHORT.replace("insights(", f'insights(at: "{AT}", ')
    data = await asker.ask(query, cohorts=["heritage-2024"], organisation="mill-museum")
    ledger = await InsightsFollower(asker.log).caught_up()
    scope = Scope(cohorts=frozenset({"heritage-2024"}))
    view = ledger.view(FigureViewer.of(sender), scope, at_us=moment(AT))
    asked = FigureArguments(mode="give_time", organisation="mill-museum")
    expected = ledger.answer(view, asked=asked)
    costs = ledger.answer(view, {"costOfLearning"})
    for name, figure in data["insights"].items():
        if name == "partial":
            continue
        whole = costs[name] if name == "costOfLearning" else expected[name]
        given = in_events(name, figure)
        assert given == (whole and {field: _of(whole[field], given[field]) for field in given})


def _of(whole: Any, asked: Any) -> Any:
    """The part of a list's rows that was asked for."""
    if isinstance(asked, list) and asked and isinstance(asked[0], dict):
        return [{field: row[field] for field in asked[0]} for row in whole]
    return whole


async def test_what_a_partial_view_would_distort_is_null(asker: Asker) -> None:
    asked = "partial openAsks { n } openness { share } funnel { questions }"
    assert (await insights(asker, asked))["openAsks"] == {"n": 4}
    asker.viewer = ANALYST
    found = await insights(asker, asked)
    assert found["partial"] is True
    assert (found["openAsks"], found["openness"]) == (None, None)
    assert found["funnel"]["questions"] > 0
    asker.viewer = MUSEUM
    own = f'at: "{AT}", filter: {{organisations: ["mill-museum"]}}'
    assert (await insights(asker, asked, own))["openAsks"] == {"n": 1}


async def test_others_get_their_turn_while_something_hidden_is_looked_for(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds, looked = 0, []

    async def go_round() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    def look(view: ScopedPerspective) -> bool:
        looked.append(rounds)
        time.sleep(2 * SLICE_SECONDS)
        return False

    monkeypatch.setattr(cache, "is_partial", look)
    others = asyncio.create_task(go_round())
    # Of an earlier position no answer is kept.
    asked = " ".join(f"asked{number}: partial" for number in range(10))
    await insights(asker, asked, "asOf: 60")
    others.cancel()
    assert len(set(looked)) == 10


async def test_filters_choose_and_times_bound(asker: Asker) -> None:
    asked = "funnel { questions failures }"
    everything = await insights(asker, asked)
    assert everything["funnel"] == {"questions": 9, "failures": 14}
    none = await insights(asker, asked, f'at: "{AT}", filter: {{cohorts: ["nowhere"]}}')
    assert none["funnel"] == {"questions": 0, "failures": 0}
    early = await insights(asker, asked, 'at: "2024-03-01T00:00:00Z"')
    assert 0 < early["funnel"]["questions"] < 9
    assert early["funnel"]["failures"] == 0
    before = await insights(asker, asked, f'at: "{AT}", filter: {{to: "2024-03-01T00:00:00Z"}}')
    assert before["funnel"] == early["funnel"]
    first = await insights(asker, asked, "asOf: 60")
    assert first["funnel"]["questions"] < 9


async def test_a_position_that_the_log_has_not_reached_is_reported(asker: Asker) -> None:
    head = await asker.log.head()
    now = await insights(asker, "funnel { questions }", f'at: "{AT}"')
    assert await insights(asker, "funnel { questions }", f'at: "{AT}", asOf: {head}') == now
    beyond = f"{{ insights(asOf: {head + 1}) {{ funnel {{ questions }} }} }}"
    response = await asker.post(beyond)
    assert response.status_code == 503
    [error] = response.json()["errors"]
    assert error["extensions"] == {
        "code": "position.not_reached",
        "argument": "asOf",
        "position": head,
    }


async def test_what_was_just_recorded_is_in_the_answer(asker: Asker) -> None:
    before = (await insights(asker, "openAsks { n }"))["openAsks"]["n"]
    [last] = [e async for e in asker.log.read(after=await asker.log.head() - 1)]
    await asker.log.append(
        [
            {
                "specversion": "1.0",
                "id": "another-ask",
                "source": "urn:test",
                "type": "org.howcanwe.help.asked.v1",
                "time": "2025-02-01T00:00:00Z",
                "data": {"ask": "paint", "organisation": "mill-museum", "text": "Who has paint?"},
            }
        ]
    )
    assert last.position == await asker.log.head() - 1
    assert (await insights(asker, "openAsks { n }"))["openAsks"]["n"] == before + 1


async def test_cohorts_compare_under_any_alias_and_fragment(asker: Asker) -> None:
    plain = (await asker.ask(COMPARED))["insights"]["compareCohorts"]["list"]
    assert [row["cohort"] for row in plain] == ["heritage-2024"]
    data = await asker.ask(
        """
        query Compared($bare: Boolean!) {
          insights { compareCohorts { __typename rows: list { ...Row lift @skip(if: $bare) } } }
        }
        fragment Row on CohortComparison { key: cohort __typename ... on CohortComparison { funnel: tried } }
        """,
        bare=True,
    )
    assert data["insights"]["compareCohorts"] == {
        "__typename": "CompareCohorts",
        "rows": [
            {
                "key": "heritage-2024",
                "__typename": "CohortComparison",
                "funnel": plain[0]["tried"],
            }
        ],
    }


async def test_trees_are_given_as_deep_as_they_are_asked_for(asker: Asker) -> None:
    found = await insights(
        asker,
        "questionFamilies { trees { question framings counts { result count } children { question } } }",
    )
    tree = found["questionFamilies"]["trees"][0]
    assert tree["question"] == "keepers-shared"
    assert "mill-labels" in [child["question"] for child in tree["children"]]


def test_every_figure_is_in_the_schema_with_its_definition() -> None:
    schema = sdl()
    insights_type = schema[schema.index("type Insights {") :]
    for name in ORDER:
        assert f"  {name}" in insights_type
    assert "followed within 60 days by a reframing" in " ".join(schema.split())


async def test_cohorts_are_compared_before_anybody_asks(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []

    def counted(view: ScopedPerspective, cohort: str, parts: Parts) -> CohortRow:
        computed.append(cohort)
        return cohort_row(view, cohort, parts)

    monkeypatch.setattr(cache, "cohort_row", counted)
    ahead = InsightsFollower(asker.log)
    task = asyncio.create_task(ahead.run())
    try:
        async with asyncio.timeout(30):
            # One cohort, for each of four viewers.
            while ahead.ledger.position == 0 or len(computed) < 4:
                await asyncio.sleep(0)
        computed.clear()
        for viewer in (
            RECORD,
            ANALYST,
            PUBLIC,
            Principal("new", Role.ORGANISATION, organisation="new"),
        ):
            view = ahead.ledger.view(FigureViewer.of(viewer), at_us=now_us())
            assert len(list(ahead.ledger.compare(view))) == 1
        assert computed == []
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
