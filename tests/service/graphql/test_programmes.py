"""Real kinds of programmes, each as the log that its facilitator would record, and what the graph shows of it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, Final

import orjson
import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from projections.insights.index.index import Index
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.viewer import FigureViewer
from projections.updating.runner import Runner
from service.event_files import batches
from tests.events.samples import corrected
from tests.projections.corrected import random_fields
from tests.projections.insights import naive
from tests.projections.insights.asking import Asker as Chance
from tests.projections.insights.asking import Question
from tests.projections.insights.judging import MemoryLog
from tests.projections.insights.stories import NOW_US
from tests.service.graphql.client import Asker

FOLDER: Final = Path(__file__).parents[2] / "data" / "programmes"
NOW: Final = "2026-11-30T12:00:00Z"
NAMES: Final = sorted(place.stem for place in FOLDER.glob("*.ndjson"))

Programme = Callable[[str], Awaitable[Asker]]


def events_of(name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (FOLDER / f"{name}.ndjson").read_bytes().splitlines()]


@pytest.fixture
async def programme(log: EventLog) -> AsyncIterator[Programme]:
    """Return a function that records a programme and returns who asks the graph about it."""
    async with Runner(log) as runner:
        asker = Asker(log, runner)

        async def record(name: str) -> Asker:
            for batch in batches(events_of(name), 500):
                await log.append(batch)
            return asker

        async with asker.http:
            yield record


async def test_a_fund_with_three_hosts_and_eleven_teams(programme: Programme) -> None:
    asker = await programme("fund")
    data = await asker.ask(
        """{ cohort(key: "parks-2019") {
          hosts { key } organisations { totalCount } failures { nodes { key organisation { key } } } }
          organisation(key: "parks-office") {
            hostedCohorts { totalCount } learnings { nodes { key cohort { key } } } reviews { totalCount } }
          learning(key: "plans-are-theirs") { adoptions { nodes { organisation { key } } } } }"""
    )
    cohort = data["cohort"]
    assert cohort["hosts"] == [{"key": "green-trust"}, {"key": "heritage-fund"}]
    assert cohort["organisations"]["totalCount"] == 11
    assert cohort["failures"]["nodes"] == [
        {"key": "one-template", "organisation": {"key": "heritage-fund"}}
    ]
    # What it learned as a host stays when it is one no longer.
    office = data["organisation"]
    assert office["hostedCohorts"]["totalCount"] == 0
    assert office["learnings"]["nodes"] == [
        {"key": "office-handover", "cohort": {"key": "parks-2019"}}
    ]
    assert office["reviews"]["totalCount"] == 1
    assert data["learning"]["adoptions"]["nodes"] == [{"organisation": {"key": "green-trust"}}]


async def test_a_host_sees_no_more_than_a_stranger(programme: Programme) -> None:
    asker = await programme("fund")
    asker.viewer = Principal("host", Role.ORGANISATION, organisation="green-trust")
    data = await asker.ask(
        """{ learning(key: "ashby-keys") { key } failure(key: "one-template") { key }
          cohort(key: "parks-2019") { title hosts { key } } }"""
    )
    assert data["learning"] is None and data["failure"] is None
    assert len(data["cohort"]["hosts"]) == 2


async def test_a_programme_in_german(programme: Programme) -> None:
    asker = await programme("german")
    data = await asker.ask(
        """{ question(key: "hof-feste") { text language framings { totalCount } }
          other: question(key: "lichthof-werkzeug") { text language }
          shared: question(key: "quartier-gemeinsam") { language }
          publication(key: "hoffest-heft") { language }
          insights(filter: {cohorts: ["nachbarschaft-2023"]}) { funnel { reframed }
            similarQuestions(text: "Wie können wir gemeinsam Feste im Hof feiern?", language: "de") {
              list { question score } } } }"""
    )
    assert data["question"] == {
        "text": "Wie können wir Feste feiern, die der ganze Hof gemeinsam vorbereitet?",
        "language": None,
        "framings": {"totalCount": 2},
    }
    assert data["other"]["language"] == "de"
    assert data["other"]["text"].startswith("„Wie können wir Werkzeug")
    assert data["publication"] == {"language": "de-DE"}
    assert data["insights"]["funnel"]["reframed"] == 2
    similar = data["insights"]["similarQuestions"]["list"]
    assert similar[0]["question"] == "hof-feste"


async def test_a_cohort_that_is_prolonged_and_renamed(programme: Programme) -> None:
    asker = await programme("prolonged")
    data = await asker.ask(
        """{ cohort(key: "players-2020") { title facilitator plannedMonths startsOn closedAt }
          organisation(key: "mill-brass") { name }
          cohorts { nodes { title } } search(text: "hall") { nodes { subject { key } } } }"""
    )
    assert data["cohort"] == {
        "title": "Music without a hall",
        "facilitator": "Nadia Osei and Piotr Lis",
        "plannedMonths": 20,
        "startsOn": "2020-01-20",
        "closedAt": "2021-09-13T10:00:00Z",
    }
    assert data["organisation"] == {"name": "Brass in the Yard"}
    assert data["cohorts"]["nodes"] == [{"title": "Music without a hall"}]
    then = await asker.ask(
        """{ organisation(key: "mill-brass") {
          journey(asOf: {occurredAt: "2021-05-01T00:00:00Z"}) {
            organisation { name } memberships { nodes { cohort { title plannedMonths } } } } } }"""
    )
    assert then["organisation"]["journey"] == {
        "organisation": {"name": "Mill Lane Brass"},
        "memberships": {
            "nodes": [{"cohort": {"title": "Music without a hall", "plannedMonths": 20}}]
        },
    }


async def test_a_volunteer_chapter_outside_any_cohort(programme: Programme) -> None:
    asker = await programme("volunteers")
    data = await asker.ask(
        """{ organisation(key: "riverside-repair") {
            time timePrecision cohorts { totalCount }
            iterations { nodes { timePrecision state conclusion } }
            outcomes { nodes { happenedOn timePrecision links } }
            notes { nodes { links timePrecision } } } }"""
    )
    organisation = data["organisation"]
    assert (organisation["time"], organisation["timePrecision"]) == ("1994-01-01T00:00:00Z", "YEAR")
    assert organisation["cohorts"]["totalCount"] == 0
    [iteration] = organisation["iterations"]["nodes"]
    assert (iteration["timePrecision"], iteration["state"]) == ("MONTH", "CONCLUDED")
    [outcome] = organisation["outcomes"]["nodes"]
    # It happened later in the year than the first moment of it, which is all that is known.
    assert (outcome["happenedOn"], outcome["timePrecision"]) == ("2004-09-15", "YEAR")
    assert outcome["links"] == ["https://example.org/second-town"]
    assert organisation["notes"]["nodes"] == [
        {"links": ["https://example.org/diaries"], "timePrecision": None}
    ]
    asker.viewer = PUBLIC
    data = await asker.ask('{ learning(key: "hold-the-tool") { statement organisation { name } } }')
    assert data["learning"]["organisation"] == {"name": "Riverside Repair Evenings"}


async def test_a_pair_of_cities_with_a_workshop_and_agreements(programme: Programme) -> None:
    asker = await programme("cities")
    data = await asker.ask(
        """{ session(key: "llanera-workshop") {
            title minutes people links attended { key }
            commitments(first: 10) { nodes { key dueOn commitmentOutcome note organisation { key } cohort { key } } } }
          question(key: "llanera-sombra") { text language }
          cohort(key: "two-cities-2024") { sessions { totalCount } commitments { totalCount } }
          insights(filter: {cohorts: ["two-cities-2024"]}) { partial
            openCommitments { n list { commitment } }
            attendance { n list { organisation sessions attended } } } }"""
    )
    session = data["session"]
    assert session["links"] == [
        "https://example.org/pictures/line-4.jpg",
        "https://example.org/pictures/plaza.jpg",
    ]
    assert [one["key"] for one in session["attended"]] == ["port-city", "plain-city"]
    settled = {
        one["key"]: (one["commitmentOutcome"], one["cohort"])
        for one in session["commitments"]["nodes"]
    }
    here = {"key": "two-cities-2024"}
    # Those that named no cohort are of the session's.
    assert settled == {
        "portmere-survey": ("KEPT", here),
        "llanera-canvas": ("KEPT", here),
        "joint-order": ("DROPPED", here),
        "llanera-map": ("CHANGED", here),
    }
    assert data["question"]["language"] == "es"
    assert data["insights"]["openCommitments"] == {"n": 0, "list": []}
    assert data["insights"]["attendance"] == {
        "n": 2,
        "list": [
            {"organisation": "port-city", "sessions": 2, "attended": 2},
            {"organisation": "plain-city", "sessions": 2, "attended": 2},
            {"organisation": "lake-city", "sessions": 2, "attended": 1},
            {"organisation": "hill-city", "sessions": 2, "attended": 0},
        ],
    }


async def test_what_was_typed_wrongly_and_corrected_after_learnings_were_built_on_it(
    programme: Programme,
) -> None:
    asker = await programme("orchestras")
    query = """query($asOf: Position!) {
      organisation(key: "quay-orchestra") {
        name sector corrections { field before after reason }
        learnings { nodes { key themes } }
        timeline(first: 50) { nodes { summary } } }
      iteration(key: "quay-tuesdays") {
        hours observations { nodes { value corrections { field before after } } } }
      question(key: "quay-open-rehearsal") { text themes }
      insights { reach { participations } costOfLearning { hours perLearning } }
      then: insights(asOf: $asOf) { reach { participations } costOfLearning { hours perLearning } }
      search(text: "symphnoy") { nodes { subject { key } } } }"""
    data = await asker.ask(query, asOf=14)
    organisation = data["organisation"]
    assert (organisation["name"], organisation["sector"]) == ("Quay Symphony Orchestra", "music")
    reason = {"reason": "Typed in a hurry."}
    assert organisation["corrections"] == [
        {"field": "name", "before": "Quay Symphnoy Orchestra", "after": "Quay Symphony Orchestra"}
        | reason,
        {"field": "sector", "before": "musik", "after": "music"} | reason,
    ]
    assert {one["key"]: one["themes"] for one in organisation["learnings"]["nodes"]} == {
        "choosers-stay": ["rehearsal"],
        "scores-invite": [],
    }
    summaries = [node["summary"] for node in organisation["timeline"]["nodes"]]
    assert summaries[0] == "Quay Symphony Orchestra was registered."
    assert not any("Symphnoy" in summary for summary in summaries)
    [seen] = data["iteration"]["observations"]["nodes"]
    assert seen == {
        "value": 23.0,
        "corrections": [{"field": "value", "before": 230, "after": 23}],
    }
    assert data["iteration"]["hours"] == 40.0
    assert data["question"] == {
        "text": "How can we let neighbours shape a rehearsal?",
        "themes": ["music", "rehearsal"],
    }
    assert data["insights"] == {
        "reach": {"participations": 31},
        "costOfLearning": {"hours": 40.0, "perLearning": 20.0},
    }
    assert data["then"] == {
        "reach": {"participations": 310},
        "costOfLearning": {"hours": 400.0, "perLearning": 200.0},
    }
    assert data["search"]["nodes"] == []


def recorded(name: str) -> MemoryLog:
    log = MemoryLog(NOW_US)
    for event in events_of(name):
        assert log.record(event, RECORD) is not None, event
    return log


def agree(log: MemoryLog, questions: Iterable[Question]) -> None:
    """Compare all figures with those of the independent computation."""
    index = Index()
    for event in log.events():
        index.take(event)
    history = naive.History.of(log.lines)
    for question in questions:
        assert question.of_the_product(index) == question.of_the_naive(history), question


@pytest.mark.parametrize("name", NAMES)
def test_all_figures_agree_with_the_independent_computation(name: str) -> None:
    log = recorded(name)
    chance = Chance(log, seed=7)
    agree(log, (chance.question() for _ in range(40)))


@pytest.mark.parametrize("name", NAMES)
def test_all_figures_agree_before_and_after_corrections(name: str) -> None:
    log = recorded(name)
    dice, chance, before = Random(name), Chance(log, seed=8), len(log.lines)
    for line in list(log.lines):
        fields = random_fields(dice, line["type"], line["data"])
        if fields:
            change = corrected(line["position"], **fields)
            log.record({**change, "id": f"c{line['position']}", "source": "urn:test", "time": NOW})
    after = len(log.lines)
    assert after > before + 3
    everywhere = replace(chance.question(), viewer=FigureViewer(Role.FACILITATOR), scope=Scope())
    positions = range(before, after + 1)
    agree(log, (replace(everywhere, as_of=one, at_us=NOW_US) for one in positions))
    agree(log, (chance.question() for _ in range(10)))
