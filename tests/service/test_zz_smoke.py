import json, pytest
from events.log import EventLog
from projections.runner import Runner
from tests.projections.stories import published
from tests.service.graphql_client import Asker
from service.generator import generate
from events.senders import *

@pytest.fixture
async def asker(log):
    async with Runner(log) as runner:
        a = Asker(log, runner)
        async with a.http:
            yield a

Q = """
{ cohorts(first: 2) { totalCount nodes { key title sharedQuestion { text } themes
   organisations(first: 3, order: {by: NAME, direction: DESC}) { totalCount nodes { id name country cohorts(first: 2) { nodes { key } } } }
   memberships(first: 2) { nodes { organisation { name } present stays { joinedAt leftAt motivation } } }
   iterations(first: 2, where: {state: [CONCLUDED], or: [{result: [SUPPORTED]}, {not: {text: "zzz"}}]}) { totalCount filteredCount pageInfo { hasNextPage endCursor }
      edges { cursor node { title state result modes cost { amount currency } question { text } follows { key }
        inspiredBy { __typename key ... on Learning { statement } }
        observations(first: 2) { nodes { text value evidenceKind time } } learnings(last: 1) { nodes { statement sources { stream } adoptions(first: 1) { nodes { organisation { name } } } } } } } }
   timeline(first: 3, kinds: [ORGANISATION_JOINED, ITERATION_PLANNED, LEARNING_CAPTURED]) { totalCount filteredCount liveCursor pageInfo { endCursor }
     nodes { __typename ... on TimelineEntry { id position time type organisation { name } subject { stream } event { line } }
       ... on IterationPlanned { iteration { title } title hypothesis } ... on LearningCaptured { sources { stream } statement } } }
   notes(first: 1) { nodes { text } }
   publications(first: 2) { nodes { title publicationKind citations { kind subject { stream } } } }
 } }
 persons(first: 3) { nodes { name email role } }
 search(text: "visitors or museum or How", first: 3) { totalCount nodes { subject { stream } fragments { field text highlights { start end } } } }
}
"""

async def test_smoke(log, asker):
    await log.append([e for e in published()]); import structlog; structlog.configure(processors=[structlog.processors.format_exc_info, lambda l,n,d: (print(str(d.get("exception"))[-1500:]), d)[1], structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])
    ev = list(generate(cohorts=2, seed=4))
    for i in range(0, len(ev), 200):
        try:
            await log.append(ev[i:i+200])
        except Exception as e:
            print(str(e)[:500]); break

    r = await asker.post(Q)
    print(json.dumps(r.json(), indent=1)[:7000])
    assert "errors" not in r.json(), r.json()["errors"]
    from sqlalchemy import event as hooks
    for v in [RECORD, PUBLIC, Sender("a", Role.ANALYST), Sender("m", Role.ORGANISATION, organisation=r.json()["data"]["cohorts"]["nodes"][0]["memberships"]["nodes"][0]["organisation"] and "x" )]:
        asker.viewer = v
        r = await asker.post(Q)
        assert "errors" not in r.json(), (v, r.json()["errors"])
        print(v.role, len(r.text))
